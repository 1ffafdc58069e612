/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/nervaluate.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"
#include "lib/corpus/nervaluate_priv.h"

#include <stdlib.h>
#include <string.h>

/* The entities of a sentence that has types of which it is not known yet whether they count: they
 * wait for the end of the data. */
struct waiting {
	struct typed_list gold, guess; /* of the arena of the scores */
};

struct nervaluate {
	enum nervaluate_rule rule;
	struct str_table names, tags;    /* types by number; tags seen */
	struct nervaluate_type total;    /* summed at the end but for version 1 */
	struct nervaluate_type *types;   /* [names.n] by number; at the end those that count, sorted */
	bool *counts;                    /* [names.n]: a B- or I- tag names the type */
	size_t n_types, types_capacity, counts_capacity;
	struct waiting *waiting;
	size_t n_waiting, waiting_capacity;
	struct arena kept, sentence;
};

static const char *const schema_names[NERVALUATE_SCHEMAS] = { "ent_type", "exact", "partial",
							       "strict" };

const char *nervaluate_schema_name(enum nervaluate_schema schema)
{
	return schema_names[schema];
}

struct nervaluate *nervaluate_new(enum nervaluate_rule rule)
{
	struct nervaluate *scores = calloc(1, sizeof(*scores));

	if (scores)
		scores->rule = rule;
	return scores;
}

void nervaluate_free(struct nervaluate *scores)
{
	if (!scores)
		return;
	str_table_release(&scores->names);
	str_table_release(&scores->tags);
	arena_release(&scores->kept);
	arena_release(&scores->sentence);
	free(scores->types);
	free(scores->counts);
	free(scores->waiting);
	free(scores);
}

/* The number of a type; -1 when memory is out. */
static long type_number(struct nervaluate *scores, const char *type)
{
	long number = str_table_add(&scores->names, type, strlen(type));

	if (number < 0 || (size_t)number < scores->n_types)
		return number;
	if (GROW(scores->types, scores->n_types, scores->types_capacity) < 0 ||
	    GROW(scores->counts, scores->n_types, scores->counts_capacity) < 0)
		return -1;
	memset(&scores->types[scores->n_types], 0, sizeof(*scores->types));
	scores->types[scores->n_types].type = str_table_text(&scores->names, (size_t)number);
	scores->counts[scores->n_types++] = false;
	return number;
}

static bool begin_or_inside(const char *tag)
{
	return (tag[0] == 'B' || tag[0] == 'I') && tag[1] == '-';
}

/* Learn which types count from the tags of a sentence. */
static int note_types(struct nervaluate *scores, const char *const *tags, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		size_t known = scores->tags.n;
		long number;

		if (!begin_or_inside(tags[i]))
			continue;
		if (str_table_add(&scores->tags, tags[i], strlen(tags[i])) < 0)
			return -1;
		if (scores->tags.n == known)
			continue;
		number = type_number(scores, tags[i] + 2);
		if (number < 0)
			return -1;
		scores->counts[number] = true;
	}
	return 0;
}

/* Version 1 wants each entity to begin with a B- or I- tag. */
static int check_begins(const struct nervaluate *scores, const char *const *tags,
			const struct span *spans, size_t n, struct err *err)
{
	for (size_t i = 0; i < n && scores->rule == NERVALUATE_1; i++) {
		if (begin_or_inside(tags[spans[i].begin]))
			continue;
		err_set(err, ERR_DATA, "the tag '%.80s' begins with neither B- nor I-, which nervaluate 1.x "
			"refuses", tags[spans[i].begin]);
		err->column = spans[i].begin + 1;
		return -1;
	}
	return 0;
}

/* The entities of one side; *known turns false when a type of theirs may not count. */
static int list_entities(struct nervaluate *scores, const char *const *tags, size_t n,
			 struct typed_list *list, bool *known, struct err *err)
{
	struct span *spans;

	if (span_extract(SPAN_NERVALUATE, tags, n, &spans, &list->n, &scores->sentence, err) < 0 ||
	    check_begins(scores, tags, spans, list->n, err) < 0)
		return -1;
	list->items = arena_alloc(&scores->sentence, list->n + 1, sizeof(*list->items));
	if (!list->items)
		return err_set_memory(err);
	for (size_t i = 0; i < list->n; i++) {
		long number = type_number(scores, spans[i].type);

		if (number < 0)
			return err_set_memory(err);
		spans[i].type = str_table_text(&scores->names, (size_t)number);
		list->items[i] = (struct typed_span){ spans[i], (size_t)number, false };
		*known = *known && scores->counts[number];
	}
	return 0;
}

static int compare_types(const void *a, const void *b)
{
	const struct typed_span *x = a, *y = b;

	if (x->type != y->type)
		return x->type < y->type ? -1 : 1;
	return x->span.begin < y->span.begin ? -1 : x->span.begin > y->span.begin;
}

/* Take the entities of one type off the front of a list that is sorted by type. */
static struct typed_list take_type(struct typed_list *list, size_t type)
{
	struct typed_list taken = { list->items, 0 };

	while (taken.n < list->n && list->items[taken.n].type == type)
		taken.n++;
	list->items += taken.n;
	list->n -= taken.n;
	return taken;
}

