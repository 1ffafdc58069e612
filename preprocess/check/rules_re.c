/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about relation lines. */
#include "preprocess/check/check_priv.h"

#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/corpus/schema.h"
#include "lib/formats/conll.h"
#include "lib/formats/json_lines.h"

#include <string.h>

static void syntax_bad(struct check *check, struct rule_run *run, const struct err *err)
{
	if (err->column)
		check_report(check, run, err->line, err->column,
			     "write a Python literal or JSON with token, h, t, img_id, relation",
			     "%s", err->text);
}

static void syntax_line(struct check *check, struct rule_run *run, const struct text_line *line)
{
	if (check->file.split->task == TASK_RE && conll_blank_line(line->text, line->length))
		check_report(check, run, line->number, 0, "remove the line",
			     "a blank line, which loaders try to parse");
}

static void syntax_relation(struct check *check, struct rule_run *run,
			    const struct relation *relation)
{
	if (!*relation->image)
		check_report(check, run, relation->line_number, 1, "add the name of the picture",
			     "there is no 'img_id' here");
}

static bool in_range(const struct relation *relation, const struct mention *mention)
{
	return mention->begin >= 0 && mention->begin < mention->end &&
	       (size_t)mention->end <= relation->n_words;
}

/* Call `look` for the head and the tail. */
static void for_both(struct check *check, struct rule_run *run, const struct relation *relation,
		     void (*look)(struct check *check, struct rule_run *run,
				  const struct relation *relation, const struct mention *mention,
				  const char *which))
{
	look(check, run, relation, &relation->head, "head");
	look(check, run, relation, &relation->tail, "tail");
}

static void look_range(struct check *check, struct rule_run *run, const struct relation *relation,
		       const struct mention *mention, const char *which)
{
	if (!in_range(relation, mention))
		check_report(check, run, relation->line_number, 0,
			     "count tokens from 0; the end is after the last one",
			     "the %s's span %ld to %ld does not fit %zu tokens", which,
			     mention->begin, mention->end, relation->n_words);
}

static void range_relation(struct check *check, struct rule_run *run,
			   const struct relation *relation)
{
	for_both(check, run, relation, look_range);
}

/* Is `name` the tokens of the span, joined by blanks? */
static bool same_text(const struct relation *relation, const struct mention *mention)
{
	const char *name = mention->name;

	for (long i = mention->begin; i < mention->end; i++) {
		size_t length = strlen(relation->words[i]);

		if (i > mention->begin && *name++ != ' ')
			return false;
		if (strncmp(name, relation->words[i], length) != 0)
			return false;
		name += length;
	}
	return *name == '\0';
}

static void look_text(struct check *check, struct rule_run *run, const struct relation *relation,
		      const struct mention *mention, const char *which)
{
	char name[UTF8_SHOWN], token[UTF8_SHOWN];

	if (!in_range(relation, mention) || same_text(relation, mention))
		return;
	check_report(check, run, relation->line_number, 0, "mend the span or the name",
		     "the %s is called '%s', but its span starts at token %ld, '%s'%s", which,
		     utf8_show(mention->name, name), mention->begin,
		     utf8_show(relation->words[mention->begin], token),
		     mention->end - mention->begin > 1 ? ", and takes in more" : "");
}

static void text_relation(struct check *check, struct rule_run *run,
			  const struct relation *relation)
{
	for_both(check, run, relation, look_text);
}

static void overlap_relation(struct check *check, struct rule_run *run,
			     const struct relation *relation)
{
	const struct mention *head = &relation->head, *tail = &relation->tail;
	long begin = head->begin > tail->begin ? head->begin : tail->begin;
	long end = head->end < tail->end ? head->end : tail->end;

	if (in_range(relation, head) && in_range(relation, tail) && begin < end)
		check_report(check, run, relation->line_number, 0,
			     "give head and tail tokens of their own",
			     "head (%ld to %ld) and tail (%ld to %ld) overlap", head->begin,
			     head->end, tail->begin, tail->end);
}

