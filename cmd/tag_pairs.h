/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gold and predicted tags side by side, from one CoNLL file whose last two columns they are, from a
 * gold and a predicted CoNLL file, or from a gold file and the JSON Lines of `tagsight predict`. A
 * JSON Lines file with "gold" and "tags" serves alone, too.
 *
 *	while ((status = tag_pairs_next(pairs, &sentence, &err)) == READ_OK) ...
 */
#ifndef TAGSIGHT_CMD_TAG_PAIRS_H
#define TAGSIGHT_CMD_TAG_PAIRS_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* One sentence; arrays are [n] and live until the next call. */
struct tag_pair_sentence {
	size_t n;
	const char **words, **gold, **guess;
	const char *gold_file, *guess_file;
	size_t *gold_lines, *guess_lines; /* where each tag stands, from 1 */
	size_t documents; /* lines "-DOCSTART- ... O" of the gold file since the sentence before */
};

struct tag_pairs;

/* `guess` is NULL when `gold` holds both. */
struct tag_pairs *tag_pairs_open(const char *gold, const char *guess, struct err *err);
void tag_pairs_close(struct tag_pairs *pairs);

/* READ_OK, READ_EOF, or READ_FAIL when the two do not fit together or cannot be read. */
enum read_status tag_pairs_next(struct tag_pairs *pairs, struct tag_pair_sentence *sentence,
				struct err *err);

/* After READ_EOF: whether a blank line followed the last sentence; true for JSON Lines. */
bool tag_pairs_ended_blank(const struct tag_pairs *pairs);

#endif
