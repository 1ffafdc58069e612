/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the readers of the two forms and the reader of tensors share.
 */
#ifndef TAGSIGHT_FORMATS_TORCH_PRIV_H
#define TAGSIGHT_FORMATS_TORCH_PRIV_H

#include "lib/formats/torch_file.h"

/* Understand the persistent ids of the pickle: one storage a key, its data not yet found. */
int torch_read_storages(struct torch_file *file, const char *name, struct err *err);

/* Understand the calls of the pickle, when all storages have data. */
int torch_read_tensors(struct torch_file *file, const char *name, struct err *err);

/* Read a pickle into the file's arena, with or without objects, as the file says. */
int torch_read_pickle(struct torch_file *file, struct pickle *pickle, const unsigned char *bytes,
		      size_t length, const char *name, struct err *err);

/* The legacy form: header, pickle, key list and data one after the other. */
bool torch_legacy_recognise(const unsigned char *bytes, size_t length);
int torch_legacy_read(struct torch_file *file, const unsigned char *bytes, size_t length,
		      const char *name, struct err *err);

#endif
