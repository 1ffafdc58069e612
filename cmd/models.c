/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/models.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifndef TAGSIGHT_DATA
#define TAGSIGHT_DATA "/usr/local/share/tagsight"
#endif

static int add_joined(struct str_list *out, const char *folder, const char *name)
{
	char *path = file_join(folder, name);

	return path ? str_list_add_nodup(out, path) : -1;
}

/* Cut the last part off an absolute path; false when nothing is left. */
static bool cut_last(char *path)
{
	char *slash = strrchr(path, '/');

	if (!slash || slash == path)
		return false;
	*slash = '\0';
	return true;
}

/* PREFIX/bin/tagsight has PREFIX/share/tagsight; build/MODE/tagsight has the sources' folder. */
static int add_beside_program(struct str_list *out)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (length <= 0)
		return 0;
	path[length] = '\0';
	if (!cut_last(path) || !cut_last(path))
		return 0;
	if (add_joined(out, path, "share/tagsight") < 0)
		return -1;
	return cut_last(path) ? add_joined(out, path, "inference/models") : 0;
}

static int add_home(struct str_list *out)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");

	if (data && *data)
		return add_joined(out, data, "tagsight");
	return home && *home ? add_joined(out, home, ".local/share/tagsight") : 0;
}

int models_folders(struct str_list *out, struct err *err)
{
	const char *given = getenv("TAGSIGHT_MODELS");

	if ((given && *given && str_list_add(out, given) < 0) || add_beside_program(out) < 0 ||
	    add_home(out) < 0 || str_list_add(out, TAGSIGHT_DATA) < 0)
		return err_set_memory(err);
	return 0;
}

static char *find_in(const char *folder, const char *name)
{
	static const char *const endings[] = { "", ".safetensors" };

	for (size_t i = 0; i < sizeof(endings) / sizeof(*endings); i++) {
		struct buf path = BUF_INIT;

		buf_add_format(&path, "%s/%s%s", folder, name, endings[i]);
		if (!path.failed && file_size(path.data) >= 0)
			return buf_detach(&path);
		buf_release(&path);
	}
	return NULL;
}

static char *not_found(const char *name, const struct str_list *folders, struct err *err)
{
	struct buf places = BUF_INIT;

	for (size_t i = 0; i < folders->n; i++)
		buf_add_format(&places, "%s%s", i ? ", " : "", folders->items[i]);
	err_set(err, ERR_SYSTEM,
		"there is no model '%.100s': looked for %.100s.safetensors in %s; set TAGSIGHT_MODELS to "
		"its folder, or name the file",
		name, name, places.data);
	buf_release(&places);
	return NULL;
}

char *models_find(const char *name, struct err *err)
{
	struct str_list folders = STR_LIST_INIT;
	char *found = NULL;

	if (file_is_folder(name)) {
		err_set(err, ERR_USAGE, "'%.300s' is a folder: name the model's file in it", name);
		return NULL;
	}
	if (strchr(name, '/') || strchr(name, ',') || file_size(name) >= 0) {
		found = strdup(name);
		if (!found)
			err_set_memory(err);
		return found;
	}
	if (models_folders(&folders, err) == 0) {
		for (size_t i = 0; i < folders.n && !found; i++)
			found = find_in(folders.items[i], name);
		if (!found)
			not_found(name, &folders, err);
	}
	str_list_release(&folders);
	return found;
}
