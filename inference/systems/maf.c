/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MAF: the tweet's words attend to the regions of its picture; how probable it is that text and picture
 * belong together scales what came of that, and a gate decides how much of it each word takes. The
 * probability is defined over a text padded to a fixed length, so BERT and the attention run on the
 * padding too, which attends to the tweet's pieces and is attended to by none; nothing after it does.
 */
#include "inference/core/kernels.h"
#include "inference/systems/region_model.h"

#include <string.h>

#define PART 8 /* tweets at a time: more rows than keep the products busy only fill the memory */

struct maf {
	struct region_model regional;
	struct transformer_stack text_to_image;
	size_t length;                        /* P, pieces of a padded text */
	struct linear match;                  /* P * 2 H to no match and match */
	struct linear text_gate, image_gate; /* H to H */
};

static const char *recognise(const struct weights *weights)
{
	return weights_have(weights, "crs_classifier.weight") &&
			       weights_have(weights, "Gate_image.weight")
		       ? "it holds MAF's classifier of text and picture, and its gate"
		       : NULL;
}

/* The length that the matrix of the match tells is the only one that fits. */
static int load_match(struct maf *maf, struct err *err)
{
	struct model *model = &maf->regional.model;
	size_t width = 2 * model->encoder.config.hidden, most = model->encoder.config.max_position;
	struct shape shape;

	maf->length = REGION_MODEL_PIECES;
	if (weights_shape(&model->weights, "crs_classifier.weight", &shape) && shape.n == 2)
		maf->length = shape.dims[1] / width;
	if (maf->length < 4 || maf->length > most)
		return err_set_at(err, model->weights.path, 0, 0,
				  "'crs_classifier.weight' is for %zu pieces a tweet: BERT takes 4 to %zu",
				  maf->length, most);
	if (model->options.max_pieces && model->options.max_pieces != maf->length)
		return err_set(err, ERR_USAGE, "the model takes %zu pieces a tweet and no other number",
			       maf->length);
	model->options.max_pieces = maf->length;
	return linear_get(&maf->match, &model->weights, "crs_classifier", maf->length * width, 2, err);
}

static int load(struct model *model, struct err *err)
{
	struct maf *maf = (struct maf *)model;
	struct region_model *regional = &maf->regional;
	size_t hidden;

	if (region_model_load(regional, 1, err) < 0)
		return -1;
	hidden = model->encoder.config.hidden;
	if (region_model_get_stack(regional, &maf->text_to_image, "txt2img_attention", err) < 0 ||
	    load_match(maf, err) < 0 ||
	    linear_get(&maf->text_gate, &model->weights, "Gate_text", hidden, hidden, err) < 0 ||
	    linear_get(&maf->image_gate, &model->weights, "Gate_image", hidden, hidden, err) < 0)
		return -1;
	return region_model_load_resnet(regional, err);
}

/* Tweets on their way, of which `n` rows are pieces. */
struct run {
	const struct maf *maf;
	struct worker *worker;
	struct batch part; /* of 1 to PART records */
	size_t n, hidden;
	size_t sequences[PART + 1]; /* 0, 1, 2, ... */
	size_t starts[PART + 1];    /* first rows of each record's pieces, */
	size_t padded[PART + 1];    /* of its padded text, */
	size_t regions[PART + 1];   /* and of its regions */
	size_t lengths[PART];       /* its pieces */
	int *ids;             /* [PART, P] */
	float *vismap;        /* [PART, REGIONS, H] */
	float *cross;         /* [PART, P, H], of text to image */
	float *text, *image;  /* [PART * P, H], n rows of the pieces alone */
	float *gate, *addend; /* the same */
	float *joined;        /* [PART * P, 2 H] */
};

static int allocate(struct run *run, size_t records, struct err *err)
{
	size_t most = records < PART ? records : PART, padded = most * run->maf->length;
	size_t row = run->hidden * sizeof(float);
	struct arena *arena = &run->worker->arena;

	run->ids = arena_alloc(arena, padded, sizeof(*run->ids));
	run->vismap = arena_alloc(arena, most * REGIONS, row);
	run->cross = arena_alloc(arena, padded, row);
	run->text = arena_alloc(arena, padded, row);
	run->image = arena_alloc(arena, padded, row);
	run->gate = arena_alloc(arena, padded, row);
	run->addend = arena_alloc(arena, padded, row);
	run->joined = arena_alloc(arena, padded, 2 * row);
	if (!run->ids || !run->vismap || !run->cross || !run->text || !run->image || !run->gate ||
	    !run->addend || !run->joined)
		return err_set_memory(err);
	return 0;
}

/* Records `first` and on of a batch, with their pieces padded by id 0. */
static void begin(struct run *run, const struct batch *batch, size_t first)
{
	size_t n = batch->n - first < PART ? batch->n - first : PART, length = run->maf->length;
	const size_t *pieces = batch->text->starts + first;

	run->part = *batch;
	run->part.n = n;
	run->part.sequences = run->sequences;
	run->part.numbers += first;
	run->part.pictures += first;
	memset(run->ids, 0, n * length * sizeof(*run->ids));
	for (size_t i = 0; i <= n; i++) {
		run->sequences[i] = i;
		run->starts[i] = pieces[i] - pieces[0];
		run->padded[i] = i * length;
		run->regions[i] = i * REGIONS;
	}
	for (size_t i = 0; i < n; i++) {
		run->lengths[i] = pieces[i + 1] - pieces[i];
		memcpy(run->ids + i * length, batch->text->pieces.ids + pieces[i],
		       run->lengths[i] * sizeof(*run->ids));
	}
	run->n = run->starts[n];
}

