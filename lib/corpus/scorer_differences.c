/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/scorer_differences.h"

#include "lib/corpus/tag_scheme.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const char *const reading_names[READINGS] = { "conlleval", "seqeval", "seqeval-strict", "umt",
						      "begin-only" };
static const char *const rule_names[DIFFERENCE_RULES] = { "orphan-inside", "type-change", "bare-label",
							   "prefix", "type-name", "other" };

const char *scorer_reading_name(enum scorer_reading reading)
{
	return reading_names[reading];
}

const char *difference_rule_name(enum difference_rule rule)
{
	return rule_names[rule];
}

static int read_spans(struct scorer_view *view, enum scorer_reading reading,
		      const char *const *tags, size_t n, struct span **spans, size_t *n_spans,
		      struct arena *arena, struct err *err)
{
	static const enum span_rule rules[READINGS] = { SPAN_CONLLEVAL, SPAN_SEQEVAL, SPAN_SEQEVAL,
							SPAN_UMT, SPAN_BEGIN_ONLY };
	struct err refusal = ERR_INIT;

	if (reading != READING_STRICT)
		return span_extract(rules[reading], tags, n, spans, n_spans, arena, err);
	if (scheme_strict_spans(view->scheme, tags, n, spans, n_spans, arena, &refusal) == 0)
		return 0;
	if (refusal.kind != ERR_DATA) {
		*err = refusal;
		return -1;
	}
	view->refused |= 1u << reading;
	*n_spans = 0;
	return 0;
}

static int compare_places(const void *a, const void *b)
{
	const struct scorer_entity *x = a, *y = b;

	if (x->span.begin != y->span.begin)
		return x->span.begin < y->span.begin ? -1 : 1;
	if (x->span.end != y->span.end)
		return x->span.end < y->span.end ? -1 : 1;
	return strcmp(x->span.type, y->span.type);
}

/* All entities of all readings, each once, in order. */
static int collect(struct scorer_view *view, const char *const *tags, size_t n,
		   struct scorer_entity **out, size_t *n_out, struct arena *arena,
		   struct err *err)
{
	struct span *spans[READINGS] = { NULL };
	size_t n_spans[READINGS] = { 0 }, total = 0, kept = 0;
	struct scorer_entity *all;

	for (size_t r = 0; r < READINGS; r++) {
		if (view->refused & 1u << r)
			continue;
		if (read_spans(view, (enum scorer_reading)r, tags, n, &spans[r], &n_spans[r], arena,
			       err) < 0)
			return -1;
		total += n_spans[r];
		view->counts[r] += n_spans[r];
	}
	all = arena_alloc(arena, total + 1, sizeof(*all));
	if (!all)
		return err_set_memory(err);
	total = 0;
	for (size_t r = 0; r < READINGS; r++)
		for (size_t i = 0; i < n_spans[r]; i++)
			all[total++] = (struct scorer_entity){
				spans[r][i], 1u << r, false, DIFFERENCE_OTHER, NULL
			};
	qsort(all, total, sizeof(*all), compare_places);
	for (size_t i = 0; i < total; i++) {
		if (kept && compare_places(&all[kept - 1], &all[i]) == 0)
			all[kept - 1].counted |= all[i].counted;
		else
			all[kept++] = all[i];
	}
	*out = all;
	*n_out = kept;
	return 0;
}

/* ---- which rule ---- */

static bool is_outside(const char *tag)
{
	return strcmp(tag, "O") == 0;
}

static bool is_label(const char *tag)
{
	return !is_outside(tag) && !strchr(tag, '-');
}

static bool is_begin_or_inside(const char *tag)
{
	return (tag[0] == 'B' || tag[0] == 'I') && tag[1] == '-';
}

static bool is_other_prefix(const char *tag)
{
	return !is_outside(tag) && strchr(tag, '-') && !is_begin_or_inside(tag);
}

/* The first tag from `begin` to before `end` that is neither O, B- nor I-, or NULL. */
static const char *find_unusual(const char *const *tags, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		if (is_label(tags[i]) || is_other_prefix(tags[i]))
			return tags[i];
	return NULL;
}

