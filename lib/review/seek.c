/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

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

static bool fits(const struct review *review, size_t at, enum review_goal goal,
		 const char *needle, struct buf *text)
{
	const struct review_entry *entry = &review->entries[at];
	const struct review_record *record;

	switch (goal) {
	case GOAL_DISAGREEMENT:
		return entry->state == STATE_UNTOUCHED && entry->differing;
	case GOAL_FINDING:
		return entry->worst != 0;
	case GOAL_TEXT:
		record = review_scan(review, at);
		return record && holds(record, needle, text);
	}
	BUG("an unknown goal");
}

size_t review_seek(const struct review *review, enum review_goal goal, const char *needle,
		   size_t from, bool forward)
{
	size_t n = review->n_records, found = SIZE_MAX;
	struct buf text = BUF_INIT;

	for (size_t i = 1; i <= n && found == SIZE_MAX; i++) {
		size_t at = (forward ? from + i : from + n - i) % n;

		if (fits(review, at, goal, needle, &text))
			found = at;
	}
	buf_release(&text);
	return found;
}

/* Whether a span of `tags` begins at the word that `other` does not have. */
static bool differs_at(const char *const *tags, const char *const *other, size_t n, size_t word)
{
	struct tag_span span;

	return tags_next_span(tags, n, word, &span) && span.begin == word &&
	       !tags_have_span(other, n, &span);
}

size_t review_find_difference(const struct review_record *record, size_t from, bool forward)
{
	size_t n = record->sentence.n_tokens;

	for (size_t at = from; record->predicted && at < n; at += forward ? 1 : SIZE_MAX)
		if (differs_at(record->tags, record->predicted, n, at) ||
		    differs_at(record->predicted, record->tags, n, at))
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
