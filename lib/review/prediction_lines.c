/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the lines of a file of predictions are. Joining a million of them takes a while; a record that
 * is looked at before its turn has the prediction that is its own if they are in order.
 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BLOCK ((size_t)256 << 10)
#define GUESS_LIMIT ((uint64_t)1 << 20) /* bytes of a line that is read for a guess */

/* Note where a line begins, unless it is blank. */
static int add_line(struct review_lines *lines, uint64_t begin, const char *text, size_t length)
{
	size_t blank = 0;

	while (blank < length && strchr(" \t\r\n", text[blank]) && text[blank])
		blank++;
	if (blank == length)
		return 0;
	if (GROW(lines->begins, lines->n_begins, lines->begins_capacity) < 0)
		return -1;
	lines->begins[lines->n_begins++] = begin;
	return 0;
}

/* The lines that begin in one block; the first one begins in it or before. */
static int scan_block(struct review_lines *lines, const char *block, size_t length)
{
	const char *at = block, *end = block + length, *feed;

	while (at < end) {
		feed = memchr(at, '\n', (size_t)(end - at));
		if (!lines->in_line &&
		    add_line(lines, lines->scanned + (uint64_t)(at - block), at,
			     (size_t)((feed ? feed + 1 : end) - at)) < 0)
			return -1;
		lines->in_line = !feed;
		at = feed ? feed + 1 : end;
	}
	lines->scanned += length;
	return 0;
}

bool review_prediction_lines_step(struct review *review)
{
	struct review_lines *lines = &review->predictions;
	char *block;
	ssize_t got;

	if (!lines->open || lines->all_scanned)
		return false;
	block = malloc(BLOCK);
	got = block ? pread(fileno(lines->lines.stream), block, BLOCK, (off_t)lines->scanned) : -1;
	/* Without them, predictions only come later. */
	lines->all_scanned = got <= 0 || scan_block(lines, block, (size_t)got) < 0;
	free(block);
	if (lines->all_scanned)
		review_forget_all(review); /* some were looked at without */
	return true;
}

bool review_guess_prediction(const struct review *review, size_t record,
			     struct review_entry *guessed)
{
	const struct review_lines *lines = &review->predictions;
	size_t line;

	if (!lines->open || record < lines->next)
		return false;
	line = record - lines->next + lines->taken;
	if (line + 1 >= lines->n_begins || lines->begins[line + 1] - lines->begins[line] > GUESS_LIMIT)
		return false;
	guessed->live = false;
	guessed->prediction = lines->begins[line];
	guessed->prediction_length = (uint32_t)(lines->begins[line + 1] - lines->begins[line]);
	return true;
}
