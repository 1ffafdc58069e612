/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/review/relations.h"
#include "lib/review/tags.h"

#include <string.h>

/* The words with one blank between them. */
static void join_words(const struct review_record *record, struct buf *text)
{
	buf_clear(text);
	for (size_t i = 0; i < record->sentence.n_tokens; i++) {
		if (i)
			buf_add_char(text, ' ');
		buf_add_string(text, record->sentence.tokens[i].word);
	}
}

static bool holds(const struct review_record *record, const char *needle, struct buf *text)
{
	if (record->sentence.id && strcasestr(record->sentence.id, needle))
		return true;
	join_words(record, text);
	return strcasestr(text->data, needle) != NULL;
}

/* Whether the lines of the record may hold the needle: they do not where its first part without a
 * blank is nowhere. Much quicker than to read the words. */
static bool may_hold(const struct review *review, size_t number, const char *needle)
{
	size_t length = strcspn(needle, " ");
	const char *bytes = review_bytes(review, number);
	char part[64];

	if (!bytes || length == 0 || length >= sizeof(part) ||
	    strlen(bytes) < review->entries[number].length)
		return true;
	if (review_has_relations(review) && strchr(bytes, '\\')) /* an escape is a character */
		return true;
	memcpy(part, needle, length);
	part[length] = '\0';
	return strcasestr(bytes, part) != NULL;
}

bool review_fits(const struct review *review, size_t number, enum review_goal goal,
		 const char *needle)
{
	const struct review_entry *entry = &review->entries[number];
	const struct review_record *record;
	struct buf text = BUF_INIT;
	bool fits;

	switch (goal) {
	case GOAL_DISAGREEMENT:
		return entry->state == STATE_UNTOUCHED && entry->differing;
	case GOAL_FINDING:
		return entry->worst != 0;
	case GOAL_TEXT:
		if (!may_hold(review, number, needle))
			return false;
		record = review_scan(review, number);
		fits = record && holds(record, needle, &text);
		buf_release(&text);
		return fits;
	}
	BUG("an unknown goal");
}

size_t review_seek(const struct review *review, enum review_goal goal, const char *needle,
		   size_t from, bool forward)
{
	size_t n = review->n_records;

	for (size_t i = 1; i <= n; i++) {
		size_t at = (forward ? from + i : from + n - i) % n;

		if (review_fits(review, at, goal, needle))
			return at;
	}
	return SIZE_MAX;
}

/* Whether a span of `tags` begins at the word that `other` does not have. */
static bool differs_at(const char *const *tags, const char *const *other, size_t n, size_t word)
{
	struct tag_span span;

	return tags_next_span(tags, n, word, &span) && span.begin == word &&
	       !tags_have_span(other, n, &span);
}

static bool predicted_otherwise_at(const struct review_record *record, size_t word)
{
	size_t n = record->sentence.n_tokens;

	return record->predicted && (differs_at(record->tags, record->predicted, n, word) ||
				     differs_at(record->predicted, record->tags, n, word));
}

size_t review_find_difference(const struct review_record *record, size_t from, bool forward)
{
	size_t n = record->sentence.n_tokens;

	for (size_t at = from; at < n; at += forward ? 1 : SIZE_MAX)
		if (record->n_readings ? review_readings_differ_at(record, at)
				       : predicted_otherwise_at(record, at))
			return at;
	return SIZE_MAX;
}

size_t review_find_word(const struct review_record *record, const char *needle)
{
	struct buf text = BUF_INIT;
	const char *hit;
	size_t word = 0, end = 0;

	join_words(record, &text);
	hit = strcasestr(text.data, needle);
	for (; hit && word < record->sentence.n_tokens; word++) {
		end += strlen(record->sentence.tokens[word].word) + 1;
		if ((size_t)(hit - text.data) < end)
			break;
	}
	buf_release(&text);
	return word < record->sentence.n_tokens ? word : 0;
}
