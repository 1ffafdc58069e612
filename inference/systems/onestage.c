/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage.h"

#include "inference/core/blas.h"
#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define KEPT_PHRASES ((size_t)2048) /* of which wishes are kept: 12 MB at a width of 512 */

struct onestage_state {
	struct darknet_state *vision;
	struct scratch scratch;
	float *planes, *features, *picture, *numbers, *vectors;
	const float *rows[ONESTAGE_SCALES];
	/* Phrases by their number in the table. */
	struct str_table kept;
	float *wishes; /* [KEPT_PHRASES, ONESTAGE_SCALES, E] */
	bool *said;    /* [KEPT_PHRASES] */
};

const char *onestage_recognise(const struct weights *weights)
{
	return weights_have(weights, "mapping_lang.0.weight") &&
			       weights_have(weights, "fcn_emb.0.0.conv.weight") &&
			       weights_have(weights, "visumodel.module_list.0.conv_0.weight")
		       ? "it holds one-stage grounding's visumodel, mapping_lang and fcn_emb"
		       : NULL;
}

static int check_width(const struct onestage *model, struct err *err)
{
	if (model->text.width == model->heads.text)
		return 0;
	return err_set_at(err, model->weights.path, 0, 0,
			  "its phrases have vectors of %zu numbers, mapping_lang reads %zu", model->text.width,
			  model->heads.text);
}

static int load(struct onestage *model, const struct onestage_options *options, struct err *err)
{
	const char *anchors = options->anchors;

	if (!onestage_recognise(&model->weights))
		return err_set_at(err, model->weights.path, 0, 0,
				  "its tensors are not those of one-stage grounding");
	if (!anchors)
		anchors = onestage_text_is_recurrent(&model->weights) ? "coco" : "flickr";
	if (onestage_anchors_parse(&model->anchors, anchors, err) < 0 ||
	    onestage_text_init(&model->text, &model->weights, options->words, options->query_cap, err) < 0 ||
	    onestage_heads_init(&model->heads, &model->weights, err) < 0 || check_width(model, err) < 0)
		return -1;
	model->vision = onestage_vision_new(&model->weights, err);
	return model->vision ? 0 : -1;
}

struct onestage *onestage_open(const char *path, const struct onestage_options *options, struct err *err)
{
	struct onestage *model = checked_calloc(1, sizeof(*model));

	if (!model) {
		err_set_memory(err);
		return NULL;
	}
	if (blas_open(err) < 0 || weights_open(&model->weights, path, err) < 0) {
		free(model);
		return NULL;
	}
	if (load(model, options, err) == 0)
		return model;
	err_add_file(err, path);
	onestage_free(model);
	return NULL;
}

void onestage_free(struct onestage *model)
{
	if (!model)
		return;
	darknet_free(model->vision);
	onestage_heads_release(&model->heads);
	onestage_text_release(&model->text);
	weights_close(&model->weights);
	free(model);
}

int onestage_check_tensors(struct weights *weights, struct err *err)
{
	struct onestage_text text;
	struct onestage_heads heads;
	struct darknet_model *vision;
	int rc = onestage_text_check(&text, weights, err);

	onestage_text_release(&text);
	if (rc < 0 || onestage_heads_init(&heads, weights, err) < 0)
		return -1;
	onestage_heads_release(&heads);
	vision = onestage_vision_new(weights, err);
	darknet_free(vision);
	return vision ? 0 : -1;
}

static int allocate(struct onestage_state *state, const struct onestage *model, struct err *err)
{
	size_t width = model->heads.width;
	const struct {
		float **to;
		size_t n;
	} parts[] = {
		{ &state->planes, ONESTAGE_PLANES },
		{ &state->features, ONESTAGE_FEATURES },
		{ &state->picture, ONESTAGE_PLACES * width },
		{ &state->numbers, ONESTAGE_ASKED * ONESTAGE_PLACES * ONESTAGE_NUMBERS },
		{ &state->vectors, ONESTAGE_ASKED * model->text.width },
		{ &state->wishes, KEPT_PHRASES * ONESTAGE_SCALES * width },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		*parts[i].to = checked_calloc(parts[i].n, sizeof(float));
		if (!*parts[i].to)
			return err_set_memory(err);
	}
	state->said = checked_calloc(KEPT_PHRASES, sizeof(*state->said));
	return state->said ? 0 : err_set_memory(err);
}

struct onestage_state *onestage_state_new(const struct onestage *model, int threads, struct err *err)
{
	struct onestage_state *state = checked_calloc(1, sizeof(*state));

	if (!state) {
		err_set_memory(err);
		return NULL;
	}
	str_table_init(&state->kept);
	state->vision = darknet_state_new(model->vision, threads, err);
	if (state->vision && allocate(state, model, err) == 0)
		return state;
	onestage_state_free(state);
	return NULL;
}

void onestage_state_free(struct onestage_state *state)
{
	if (!state)
		return;
	darknet_state_free(state->vision);
	scratch_release(&state->scratch);
	str_table_release(&state->kept);
	free(state->planes);
	free(state->features);
	free(state->picture);
	free(state->numbers);
	free(state->vectors);
	free(state->wishes);
	free(state->said);
	free(state);
}

