/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/annotators.h"

#include "lib/base/checked.h"
#include "lib/review/relations.h"
#include "lib/review/review_priv.h"

#include <stdlib.h>
#include <string.h>

#define LINES_AT_ONCE 1000 /* that are synced together */

int review_add_annotator(struct review *review, const char *name, const char *journal,
			 struct err *err)
{
	size_t n = review->n_annotators;
	struct review_annotator *annotators;

	if (review_has_relations(review))
		return err_set(err, ERR_USAGE, "annotators of relations cannot be adjudicated here; 'tagsight "
					       "merge' joins their files");
	annotators = checked_realloc(review->annotators, n + 1, sizeof(*annotators));
	if (!annotators)
		return err_set_memory(err);
	review->annotators = annotators;
	annotators[n] = (struct review_annotator){ .name = strdup(name) };
	if (!annotators[n].name)
		return err_set_memory(err);
	review->n_annotators++;
	return review_replay_annotator(review, n, journal, err);
}

void review_annotators_free(struct review *review)
{
	for (size_t i = 0; i < review->n_annotators; i++) {
		struct review_annotator *annotator = &review->annotators[i];

		review_replay_free(annotator->replay);
		free(annotator->name);
		free(annotator->numbers);
		free(annotator->readings);
	}
	free(review->annotators);
	review_measure_free(review->measure);
}

/* Have a number for each record that is known. */
static int make_numbers(struct review_annotator *annotator, size_t n)
{
	uint32_t *numbers;

	if (n <= annotator->n_numbers)
		return 0;
	numbers = checked_realloc(annotator->numbers, n, sizeof(*numbers));
	if (!numbers)
		return -1;
	memset(numbers + annotator->n_numbers, 0, (n - annotator->n_numbers) * sizeof(*numbers));
	annotator->numbers = numbers;
	annotator->n_numbers = n;
	return 0;
}

int review_keep_reading(struct review *review, size_t annotator, size_t record,
			const struct review_reading *reading)
{
	struct review_annotator *of = &review->annotators[annotator];
	uint32_t *number;

	if (make_numbers(of, review->n_records) < 0)
		return -1;
	number = &of->numbers[record];
	if (*number == 0) {
		if (GROW(of->readings, of->n_readings, of->capacity) < 0)
			return -1;
		*number = (uint32_t)++of->n_readings;
	}
	of->readings[*number - 1] = *reading;
	return 0;
}

/* What the annotator decided on a record, or NULL. */
static const struct review_reading *reading_of(const struct review_annotator *annotator, size_t record)
{
	return record < annotator->n_numbers && annotator->numbers[record]
		       ? &annotator->readings[annotator->numbers[record] - 1]
		       : NULL;
}

int review_load_readings(const struct review *review, size_t number, struct review_slot *slot)
{
	struct review_record *record = &slot->value;
	struct review_reading *readings =
		arena_alloc(&slot->arena, review->n_annotators, sizeof(*readings));

	if (!readings)
		return -1;
	for (size_t i = 0; i < review->n_annotators; i++) {
		const struct review_reading *decided = reading_of(&review->annotators[i], number);

		readings[i] = decided ? *decided : (struct review_reading){ .tags = record->gold };
		readings[i].annotator = review->annotators[i].name;
	}
	record->readings = readings;
	record->n_readings = review->n_annotators;
	return 0;
}

bool review_all_have(const struct review_record *record, const struct tag_span *span)
{
	for (size_t i = 0; i < record->n_readings; i++)
		if (!tags_have_span(record->readings[i].tags, record->sentence.n_tokens, span))
			return false;
	return true;
}

/* Whether one of the readings before number `before` has the span. */
static bool seen(const struct review_record *record, size_t before, const struct tag_span *span)
{
	for (size_t i = 0; i < before; i++)
		if (tags_have_span(record->readings[i].tags, record->sentence.n_tokens, span))
			return true;
	return false;
}

size_t review_count_readings(const struct review_record *record)
{
	size_t n = record->sentence.n_tokens, count = 0;
	struct tag_span span;

	for (size_t i = 0; i < record->n_readings; i++)
		for (size_t at = 0; tags_next_span(record->readings[i].tags, n, at, &span);
		     at = span.end)
			count += !seen(record, i, &span) && !review_all_have(record, &span);
	return count;
}

bool review_readings_differ_at(const struct review_record *record, size_t word)
{
	struct tag_span span;

	for (size_t i = 0; i < record->n_readings; i++)
		if (tags_next_span(record->readings[i].tags, record->sentence.n_tokens, word, &span) &&
		    span.begin == word && !review_all_have(record, &span))
			return true;
	return false;
}

