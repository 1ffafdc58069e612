/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The actions of `model`, one file each where they are long.
 */
#ifndef TAGSIGHT_CMD_MODEL_PRIV_H
#define TAGSIGHT_CMD_MODEL_PRIV_H

#include "cmd/cmd.h"
#include "lib/base/sha256.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct model_options {
	struct common_options common;
	const char *system, *vocabulary, *labels, *config, *variant, *precision;
	long max_seq;
};

static inline bool model_is_json(const struct model_options *options)
{
	return strcmp(options->common.format, "json") == 0;
}

/* The models found without a path, then the systems and the kinds of grounder; `name` is not used. */
int model_list(FILE *out, const struct model_options *options, const char *name, struct err *err);

/* What `verify` found of a file that is well. */
struct model_verdict {
	const char *path, *system;
	char sha256[SHA256_HEX]; /* "" of a model in several files */
	bool runs;
	size_t tensors, numbers;
};

void model_verdict_write(FILE *out, const struct model_verdict *verdict, bool json);

/* `info` and `verify` of Darknet weights, which name no tensors. */
bool model_is_darknet(const char *name);
int model_darknet_info(FILE *out, const struct model_options *options, const char *name, struct err *err);
int model_darknet_verify(FILE *out, const struct model_options *options, const char *name, struct err *err);

/* Write the model `name` to the options' output; what was written is told to `out`. */
int model_convert_file(FILE *out, const struct model_options *options, const char *name,
		       struct err *err);

#endif
