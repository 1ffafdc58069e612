/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/dataset.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const image_extensions[] = { "jpg",	"png", "jpeg", "webp", "gif",
						"JPG",	"PNG", "JPEG", "WEBP", "GIF" };

#define N_EXTENSIONS (sizeof(image_extensions) / sizeof(*image_extensions))

void dataset_release(struct dataset *dataset)
{
	for (size_t i = 0; i < dataset->n_splits; i++) {
		struct split *split = &dataset->splits[i];

		free(split->set);
		free(split->name);
		free(split->text);
		free(split->images);
		free(split->crops);
		free(split->dict);
		free(split->relations);
		free(split->img2crop);
		free(split->img2crop_root);
		free(split->boxes);
	}
	free(dataset->splits);
	free(dataset->root);
	*dataset = (struct dataset)DATASET_INIT;
}

struct split *dataset_add(struct dataset *dataset)
{
	struct split *grown =
		checked_realloc(dataset->splits, dataset->n_splits + 1, sizeof(*dataset->splits));

	if (!grown)
		return NULL;
	dataset->splits = grown;
	grown += dataset->n_splits++;
	memset(grown, 0, sizeof(*grown));
	return grown;
}

static bool has_image_extension(const char *id)
{
	const char *extension = file_extension(id);

	for (size_t i = 0; i < N_EXTENSIONS; i++)
		if (strcasecmp(extension, image_extensions[i]) == 0)
			return true;
	return false;
}

/* "folder/id.extension", on the heap. */
static char *join_extension(const char *folder, const char *id, const char *extension)
{
	struct buf name = BUF_INIT;
	char *path = NULL;

	buf_add_format(&name, "%s.%s", id, extension);
	if (!name.failed)
		path = file_join(folder, name.data);
	buf_release(&name);
	return path;
}

/* "folder/stem.extension" of the first extension that exists; NULL when none does. */
static char *find_picture(const char *folder, const char *stem)
{
	for (size_t i = 0; i < N_EXTENSIONS; i++) {
		char *path = join_extension(folder, stem, image_extensions[i]);

		if (!path || file_exists(path))
			return path;
		free(path);
	}
	return NULL;
}

/* A name that ends in an extension: as it stands, else spelled otherwise (1.JPG for 1.jpg). */
static char *find_named_picture(const char *folder, const char *name)
{
	char *path = file_join(folder, name), *stem, *other;

	if (!path || file_exists(path))
		return path;
	stem = strndup(name, (size_t)(file_extension(name) - name) - 1);
	other = stem ? find_picture(folder, stem) : NULL;
	free(stem);
	if (!other)
		return path;
	free(path);
	return other;
}

char *split_image_path(const struct split *split, const char *id)
{
	char *path;

	if (!split->images)
		return NULL;
	if (has_image_extension(id))
		return find_named_picture(split->images, id);
	path = find_picture(split->images, id);
	return path ? path : join_extension(split->images, id, image_extensions[0]);
}

char *dataset_work_path(const struct dataset *dataset, const struct split *split, const char *kind)
{
	const char *set = split->set && *split->set ? split->set : "data";
	struct buf path = BUF_INIT;

	if (dataset->root && *dataset->root)
		buf_add_format(&path, "%s/", dataset->root);
	buf_add_format(&path, "tagsight/%s", set);
	if (split->name && *split->name)
		buf_add_format(&path, "-%s", split->name);
	buf_add_format(&path, ".%s", kind);
	return buf_detach(&path);
}
