/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT (zjunlp/HVPNeT) and MKGformer (zjunlp/MKGformer), whose loaders share most lines. Pictures
 * are opened as images/ID.jpg, in the images of the split for relations by their whole name; whatever goes
 * wrong with one, images/inf.png is opened instead, without a way out. Of the crops that a dict
 * names the first three are opened without a way out. MKGformer has a second dict.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER "inf.png"
#define NER_RECORD "IMGID:"

/* Whether the picture has the one name by which it is looked for. */
static bool is_named(const struct load *load, const struct load_picture *picture)
{
	const char *name = file_base_name(picture->path), *id = picture->record;
	size_t length;

	if (load->split->task == TASK_RE || !id || strncmp(id, NER_RECORD, strlen(NER_RECORD)) != 0)
		return true;
	id += strlen(NER_RECORD);
	length = strlen(id);
	return strncmp(name, id, length) == 0 && strcmp(name + length, ".jpg") == 0;
}

void load_hvpnet_picture(const struct load *load, const struct load_picture *picture)
{
	bool named = is_named(load, picture);
	const char *why = named ? picture->trouble : "it is not called .jpg";
	char *placeholder;

	if (!why)
		return;
	placeholder = file_join(load->split->images, PLACEHOLDER);
	if (placeholder && file_exists(placeholder))
		load_warn(load, picture->line, picture->record, "fetch the picture",
			  "gets the placeholder picture '%s': '%s': %s", placeholder, picture->path, why);
	else
		load_crash(load, picture->line, picture->record,
			   "fetch the picture, or put any picture where " PLACEHOLDER " is looked for",
			   "crashes: '%s': %s; and there is no placeholder picture '%s'",
			   picture->path, why, placeholder ? placeholder : PLACEHOLDER);
	free(placeholder);
}

static int hvpnet_ner(const struct load *load, struct err *err)
{
	if (load_hvpnet_ner(load, err) < 0)
		return -1;
	return load_crops(load, load->split->dict, load->split->crops, err);
}

static int hvpnet_re(const struct load *load, struct err *err)
{
	if (load_hvpnet_re(load, err) < 0)
		return -1;
	return load_crops(load, load->split->dict, load->split->crops, err);
}

static int mkgformer_ner(const struct load *load, struct err *err)
{
	if (hvpnet_ner(load, err) < 0)
		return -1;
	return load_crops(load, load->split->img2crop, load->split->img2crop_root, err);
}

static int mkgformer_re(const struct load *load, struct err *err)
{
	if (hvpnet_re(load, err) < 0)
		return -1;
	return load_crops(load, load->split->img2crop, load->split->img2crop_root, err);
}

const struct loader loader_hvpnet = {
	.rule = "load-hvpnet",
	.layouts = "hvpnet-ner|hvpnet-re",
	.max_pieces = 80,
	.max_pieces_re = 80,
	.ner = hvpnet_ner,
	.re = hvpnet_re,
	.picture = load_hvpnet_picture,
};

const struct loader loader_mkgformer = {
	.rule = "load-mkgformer",
	.layouts = "mkgformer",
	.max_pieces = 128,
	.max_pieces_re = 80,
	.ner = mkgformer_ner,
	.re = mkgformer_re,
	.picture = load_hvpnet_picture,
};
