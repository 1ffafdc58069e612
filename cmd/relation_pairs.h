/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Gold and predicted relations side by side, from a gold and a predicted file or from one that holds
 * both. A file is MNRE lines, or the JSON Lines of `tagsight predict`: there "gold" is the gold relation
 * and "relation" the predicted one.
 *
 *	while ((status = relation_pairs_next(pairs, &pair, &err)) == READ_OK) ...
 */
#ifndef TAGSIGHT_CMD_RELATION_PAIRS_H
#define TAGSIGHT_CMD_RELATION_PAIRS_H

#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Strings live until the next call. */
struct relation_pair {
	const char *gold, *guess;
	const char *gold_file, *guess_file;
	size_t gold_line, guess_line; /* from 1 */
};

struct relation_pairs;

/* `guess` is NULL when `gold` holds both. */
struct relation_pairs *relation_pairs_open(const char *gold, const char *guess, struct err *err);
void relation_pairs_close(struct relation_pairs *pairs);

/* READ_OK, READ_EOF, or READ_FAIL when the two do not fit together or cannot be read. */
enum read_status relation_pairs_next(struct relation_pairs *pairs, struct relation_pair *pair,
				     struct err *err);

/* Whether the first line of a file is a relation. False for what is no regular file, since reading
 * a pipe would use its bytes up. */
bool relation_pairs_likely(const char *path);

#endif
