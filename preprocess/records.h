/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a split one after the other, whatever the task: a tweet of a CoNLL file or a line
 * of an MNRE file, with what both have in common.
 *
 *	while ((status = records_next(&records, &record, &arena, &err)) > READ_EOF) {
 *		if (status == READ_OK) use(&record);
 *		arena_reset(&arena);
 *	}
 */
#ifndef TAGSIGHT_PREPROCESS_RECORDS_H
#define TAGSIGHT_PREPROCESS_RECORDS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"
#include "lib/formats/sentence_reader.h"

#include <stddef.h>

struct records {
	const struct split *split;
	struct sentence_reader sentences;
	struct mnre_reader *mnre; /* NULL: the split has sentences */
};

struct record {
	const char *id;     /* of the picture: "8", or an MNRE file name; NULL without one */
	const char *name;   /* "IMGID:8", or the line number from 0 */
	size_t number;      /* in the file, from 0 */
	const char **words; /* [n_words] */
	size_t n_words;
	const struct sentence *sentence; /* NER, else NULL */
	const struct relation *relation; /* RE, else NULL */
};

int records_open(struct records *records, const struct split *split, struct err *err);
void records_close(struct records *records);

/* The next record; all of it belongs to the arena. READ_BAD: it was stepped over, *err says why. */
enum read_status records_next(struct records *records, struct record *record, struct arena *arena,
			      struct err *err);

#endif
