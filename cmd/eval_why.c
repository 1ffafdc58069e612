/* SPDX-License-Identifier: Apache-2.0 */
/* --why: the entities on which the scorers disagree, the rule that parts them, and what it adds up to. */
#include "cmd/eval.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"
#include "lib/corpus/scorer_differences.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

enum side { SIDE_GOLD, SIDE_PREDICTED, SIDES };

#define CORRECT SIDES /* what both have */
#define VIEWS (SIDES + 1)

static const char *const view_names[VIEWS] = { "gold", "predicted", "correct" };

struct why {
	bool json;
	struct scorer_view views[VIEWS];
	struct buf lines; /* what was found, as it is printed at the end */
	struct arena arena;
};

/* One side of a sentence. */
struct view_of_side {
	enum side side;
	const char *file;
	const char *const *words, *const *tags;
	const size_t *lines;
	size_t n;
};

static void *open_why(const struct eval_options *options)
{
	struct why *why = calloc(1, sizeof(*why));

	if (!why)
		return NULL;
	why->json = eval_wants_json(options);
	for (size_t i = 0; i < VIEWS; i++)
		why->views[i] = (struct scorer_view)SCORER_VIEW_INIT(options->scheme);
	buf_init(&why->lines);
	return why;
}

static void close_why(void *state)
{
	struct why *why = state;

	buf_release(&why->lines);
	arena_release(&why->arena);
	free(why);
}

/* The readings that have the entity, or those that have not, without those that refuse the tags. */
static unsigned readings(const struct scorer_view *view, unsigned counted, bool have)
{
	return (have ? counted : ~counted) & ~view->refused & ((1u << READINGS) - 1);
}

static void add_readings(struct buf *out, unsigned readings)
{
	const char *separator = "";

	for (size_t r = 0; r < READINGS; r++)
		if (readings & 1u << r) {
			buf_add_format(out, "%s%s", separator,
				       scorer_reading_name((enum scorer_reading)r));
			separator = ", ";
		}
}

static void add_joined(struct buf *out, const char *const *texts, const struct span *span)
{
	for (size_t i = span->begin; i < span->end; i++)
		buf_add_format(out, "%s%s", i > span->begin ? " " : "", texts[i]);
}

static void add_text(struct why *why, const struct view_of_side *of,
		     const struct scorer_entity *entity)
{
	const struct scorer_view *view = &why->views[of->side];
	const struct span *span = &entity->span;
	struct buf *out = &why->lines;

	buf_add_format(out, "%s:%zu: %s %s '", of->file, of->lines[span->begin],
		       view_names[of->side], *span->type ? span->type : "(no type)");
	add_joined(out, of->words, span);
	buf_add_string(out, "' (");
	add_joined(out, of->tags, span);
	buf_add_format(out, "): %s: an entity for ", entity->reason);
	add_readings(out, readings(view, entity->counted, true));
	buf_add_string(out, "; none for ");
	add_readings(out, readings(view, entity->counted, false));
	buf_add_format(out, " [%s]\n", difference_rule_name(entity->rule));
}

static json_t *readings_json(unsigned readings)
{
	json_t *array = json_array();

	for (size_t r = 0; r < READINGS; r++)
		if (readings & 1u << r)
			json_array_append_new(
				array, json_string(scorer_reading_name((enum scorer_reading)r)));
	return array;
}

static json_t *texts_json(const char *const *texts, const struct span *span)
{
	json_t *array = json_array();

	for (size_t i = span->begin; i < span->end; i++)
		json_array_append_new(array, json_text(texts[i]));
	return array;
}

static void add_json(struct why *why, const struct view_of_side *of,
		     const struct scorer_entity *entity)
{
	const struct scorer_view *view = &why->views[of->side];
	const struct span *span = &entity->span;
	json_t *object = json_pack(
		"{so sI ss so so so so so ss so}", "file", json_text(of->file), "line",
		(json_int_t)of->lines[span->begin], "side", view_names[of->side], "type",
		json_text(span->type), "words", texts_json(of->words, span), "tags",
		texts_json(of->tags, span), "counted_by",
		readings_json(readings(view, entity->counted, true)), "not_counted_by",
		readings_json(readings(view, entity->counted, false)), "rule",
		difference_rule_name(entity->rule), "reason", json_text(entity->reason));
	char *text = object ? json_dumps(object, JSON_COMPACT | JSON_PRESERVE_ORDER) : NULL;

	json_decref(object);
	if (text)
		buf_add_format(&why->lines, "%s\n", text);
	else
		why->lines.failed = true;
	free(text);
}

/* Entities of one side of a sentence. */
struct entities {
	struct scorer_entity *items; /* [n] */
	size_t n;
};

