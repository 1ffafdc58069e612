/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/relations.h"

#include "lib/base/utf8.h"
#include "lib/corpus/relation_scores.h"
#include "lib/corpus/schema.h"
#include "lib/review/review_priv.h"

#include <string.h>

#define AS_WRITTEN "as written"
#define FLIPPED "flipped"

struct review *review_open_relations(const char *path, struct err *err)
{
	struct review *review = review_open_source(path, &review_relation_lines, err);

	if (review)
		review->scores.negative = relation_negative_class(schema_relations, SCHEMA_RELATIONS);
	return review;
}

bool review_has_relations(const struct review *review)
{
	return review->source == &review_relation_lines;
}

bool review_relation_differs(const struct review_relation *relation)
{
	if (!relation->predicted)
		return false;
	return strcmp(relation->relation, relation->predicted) != 0 ||
	       (relation->flipped && strcmp(relation->relation, "None") != 0);
}

bool review_mention_words(const struct sentence *sentence, const struct mention *mention,
			  size_t *begin, size_t *end)
{
	if (mention->begin < 0 || mention->end <= mention->begin ||
	    (size_t)mention->end > sentence->n_tokens)
		return false;
	*begin = (size_t)mention->begin;
	*end = (size_t)mention->end;
	return true;
}

bool relation_name_is_valid(const char *name)
{
	size_t length = name ? strlen(name) : 0;

	if (length == 0 || length > RELATION_NAME_LIMIT || utf8_valid_prefix(name, length) != length)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)name[i] < ' ' || name[i] == 0x7f)
			return false;
	return true;
}

void review_relation_values(const char *values[RELATION_VALUES], const char *relation, bool flipped)
{
	values[0] = relation;
	values[1] = flipped ? FLIPPED : AS_WRITTEN;
}

bool review_values_flipped(const char *const *values)
{
	return strcmp(values[1], FLIPPED) == 0;
}

static const char *const *tags_of(const struct review_record *record, enum review_side side)
{
	switch (side) {
	case SIDE_STANDING:
		return record->tags;
	case SIDE_GOLD:
		return record->gold;
	case SIDE_PREDICTED:
		return record->predicted;
	}
	BUG("an unknown side");
}

const char *const *review_values(const struct review_record *record, enum review_side side,
				 size_t *n)
{
	const struct review_relation *relation = record->relation;

	if (!relation) {
		*n = record->sentence.n_tokens;
		return tags_of(record, side);
	}
	*n = RELATION_VALUES;
	return review_relation_side(relation, side);
}

static void add_place(struct buf *out, const struct mention *mention)
{
	buf_add_format(out, "%ld %ld\n", mention->begin, mention->end);
}

void review_add_places(const struct review_relation *relation, struct buf *out)
{
	add_place(out, relation->flipped ? &relation->tail : &relation->head);
	add_place(out, relation->flipped ? &relation->head : &relation->tail);
}

uint32_t review_record_bits(const struct review *review, const struct review_record *record)
{
	const struct review_relation *relation = record->relation;
	size_t n = record->sentence.n_tokens;
	uint32_t bits;

	if (!relation) {
		bits = review_type_bits(review, record->tags, n);
		return record->predicted ? bits | review_type_bits(review, record->predicted, n)
					 : bits;
	}
	bits = review_type_bit(review, relation->relation) | review_type_bit(review, relation->gold);
	return relation->predicted ? bits | review_type_bit(review, relation->predicted) : bits;
}
