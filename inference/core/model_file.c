/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/model_file.h"

#include "lib/base/file.h"
#include "lib/formats/checkpoint.h"

#include <stdlib.h>
#include <string.h>

char *model_file_beside(const char *model, const char *name)
{
	size_t length = checkpoint_first_path(model);
	char *folder, *path;

	while (length && model[length - 1] != '/')
		length--;
	folder = length ? strndup(model, length) : strdup(".");
	path = folder ? file_join(folder, name) : NULL;
	free(folder);
	return path;
}
