/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which texts and ids were seen before, and where: in the same split, or in another one of the same set. A
 * relation's text counts as the same within a split only when its two entities stand at the same
 * places, for a tweet gives many relations. The index holds hashes: an entry of seen.h a different
 * text, and one more for each text that other splits have too.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_REPEATS_H
#define TAGSIGHT_PREPROCESS_CHECK_REPEATS_H

#include "preprocess/check/digest.h"

#include <stdbool.h>
#include <stddef.h>

/* Lines are those of the first time, 0 where there was none. */
struct repeat {
	size_t same_split; /* the same words in this split ... */
	bool same_labels;  /* ... and whether their labels were the same */
	size_t other_split; /* the same words in another split of the set ... */
	size_t other_index; /* ... which is this one of the dataset */
	size_t same_id;     /* the same id in this split */
};

struct repeats;

struct repeats *repeats_new(void); /* NULL when memory is out */
void repeats_free(struct repeats *repeats);

/* Look the words of a record up and remember them; `line` is its own. Sets what *out says of the
 * words. 0, or -1 when memory is out. */
int repeats_words(struct repeats *repeats, size_t line, size_t split_index,
		  const struct digest *digest, struct repeat *out);

/* The same for its id. */
int repeats_id(struct repeats *repeats, size_t line, size_t split_index,
	       const struct digest *digest, struct repeat *out);

/* A record will be looked up soon. */
void repeats_prefetch(const struct repeats *repeats, const struct digest *digest);

#endif
