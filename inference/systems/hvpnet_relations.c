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

/* Make the one piece `id` from `begin` on an anchor; *one is false when there are none or several. */
static int anchor_one(struct piece_text *text, size_t begin, int id, bool *one, struct err *err)
{
	size_t place = 0, found = 0;

	for (size_t i = begin; i < text->pieces.n; i++)
		if (text->pieces.ids[i] == id) {
			place = i;
			found++;
		}
	*one = *one && found == 1;
	return piece_text_anchor(text, place, err);
}

static int cut(struct model *model, const struct predict_record *record, struct worker *worker,
	       void **extra, const char **fault, struct err *err)
{
	struct piece_text *text = &worker->pieces;
	int first_marker = (int)wordpiece_size(model->wordpiece);
	size_t begin = text->pieces.n;
	bool one = true;

	(void)extra;
	if (add_marked(model, record->relation, text, err) < 0 ||
	    anchor_one(text, begin, first_marker + HEAD_OPEN, &one, err) < 0 ||
	    anchor_one(text, begin, first_marker + TAIL_OPEN, &one, err) < 0)
		return -1;
	if (one)
		return 0;
	*fault = arena_format(&worker->arena, "head and tail do not each begin once within its first "
					      "%zu word pieces", model->rules.limit);
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
