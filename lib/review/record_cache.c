/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records read from their bytes when they are wanted, and the last ones kept.
 */
#include "lib/review/review_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WINDOW ((size_t)256 << 10)

static const struct review_record nothing;

/* A change so quick that the time of the file does not show it. */
static int changed(const struct review *review)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_DATA, "'%s' has changed while it was read; open it again", review->path);
	return review_fail(review, &err);
}

static int read_bytes(const struct review *review, const struct review_entry *entry, char *bytes)
{
	size_t got = 0;
	struct err err = ERR_INIT;

	while (got < entry->length) {
		ssize_t n = pread(fileno(review->text), bytes + got, entry->length - got,
				  (off_t)(entry->offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set_errno(&err, "read", review->path);
			return review_fail(review, &err);
		}
		if (n == 0)
			break;
		got += (size_t)n;
	}
	if (review_text_check(review) < 0)
		return -1;
	return got == entry->length ? 0 : changed(review);
}

/* Read the sentence and the tags of an entry. */
static int load_text(const struct review *review, size_t number, struct review_slot *slot)
{
	const struct review_entry *entry = &review->entries[number];
	char *bytes = arena_alloc_raw(&slot->arena, entry->length, 1);
	struct text_piece piece = { review->path, bytes, entry->length, entry->line - 1, NULL };
	const struct sentence *sentence = &slot->value.sentence;
	struct err err = ERR_INIT;
	enum read_status status;

	if (!bytes) {
		err_set_memory(&err);
		return review_fail(review, &err);
	}
	if (read_bytes(review, entry, bytes) < 0)
		return -1;
	status = review->source->read(review, entry, &piece, slot, &err);
	if (status == READ_FAIL)
		return review_fail(review, &err);
	if (status != READ_OK || sentence->n_tokens != entry->n_tokens ||
	    (sentence->id != NULL) != (entry->id_hash != 0))
		return changed(review);
	slot->value.sentence.record = number;
	if (entry->decided) {
		slot->value.hard = review->decided[entry->decided - 1].marks.hard;
		slot->value.note = review->decided[entry->decided - 1].marks.note;
	}
	return 0;
}

static void predictions_changed(const struct review *review, const struct review_entry *entry)
{
	struct err err = ERR_INIT;

	err_set(&err, ERR_DATA, "'%s' has changed since it was opened; open it again",
		entry->live ? review->live.path : review->predictions.path);
	review_fail(review, &err);
}

/* Read a record into a slot whose arena is empty. */
static int load(const struct review *review, size_t number, struct review_slot *slot)
{
	const struct review_entry *entry = &review->entries[number];
	struct err err = ERR_INIT;

	memset(&slot->value, 0, sizeof(slot->value));
	slot->margin = NO_CONFIDENCE;
	slot->record = SIZE_MAX;
	if (load_text(review, number, slot) < 0)
		return -1;
	slot->value.findings = entry->findings;
	slot->value.state = (enum review_state)entry->state;
	if (entry->prediction_length && !review_load_prediction(review, entry, slot))
		predictions_changed(review, entry);
	if (review->n_annotators && review_load_readings(review, number, slot) < 0) {
		err_set_memory(&err);
		return review_fail(review, &err);
	}
	slot->record = number;
	return 0;
}

/* A prediction that comes before its turn. */
static void load_guess(const struct review *review, size_t number, struct review_slot *slot)
{
	struct review_entry guessed = review->entries[number];

	if (!guessed.prediction_length && review_guess_prediction(review, number, &guessed))
		review_load_prediction(review, &guessed, slot);
}

const struct review_record *review_scan(const struct review *review, size_t record)
{
	struct review_slot *slot = &review->cache->scan;

	arena_reset(&slot->arena);
	return load(review, record, slot) < 0 ? NULL : &slot->value;
}

/* Have the bytes from an offset in the window, or, for a walk backwards, up to an end. */
static int fill_window(const struct review *review, uint64_t begin, uint64_t end)
{
	struct review_cache *cache = review->cache;
	ssize_t got;

	if (!cache->window && !(cache->window = malloc(WINDOW + 1)))
		return -1;
	if (end <= cache->window_begin)
		begin = end > WINDOW ? end - WINDOW : 0;
	cache->hidden_at = NULL;
	got = pread(fileno(review->text), cache->window, WINDOW, (off_t)begin);
	cache->window_begin = begin;
	cache->window_end = begin + (got > 0 ? (uint64_t)got : 0);
	return cache->window_end >= end && review_text_check(review) == 0 ? 0 : -1;
}

const char *review_bytes(const struct review *review, size_t record)
{
	const struct review_entry *entry = &review->entries[record];
	struct review_cache *cache = review->cache;
	uint64_t begin = entry->offset, end = begin + entry->length;

	if (entry->length > WINDOW)
		return NULL;
	if (cache->hidden_at)
		*cache->hidden_at = cache->hidden;
	cache->hidden_at = NULL;
	if ((begin < cache->window_begin || end > cache->window_end) &&
	    fill_window(review, begin, end) < 0)
		return NULL;
	cache->hidden_at = cache->window + (end - cache->window_begin);
	cache->hidden = *cache->hidden_at;
	*cache->hidden_at = '\0';
	return cache->window + (begin - cache->window_begin);
}

/* The slot of a record, or the one that was not used for longest. */
static struct review_slot *choose_slot(struct review_cache *cache, size_t record)
{
	struct review_slot *oldest = &cache->slots[0];

	for (size_t i = 0; i < REVIEW_CACHED; i++) {
		struct review_slot *slot = &cache->slots[i];

		if (slot->used && slot->record == record)
			return slot;
		if (slot->used < oldest->used)
			oldest = slot;
	}
	return oldest;
}

const struct review_record *review_record(const struct review *review, size_t record)
{
	struct review_slot *slot = choose_slot(review->cache, record);

	if (!slot->used || slot->record != record) {
		arena_release(&slot->arena);
		slot->used = 0;
		if (load(review, record, slot) < 0)
			return &nothing;
		load_guess(review, record, slot);
	} else {
		review_text_check(review);
	}
	slot->used = ++review->cache->tick;
	return &slot->value;
}

void review_forget(const struct review *review, size_t record)
{
	for (size_t i = 0; i < REVIEW_CACHED; i++)
		if (review->cache->slots[i].record == record)
			review->cache->slots[i].record = SIZE_MAX;
}

void review_forget_all(const struct review *review)
{
	for (size_t i = 0; i < REVIEW_CACHED; i++)
		review->cache->slots[i].record = SIZE_MAX;
}

void review_cache_release(struct review_cache *cache)
{
	for (size_t i = 0; i < REVIEW_CACHED; i++)
		arena_release(&cache->slots[i].arena);
	arena_release(&cache->scan.arena);
	free(cache->window);
}
