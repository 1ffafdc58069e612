/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about tags. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/surfaces.h"
#include "preprocess/check/tags_seen.h"

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

/* Plain CoNLL without ids comes from elsewhere and has types of its own, unless the user lists some. */
static bool has_own_types(const struct check *check)
{
	const struct str_list *types = check->options->types;

	return check->file.plain && !check->file.first.has_ids && !(types && types->n);
}

static void unknown_sentence(struct check *check, struct rule_run *run,
			     const struct sentence *sentence)
{
	bool none = !check->digest->tags || check->file.first.strange, own = has_own_types(check);
	char shown[UTF8_SHOWN];

	for (size_t i = 0; !none && i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct tag tag = check->digest->parsed[i];

		if (tag.prefix == 'O' && tag.type)
			continue;
		if (!tag.type)
			check_report(check, run, token->line_number, tag_column(token),
				     "write O, B-TYPE or I-TYPE", "'%s' is no tag",
				     utf8_show(token->tag, shown));
		else if (!own && !known_type(check, tag.type))
			check_report(check, run, token->line_number, tag_column(token),
				     "name types of your own with --types",
				     "the type '%s' is none of PER, LOC, ORG, MISC, OTHER",
				     utf8_show(tag.type, shown));
	}
}

static void unknown_end(struct check *check, struct rule_run *run)
{
	const struct first_look *first = &check->file.first;
	char shown[UTF8_SHOWN];

	if (first->strange)
		check_report(check, run, first->strange_line, 0,
			     "put the tags of entities into the last column",
			     "most tags are no tags of entities, as '%s' is none: the column or the "
			     "file is another",
			     utf8_show(first->strange_tag, shown));
}

static void orphan_sentence(struct check *check, struct rule_run *run,
			    const struct sentence *sentence)
{
	struct tag before = { 'O', "" };
	char shown[UTF8_SHOWN];

	for (size_t i = 0; check->digest->tags && i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct tag now = check->digest->parsed[i];

		if (tag_goes_on(now.prefix) && !tag_is_open(before.prefix))
			check_report(check, run, token->line_number, tag_column(token),
				     "write B- where an entity starts",
				     "'%s' goes on with an entity that has not begun",
				     utf8_show(token->tag, shown));
		before = now;
	}
}

static void orphan_end(struct check *check, struct rule_run *run)
{
	struct tags_verdict verdict = tags_verdict(&check->file.tags);

	if (verdict.scheme != SCHEME_IOB2 && verdict.scheme != SCHEME_IOBES &&
	    verdict.scheme != SCHEME_BILOU)
		findings_take_back(check, run);
}

static void type_change_sentence(struct check *check, struct rule_run *run,
				 const struct sentence *sentence)
{
	struct tag before = { 'O', "" };
	char shown[UTF8_SHOWN], other[UTF8_SHOWN];

	for (size_t i = 0; check->digest->tags && i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct tag now = check->digest->parsed[i];

		if (tag_goes_on(now.prefix) && tag_is_open(before.prefix) &&
		    strcmp(before.type, now.type) != 0)
			check_report(check, run, token->line_number, tag_column(token),
				     "give both words one type, or write B- here",
				     "'%s' goes on with an entity of type %s",
				     utf8_show(token->tag, shown), utf8_show(before.type, other));
		before = now;
	}
}

static void type_change_end(struct check *check, struct rule_run *run)
{
	enum scheme scheme = tags_verdict(&check->file.tags).scheme;

	if (scheme == SCHEME_IOB1 || scheme == SCHEME_IOE1)
		findings_take_back(check, run);
}

static const char *closing_marks(enum scheme scheme)
{
	return scheme == SCHEME_BILOU ? "L- or U-" : scheme == SCHEME_IOE2 ? "E-" : "E- or S-";
}

static void unclosed_sentence(struct check *check, struct rule_run *run,
			      const struct sentence *sentence)
{
	const struct tag *tags = check->digest->parsed;
	size_t n = tags && check->file.first.closes ? sentence->n_tokens : 0;
	char shown[UTF8_SHOWN];

	for (size_t i = 0; i < n; i++) {
		const struct token *token = &sentence->tokens[i];
		char next = i + 1 < n ? tags[i + 1].prefix : 'O';

		if (tag_is_open(tags[i].prefix) && !tag_goes_on(next))
			check_report(check, run, token->line_number, tag_column(token),
				     "mark the last word of the entity",
				     "'%s' is the last word of its entity and is not marked so",
				     utf8_show(token->tag, shown));
	}
}

