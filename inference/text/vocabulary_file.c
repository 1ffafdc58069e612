/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/vocabulary_file.h"

#include "inference/core/model_file.h"

#include <stdlib.h>
#include <string.h>

int vocabulary_file_map(struct file_map *map, const char *given, const char *model, const char *name,
			struct err *err)
{
	char *beside;
	int rc = -1;

	if (given)
		return file_map_open(map, given, err);
	beside = model_file_beside(model, name);
	if (!beside)
		err_set_memory(err);
	else if (!file_exists(beside))
		err_set(err, ERR_USAGE,
			"a checkpoint holds no vocabulary: give its %s with --vocab, or put it beside "
			"the model", name);
	else
		rc = file_map_open(map, beside, err);
	free(beside);
	return rc;
}

bool vocabulary_is_cased(const char *text, size_t size)
{
	return memmem(text, size, "\nThe\n", 5) || memmem(text, size, "\nThe\r\n", 6);
}
