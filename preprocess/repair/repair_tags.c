/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Mends of the tags of a sentence: they are read as the scheme of the file means them, and written as it
 * writes these entities.
 */
#include "preprocess/repair/repair_priv.h"

#include "lib/base/utf8.h"
#include "lib/corpus/tag_scheme.h"
#include "lib/formats/conll.h"

#include <string.h>

static struct tag read_tag(const char *text)
{
	struct tag tag;

	return tag_parse(text, &tag) ? tag : (struct tag){ 'O', "" };
}

/* The tags of the record in hand as they are now: [*n] of the arena, and the line of each. NULL when memory
 * is out. */
static const char **list_tags(struct repair *repair, struct held_line ***lines, size_t *n)
{
	const char **tags = arena_alloc(&repair->arena, repair->n_lines + 1, sizeof(*tags));

	*lines = arena_alloc(&repair->arena, repair->n_lines + 1, sizeof(**lines));
	*n = 0;
	if (!tags || !*lines) {
		repair->out_of_memory = true;
		return NULL;
	}
	for (size_t i = 0; i < repair->n_lines; i++) {
		struct held_line *line = &repair->lines[i];
		size_t columns = conll_columns(line->text, line->length), size;
		const char *text;

		if (line->kind != LINE_TOKEN || line->removed)
			continue;
		(*lines)[*n] = line;
		tags[*n] = "O";
		if (columns > 1 && conll_column(line->text, line->length, columns - 1, &text, &size))
			tags[*n] = arena_string(&repair->arena, text, size);
		if (!tags[(*n)++]) {
			repair->out_of_memory = true;
			return NULL;
		}
	}
	return tags;
}

/* Schemes where only B starts an entity of several words. */
static bool begins_with_b(enum scheme scheme)
{
	return scheme == SCHEME_IOB2 || scheme == SCHEME_IOBES || scheme == SCHEME_BILOU;
}

/* Of the schemes where B- starts an entity the one that fits best: a file of one of them may hold a few marks
 * of another. */
enum scheme repair_scheme(const struct tags_seen *tags)
{
	static const enum scheme others[] = { SCHEME_IOBES, SCHEME_BILOU };
	enum scheme scheme = tags_verdict(tags).scheme, best = SCHEME_IOB2;
	struct scheme_guess guess = SCHEME_GUESS_INIT;

	if (!begins_with_b(scheme))
		return scheme;
	tags_seen_guess(tags, &guess);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (guess.violations[others[i]] < guess.violations[best])
			best = others[i];
	return best;
}

void repair_see_tags(struct repair *repair)
{
	struct sentence sentence = { .id = NULL };
	struct held_line **lines;
	struct tag *parsed;
	const char **tags = list_tags(repair, &lines, &sentence.n_tokens);

	sentence.tokens = arena_alloc(&repair->arena, sentence.n_tokens + 1, sizeof(*sentence.tokens));
	parsed = arena_alloc(&repair->arena, sentence.n_tokens + 1, sizeof(*parsed));
	if (!tags || !sentence.tokens || !parsed) {
		repair->out_of_memory = true;
		return;
	}
	for (size_t i = 0; i < sentence.n_tokens; i++) {
		sentence.tokens[i].line_number = lines[i]->number;
		parsed[i] = read_tag(tags[i]);
	}
	tags_seen_add(&repair->tags, &sentence, parsed);
}

/* What the policy makes of each tag before the scheme reads them, and by which rule: [n] of the arena. */
static const char **by_policy(struct repair *repair, const char *const *tags, size_t n,
			      const char **rules)
{
	enum repair_policy policy = repair->options->policy;
	const char **out = arena_alloc(&repair->arena, n + 1, sizeof(*out));
	struct tag before = { 'O', "" };

	for (size_t i = 0; out && i < n; i++) {
		struct tag now = read_tag(tags[i]);
		bool change = tag_goes_on(now.prefix) && tag_is_open(before.prefix) &&
			      strcmp(before.type, now.type) != 0;
		bool orphan = tag_goes_on(now.prefix) && !tag_is_open(before.prefix);

		out[i] = tags[i];
		if (policy == REPAIR_PREVIOUS && change)
			out[i] = arena_format(&repair->arena, "%c-%s", now.prefix, before.type);
		else if (policy == REPAIR_OUTSIDE && (change || orphan))
			out[i] = "O";
		if (!out[i])
			return NULL;
		if (out[i] != tags[i] && change)
			rules[i] = "tag-type-change";
		else if (out[i] != tags[i])
			rules[i] = i && rules[i - 1] ? rules[i - 1] : "tag-orphan-inside";
		before = read_tag(out[i]);
	}
	return out;
}

