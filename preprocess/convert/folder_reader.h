/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of one extension below a folder, where each is a record. What is read is kept in
 * source->state.
 *
 *	if (folder_reader_open(source, "txt", &err) < 0) ...
 *	while ((name = folder_reader_next(source))) ...
 *	folder_reader_close(source);
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_FOLDER_READER_H
#define TAGSIGHT_PREPROCESS_CONVERT_FOLDER_READER_H

#include "preprocess/convert/format.h"

/* List the files of source->path. None is ERR_DATA; on failure there is nothing to close. */
int folder_reader_open(struct convert_source *source, const char *extension, struct err *err);
void folder_reader_close(struct convert_source *source);

/* The next file, relative to the folder, in the order of bytes; NULL after the last. */
const char *folder_reader_next(struct convert_source *source);

#endif
