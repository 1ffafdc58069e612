/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/scheme.h"

#include "lib/corpus/tag_scheme.h"

#include <string.h>
#include <strings.h>

static const char *const names[SCHEMES] = { "IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU" };

const char *scheme_name(enum scheme scheme)
{
	return names[scheme];
}

bool scheme_from_name(const char *name, enum scheme *scheme)
{
	static const struct {
		const char *name;
		enum scheme scheme;
	} others[] = { { "BIO", SCHEME_IOB2 },    { "IOB", SCHEME_IOB2 },   { "BIO2", SCHEME_IOB2 },
		       { "BIOES", SCHEME_IOBES }, { "BIOLU", SCHEME_BILOU }, { "BIOUL", SCHEME_BILOU } };

	for (size_t i = 0; i < SCHEMES; i++)
		if (strcasecmp(name, names[i]) == 0) {
			*scheme = (enum scheme)i;
			return true;
		}
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (strcasecmp(name, others[i].name) == 0) {
			*scheme = others[i].scheme;
			return true;
		}
	return false;
}

static struct tag read_tag(const char *text)
{
	struct tag tag;

	return tag_parse(text, &tag) ? tag : (struct tag){ 'O', "" };
}

/* ---- entities ---- */

static bool ends_entity(char prefix)
{
	return prefix == 'E' || prefix == 'L' || prefix == 'S' || prefix == 'U';
}

static bool starts_entity(char prefix)
{
	return prefix == 'B' || prefix == 'S' || prefix == 'U';
}

static size_t find_spans(const char *const *tags, size_t n, struct span *spans)
{
	size_t count = 0;
	bool open = false;

	for (size_t i = 0; i < n; i++) {
		struct tag tag = read_tag(tags[i]);

		if (tag.prefix == 'O') {
			open = false;
			continue;
		}
		if (!open || starts_entity(tag.prefix) ||
		    strcmp(spans[count - 1].type, tag.type) != 0)
			spans[count++] = (struct span){ i, i, tag.type };
		spans[count - 1].end = i + 1;
		open = !ends_entity(tag.prefix);
	}
	return count;
}

static bool touches(const struct span *before, const struct span *after)
{
	return before->end == after->begin && strcmp(before->type, after->type) == 0;
}

/* The prefix of word `at` of an entity; the flags say whether one of its type stands right before
 * or behind it. */
static char encode_prefix(enum scheme scheme, const struct span *span, size_t at, bool follows,
			  bool followed)
{
	bool first = at == span->begin, last = at + 1 == span->end;

	switch (scheme) {
	case SCHEME_IOB1:
		return first && follows ? 'B' : 'I';
	case SCHEME_IOB2:
		return first ? 'B' : 'I';
	case SCHEME_IOE1:
		return last && followed ? 'E' : 'I';
	case SCHEME_IOE2:
		return last ? 'E' : 'I';
	case SCHEME_IOBES:
		return first && last ? 'S' : first ? 'B' : last ? 'E' : 'I';
	default:
		return first && last ? 'U' : first ? 'B' : last ? 'L' : 'I';
	}
}

static char span_prefix(enum scheme scheme, const struct span *spans, size_t n_spans, size_t i,
			size_t at)
{
	return encode_prefix(scheme, &spans[i], at, i > 0 && touches(&spans[i - 1], &spans[i]),
			     i + 1 < n_spans && touches(&spans[i], &spans[i + 1]));
}

static size_t count_malformed(enum scheme scheme, const char *const *tags, size_t n,
			      const struct span *spans, size_t n_spans)
{
	size_t malformed = 0, i = 0;

	for (size_t at = 0; at < n; at++) {
		while (i < n_spans && spans[i].end <= at)
			i++;
		if (i < n_spans && spans[i].begin <= at)
			malformed += tags[at][0] != span_prefix(scheme, spans, n_spans, i, at);
		else
			malformed += strcmp(tags[at], "O") != 0;
	}
	return malformed;
}

int scheme_any_spans(const char *const *tags, size_t n, struct span **out, size_t *n_out,
		     struct arena *arena, struct err *err)
{
	*out = arena_alloc(arena, n + 1, sizeof(**out));
	if (!*out)
		return err_set_memory(err);
	*n_out = find_spans(tags, n, *out);
	return 0;
}

