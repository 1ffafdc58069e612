/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/repair/unified_diff.h"

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define CONTEXT 3

struct unified_diff {
	FILE *stream;
	char *path;
	bool headed;              /* the two lines that name the file are written */
	struct buf before, after; /* whole lines of the original and what replaces them, so far */
	struct buf context[CONTEXT]; /* the last lines that are the same, oldest first */
	size_t n_context;
	struct buf hunk; /* empty between hunks */
	size_t n_same;   /* lines at the end of the hunk that are the same */
	size_t same_at;  /* bytes of the hunk before these */
	size_t old_line, new_line;   /* the next ones, from 1 */
	size_t old_start, new_start; /* of the hunk */
	size_t old_count, new_count; /* lines of the hunk */
	bool failed;
};

struct unified_diff *unified_diff_new(FILE *stream, const char *path)
{
	struct unified_diff *diff = calloc(1, sizeof(*diff));

	if (!diff)
		return NULL;
	diff->stream = stream;
	diff->old_line = diff->new_line = 1;
	buf_init(&diff->before);
	buf_init(&diff->after);
	buf_init(&diff->hunk);
	for (size_t i = 0; i < CONTEXT; i++)
		buf_init(&diff->context[i]);
	diff->path = strdup(path);
	if (!diff->path) {
		free(diff);
		return NULL;
	}
	return diff;
}

/* A tab ends a name that holds blanks. */
static void write_head(struct unified_diff *diff)
{
	const char *tab = strchr(diff->path, ' ') ? "\t" : "";

	if (!diff->headed)
		fprintf(diff->stream, "--- %s%s\n+++ %s%s\n", diff->path, tab, diff->path, tab);
	diff->headed = true;
}

/* A hunk without lines on one side names the line before. */
static void write_range(FILE *stream, char sign, size_t start, size_t count)
{
	fprintf(stream, "%c%zu", sign, count ? start : start - 1);
	if (count != 1)
		fprintf(stream, ",%zu", count);
}

static void write_hunk(struct unified_diff *diff)
{
	if (!diff->hunk.length)
		return;
	write_head(diff);
	fputs("@@ ", diff->stream);
	write_range(diff->stream, '-', diff->old_start, diff->old_count);
	fputc(' ', diff->stream);
	write_range(diff->stream, '+', diff->new_start, diff->new_count);
	fputs(" @@\n", diff->stream);
	fwrite(diff->hunk.data, 1, diff->hunk.length, diff->stream);
	diff->failed |= diff->hunk.failed;
	buf_clear(&diff->hunk);
	diff->old_count = diff->new_count = diff->n_same = 0;
}

static void add_line(struct unified_diff *diff, char sign, const char *text, size_t length)
{
	buf_add_char(&diff->hunk, sign);
	buf_add(&diff->hunk, text, length);
	if (text[length - 1] != '\n')
		buf_add_string(&diff->hunk, "\n\\ No newline at end of file\n");
	diff->old_count += sign != '+';
	diff->new_count += sign != '-';
}

static void remember(struct unified_diff *diff, const char *text, size_t length)
{
	if (diff->n_context == CONTEXT) {
		struct buf oldest = diff->context[0];

		memmove(diff->context, diff->context + 1, (CONTEXT - 1) * sizeof(*diff->context));
		diff->context[CONTEXT - 1] = oldest;
		diff->n_context--;
	}
	buf_clear(&diff->context[diff->n_context]);
	buf_add(&diff->context[diff->n_context], text, length);
	diff->failed |= diff->context[diff->n_context++].failed;
}

/* A line that is the same. A hunk ends where the context behind it and that before the next change would
 * not touch. */
static void same_line(struct unified_diff *diff, const char *text, size_t length)
{
	remember(diff, text, length);
	if (diff->hunk.length) {
		if (diff->n_same == CONTEXT)
			diff->same_at = diff->hunk.length;
		add_line(diff, ' ', text, length);
		if (++diff->n_same == 2 * CONTEXT) {
			diff->hunk.length = diff->same_at;
			diff->old_count -= CONTEXT;
			diff->new_count -= CONTEXT;
			write_hunk(diff);
		}
	}
	diff->old_line++;
	diff->new_line++;
}

static void start_hunk(struct unified_diff *diff)
{
	diff->old_start = diff->old_line - diff->n_context;
	diff->new_start = diff->new_line - diff->n_context;
	for (size_t i = 0; i < diff->n_context; i++)
		add_line(diff, ' ', diff->context[i].data, diff->context[i].length);
}

/* Each line of `text` with this sign; their number. */
static size_t add_lines(struct unified_diff *diff, char sign, const struct buf *text)
{
	const char *at = text->data, *end = at + text->length;
	size_t n = 0;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *next = newline ? newline + 1 : end;

		add_line(diff, sign, at, (size_t)(next - at));
		at = next;
		n++;
	}
	return n;
}

/* What was collected is complete: the original's part ends with a line, or with the file. */
static void settle(struct unified_diff *diff)
{
	struct buf *before = &diff->before, *after = &diff->after;

	if (before->length == after->length &&
	    memcmp(before->data, after->data, before->length) == 0) {
		if (before->length)
			same_line(diff, before->data, before->length);
	} else {
		if (!diff->hunk.length)
			start_hunk(diff);
		diff->n_same = 0;
		diff->old_line += add_lines(diff, '-', before);
		diff->new_line += add_lines(diff, '+', after);
		diff->n_context = 0;
	}
	diff->failed |= before->failed || after->failed;
	buf_clear(before);
	buf_clear(after);
}

void unified_diff_add(struct unified_diff *diff, const char *before, size_t before_length,
		      const char *after, size_t after_length)
{
	buf_add(&diff->before, before, before_length);
	buf_add(&diff->after, after, after_length);
	if (before_length && before[before_length - 1] == '\n')
		settle(diff);
}

/* Take the context behind the last change back to its length. */
static void trim_hunk(struct unified_diff *diff)
{
	if (diff->n_same <= CONTEXT)
		return;
	diff->hunk.length = diff->same_at;
	diff->old_count -= diff->n_same - CONTEXT;
	diff->new_count -= diff->n_same - CONTEXT;
}

int unified_diff_free(struct unified_diff *diff, struct err *err)
{
	bool failed;

	if (!diff)
		return 0;
	settle(diff);
	trim_hunk(diff);
	write_hunk(diff);
	failed = diff->failed;
	buf_release(&diff->before);
	buf_release(&diff->after);
	buf_release(&diff->hunk);
	for (size_t i = 0; i < CONTEXT; i++)
		buf_release(&diff->context[i]);
	free(diff->path);
	free(diff);
	return failed ? err_set_memory(err) : 0;
}