/* The tags as they should be: [n] of the arena, or NULL when memory is out. */
static const char **meant_tags(struct repair *repair, const char *const *tags, size_t n,
			       const char **rules, struct span **spans, size_t *n_spans)
{
	const char **meant = arena_alloc(&repair->arena, n + 1, sizeof(*meant));
	const char *const *read = tags;
	struct err err = ERR_INIT;

	if (repair->options->policy != REPAIR_BEGIN && begins_with_b(repair->scheme))
		read = by_policy(repair, tags, n, rules);
	if (!meant || !read ||
	    scheme_spans(repair->scheme, read, n, spans, n_spans, NULL, &repair->arena, &err) < 0 ||
	    scheme_encode(repair->scheme, *spans, *n_spans, meant, n, &repair->arena, &err) < 0)
		return NULL;
	return meant;
}

bool repair_breaks(const char *rule, const char *const *tags, size_t n, size_t at)
{
	struct tag now = read_tag(tags[at]);
	struct tag before = at ? read_tag(tags[at - 1]) : (struct tag){ 'O', "" };
	char next = at + 1 < n ? read_tag(tags[at + 1]).prefix : 'O';

	if (strcmp(rule, "tag-orphan-inside") == 0)
		return tag_goes_on(now.prefix) && !tag_is_open(before.prefix);
	if (strcmp(rule, "tag-type-change") == 0)
		return tag_goes_on(now.prefix) && tag_is_open(before.prefix) &&
		       strcmp(before.type, now.type) != 0;
	return strcmp(rule, "tag-unclosed") == 0 && tag_is_open(now.prefix) && !tag_goes_on(next);
}

/* The rule that a tag of the sentence breaks; NULL when it is well. */
static const char *broken_rule(const struct repair *repair, const char *const *tags, size_t n, size_t i)
{
	if (repair_breaks("tag-type-change", tags, n, i))
		return "tag-type-change";
	if (begins_with_b(repair->scheme) && repair_breaks("tag-orphan-inside", tags, n, i))
		return "tag-orphan-inside";
	return NULL;
}

/* Whether the only mistake of a tag is that it does not end its entity. */
static bool is_unclosed(const char *tag, const char *meant)
{
	struct tag now = read_tag(tag), then = read_tag(meant);

	if (strcmp(now.type, then.type) != 0)
		return false;
	return (now.prefix == 'I' && (then.prefix == 'E' || then.prefix == 'L')) ||
	       (now.prefix == 'B' && (then.prefix == 'S' || then.prefix == 'U'));
}

static void write_tag(struct repair *repair, struct held_line *line, const char *tag,
		      const char *rule)
{
	size_t columns = conll_columns(line->text, line->length), size, column = 0, source_size;
	struct buf text = BUF_INIT;
	const char *old, *source;

	conll_column(line->text, line->length, columns - 1, &old, &size);
	buf_add(&text, line->text, (size_t)(old - line->text));
	buf_add_string(&text, tag);
	buf_add(&text, old + size, (size_t)(line->text + line->length - old) - size);
	if (conll_column(line->source, line->source_length, columns - 1, &source, &source_size))
		column = utf8_count(line->source, (size_t)(source - line->source)) + 1;
	repair_note(repair, line, rule, column, old, size, tag, strlen(tag));
	line->text = text.failed ? NULL : arena_string(&repair->arena, text.data, text.length);
	line->length = text.length;
	buf_release(&text);
	if (!line->text) {
		line->text = "";
		line->length = 0;
		repair->out_of_memory = true;
	}
}