/* BERT's states and the attention to the picture, of padded texts. */
static int encode(struct run *run, const float **states, struct err *err)
{
	const struct encoder_batch texts = { .ids = run->ids,
					     .starts = run->padded,
					     .n_sequences = run->part.n,
					     .keys = run->lengths };
	const struct transformer_batch to_image = { run->part.n, run->padded, run->vismap,
						    run->regions };
	const struct region_model *regional = &run->maf->regional;

	if (model_encode_batch(&regional->model, &run->part, run->worker, &texts, states, err) < 0)
		return -1;
	memcpy(run->cross, *states, run->padded[run->part.n] * run->hidden * sizeof(*run->cross));
	region_model_gather(regional, &run->part, 0, run->vismap);
	if (transformer_stack_run(&run->maf->text_to_image, &to_image, run->cross, &run->worker->own,
				  err) < 0)
		return -1;
	return model_dump_rows(&run->part, "txt2img_padded", run->padded, run->hidden, run->cross, err);
}

static double dot(const float *a, const float *b, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += (double)a[i] * (double)b[i];
	return sum;
}

/* Over all rows of a padded text, each [BERT's state; attention to the picture]. */
static float match_logit(const struct run *run, const float *states, size_t i, size_t class)
{
	const struct linear *match = &run->maf->match;
	const float *weight = match->weight + class * match->in;
	double sum = (double)match->bias[class];

	for (size_t row = run->padded[i]; row < run->padded[i + 1]; row++, weight += 2 * run->hidden)
		sum += dot(weight, states + row * run->hidden, run->hidden) +
		       dot(weight + run->hidden, run->cross + row * run->hidden, run->hidden);
	return (float)sum;
}

/* How probable it is that text and picture of record i match. */
static int find_match(const struct run *run, const float *states, size_t i, float *probability,
		      struct err *err)
{
	float logits[2] = { match_logit(run, states, i, 0), match_logit(run, states, i, 1) };
	struct prediction_dump *dump = run->part.dump;
	size_t number = run->part.numbers[i];

	if (prediction_dump_add(dump, number, "match_logits", TENSOR_F32, 1, &(size_t){ 2 }, logits,
				err) < 0)
		return -1;
	softmax_row(logits, 2);
	*probability = logits[1];
	return prediction_dump_add(dump, number, "match_probability", TENSOR_F32, 1, &(size_t){ 1 },
				   probability, err);
}

/* Rows without the padding: the text's, and by their probability those of the attention. */
static int take_pieces(const struct run *run, const float *states, struct err *err)
{
	size_t hidden = run->hidden;

	for (size_t i = 0; i < run->part.n; i++) {
		size_t from = run->padded[i] * hidden, to = run->starts[i] * hidden;
		size_t bytes = run->lengths[i] * hidden * sizeof(*states);

		memcpy(run->text + to, states + from, bytes);
		memcpy(run->image + to, run->cross + from, bytes);
	}
	if (model_dump_rows(&run->part, "txt2img", run->starts, hidden, run->image, err) < 0)
		return -1;
	for (size_t i = 0; i < run->part.n; i++) {
		float probability;

		if (find_match(run, states, i, &probability, err) < 0)
			return -1;
		for (size_t k = run->starts[i] * hidden; k < run->starts[i + 1] * hidden; k++)
			run->image[k] *= probability;
	}
	return 0;
}

static int run_part(struct run *run, float *scores, struct err *err)
{
	const struct maf *maf = run->maf;
	const float *states;

	if (encode(run, &states, err) < 0 || take_pieces(run, states, err) < 0)
		return -1;
	linear_run(&maf->text_gate, run->text, run->n, run->gate, run->hidden);
	linear_run(&maf->image_gate, run->image, run->n, run->addend, run->hidden);
	kernels()->add(run->gate, run->addend, run->n * run->hidden);
	sigmoid_run(run->gate, run->n * run->hidden);
	if (model_dump_rows(&run->part, "gate", run->starts, run->hidden, run->gate, err) < 0)
		return -1;
	region_model_classify(&maf->regional, run->text, run->image, run->gate, run->n, run->joined,
			      scores);
	return 0;
}

static int run_maf(struct model *model, const struct batch *batch, struct worker *worker,
		   float *scores, struct err *err)
{
	struct run run = { .maf = (struct maf *)model, .worker = worker,
			   .hidden = model->encoder.config.hidden };

	if (allocate(&run, batch->n, err) < 0)
		return -1;
	for (size_t first = 0; first < batch->n; first += PART) {
		begin(&run, batch, first);
		if (run_part(&run, scores + batch->rows[first] * model->n_labels, err) < 0)
			return -1;
	}
	return 0;
}

const struct system system_maf = {
	.name = "maf",
	.summary = "MAF: BERT that attends to a ResNet's regions as far as they match, CRF; text and "
		   "pictures",
	.defaults = "128 pieces and no other number; labels of UMT; the centre of the picture",
	.size = sizeof(struct maf),
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
	.run = run_maf,
	.read_picture = region_model_read_picture,
	.look = region_model_look,
};
