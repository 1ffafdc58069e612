/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/mega_pair.h"

#include "lib/base/buf.h"

#include <string.h>

#define PAD 0

_Static_assert(MEGA_PIECES == MEGA_ROWS, "a text has a row of weights for each piece");

static bool is_span(const struct mention *mention, size_t n_words)
{
	return mention->begin >= 0 && mention->begin <= mention->end &&
	       (size_t)mention->end <= n_words;
}

/* Append the words [begin, end), joined by blanks, as one text. */
static int add_words(const struct model *model, const struct relation *relation, size_t begin,
		     size_t end, struct worker *worker, struct err *err)
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
		       size_t first, struct worker *worker, struct mega_pair *pair, struct err *err)
{
	const struct mention *mention = is_tail ? &relation->tail : &relation->head;
	size_t place = worker->pieces.pieces.n - first;

	*(is_tail ? &pair->tail : &pair->head) = place < MEGA_PIECES ? place : MEGA_PIECES - 1;
	if (add_marker(model, 2 * is_tail, worker, err) < 0 ||
	    add_words(model, relation, (size_t)mention->begin, (size_t)mention->end, worker, err) < 0)
		return -1;
	return add_marker(model, 2 * is_tail + 1, worker, err);
}

/* The stretches before, in, between, in and behind the mentions, cut at the limit and padded. Words of
 * the longer of two nested mentions stand in the last stretch once more. */
static int add_text(const struct model *model, const struct relation *relation, struct worker *worker,
		    struct mega_pair *pair, struct err *err)
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
	pair->pieces = text->pieces.n - first < MEGA_PIECES ? text->pieces.n - first : MEGA_PIECES;
	text->pieces.n = first + pair->pieces;
	while (text->pieces.n < first + MEGA_PIECES)
		if (pieces_add(&text->pieces, PAD, err) < 0)
			return -1;
	text->pieces.n--;
	return piece_text_end(text, text->pieces.ids[text->pieces.n], err);
}

/* Rows of zeros stand where the original puts them for [CLS] and the markers: one after another, with
 * head and tail changed over and lengths in words. */
static void insert_markers(const struct relation *relation, struct mega_pair *pair)
{
	const size_t row = MEGA_OBJECTS * sizeof(*pair->weights);
	size_t head = (size_t)(relation->head.end - relation->head.begin);
	size_t tail = (size_t)(relation->tail.end - relation->tail.begin);
	const size_t places[] = { 0, pair->tail, pair->tail + head + 1, pair->head,
				  pair->head + tail + 1 };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++) {
		float *at = pair->weights + places[i] * MEGA_OBJECTS;

		if (places[i] >= MEGA_PIECES)
			continue;
		memmove(at + MEGA_OBJECTS, at, (MEGA_PIECES - 1 - places[i]) * row);
		memset(at, 0, row);
	}
}

static int read_files(const struct predict_record *record, struct mega_pair *pair, const char **fault,
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

int mega_cut(struct model *model, const struct predict_record *record, struct worker *worker,
	     void **extra, const char **fault, struct err *err)
{
	const struct relation *relation = record->relation;
	struct mega_pair *pair = arena_alloc(&worker->arena, 1, sizeof(*pair));

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
