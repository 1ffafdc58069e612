/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about relation lines. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"
#include "lib/formats/conll.h"

#include <stdlib.h>
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

static void unknown_relation(struct check *check, struct rule_run *run,
			     const struct relation *relation)
{
	const struct relation_map *map = check->file.relations;
	char shown[UTF8_SHOWN];

	if (relation_map_has(map, relation->relation))
		return;
	if (map->ids)
		check_report(check, run, relation->line_number, 0, "add it to the map, or mend it",
			     "the relation '%s' is not in '%s'",
			     utf8_show(relation->relation, shown), check->file.split->relations);
	else
		check_report(check, run, relation->line_number, 0,
			     "map it to one of the 23, as version 2 of the release did",
			     "the relation '%s' is none of the 23 of MNRE",
			     utf8_show(relation->relation, shown));
}

/* Ids are the rows of a classifier: 0 to n - 1, each once. */
static void check_ids(struct check *check, struct rule_run *run, const struct finding_place *place,
		      json_t *ids)
{
	size_t n = json_object_size(ids);
	const char **owners = checked_calloc(n, sizeof(char *));
	char shown[UTF8_SHOWN], other[UTF8_SHOWN];
	const char *name;
	json_t *id;

	if (!owners)
		check->out_of_memory = true;
	json_object_foreach(ids, name, id) {
		json_int_t value = json_is_integer(id) ? json_integer_value(id) : -1;

		if (!owners)
			break;
		if (value < 0 || value >= (json_int_t)n)
			check_report_at(check, run, place, "number the relations from 0",
					"the id of '%s' is no whole number from 0 to %zu",
					utf8_show(name, shown), n - 1);
		else if (owners[value])
			check_report_at(check, run, place, "give each relation an id of its own",
					"'%s' has the id %d, as '%s' has", utf8_show(name, shown),
					(int)value, utf8_show(owners[value], other));
		else
			owners[value] = name;
	}
	free(owners);
}

static bool needs_map(const struct split *split)
{
	return split->layout && (strcmp(split->layout, "hvpnet-re") == 0 ||
				 strcmp(split->layout, "mkgformer") == 0);
}

/* The splits of a set share a map: it is looked at with the first. */
static bool seen_before(const struct check *check, const char *relations)
{
	for (size_t i = 0; i < check->file.split_index; i++) {
		const char *other = check->dataset->splits[i].relations;

		if (other && strcmp(other, relations) == 0)
			return true;
	}
	return false;
}

static void map_end(struct check *check, struct rule_run *run)
{
	const struct split *split = check->file.split;
	const struct relation_map *map = check->file.relations;
	struct finding_place place = { check->file.split_index, split->relations, 1, 0, NULL };

	if (split->task != TASK_RE || !split->relations || seen_before(check, split->relations))
		return;
	if (map->ids) {
		check_ids(check, run, &place, map->ids);
	} else if (map->exists) {
		place.column = map->err.column;
		check_report_at(check, run, &place, "write the whole map as one JSON object in one line",
				"the relation map cannot be read: %s", map->err.text);
	} else if (needs_map(split)) {
		place.line = 0;
		check_report_at(check, run, &place, "put the release's map there",
				"there is no relation map, which the loaders need");
	}
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
	  .anywhere = true,
	  .relation = unknown_relation },
	{ .info = { "re-relation-map", LEVEL_ERROR, "a relation map that loaders cannot use",
		    "The loaders of HVPNeT and MKGformer read ours_rel2id.json, its first line alone, as "
		    "one JSON object from relation to id. An id is a row of the classifier: whole "
		    "numbers from 0, each once. Spread over several lines the map cannot be read; with "
		    "ids past the last row training stops at the first record that has one." },
	  .file_end = map_end },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
