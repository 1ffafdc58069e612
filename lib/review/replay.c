/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The decisions of a journal on a review: all are heard when the journal is opened, each is found its
 * record as soon as enough of the text is known, and then they are repeated in order.
 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/review/relations.h"
#include "lib/review/tags.h"

#include <stdlib.h>
#include <string.h>

#define OWN SIZE_MAX
#define AT_ONCE 4096 /* decisions that are repeated on opening */

/* A decision that was heard; strings are of the review's arena or its names. */
struct heard {
	struct journal_entry entry; /* without an id; a tag that JSON could not hold is NULL. The values
				     * of a relation are its tags */
	bool relation;
	struct box_change *box; /* NULL: it is about none */
	size_t place;               /* its record; SIZE_MAX: these words are not there any more */
};

struct review_replay {
	struct journal_listener listener;
	struct review *review;
	size_t annotator; /* whose readings these are; OWN: decisions of this review */
	char *path;       /* of the journal */
	struct heard *heard;
	size_t n, capacity;
	size_t located;  /* decisions whose number was looked at */
	size_t repeated;
	size_t farthest; /* record named */
	struct str_table wanted; /* hashes of words that are not where they were */
	size_t *places;          /* [wanted.n]: the first record that has them */
	size_t searched;         /* records whose words were compared with these */
	size_t lost;
};

/* The values that the entry gives a relation, of the names of the review. */
static const char **copy_relation(struct review *review, const struct journal_entry *entry)
{
	bool valid = relation_name_is_valid(entry->relation);
	const char *values[RELATION_VALUES];
	const char **kept;

	review_relation_values(values, valid ? entry->relation : "", entry->flipped);
	kept = (const char **)(uintptr_t)review_keep_tags(review, values, RELATION_VALUES);
	if (kept && !valid)
		kept[0] = NULL;
	return kept;
}

static const char **copy_tags(struct review *review, const struct journal_entry *entry)
{
	size_t n = entry->n_tags;
	const char **tags;

	if (entry->relation)
		return copy_relation(review, entry);
	tags = arena_alloc(&review->arena, n ? n : 1, sizeof(*tags));

	for (size_t i = 0; tags && i < n; i++) {
		long name = -1;

		if (!tag_is_valid(entry->tags[i]))
			continue;
		name = str_table_add(&review->tag_names, entry->tags[i], strlen(entry->tags[i]));
		if (name < 0)
			return NULL;
		tags[i] = str_table_text(&review->tag_names, (size_t)name);
	}
	return tags;
}

static int hear(struct journal_listener *listener, const struct journal_entry *entry,
		struct err *err)
{
	struct review_replay *replay = (struct review_replay *)listener;
	struct review *review = replay->review;
	struct heard *heard;

	if (GROW(replay->heard, replay->n, replay->capacity) < 0)
		return err_set_memory(err);
	heard = &replay->heard[replay->n];
	heard->entry = *entry;
	heard->entry.id = NULL;
	heard->entry.tags = copy_tags(review, entry);
	heard->entry.what = arena_copy(&review->arena, entry->what);
	heard->entry.from = entry->from ? arena_copy(&review->arena, entry->from) : NULL;
	heard->entry.note = entry->note ? arena_copy(&review->arena, entry->note) : NULL;
	if (!heard->entry.tags || !heard->entry.what || (entry->from && !heard->entry.from) ||
	    (entry->note && !heard->entry.note))
		return err_set_memory(err);
	heard->entry.relation = NULL;
	heard->entry.box = NULL;
	heard->box = entry->box ? review_box_change(review, entry->box) : NULL;
	if (entry->box && !heard->box)
		return err_set_memory(err);
	heard->relation = entry->relation != NULL;
	if (heard->relation)
		heard->entry.n_tags = RELATION_VALUES;
	if (replay->annotator == OWN && entry->edit > review->last_edit)
		review->last_edit = entry->edit;
	if (entry->record > replay->farthest)
		replay->farthest = entry->record;
	replay->n++;
	return 0;
}

/* See whether the words are where they were, else want them. */
static int locate(struct review_replay *replay, struct heard *heard)
{
	const struct journal_entry *entry = &heard->entry;
	const struct review_record *record = NULL;
	char hex[SHA256_HEX];

	heard->place = SIZE_MAX;
	if (entry->record < replay->review->n_records) {
		record = review_scan(replay->review, entry->record);
		if (!record || review_words_sha256(record, hex) < 0)
			return -1;
		if (strcmp(hex, entry->words_sha256) == 0) {
			heard->place = entry->record;
			return 0;
		}
	}
	return str_table_add(&replay->wanted, entry->words_sha256, strlen(entry->words_sha256)) < 0
		       ? -1
		       : 0;
}