static void unclosed_end(struct check *check, struct rule_run *run)
{
	struct tags_verdict verdict = tags_verdict(&check->file.tags);

	if (verdict.mixed || verdict.scheme == SCHEME_IOB1 || verdict.scheme == SCHEME_IOB2 ||
	    verdict.scheme == SCHEME_IOE1)
		findings_take_back(check, run);
}

static void mixed_end(struct check *check, struct rule_run *run)
{
	const struct tags_seen *tags = &check->file.tags;
	struct tags_verdict verdict = tags_verdict(tags);
	size_t closing = tags->first_iobes ? tags->first_iobes : tags->first_bilou;

	if (!verdict.mixed)
		return;
	if (tags->first_iobes && tags->first_bilou)
		check_report(check, run,
			     tags->first_iobes > tags->first_bilou ? tags->first_iobes
								   : tags->first_bilou,
			     0, "convert the file to one scheme",
			     "S- or E- (first at line %zu) and U- or L- (first at line %zu) in one file",
			     tags->first_iobes, tags->first_bilou);
	else if (closing)
		check_report(check, run, tags->first_unclosed, 0, "convert the file to one scheme",
			     "an entity ends here without %s in a file that uses %s (first at line %zu)",
			     closing_marks(verdict.scheme), scheme_name(verdict.scheme), closing);
	else
		check_report(check, run, tags->first_inside, 0, "convert the file to one scheme",
			     "an entity starts here with I-; %zu of %zu tags of entities do not fit "
			     "%s, and no other scheme fits better",
			     verdict.misfits, verdict.tags, scheme_name(verdict.scheme));
}

static void ambiguous_sentence(struct check *check, struct rule_run *run,
			       const struct sentence *sentence)
{
	struct surfaces **surfaces = check_state(check, run, sizeof(*surfaces));

	if (!surfaces)
		return;
	if (!*surfaces)
		*surfaces = surfaces_new();
	if (!*surfaces || surfaces_add(*surfaces, check->file.split_index, sentence, check->digest,
				       check->record) < 0)
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
		    "that it lacks. Name types of your own with --types; a plain CoNLL file without ids may "
		    "have any." },
	  .sentence = unknown_sentence,
	  .file_end = unknown_end,
	  .anywhere = true },
	{ .info = { "tag-orphan-inside", LEVEL_WARNING, "I-X after O or at the start of a sentence",
		    "In IOB2 an entity starts with B- (in IOBES and BILOU with B-, S- or U-). An I- with "
		    "nothing to go on from starts an entity by conlleval's rules and by seqeval's default "
		    "ones, and none by strict ones, so that published scores differ. A file that is in "
		    "IOB1, IOE1 or IOE2 as a whole, where I- starts entities, is fine." },
	  .sentence = orphan_sentence,
	  .file_end = orphan_end,
	  .anywhere = true },
	{ .info = { "tag-type-change", LEVEL_WARNING, "I-Y right after B-X or I-X",
		    "The type changes inside an entity. Some scorers see two entities here and some one "
		    "and a rest that is lost; one of the two types, or the missing B-, is a mistake. In "
		    "IOB1 and IOE1 this is how two neighbours are written, and fine." },
	  .sentence = type_change_sentence,
	  .file_end = type_change_end,
	  .anywhere = true },
	{ .info = { "tag-unclosed", LEVEL_WARNING, "an entity without its closing tag",
		    "In IOBES the last word of an entity has E- (S- when it is alone), in BILOU L- (U-), "
		    "in IOE2 E-. An entity that ends otherwise is none by strict rules. A file in which "
		    "many entities end so mixes two schemes, which is one finding of tag-scheme-mixed." },
	  .sentence = unclosed_sentence,
	  .file_end = unclosed_end,
	  .anywhere = true },
	{ .info = { "tag-scheme-mixed", LEVEL_WARNING, "two tagging schemes in one file",
		    "Some entities are written in one scheme and some in another: with S- and E- (IOBES) "
		    "or U- and L- (BILOU) and without, or with B- at each start (IOB2) and without. A "
		    "scorer that is told one scheme misreads the rest. The scheme that a file has is "
		    "named on standard error." },
	  .file_end = mixed_end },
	{ .info = { "tag-ambiguous-surface", LEVEL_NOTE, "one surface form with several types",
		    "The same words are tagged with different types in the splits of a set. Many are "
		    "right (Washington); a rare type beside a frequent one is often a mistake and worth "
		    "a look. Each different form is kept, some 130 bytes." },
	  .sentence = ambiguous_sentence,
	  .end = ambiguous_end,
	  .needs = NEED_SPANS,
	  .release = release_surfaces },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
