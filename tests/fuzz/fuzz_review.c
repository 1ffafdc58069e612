/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/formats/conll.h"
#include "lib/review/queue.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct review_record *record, const struct sentence *sentence)
{
	if (record->sentence.n_tokens != sentence->n_tokens ||
	    record->sentence.line_number != sentence->line_number ||
	    record->sentence.id_line != sentence->id_line)
		abort();
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (strcmp(record->sentence.tokens[i].word, sentence->tokens[i].word) != 0)
			abort();
}

/* Every record is what the reader of the format gives. */
static void compare_all(const struct review *review, const char *path)
{
	struct err err = ERR_INIT;
	struct conll_reader *reader = conll_open(path, &err);
	struct arena arena = ARENA_INIT;
	struct sentence sentence;
	enum read_status status;
	size_t n = 0;

	while ((status = conll_next(reader, &sentence, &arena, &err)) > READ_EOF)
		if (status == READ_OK)
			compare(review_record(review, n++), &sentence);
	if (n != review_count(review))
		abort();
	conll_close(reader);
	arena_release(&arena);
}

static void look_through(struct review *review)
{
	struct review_queue *queue = review_queue_new(review);
	struct review_filter filter = REVIEW_FILTER_INIT;
	struct review_search search;
	struct err err = ERR_INIT;

	review_filter_add(&filter, review, "e", &err);
	review_queue_make(queue, ORDER_DISAGREEMENT, 0, &filter);
	while (review_queue_work(queue, 1))
		;
	search = review_search_from(queue, GOAL_TEXT, "a b", 0, true);
	while (review_search_work(queue, &search, 1) == SEARCH_MORE)
		;
	review_filter_release(&filter);
	review_queue_free(queue);
}

/* A text of any bytes is indexed, read record by record, searched, edited and saved: where nothing is
 * edited, as the very same bytes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char out[64], path[64];
	int fd = memfd_create("fuzz", MFD_CLOEXEC);
	struct err err = ERR_INIT;
	struct buf saved = BUF_INIT;
	struct review *review;

	snprintf(out, sizeof(out), "/tmp/tagsight-fuzz-review-%ld", (long)getpid());
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	review = review_open(path, &err);
	if (!review || review_finish(review, &err) < 0)
		abort();
	compare_all(review, path);
	look_through(review);
	if (review_export(review, out, REVIEW_REPLACE, &err) < 0 ||
	    file_read_all(out, &saved, SIZE_MAX / 2, &err) < 0 || saved.length != size ||
	    (size && memcmp(saved.data, data, size) != 0))
		abort();
	for (size_t i = 0; i < review_count(review) && i < 3; i++)
		if (review_set(review, i, 0, 1, "PER", &err) < 0)
			abort();
	if (review_export(review, out, REVIEW_REPLACE, &err) < 0)
		abort();
	review_free(review);
	buf_release(&saved);
	unlink(out);
	close(fd);
	return 0;
}
