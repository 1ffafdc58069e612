/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of files that appears whole or not at all: written beside its final name, then renamed. A
 * folder that is there already and not empty is refused.
 *
 *	folder = folder_writer_open("my_data", &err);
 *	stream = folder_writer_file(folder, "1_s.txt", &err);
 *	folder_writer_close_file(folder, stream, &err);
 *	folder_writer_commit(folder, &err);
 *	folder_writer_free(folder);
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_FOLDER_WRITER_H
#define TAGSIGHT_PREPROCESS_CONVERT_FOLDER_WRITER_H

#include "lib/base/err.h"

#include <stdio.h>

struct folder_writer;

struct folder_writer *folder_writer_open(const char *path, struct err *err);

/* A new file in it; NULL on failure. A name that was used before, is no plain name or starts with a dot
 * is ERR_DATA. */
FILE *folder_writer_file(struct folder_writer *folder, const char *name, struct err *err);
int folder_writer_close_file(struct folder_writer *folder, FILE *stream, struct err *err);

int folder_writer_commit(struct folder_writer *folder, struct err *err);

/* Removes what was not committed. */
void folder_writer_free(struct folder_writer *folder);

#endif
