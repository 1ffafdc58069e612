/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Relations as the source of a review: MNRE lines, read, and written anew with other values.
 */
#include "lib/formats/mnre.h"
#include "lib/review/relations.h"
#include "lib/review/review_priv.h"

#include <string.h>

#define CHANGES 3 /* values of a line that can be other ones */

/* A relation with what is compared and journalled of it. */
struct relation_sides {
	struct review_relation relation;
	const char *values[3][RELATION_VALUES]; /* by enum review_side */
};

static void *open_reader(const struct text_piece *piece, struct err *err)
{
	return mnre_open_piece(piece, err);
}

static void close_reader(void *reader)
{
	mnre_close(reader);
}

const char *const *review_relation_side(const struct review_relation *relation,
					enum review_side side)
{
	struct relation_sides *sides = (struct relation_sides *)(uintptr_t)relation;

	if (side == SIDE_PREDICTED) {
		if (!relation->predicted)
			return NULL;
		review_relation_values(sides->values[side], relation->predicted, false);
	}
	return sides->values[side];
}

static enum read_status next(struct review *review, struct review_found *found, struct err *err)
{
	struct relation relation;
	enum read_status status = mnre_next(review->reader, &relation, &review->reading, err);
	const char *name = relation.relation;

	if (status != READ_OK)
		return status;
	mnre_place(review->reader, &found->offset, &found->length);
	memset(&found->sentence, 0, sizeof(found->sentence));
	found->sentence.id = *relation.image ? relation.image : NULL;
	found->sentence.line_number = relation.line_number;
	found->sentence.n_tokens = relation.n_words;
	if (str_table_add(&review->types.names, name, strlen(name)) < 0) {
		err_set_memory(err);
		return READ_FAIL;
	}
	found->types = review_type_bit(review, name);
	return READ_OK;
}

static int set_sentence(struct review_slot *slot, const struct relation *relation)
{
	struct sentence *sentence = &slot->value.sentence;
	size_t n = relation->n_words;
	struct token *tokens = arena_alloc(&slot->arena, n ? n : 1, sizeof(*tokens));

	if (!tokens)
		return -1;
	for (size_t i = 0; i < n; i++)
		tokens[i] = (struct token){ .word = relation->words[i],
					    .word_length = strlen(relation->words[i]),
					    .line = "", .line_number = relation->line_number };
	*sentence = (struct sentence){ .id = *relation->image ? relation->image : NULL,
				       .line_number = relation->line_number,
				       .tokens = tokens, .n_tokens = n };
	return 0;
}

static void mark(const char **tags, const struct sentence *sentence, const struct mention *mention,
		 const char *first, const char *further)
{
	size_t begin, end;

	if (!review_mention_words(sentence, mention, &begin, &end))
		return;
	for (size_t i = begin; i < end; i++)
		tags[i] = i == begin ? first : further;
}

/* Mark head and tail; where they overlap the tail is seen. */
static int set_tags(struct review_slot *slot)
{
	struct review_record *record = &slot->value;
	size_t n = record->sentence.n_tokens;
	const char **tags = arena_alloc_raw(&slot->arena, n ? n : 1, sizeof(*tags));

	if (!tags)
		return -1;
	for (size_t i = 0; i < n; i++)
		tags[i] = "O";
	mark(tags, &record->sentence, &record->relation->head, "B-head", "I-head");
	mark(tags, &record->sentence, &record->relation->tail, "B-tail", "I-tail");
	record->tags = record->gold = tags;
	return 0;
}

static int set_relation(const struct review *review, const struct review_entry *entry,
			struct review_slot *slot, const struct relation *line)
{
	struct relation_sides *sides = arena_alloc(&slot->arena, 1, sizeof(*sides));
	const char *const *decided = entry->decided ? review->decided[entry->decided - 1].tags : NULL;
	struct review_relation *relation = &sides->relation;
	bool flipped;

