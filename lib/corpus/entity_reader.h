/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entities of a file as its annotator means them: by conlleval's rules where its tags are of B- and I-
 * alone, else by the scheme (IOE1, IOE2, IOBES, BILOU) that the tags of the whole file fit best, since
 * conlleval knows neither S- nor L- nor U-.
 *
 *	struct entity_reader reader = ENTITY_READER_INIT;
 *	entity_reader_add(&reader, tags, n);                       for each sentence of the file
 *	entity_reader_spans(&reader, tags, n, &spans, &n_spans, &arena, &err);
 */
#ifndef TAGSIGHT_CORPUS_ENTITY_READER_H
#define TAGSIGHT_CORPUS_ENTITY_READER_H

#include "lib/corpus/scheme.h"

#include <stdbool.h>

struct entity_reader {
	struct scheme_guess guess;
	bool more; /* a tag is neither O nor B- nor I- */
};

#define ENTITY_READER_INIT { SCHEME_GUESS_INIT, false }

/* Show a sentence. */
void entity_reader_add(struct entity_reader *reader, const char *const *tags, size_t n);

/* As span_extract() gives them. */
int entity_reader_spans(const struct entity_reader *reader, const char *const *tags, size_t n,
			struct span **out, size_t *n_out, struct arena *arena, struct err *err);

#endif
