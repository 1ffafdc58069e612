/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet.h"

#include "inference/core/team.h"
#include "inference/vision/darknet_priv.h"
#include "lib/base/checked.h"

#include <stdlib.h>

void darknet_free(struct darknet_model *model)
{
	if (!model)
		return;
	for (size_t i = 0; i < model->n_nodes; i++)
		free(model->nodes[i].packed);
	arena_release(&model->arena);
	free(model);
}

int darknet_width(const struct darknet_model *model)
{
	return (int)model->nodes[0].width;
}

int darknet_height(const struct darknet_model *model)
{
	return (int)model->nodes[0].height;
}

bool darknet_letter_box(const struct darknet_model *model)
{
	return model->letter_box;
}

size_t darknet_layers(const struct darknet_model *model)
{
	return model->n_nodes - 1;
}

size_t darknet_memory(const struct darknet_model *model)
{
	return model->state_floats;
}

size_t darknet_n_heads(const struct darknet_model *model)
{
	return model->n_heads;
}

const struct darknet_head *darknet_head(const struct darknet_model *model, size_t i)
{
	return &model->nodes[model->heads[i]].head;
}

struct darknet_state *darknet_state_new(const struct darknet_model *model, int threads, struct err *err)
{
	struct darknet_state *state = checked_calloc(1, sizeof(*state));

	if (state) {
		state->threads = threads < 1 ? 1 : threads > TEAM_MEMBERS ? TEAM_MEMBERS : threads;
		state->memory = aligned_alloc(64, model->state_floats * sizeof(float));
		state->places = checked_calloc((size_t)state->threads * map_conv_places(model->places),
					       sizeof(*state->places));
	}
	if (state && model->room)
		state->room = checked_calloc((size_t)state->threads * model->room, sizeof(*state->room));
	if (state && state->memory && state->places && (state->room || !model->room))
		return state;
	darknet_state_free(state);
	err_set_memory(err);
	return NULL;
}

void darknet_state_free(struct darknet_state *state)
{
	if (!state)
		return;
	free(state->memory);
	free(state->places);
	free(state->room);
	free(state);
}

struct map darknet_map(const struct darknet_model *model, const struct darknet_state *state, size_t node)
{
	const struct darknet_node *own = &model->nodes[model->nodes[node].map];

	return (struct map){ state->memory + own->offset, own->height, own->width, own->border,
			     own->channels };
}

struct map darknet_output(const struct darknet_model *model, const struct darknet_state *state,
			  size_t layer)
{
	return darknet_map(model, state, layer + 1);
}

struct run {
	const struct darknet_model *model;
	struct darknet_state *state;
};

static void run_layers(void *context, struct team *team, size_t member, size_t members)
{
	const struct run *run = context;

	for (size_t i = 1; i < run->model->n_nodes; i++) {
		const struct darknet_node *node = &run->model->nodes[i];

		if (!node->needed || node->map != i)
			continue;
		darknet_run_node(run->model, run->state, node, member, members);
		team_wait(team);
	}
}

void darknet_run(const struct darknet_model *model, struct darknet_state *state, const float *planes)
{
	struct run run = { model, state };
	struct map input = darknet_map(model, state, 0);

	map_clear_border(&input, 1);
	map_from_planes(&input, 0, planes);
	team_run(state->threads, run_layers, &run);
}
