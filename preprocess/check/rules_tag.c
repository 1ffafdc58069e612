/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about tags. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/surfaces.h"

#include "lib/base/utf8.h"
#include "lib/corpus/schema.h"
#include "lib/corpus/tag_scheme.h"
#include "lib/formats/conll.h"

#include <string.h>

/* Where the tag stands in its line, in characters from 1. */
static size_t tag_column(const struct token *token)
{
	const char *text = token->line;
	size_t size;

	conll_column(token->line, token->line_length, token->columns - 1, &text, &size);
	return utf8_count(token->line, (size_t)(text - token->line)) + 1;
}

static bool known_type(const struct check *check, const char *type)
{
	const struct str_list *more = check->options->types;

	for (size_t i = 0; more && i < more->n; i++)
		if (strcmp(more->items[i], type) == 0)
			return true;
	return schema_has_type(type);
}

static void unknown_sentence(struct check *check, struct rule_run *run,
			     const struct sentence *sentence)
{
	char shown[UTF8_SHOWN];

	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct tag tag;

		if (!token->tag)
			continue;
		if (!tag_parse(token->tag, &tag))
			check_report(check, run, token->line_number, tag_column(token),
				     "write O, B-TYPE or I-TYPE", "'%s' is no tag",
				     utf8_show(token->tag, shown));
		else if (tag.prefix != 'O' && !known_type(check, tag.type))
			check_report(check, run, token->line_number, tag_column(token),
				     "name types of your own with --types",
				     "the type '%s' is none of PER, LOC, ORG, MISC, OTHER",
				     utf8_show(tag.type, shown));
	}
}

/* The parsed tag of a token; what is no tag counts as O here. */
static struct tag token_tag(const struct token *token)
{
	struct tag tag;

	if (!token->tag || !tag_parse(token->tag, &tag))
		return (struct tag){ 'O', "" };
	return tag;
}

static bool goes_on(char prefix)
{
	return prefix == 'I' || prefix == 'E' || prefix == 'L';
}

static bool is_open(char prefix)
{
	return prefix == 'B' || prefix == 'I';
}

/* Is the file IOB1, where B- stands only between two neighbours of one type? */
struct begin_counts {
	size_t between, elsewhere; /* B- after a word of the same type, and not */
};

static void orphan_sentence(struct check *check, struct rule_run *run,
			    const struct sentence *sentence)
{
	struct begin_counts *begins = check_state(check, run, sizeof(*begins));
	struct tag before = { 'O', "" };
	char shown[UTF8_SHOWN];

	for (size_t i = 0; begins && i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct tag now = token_tag(token);
		bool follows = is_open(before.prefix) && strcmp(before.type, now.type) == 0;

		begins->between += now.prefix == 'B' && follows;
		begins->elsewhere += now.prefix == 'B' && !follows;
		if (goes_on(now.prefix) && !is_open(before.prefix))
			check_report(check, run, token->line_number, tag_column(token),
				     "write B- where an entity starts",
				     "'%s' goes on with an entity that has not begun",
				     utf8_show(token->tag, shown));
		before = now;
	}
}

static void orphan_end(struct check *check, struct rule_run *run)
{
	struct begin_counts *begins = run->state;

	if (!begins)
		return;
	if (begins->between && !begins->elsewhere)
		findings_take_back(check, run);
	*begins = (struct begin_counts){ 0, 0 };
}

static void type_change_sentence(struct check *check, struct rule_run *run,
				 const struct sentence *sentence)
{
	struct tag before = { 'O', "" };
	char shown[UTF8_SHOWN], other[UTF8_SHOWN];

	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct tag now = token_tag(token);

		if (goes_on(now.prefix) && is_open(before.prefix) &&
		    strcmp(before.type, now.type) != 0)
			check_report(check, run, token->line_number, tag_column(token),
				     "give both words one type, or write B- here",
				     "'%s' goes on with an entity of type %s",
				     utf8_show(token->tag, shown), utf8_show(before.type, other));
		before = now;
	}
}

/* Lines where the marks of each scheme were seen first in this text; 0 not yet. */
struct scheme_lines {
	size_t iobes;     /* S- or E- */
	size_t bilou;     /* U- or L- */
	size_t unclosed; /* an entity that ends with B- or I-, as in IOB2 */
};

static void note_first(size_t *first, size_t line)
{
	if (*first == 0)
		*first = line;
}

