/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts that say what a record's picture shows, for models that read them: words behind <EOS> in
 * the tweet itself, as ITA's prepared files have them; else what the side file says of the tweet, and
 * what is seen in its picture here and now.
 *
 *	if (record_contexts_open(&contexts, split, &sources, &err) < 0) ...
 *	record_contexts_find(&contexts, &sentence, &record, &arena, &err);
 *	record_contexts_close(&contexts);
 */
#ifndef TAGSIGHT_CMD_RECORD_CONTEXTS_H
#define TAGSIGHT_CMD_RECORD_CONTEXTS_H

#include "cmd/picture_words.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/prediction.h"
#include "preprocess/contexts.h"

#include <stdbool.h>

/* What the user asked for. */
struct context_sources {
	const char *file; /* a side file; NULL: the split's own SPLIT_captions.tsv, where it exists */
	bool objects, text; /* look for them in the pictures */
};

struct record_contexts {
	const struct split *split;
	struct contexts side;
	struct picture_words words;
	bool has_side, looks;
	size_t records, with; /* records so far, and those that have texts */
	const char *fault;    /* why the last record's picture could not be looked into; NULL: it could or need not */
};

/* On failure there is nothing to close. */
int record_contexts_open(struct record_contexts *contexts, const struct split *split,
			 const struct context_sources *sources, struct err *err);
void record_contexts_close(struct record_contexts *contexts);

/* Set the contexts of a record, of the arena, and cut the words off the sentence that are some. */
int record_contexts_find(struct record_contexts *contexts, struct sentence *sentence,
			 struct predict_record *record, struct arena *arena, struct err *err);

#endif