/* Compare the words of one more record with those that are wanted. */
static int search(struct review_replay *replay)
{
	const struct review_record *record = review_scan(replay->review, replay->searched);
	char hex[SHA256_HEX];
	long wanted;

	if (!replay->places) {
		replay->places = checked_calloc(replay->wanted.n, sizeof(*replay->places));
		if (!replay->places)
			return -1;
		for (size_t i = 0; i < replay->wanted.n; i++)
			replay->places[i] = SIZE_MAX;
	}
	if (!record || review_words_sha256(record, hex) < 0)
		return -1;
	wanted = str_table_find(&replay->wanted, hex, strlen(hex));
	if (wanted >= 0 && replay->places[wanted] == SIZE_MAX)
		replay->places[wanted] = replay->searched;
	replay->searched++;
	return 0;
}

static size_t place_of(const struct review_replay *replay, const struct heard *heard)
{
	const char *sha256 = heard->entry.words_sha256;
	long wanted;

	if (heard->place != SIZE_MAX || !replay->places)
		return heard->place;
	wanted = str_table_find(&replay->wanted, sha256, strlen(sha256));
	return wanted < 0 ? SIZE_MAX : replay->places[wanted];
}

static int repeat_edit(struct review *review, const struct heard *heard, size_t record,
		       const struct review_decision *before, struct err *err)
{
	const struct journal_entry *entry = &heard->entry;
	struct review_change change = {
		.edit = entry->edit,
		.record = record,
		.what = entry->what,
		.begin = entry->begin,
		.end = entry->end,
		.before = before->tags,
		.after = entry->tags,
		.state_before = (enum review_state)review->entries[record].state,
		.state_after = entry->state,
		.marks_before = before->marks,
		.marks_after = { entry->hard, entry->note },
		.from = entry->from,
		.box = heard->box,
	};

	if (review_stack_push(&review->done, &change) < 0)
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

/* The last decision of an annotator on a record is how it stands. */
static int repeat_reading(const struct review_replay *replay, const struct journal_entry *entry,
			  size_t record, struct err *err)
{
	const struct review_reading reading = { .tags = entry->tags, .state = entry->state,
						.hard = entry->hard, .note = entry->note };

	return review_keep_reading(replay->review, replay->annotator, record, &reading) < 0
		       ? err_set_memory(err)
		       : 0;
}

static int repeat_verb(struct review *review, const struct heard *heard, size_t record,
		       const struct review_decision *before, struct err *err)
{
	const struct journal_entry *entry = &heard->entry;

	if (entry->verb == JOURNAL_EDIT && strcmp(entry->what, WHAT_AGREED) == 0)
		return 0; /* nobody's edit: it cannot be undone */
	if (entry->verb == JOURNAL_EDIT)
		return repeat_edit(review, heard, record, before, err);
	if (entry->verb == JOURNAL_UNDO)
		return repeat_move(&review->done, &review->undone, entry, err);
	return repeat_move(&review->undone, &review->done, entry, err);
}

static int repeat(struct review_replay *replay, struct heard *heard, struct err *err)
{
	struct review *review = replay->review;
	struct journal_entry *entry = &heard->entry;
	size_t place = place_of(replay, heard);
	const char **tags = (const char **)(uintptr_t)entry->tags;
	const struct review_record *record;
	struct review_decision before, after = { NULL, { entry->hard, entry->note }, false, NULL };
	const char *const *now, *const *gold;
	size_t n;

	if (place == SIZE_MAX) {
		replay->lost++;
		return 0;
	}
	record = review_record(review, place);
	if (review_fault(review, err) < 0)
		return -1;
	if (heard->relation != (record->relation != NULL))
		return err_set(err, ERR_DATA, "a decision about a %s, where record %zu is a %s",
			       heard->relation ? "relation" : "tweet", entry->record,
			       record->relation ? "relation" : "tweet");
	now = review_values(record, SIDE_STANDING, &n);
	if (entry->n_tags != n)
		return err_set(err, ERR_DATA, "%zu tags for the %zu words of record %zu",
			       entry->n_tags, n, entry->record);
	gold = review_values(record, SIDE_GOLD, &n);
	before.tags = review_keep_tags(review, now, n);
	before.marks = (struct review_marks){ record->hard, record->note };
	/* An odd tag can only be the file's own. */
	for (size_t i = 0; before.tags && i < entry->n_tags; i++)
		if (!tags[i]) {
			const char *const *own = review_keep_tags(review, &gold[i], 1);

			if (!own)
				return err_set_memory(err);
			tags[i] = *own;
		}
	if (before.tags && replay->annotator != OWN)
		return repeat_reading(replay, entry, place, err);
	if (!before.tags || review_make_decided(review, place) < 0)
		return err_set_memory(err);
	if (heard->box)
		heard->box->before = heard->box->edited->now;
	if (repeat_verb(review, heard, place, &before, err) < 0)
		return -1;
	after.tags = tags;
	after.agreed = entry->verb == JOURNAL_EDIT && strcmp(entry->what, WHAT_AGREED) == 0;
	review_decide(review, place, &after, entry->state);
	if (heard->box)
		review_box_stands(review, heard->box, true);
	review->totals.unsaved++;
	return 0;
}

static void tell_lost(const struct review_replay *replay)
{
	struct review *review = replay->review;

	if (replay->lost)
		buf_add_format(&review->note,
			       "%s%zu decisions are about words that '%s' no longer has; they are "
			       "kept in the journal '%s' and not shown",
			       review->note.length ? "; " : "", replay->lost, review->path,
			       replay->path);
}

void review_replay_free(struct review_replay *replay)
{
	if (!replay)
		return;
	free(replay->heard);
	free(replay->places);
	free(replay->path);
	str_table_release(&replay->wanted);
	free(replay);
}

static void end_replay(struct review_replay **replay)
{
	if ((*replay)->annotator != OWN)
		review_forget_all((*replay)->review);
	review_replay_free(*replay);
	*replay = NULL;
}

/* One step towards all decisions; 0 when more of the text must be known first. */
static int advance(struct review_replay *replay, struct err *err)
{
	struct review *review = replay->review;

	if (replay->located < replay->n) {
		if (review->reader && replay->farthest >= review->n_records)
			return 0;
		if (locate(replay, &replay->heard[replay->located]) < 0)
			return review_fault(review, err) < 0 ? -1 : err_set_memory(err);
		replay->located++;
	} else if (replay->wanted.n && (review->reader || replay->searched < review->n_records)) {
		if (review->reader)
			return 0;
		if (search(replay) < 0)
			return review_fault(review, err) < 0 ? -1 : err_set_memory(err);
	} else {
		if (repeat(replay, &replay->heard[replay->repeated], err) < 0) {
			err->line = replay->repeated + 2; /* behind the first line */
			err_add_file(err, replay->path);
			return -1;
		}
		replay->repeated++;
	}
	return 1;
}

static bool replay_step(struct review_replay **slot)
{
	struct review_replay *replay = *slot;
	struct err err = ERR_INIT;
	int rc;

	rc = replay->repeated < replay->n ? advance(replay, &err) : 1;
	if (rc < 0)
		review_fail(replay->review, &err);
	else if (replay->repeated == replay->n)
		tell_lost(replay);
	if (rc < 0 || replay->repeated == replay->n)
		end_replay(slot);
	return rc > 0;
}

bool review_replay_step(struct review *review)
{
	for (size_t i = 0; i < review->n_annotators; i++)
		if (review->annotators[i].replay && replay_step(&review->annotators[i].replay))
			return true;
	return review->replay && replay_step(&review->replay);
}

bool review_is_replaying(const struct review *review)
{
	for (size_t i = 0; i < review->n_annotators; i++)
		if (review->annotators[i].replay)
			return true;
	return review->replay != NULL;
}

static struct review_replay *begin_replay(struct review *review, const char *path, struct err *err)
{
	struct review_replay *replay = calloc(1, sizeof(*replay));

	if (!replay || !(replay->path = strdup(path))) {
		free(replay);
		err_set_memory(err);
		return NULL;
	}
	replay->listener.hear = hear;
	replay->review = review;
	replay->annotator = OWN;
	str_table_init(&replay->wanted);
	return replay;
}

int review_replay_annotator(struct review *review, size_t annotator, const char *path, struct err *err)
{
	struct review_replay *replay = begin_replay(review, path, err);

	if (!replay)
		return -1;
	replay->annotator = annotator;
	review->annotators[annotator].replay = replay;
	if (journal_read(path, &replay->listener, err) == 0)
		return 0;
	end_replay(&review->annotators[annotator].replay);
	return -1;
}

int review_read_journal(struct review *review, const char *path, struct buf *note, struct err *err)
{
	review->replay = begin_replay(review, path, err);
	if (!review->replay)
		return -1;
	if (journal_read(path, &review->replay->listener, err) < 0) {
		end_replay(&review->replay);
		return -1;
	}
	if (review_finish(review, err) < 0)
		return -1;
	review_take_note(review, note);
	return 0;
}

int review_attach_journal(struct review *review, const char *path, struct buf *note,
			  struct err *err)
{
	const struct journal_head head = { .text = review->path, .annotator = review->annotator };
	struct review_replay *replay;
	bool at_once;

	replay = begin_replay(review, path, err);
	if (!replay)
		return -1;
	review->replay = replay;
	review->journal = journal_open(path, &head, &replay->listener, note, err);
	if (!review->journal) {
		end_replay(&review->replay);
		return -1;
	}
	at_once = replay->n <= AT_ONCE;
	while (at_once && review_is_replaying(review) && review_replay_step(review))
		;
	while (at_once && review->n_settled < AT_ONCE && review_settle_step(review))
		;
	review_take_note(review, note);
	return review_fault(review, err);
}
