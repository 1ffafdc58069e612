/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/review/relations.h"
#include "lib/review/tags.h"

#include <stdlib.h>
#include <string.h>

/* The text behind a stream of its own, so that records can be read again from the same file even
 * when another takes its name. */
static int open_text(struct review *review, struct err *err)
{
	struct text_piece piece = { review->path, "", 0, 0, NULL };

	review->text = fopen(review->path, "rbe");
	if (!review->text || fstat(fileno(review->text), &review->stat) < 0)
		return err_set_errno(err, "open", review->path);
	if (!S_ISREG(review->stat.st_mode))
		return err_set(err, ERR_USAGE, "cannot review '%s': not a regular file",
			       review->path);
	piece.rest = review->text;
	review->reader = review->source->open(&piece, err);
	return review->reader ? 0 : -1;
}

struct review *review_open_source(const char *path, const struct review_source *source,
				  struct err *err)
{
	struct review *review = calloc(1, sizeof(*review));

	if (!review || !(review->cache = calloc(1, sizeof(*review->cache))) ||
	    !(review->path = strdup(path))) {
		err_set_memory(err);
		goto failed;
	}
	review->live.fd = -1;
	review->source = source;
	str_table_init(&review->tag_names);
	entity_types_init(&review->types);
	buf_init(&review->note);
	review_scores_init(&review->scores);
	review_boxes_init(&review->boxes);
	if (open_text(review, err) < 0)
		goto failed;
	while (review->reader && review->bytes_read < REVIEW_OPENING_BYTES)
		if (review_index_step(review) < 0) {
			*err = review->cache->fault;
			goto failed;
		}
	return review;
failed:
	review_free(review);
	return NULL;
}

struct review *review_open(const char *path, struct err *err)
{
	return review_open_source(path, &review_tweets, err);
}

void review_free(struct review *review)
{
	if (!review)
		return;
	journal_close(review->journal);
	review_annotators_free(review);
	review_replay_free(review->replay);
	review_lines_close(&review->predictions);
	review_lines_close(&review->findings);
	review_live_close(&review->live);
	free(review->done.changes);
	free(review->undone.changes);
	free(review->decided);
	free(review->entries);
	free(review->id_slots);
	if (review->reader)
		review->source->close(review->reader);
	if (review->text)
		fclose(review->text);
	if (review->cache)
		review_cache_release(review->cache);
	free(review->cache);
	review_scores_release(&review->scores);
	review_boxes_release(&review->boxes);
	entity_types_release(&review->types);
	str_table_release(&review->tag_names);
	arena_release(&review->reading);
	arena_release(&review->scratch);
	arena_release(&review->arena);
	buf_release(&review->note);
	free(review->annotator);
	free(review->path);
	free(review);
}

size_t review_count(const struct review *review)
{
	return review->n_records;
}

const char *review_text_path(const struct review *review)
{
	return review->path;
}

int review_set_annotator(struct review *review, const char *name, struct err *err)
{
	char *copy;

	if (!annotator_is_valid(name))
		return err_set(err, ERR_USAGE,
			       "'%s' cannot be an annotator's name, which is a part of a file's: use "
			       "letters, digits, '-', '_' and '.'", name);
	copy = strdup(name);
	if (!copy)
		return err_set_memory(err);
	free(review->annotator);
	review->annotator = copy;
	return 0;
}

void review_make_blind(struct review *review)
{
	review->blind = true;
}

const struct entity_types *review_types(const struct review *review)
{
	return &review->types;
}

bool review_disagrees(const struct review_record *record)
{
	if (record->relation)
		return review_relation_differs(record->relation);
	if (record->n_readings)
		return review_count_readings(record) > 0;
	return record->predicted &&
	       !tags_same_spans(record->tags, record->predicted, record->sentence.n_tokens);
}

void review_totals(const struct review *review, struct review_totals *totals)
{
	*totals = review->totals;
}

void review_summary(const struct review *review, size_t record, struct review_summary *summary)
{
	const struct review_entry *entry = &review->entries[record];

	*summary = (struct review_summary){
		.state = (enum review_state)entry->state,
		.differing = entry->differing,
		.worst = entry->worst,
		.suspect = entry->suspect,
		.hard = entry->hard,
		.noted = entry->noted,
		.predicted = entry->prediction_length != 0,
		.confidence = entry->confidence,
	};
}

void review_tally(struct review *review, const struct review_entry *entry, bool in)
{
	struct review_totals *totals = &review->totals;
	bool untouched = entry->state == STATE_UNTOUCHED;
	size_t one = in ? 1 : SIZE_MAX; /* wraps to one less */

	totals->disagreeing += entry->differing ? one : 0;
	totals->open += entry->differing && untouched ? one : 0;
	totals->with_findings += entry->worst ? one : 0;
	totals->decided += untouched ? 0 : one;
	totals->hard += entry->hard ? one : 0;
}

/* Spans of `tags` that `other` does not have. */
static size_t count_own(const char *const *tags, const char *const *other, size_t n)
{
	struct tag_span span;
	size_t own = 0;

	for (size_t at = 0; tags_next_span(tags, n, at, &span); at = span.end)
		own += !tags_have_span(other, n, &span);
	return own;
}

size_t review_count_differences(const char *const *a, const char *const *b, size_t n)
{
	return count_own(a, b, n) + count_own(b, a, n);
}

size_t review_differing(const struct review_record *record)
{
	if (record->relation)
		return review_relation_differs(record->relation) ? 1 : 0;
	if (record->n_readings)
		return review_count_readings(record);
	return record->predicted ? review_count_differences(record->tags, record->predicted,
							    record->sentence.n_tokens)
				 : 0;
}

int review_make_decided(struct review *review, size_t record)
{
	struct review_entry *entry = &review->entries[record];

	if (entry->decided)
		return 0;
	if (review->n_decided >= UINT32_MAX - 1 ||
	    GROW(review->decided, review->n_decided, review->decided_capacity) < 0)
		return -1;
	review->decided[review->n_decided++] = (struct review_decision){ .tags = NULL };
	entry->decided = (uint32_t)review->n_decided;
	return 0;
}

void review_decide(struct review *review, size_t record, const struct review_decision *decision,
		   enum review_state state)
{
	struct review_entry *entry = &review->entries[record];
	const struct review_finding *settled;
	const struct review_record *read;
	size_t differing;
	bool scored = entry->scored && review_unscore(review, record, review_record(review, record));

	review_tally(review, entry, false);
	settled = review->decided[entry->decided - 1].settled;
	review->decided[entry->decided - 1] = *decision;
	review->decided[entry->decided - 1].settled = settled;
	entry->state = (uint8_t)state;
	entry->hard = decision->marks.hard;
	entry->noted = decision->marks.note != NULL;
	review_forget(review, record);
	if (review_settle_findings(review, record))
		review_forget(review, record);
	read = review_record(review, record);
	differing = review_differing(read);
	entry->differing = (uint16_t)(differing < UINT16_MAX ? differing : UINT16_MAX);
	entry->types |= review_record_bits(review, read);
	if (scored)
		review_score(review, record, read);
	review_tally(review, entry, true);
}

const char *const *review_keep_tags(struct review *review, const char *const *tags, size_t n)
{
	const char **kept = arena_alloc_raw(&review->arena, n ? n : 1, sizeof(*kept));

	for (size_t i = 0; kept && i < n; i++) {
		long name = str_table_add(&review->tag_names, tags[i], strlen(tags[i]));

		if (name < 0)
			return NULL;
		kept[i] = str_table_text(&review->tag_names, (size_t)name);
	}
	return kept;
}
