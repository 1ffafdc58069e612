/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/corpus/prediction.h"
#include "lib/review/relations.h"
#include "lib/review/tags.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SOON 64 /* records to look through when predictions are missing */

void review_lines_close(struct review_lines *lines)
{
	if (lines->path)
		json_lines_close(&lines->lines);
	free(lines->path);
	free(lines->begins);
	memset(lines, 0, sizeof(*lines));
}

/* The predicted tags in the data's spelling, as an array of the arena. */
static const char **spelt(const struct review *review, const struct prediction *prediction,
			  struct arena *arena)
{
	const char **tags = arena_alloc(arena, prediction->n, sizeof(*tags));

	for (size_t i = 0; tags && i < prediction->n; i++) {
		const char *type = tag_type(prediction->tags[i]), *known;

		tags[i] = prediction->tags[i];
		known = type ? entity_types_spelling(&review->types, type) : NULL;
		if (known != type)
			tags[i] = arena_format(arena, "%c-%s", tags[i][0], known);
		if (!tags[i])
			return NULL;
	}
	return tags;
}

static bool valid_tags(const struct prediction *prediction)
{
	for (size_t i = 0; i < prediction->n; i++)
		if (!tag_is_valid(prediction->tags[i]))
			return false;
	return true;
}

/* What the line says of all labels, for a record that is looked at; walks over all have no use for it. */
static const struct label_probabilities *read_probabilities(const struct review *review, const json_t *object,
							    struct review_slot *slot)
{
	struct label_probabilities *read;
	struct err ignored = ERR_INIT;

	if (slot == &review->cache->scan || !json_object_get(object, "probabilities"))
		return NULL;
	read = arena_alloc(&slot->arena, 1, sizeof(*read));
	if (!read || label_probabilities_read(object, read, &slot->arena, &ignored) < 0)
		return NULL;
	return read->labels && read->rows && read->n == slot->value.sentence.n_tokens ? read : NULL;
}

/* By how much the likeliest label of a word is ahead of the next one; NO_CONFIDENCE for what is no row. */
static float row_margin(const json_t *row)
{
	double first = 0, second = 0;
	const json_t *value;
	size_t i;

	if (json_array_size(row) == 0)
		return NO_CONFIDENCE;
	json_array_foreach(row, i, value) {
		double p = json_number_value(value);

		if (!(p >= 0 && p <= 1))
			return NO_CONFIDENCE;
		second = p > first ? first : p > second ? p : second;
		first = p > first ? p : first;
	}
	return (float)(first - second);
}

static float least_margin(const json_t *object)
{
	float least = NO_CONFIDENCE;
	const json_t *row;
	size_t i;

	json_array_foreach(json_object_get(object, "probabilities"), i, row) {
		float margin = row_margin(row);

		least = margin < least ? margin : least;
	}
	return least;
}

/* Where nothing is known of the other labels, one of them may have all that the confidence leaves. */
static float margin_of(const struct review_slot *slot, float confidence)
{
	if (slot->margin != NO_CONFIDENCE)
		return slot->margin;
	return confidence > 0.5F ? 2 * confidence - 1 : 0;
}

bool review_tweet_predict(const struct review *review, const json_t *object, struct review_slot *slot)
{
	struct review_record *record = &slot->value;
	struct prediction prediction;
	struct err ignored = ERR_INIT;

	if (prediction_read(object, &record->sentence, &prediction, &slot->arena, &ignored) < 0 ||
	    prediction.n != record->sentence.n_tokens || !valid_tags(&prediction))
		return false;
	record->predicted = spelt(review, &prediction, &slot->arena);
	record->confidence = record->predicted ? prediction.confidence : NULL;
	record->probabilities = read_probabilities(review, object, slot);
	if (slot == &review->cache->scan)
		slot->margin = least_margin(object);
	return record->predicted != NULL;
}