	if (!sides)
		return -1;
	review_relation_values(sides->values[SIDE_GOLD], line->relation, false);
	memcpy(sides->values[SIDE_STANDING], decided ? decided : sides->values[SIDE_GOLD],
	       sizeof(sides->values[SIDE_STANDING]));
	flipped = review_values_flipped(sides->values[SIDE_STANDING]);
	*relation = (struct review_relation){ .head = flipped ? line->tail : line->head,
					      .tail = flipped ? line->head : line->tail,
					      .relation = sides->values[SIDE_STANDING][0],
					      .flipped = flipped, .gold = line->relation };
	slot->value.relation = relation;
	return 0;
}

static enum read_status read_again(const struct review *review, const struct review_entry *entry,
				   const struct text_piece *piece, struct review_slot *slot,
				   struct err *err)
{
	struct mnre_reader *reader = mnre_open_piece(piece, err);
	struct relation line;
	enum read_status status;

	if (!reader)
		return READ_FAIL;
	status = mnre_next(reader, &line, &slot->arena, err);
	mnre_close(reader);
	if (status == READ_OK &&
	    (set_sentence(slot, &line) < 0 || set_relation(review, entry, slot, &line) < 0 ||
	     set_tags(slot) < 0)) {
		err_set_memory(err);
		return READ_FAIL;
	}
	return status;
}

/* What is to stand in place of some bytes of a line. */
struct replacement {
	struct mnre_value old;
	const char *bytes;
	size_t length;
};

static void replace(FILE *out, const struct text_line *line,
		    struct replacement replacements[CHANGES], size_t n)
{
	size_t at = 0;

	/* In the order of the line: at each turn, the first that is still to come. */
	for (size_t done = 0; done < n; done++) {
		const struct replacement *first = NULL;

		for (size_t i = 0; i < n; i++)
			if (replacements[i].old.begin >= at &&
			    (!first || replacements[i].old.begin < first->old.begin))
				first = &replacements[i];
		if (!first)
			break;
		fwrite(line->text + at, 1, first->old.begin - at, out);
		fwrite(first->bytes, 1, first->length, out);
		at = first->old.end;
	}
	fwrite(line->text + at, 1, line->length - at, out);
}

static int write_line(FILE *out, const struct review_record *record, const struct text_line *line,
		      struct err *err)
{
	const struct review_relation *relation = record->relation;
	struct replacement replacements[CHANGES];
	struct mnre_values values;
	struct buf name = BUF_INIT;
	size_t n = 0;
	int rc = 0;

	if (mnre_find_values(line->text, line->length, &values, err) < 0)
		return -1;
	if (relation->flipped) {
		const struct mnre_value *head = &values.head, *tail = &values.tail;

		replacements[n++] = (struct replacement){ *head, line->text + tail->begin,
							  tail->end - tail->begin };
		replacements[n++] = (struct replacement){ *tail, line->text + head->begin,
							  head->end - head->begin };
	}
	if (strcmp(relation->relation, relation->gold) != 0) {
		mnre_write_text(&name, line->text + values.relation.begin,
				values.relation.end - values.relation.begin, relation->relation);
		replacements[n++] = (struct replacement){ values.relation, name.data, name.length };
	}
	if (name.failed)
		rc = err_set_memory(err);
	else
		replace(out, line, replacements, n);
	buf_release(&name);
	return rc;
}

int review_relation_write(FILE *out, const struct review_record *record,
			  const struct text_piece *piece, struct err *err)
{
	struct line_reader *lines = line_reader_open_piece(piece, MNRE_LINE_LIMIT, err);
	struct text_line line;
	int rc = -1;

	if (!lines)
		return -1;
	if (line_reader_next(lines, &line, err) == READ_OK) {
		/* A byte order mark stands before the line. */
		fwrite(piece->bytes, 1, (size_t)(line.text - piece->bytes), out);
		rc = write_line(out, record, &line, err);
	}
	line_reader_close(lines);
	return rc;
}

const struct review_source review_relation_lines = {
	.open = open_reader,
	.close = close_reader,
	.next = next,
	.read = read_again,
	.predict = review_relation_predict,
	.write = review_relation_write,
};