int scheme_spans(enum scheme scheme, const char *const *tags, size_t n, struct span **out,
		 size_t *n_out, size_t *malformed, struct arena *arena, struct err *err)
{
	if (scheme_any_spans(tags, n, out, n_out, arena, err) < 0)
		return -1;
	if (malformed)
		*malformed = count_malformed(scheme, tags, n, *out, *n_out);
	return 0;
}

int scheme_encode(enum scheme scheme, const struct span *spans, size_t n_spans, const char **tags,
		  size_t n, struct arena *arena, struct err *err)
{
	for (size_t at = 0; at < n; at++)
		tags[at] = "O";
	for (size_t i = 0; i < n_spans; i++) {
		if (spans[i].begin >= spans[i].end || spans[i].end > n ||
		    (i > 0 && spans[i].begin < spans[i - 1].end))
			BUG("entities out of order or out of the sentence");
		for (size_t at = spans[i].begin; at < spans[i].end; at++) {
			char prefix = span_prefix(scheme, spans, n_spans, i, at);

			tags[at] = arena_format(arena, "%c-%s", prefix, spans[i].type);
			if (!tags[at])
				return err_set_memory(err);
		}
	}
	return 0;
}

/* ---- which scheme it is ---- */

/* Whether the scheme has the prefix, one of O, B, I, E, S, L and U. */
static bool has_prefix(enum scheme scheme, char prefix)
{
	switch (prefix) {
	case 'B':
		return scheme != SCHEME_IOE1 && scheme != SCHEME_IOE2;
	case 'E':
		return scheme != SCHEME_IOB1 && scheme != SCHEME_IOB2 && scheme != SCHEME_BILOU;
	case 'S':
		return scheme == SCHEME_IOBES;
	case 'L':
	case 'U':
		return scheme == SCHEME_BILOU;
	default:
		return true;
	}
}

static bool opens(char prefix)
{
	return prefix == 'B' || prefix == 'I';
}

static bool continues(char prefix)
{
	return prefix == 'I' || prefix == 'E' || prefix == 'L';
}

/* Whether `now` may stand behind `before`; `same` says that their types are equal. */
static bool fits(enum scheme scheme, char before, char now, bool same)
{
	switch (scheme) {
	case SCHEME_IOB1:
		return now != 'B' || (same && opens(before));
	case SCHEME_IOB2:
		return now != 'I' || (same && opens(before));
	case SCHEME_IOE1:
		return before != 'E' || (same && continues(now));
	case SCHEME_IOE2:
		return before != 'I' || (same && continues(now));
	default:
		if (!opens(before) && !continues(now))
			return true;
		return opens(before) && continues(now) && same;
	}
}

void scheme_guess_step(struct scheme_guess *guess, char before, char now, bool same, size_t times)
{
	guess->tags += now != 'O' ? times : 0;
	for (size_t i = 0; i < SCHEMES; i++)
		if (!has_prefix((enum scheme)i, now) || !fits((enum scheme)i, before, now, same))
			guess->violations[i] += times;
}

void scheme_guess_add(struct scheme_guess *guess, const char *const *tags, size_t n)
{
	struct tag before = { 'O', "" };

	for (size_t i = 0; i <= n; i++) {
		struct tag now = i < n ? read_tag(tags[i]) : (struct tag){ 'O', "" };
		bool same = before.prefix != 'O' && now.prefix != 'O' &&
			    strcmp(before.type, now.type) == 0;

		if (before.prefix != 'O' || now.prefix != 'O')
			scheme_guess_step(guess, before.prefix, now.prefix, same, 1);
		before = now;
	}
}

enum scheme scheme_guess_likely(const struct scheme_guess *guess)
{
	enum scheme best = SCHEME_IOB2;

	for (size_t i = 0; i < SCHEMES; i++)
		if (guess->violations[i] < guess->violations[best])
			best = (enum scheme)i;
	return best;
}

bool scheme_guess_result(const struct scheme_guess *guess, enum scheme *scheme)
{
	enum scheme likely = scheme_guess_likely(guess);

	if (!guess->tags || guess->violations[likely])
		return false;
	*scheme = likely;
	return true;
}
