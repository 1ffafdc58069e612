/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/folder_reader.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

#define FILES_LIMIT ((size_t)4 << 20)

struct folder_reader {
	struct str_list files; /* relative paths */
	size_t next;
};

void folder_reader_close(struct convert_source *source)
{
	struct folder_reader *reader = source->state;

	if (reader)
		str_list_release(&reader->files);
	free(reader);
	source->state = NULL;
}

/* A name of the extension alone is a hidden file. */
static bool has_extension(const char *path, const char *extension)
{
	return strcmp(file_extension(path), extension) == 0 &&
	       strlen(file_base_name(path)) > strlen(extension) + 1;
}

int folder_reader_open(struct convert_source *source, const char *extension, struct err *err)
{
	struct folder_reader *reader = calloc(1, sizeof(*reader));
	struct str_list files = STR_LIST_INIT;
	int rc;

	source->state = reader;
	if (!reader)
		return err_set_memory(err);
	rc = file_walk(source->path, &files, FILES_LIMIT, err);
	for (size_t i = 0; rc == 0 && i < files.n; i++)
		if (has_extension(files.items[i], extension) &&
		    str_list_add(&reader->files, files.items[i]) < 0)
			rc = err_set_memory(err);
	str_list_release(&files);
	if (rc == 0 && reader->files.n == 0)
		rc = err_set(err, ERR_DATA, "'%s' has no .%s files", source->path, extension);
	if (rc < 0)
		folder_reader_close(source);
	return rc;
}

const char *folder_reader_next(struct convert_source *source)
{
	struct folder_reader *reader = source->state;

	return reader->next < reader->files.n ? reader->files.items[reader->next++] : NULL;
}
