/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the records of the text are. The reader of the format itself says so, so that a record read
 * again from its bytes is the same.
 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"
#include "lib/review/tags.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RECORD_BYTES 96 /* a short tweet: the table of ids is made for that many */

int review_fail(const struct review *review, const struct err *err)
{
	if (review->cache->fault.kind == ERR_NONE)
		review->cache->fault = *err;
	return -1;
}

int review_text_check(const struct review *review)
{
	const struct stat *then = &review->stat;
	struct err err = ERR_INIT;
	struct stat now;

	if (review->cache->fault.kind != ERR_NONE)
		return -1;
	if (fstat(fileno(review->text), &now) == 0 && now.st_size == then->st_size &&
	    now.st_mtim.tv_sec == then->st_mtim.tv_sec &&
	    now.st_mtim.tv_nsec == then->st_mtim.tv_nsec)
		return 0;
	err_set(&err, ERR_DATA,
		"'%s' has changed since it was opened; open it again (the edits are in the "
		"journal)", review->path);
	return review_fail(review, &err);
}

static uint64_t id_hash(const char *id)
{
	uint64_t hash = str_hash(id, strlen(id));

	return hash ? hash : 1;
}

/* The slot of an id: where it is, or the free one where it belongs. */
static size_t id_slot(const struct review *review, uint64_t hash)
{
	size_t slot = hash & (review->n_id_slots - 1);

	while (review->id_slots[slot] &&
	       review->entries[review->id_slots[slot] - 1].id_hash != hash)
		slot = (slot + 1) & (review->n_id_slots - 1);
	return slot;
}

static int make_id_slots(struct review *review, size_t n)
{
	uint32_t *old = review->id_slots;
	size_t n_old = review->n_id_slots;
	uint32_t *slots = checked_calloc(n, sizeof(*slots));

	if (!slots)
		return -1;
	review->id_slots = slots;
	review->n_id_slots = n;
	for (size_t i = 0; i < n_old; i++)
		if (old[i])
			slots[id_slot(review, review->entries[old[i] - 1].id_hash)] = old[i];
	free(old);
	return 0;
}

/* Remember the first record of each id. */
static int add_id(struct review *review, size_t record)
{
	size_t n = review->n_id_slots, slot;

	if (n == 0) {
		n = 64;
		while (n < (size_t)review->stat.st_size / RECORD_BYTES * 4 / 3)
			n *= 2;
		if (make_id_slots(review, n) < 0)
			return -1;
	} else if (review->n_ids >= n / 4 * 3 && make_id_slots(review, 2 * n) < 0) {
		return -1;
	}
	slot = id_slot(review, review->entries[record].id_hash);
	if (review->id_slots[slot] == 0) {
		review->id_slots[slot] = (uint32_t)record + 1;
		review->n_ids++;
	}
	return 0;
}

size_t review_record_by_id(const struct review *review, const char *id)
{
	const struct review_record *record;
	size_t at;

	if (review->n_id_slots == 0)
		return SIZE_MAX;
	at = review->id_slots[id_slot(review, id_hash(id))];
	if (at == 0)
		return SIZE_MAX;
	record = review_scan(review, at - 1);
	return record && record->sentence.id && strcmp(record->sentence.id, id) == 0 ? at - 1
										       : SIZE_MAX;
}

size_t review_next_with_id(const struct review *review, size_t begin, size_t end, const char *id)
{
	uint64_t hash = id_hash(id);

	for (size_t at = begin; at < end && at < review->n_records; at++)
		if (review->entries[at].id_hash == hash)
			return at;
	return SIZE_MAX;
}

size_t review_record_by_line(const struct review *review, size_t line)
{
	size_t low = 0, high = review->n_records;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (review->entries[middle].line <= line)
			low = middle + 1;
		else
			high = middle;
	}
	return low == 0 ? SIZE_MAX : low - 1;
}

uint32_t review_type_bit(const struct review *review, const char *type)
{
	long number = str_table_find(&review->types.names, type, strlen(type));

	return number < 0 || number >= 31 ? OTHER_TYPES : (uint32_t)1 << number;
}

uint32_t review_type_bits(const struct review *review, const char *const *tags, size_t n)
{
	uint32_t bits = 0;

	for (size_t i = 0; i < n; i++) {
		const char *type = tag_type(tags[i]);

		if (type)
			bits |= review_type_bit(review, type);
	}
	return bits;
}

static int add_record(struct review *review, const struct review_found *found, struct err *err)
{
	const struct sentence *sentence = &found->sentence;
	size_t record = review->n_records, offset = found->offset, length = found->length;
	size_t line = sentence->id_line ? sentence->id_line : sentence->line_number;
	struct review_entry *entry;

	if (line == 1) { /* the mark before it is read again */
		length += offset;
		offset = 0;
	}
	if (line > UINT32_MAX || length > UINT32_MAX || record >= UINT32_MAX)
		return err_set(err, ERR_DATA, "'%s' has more lines than can be reviewed; split it",
			       review->path);
	if (GROW(review->entries, record, review->capacity) < 0)
		return err_set_memory(err);
	entry = &review->entries[record];
	*entry = (struct review_entry){ .offset = offset,
					.length = (uint32_t)length,
					.line = (uint32_t)line,
					.n_tokens = (uint32_t)sentence->n_tokens,
					.id_hash = sentence->id ? id_hash(sentence->id) : 0,
					.types = found->types,
					.confidence = NO_CONFIDENCE,
					.margin = NO_CONFIDENCE };
	if (sentence->id && add_id(review, record) < 0)
		return err_set_memory(err);
	review->n_records++;
	review->bytes_read = offset + length;
	return 0;
}

static void end_index(struct review *review)
{
	review->source->close(review->reader);
	review->reader = NULL;
	arena_release(&review->reading);
}

int review_index_step(struct review *review)
{
	struct review_found found = { .types = 0 };
	struct err err = ERR_INIT;
	enum read_status status;

	arena_reset(&review->reading);
	status = review->source->next(review, &found, &err);
	if (status == READ_OK && add_record(review, &found, &err) == 0)
		return 0;
	if (status == READ_BAD) {
		review->totals.unreadable++;
		return 0;
	}
	end_index(review);
	if (status != READ_EOF)
		return review_fail(review, &err);
	review->bytes_read = (size_t)review->stat.st_size;
	if (review_text_check(review) < 0)
		return -1;
	if (review->predictions.path && (review->predictions.known_types != review->types.names.n ||
					 review->predictions.strangers))
		review_predictions_again(review);
	return 0;
}
