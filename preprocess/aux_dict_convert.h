/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dict of crops in one shape made into another: the form of the file, the kind of its keys, the
 * names of the crops.
 *
 *	struct aux_dict_changes changes = { .crop_extension = "jpg" };
 *	if (aux_dict_read_any(&dict, path, &err) == 0 &&
 *	    aux_dict_change(&dict, &changes, &err) == 0)
 *		aux_dict_write(&dict, "out.pth", &err);
 *
 * Read are PyTorch's two forms, a bare pickle, which torch.load() does not take, and JSON: one object,
 * key to list of names, as `tagsight dict show --format json` prints it.
 */
#ifndef TAGSIGHT_PREPROCESS_AUX_DICT_CONVERT_H
#define TAGSIGHT_PREPROCESS_AUX_DICT_CONVERT_H

#include "preprocess/aux_dict.h"

#include <jansson.h>
#include <stdbool.h>

struct aux_dict_changes {
	enum aux_keys keys;         /* AUX_KEYS_NONE: as they are */
	bool img2crop;              /* MKGformer's: a key ends before its first dot */
	const char *prefix;         /* in front of each crop's name; NULL: nothing */
	const char *crop_extension; /* without its dot; NULL: as it is */
};

/* Read a dict without running anything; "-" is standard input. Keys of a JSON object that are all
 * whole numbers, as digits, are line numbers. Initialises `dict`, which needs no release on
 * failure. */
int aux_dict_read_any(struct aux_dict *dict, const char *path, struct err *err);

/* Make the changes. ERR_DATA: a key is no line number, keys are line numbers where picture names are
 * needed, or two keys with different lists become one; `dict` is then as it was. */
int aux_dict_change(struct aux_dict *dict, const struct aux_dict_changes *changes, struct err *err);

/* Write one JSON object and a newline, by rename. */
int aux_dict_write_json(const struct aux_dict *dict, const char *path, struct err *err);

/* That object, in the order of the dict; NULL when memory is out. */
json_t *aux_dict_json(const struct aux_dict *dict);

#endif
