/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMGF's my_data: a folder with three files a tweet, N_s.txt with its words, N_l.txt with their tags, each
 * apart by tabs, and N_p.txt with the name of its picture. Of each file the first line counts. Tweets
 * come in the order of their files' names as strings: 100, 10, 1, 2.
 *
 *	while ((status = umgf_text_next(reader, &sentence, &arena, &err)) > READ_EOF) {
 *		if (status == READ_OK) ...
 *		arena_reset(&arena);
 *	}
 */
#ifndef TAGSIGHT_FORMATS_UMGF_TEXT_H
#define TAGSIGHT_FORMATS_UMGF_TEXT_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/sentence.h"

#define UMGF_TEXT_TWEETS ((size_t)1 << 20)     /* files in one folder */
#define UMGF_TEXT_LINE_LIMIT ((size_t)1 << 20) /* bytes of one line */

struct umgf_text_reader;

/* List the tweets of a folder; NULL on failure. One without any is ERR_DATA. */
struct umgf_text_reader *umgf_text_open(const char *folder, struct err *err);
void umgf_text_close(struct umgf_text_reader *reader);

/* The next tweet. READ_BAD: it was stepped over, *err says why, and sentence->record is its number: its
 * picture's name is missing, or there are not as many tags as words. Without N_l.txt there are no
 * tags. A token's line is what a CoNLL file would have of it; sentence->file is N_s.txt. */
enum read_status umgf_text_next(struct umgf_text_reader *reader, struct sentence *sentence,
				struct arena *arena, struct err *err);

#endif
