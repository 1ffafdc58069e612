/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"
#include "lib/review/annotators.h"
#include "lib/review/relations.h"
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
	if (record->relation)
		review_add_places(record->relation, &words);
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

/* Put a decision about a record into the journal, if there is one. */
static int write_down(struct review *review, enum journal_verb verb,
		      const struct review_change *change, const struct review_record *record,
		      struct err *err)
{
	bool back = verb == JOURNAL_UNDO;
	struct box_decision box;
	struct journal_entry entry = {
		.verb = verb,
		.edit = change->edit,
		.record = change->record,
		.id = record->sentence.id,
		.what = change->what,
		.begin = change->begin,
		.end = change->end,
		.state = back ? change->state_before : change->state_after,
		.from = change->from,
		.hard = back ? change->marks_before.hard : change->marks_after.hard,
		.note = back ? change->marks_before.note : change->marks_after.note,
	};
	const char *const *values = back ? change->before : change->after;

	if (!review->journal)
		return 0;
	if (change->box) {
		box = review_box_decision(change->box, !back);
		entry.box = &box;
	}
	if (record->relation) {
		entry.relation = values[0];
		entry.flipped = review_values_flipped(values);
	} else {
		entry.tags = values;
		entry.n_tags = record->sentence.n_tokens;
	}
	if (review_words_sha256(record, entry.words_sha256) < 0)
		return err_set_memory(err);
	return journal_append(review->journal, &entry, err);
}

static struct review_decision before(const struct review_change *change)
{
	return (struct review_decision){ change->before, change->marks_before, false, NULL };
}

static struct review_decision after(const struct review_change *change)
{
	return (struct review_decision){ change->after, change->marks_after, false, NULL };
}

/* Journal a change and let it count. There is room for it before the journal is written, so that
 * nothing can fail between the two. */
static int commit_change(struct review *review, struct review_change *change,
			 const struct review_record *record, struct err *err)
{
	struct review_decision decision;
	size_t n;
	const char *const *now = review_values(record, SIDE_STANDING, &n);

	change->state_before = record->state;
	change->marks_before = (struct review_marks){ record->hard, record->note };
	change->before = review_keep_tags(review, now, n);
	change->after = review_keep_tags(review, change->after, n);
	if (!change->before || !change->after || review_make_decided(review, change->record) < 0 ||
	    GROW(review->done.changes, review->done.n, review->done.capacity) < 0)
		return err_set_memory(err);
	change->edit = review->last_edit + 1;
	if (write_down(review, JOURNAL_EDIT, change, record, err) < 0)
		return -1;
	review->last_edit++;
	review->done.changes[review->done.n++] = *change;
	review->undone.n = 0;
	review->totals.unsaved++;
	decision = after(change);
	review_decide(review, change->record, &decision, change->state_after);
	if (change->box)
		review_box_stands(review, change->box, true);
	return 1;
}

/* The same for a change of tags and state, if it is one. */
static int commit(struct review *review, struct review_change *change,
		  const struct review_record *record, struct err *err)
{
	size_t n;
	const char *const *now = review_values(record, SIDE_STANDING, &n);

	change->marks_after = (struct review_marks){ record->hard, record->note };
	if (change->state_after == record->state && tags_equal(now, change->after, n))
		return 0;
	return commit_change(review, change, record, err);
}

/* The same for a change of what is written on the record. */
static int commit_marks(struct review *review, struct review_change *change,
			const struct review_record *record, struct err *err)
{
	size_t n;

	change->after = review_values(record, SIDE_STANDING, &n);
	change->state_after = record->state;
	return commit_change(review, change, record, err);
}

/* The record that an edit is about, when it can be edited; NULL with *err set. */
static const struct review_record *about(struct review *review, size_t record, struct err *err)
{
	const struct review_record *found;

	if (review_make_ready(review, err) < 0)
		return NULL;
	review_join_guess(review, record);
	found = review_record(review, record);
	return review_fault(review, err) < 0 ? NULL : found;
}

