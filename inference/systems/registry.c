/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/registry.h"

#include "inference/systems/system.h"
#include "lib/base/buf.h"

#include <string.h>

const struct system *const systems[] = {
	&system_tagger,
	&system_bert_crf,
	&system_bert_resnet_crf,
	&system_bert_vit_crf,
	&system_hvpnet_ner,
	&system_hvpnet_re,
	&system_umt,
	&system_maf,
	&system_umgf,
	&system_rpbert,
	&system_ita,
	&system_mega,
	NULL,
};

const struct system *system_find(const char *name)
{
	for (size_t i = 0; systems[i]; i++)
		if (strcmp(systems[i]->name, name) == 0)
			return systems[i];
	return NULL;
}

const struct system *system_of(const struct weights *weights, const char **why)
{
	const char *name = checkpoint_metadata(&weights->file, "system");

	if (name) {
		*why = "its metadata say so";
		return system_find(name);
	}
	for (size_t i = 0; systems[i]; i++) {
		*why = systems[i]->recognise ? systems[i]->recognise(weights) : NULL;
		if (*why)
			return systems[i];
	}
	return NULL;
}

static int not_ours(const struct weights *weights, const char *given, struct err *err)
{
	const char *named = checkpoint_metadata(&weights->file, "system");
	struct buf names = BUF_INIT;

	for (size_t i = 0; systems[i]; i++)
		buf_add_format(&names, "%s%s", i ? ", " : "", systems[i]->name);
	if (given)
		err_set(err, ERR_USAGE, "there is no system '%.60s'; there are %.200s", given, names.data);
	else if (named)
		err_set_at(err, weights->path, 0, 0,
			   "it is a model of the system '%.100s', which predicts nothing", named);
	else
		err_set_at(err, weights->path, 0, 0,
			   "it names no system and its tensors are not those of one that is known; say "
			   "which with --system (%.200s)", names.data);
	buf_release(&names);
	return -1;
}

struct predictor *predictor_open(const char *path, const char *system,
				 const struct system_options *options, struct err *err)
{
	const struct system *found;
	struct weights weights;
	const char *why;

	if (weights_open(&weights, path, err) < 0)
		return NULL;
	found = system ? system_find(system) : system_of(&weights, &why);
	if (found)
		return model_open(&weights, found, options, err);
	not_ours(&weights, system, err);
	weights_close(&weights);
	return NULL;
}
