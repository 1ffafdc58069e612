/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a model file can be used: its header, every number in it, and the system that it names.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_MODEL_CHECK_H
#define TAGSIGHT_INFERENCE_SYSTEMS_MODEL_CHECK_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

struct model_summary {
	char system[64]; /* "" when the file names none */
	bool loads;      /* a system of this program took it */
	size_t tensors, numbers;
};

/* 0 when all is well. A file of a system that is not known here is checked as far as the format
 * goes, and `loads` is false. -1: the error says what is wrong. */
int model_check(const char *path, struct model_summary *summary, struct err *err);

#endif
