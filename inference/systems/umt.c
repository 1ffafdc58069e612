/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMT: the tweet's words attend to the regions of its picture, the regions to the words, and the words
 * to what came of that; a gate decides how much of the picture each word takes. A second head, which
 * only tells O, B and I apart, has a share in the scores that the CRF decodes.
 */
#include "inference/systems/region_model.h"

#include <string.h>

#define LABELS 13
#define AUX_LABELS 7 /* PAD, O, B, I, X, [CLS], [SEP] */
#define MAIN_SHARE 0.5f

struct umt {
	struct region_model regional;
	struct transformer_stack aux_text, text; /* behind BERT, of the second head and of all else */
	struct transformer_stack text_to_image, image_to_text, text_to_text;
	struct linear gate;           /* 2 H to H */
	struct linear aux_classifier; /* H to AUX_LABELS */
};

/* Which score of the second head stands for a label, and what part of it: the four types share. */
static const struct {
	size_t aux;
	float part;
} conversion[LABELS] = {
	{ 0, 1 },     { 1, 1 },     { 2, 0.25f }, { 3, 0.25f }, { 2, 0.25f }, { 3, 0.25f }, { 2, 0.25f },
	{ 3, 0.25f }, { 2, 0.25f }, { 3, 0.25f }, { 4, 1 },     { 5, 1 },     { 6, 1 },
};

static const char *recognise(const struct weights *weights)
{
	return weights_have(weights, "txt2txt_attention.layer.0.attention.self.query.weight") &&
			       weights_have(weights, "aux_classifier.weight")
		       ? "it holds UMT's attention between text and picture and its second classifier"
		       : NULL;
}

static int load(struct model *model, struct err *err)
{
	struct umt *umt = (struct umt *)model;
	struct region_model *regional = &umt->regional;
	size_t hidden;

	if (region_model_load(regional, 2, err) < 0)
		return -1;
	if (model->n_labels != LABELS)
		return err_set_at(err, model->weights.path, 0, 0,
				  "it has %zu labels: UMT's second head goes with %d",
				  model->n_labels, LABELS);
	hidden = model->encoder.config.hidden;
	if (region_model_get_stack(regional, &umt->aux_text, "self_attention", err) < 0 ||
	    region_model_get_stack(regional, &umt->text, "self_attention_v2", err) < 0 ||
	    region_model_get_stack(regional, &umt->text_to_image, "txt2img_attention", err) < 0 ||
	    region_model_get_stack(regional, &umt->image_to_text, "img2txt_attention", err) < 0 ||
	    region_model_get_stack(regional, &umt->text_to_text, "txt2txt_attention", err) < 0 ||
	    linear_get(&umt->gate, &model->weights, "gate", 2 * hidden, hidden, err) < 0 ||
	    linear_get(&umt->aux_classifier, &model->weights, "aux_classifier", hidden, AUX_LABELS,
		       err) < 0)
		return -1;
	return region_model_load_resnet(regional, err);
}

/* A batch on its way: n rows of words, m of regions. */
struct run {
	const struct umt *umt;
	const struct batch *batch;
	struct worker *worker;
	size_t n, m, hidden;
	const size_t *starts; /* [records + 1], first rows of words */
	size_t *regions;      /* [records + 1], first regions */
	float *text;          /* [n, H], of the layer behind BERT, then of text to text */
	float *image;         /* [n, H], of the second head's layer, then of text to image */
	float *gate;          /* [n, H] */
	float *vismap, *back; /* [m, H], regions to attend to, and of image to text */
	float *joined;        /* [n, 2 H] */
	float *aux;           /* [n, AUX_LABELS] */
};

static int prepare(struct run *run, struct err *err)
{
	struct arena *arena = &run->worker->arena;
	size_t row;

	run->hidden = run->umt->regional.model.encoder.config.hidden;
	run->starts = run->batch->text->starts;
	run->n = run->starts[run->batch->n];
	run->m = run->batch->n * REGIONS;
	row = run->hidden * sizeof(float);
	run->regions = arena_alloc(arena, run->batch->n + 1, sizeof(*run->regions));
	run->text = arena_alloc(arena, run->n, row);
	run->image = arena_alloc(arena, run->n, row);
	run->gate = arena_alloc(arena, run->n, row);
	run->vismap = arena_alloc(arena, run->m, row);
	run->back = arena_alloc(arena, run->m, row);
	run->joined = arena_alloc(arena, run->n, 2 * row);
	run->aux = arena_alloc(arena, run->n, AUX_LABELS * sizeof(*run->aux));
	if (!run->regions || !run->text || !run->image || !run->gate || !run->vismap || !run->back ||
	    !run->joined || !run->aux)
		return err_set_memory(err);
	for (size_t i = 0; i <= run->batch->n; i++)
		run->regions[i] = i * REGIONS;
	return 0;
}

