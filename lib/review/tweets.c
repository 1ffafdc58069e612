/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Tweets as the source of a review: CoNLL lines.
 */
#include "lib/formats/conll.h"
#include "lib/review/review_priv.h"
#include "lib/review/tags.h"

static void *open_reader(const struct text_piece *piece, struct err *err)
{
	return conll_open_piece(piece, err);
}

static void close_reader(void *reader)
{
	conll_close(reader);
}

static int add_types(struct review *review, const struct sentence *sentence, uint32_t *bits)
{
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const char *tag = sentence->tokens[i].tag, *type = tag ? tag_type(tag) : NULL;

		if (type && entity_types_add(&review->types, tag) < 0)
			return -1;
		if (type)
			*bits |= review_type_bit(review, type);
	}
	return 0;
}

static enum read_status next(struct review *review, struct review_found *found, struct err *err)
{
	enum read_status status =
		conll_next(review->reader, &found->sentence, &review->reading, err);

	if (status != READ_OK)
		return status;
	conll_place(review->reader, &found->offset, &found->length);
	if (add_types(review, &found->sentence, &found->types) == 0)
		return READ_OK;
	err_set_memory(err);
	return READ_FAIL;
}

static int set_tags(const struct review *review, const struct review_entry *entry,
		    struct review_slot *slot)
{
	struct review_record *record = &slot->value;
	size_t n = record->sentence.n_tokens;
	const char **gold = arena_alloc_raw(&slot->arena, n ? n : 1, sizeof(*gold));

	if (!gold)
		return -1;
	for (size_t i = 0; i < n; i++)
		gold[i] = record->sentence.tokens[i].tag ? record->sentence.tokens[i].tag : "O";
	record->gold = gold;
	record->tags = entry->decided && review->decided[entry->decided - 1].tags
			       ? review->decided[entry->decided - 1].tags
			       : record->gold;
	return 0;
}

static enum read_status read_again(const struct review *review, const struct review_entry *entry,
				   const struct text_piece *piece, struct review_slot *slot,
				   struct err *err)
{
	struct conll_reader *reader = conll_open_piece(piece, err);
	enum read_status status;

	if (!reader)
		return READ_FAIL;
	status = conll_next(reader, &slot->value.sentence, &slot->arena, err);
	conll_close(reader);
	if (status == READ_OK && set_tags(review, entry, slot) < 0) {
		err_set_memory(err);
		return READ_FAIL;
	}
	return status;
}

const struct review_source review_tweets = {
	.open = open_reader,
	.close = close_reader,
	.next = next,
	.read = read_again,
	.predict = review_tweet_predict,
	.write = review_tweet_write,
};
