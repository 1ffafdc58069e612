/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The vocabulary of a checkpoint, which holds none itself.
 *
 *	path = vocabulary_file_path(options->vocabulary, weights->path, "vocab.txt", &err);
 *	if (!path || file_map_open(&map, path, &err) < 0) ...
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_VOCABULARY_FILE_H
#define TAGSIGHT_INFERENCE_TEXT_VOCABULARY_FILE_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* The path `given`, or when that is NULL of the file `name`, "vocab.txt", in the folder of the model's first
 * file, where it must be. On the heap; NULL on failure. */
char *vocabulary_file_path(const char *given, const char *model, const char *name, struct err *err);

/* A vocabulary with a capital in its commonest word is of a model that sees case. */
bool vocabulary_is_cased(const char *text, size_t size);

#endif
