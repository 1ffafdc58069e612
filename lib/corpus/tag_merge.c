/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/tag_merge.h"

#include "lib/corpus/tag_scheme.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum side { OURS = 1 << 0, THEIRS = 1 << 1 };

struct spans {
	struct span *items;
	size_t n;
};

/* Words that a side changed; later, groups of such ranges that touch. */
struct range {
	size_t begin, end;
	unsigned sides; /* enum side */
};

struct merging {
	const struct merge_sides *sides;
	size_t n;
	struct spans base, ours, theirs;
	struct range *ranges; /* room for all of them */
	size_t n_ranges;
	struct span *chosen; /* the entities of the result */
	size_t n_chosen;
	struct tag_merged *out;
	struct arena *arena;
};

static bool has_span(const struct spans *spans, const struct span *wanted)
{
	for (size_t i = 0; i < spans->n; i++) {
		const struct span *span = &spans->items[i];

		if (span->begin == wanted->begin && span->end == wanted->end &&
		    strcmp(span->type, wanted->type) == 0)
			return true;
	}
	return false;
}

static void add_range(struct merging *merging, size_t begin, size_t end, unsigned sides)
{
	merging->ranges[merging->n_ranges++] = (struct range){ begin, end, sides };
}

/* The range of a word whose tags differ: all of the entity that holds it, if one does. */
static void add_word(struct merging *merging, const struct spans *spans, size_t word, unsigned sides)
{
	for (size_t i = 0; i < spans->n; i++) {
		if (word < spans->items[i].begin || word >= spans->items[i].end)
			continue;
		add_range(merging, spans->items[i].begin, spans->items[i].end, sides);
		return;
	}
	add_range(merging, word, word + 1, sides);
}

/* The entities that only one of two taggings has, and the words whose tags merely differ. */
static void add_differences(struct merging *merging, const struct spans *a, const char *const *a_tags,
			    const struct spans *b, const char *const *b_tags, unsigned sides)
{
	for (size_t i = 0; i < a->n; i++)
		if (!has_span(b, &a->items[i]))
			add_range(merging, a->items[i].begin, a->items[i].end, sides);
	for (size_t i = 0; i < b->n; i++)
		if (!has_span(a, &b->items[i]))
			add_range(merging, b->items[i].begin, b->items[i].end, sides);
	for (size_t i = 0; i < merging->n; i++)
		if (strcmp(a_tags[i], b_tags[i]) != 0)
			add_word(merging, a, i, sides);
}

static int compare_ranges(const void *a, const void *b)
{
	const struct range *x = a, *y = b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	return (x->end > y->end) - (x->end < y->end);
}

static void join_ranges(struct merging *merging)
{
	size_t kept = 0;

	if (merging->n_ranges)
		qsort(merging->ranges, merging->n_ranges, sizeof(*merging->ranges), compare_ranges);
	for (size_t i = 0; i < merging->n_ranges; i++) {
		struct range *last = kept ? &merging->ranges[kept - 1] : NULL;
		const struct range *range = &merging->ranges[i];

		if (last && range->begin < last->end) {
			last->end = range->end > last->end ? range->end : last->end;
			last->sides |= range->sides;
		} else {
			merging->ranges[kept++] = *range;
		}
	}
	merging->n_ranges = kept;
}