static void scheme_sentence(struct check *check, struct rule_run *run,
			    const struct sentence *sentence)
{
	struct scheme_lines *lines = check_state(check, run, sizeof(*lines));

	for (size_t i = 0; lines && i < sentence->n_tokens; i++) {
		size_t line = sentence->tokens[i].line_number;
		struct tag now = token_tag(&sentence->tokens[i]), next = { 'O', "" };

		if (i + 1 < sentence->n_tokens)
			next = token_tag(&sentence->tokens[i + 1]);
		if (now.prefix == 'S' || now.prefix == 'E')
			note_first(&lines->iobes, line);
		else if (now.prefix == 'U' || now.prefix == 'L')
			note_first(&lines->bilou, line);
		else if (is_open(now.prefix) && !goes_on(next.prefix))
			note_first(&lines->unclosed, line);
	}
}

static void scheme_end(struct check *check, struct rule_run *run)
{
	struct scheme_lines *lines = run->state, seen;

	if (!lines)
		return;
	seen = *lines;
	*lines = (struct scheme_lines){ 0, 0, 0 };
	if (seen.iobes && seen.bilou)
		check_report(check, run, seen.iobes > seen.bilou ? seen.iobes : seen.bilou, 0,
			     "convert the file to one scheme",
			     "S- or E- (first at line %zu) and U- or L- (first at line %zu) in one file",
			     seen.iobes, seen.bilou);
	else if ((seen.iobes || seen.bilou) && seen.unclosed)
		check_report(check, run, seen.unclosed, 0, "convert the file to one scheme",
			     "an entity ends here without %s in a file that uses %s (first at line %zu)",
			     seen.iobes ? "E- or S-" : "L- or U-", seen.iobes ? "IOBES" : "BILOU",
			     seen.iobes ? seen.iobes : seen.bilou);
}

static void ambiguous_sentence(struct check *check, struct rule_run *run,
			       const struct sentence *sentence)
{
	struct surfaces **surfaces = check_state(check, run, sizeof(*surfaces));

	if (!surfaces)
		return;
	if (!*surfaces)
		*surfaces = surfaces_new();
	if (!*surfaces || surfaces_add(*surfaces, check->file.split, check->file.split_index,
				       sentence, check->record) < 0)
		check->out_of_memory = true;
}

static void ambiguous_end(struct check *check, struct rule_run *run)
{
	struct surfaces **surfaces = run->state;
	struct ambiguous_surface surface;
	char shown[UTF8_SHOWN];

	for (size_t i = 0; surfaces && surfaces_ambiguous(*surfaces, &i, &surface);) {
		struct finding_place place = { surface.split_index,
					       check->dataset->splits[surface.split_index].text,
					       surface.line, 0, surface.record };

		check_report_at(check, run, &place, NULL, "'%s' is %s",
				utf8_show(surface.form, shown), surface.types);
	}
}

static void release_surfaces(void *state)
{
	surfaces_free(*(struct surfaces **)state);
}

const struct rule rules_tag[] = {
	{ .info = { "tag-unknown", LEVEL_ERROR, "a tag that no label map holds",
		    "A tag is O, or B-, I- (or E-, S-, L-, U-) and a type; the types of the field are "
		    "PER, LOC, ORG, MISC and OTHER. Loaders look tags up in a fixed map and stop at one "
		    "that it lacks. Name types of your own with --types." },
	  .sentence = unknown_sentence },
	{ .info = { "tag-orphan-inside", LEVEL_WARNING, "I-X after O or at the start of a sentence",
		    "In IOB2 an entity starts with B-. An I- with nothing to go on from starts an entity "
		    "by conlleval's rules and by seqeval's default ones, and none by strict ones, so "
		    "that published scores differ. A file where B- only ever parts two neighbours of one "
		    "type is IOB1, and fine." },
	  .sentence = orphan_sentence,
	  .file_end = orphan_end },
	{ .info = { "tag-type-change", LEVEL_WARNING, "I-Y right after B-X or I-X",
		    "The type changes inside an entity. Some scorers see two entities here and some one "
		    "and a rest that is lost; one of the two types, or the missing B-, is a mistake." },
	  .sentence = type_change_sentence },
	{ .info = { "tag-scheme-mixed", LEVEL_WARNING, "two tagging schemes in one file",
		    "Some entities are written in IOBES (S-, E-) or BILOU (U-, L-) and others are not. "
		    "A scorer that is told one scheme misreads the rest." },
	  .sentence = scheme_sentence,
	  .file_end = scheme_end },
	{ .info = { "tag-ambiguous-surface", LEVEL_NOTE, "one surface form with several types",
		    "The same words are tagged with different types in the splits of a set. Many are "
		    "right (Washington); a rare type beside a frequent one is often a mistake and worth "
		    "a look." },
	  .sentence = ambiguous_sentence,
	  .end = ambiguous_end,
	  .release = release_surfaces },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