/* The same of a tweet. */
static const struct review_record *about_tweet(struct review *review, size_t record, struct err *err)
{
	const struct review_record *found = about(review, record, err);

	if (!found || !found->relation)
		return found;
	err_set(err, ERR_USAGE, "record %zu is a relation, which has no tags", record + 1);
	return NULL;
}

/* A copy of the record's tags to change, or NULL when memory is out. */
static const char **copy_tags(struct review *review, const struct review_record *record)
{
	size_t n = record->sentence.n_tokens;
	const char **tags;

	arena_reset(&review->scratch);
	tags = arena_alloc(&review->scratch, n ? n : 1, sizeof(*tags));
	if (tags && n)
		memcpy(tags, record->tags, n * sizeof(*tags));
	return tags;
}

int review_set(struct review *review, size_t record, size_t begin, size_t end, const char *type,
	       struct err *err)
{
	const struct review_record *read = about_tweet(review, record, err);
	const char **tags = read ? copy_tags(review, read) : NULL;
	struct review_change change = { .record = record, .what = "set", .begin = begin, .end = end,
					.after = tags, .state_after = STATE_EDITED };

	if (!read)
		return -1;
	if (!tags ||
	    tags_set(tags, read->sentence.n_tokens, begin, end, type, &review->tag_names) < 0)
		return err_set_memory(err);
	if (tags_equal(tags, read->tags, read->sentence.n_tokens))
		return 0;
	return commit(review, &change, read, err);
}

int review_clear(struct review *review, size_t record, size_t begin, size_t end, struct err *err)
{
	const struct review_record *read = about_tweet(review, record, err);
	const char **tags = read ? copy_tags(review, read) : NULL;
	struct review_change change = { .record = record, .what = "clear", .begin = begin,
					.end = end, .after = tags, .state_after = STATE_EDITED };

	if (!read)
		return -1;
	if (!tags)
		return err_set_memory(err);
	tags_clear(tags, read->sentence.n_tokens, begin, end);
	if (tags_equal(tags, read->tags, read->sentence.n_tokens))
		return 0;
	return commit(review, &change, read, err);
}

int review_split(struct review *review, size_t record, size_t word, struct err *err)
{
	const struct review_record *read = about_tweet(review, record, err);
	struct review_change change = { .record = record, .what = "split",
					.state_after = STATE_EDITED };
	struct tag_span span;
	const char **tags;
	size_t n;

	if (!read)
		return -1;
	n = read->sentence.n_tokens;
	if (!tags_span_at(read->tags, n, word, &span) || span.begin == word)
		return 0;
	tags = copy_tags(review, read);
	/* The first takes the whole span away, so that the second is set on words outside. */
	if (!tags || tags_set(tags, n, word, span.end, span.type, &review->tag_names) < 0 ||
	    tags_set(tags, n, span.begin, word, span.type, &review->tag_names) < 0)
		return err_set_memory(err);
	change.begin = span.begin;
	change.end = span.end;
	change.after = tags;
	return commit(review, &change, read, err);
}

int review_fix(struct review *review, size_t record, const char *const *tags, struct err *err)
{
	const struct review_record *read = about_tweet(review, record, err);
	struct review_change change = { .record = record, .what = "fix", .after = tags,
					.state_after = STATE_EDITED };
	size_t n;

	if (!read)
		return -1;
	n = read->sentence.n_tokens;
	if (tags_equal(tags, read->tags, n))
		return 0;
	for (size_t i = 0; i < n; i++) {
		if (strcmp(tags[i], read->tags[i]) == 0)
			continue;
		if (!tag_is_valid(tags[i]))
			return err_set(err, ERR_USAGE, "'%.100s' is no tag", tags[i]);
		if (change.end == 0)
			change.begin = i;
		change.end = i + 1;
	}
	return commit(review, &change, read, err);
}

