/* SPDX-License-Identifier: Apache-2.0 */
/* A cfg is refused as data, or makes a small network that runs on whatever weights. */
#include "inference/vision/darknet.h"

#include <stdint.h>
#include <stdlib.h>

#define PRODUCTS 1e6 /* most of a network that is run */
#define FLOATS ((size_t)1 << 18)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int small_numbers(void *context, const struct darknet_tensor *tensor, float *out, struct err *err)
{
	unsigned *next = context;

	(void)err;
	for (size_t i = 0; i < tensor->numbers; i++)
		out[i] = (float)(*next = *next * 1103515245u + 12345u) / 4e9f;
	return 0;
}

static void run(struct darknet_model *model)
{
	size_t plane = (size_t)darknet_width(model) * (size_t)darknet_height(model);
	struct darknet_candidates found = { NULL, 0, 0 };
	struct err err = ERR_INIT;
	struct darknet_state *state;
	unsigned seed = 1;
	float *planes;

	if (plane > FLOATS || darknet_products(model) > PRODUCTS || darknet_memory(model) > FLOATS * 16)
		return;
	if (darknet_load(model, small_numbers, &seed, false, &err) < 0)
		abort();
	state = darknet_state_new(model, 1, &err);
	planes = calloc(3 * plane, sizeof(*planes));
	if (!state || !planes)
		abort();
	darknet_run(model, state, planes);
	for (size_t i = 0; i < darknet_n_heads(model); i++) {
		const struct darknet_head *head = darknet_head(model, i);
		struct map map = darknet_output(model, state, head->layer);

		if (darknet_head_candidates(head, &map, 0, 0.5f, &found, &err) < 0)
			abort();
	}
	if (found.n < 1000)
		darknet_suppress(&found, &(struct darknet_overlap){ 0.5f, darknet_head(model, 0)->centre_power, false });
	free(found.items);
	free(planes);
	darknet_state_free(state);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct darknet_model *model = NULL;
	struct darknet_cfg cfg;

	if (darknet_cfg_parse(&cfg, (const char *)data, size, "input", &arena, &err) == 0)
		model = darknet_new(&cfg, &(struct darknet_options){ 0 }, &err);
	if (model)
		run(model);
	else if (err.kind != ERR_DATA)
		abort();
	darknet_free(model);
	arena_release(&arena);
	return 0;
}