static void pair_each_type(struct nervaluate *scores, struct typed_list gold,
			   struct typed_list guess)
{
	qsort(gold.items, gold.n, sizeof(*gold.items), compare_types);
	qsort(guess.items, guess.n, sizeof(*guess.items), compare_types);
	while (gold.n || guess.n) {
		bool by_gold = gold.n && (!guess.n || gold.items[0].type <= guess.items[0].type);
		size_t type = by_gold ? gold.items[0].type : guess.items[0].type;
		struct typed_list gold_part = take_type(&gold, type);
		struct typed_list guess_part = take_type(&guess, type);

		for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++)
			nervaluate_pair_1(&scores->types[type].counts[s], (enum nervaluate_schema)s,
					  gold_part, guess_part);
	}
}

static int score(struct nervaluate *scores, struct typed_list gold, struct typed_list guess,
		 struct err *err)
{
	switch (scores->rule) {
	case NERVALUATE_0:
		nervaluate_pair_0(scores->types, gold, guess);
		return 0;
	case NERVALUATE_OPTIMAL:
		return nervaluate_pair_optimal(scores->types, gold, guess, &scores->sentence, err);
	case NERVALUATE_1:
		break;
	}
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++)
		nervaluate_pair_1(&scores->total.counts[s], (enum nervaluate_schema)s, gold, guess);
	pair_each_type(scores, gold, guess);
	return 0;
}

static int keep_list(struct arena *arena, struct typed_list *list)
{
	struct typed_span *copy = arena_alloc(arena, list->n + 1, sizeof(*copy));

	if (copy && list->n)
		memcpy(copy, list->items, list->n * sizeof(*copy));
	list->items = copy;
	return copy ? 0 : -1;
}

static int let_wait(struct nervaluate *scores, struct typed_list gold, struct typed_list guess)
{
	if (GROW(scores->waiting, scores->n_waiting, scores->waiting_capacity) < 0 ||
	    keep_list(&scores->kept, &gold) < 0 || keep_list(&scores->kept, &guess) < 0)
		return -1;
	scores->waiting[scores->n_waiting++] = (struct waiting){ gold, guess };
	return 0;
}

int nervaluate_add(struct nervaluate *scores, const char *const *gold, const char *const *guess,
		   size_t n, struct err *err)
{
	struct typed_list gold_list, guess_list;
	bool known = true;

	arena_reset(&scores->sentence);
	if (note_types(scores, gold, n) < 0 || note_types(scores, guess, n) < 0)
		return err_set_memory(err);
	if (list_entities(scores, gold, n, &gold_list, &known, err) < 0 ||
	    list_entities(scores, guess, n, &guess_list, &known, err) < 0)
		return -1;
	if (known)
		return score(scores, gold_list, guess_list, err);
	return let_wait(scores, gold_list, guess_list) < 0 ? err_set_memory(err) : 0;
}

/* Leave out the entities whose type does not count. */
static void drop_uncounted(const struct nervaluate *scores, struct typed_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->n; i++)
		if (scores->counts[list->items[i].type])
			list->items[kept++] = list->items[i];
	list->n = kept;
}

static void add_counts(struct nervaluate_type *total, const struct nervaluate_type *type)
{
	for (size_t s = 0; s < NERVALUATE_SCHEMAS; s++) {
		total->counts[s].correct += type->counts[s].correct;
		total->counts[s].incorrect += type->counts[s].incorrect;
		total->counts[s].partial += type->counts[s].partial;
		total->counts[s].missed += type->counts[s].missed;
		total->counts[s].spurious += type->counts[s].spurious;
	}
}

static int compare_names(const void *a, const void *b)
{
	const struct nervaluate_type *x = a, *y = b;

	return strcmp(x->type, y->type);
}

int nervaluate_finish(struct nervaluate *scores, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < scores->n_waiting; i++) {
		struct waiting *waiting = &scores->waiting[i];

		arena_reset(&scores->sentence);
		drop_uncounted(scores, &waiting->gold);
		drop_uncounted(scores, &waiting->guess);
		if (score(scores, waiting->gold, waiting->guess, err) < 0)
			return -1;
	}
	for (size_t i = 0; i < scores->n_types; i++) {
		if (scores->rule != NERVALUATE_1)
			add_counts(&scores->total, &scores->types[i]);
		if (scores->counts[i])
			scores->types[kept++] = scores->types[i];
	}
	scores->n_types = kept;
	if (kept)
		qsort(scores->types, kept, sizeof(*scores->types), compare_names);
	return 0;
}

const struct nervaluate_type *nervaluate_total(const struct nervaluate *scores)
{
	return &scores->total;
}

const struct nervaluate_type *nervaluate_types(const struct nervaluate *scores, size_t *n)
{
	*n = scores->n_types;
	return scores->types;
}

size_t nervaluate_possible(const struct nervaluate_counts *counts)
{
	return counts->correct + counts->incorrect + counts->partial + counts->missed;
}

size_t nervaluate_actual(const struct nervaluate_counts *counts)
{
	return counts->correct + counts->incorrect + counts->partial + counts->spurious;
}

struct ratios nervaluate_ratios(const struct nervaluate_counts *counts)
{
	double credit = (double)counts->correct + 0.5 * (double)counts->partial;
	size_t actual = nervaluate_actual(counts), possible = nervaluate_possible(counts);
	struct ratios out = { actual ? credit / (double)actual : 0,
			      possible ? credit / (double)possible : 0, 0 };

	if (out.precision + out.recall > 0)
		out.f1 = 2 * (out.precision * out.recall) / (out.precision + out.recall);
	return out;
}