/* Words to their own words, or to `regions` if these are not NULL; `name` is for the dump. */
static int attend(const struct run *run, const struct transformer_stack *stack, float *x,
		  const float *regions, const char *name, struct err *err)
{
	const struct transformer_batch batch = { run->batch->n, run->starts, regions, run->regions };

	if (transformer_stack_run(stack, &batch, x, &run->worker->own, err) < 0)
		return -1;
	return model_dump_rows(run->batch, name, run->starts, run->hidden, x, err);
}

/* The second head, whose layer reads BERT's states beside the other. */
static int run_aux(const struct run *run, const float *states, struct err *err)
{
	memcpy(run->image, states, run->n * run->hidden * sizeof(*run->image));
	if (attend(run, &run->umt->aux_text, run->image, NULL, "self_attention", err) < 0)
		return -1;
	linear_run(&run->umt->aux_classifier, run->image, run->n, run->aux, AUX_LABELS);
	return model_dump_rows(run->batch, "aux_emissions", run->starts, AUX_LABELS, run->aux, err);
}

/* Text over the picture, and text over the picture that was shown the text. */
static int run_text(const struct run *run, const float *states, struct err *err)
{
	const struct umt *umt = run->umt;
	const struct transformer_batch to_text = { run->batch->n, run->regions, run->text, run->starts };
	size_t bytes = run->n * run->hidden * sizeof(*run->text);

	memcpy(run->text, states, bytes);
	if (attend(run, &umt->text, run->text, NULL, "self_attention_v2", err) < 0)
		return -1;
	memcpy(run->image, run->text, bytes);
	region_model_gather(&umt->regional, run->batch, 0, run->vismap);
	if (attend(run, &umt->text_to_image, run->image, run->vismap, "txt2img", err) < 0)
		return -1;
	region_model_gather(&umt->regional, run->batch, 1, run->back);
	if (transformer_stack_run(&umt->image_to_text, &to_text, run->back, &run->worker->own,
				  err) < 0 ||
	    model_dump_rows(run->batch, "img2txt", run->regions, run->hidden, run->back, err) < 0)
		return -1;
	return attend(run, &umt->text_to_text, run->text, run->back, "txt2txt", err);
}

static int run_gate(const struct run *run, struct err *err)
{
	join_rows(run->text, run->image, run->n, run->hidden, run->joined);
	linear_run(&run->umt->gate, run->joined, run->n, run->gate, run->hidden);
	sigmoid_run(run->gate, run->n * run->hidden);
	return model_dump_rows(run->batch, "gate", run->starts, run->hidden, run->gate, err);
}

static void add_aux(const struct run *run, float *scores)
{
	for (size_t row = 0; row < run->n; row++)
		for (size_t i = 0; i < LABELS; i++) {
			float aux = conversion[i].part * run->aux[row * AUX_LABELS + conversion[i].aux];
			float *score = &scores[row * LABELS + i];

			*score = MAIN_SHARE * *score + (1 - MAIN_SHARE) * aux;
		}
}

static int run_umt(struct model *model, const struct batch *batch, struct worker *worker,
		   float *scores, struct err *err)
{
	struct run run = { .umt = (struct umt *)model, .batch = batch, .worker = worker };
	const float *states;

	if (prepare(&run, err) < 0 || model_encode(model, batch, worker, NULL, 0, &states, err) < 0 ||
	    run_aux(&run, states, err) < 0 || run_text(&run, states, err) < 0 || run_gate(&run, err) < 0)
		return -1;
	region_model_classify(&run.umt->regional, run.text, run.image, run.gate, run.n, run.joined,
			      scores);
	if (model_dump_rows(batch, "main_emissions", run.starts, LABELS, scores, err) < 0)
		return -1;
	add_aux(&run, scores);
	return 0;
}

const struct system system_umt = {
	.name = "umt",
	.summary = "UMT: BERT and a ResNet's regions that attend to each other, CRF; text and pictures",
	.defaults = "128 pieces; labels of UMT; the centre of the picture",
	.size = sizeof(struct umt),
	.rows = ROWS_PIECES,
	.labels = labels_umt,
	.max_pieces = REGION_MODEL_PIECES,
	.specials_alone = true,
	.reads = READS_WHOLE,
	.fallback = REGION_MODEL_FALLBACK,
	.takes_random_crop = true,
	.recognise = recognise,
	.load = load,
	.release = region_model_release,
	.run = run_umt,
	.read_picture = region_model_read_picture,
	.look = region_model_look,
};
