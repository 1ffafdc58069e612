/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/fix.h"

#include "lib/review/relations.h"
#include "lib/review/tags.h"
#include "preprocess/repair/repair.h"

#include <string.h>

static bool begins_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

/* Rules that look at no tag but those at the word and beside it, and whose mend changes tags alone. */
static bool mends_tags(const char *rule)
{
	static const char *const rules[] = { "tag-orphan-inside", "tag-type-change", "tag-unclosed",
					     "tag-scheme-mixed" };

	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (strcmp(rule, rules[i]) == 0)
			return true;
	return false;
}

/* The word whose label a model doubts, in a span or sentence that the finding is about; SIZE_MAX: it is not
 * there. */
static size_t doubted_word(const struct review_finding *finding, const struct review_record *record)
{
	const struct finding_label *label = finding->label;
	size_t first = finding->word == SIZE_MAX ? 0 : finding->word;

	for (size_t i = first; label && i < record->sentence.n_tokens; i++)
		if (strcmp(record->sentence.tokens[i].word, label->word) == 0 &&
		    strcmp(record->gold[i], label->given) == 0)
			return i;
	return SIZE_MAX;
}

bool fix_finding_holds(const struct review_finding *finding, const struct review_record *record)
{
	size_t word = finding->label ? doubted_word(finding, record) : finding->word;

	if (record->relation)
		return !finding->label ||
		       strcmp(record->relation->relation, finding->label->given) == 0;
	if (word >= record->sentence.n_tokens)
		return true;
	if (mends_tags(finding->rule) && strcmp(finding->rule, "tag-scheme-mixed") != 0)
		return repair_breaks(finding->rule, record->tags, record->sentence.n_tokens, word);
	if (begins_with(finding->rule, "tag-") || begins_with(finding->rule, "label-") ||
	    begins_with(finding->rule, "merge-"))
		return strcmp(record->tags[word], record->gold[word]) == 0;
	return true;
}

bool fix_is_known(const struct review_finding *finding, const struct review_record *record)
{
	if (record->relation)
		return false;
	if (!finding->label)
		return mends_tags(finding->rule);
	return doubted_word(finding, record) != SIZE_MAX && tag_is_valid(finding->label->likelier) &&
	       strcmp(finding->label->likelier, finding->label->given) != 0;
}

/* Take one word out of the span that it is in: what is left on either side stays. */
static int take_out(const char **tags, size_t n, size_t word, struct str_table *names)
{
	struct tag_span span;

	if (!tags_span_at((const char *const *)tags, n, word, &span)) {
		tags[word] = "O";
		return 0;
	}
	tags_clear(tags, n, word, word + 1);
	if (span.begin < word && tags_set(tags, n, span.begin, word, span.type, names) < 0)
		return -1;
	return word + 1 < span.end ? tags_set(tags, n, word + 1, span.end, span.type, names) : 0;
}

/* Give a word a label. The words of its span come along: an entity is of one type. */
static int give_label(const char **tags, size_t n, size_t word, const char *label,
		      struct str_table *names)
{
	const char *const *now = (const char *const *)tags;
	const char *type = tag_type(label);
	struct tag_span span = { word, word + 1, NULL }, before;

	if (!type)
		return take_out(tags, n, word, names);
	tags_span_at(now, n, word, &span);
	if (strchr("IEL", label[0]) && span.begin == word && word > 0 &&
	    tags_span_at(now, n, word - 1, &before) && strcmp(before.type, type) == 0)
		return tags_set(tags, n, before.begin, span.end, type, names);
	if (!span.type || strcmp(span.type, type) != 0 || span.begin == word)
		return tags_set(tags, n, span.begin, span.end, type, names);
	/* B- inside an entity of its type: a second one begins there. The first takes the whole away. */
	if (tags_set(tags, n, word, span.end, type, names) < 0)
		return -1;
	return tags_set(tags, n, span.begin, word, type, names);
}

static int take_label(const struct review_finding *finding, const struct review_record *record,
		      const char **tags, struct arena *arena)
{
	struct str_table names;
	size_t n = record->sentence.n_tokens;
	int rc;

	str_table_init(&names);
	memcpy(tags, record->tags, n * sizeof(*tags));
	rc = give_label(tags, n, doubted_word(finding, record), finding->label->likelier, &names);
	for (size_t i = 0; rc == 0 && i < n; i++) {
		tags[i] = strcmp(tags[i], record->tags[i]) == 0 ? record->tags[i]
								: arena_copy(arena, tags[i]);
		if (!tags[i])
			rc = -1;
	}
	str_table_release(&names);
	return rc;
}

int fix_make(const struct review_finding *finding, const struct review_record *record,
	     enum scheme scheme, const char **tags, struct arena *arena, struct err *err)
{
	if (finding->label)
		return take_label(finding, record, tags, arena) < 0 ? err_set_memory(err) : 0;
	return repair_sentence_tags(scheme, finding->rule, record->tags, record->sentence.n_tokens, tags,
				    arena, err);
}

void fix_advise(const struct review_finding *finding, struct buf *advice)
{
	struct repair_info info;

	for (size_t i = 0; repair_rule(i, &info); i++)
		if (!mends_tags(info.rule) && strcmp(info.rule, finding->rule) == 0) {
			buf_add_format(advice, "not by tags: 'tagsight check %s --only %s' mends it",
				       info.safe ? "--fix" : "--fix-unsafe", info.rule);
			return;
		}
	if (finding->fix)
		buf_add_format(advice, "by hand: %s", finding->fix);
}
