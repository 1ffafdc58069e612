/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts were seen before, and where: in the same split, or in another one of the same set. A
 * relation's text counts as the same within a split only when its two entities stand at the same
 * places, for a tweet gives many relations.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_REPEATS_H
#define TAGSIGHT_PREPROCESS_CHECK_REPEATS_H

#include "lib/corpus/dataset.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"

#include <stdbool.h>
#include <stddef.h>

/* Lines are those of the first time, 0 where there was none. */
struct repeat {
	size_t same_split; /* the same words in this split ... */
	bool same_labels;  /* ... and whether their labels were the same */
	size_t other_split; /* the same words in another split of the set ... */
	size_t other_index; /* ... which is this one of the dataset */
};

struct repeats;

struct repeats *repeats_new(void); /* NULL when memory is out */
void repeats_free(struct repeats *repeats);

/* Look a record up and remember it. A sentence without words is never a repeat. 0, or -1 when
 * memory is out. */
int repeats_sentence(struct repeats *repeats, const struct split *split, size_t split_index,
		     const struct sentence *sentence, struct repeat *out);
int repeats_relation(struct repeats *repeats, const struct split *split, size_t split_index,
		     const struct relation *relation, struct repeat *out);

#endif
