/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/review/tags.h"

#include <string.h>

int review_words_sha256(const struct review_record *record, char hex[SHA256_HEX])
{
	struct buf words = BUF_INIT;
	int rc;

	for (size_t i = 0; i < record->sentence.n_tokens; i++) {
		buf_add_string(&words, record->sentence.tokens[i].word);
		buf_add_char(&words, '\n');
	}
	rc = words.failed ? -1 : 0;
	if (rc == 0)
		sha256_bytes(words.data, words.length, hex);
	buf_release(&words);
	return rc;
}

int review_stack_push(struct review_stack *stack, const struct review_change *change)
{
	if (GROW(stack->changes, stack->n, stack->capacity) < 0)
		return -1;
	stack->changes[stack->n++] = *change;
	return 0;
}

/* Put a decision into the journal, if there is one. */
static int write_down(struct review *review, enum journal_verb verb,
		      const struct review_change *change, struct err *err)
{
	const struct review_record *record = &review->records[change->record];
	bool back = verb == JOURNAL_UNDO;
	struct journal_entry entry = {
		.verb = verb,
		.edit = change->edit,
		.record = change->record,
		.id = record->sentence.id,
		.what = change->what,
		.begin = change->begin,
		.end = change->end,
		.tags = back ? change->before : change->after,
		.n_tags = record->sentence.n_tokens,
		.state = back ? change->state_before : change->state_after,
	};

	if (!review->journal)
		return 0;
	if (review_words_sha256(record, entry.words_sha256) < 0)
		return err_set_memory(err);
	return journal_append(review->journal, &entry, err);
}

/* Journal a change and let it count. The stack has room before the journal is written, so that
 * nothing can fail between the two. */
static int commit(struct review *review, struct review_change *change, struct err *err)
{
	struct review_record *record = &review->records[change->record];

	change->before = record->tags;
	change->state_before = record->state;
	if (change->state_after == change->state_before &&
	    tags_equal(change->before, change->after, record->sentence.n_tokens))
		return 0;
	if (GROW(review->done.changes, review->done.n, review->done.capacity) < 0)
		return err_set_memory(err);
	change->edit = review->last_edit + 1;
	if (write_down(review, JOURNAL_EDIT, change, err) < 0)
		return -1;
	review->last_edit++;
	review->done.changes[review->done.n++] = *change;
	review->undone.n = 0;
	review->unsaved++;
	record->tags = change->after;
	record->state = change->state_after;
	return 1;
}

/* A copy of the record's tags to change, or NULL when memory is out. */
static const char **copy_tags(struct review *review, const struct review_record *record)
{
	size_t n = record->sentence.n_tokens;
	const char **tags = arena_alloc(&review->arena, n, sizeof(*tags));

	if (tags)
		memcpy(tags, record->tags, n * sizeof(*tags));
	return tags;
}

int review_set(struct review *review, size_t record, size_t begin, size_t end, const char *type,
	       struct err *err)
{
	const struct review_record *about = &review->records[record];
	const char **tags = copy_tags(review, about);
	struct review_change change = { .record = record, .what = "set", .begin = begin, .end = end,
					.after = tags, .state_after = STATE_EDITED };

	if (!tags ||
	    tags_set(tags, about->sentence.n_tokens, begin, end, type, &review->tag_names) < 0)
		return err_set_memory(err);
	if (tags_equal(tags, about->tags, about->sentence.n_tokens))
		return 0;
	return commit(review, &change, err);
}

int review_clear(struct review *review, size_t record, size_t begin, size_t end, struct err *err)
{
	const struct review_record *about = &review->records[record];
	const char **tags = copy_tags(review, about);
	struct review_change change = { .record = record, .what = "clear", .begin = begin,
					.end = end, .after = tags, .state_after = STATE_EDITED };

	if (!tags)
		return err_set_memory(err);
	tags_clear(tags, about->sentence.n_tokens, begin, end);
	if (tags_equal(tags, about->tags, about->sentence.n_tokens))
		return 0;
	return commit(review, &change, err);
}

int review_accept_prediction(struct review *review, size_t record, struct err *err)
{
	const struct review_record *about = &review->records[record];
	struct review_change change = { .record = record, .what = "accept-prediction",
					.end = about->sentence.n_tokens,
					.after = about->predicted, .state_after = STATE_ACCEPTED };

	return about->predicted ? commit(review, &change, err) : 0;
}

int review_accept_span(struct review *review, size_t record, size_t word, struct err *err)
{
	const struct review_record *about = &review->records[record];
	size_t n = about->sentence.n_tokens;
	struct review_change change = { .record = record, .what = "accept-span",
					.state_after = STATE_EDITED };
	struct tag_span span;
	const char **tags;

	if (!about->predicted || word >= n)
		return 0;
	tags = copy_tags(review, about);
	if (!tags)
		return err_set_memory(err);
	if (!tags_span_at(about->predicted, n, word, &span)) {
		span = (struct tag_span){ word, word + 1, NULL };
		tags_clear(tags, n, span.begin, span.end);
	} else if (tags_set(tags, n, span.begin, span.end, span.type, &review->tag_names) < 0) {
		return err_set_memory(err);
	}
	if (tags_equal(tags, about->tags, n))
		return 0;
	change.begin = span.begin;
	change.end = span.end;
	change.after = tags;
	return commit(review, &change, err);
}

int review_accept_gold(struct review *review, size_t record, struct err *err)
{
	const struct review_record *about = &review->records[record];
	struct review_change change = { .record = record, .what = "accept-gold",
					.end = about->sentence.n_tokens, .after = about->gold,
					.state_after = STATE_ACCEPTED };

	return commit(review, &change, err);
}

/* Move the top of one stack to the other: the journal first, then the record. */
static int move_change(struct review *review, enum journal_verb verb, size_t *record,
		       struct err *err)
{
	bool back = verb == JOURNAL_UNDO;
	struct review_stack *from = back ? &review->done : &review->undone;
	struct review_stack *to = back ? &review->undone : &review->done;
	const struct review_change *change;

	if (from->n == 0)
		return 0;
	change = &from->changes[from->n - 1];
	if (GROW(to->changes, to->n, to->capacity) < 0)
		return err_set_memory(err);
	if (write_down(review, verb, change, err) < 0)
		return -1;
	*record = change->record;
	review->records[*record].tags = back ? change->before : change->after;
	review->records[*record].state = back ? change->state_before : change->state_after;
	to->changes[to->n++] = *change;
	from->n--;
	review->unsaved++;
	return 1;
}

int review_undo(struct review *review, size_t *record, struct err *err)
{
	return move_change(review, JOURNAL_UNDO, record, err);
}

int review_redo(struct review *review, size_t *record, struct err *err)
{
	return move_change(review, JOURNAL_REDO, record, err);
}
