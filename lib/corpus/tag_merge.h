/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two taggings of one sentence joined, by what each changed since a common base. Changes are of whole
 * entities: those of both that do not touch each other are both taken, those that do are a conflict
 * unless they are the same.
 *
 *	if (tag_merge(&sides, n, MERGE_KEEP, &merged, &arena, &err) == 0)
 *		use(merged.tags), and look at merged.conflicts
 *
 * Tags are strings of one of the sides, but for a B- that keeps two neighbours of one type apart.
 */
#ifndef TAGSIGHT_CORPUS_TAG_MERGE_H
#define TAGSIGHT_CORPUS_TAG_MERGE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/entity_reader.h"

#include <stddef.h>

/* What stands where two changes conflict. */
enum merge_choice {
	MERGE_KEEP,   /* the base's tags; ours where there is no base */
	MERGE_OURS,
	MERGE_THEIRS,
	MERGE_UNION   /* ours, and those entities of theirs that touch none of ours */
};

/* Arrays [n] of tags. `base` may be NULL: then all that differs is a conflict. */
struct merge_sides {
	const char *const *base, *const *ours, *const *theirs;
	const struct entity_reader *entities; /* how to read them; NULL: by conlleval's rules */
};

struct merge_conflict {
	size_t begin, end; /* words */
};

struct tag_merged {
	const char **tags; /* [n] */
	struct merge_conflict *conflicts; /* [n_conflicts], in order, also where the choice decided */
	size_t n_conflicts;
};

/* All of *out belongs to the arena. 0, or -1 when memory is out. */
int tag_merge(const struct merge_sides *sides, size_t n, enum merge_choice choice,
	      struct tag_merged *out, struct arena *arena, struct err *err);

#endif