static bool equal_tags(const char *const *a, const char *const *b, const struct range *range)
{
	for (size_t i = range->begin; i < range->end; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

static bool overlaps(const struct spans *spans, const struct span *wanted)
{
	for (size_t i = 0; i < spans->n; i++)
		if (spans->items[i].begin < wanted->end && wanted->begin < spans->items[i].end)
			return true;
	return false;
}

/* Take the tags [begin, end) of a side, and the entities that lie there. */
static void take(struct merging *merging, const char *const *tags, const struct spans *spans,
		 size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		merging->out->tags[i] = tags[i];
	for (size_t i = 0; i < spans->n; i++)
		if (spans->items[i].begin >= begin && spans->items[i].end <= end)
			merging->chosen[merging->n_chosen++] = spans->items[i];
}

static void take_union(struct merging *merging, const struct range *range)
{
	take(merging, merging->sides->ours, &merging->ours, range->begin, range->end);
	for (size_t i = 0; i < merging->theirs.n; i++) {
		const struct span *span = &merging->theirs.items[i];
		const struct spans alone = { merging->theirs.items + i, 1 };

		if (span->begin >= range->begin && span->end <= range->end &&
		    !overlaps(&merging->ours, span))
			take(merging, merging->sides->theirs, &alone, span->begin, span->end);
	}
}

static void decide_conflict(struct merging *merging, const struct range *range,
			    enum merge_choice choice)
{
	const struct merge_sides *sides = merging->sides;

	merging->out->conflicts[merging->out->n_conflicts++] =
		(struct merge_conflict){ range->begin, range->end };
	if (choice == MERGE_UNION)
		take_union(merging, range);
	else if (choice == MERGE_THEIRS)
		take(merging, sides->theirs, &merging->theirs, range->begin, range->end);
	else if (choice == MERGE_KEEP && sides->base)
		take(merging, sides->base, &merging->base, range->begin, range->end);
	else
		take(merging, sides->ours, &merging->ours, range->begin, range->end);
}

static void decide(struct merging *merging, const struct range *range, enum merge_choice choice)
{
	const struct merge_sides *sides = merging->sides;

	if (range->sides == THEIRS)
		take(merging, sides->theirs, &merging->theirs, range->begin, range->end);
	else if (range->sides == OURS || equal_tags(sides->ours, sides->theirs, range))
		take(merging, sides->ours, &merging->ours, range->begin, range->end);
	else
		decide_conflict(merging, range, choice);
}

/* An I- that began an entity on its own side may now go on with its neighbour's: part them. */
static int part_neighbours(struct merging *merging, struct err *err)
{
	const char **tags = merging->out->tags;

	for (size_t i = 0; i < merging->n_chosen; i++) {
		size_t at = merging->chosen[i].begin;
		struct tag now = tag_read(TAG_CONLLEVAL, tags[at]), before;

		if (at == 0 || now.prefix != 'I')
			continue;
		before = tag_read(TAG_CONLLEVAL, tags[at - 1]);
		if (before.prefix == 'O' ||
		    tag_starts(TAG_CONLLEVAL, before.prefix, now.prefix, strcmp(before.type, now.type) == 0))
			continue;
		tags[at] = arena_format(merging->arena, "B-%s", now.type);
		if (!tags[at])
			return err_set_memory(err);
	}
	return 0;
}

static int read_spans(struct merging *merging, const char *const *tags, struct spans *out,
		      struct err *err)
{
	static const struct entity_reader conlleval = ENTITY_READER_INIT;
	const struct entity_reader *reader = merging->sides->entities;

	return tags ? entity_reader_spans(reader ? reader : &conlleval, tags, merging->n, &out->items,
					  &out->n, merging->arena, err)
		    : 0;
}

static int start(struct merging *merging, struct err *err)
{
	const struct merge_sides *sides = merging->sides;
	struct tag_merged *out = merging->out;
	size_t room;

	if (read_spans(merging, sides->base, &merging->base, err) < 0 ||
	    read_spans(merging, sides->ours, &merging->ours, err) < 0 ||
	    read_spans(merging, sides->theirs, &merging->theirs, err) < 0)
		return -1;
	room = 2 * (merging->base.n + merging->ours.n + merging->theirs.n + merging->n) + 1;
	merging->ranges = arena_alloc(merging->arena, room, sizeof(*merging->ranges));
	merging->chosen = arena_alloc(merging->arena, room, sizeof(*merging->chosen));
	out->tags = arena_alloc(merging->arena, merging->n + 1, sizeof(*out->tags));
	out->conflicts = arena_alloc(merging->arena, room, sizeof(*out->conflicts));
	out->n_conflicts = 0;
	return merging->ranges && merging->chosen && out->tags && out->conflicts ? 0
										 : err_set_memory(err);
}

int tag_merge(const struct merge_sides *sides, size_t n, enum merge_choice choice,
	      struct tag_merged *out, struct arena *arena, struct err *err)
{
	struct merging merging = { .sides = sides, .n = n, .out = out, .arena = arena };
	size_t at = 0;

	if (start(&merging, err) < 0)
		return -1;
	if (sides->base) {
		add_differences(&merging, &merging.base, sides->base, &merging.ours, sides->ours, OURS);
		add_differences(&merging, &merging.base, sides->base, &merging.theirs, sides->theirs,
				THEIRS);
	} else {
		add_differences(&merging, &merging.ours, sides->ours, &merging.theirs, sides->theirs,
				OURS | THEIRS);
	}
	join_ranges(&merging);
	for (size_t i = 0; i < merging.n_ranges; i++) {
		const struct range *range = &merging.ranges[i];

		take(&merging, sides->ours, &merging.ours, at, range->begin);
		decide(&merging, range, choice);
		at = range->end;
	}
	take(&merging, sides->ours, &merging.ours, at, n);
	return part_neighbours(&merging, err);
}
