/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MEGA: BERT over the words with markers around both entities, features of ten detected objects which
 * attend to the pieces, and weights that align objects and words; the states of both opening markers
 * and the objects' sum give the relation. The attention and the weights are not masked, so that a
 * text is always 128 pieces long and the padding counts.
 */
#include "inference/core/attention.h"
#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/core/layers.h"
#include "inference/systems/system.h"
#include "lib/base/buf.h"
#include "lib/formats/mega_features.h"

#include <string.h>

#define PIECES ((size_t)128) /* of every text */
#define PAD 0

_Static_assert(PIECES == MEGA_ROWS, "a text has a row of weights for each piece");

struct mega {
	struct model model;
	size_t width; /* W, twice BERT's */
	struct linear pieces, objects; /* H and MEGA_FEATURES to W */
	struct linear query, key, value; /* W to W */
	struct linear merge, final; /* 2 W to W */
	struct linear classifier; /* W to labels */
};

/* What cut() leaves of a record. */
struct pair {
	size_t pieces; /* without padding */
	size_t head, tail; /* the opening markers, among the pieces */
	float objects[MEGA_OBJECTS * MEGA_FEATURES];
	float weights[MEGA_OBJECTS * PIECES]; /* [objects, pieces] */
};

static const char *recognise(const struct weights *weights)
{
	return weights_have(weights, "sentence_encoder.linear_pic.weight") &&
			       weights_have(weights, "fc.weight")
		       ? "it holds MEGA's sentence_encoder.linear_pic and fc"
		       : NULL;
}

static int load_linears(struct mega *mega, struct err *err)
{
	size_t hidden = mega->model.encoder.config.hidden, width = 2 * hidden;
	const struct {
		const char *name;
		struct linear *linear;
		size_t in;
	} linears[] = {
		{ "sentence_encoder.linear_hidden", &mega->pieces, hidden },
		{ "sentence_encoder.linear_pic", &mega->objects, MEGA_FEATURES },
		{ "sentence_encoder.linear_q", &mega->query, width },
		{ "sentence_encoder.linear_k", &mega->key, width },
		{ "sentence_encoder.linear_v", &mega->value, width },
		{ "sentence_encoder.linear_final1", &mega->merge, 2 * width },
		{ "sentence_encoder.linear_final", &mega->final, 2 * width },
	};

	mega->width = width;
	for (size_t i = 0; i < sizeof(linears) / sizeof(*linears); i++)
		if (linear_get(linears[i].linear, &mega->model.weights, linears[i].name, linears[i].in,
			       width, err) < 0)
			return -1;
	return linear_get(&mega->classifier, &mega->model.weights, "fc", width, mega->model.n_labels,
			  err);
}

static int load(struct model *model, struct err *err)
{
	if (model->options.max_pieces && model->options.max_pieces != PIECES)
		return err_set(err, ERR_USAGE, "MEGA reads %zu pieces, neither more nor fewer", PIECES);
	if (model_load_bert(model, "sentence_encoder.bert.", err) < 0 ||
	    model_count_labels(model, "fc.weight", err) < 0)
		return -1;
	return load_linears((struct mega *)model, err);
}

static bool is_span(const struct mention *mention, size_t n_words)
{
	return mention->begin >= 0 && mention->begin <= mention->end &&
	       (size_t)mention->end <= n_words;
}

/* Append the words [begin, end), joined by blanks, as one text. */
static int add_words(const struct model *model, const struct relation *relation, size_t begin, size_t end,
		     struct worker *worker, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	for (size_t i = begin; i < end; i++)
		buf_add_format(&text, i > begin ? " %s" : "%s", relation->words[i]);
	rc = text.failed ? err_set_memory(err)
			 : wordpiece_encode(model->wordpiece, text.data ? text.data : "", text.length,
					    &worker->pieces.pieces, err);
	buf_release(&text);
	return rc;
}

