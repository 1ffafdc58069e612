/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/grounder_open.h"

#include "inference/systems/darknet_grounder.h"
#include "inference/systems/detector_grounder.h"
#include "inference/systems/onestage_grounder.h"

#include <stdbool.h>
#include <stddef.h>

static bool takes_any(const char *path)
{
	(void)path;
	return true;
}

static struct grounder *open_detector(const char *path, const struct grounder_options *options,
				      struct err *err)
{
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
