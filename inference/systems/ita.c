/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ITA (KB-NER's FastSequenceTagger): a transformer over the tweet and texts that say what its picture
 * shows, the state of each word's first piece, a linear layer, and flair's CRF over the tweet's words
 * alone. Its scores are one matrix [to, from] with rows and columns for a label that starts and one
 * that stops a sentence.
 */
#include "inference/core/layers.h"
#include "inference/systems/system.h"
#include "inference/text/context_text.h"
#include "inference/text/piece_windows.h"
#include "inference/text/word_pieces.h"

#include <string.h>

#define ENCODER "embeddings.list_embedding_0.model."
#define START_LABEL "<START>"
#define STOP_LABEL "<STOP>"
#define BARRED (-1e12f)
#define POSITIONS 512   /* that flair uses at most */
#define PIECE_LIMIT 8192 /* pieces of a record with its contexts */

struct ita {
	struct model model;
	bool xlm_roberta;
	struct linear classifier; /* H to labels */
	const float *transitions; /* [to, from] */
	struct subword_tokenizer tokenizer;
	struct window_rules windows;
	struct context_rules contexts;
};

static bool has_any(const struct weights *weights, const char *stem)
{
	for (size_t i = 0; i < weights->file.n; i++)
		if (strncmp(weights->file.tensors[i].name, stem, strlen(stem)) == 0)
			return true;
	return false;
}

static const char *recognise(const struct weights *weights)
{
	if (!weights_have(weights, "transitions") || !weights_have(weights, "linear.weight") ||
	    !weights_have(weights, ENCODER "embeddings.word_embeddings.weight") ||
	    has_any(weights, "rnn.") || has_any(weights, "embeddings.list_embedding_1."))
		return NULL;
	return "it holds one transformer among flair's embeddings, a linear layer and flair's CRF";
}

static int load(struct model *model, struct err *err)
{
	struct ita *ita = (struct ita *)model;

	if (model_load_bert(model, ENCODER, err) < 0 ||
	    model_count_labels(model, "linear.weight", err) < 0 ||
	    linear_get(&ita->classifier, &model->weights, "linear", model->encoder.config.hidden,
		       model->n_labels, err) < 0)
		return -1;
	ita->xlm_roberta = model->encoder.config.first_position > 0;
	model->crf.n_labels = model->n_labels;
	return weights_get(&model->weights, "transitions", SHAPE(model->n_labels, model->n_labels),
			   &ita->transitions, err);
}

static void release(struct model *model)
{
	subword_tokenizer_close(&((struct ita *)model)->tokenizer);
}

static size_t find_label(const struct model *model, const char *label)
{
	size_t i = 0;

	while (i < model->n_labels && strcmp(model->raw[i], label) != 0)
		i++;
	return i;
}

/* From [to, from] to [from, to], with the start and the end apart. */
static int turn_crf(struct ita *ita, struct err *err)
{
	struct model *model = &ita->model;
	size_t n = model->n_labels, first = find_label(model, START_LABEL);
	size_t last = find_label(model, STOP_LABEL);
	float *turned, *start, *end;

	if (first == n || last == n)
		return err_set(err, ERR_USAGE,
			       "its labels have no " START_LABEL " or no " STOP_LABEL ": name them in the "
			       "order of their numbers with --labels");
	turned = arena_alloc(&model->arena, n * n, sizeof(*turned));
	start = arena_alloc(&model->arena, n, sizeof(*start));
	end = arena_alloc(&model->arena, n, sizeof(*end));
	if (!turned || !start || !end)
		return err_set_memory(err);
	for (size_t to = 0; to < n; to++) {
		for (size_t from = 0; from < n; from++)
			turned[from * n + to] = ita->transitions[to * n + from];
		start[to] = ita->transitions[to * n + first];
		end[to] = to == first || to == last ? BARRED : ita->transitions[last * n + to];
	}
	model->crf.transitions = turned;
	model->crf.start = start;
	model->crf.end = end;
	return 0;
}

/* The labels are known by now. */
static int open_text(struct model *model, struct err *err)
{
	struct ita *ita = (struct ita *)model;
	size_t positions = model->encoder.config.max_position, size;
	const char *text;

	if (turn_crf(ita, err) < 0 ||
	    model_find_vocabulary(model, ita->xlm_roberta ? "sentencepiece.bpe.model" : "vocab.txt",
				  &text, &size, err) < 0 ||
	    subword_tokenizer_open(&ita->tokenizer, text, size, ita->xlm_roberta, err) < 0)
		return -1;
	if (ita->tokenizer.size != model->encoder.config.vocabulary)
		return err_set(err, ERR_DATA,
			       "the vocabulary has %zu pieces, but the model has vectors for %zu: it is "
			       "another model's", ita->tokenizer.size, model->encoder.config.vocabulary);
	if (positions < WINDOW_POSITIONS)
		return err_set_at(err, model->weights.path, 0, 0, "no text fits in %zu positions", positions);
	ita->windows = window_rules_of(positions < POSITIONS ? positions : POSITIONS);
	model->rules.limit = model_piece_limit(model);
	ita->contexts = (struct context_rules){ &ita->tokenizer, model->rules.limit };
	return 0;
}

/* The words of tweet and contexts, with the tokenizer's own separator. */
static int join(const struct ita *ita, const struct predict_record *record,
		struct context_text *joined, struct arena *arena, struct err *err)
{
	size_t n = record->sentence->n_tokens;
	const char **words = arena_alloc(arena, n, sizeof(*words));

	if (!words)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		words[i] = context_first_field(record->sentence->tokens[i].word, arena);
		if (!words[i])
			return err_set_memory(err);
	}
	if (context_join(&ita->contexts, words, n, record->contexts, record->n_contexts, joined, arena,
			 err) < 0)
		return -1;
	for (size_t i = 0; i < joined->n; i++)
		if (strcmp(joined->words[i], CONTEXT_SEPARATOR) == 0)
			joined->words[i] = ita->tokenizer.end_text;
	return 0;
}

