/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/grounder_open.h"

#include "inference/systems/darknet_grounder.h"
#include "inference/systems/detector_grounder.h"
#include "inference/systems/onestage_grounder.h"

#include <stdbool.h>
#include <stddef.h>

/* A kind of grounder; the first that takes a file has it. */
struct kind {
	bool (*takes)(const char *path);
	struct grounder *(*open)(const char *path, const struct grounder_options *options,
				 struct err *err);
};

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

static const struct kind kinds[] = {
	{ darknet_grounder_takes, open_darknet },
	{ onestage_grounder_takes, open_onestage },
	{ takes_any, open_detector },
};

struct grounder *grounder_open(const char *path, const struct grounder_options *options,
			       struct err *err)
{
	size_t i = 0;

	while (!kinds[i].takes(path))
		i++;
	return kinds[i].open(path, options, err);
}