/* A type with a blank, of a line whose columns tabs part, does not fit one where blanks do. */
static bool may_hold(const struct held_line *line, const char *tag)
{
	return !strchr(tag, ' ') || memchr(line->text, '\t', line->length);
}

/* Why each tag that differs from its meaning does: the rule that it breaks itself, else one that another
 * tag of its entity or the first tag of the next one breaks. */
static void find_rules(const struct repair *repair, const char *const *tags, size_t n,
		       const struct span *spans, size_t n_spans, const char **rules)
{
	for (size_t i = 0; i < n; i++)
		if (!rules[i])
			rules[i] = broken_rule(repair, tags, n, i);
	for (size_t s = 0; s < n_spans; s++) {
		const char *rule = NULL;

		for (size_t i = spans[s].begin; i < spans[s].end && !rule; i++)
			rule = rules[i];
		if (!rule && spans[s].end < n && rules[spans[s].end] &&
		    strcmp(rules[spans[s].end], "tag-type-change") == 0)
			rule = rules[spans[s].end];
		for (size_t i = spans[s].begin; i < spans[s].end; i++)
			if (!rules[i])
				rules[i] = rule;
	}
}

/* In IOB1 and IOE1 nearly every tag may stand anywhere: nothing tells a mistake there. */
static bool allows_all(enum scheme scheme)
{
	return scheme == SCHEME_IOB1 || scheme == SCHEME_IOE1;
}

/* What the tags should be, and by which rule each one changes: NULL where it stays. Both [n] of the arena;
 * *rules is NULL when all are well. */
static int mend(struct repair *repair, const char *const *tags, size_t n, const char ***meant,
		const char ***rules)
{
	size_t n_spans, malformed;
	struct err err = ERR_INIT;
	struct span *spans;
	struct tag tag;

	*rules = NULL;
	if (scheme_spans(repair->scheme, tags, n, &spans, &n_spans, &malformed, &repair->arena,
			 &err) < 0)
		return -1;
	if (malformed == 0)
		return 0;
	*rules = arena_alloc(&repair->arena, n + 1, sizeof(**rules));
	*meant = *rules ? meant_tags(repair, tags, n, *rules, &spans, &n_spans) : NULL;
	if (!*meant)
		return -1;
	find_rules(repair, tags, n, spans, n_spans, *rules);
	for (size_t i = 0; i < n; i++) {
		if (!tag_parse(tags[i], &tag) || strcmp(tags[i], (*meant)[i]) == 0)
			(*rules)[i] = NULL;
		else if (!(*rules)[i])
			(*rules)[i] = is_unclosed(tags[i], (*meant)[i]) ? "tag-unclosed"
									: "tag-scheme-mixed";
	}
	return 0;
}

void repair_tags(struct repair *repair)
{
	struct held_line **lines;
	size_t n;
	const char **tags, **meant, **rules;

	if (allows_all(repair->scheme))
		return;
	tags = list_tags(repair, &lines, &n);
	if (!tags || mend(repair, tags, n, &meant, &rules) < 0) {
		repair->out_of_memory = true;
		return;
	}
	for (size_t i = 0; rules && i < n; i++)
		if (rules[i] && repair_mends(repair, rules[i]) && may_hold(lines[i], meant[i]))
			write_tag(repair, lines[i], meant[i], rules[i]);
}

int repair_sentence_tags(enum scheme scheme, const char *rule, const char *const *tags, size_t n,
			 const char **mended, struct arena *arena, struct err *err)
{
	struct repair_options options = REPAIR_OPTIONS_INIT;
	struct repair repair = { .options = &options, .scheme = scheme };
	const char **meant, **rules = NULL;
	int rc = allows_all(scheme) ? 0 : mend(&repair, tags, n, &meant, &rules);

	for (size_t i = 0; rc == 0 && i < n; i++) {
		mended[i] = tags[i];
		if (rules && rules[i] && strcmp(rules[i], rule) == 0)
			mended[i] = arena_copy(arena, meant[i]);
		if (!mended[i])
			rc = -1;
	}
	arena_release(&repair.arena);
	return rc < 0 ? err_set_memory(err) : 0;
}
