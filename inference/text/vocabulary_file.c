/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/vocabulary_file.h"

#include "inference/core/model_file.h"
#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

char *vocabulary_file_path(const char *given, const char *model, const char *name, struct err *err)
{
	char *path = given ? strdup(given) : model_file_beside(model, name);

	if (!path) {
		err_set_memory(err);
		return NULL;
	}
	if (given || file_exists(path))
		return path;
	err_set(err, ERR_USAGE,
		"a checkpoint holds no vocabulary: give its %s with --vocab, or put it beside the model", name);
	free(path);
	return NULL;
}

bool vocabulary_is_cased(const char *text, size_t size)
{
	return memmem(text, size, "\nThe\n", 5) || memmem(text, size, "\nThe\r\n", 6);
}