static int add_marker(const struct model *model, int number, struct worker *worker, struct err *err)
{
	static const char *const markers[] = { "[unused0]", "[unused1]", "[unused2]", "[unused3]" };
	int id = wordpiece_id(model->wordpiece, markers[number]);

	if (id < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no %s, which marks an entity",
			       markers[number]);
	return pieces_add(&worker->pieces.pieces, id, err);
}

/* Append a mention between its markers; its place among the pieces of the text is at most the last. */
static int add_mention(const struct model *model, const struct relation *relation, bool is_tail,
		       size_t first, struct worker *worker, struct pair *pair, struct err *err)
{
	const struct mention *mention = is_tail ? &relation->tail : &relation->head;
	size_t place = worker->pieces.pieces.n - first;

	*(is_tail ? &pair->tail : &pair->head) = place < PIECES ? place : PIECES - 1;
	if (add_marker(model, 2 * is_tail, worker, err) < 0 ||
	    add_words(model, relation, (size_t)mention->begin, (size_t)mention->end, worker, err) < 0)
		return -1;
	return add_marker(model, 2 * is_tail + 1, worker, err);
}

/* The stretches before, in, between, in and behind the mentions, cut at the limit and padded. Words of
 * the longer of two nested mentions stand in the last stretch once more. */
static int add_text(const struct model *model, const struct relation *relation, struct worker *worker,
		    struct pair *pair, struct err *err)
{
	struct piece_text *text = &worker->pieces;
	bool tail_first = relation->head.begin > relation->tail.begin;
	const struct mention *one = tail_first ? &relation->tail : &relation->head;
	const struct mention *other = tail_first ? &relation->head : &relation->tail;
	size_t first = text->pieces.n;

	if (piece_text_begin(text, model->rules.cls, err) < 0 ||
	    add_words(model, relation, 0, (size_t)one->begin, worker, err) < 0 ||
	    add_mention(model, relation, tail_first, first, worker, pair, err) < 0 ||
	    add_words(model, relation, (size_t)one->end, (size_t)other->begin, worker, err) < 0 ||
	    add_mention(model, relation, !tail_first, first, worker, pair, err) < 0 ||
	    add_words(model, relation, (size_t)other->end, relation->n_words, worker, err) < 0 ||
	    pieces_add(&text->pieces, model->rules.sep, err) < 0)
		return -1;
	pair->pieces = text->pieces.n - first < PIECES ? text->pieces.n - first : PIECES;
	text->pieces.n = first + pair->pieces;
	while (text->pieces.n < first + PIECES)
		if (pieces_add(&text->pieces, PAD, err) < 0)
			return -1;
	text->pieces.n--;
	return piece_text_end(text, text->pieces.ids[text->pieces.n], err);
}

/* Rows of zeros stand where the original puts them for [CLS] and the markers: one after another, with
 * head and tail changed over and lengths in words. */
static void insert_markers(const struct relation *relation, struct pair *pair)
{
	const size_t row = MEGA_OBJECTS * sizeof(*pair->weights);
	size_t head = (size_t)(relation->head.end - relation->head.begin);
	size_t tail = (size_t)(relation->tail.end - relation->tail.begin);
	const size_t places[] = { 0, pair->tail, pair->tail + head + 1, pair->head,
				  pair->head + tail + 1 };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		float *at = pair->weights + places[i] * MEGA_OBJECTS;

		if (places[i] >= PIECES)
			continue;
		memmove(at + MEGA_OBJECTS, at, (PIECES - 1 - places[i]) * row);
		memset(at, 0, row);
	}
}

static int read_files(const struct predict_record *record, struct pair *pair, const char **fault,
		      struct arena *arena, struct err *err)
{
	struct err bad = ERR_INIT;
	char text[1400];