/* Whose reading is taken. */
struct taking {
	const char *whole, *span; /* what the journal calls it */
	size_t annotator;         /* PREDICTION, or one of the annotators */
};

#define PREDICTION SIZE_MAX
static const struct taking prediction = { "accept-prediction", "accept-span", PREDICTION };

/* The [*n] tags to take, or values of a relation; or NULL. */
static const char *const *source(const struct review_record *record, const struct taking *taking,
				 size_t *n)
{
	if (taking->annotator == PREDICTION)
		return review_values(record, SIDE_PREDICTED, n);
	*n = record->sentence.n_tokens;
	return taking->annotator < record->n_readings ? record->readings[taking->annotator].tags : NULL;
}

static const char *name_of(const struct review *review, const struct taking *taking)
{
	return taking->annotator < review->n_annotators ? review->annotators[taking->annotator].name
							: NULL;
}

static int take_whole(struct review *review, size_t record, const struct taking *taking, struct err *err)
{
	const struct review_record *read = about(review, record, err);
	struct review_change change = { .record = record, .what = taking->whole,
					.from = name_of(review, taking),
					.state_after = STATE_ACCEPTED };

	if (!read)
		return -1;
	change.after = source(read, taking, &change.end);
	return change.after ? commit(review, &change, read, err) : 0;
}

static int take_span(struct review *review, size_t record, size_t word, const struct taking *taking,
		     struct err *err)
{
	const struct review_record *read = about_tweet(review, record, err);
	struct review_change change = { .record = record, .what = taking->span,
					.from = name_of(review, taking),
					.state_after = STATE_EDITED };
	const char *const *theirs;
	struct tag_span span;
	const char **tags;
	size_t n;

	if (!read)
		return -1;
	n = read->sentence.n_tokens;
	theirs = source(read, taking, &n);
	if (!theirs || word >= n)
		return 0;
	tags = copy_tags(review, read);
	if (!tags)
		return err_set_memory(err);
	if (!tags_span_at(theirs, n, word, &span)) {
		span = (struct tag_span){ word, word + 1, NULL };
		tags_clear(tags, n, span.begin, span.end);
	} else if (tags_set(tags, n, span.begin, span.end, span.type, &review->tag_names) < 0) {
		return err_set_memory(err);
	}
	/* To side with one of the annotators decides, whatever stood there. */
	if (taking->annotator == PREDICTION && tags_equal(tags, read->tags, n))
		return 0;
	change.begin = span.begin;
	change.end = span.end;
	change.after = tags;
	return commit(review, &change, read, err);
}

int review_accept_prediction(struct review *review, size_t record, struct err *err)
{
	return take_whole(review, record, &prediction, err);
}

int review_accept_span(struct review *review, size_t record, size_t word, struct err *err)
{
	return take_span(review, record, word, &prediction, err);
}

int review_take(struct review *review, size_t record, size_t annotator, struct err *err)
{
	const struct taking taking = { "take", "take-span", annotator };

	return take_whole(review, record, &taking, err);
}

int review_take_span(struct review *review, size_t record, size_t annotator, size_t word,
		     struct err *err)
{
	const struct taking taking = { "take", "take-span", annotator };

	return take_span(review, record, word, &taking, err);
}

int review_accept_gold(struct review *review, size_t record, struct err *err)
{
	const struct review_record *read = about(review, record, err);
	struct review_change change = { .record = record, .what = "accept-gold",
					.state_after = STATE_ACCEPTED };

	if (!read)
		return -1;
	change.after = review_values(read, SIDE_GOLD, &change.end);
	if (read->n_readings) {
		change.what = "accept";
		change.after = read->tags;
	}
	return commit(review, &change, read, err);
}

