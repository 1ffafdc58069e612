/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sentences of a split, however they are kept: a CoNLL file, or UMGF's folder of files.
 *
 *	struct sentence_reader reader = SENTENCE_READER_INIT;
 *	if (sentence_reader_open(&reader, split->text, &err) < 0) ...
 *	while ((status = sentence_reader_next(&reader, &sentence, &arena, &err)) > READ_EOF) ...
 *	sentence_reader_close(&reader);
 */
#ifndef TAGSIGHT_FORMATS_SENTENCE_READER_H
#define TAGSIGHT_FORMATS_SENTENCE_READER_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/sentence.h"

struct conll_reader;
struct umgf_text_reader;

struct sentence_reader {
	struct conll_reader *conll; /* one of the two is open */
	struct umgf_text_reader *umgf;
};

#define SENTENCE_READER_INIT { NULL, NULL }

/* `path` is a file, "-" for standard input, or a folder. On failure there is nothing to close. */
int sentence_reader_open(struct sentence_reader *reader, const char *path, struct err *err);
void sentence_reader_close(struct sentence_reader *reader);

/* As conll_next() and umgf_text_next() have it. */
enum read_status sentence_reader_next(struct sentence_reader *reader, struct sentence *sentence,
				      struct arena *arena, struct err *err);

#endif