	if (!record->objects || !record->structure)
		*fault = record->objects ? "it has no structural weights" : "it has no objects";
	else if (mega_objects_read(record->objects, pair->objects, &bad) < 0 ||
		 mega_structure_read(record->structure, pair->weights, &bad) < 0)
		*fault = arena_copy(arena, err_format(&bad, text, sizeof(text)));
	else
		return 0;
	return *fault ? 0 : err_set_memory(err);
}

static int cut(struct model *model, const struct predict_record *record, struct worker *worker,
	       void **extra, const char **fault, struct err *err)
{
	const struct relation *relation = record->relation;
	struct pair *pair = arena_alloc(&worker->arena, 1, sizeof(*pair));

	if (!pair)
		return err_set_memory(err);
	*extra = pair;
	if (!is_span(&relation->head, relation->n_words) || !is_span(&relation->tail, relation->n_words)) {
		*fault = arena_format(&worker->arena, "head or tail does not lie within its %zu words",
				      relation->n_words);
		return *fault ? 0 : err_set_memory(err);
	}
	if (read_files(record, pair, fault, &worker->arena, err) < 0)
		return -1;
	if (*fault)
		return 0;
	if (add_text(model, relation, worker, pair, err) < 0)
		return -1;
	insert_markers(relation, pair);
	return 0;
}

/* What each step makes of one record. */
struct steps {
	float *pieces, *keys, *values; /* [PIECES, W] */
	float *objects, *queries, *attended; /* [MEGA_OBJECTS, W] */
	float *joined; /* [MEGA_OBJECTS, 2 W] */
	float *merged; /* [MEGA_OBJECTS, W]; the first row becomes the sum */
	float *scores;
};

static int prepare(struct steps *steps, size_t width, struct scratch *scratch, struct err *err)
{
	size_t text = PIECES * width, seen = MEGA_OBJECTS * width;
	float *memory = scratch_reserve(scratch, 3 * text + 6 * seen +
						 attention_scores(MEGA_OBJECTS, PIECES), err);

	if (!memory)
		return -1;
	*steps = (struct steps){ .pieces = memory, .keys = memory + text, .values = memory + 2 * text };
	steps->objects = memory + 3 * text;
	steps->queries = steps->objects + seen;
	steps->attended = steps->queries + seen;
	steps->joined = steps->attended + seen;
	steps->merged = steps->joined + 2 * seen;
	steps->scores = steps->merged + seen;
	return 0;
}

/* Both alignments of objects and pieces side by side: what the objects attend to, and what the weights
 * give them. */
static void align(const struct mega *mega, const struct pair *pair, const float *states,
		  const struct steps *steps)
{
	size_t width = mega->width;

	linear_run(&mega->pieces, states, PIECES, steps->pieces, width);
	linear_run(&mega->objects, pair->objects, MEGA_OBJECTS, steps->objects, width);
	linear_run(&mega->key, steps->pieces, PIECES, steps->keys, width);
	linear_run(&mega->value, steps->pieces, PIECES, steps->values, width);
	linear_run(&mega->query, steps->objects, MEGA_OBJECTS, steps->queries, width);
	attention_run(&(struct attention){ .heads = 1, .size = width, .queries = steps->queries,
					   .query_stride = width, .n = MEGA_OBJECTS,
					   .keys = { steps->keys, steps->values, width, PIECES },
					   .out = steps->attended, .out_stride = width },
		      steps->scores);
	for (size_t i = 0; i < MEGA_OBJECTS; i++) {
		float *row = steps->joined + i * 2 * width;

		memcpy(row, steps->attended + i * width, width * sizeof(*row));
		sigmoid_run(row, width);
	}
	blas_sgemm(false, false, (int)MEGA_OBJECTS, (int)width, (int)PIECES, 1, pair->weights,
		   (int)PIECES, steps->pieces, (int)width, 0, steps->joined + width, 2 * (int)width);
}

