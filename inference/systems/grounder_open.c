/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/grounder_open.h"

#include "inference/core/weights.h"
#include "inference/systems/darknet_grounder.h"
#include "inference/systems/detector_grounder.h"
#include "inference/systems/onestage_grounder.h"

#include "lib/base/file.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool takes_any(const char *path)
{
	(void)path;
	return true;
}

/* What a file that is no grounder is by its extension, and what to do with it. */
static const struct {
	const char *extension, *advice;
} others[] = {
	{ "cfg", "is the plan of a network: give its weights by --model, and this by --config" },
	{ "names", "lists the classes of a detector: give its weights by --model, and this by --names" },
	{ "xml", "is an annotation: give its folder by --boxes" },
	{ "json", "may hold boxes: give it by --boxes" },
	{ "jsonl", "may hold boxes: give it by --boxes" },
	{ "onnx", "is a network in a format that is not read: Darknet's weights, one-stage checkpoints and "
		  "our own .safetensors are" },
};

/* Whether a file can be one of ours; a checkpoint of another kind is told from bytes that are none. */
static int check_is_ours(const char *path, struct err *err)
{
	const char *extension = file_extension(path);
	struct weights weights;

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strcmp(extension, others[i].extension) == 0)
			return err_set(err, ERR_USAGE, "'%s' %s", path, others[i].advice);
	if (strcmp(extension, "safetensors") == 0)
		return 0;
	if (weights_open(&weights, path, err) < 0)
		return -1;
	weights_close(&weights);
	return err_set(err, ERR_USAGE, "'%s' holds tensors of no model that finds boxes; 'tagsight model info' "
				       "tells what it is, and a tagger is for 'tagsight predict'", path);
}

static struct grounder *open_detector(const char *path, const struct grounder_options *options,
				      struct err *err)
{
	if (check_is_ours(path, err) < 0)
		return NULL;
	return detector_grounder_new(path, (float)options->threshold, err);
}

static struct grounder *open_darknet(const char *path, const struct grounder_options *options,
				     struct err *err)
{
	const struct darknet_grounder_options own = { .cfg = options->config, .names = options->names,
						      .threshold = (float)options->threshold };

	return darknet_grounder_new(path, &own, err);
}

static struct grounder *open_onestage(const char *path, const struct grounder_options *options,
				      struct err *err)
{
	const struct onestage_options given = { options->words, options->anchors, options->query_cap };

	return onestage_grounder_new(path, &given, err);
}

const struct grounder_kind grounder_kinds[] = {
	{ "darknet", "YOLO weights (.weights) with their cfg and the names of their classes",
	  darknet_grounder_takes, open_darknet },
	{ "onestage", "a checkpoint of one-stage grounding, with the vocabulary of its text side",
	  onestage_grounder_takes, open_onestage },
	{ "nanodet", "a detector of ours (.safetensors), which holds all that it needs", takes_any, open_detector },
	{ NULL, NULL, NULL, NULL },
};

struct grounder *grounder_open(const char *path, const struct grounder_options *options,
			       struct err *err)
{
	size_t i = 0;

	while (!grounder_kinds[i].takes(path))
		i++;
	return grounder_kinds[i].open(path, options, err);
}
