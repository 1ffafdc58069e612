/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/review/tags.h"

#include <string.h>

/* The listener that repeats a journal on a review. */
struct replay {
	struct journal_listener listener;
	struct review *review;
	struct str_table hashes; /* of the words of every record, made when one has moved */
	size_t *records_by_hash;
	size_t capacity;
	size_t lost; /* decisions about words that are no longer there */
};

static int index_words(struct replay *replay)
{
	for (size_t i = 0; i < replay->review->n_records; i++) {
		char hex[SHA256_HEX];
		size_t known = replay->hashes.n;
		long number = -1;

		if (review_words_sha256(&replay->review->records[i], hex) == 0)
			number = str_table_add(&replay->hashes, hex, strlen(hex));
		if (number < 0 || GROW(replay->records_by_hash, known, replay->capacity) < 0)
			return -1;
		if ((size_t)number == known)
			replay->records_by_hash[number] = i;
	}
	return 0;
}

/* The record that a decision is about, in *record: the one at its number when the words are the
 * same, else any with these words, else SIZE_MAX. */
static int find_record(struct replay *replay, const struct journal_entry *entry, size_t *record)
{
	const struct review *review = replay->review;
	char hex[SHA256_HEX];
	long number;

	*record = entry->record;
	if (entry->record < review->n_records) {
		if (review_words_sha256(&review->records[entry->record], hex) < 0)
			return -1;
		if (strcmp(hex, entry->words_sha256) == 0)
			return 0;
	}
	if (replay->hashes.n == 0 && index_words(replay) < 0)
		return -1;
	number = str_table_find(&replay->hashes, entry->words_sha256, strlen(entry->words_sha256));
	*record = number < 0 ? SIZE_MAX : replay->records_by_hash[number];
	return 0;
}

/* The tags of a decision as an array of the review, or NULL with *err set. */
static const char *const *keep_tags(struct review *review, const struct journal_entry *entry,
				    const struct review_record *record, struct err *err)
{
	size_t n = record->sentence.n_tokens;
	const char **tags = arena_alloc(&review->arena, n, sizeof(*tags));

	if (entry->n_tags != n) {
		err_set(err, ERR_DATA, "%zu tags for the %zu words of record %zu", entry->n_tags, n,
			entry->record);
		return NULL;
	}
	for (size_t i = 0; tags && i < n; i++) {
		const char *tag = entry->tags[i];
		long id;

		/* An odd tag can only be the file's own: JSON may not be able to hold it. */
		if (!tag_is_valid(tag))
			tag = record->gold[i];
		id = str_table_add(&review->tag_names, tag, strlen(tag));
		if (id < 0)
			tags = NULL;
		else
			tags[i] = str_table_text(&review->tag_names, (size_t)id);
	}
	if (!tags)
		err_set_memory(err);
	return tags;
}

static int repeat_edit(struct review *review, const struct journal_entry *entry, size_t record,
		       const char *const *tags, struct err *err)
{
	struct review_change change = {
		.edit = entry->edit,
		.record = record,
		.what = arena_copy(&review->arena, entry->what),
		.begin = entry->begin,
		.end = entry->end,
		.before = review->records[record].tags,
		.after = tags,
		.state_before = review->records[record].state,
		.state_after = entry->state,
	};

	if (!change.what || review_stack_push(&review->done, &change) < 0)
		return err_set_memory(err);
	review->undone.n = 0;
	return 0;
}

/* Move the change that an undo or redo names from one stack to the other. It is the top one, unless
 * decisions in between were lost. */
static int repeat_move(struct review_stack *from, struct review_stack *to,
		       const struct journal_entry *entry, struct err *err)
{
	size_t at = from->n;

	while (at > 0 && from->changes[at - 1].edit != entry->edit)
		at--;
	if (at == 0)
		return err_set(err, ERR_DATA, "edit %zu cannot be undone or redone here",
			       entry->edit);
	if (review_stack_push(to, &from->changes[at - 1]) < 0)
		return err_set_memory(err);
	memmove(&from->changes[at - 1], &from->changes[at],
		(from->n - at) * sizeof(*from->changes));
	from->n--;
	return 0;
}

static int hear(struct journal_listener *listener, const struct journal_entry *entry,
		struct err *err)
{
	struct replay *replay = (struct replay *)listener;
	struct review *review = replay->review;
	const char *const *tags;
	size_t record;
	int rc;

	if (entry->edit > review->last_edit)
		review->last_edit = entry->edit;
	if (find_record(replay, entry, &record) < 0)
		return err_set_memory(err);
	if (record == SIZE_MAX) {
		replay->lost++;
		return 0;
	}
	tags = keep_tags(review, entry, &review->records[record], err);
	if (!tags)
		return -1;
	if (entry->verb == JOURNAL_EDIT)
		rc = repeat_edit(review, entry, record, tags, err);
	else if (entry->verb == JOURNAL_UNDO)
		rc = repeat_move(&review->done, &review->undone, entry, err);
	else
		rc = repeat_move(&review->undone, &review->done, entry, err);
	if (rc < 0)
		return -1;
	review->records[record].tags = tags;
	review->records[record].state = entry->state;
	review->unsaved++;
	return 0;
}

int review_attach_journal(struct review *review, const char *path, struct buf *note,
			  struct err *err)
{
	struct replay replay = { .listener = { hear }, .review = review };

	str_table_init(&replay.hashes);
	review->journal = journal_open(path, review->path, &replay.listener, note, err);
	if (replay.lost)
		buf_add_format(note,
			       "%s%zu decisions are about words that '%s' no longer has; they are "
			       "kept in the journal and not shown",
			       note->length ? "; " : "", replay.lost, review->path);
	free(replay.records_by_hash);
	str_table_release(&replay.hashes);
	return review->journal ? 0 : -1;
}