int review_toggle_hard(struct review *review, size_t record, struct err *err)
{
	const struct review_record *read = about(review, record, err);
	struct review_change change = { .record = record, .what = "hard" };

	if (!read)
		return -1;
	change.marks_after = (struct review_marks){ !read->hard, read->note };
	return commit_marks(review, &change, read, err);
}

int review_commit_box(struct review *review, size_t record, const char *what,
		      const struct box_change *box, struct err *err)
{
	const struct review_record *read = about(review, record, err);
	struct review_change change = { .record = record, .what = what, .box = box };

	if (!read)
		return -1;
	change.marks_after = (struct review_marks){ read->hard, read->note };
	return commit_marks(review, &change, read, err);
}

static bool is_plain_text(const char *text)
{
	if (utf8_valid_prefix(text, strlen(text)) != strlen(text))
		return false;
	for (; *text; text++)
		if ((unsigned char)*text < ' ' || *text == 0x7f)
			return false;
	return true;
}

int review_set_note(struct review *review, size_t record, const char *note, struct err *err)
{
	const struct review_record *read = about(review, record, err);
	struct review_change change = { .record = record, .what = "note" };

	if (!read)
		return -1;
	if (strlen(note) > NOTE_LIMIT)
		return err_set(err, ERR_USAGE, "a note has at most %d bytes", NOTE_LIMIT);
	if (!is_plain_text(note))
		return err_set(err, ERR_USAGE, "a note is one line of text in UTF-8");
	if (strcmp(note, read->note ? read->note : "") == 0)
		return 0;
	change.marks_after.hard = read->hard;
	if (*note && !(change.marks_after.note = arena_copy(&review->arena, note)))
		return err_set_memory(err);
	return commit_marks(review, &change, read, err);
}

/* Give a relation line another relation, or direction. */
static int relate(struct review *review, size_t record, const char *what, const char *relation,
		  struct err *err)
{
	const struct review_record *read = about(review, record, err);
	const char *values[RELATION_VALUES];
	struct review_change change = { .record = record, .what = what, .after = values,
					.state_after = STATE_EDITED };
	bool flipped;

	if (!read)
		return -1;
	if (!read->relation)
		return 0;
	flipped = read->relation->flipped;
	review_relation_values(values, relation ? relation : read->relation->relation,
			       relation ? flipped : !flipped);
	if (relation && strcmp(relation, read->relation->relation) == 0)
		return 0;
	return commit(review, &change, read, err);
}

int review_set_relation(struct review *review, size_t record, const char *relation,
			struct err *err)
{
	if (!relation_name_is_valid(relation))
		return err_set(err, ERR_USAGE, "'%.100s' cannot be the name of a relation",
			       relation);
	return relate(review, record, "relation", relation, err);
}

int review_flip(struct review *review, size_t record, struct err *err)
{
	return relate(review, record, "flip", NULL, err);
}

/* Move the top of one stack to the other: the journal first, then the record. */
static int move_change(struct review *review, enum journal_verb verb, size_t *record,
		       struct err *err)
{
	bool back = verb == JOURNAL_UNDO;
	struct review_stack *from = back ? &review->done : &review->undone;
	struct review_stack *to = back ? &review->undone : &review->done;
	const struct review_record *read;
	struct review_change change;
	struct review_decision decision;

	if (review_make_ready(review, err) < 0)
		return -1;
	if (from->n == 0)
		return 0;
	change = from->changes[from->n - 1];
	read = about(review, change.record, err);
	if (!read)
		return -1;
	if (GROW(to->changes, to->n, to->capacity) < 0)
		return err_set_memory(err);
	if (write_down(review, verb, &change, read, err) < 0)
		return -1;
	*record = change.record;
	decision = back ? before(&change) : after(&change);
	review_decide(review, *record, &decision, back ? change.state_before : change.state_after);
	if (change.box)
		review_box_stands(review, change.box, !back);
	to->changes[to->n++] = change;
	from->n--;
	review->totals.unsaved++;
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