/* ---- what stands without a decision ---- */

/* Whether an annotator decided on a record, or had when it was settled last. */
static bool is_to_settle(const struct review *review, size_t record)
{
	const struct review_entry *entry = &review->entries[record];

	for (size_t i = 0; i < review->n_annotators; i++) {
		const struct review_reading *reading = reading_of(&review->annotators[i], record);

		if (reading && reading->state != STATE_UNTOUCHED)
			return true;
	}
	return entry->decided && review->decided[entry->decided - 1].agreed;
}

/* Whether the adjudicator has not decided on the record. */
static bool is_open(const struct review *review, const struct review_entry *entry)
{
	return !entry->decided || entry->state == STATE_UNTOUCHED ||
	       review->decided[entry->decided - 1].agreed;
}

/* The spans that all readings have, kept as the first reading spells them. */
static const char *const *shared_tags(struct review *review, const struct review_record *record)
{
	const char *const *first = record->readings[0].tags;
	size_t n = record->sentence.n_tokens;
	const char **tags;
	struct tag_span span;

	arena_reset(&review->scratch);
	tags = arena_alloc(&review->scratch, n ? n : 1, sizeof(*tags));
	if (!tags)
		return NULL;
	memcpy(tags, first, n * sizeof(*tags));
	for (size_t at = 0; tags_next_span(first, n, at, &span); at = span.end)
		if (!review_all_have(record, &span))
			for (size_t i = span.begin; i < span.end; i++)
				tags[i] = "O";
	return review_keep_tags(review, tags, n);
}

static int write_agreed(struct review *review, size_t number, const struct review_record *record,
			const struct review_decision *decision, enum review_state state,
			struct err *err)
{
	struct journal_entry entry = {
		.verb = JOURNAL_EDIT,
		.edit = ++review->last_edit,
		.record = number,
		.id = record->sentence.id,
		.what = WHAT_AGREED,
		.end = record->sentence.n_tokens,
		.tags = decision->tags,
		.n_tags = record->sentence.n_tokens,
		.state = state,
		.hard = decision->marks.hard,
		.note = decision->marks.note,
	};

	if (!review->journal)
		return 0;
	if (review_words_sha256(record, entry.words_sha256) < 0)
		return err_set_memory(err);
	if (journal_add(review->journal, &entry, err) < 0)
		return -1;
	return review->last_edit % LINES_AT_ONCE == 0 ? journal_flush(review->journal, err) : 0;
}

static bool is_decided(const struct review_record *record)
{
	for (size_t i = 0; i < record->n_readings; i++)
		if (record->readings[i].state != STATE_UNTOUCHED)
			return true;
	return false;
}

/* Have the record stand as the annotators agree, if they do. */
static int settle(struct review *review, size_t number, struct err *err)
{
	struct review_entry *entry = &review->entries[number];
	const struct review_record *record = review_record(review, number);
	size_t differing = review_count_readings(record);
	struct review_decision decision = { .marks = { record->hard, record->note }, .agreed = true };
	enum review_state state = differing || !is_decided(record) ? STATE_UNTOUCHED : STATE_ACCEPTED;

	if (review_fault(review, err) < 0)
		return -1;
	review_tally(review, entry, false);
	entry->differing = (uint16_t)(differing < UINT16_MAX ? differing : UINT16_MAX);
	review_tally(review, entry, true);
	if (!is_open(review, entry))
		return 0;
	decision.tags = shared_tags(review, record);
	if (!decision.tags)
		return err_set_memory(err);
	if (state == record->state && tags_equal(decision.tags, record->tags, record->sentence.n_tokens))
		return 0;
	if (review_make_decided(review, number) < 0)
		return err_set_memory(err);
	if (write_agreed(review, number, record, &decision, state, err) < 0)
		return -1;
	review_decide(review, number, &decision, state);
	return 0;
}

bool review_is_settled(const struct review *review)
{
	return review->n_annotators == 0 || review->n_settled > review->n_records;
}

bool review_settle_step(struct review *review)
{
	struct err err = ERR_INIT;
	size_t at = review->n_settled;
	int rc = 0;

	if (review_is_settled(review) || review->reader || review_is_replaying(review))
		return false;
	if (at == review->n_records)
		rc = review->journal ? journal_flush(review->journal, &err) : 0;
	else if (is_to_settle(review, at))
		rc = settle(review, at, &err);
	review->n_settled++;
	if (rc < 0)
		review_fail(review, &err);
	return rc == 0;
}
