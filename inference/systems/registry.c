/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/registry.h"

#include <string.h>

const struct system *const systems[] = {
	&system_tagger,
	NULL,
};

static const struct system *find_system(const char *name)
{
	for (size_t i = 0; systems[i]; i++)
		if (strcmp(systems[i]->name, name) == 0)
			return systems[i];
	return NULL;
}

struct predictor *predictor_open(const char *path, const char *system, int jobs, struct err *err)
{
	const struct system *found;
	struct weights weights;

	if (weights_open(&weights, path, err) < 0)
		return NULL;
	if (!system && weights_metadata(&weights, "system", &system, err) < 0)
		goto fail;
	found = find_system(system);
	if (found)
		return found->open(&weights, jobs, err);
	err_set_at(err, path, 0, 0,
		   "it is a model of the system '%.100s', which does not tag sentences", system);
fail:
	weights_close(&weights);
	return NULL;
}
