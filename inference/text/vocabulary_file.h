/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary of a checkpoint, which holds none itself.
 *
 *	if (vocabulary_file_map(&map, options->vocabulary, weights->path, "vocab.txt", &err) < 0) ...
 *	file_map_close(&map);
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_VOCABULARY_FILE_H
#define TAGSIGHT_INFERENCE_TEXT_VOCABULARY_FILE_H

#include "lib/base/err.h"
#include "lib/base/file.h"

#include <stdbool.h>

/* Map `given`, or when that is NULL the file `name`, "vocab.txt", in the folder of the model's first file. */
int vocabulary_file_map(struct file_map *map, const char *given, const char *model, const char *name,
			struct err *err);

/* A vocabulary with a capital in its commonest word is of a model that sees case. */
bool vocabulary_is_cased(const char *text, size_t size);

#endif