static void marker_relation(struct check *check, struct rule_run *run,
			    const struct relation *relation)
{
	bool head = in_range(relation, &relation->head) &&
		    (size_t)relation->head.end == relation->n_words;
	bool tail = in_range(relation, &relation->tail) &&
		    (size_t)relation->tail.end == relation->n_words;

	if (head || tail)
		check_report(check, run, relation->line_number, 0,
			     "add a token behind it, for instance a full stop",
			     "the %s at the last token, so HVPNeT's loader writes no closing "
			     "marker",
			     head && tail ? "head and the tail end" : head ? "head ends" : "tail ends");
}

/* The relation map of a split, read once. */
struct relation_map {
	const struct split *split;
	json_t *names; /* NULL: the 23 of the release */
};

static void release_map(void *state)
{
	struct relation_map *map = state;

	json_decref(map->names);
}

/* As in the loaders, only the first line of the file counts. */
static void read_map(struct relation_map *map, const struct split *split)
{
	struct json_lines reader;
	struct err err = ERR_INIT;

	if (map->split == split)
		return;
	json_decref(map->names);
	*map = (struct relation_map){ split, NULL };
	if (!split->relations || !file_exists(split->relations) ||
	    json_lines_open(&reader, split->relations, &err) < 0)
		return;
	if (json_lines_next(&reader, &map->names, &err) != READ_OK)
		map->names = NULL;
	json_lines_close(&reader);
}

static void unknown_relation(struct check *check, struct rule_run *run,
			     const struct relation *relation)
{
	struct relation_map *map = check_state(check, run, sizeof(*map));
	char shown[UTF8_SHOWN];

	if (!map)
		return;
	read_map(map, check->file.split);
	if (map->names ? json_object_get(map->names, relation->relation) != NULL
		       : schema_relation_id(relation->relation) >= 0)
		return;
	if (map->names)
		check_report(check, run, relation->line_number, 0, "add it to the map, or mend it",
			     "the relation '%s' is not in '%s'",
			     utf8_show(relation->relation, shown), check->file.split->relations);
	else
		check_report(check, run, relation->line_number, 0,
			     "map it to one of the 23, as version 2 of the release did",
			     "the relation '%s' is none of the 23 of MNRE",
			     utf8_show(relation->relation, shown));
}

const struct rule rules_re[] = {
	{ .info = { "re-syntax", LEVEL_ERROR, "a line that is no relation",
		    "Each line is a Python literal (or JSON) with token, h and t (each with name and "
		    "pos), img_id and relation. Loaders parse every line, blank ones too, and stop at "
		    "the first that is not so." },
	  .line = syntax_line,
	  .lines = LINE_BLANK,
	  .anywhere = true,
	  .relation = syntax_relation,
	  .bad_record = syntax_bad },
	{ .info = { "re-span-range", LEVEL_ERROR, "a span that is empty or outside the tokens",
		    "Positions count tokens from 0 and the end is after the last token. Of a span that "
		    "is empty or out of range a marker is never written, and the loader stops when it "
		    "looks for it." },
	  .anywhere = true,
	  .relation = range_relation },
	{ .info = { "re-span-text", LEVEL_WARNING, "a name that is not the tokens of its span",
		    "The tokens of the span, joined by blanks, are not the name. Systems that read the "
		    "name and systems that read the span see different entities." },
	  .anywhere = true,
	  .relation = text_relation },
	{ .info = { "re-span-overlap", LEVEL_WARNING, "head and tail share tokens",
		    "The markers of the two entities cross or nest. Loaders accept it, but what the "
		    "model sees is not what was meant." },
	  .anywhere = true,
	  .relation = overlap_relation },
	{ .info = { "re-marker-lost", LEVEL_WARNING, "an entity that ends at the last token",
		    "HVPNeT's loader inserts each marker before a token; when an entity ends at the last "
		    "one, no token follows and its closing marker is never written." },
	  .anywhere = true,
	  .relation = marker_relation },
	{ .info = { "re-unknown-relation", LEVEL_ERROR, "a relation that the map lacks",
		    "The relation is not in the relation map of the data (its first line, as loaders "
		    "read it), or, without one, none of the 23 of MNRE. Loaders stop at it. Version 1 "
		    "of the release has 31 relations under other names." },
	  .relation = unknown_relation,
	  .release = release_map },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
