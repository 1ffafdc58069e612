/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a model says of all labels of the words of a tweet, out of one object of a JSON Lines file:
 *	{"id","tokens","tags","confidence","labels":[name...],"probabilities":[[p...]|null...]}
 * as `tagsight predict --probabilities` writes it. Other programs may leave "tags" and "confidence"
 * out, and "labels" in all objects but the first. Without "probabilities", the confidence of the tag
 * is all that is known.
 */
#ifndef TAGSIGHT_CORPUS_LABEL_PROBABILITIES_H
#define TAGSIGHT_CORPUS_LABEL_PROBABILITIES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define LABELS_LIMIT 4096

/* All of it belongs to the arena. */
struct label_probabilities {
	size_t n;                 /* words */
	const char *id;           /* NULL when the object has none */
	const char **tags;        /* [n], or NULL */
	const double *confidence; /* [n] of the tags in [0, 1], or NULL */
	const char **labels;      /* [n_labels]; NULL when the object names none */
	size_t n_labels;
	const double *rows;       /* [n, columns] in [0, 1], or NULL; a row that begins below 0 is none */
	size_t columns;           /* n_labels, where labels are named */
};

/* 0, or -1 with ERR_DATA where the object is not of this form, or neither rows nor tags with their
 * confidence are there. */
int label_probabilities_read(const json_t *object, struct label_probabilities *out,
			     struct arena *arena, struct err *err);

/* Whether the object is about this sentence: the same words, and the same id where both have one. */
bool label_probabilities_fit(const json_t *object, const struct sentence *sentence);

/* Whether the object, {"id","head","tail",...}, is about this relation: the same picture and entities. */
bool label_probabilities_fit_relation(const json_t *object, const struct relation *relation);

#endif
