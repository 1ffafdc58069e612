/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/formats/conll.h"
#include "lib/review/tags.h"

#include <string.h>

static int add_id(struct review *review, const char *id, size_t record)
{
	size_t known = review->ids.n;
	long number = str_table_add(&review->ids, id, strlen(id));

	if (number < 0 || GROW(review->records_by_id, known, review->ids_capacity) < 0)
		return -1;
	if ((size_t)number == known)
		review->records_by_id[number] = record;
	return 0;
}

/* The tags of the file as an array; a line without a tag counts as outside. */
static const char **tags_of(struct review *review, const struct sentence *sentence)
{
	const char **tags = arena_alloc(&review->arena, sentence->n_tokens, sizeof(*tags));

	for (size_t i = 0; tags && i < sentence->n_tokens; i++) {
		tags[i] = sentence->tokens[i].tag ? sentence->tokens[i].tag : "O";
		if (entity_types_add(&review->types, tags[i]) < 0)
			return NULL;
	}
	return tags;
}

static int add_record(struct review *review, const struct sentence *sentence, struct err *err)
{
	struct review_record *record;

	if (GROW(review->records, review->n_records, review->capacity) < 0)
		return err_set_memory(err);
	record = &review->records[review->n_records];
	memset(record, 0, sizeof(*record));
	record->sentence = *sentence;
	record->gold = tags_of(review, sentence);
	record->tags = record->gold;
	if (!record->gold || (sentence->id && add_id(review, sentence->id, review->n_records) < 0))
		return err_set_memory(err);
	review->n_records++;
	return 0;
}

static int read_records(struct review *review, struct err *err)
{
	struct conll_reader *reader = conll_open(review->path, err);
	struct err bad = ERR_INIT;
	enum read_status status;
	struct sentence sentence;
	int rc = 0;

	if (!reader)
		return -1;
	while (rc == 0 && (status = conll_next(reader, &sentence, &review->arena, &bad)) > 0)
		if (status == READ_OK)
			rc = add_record(review, &sentence, err);
		else
			review->unreadable++;
	if (rc == 0 && status == READ_FAIL) {
		*err = bad;
		rc = -1;
	}
	conll_close(reader);
	return rc;
}

struct review *review_open(const char *path, struct err *err)
{
	struct review *review = calloc(1, sizeof(*review));

	if (!review) {
		err_set_memory(err);
		return NULL;
	}
	arena_init(&review->arena);
	str_table_init(&review->tag_names);
	str_table_init(&review->ids);
	entity_types_init(&review->types);
	review->path = strdup(path);
	if (!review->path) {
		err_set_memory(err);
	} else if (stat(path, &review->stat) < 0) {
		err_set_errno(err, "open", path);
	} else if (!S_ISREG(review->stat.st_mode)) {
		err_set(err, ERR_USAGE, "cannot review '%s': not a regular file", path);
	} else if (read_records(review, err) == 0) {
		return review;
	}
	review_free(review);
	return NULL;
}

void review_free(struct review *review)
{
	if (!review)
		return;
	journal_close(review->journal);
	free(review->done.changes);
	free(review->undone.changes);
	free(review->records);
	free(review->records_by_id);
	entity_types_release(&review->types);
	str_table_release(&review->ids);
	str_table_release(&review->tag_names);
	arena_release(&review->arena);
	free(review->path);
	free(review);
}

size_t review_count(const struct review *review)
{
	return review->n_records;
}

const struct review_record *review_record(const struct review *review, size_t record)
{
	return &review->records[record];
}

const char *review_text_path(const struct review *review)
{
	return review->path;
}

const struct entity_types *review_types(const struct review *review)
{
	return &review->types;
}

bool review_disagrees(const struct review_record *record)
{
	return record->predicted &&
	       !tags_same_spans(record->tags, record->predicted, record->sentence.n_tokens);
}

void review_totals(const struct review *review, struct review_totals *totals)
{
	memset(totals, 0, sizeof(*totals));
	for (size_t i = 0; i < review->n_records; i++) {
		bool disagrees = review_disagrees(&review->records[i]);

		totals->disagreeing += disagrees;
		totals->open += disagrees && review->records[i].state == STATE_UNTOUCHED;
		totals->with_findings += review->records[i].findings != NULL;
		totals->decided += review->records[i].state != STATE_UNTOUCHED;
	}
	totals->unreadable = review->unreadable;
	totals->unsaved = review->unsaved;
}

size_t review_record_by_id(const struct review *review, const char *id)
{
	long number = str_table_find(&review->ids, id, strlen(id));

	return number < 0 ? SIZE_MAX : review->records_by_id[number];
}

size_t review_record_by_line(const struct review *review, size_t line)
{
	size_t low = 0, high = review->n_records;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct sentence *sentence = &review->records[middle].sentence;
		size_t first = sentence->id_line ? sentence->id_line : sentence->line_number;

		if (first <= line)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? SIZE_MAX : low - 1;
}