static int dump_steps(const struct batch *batch, size_t i, const struct steps *steps, size_t width,
		      const float *final, struct err *err)
{
	const struct pair *pair = batch->extras[i];
	const struct {
		const char *name;
		size_t rows, columns;
		const float *values;
	} entries[] = {
		{ "linear_hidden", PIECES, width, steps->pieces },
		{ "linear_pic", MEGA_OBJECTS, width, steps->objects },
		{ "attention", MEGA_OBJECTS, width, steps->attended },
		{ "weights", MEGA_OBJECTS, PIECES, pair->weights },
	};
	struct prediction_dump *dump = batch->dump;
	size_t number = batch->numbers[i];

	for (size_t k = 0; k < sizeof(entries) / sizeof(*entries); k++)
		if (prediction_dump_rows(dump, number, entries[k].name, entries[k].rows,
					 entries[k].columns, entries[k].columns, entries[k].values,
					 err) < 0)
			return -1;
	if (prediction_dump_add(dump, number, "objects_sum", TENSOR_F32, 1, &width, steps->merged, err) < 0)
		return -1;
	return prediction_dump_add(dump, number, "final", TENSOR_F32, 1, &width, final, err);
}

/* The scores of one record, from its states [PIECES, H]. `both` [2 W] and `final` [W] are working
 * memory. */
static int score(const struct mega *mega, const struct batch *batch, size_t i, const float *states,
		 const struct steps *steps, float *both, float *final, float *scores, struct err *err)
{
	const struct pair *pair = batch->extras[i];
	size_t width = mega->width, hidden = width / 2;

	align(mega, pair, states, steps);
	linear_run(&mega->merge, steps->joined, MEGA_OBJECTS, steps->merged, width);
	for (size_t k = 1; k < MEGA_OBJECTS; k++)
		kernels()->add(steps->merged, steps->merged + k * width, width);
	memcpy(both, states + pair->head * hidden, hidden * sizeof(*both));
	memcpy(both + hidden, states + pair->tail * hidden, hidden * sizeof(*both));
	memcpy(both + width, steps->merged, width * sizeof(*both));
	linear_run(&mega->final, both, 1, final, width);
	linear_run(&mega->classifier, final, 1, scores, mega->model.n_labels);
	return dump_steps(batch, i, steps, width, final, err);
}

static int encode(struct model *model, const struct batch *batch, struct worker *worker,
		  const float **states, struct err *err)
{
	size_t *keys = arena_alloc(&worker->arena, batch->n, sizeof(*keys));
	const struct encoder_batch encoder_batch = { .ids = batch->text->pieces.ids,
						     .starts = batch->text->starts,
						     .n_sequences = batch->text->n_sequences,
						     .keys = keys };

	if (!keys)
		return err_set_memory(err);
	for (size_t i = 0; i < batch->n; i++)
		keys[i] = ((const struct pair *)batch->extras[i])->pieces;
	return model_encode_batch(model, batch, worker, &encoder_batch, states, err);
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct mega *mega = (struct mega *)model;
	float *both = arena_alloc(&worker->arena, 3 * mega->width, sizeof(*both));
	struct steps steps;
	const float *states;

	if (!both)
		return err_set_memory(err);
	if (prepare(&steps, mega->width, &worker->own, err) < 0 ||
	    encode(model, batch, worker, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < batch->n; i++)
		if (score(mega, batch, i, states + i * PIECES * (mega->width / 2), &steps, both,
			  both + 2 * mega->width, scores + i * model->n_labels, err) < 0)
			return -1;
	return 0;
}

const struct system system_mega = {
	.name = "mega",
	.summary = "MEGA: BERT aligned with detected objects; text, features of objects, structural weights",
	.defaults = "128 pieces, always; relations of MNRE; ten objects",
	.size = sizeof(struct mega),
	.relates = true,
	.rows = ROWS_RECORDS,
	.labels = labels_mnre,
	.max_pieces = PIECES,
	.padded = PIECES,
	.reads = READS_OBJECTS,
	.recognise = recognise,
	.load = load,
	.cut = cut,
	.run = run,
};
