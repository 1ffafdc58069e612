/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/file.h"
#include "lib/base/unfinished.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>


/* Whether it is a crop's, by either kind of name. */
static bool is_crop_leftover(const char *name)
{
	const char *mark = strncmp(name, "crop_", 5) == 0 ? name : strstr(name, "_pred_yolo_crop_");
	const char *end = mark ? strstr(mark, ".png") : NULL;

	if (mark && !end)
		end = strstr(mark, ".jpg");
	return end && unfinished_ends(end + strlen(".png"));
}

/* Unlink the leftovers in a folder: of the file `base`, or of crops when it is NULL. */
static int sweep_folder(const char *folder, const char *base, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return errno == ENOENT ? 0 : err_set_errno(err, "open the folder", folder);
	while (rc == 0 && (entry = readdir(dir))) {
		const char *name = entry->d_name;
		char *path;

		if (base ? strncmp(name, base, strlen(base)) != 0 ||
				    !unfinished_ends(name + strlen(base))
			 : !is_crop_leftover(name))
			continue;
		path = file_join(folder, name);
		if (!path)
			rc = err_set_memory(err);
		else if (unlink(path) < 0)
			rc = err_set_errno(err, "remove", path);
		free(path);
	}
	closedir(dir);
	return rc;
}

static int sweep_file(const char *path, struct err *err)
{
	const char *base = file_base_name(path);
	char *folder = base == path ? strdup(".") : strndup(path, (size_t)(base - path));
	int rc = folder ? sweep_folder(folder, base, err) : err_set_memory(err);

	free(folder);
	return rc;
}

int ground_sweep_crops(const char *folder, struct err *err)
{
	return sweep_folder(folder, NULL, err);
}

int ground_sweep(const struct ground_plan *plan, struct err *err)
{
	const struct ground_paths *paths = &plan->paths;

	if (sweep_folder(paths->crops, NULL, err) < 0 || sweep_file(paths->phrases, err) < 0 ||
	    sweep_file(paths->boxes, err) < 0 || sweep_file(paths->unreadable, err) < 0 ||
	    sweep_file(paths->done, err) < 0)
		return -1;
	return paths->dict ? sweep_file(paths->dict, err) : 0;
}
