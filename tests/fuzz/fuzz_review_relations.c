/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/review/relations.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file without a name on disk. */
struct hidden {
	int fd;
	char path[64];
};

static struct hidden hidden_file(const void *bytes, size_t size)
{
	struct hidden file = { memfd_create("fuzz", MFD_CLOEXEC), "" };

	if (file.fd < 0 || write(file.fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(file.path, sizeof(file.path), "/proc/self/fd/%d", file.fd);
	return file;
}

/* Take the bytes up to a zero byte off the input. */
static struct hidden take(const uint8_t **data, size_t *size)
{
	const uint8_t *end = *size ? memchr(*data, 0, *size) : NULL;
	size_t length = end ? (size_t)(end - *data) : *size;
	struct hidden file = hidden_file(*data, length);

	*data += length + (end ? 1 : 0);
	*size -= length + (end ? 1 : 0);
	return file;
}

/* What the review would save. */
static char *written(struct review *review, size_t *length)
{
	struct err err = ERR_INIT;
	char *bytes = NULL;
	FILE *out = open_memstream(&bytes, length);

	if (!out || review_write(review, out, &err) < 0 || fclose(out) != 0)
		abort();
	return bytes;
}

static void flip_all(struct review *review)
{
	struct err err = ERR_INIT;

	for (size_t i = 0; i < review_count(review); i++)
		if (review_flip(review, i, &err) != 1)
			abort();
}

/* What was flipped and saved has as many relations, and flipped again it is the text. */
static void flip_twice(struct review *review, const char *text, size_t length)
{
	struct err err = ERR_INIT;
	size_t n = 0;
	char *bytes, *back;
	struct hidden file;
	struct review *again;

	flip_all(review);
	bytes = written(review, &n);
	file = hidden_file(bytes, n);
	again = review_open_relations(file.path, &err);
	if (!again || review_count(again) != review_count(review))
		abort();
	flip_all(again);
	back = written(again, &n);
	if (n != length || memcmp(back, text, n) != 0)
		abort();
	review_free(again);
	close(file.fd);
	free(back);
	free(bytes);
}

/* All edits taken back give the text, unless a journal, which may say anything, came before them. */
static void edit(struct review *review, const char *text, size_t length, bool fresh)
{
	struct err err = ERR_INIT;
	size_t record, n = 0;
	char *bytes;

	for (size_t i = 0; i < review_count(review); i++) {
		review_accept_prediction(review, i, &err);
		review_set_relation(review, i, "it's \"/a\" \\", &err);
		free(written(review, &n));
	}
	while (review_undo(review, &record, &err) > 0)
		;
	bytes = written(review, &n);
	if (fresh && (n != length || memcmp(bytes, text, n) != 0))
		abort();
	free(bytes);
	if (fresh)
		flip_twice(review, text, length);
}

/* A text, predictions and a journal, apart by a zero byte. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	size_t left = size, length;
	struct hidden file = take(&data, &left);
	struct hidden predictions, journal;
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	bool fresh;
	struct review *review = review_open_relations(file.path, &err);

	if (!review)
		abort();
	length = (size_t)lseek(file.fd, 0, SEEK_END);
	predictions = take(&data, &left);
	fresh = left == 0;
	journal = take(&data, &left);
	if (review_read_predictions(review, predictions.path, &note, &err) < 0)
		abort();
	if (review_attach_journal(review, journal.path, &note, &err) == 0 &&
	    review_finish(review, &err) == 0)
		edit(review, text, length, fresh);
	review_free(review);
	buf_release(&note);
	close(file.fd);
	close(predictions.fd);
	close(journal.fd);
	return 0;
}