const float *onestage_features(const struct onestage_state *state, int scale)
{
	return state->rows[scale];
}

int onestage_look(const struct onestage *model, struct onestage_state *state, const struct image *square,
		  struct err *err)
{
	onestage_vision_run(model->vision, state->vision, square, state->planes, state->features, state->rows);
	return onestage_heads_look(&model->heads, state->rows, state->picture, &state->scratch, err);
}

/* Keep what is made of phrases whose numbers go on from `first`. */
static int read_phrases(const struct onestage *model, struct onestage_state *state, size_t first,
			struct err *err)
{
	size_t n = state->kept.n - first, stride = ONESTAGE_SCALES * model->heads.width;
	const char *phrases[ONESTAGE_ASKED];

	for (size_t i = 0; i < n; i++)
		phrases[i] = str_table_text(&state->kept, first + i);
	if (onestage_text_run(&model->text, phrases, n, &state->scratch, state->vectors, state->said + first,
			      err) < 0)
		return -1;
	return onestage_heads_read(&model->heads, state->vectors, n, state->wishes + first * stride,
				   &state->scratch, err);
}

/* Phrases are at most ONESTAGE_ASKED. */
static int find_wishes(const struct onestage *model, struct onestage_state *state, const char *const *phrases,
		       size_t n, const float **wishes, bool *said, struct err *err)
{
	size_t first, stride = ONESTAGE_SCALES * model->heads.width;
	long places[ONESTAGE_ASKED];

	if (state->kept.n + n > KEPT_PHRASES) {
		str_table_release(&state->kept);
		str_table_init(&state->kept);
	}
	first = state->kept.n;
	for (size_t i = 0; i < n; i++) {
		places[i] = str_table_add(&state->kept, phrases[i], strlen(phrases[i]));
		if (places[i] < 0)
			return err_set_memory(err);
	}
	if (state->kept.n > first && read_phrases(model, state, first, err) < 0) {
		/* What has no wishes must not be found again. */
		str_table_release(&state->kept);
		str_table_init(&state->kept);
		return -1;
	}
	for (size_t i = 0; i < n; i++) {
		wishes[i] = state->wishes + (size_t)places[i] * stride;
		said[i] = state->said[places[i]];
	}
	return 0;
}

int onestage_ask(const struct onestage *model, struct onestage_state *state, const char *const *phrases,
		 size_t n, bool *said, const float **numbers, struct err *err)
{
	const float *wishes[ONESTAGE_ASKED];

	if (find_wishes(model, state, phrases, n, wishes, said, err) < 0)
		return -1;
	*numbers = state->numbers;
	return onestage_heads_answer(&model->heads, state->picture, wishes, n, state->numbers, &state->scratch,
				     err);
}

static void place_box(const struct area_letterbox *letterbox, const struct image *image,
		      struct onestage_found *found)
{
	const float *corners = memcpy(found->published, found->choice.corners, sizeof(found->published));
	struct box *box = &found->box;

	area_letterbox_undo(letterbox, found->published);
	box->x0 = fminf(corners[0], (float)image->width);
	box->y0 = fminf(corners[1], (float)image->height);
	box->x1 = fmaxf(fminf(corners[2], (float)image->width), 0);
	box->y1 = fmaxf(fminf(corners[3], (float)image->height), 0);
	found->any = box->x0 < box->x1 && box->y0 < box->y1;
	found->score = 1 / (1 + expf(-found->choice.numbers[ONESTAGE_BOX - 1]));
}

static int find_boxes(const struct onestage *model, const struct area_letterbox *letterbox,
		      const struct image *image, const float *numbers, const bool *said, size_t n,
		      struct onestage_found *found, struct err *err)
{
	for (size_t i = 0; i < n; i++, numbers += ONESTAGE_PLACES * ONESTAGE_NUMBERS) {
		found[i] = (struct onestage_found){ .any = false };
		if (!said[i])
			continue;
		if (onestage_choose(&model->anchors, numbers, &found[i].choice) < 0)
			return err_set(err, ERR_DATA,
				       "what the model gives are no numbers; try tagsight model verify on it");
		place_box(letterbox, image, &found[i]);
	}
	return 0;
}

int onestage_ground(const struct onestage *model, struct onestage_state *state, const struct image *image,
		    const char *const *phrases, size_t n, struct onestage_found *found, struct err *err)
{
	struct image square = IMAGE_INIT;
	struct area_letterbox letterbox;
	int rc;

	if (n == 0)
		return 0;
	area_letterbox_place(&letterbox, image->width, image->height, ONESTAGE_SIDE);
	if (area_letterbox_image(&square, image, &letterbox, err) < 0)
		return -1;
	rc = onestage_look(model, state, &square, err);
	image_release(&square);
	for (size_t done = 0, some; rc == 0 && done < n; done += some) {
		bool said[ONESTAGE_ASKED];
		const float *numbers;

		some = n - done < ONESTAGE_ASKED ? n - done : ONESTAGE_ASKED;
		rc = onestage_ask(model, state, phrases + done, some, said, &numbers, err);
		if (rc == 0)
			rc = find_boxes(model, &letterbox, image, numbers, said, some, found + done, err);
	}
	return rc;
}
