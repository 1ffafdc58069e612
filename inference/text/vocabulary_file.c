/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/vocabulary_file.h"

#include <stdlib.h>
#include <string.h>

/* Where Hugging Face's tools put it. */
static char *vocabulary_beside(const char *model)
{
	size_t length = strcspn(model, ",");
	char *folder, *path;

	while (length && model[length - 1] != '/')
		length--;
	folder = length ? strndup(model, length) : strdup(".");
	path = folder ? file_join(folder, "vocab.txt") : NULL;
	free(folder);
	return path;
}

int vocabulary_file_map(struct file_map *map, const char *given, const char *model, struct err *err)
{
	char *beside;
	int rc = -1;

	if (given)
		return file_map_open(map, given, err);
	beside = vocabulary_beside(model);
	if (!beside)
		err_set_memory(err);
	else if (!file_exists(beside))
		err_set(err, ERR_USAGE,
			"a checkpoint holds no vocabulary: give its vocab.txt with --vocab, or put it "
			"beside the model");
	else
		rc = file_map_open(map, beside, err);
	free(beside);
	return rc;
}

bool vocabulary_is_cased(const char *text, size_t size)
{
	return memmem(text, size, "\nThe\n", 5) || memmem(text, size, "\nThe\r\n", 6);
}
