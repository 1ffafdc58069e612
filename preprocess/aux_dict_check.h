/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does a dict fit its text and its folder of crops, so that a loader finds what it looks for? And a
 * dict out of the manifest that ground writes.
 */
#ifndef TAGSIGHT_PREPROCESS_AUX_DICT_CHECK_H
#define TAGSIGHT_PREPROCESS_AUX_DICT_CHECK_H

#include "lib/corpus/dataset.h"
#include "lib/corpus/finding.h"
#include "preprocess/aux_dict.h"

#include <stdbool.h>

struct aux_dict_check_options {
	bool decode; /* the crops, to see whether they can be read */
	int jobs;    /* threads that do so; 0: one a processor */
};

/* Report a missing, unsafe or malformed dict (dict-format, dict-unsafe), keys of the wrong kind
 * (dict-key-type), records without a key (dict-missing-key), keys without a record (dict-extra-key),
 * and crops that are not in the folder (dict-missing-crop) or cannot be decoded
 * (dict-unreadable-crop). MKGformer's second dict, where the split has one, is looked at likewise.
 * -1 when the text cannot be read or memory is out. */
int aux_dict_check(const struct split *split, const struct aux_dict_check_options *options,
		   struct finding_sink *sink, struct err *err);

/* The key of a record: for NER the picture's name "ID.jpg", for RE its decimal number. On the heap;
 * NULL when memory is out. */
char *aux_dict_key(const struct split *split, const char *id, size_t record);

/* The key of a picture in MKGformer's second dict: its name up to the first dot. On the heap; NULL when
 * memory is out. */
char *aux_dict_img2crop_key(const char *id);

/* Add the boxes of a manifest: each record's crops in the order of the lines. Where the kind of keys
 * is AUX_KEYS_NONE, records that all look like numbers are line numbers. */
int aux_dict_add_manifest(struct aux_dict *dict, const char *path, struct err *err);

#endif