static bool same_place(const struct scorer_entity *a, const struct scorer_entity *b)
{
	return a->span.begin == b->span.begin && a->span.end == b->span.end;
}

static void explain_unusual(struct scorer_entity *at, const char *tag, const char *first,
			    struct arena *arena)
{
	at->rule = is_label(tag) ? DIFFERENCE_LABEL : DIFFERENCE_PREFIX;
	if (first)
		at->reason = arena_format(arena, "%s next to %s", first, tag);
	else if (at->rule == DIFFERENCE_LABEL)
		at->reason = arena_format(arena, "the label %s has no prefix", tag);
	else
		at->reason = arena_format(arena, "%s begins with neither B- nor I-", tag);
}

/* What parts the readings at difference number i of a sentence. */
static void explain(struct scorer_entity *all, size_t n_all, size_t i,
		    const char *const *tags, size_t n, struct arena *arena)
{
	struct scorer_entity *at = &all[i];
	const struct span *span = &at->span;
	const char *first = tags[span->begin], *unusual;
	const char *before = span->begin ? tags[span->begin - 1] : NULL;

	if ((unusual = find_unusual(tags, span->begin, span->end))) {
		explain_unusual(at, unusual, NULL, arena);
	} else if ((i > 0 && same_place(&all[i - 1], at)) ||
		   (i + 1 < n_all && same_place(&all[i + 1], at))) {
		at->rule = DIFFERENCE_TYPE_NAME;
		at->reason = arena_format(arena, "the type in %s is cut out another way", first);
	} else if (first[0] == 'I' && (!before || is_outside(before))) {
		at->rule = DIFFERENCE_ORPHAN;
		at->reason = arena_format(arena, before ? "%s after O" : "%s at the start", first);
	} else if (first[0] == 'I' && is_begin_or_inside(before)) {
		at->rule = DIFFERENCE_TYPE_CHANGE;
		at->reason = arena_format(arena, "%s right after %s", first, before);
	} else if ((unusual = find_unusual(tags, span->begin - (before != NULL),
					   span->end < n ? span->end + 1 : n))) {
		explain_unusual(at, unusual, first, arena);
	} else {
		at->reason = arena_format(arena, "%s and the tags around it", first);
	}
}

static unsigned everyone(const struct scorer_view *view)
{
	return ((1u << READINGS) - 1) & ~view->refused;
}

/* Some of the readings have an entity that others have not, for a reason. */
static void add_dispute(struct scorer_view *view, unsigned counted, enum difference_rule rule)
{
	int base = (counted >> READING_CONLLEVAL) & 1;

	for (size_t r = 0; r < READINGS; r++)
		if (everyone(view) & 1u << r)
			view->added[rule][r] += (int)((counted >> r) & 1) - base;
}

int scorer_entities(struct scorer_view *view, const char *const *tags, size_t n,
		    struct scorer_entity **out, size_t *n_out, struct arena *arena, struct err *err)
{
	if (collect(view, tags, n, out, n_out, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < *n_out; i++) {
		struct scorer_entity *entity = &(*out)[i];

		if (entity->counted == everyone(view))
			continue;
		entity->disputed = true;
		explain(*out, *n_out, i, tags, n, arena);
		if (!entity->reason)
			return err_set_memory(err);
		add_dispute(view, entity->counted, entity->rule);
	}
	return 0;
}

void scorer_entities_in_both(struct scorer_view *view, const struct scorer_entity *gold,
			     size_t n_gold, const struct scorer_entity *guess, size_t n_guess)
{
	for (size_t i = 0, j = 0; i < n_gold; i++) {
		unsigned counted;

		while (j < n_guess && compare_places(&guess[j], &gold[i]) < 0)
			j++;
		if (j == n_guess || compare_places(&guess[j], &gold[i]) != 0)
			continue;
		counted = gold[i].counted & guess[j].counted & everyone(view);
		for (size_t r = 0; r < READINGS; r++)
			view->counts[r] += (counted >> r) & 1;
		if (counted != everyone(view))
			add_dispute(view, counted,
				    gold[i].disputed ? gold[i].rule : guess[j].rule);
	}
}
