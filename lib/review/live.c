/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/live.h"

#include "lib/base/file.h"
#include "lib/review/review_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define VERSION 1

bool review_expects_predictions(const struct review *review)
{
	return review->predictions.path && (review->predictions.open || review->reader);
}

bool review_takes_predictions(const struct review *review)
{
	return !review->reader && !review->predictions.open && !review->live.open &&
	       review->cache->fault.kind == ERR_NONE;
}

bool review_lacks_prediction(const struct review *review, size_t record)
{
	const struct review_entry *entry = &review->entries[record];

	return entry->n_tokens && !entry->prediction_length;
}

const struct sentence *review_words(const struct review *review, size_t record)
{
	const struct review_record *read = review_scan(review, record);

	return read ? &read->sentence : NULL;
}

void review_live_close(struct review_live *live)
{
	if (live->open)
		json_lines_close(&live->lines);
	if (live->fd >= 0)
		close(live->fd);
	free(live->path);
	*live = (struct review_live){ .fd = -1 };
}

/* Append a line. What could not be kept whole is a torn line, which the next one overwrites or the next
 * opening takes away. */
static int append(struct review_live *live, const struct buf *line, struct err *err)
{
	size_t wrote = 0;

	while (wrote < line->length) {
		ssize_t n = pwrite(live->fd, line->data + wrote, line->length - wrote,
				   (off_t)(live->end + wrote));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set_errno(err, "keep predictions in", live->path);
		wrote += (size_t)n;
	}
	live->end += line->length;
	return 0;
}

/* Where the last whole line ends. */
static uint64_t end_of_lines(int fd)
{
	char bytes[4096];
	off_t end = lseek(fd, 0, SEEK_END);

	while (end > 0) {
		size_t n = (size_t)end < sizeof(bytes) ? (size_t)end : sizeof(bytes);
		const char *last;

		if (pread(fd, bytes, n, end - (off_t)n) != (ssize_t)n)
			return 0;
		last = memrchr(bytes, '\n', n);
		if (last)
			return (uint64_t)end - n + (uint64_t)(last - bytes) + 1;
		end -= (off_t)n;
	}
	return 0;
}

/* Whether the first line names the model; those behind it are to be read then. */
static bool is_of_model(struct review_live *live, const char *model)
{
	struct err ignored = ERR_INIT;
	json_t *object = NULL;
	bool same;

	if (live->end == 0 || json_lines_open(&live->lines, live->path, &ignored) < 0)
		return false;
	same = json_lines_next(&live->lines, &object, &ignored) == READ_OK &&
	       json_get_number(object, "review-predictions", 0) == VERSION &&
	       strcmp(json_get_string(object, "model", ""), model) == 0;
	json_decref(object);
	if (!same)
		json_lines_close(&live->lines);
	return same;
}

static int begin_file(struct review_live *live, const char *model, struct err *err)
{
	struct buf line = BUF_INIT;
	json_t *head = json_pack("{s:i, s:o}", "review-predictions", VERSION, "model",
				 json_text(model));
	char *text = head ? json_dumps(head, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;
	int rc = -1;

	if (text)
		buf_add_format(&line, "%s\n", text);
	live->end = 0;
	if (!text || line.failed)
		err_set_memory(err);
	else if (ftruncate(live->fd, 0) < 0)
		err_set_errno(err, "empty", live->path);
	else
		rc = append(live, &line, err);
	json_decref(head);
	free(text);
	buf_release(&line);
	return rc;
}

/* A file that is gone with the review. */
static int open_nameless(struct err *err)
{
	FILE *stream = tmpfile();
	int fd = stream ? dup(fileno(stream)) : -1;

	if (fd < 0)
		err_set_errno(err, "open", "a temporary file for predictions");
	if (stream)
		fclose(stream);
	return fd;
}

int review_keep_predictions(struct review *review, const char *path, const char *model,
			    struct err *err)
{
	struct review_live *live = &review->live;
	struct err ignored = ERR_INIT;

	if (live->fd >= 0)
		return 0;
	live->path = strdup(path);
	if (!live->path)
		return err_set_memory(err);
	if (file_make_parents(path, &ignored) == 0 && file_lock(path, &live->fd, &ignored) == 0)
		live->end = end_of_lines(live->fd);
	else
		live->fd = open_nameless(err);
	if (live->fd < 0)
		return -1;
	if (is_of_model(live, model)) {
		live->open = true;
		return 0;
	}
	return begin_file(live, model, err);
}

static size_t record_of(const json_t *object)
{
	json_int_t record = json_integer_value(json_object_get(object, "record"));

	return json_object_get(object, "record") && record >= 0 ? (size_t)record : SIZE_MAX;
}

/* To the record that the line says it is of, or the one with its id. */
static void join_line(struct review *review, const json_t *object, const struct review_line *line)
{
	size_t places[2] = { record_of(object), SIZE_MAX };
	const char *id = json_get_string(object, "id", NULL);

	places[1] = id ? review_record_by_id(review, id) : SIZE_MAX;
	for (size_t i = 0; i < 2; i++)
		if (places[i] < review->n_records && review_lacks_prediction(review, places[i]) &&
		    review_prediction_fits(review, places[i], object)) {
			review_join_prediction(review, places[i], line);
			return;
		}
}

bool review_live_step(struct review *review)
{
	struct review_live *live = &review->live;
	struct err err = ERR_INIT;
	enum read_status status = READ_EOF;
	json_t *object = NULL;

	if (!live->open)
		return false;
	if (live->lines.end < live->end)
		status = json_lines_next(&live->lines, &object, &err);
	if (status == READ_OK) {
		struct review_line line = { live->lines.begin,
					    (uint32_t)(live->lines.end - live->lines.begin), true };

		join_line(review, object, &line);
	}
	json_decref(object);
	if (status <= READ_EOF) {
		json_lines_close(&live->lines);
		live->open = false;
	}
	return true;
}

/* The prediction as a line of the file. */
static void write_line(struct buf *line, size_t record, const struct sentence *sentence,
		       const struct prediction *prediction)
{
	struct prediction tags = *prediction;
	char *text = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&text, &length);

	tags.probabilities = NULL;
	if (stream)
		prediction_write(stream, sentence, &tags, NULL, 0);
	if (!stream || fclose(stream) != 0 || length < 2)
		line->failed = true;
	else
		buf_add_format(line, "{\"record\":%zu,%s", record, text + 1);
	free(text);
}

int review_put_prediction(struct review *review, size_t record, const struct prediction *prediction,
			  struct err *err)
{
	const struct sentence *sentence;
	struct buf line = BUF_INIT;
	struct review_line place = { review->live.end, 0, true };
	json_t *object = NULL;
	int rc = 0;

	if (record >= review->n_records || !review_lacks_prediction(review, record))
		return 0;
	sentence = review_words(review, record);
	if (!sentence || prediction->n != sentence->n_tokens)
		return review_fault(review, err);
	write_line(&line, record, sentence, prediction);
	if (!line.failed)
		object = json_loadb(line.data, line.length, 0, NULL);
	if (line.failed || line.length > UINT32_MAX)
		rc = err_set_memory(err);
	else if (object && review_prediction_fits(review, record, object))
		rc = append(&review->live, &line, err) < 0 ? -1 : 1;
	place.length = (uint32_t)line.length;
	if (rc > 0)
		review_join_prediction(review, record, &place);
	json_decref(object);
	buf_release(&line);
	return rc;
}
