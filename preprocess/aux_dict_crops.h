/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Are the crops that a dict names there, and can they be decoded?
 */
#ifndef TAGSIGHT_PREPROCESS_AUX_DICT_CROPS_H
#define TAGSIGHT_PREPROCESS_AUX_DICT_CROPS_H

#include "preprocess/aux_dict_check.h"

/* Report dict-missing-crop and, when the options say so, dict-unreadable-crop: findings of the file
 * `path`, in the order of the dict whatever the number of threads. -1 when memory is out. */
int aux_dict_check_crops(const struct aux_dict *dict, const char *path, const char *folder,
			 const struct aux_dict_check_options *options, struct finding_sink *sink,
			 struct err *err);

#endif