static int add_windows(const struct ita *ita, const struct subwords *pieces, struct piece_text *text,
		       struct err *err)
{
	for (size_t w = 0; w < piece_windows(&ita->windows, pieces->n); w++) {
		size_t end = piece_window_end(&ita->windows, pieces->n, w);

		if (piece_text_begin(text, ita->tokenizer.begin, err) < 0)
			return -1;
		for (size_t i = piece_window_start(&ita->windows, w); i < end; i++)
			if (pieces_add(&text->pieces, pieces->items[i].id, err) < 0)
				return -1;
		if (piece_text_end(text, ita->tokenizer.end, err) < 0)
			return -1;
	}
	return 0;
}

/* The first piece of each of the tweet's n words, in the window that its state is taken from. */
static int add_anchors(const struct ita *ita, const struct word_pieces *pieces, size_t n,
		       size_t first_sequence, struct piece_text *text, struct err *err)
{
	size_t piece = 0;

	for (size_t i = 0; i < n; i++) {
		size_t w = piece_window_of(&ita->windows, pieces->text.n, piece);
		size_t place = text->starts[first_sequence + w] + 1 + piece -
			       piece_window_start(&ita->windows, w);

		if (piece_text_anchor(text, pieces->counts[i] ? place : PIECE_NONE, err) < 0)
			return -1;
		piece += pieces->counts[i];
	}
	return 0;
}

static int cut(struct model *model, const struct predict_record *record, struct worker *worker,
	       void **extra, const char **fault, struct err *err)
{
	const struct ita *ita = (struct ita *)model;
	struct word_pieces pieces = WORD_PIECES_INIT;
	struct piece_text *text = &worker->pieces;
	size_t first = text->n_sequences;
	struct context_text joined;
	int rc = -1;

	(void)extra;
	if (join(ita, record, &joined, &worker->arena, err) < 0 ||
	    word_pieces_read(&pieces, &ita->tokenizer, joined.words, joined.n, err) < 0)
		goto out;
	if (pieces.text.n > PIECE_LIMIT) {
		*fault = arena_format(&worker->arena, "the tweet has %zu word pieces with its contexts; up to "
						      "%d are read", pieces.text.n, PIECE_LIMIT);
		rc = *fault ? 0 : err_set_memory(err);
	} else if (add_windows(ita, &pieces.text, text, err) == 0) {
		rc = add_anchors(ita, &pieces, record->sentence->n_tokens, first, text, err);
	}
out:
	word_pieces_release(&pieces);
	return rc;
}

/* A word without pieces has the zero vector, and a label all the same. */
static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct ita *ita = (struct ita *)model;
	size_t hidden = model->encoder.config.hidden, n = batch->text->n_anchors;
	const float *states;
	float *words = scratch_reserve(&worker->own, n * hidden, err);

	if (!words || model_encode(model, batch, worker, NULL, 0, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		size_t piece = batch->text->anchors[i];

		if (piece == PIECE_NONE)
			memset(words + i * hidden, 0, hidden * sizeof(*words));
		else
			memcpy(words + i * hidden, states + piece * hidden, hidden * sizeof(*words));
	}
	linear_run(&ita->classifier, words, n, scores, model->n_labels);
	return 0;
}

const struct system system_ita = {
	.name = "ita",
	.summary = "BERT or XLM-RoBERTa over the tweet and texts about its picture, and flair's CRF; text",
	.defaults = "510 pieces of tweet and contexts, as its scripts; labels of its own file",
	.size = sizeof(struct ita),
	.rows = ROWS_ANCHORS,
	.max_pieces = 510,
	.reads = READS_CONTEXTS,
	.recognise = recognise,
	.load = load,
	.release = release,
	.open_text = open_text,
	.cut = cut,
	.run = run,
};
