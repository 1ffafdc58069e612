/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT for relations: the words with markers around both entities, BERT behind the visual prompt of
 * the pictures, and a linear layer on the states of the two opening markers.
 */
#include "inference/systems/hvpnet.h"

#include "lib/base/buf.h"

#include <string.h>

/* The word vectors' rows after the vocabulary's, in this order. */
enum marker { HEAD_OPEN, HEAD_CLOSE, TAIL_OPEN, TAIL_CLOSE, MARKERS };
static const char *const markers[MARKERS + 1] = { "<s>", "</s>", "<o>", "</o>", NULL };

static const char *recognise(const struct weights *weights)
{
	return hvpnet_recognise(weights) && weights_have(weights, "classifier.weight")
		       ? "it holds HVPNeT's visual prompt and a classifier of relations"
		       : NULL;
}

static int load(struct model *model, struct err *err)
{
	struct hvpnet *hvpnet = (struct hvpnet *)model;

	if (hvpnet_load(hvpnet, err) < 0 || model_count_labels(model, "classifier.weight", err) < 0)
		return -1;
	return linear_get(&hvpnet->classifier, &model->weights, "classifier",
			  2 * model->encoder.config.hidden, model->n_labels, err);
}

/* The words with the markers before them, joined by blanks. A marker that would follow the last
 * word is left out, as in the original. */
static void mark(const struct relation *relation, struct buf *text)
{
	const long places[MARKERS] = { relation->head.begin, relation->head.end,
				       relation->tail.begin, relation->tail.end };

	for (size_t i = 0; i < relation->n_words; i++) {
		for (int marker = 0; marker < MARKERS; marker++)
			if (places[marker] == (long)i)
				buf_add_format(text, "%s ", markers[marker]);
		buf_add_format(text, i + 1 < relation->n_words ? "%s " : "%s", relation->words[i]);
	}
}

/* Append the marked words as one sequence, cut at the limit. */
static int add_marked(const struct model *model, const struct relation *relation,
		      struct piece_text *text, struct err *err)
{
	size_t last = text->pieces.n + model->rules.limit - 1;
	struct buf marked = BUF_INIT;
	int rc;

	mark(relation, &marked);
	rc = marked.failed ? err_set_memory(err) : piece_text_begin(text, model->rules.cls, err);
	if (rc == 0)
		rc = wordpiece_encode(model->wordpiece, marked.data ? marked.data : "", marked.length,
				      &text->pieces, err);
	buf_release(&marked);
	if (rc < 0)
		return -1;
	text->pieces.n = text->pieces.n < last ? text->pieces.n : last;
	return piece_text_end(text, model->rules.sep, err);
}

/* Make the last piece `id` from `begin` on an anchor, and count them. */
static int anchor_marker(struct piece_text *text, size_t begin, int id, size_t *found, struct err *err)
{
	size_t place = 0;

	*found = 0;
	for (size_t i = begin; i < text->pieces.n; i++)
		if (text->pieces.ids[i] == id) {
			place = i;
			++*found;
		}
	return piece_text_anchor(text, place, err);
}

/* Why a mention whose marker was not found exactly once cannot be told. */
static const char *tell_fault(const struct relation *relation, const struct mention *mention,
			      size_t found, size_t limit, struct arena *arena)
{
	const char *what = mention == &relation->head ? "head" : "tail";

	if (mention->begin < 0 || (size_t)mention->begin >= relation->n_words)
		return arena_format(arena, "its %s begins at word %ld, but it has %zu words", what,
				    mention->begin, relation->n_words);
	if (found == 0)
		return arena_format(arena, "its %s, at word %ld, lies behind its first %zu word pieces", what,
				    mention->begin, limit);
	return arena_format(arena, "the marker of its %s stands %zu times among its word pieces: a word is "
				   "spelt like it", what, found);
}

static int cut(struct model *model, const struct predict_record *record, struct worker *worker,
	       void **extra, const char **fault, struct err *err)
{
	const struct relation *relation = record->relation;
	struct piece_text *text = &worker->pieces;
	int first_marker = (int)wordpiece_size(model->wordpiece);
	size_t begin = text->pieces.n, heads, tails;

	(void)extra;
	if (add_marked(model, relation, text, err) < 0 ||
	    anchor_marker(text, begin, first_marker + HEAD_OPEN, &heads, err) < 0 ||
	    anchor_marker(text, begin, first_marker + TAIL_OPEN, &tails, err) < 0)
		return -1;
	if (heads == 1 && tails == 1)
		return 0;
	*fault = heads == 1 ? tell_fault(relation, &relation->tail, tails, model->rules.limit, &worker->arena)
			    : tell_fault(relation, &relation->head, heads, model->rules.limit, &worker->arena);
	return *fault ? 0 : err_set_memory(err);
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct hvpnet *hvpnet = (struct hvpnet *)model;
	size_t hidden = model->encoder.config.hidden;
	float *pairs = arena_alloc(&worker->arena, batch->n, 2 * hidden * sizeof(*pairs));
	const float *states;

	if (!pairs)
		return err_set_memory(err);
	if (hvpnet_encode(model, batch, worker, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < 2 * batch->n; i++)
		memcpy(pairs + i * hidden, states + batch->text->anchors[i] * hidden,
		       hidden * sizeof(*pairs));
	linear_run(&hvpnet->classifier, pairs, batch->n, scores, model->n_labels);
	return 0;
}

const struct system system_hvpnet_re = {
	.name = "hvpnet_re",
	.summary = "HVPNeT for relations: BERT behind a visual prompt of a ResNet; text and pictures",
	.defaults = "80 pieces, as its command; relations of MNRE; three crops",
	.variants = hvpnet_variants,
	.size = sizeof(struct hvpnet),
	.relates = true,
	.rows = ROWS_RECORDS,
	.labels = labels_mnre,
	.max_pieces = HVPNET_PIECES,
	.added_tokens = markers,
	.reads = READS_WHOLE | READS_CROPS,
	.fallback = "inf.png",
	.crops = PROMPT_OBJECTS,
	.empty_crops = true,
	.recognise = recognise,
	.load = load,
	.release = hvpnet_release,
	.cut = cut,
	.run = run,
	.look = hvpnet_look,
};