static int add_side(struct why *why, const struct view_of_side *of, struct entities *entities,
		    struct err *err)
{
	if (scorer_entities(&why->views[of->side], of->tags, of->n, &entities->items, &entities->n,
			    &why->arena, err) < 0)
		return -1;
	for (size_t i = 0; i < entities->n; i++) {
		if (!entities->items[i].disputed)
			continue;
		if (why->json)
			add_json(why, of, &entities->items[i]);
		else
			add_text(why, of, &entities->items[i]);
	}
	return why->lines.failed ? err_set_memory(err) : 0;
}

static int add_why(void *state, const struct tag_pair_sentence *sentence, struct err *err)
{
	struct why *why = state;
	const struct view_of_side gold = { SIDE_GOLD, sentence->gold_file, sentence->words,
					   sentence->gold, sentence->gold_lines, sentence->n };
	const struct view_of_side predicted = { SIDE_PREDICTED, sentence->guess_file,
						sentence->words, sentence->guess,
						sentence->guess_lines, sentence->n };
	struct entities gold_entities, guess_entities;

	arena_reset(&why->arena);
	if (add_side(why, &gold, &gold_entities, err) < 0 ||
	    add_side(why, &predicted, &guess_entities, err) < 0)
		return -1;
	why->views[CORRECT].refused =
		why->views[SIDE_GOLD].refused | why->views[SIDE_PREDICTED].refused;
	scorer_entities_in_both(&why->views[CORRECT], gold_entities.items, gold_entities.n,
				guess_entities.items, guess_entities.n);
	return 0;
}

static int finish_why(void *state, bool blank, struct err *err)
{
	(void)state;
	(void)blank;
	(void)err;
	return 0;
}

/* ---- the tally ---- */

static bool rule_counts(const struct scorer_view *view, size_t rule)
{
	for (size_t r = 0; r < READINGS; r++)
		if (!(view->refused & 1u << r) && view->added[rule][r])
			return true;
	return false;
}

static void print_tally(FILE *out, const struct scorer_view *view, const char *name)
{
	fprintf(out, "%9s entities", name);
	for (size_t r = 0; r < READINGS; r++) {
		if (view->refused & 1u << r)
			fprintf(out, " %14s", "refused");
		else
			fprintf(out, " %14zu", view->counts[r]);
	}
	fputc('\n', out);
	for (size_t rule = 0; rule < DIFFERENCE_RULES; rule++) {
		if (!rule_counts(view, rule))
			continue;
		fprintf(out, "%18s", difference_rule_name((enum difference_rule)rule));
		for (size_t r = 0; r < READINGS; r++) {
			if (view->refused & 1u << r)
				fprintf(out, " %14s", "");
			else
				fprintf(out, " %+14lld", view->added[rule][r]);
		}
		fputc('\n', out);
	}
}

static void text_why(FILE *out, const void *state)
{
	const struct why *why = state;

	fwrite(why->lines.data, 1, why->lines.length, out);
	fprintf(out, "%s%18s", why->lines.length ? "\n" : "", "");
	for (size_t r = 0; r < READINGS; r++)
		fprintf(out, " %14s", scorer_reading_name((enum scorer_reading)r));
	fputc('\n', out);
	for (size_t i = 0; i < VIEWS; i++)
		print_tally(out, &why->views[i], view_names[i]);
}

static json_t *counts_json(const struct scorer_view *view)
{
	json_t *object = json_object();

	for (size_t r = 0; r < READINGS; r++)
		json_object_set_new(object, scorer_reading_name((enum scorer_reading)r),
				    view->refused & 1u << r
					    ? json_null()
					    : json_integer((json_int_t)view->counts[r]));
	return object;
}

static json_t *rules_json(const struct scorer_view *view)
{
	json_t *object = json_object();

	for (size_t rule = 0; rule < DIFFERENCE_RULES; rule++) {
		json_t *added = json_object();

		for (size_t r = 0; r < READINGS; r++)
			if (!(view->refused & 1u << r))
				json_object_set_new(added,
						    scorer_reading_name((enum scorer_reading)r),
						    json_integer(view->added[rule][r]));
		if (rule_counts(view, rule))
			json_object_set_new(object,
					    difference_rule_name((enum difference_rule)rule), added);
		else
			json_decref(added);
	}
	return object;
}

static void json_why(FILE *out, const char *name, const void *state)
{
	const struct why *why = state;
	json_t *tally = json_object();

	(void)name;
	fwrite(why->lines.data, 1, why->lines.length, out);
	for (size_t i = 0; i < VIEWS; i++)
		json_object_set_new(tally, view_names[i],
				    json_pack("{so so}", "entities", counts_json(&why->views[i]),
					      "added", rules_json(&why->views[i])));
	json_line_write(out, json_pack("{so}", "why", tally));
}

const struct eval_scorer eval_why = {
	.name = "why",
	.open = open_why,
	.add = add_why,
	.finish = finish_why,
	.text = text_why,
	.json = json_why,
	.close = close_why,
};