static int read_line(const struct review *review, const struct review_entry *entry, char *bytes)
{
	int fd = entry->live ? review->live.fd : fileno(review->predictions.lines.stream);
	size_t got = 0, length = entry->prediction_length;

	while (got < length) {
		ssize_t n = pread(fd, bytes + got, length - got, (off_t)(entry->prediction + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return -1;
		got += (size_t)n;
	}
	return 0;
}

bool review_load_prediction(const struct review *review, const struct review_entry *entry,
			    struct review_slot *slot)
{
	char *bytes = malloc(entry->prediction_length);
	json_t *object = NULL;
	bool about;

	if (bytes && read_line(review, entry, bytes) == 0)
		object = json_loadb(bytes, entry->prediction_length, 0, NULL);
	about = object && review->source->predict(review, object, slot);
	json_decref(object);
	free(bytes);
	return about;
}

static float least_confidence(const struct review_record *record)
{
	float least = record->relation ? record->relation->confidence : 1;

	for (size_t i = 0; record->confidence && i < record->sentence.n_tokens; i++)
		if (record->confidence[i] < least)
			least = record->confidence[i];
	return least;
}

bool review_prediction_fits(struct review *review, size_t at, const json_t *object)
{
	struct review_slot *slot = &review->cache->scan;
	struct review_record before;

	if (!review_scan(review, at))
		return false;
	before = slot->value;
	if (!review->source->predict(review, object, slot))
		return false;
	/* What another line said of it counts no more. */
	review_unscore(review, at, &before);
	return true;
}

void review_join_prediction(struct review *review, size_t at, const struct review_line *line)
{
	const struct review_record *record = &review->cache->scan.value;
	struct review_entry *entry = &review->entries[at];
	size_t differing = review_differing(record);

	review_tally(review, entry, false);
	entry->prediction = line->begin;
	entry->prediction_length = line->length;
	entry->live = line->live;
	entry->differing = (uint16_t)(differing < UINT16_MAX ? differing : UINT16_MAX);
	entry->types |= review_record_bits(review, record);
	entry->confidence = least_confidence(record);
	entry->margin = margin_of(&review->cache->scan, entry->confidence);
	review_tally(review, entry, true);
	review_score_joined(review, at, record);
	review_forget(review, at);
}

/* Join the line read last, if it is about this record. */
static bool join(struct review *review, size_t at, const json_t *object)
{
	const struct json_lines *lines = &review->predictions.lines;
	struct review_line line = { lines->begin, (uint32_t)(lines->end - lines->begin), false };

	if (!review_prediction_fits(review, at, object))
		return false;
	review_join_prediction(review, at, &line);
	return true;
}

void review_join_guess(struct review *review, size_t record)
{
	struct review_entry guessed = review->entries[record];
	json_t *object = NULL;
	char *bytes;

	if (guessed.prediction_length || !review_guess_prediction(review, record, &guessed))
		return;
	bytes = malloc(guessed.prediction_length);
	if (bytes && read_line(review, &guessed, bytes) == 0)
		object = json_loadb(bytes, guessed.prediction_length, 0, NULL);
	if (object && review_prediction_fits(review, record, object)) {
		struct review_line line = { guessed.prediction, guessed.prediction_length, false };

		review_join_prediction(review, record, &line);
	}
	json_decref(object);
	free(bytes);
}

/* The record that the prediction is for, of those with its id that come soon: some records before it
 * had none. SIZE_MAX: none of them. */
static size_t join_soon(struct review *review, const json_t *object, const char *id)
{
	size_t first = review->predictions.next + 1;

	for (size_t at = first; at < first + SOON; at++) {
		at = review_next_with_id(review, at, first + SOON, id);
		if (at != SIZE_MAX && join(review, at, object))
			return at;
		if (at == SIZE_MAX)
			break;
	}
	return SIZE_MAX;
}

/* Join one prediction to the record that it is for: the one that is next by order, else one with its
 * id. */
static bool place(struct review *review, const json_t *object)
{
	const char *id = json_get_string(object, "id", NULL);
	size_t *next = &review->predictions.next, at;

	if (*next < review->n_records && join(review, *next, object)) {
		++*next;
		return true;
	}
	if (!id)
		return false;
	if (strncmp(id, "IMGID:", strlen("IMGID:")) == 0)
		id += strlen("IMGID:");
	at = join_soon(review, object, id);
	if (at == SIZE_MAX) {
		at = review_record_by_id(review, id);
		if (at == SIZE_MAX || !join(review, at, object))
			return false;
	}
	*next = at + 1;
	return true;
}

static void end_of_predictions(struct review *review)
{
	struct review_lines *predictions = &review->predictions;

	predictions->open = false;
	free(predictions->begins);
	predictions->begins = NULL;
	predictions->n_begins = predictions->begins_capacity = 0;
	if (predictions->strangers && !review->reader)
		buf_add_format(&review->note, "%s%zu predictions of '%s' fit no record of '%s'",
			       review->note.length ? "; " : "", predictions->strangers,
			       predictions->path, review->path);
}

bool review_predictions_step(struct review *review)
{
	struct review_lines *predictions = &review->predictions;
	struct err err = ERR_INIT;
	enum read_status status;
	json_t *object;

	if (!predictions->open)
		return false;
	status = json_lines_next(&predictions->lines, &object, &err);
	predictions->taken += status > READ_EOF;
	if (status > READ_EOF && (status != READ_OK || !place(review, object)))
		predictions->strangers++;
	json_decref(object);
	if (status == READ_FAIL)
		review_fail(review, &err);
	if (status <= READ_EOF)
		end_of_predictions(review);
	return true;
}

void review_predictions_again(struct review *review)
{
	struct review_lines *predictions = &review->predictions;

	for (size_t i = 0; i < review->n_records; i++) {
		struct review_entry *entry = &review->entries[i];

		review_tally(review, entry, false);
		entry->prediction_length = 0;
		entry->differing = 0;
		entry->confidence = NO_CONFIDENCE;
		review_tally(review, entry, true);
	}
	review_forget_all(review);
	review_scores_clear(review);
	rewind(predictions->lines.stream);
	predictions->lines.begin = predictions->lines.end = predictions->lines.line = 0;
	predictions->next = predictions->strangers = predictions->taken = 0;
	predictions->known_types = review->types.names.n;
	predictions->open = true;
}

int review_read_predictions(struct review *review, const char *path, struct buf *note,
			    struct err *err)
{
	struct review_lines *predictions = &review->predictions;

	review_lines_close(predictions);
	predictions->path = strdup(path);
	if (!predictions->path)
		return err_set_memory(err);
	if (json_lines_open(&predictions->lines, predictions->path, err) < 0) {
		review_lines_close(predictions);
		return -1;
	}
	predictions->open = true;
	predictions->known_types = review->types.names.n;
	while (predictions->open && predictions->lines.end < REVIEW_OPENING_BYTES &&
	       predictions->lines.line < (review->reader ? REVIEW_FIRST_RECORDS : SIZE_MAX))
		review_predictions_step(review);
	review_take_note(review, note);
	return review_fault(review, err);
}
