/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_priv.h"

#include "inference/core/layers.h"

#include <string.h>

/* What the CRF reads and gives for one sentence. */
struct path {
	const float *emissions; /* [n, labels] */
	size_t n;
	int *labels;      /* [n] */
	float *marginals; /* [n, labels] */
};

/* The rows of the words alone, where other rows take no part. */
static const float *gather(const struct model *model, const struct batch *batch, size_t i,
			   const float *scores, size_t *n, struct arena *arena)
{
	const size_t *anchors = batch->text->anchors + batch->anchors[i];
	size_t labels = model->n_labels;
	float *out;

	*n = batch->anchors[i + 1] - batch->anchors[i];
	out = arena_alloc(arena, *n + 1, labels * sizeof(*out));
	for (size_t k = 0; k < *n && out; k++)
		memcpy(out + k * labels, scores + (anchors[k] - batch->rows[i]) * labels,
		       labels * sizeof(*out));
	return out;
}

static int find_path(const struct model *model, const struct batch *batch, size_t i,
		     const float *scores, struct path *path, struct arena *arena, struct err *err)
{
	path->emissions = scores;
	path->n = batch->rows[i + 1] - batch->rows[i];
	if (model->system->decodes_anchors)
		path->emissions = gather(model, batch, i, scores, &path->n, arena);
	path->labels = arena_alloc(arena, path->n, sizeof(*path->labels));
	path->marginals = arena_alloc(arena, path->n * model->n_labels, sizeof(*path->marginals));
	if (!path->emissions || !path->labels || !path->marginals)
		return err_set_memory(err);
	if (crf_decode(&model->crf, path->emissions, path->n, path->labels, arena, err) < 0)
		return -1;
	return crf_marginals(&model->crf, path->emissions, path->n, path->marginals, NULL, arena, err);
}

/* The place in the path of word k, or PIECE_NONE. */
static size_t place_of_word(const struct model *model, const struct batch *batch, size_t i, size_t k)
{
	size_t piece = batch->text->anchors[batch->anchors[i] + k];

	if (piece == PIECE_NONE && model->system->rows == ROWS_PIECES)
		return PIECE_NONE;
	if (model->system->rows != ROWS_PIECES || model->system->decodes_anchors)
		return k;
	return piece - batch->rows[i];
}

/* Weights that are not finite make marginals that are none: those words have no confidence. */
static float probability(float marginal)
{
	return marginal >= 0 && marginal <= 1 ? marginal : 0;
}

/* The probabilities of a word's labels; NULL: the model saw nothing of it. */
static void give_row(const float *marginals, size_t n_labels, float *out)
{
	for (size_t i = 0; i < n_labels; i++)
		out[i] = marginals ? probability(marginals[i]) : -1;
}

static int decode_sentence(const struct model *model, const struct batch *batch, size_t i,
			   const float *scores, struct prediction *out, const struct decode_room *room,
			   struct arena *arena, struct err *err)
{
	struct path path;

	if (find_path(model, batch, i, scores, &path, arena, err) < 0)
		return -1;
	*out = (struct prediction){ batch->anchors[i + 1] - batch->anchors[i], room->tags, room->raw,
				    room->confidence, room->probabilities };
	for (size_t k = 0; k < out->n; k++) {
		size_t place = place_of_word(model, batch, i, k), label;
		const float *marginals =
			place == PIECE_NONE ? NULL : path.marginals + place * model->n_labels;

		if (room->probabilities)
			give_row(marginals, model->n_labels, room->probabilities + k * model->n_labels);
		room->raw[k] = "";
		room->tags[k] = "O";
		room->confidence[k] = 0;
		if (!marginals)
			continue;
		label = (size_t)path.labels[place];
		room->raw[k] = model->raw[label];
		room->tags[k] = model->tags[label];
		room->confidence[k] = probability(marginals[label]);
	}
	return 0;
}

static void choose_relation(const struct model *model, const float *logits,
			    struct relation_prediction *out, float *probabilities)
{
	size_t best = 0;

	for (size_t i = 1; i < model->n_labels; i++)
		if (logits[i] > logits[best])
			best = i;
	memcpy(probabilities, logits, model->n_labels * sizeof(*probabilities));
	softmax_row(probabilities, model->n_labels);
	*out = (struct relation_prediction){ model->raw[best], probabilities[best], probabilities };
}

int model_decode(const struct model *model, const struct batch *batch, size_t i, const float *scores,
		 struct outcome *out, const struct decode_room *room, struct arena *scratch,
		 struct err *err)
{
	if (model->system->relates) {
		choose_relation(model, scores, &out->relation, room->confidence);
		return 0;
	}
	return decode_sentence(model, batch, i, scores, &out->tags, room, scratch, err);
}
