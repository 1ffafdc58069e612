/* SPDX-License-Identifier: Apache-2.0 */
/* The transition tables of seqeval's strict mode (seqeval/scheme.py, version 1.2.2). */
#include "lib/corpus/scheme.h"

#include "lib/base/utf8.h"

#include <string.h>

enum same_type { SAME, DIFFERENT, ANY };

/* Prefixes of the word before and of this word, and how their types must stand to each other. */
struct pattern {
	const char *before, *now;
	enum same_type types;
};

#define ALL "IOBESUL"
#define PATTERNS 7 /* with the one that ends a list: `before` is NULL */

struct strict_rules {
	const char *prefixes;
	struct pattern start[PATTERNS], inside[PATTERNS], end[PATTERNS];
};

static const struct strict_rules rules[SCHEMES] = {
	[SCHEME_IOB1] = {
		"IOB",
		{ { "O", "I", ANY }, { "I", "I", DIFFERENT }, { "B", "I", ANY }, { "IB", "B", SAME } },
		{ { "BI", "I", SAME } },
		{ { "IB", "I", DIFFERENT }, { "IB", "O", ANY }, { "I", "B", ANY }, { "B", "B", SAME } },
	},
	[SCHEME_IOB2] = {
		"IOB",
		{ { ALL, "B", ANY } },
		{ { "BI", "I", SAME } },
		{ { "IB", "O", ANY }, { "IB", "I", DIFFERENT }, { "IB", "B", ANY } },
	},
	[SCHEME_IOE1] = {
		"IOE",
		{ { "O", "I", ANY }, { "I", "I", DIFFERENT }, { "E", "I", ANY }, { "E", "E", SAME } },
		{ { "I", "IE", SAME } },
		{ { "I", "I", DIFFERENT }, { "I", "O", ANY }, { "I", "E", DIFFERENT }, { "E", "IE", SAME } },
	},
	[SCHEME_IOE2] = {
		"IOE",
		{ { "OE", "IE", ANY }, { "I", "IE", DIFFERENT } },
		{ { "I", "IE", SAME } },
		{ { "E", ALL, ANY } },
	},
	[SCHEME_IOBES] = {
		"IOBES",
		{ { ALL, "BS", ANY } },
		{ { "BI", "IE", SAME } },
		{ { "SE", ALL, ANY } },
	},
	[SCHEME_BILOU] = {
		"IOBUL",
		{ { ALL, "BU", ANY } },
		{ { "BI", "IL", SAME } },
		{ { "UL", ALL, ANY } },
	},
};

struct strict_tag {
	char prefix;
	const char *type; /* hyphens stripped, "_" when nothing is left */
};

static bool matches(const struct pattern *patterns, const struct strict_tag *before,
		    const struct strict_tag *now)
{
	bool same = strcmp(before->type, now->type) == 0;

	for (; patterns->before; patterns++)
		if (strchr(patterns->before, before->prefix) && strchr(patterns->now, now->prefix) &&
		    (patterns->types == ANY || same == (patterns->types == SAME)))
			return true;
	return false;
}

static int read_tag(const struct strict_rules *scheme, const char *text, struct strict_tag *tag,
		    struct arena *arena, struct err *err)
{
	const char *type = text + 1;
	char shown[UTF8_SHOWN];
	size_t length;

	if (!*text || !strchr(scheme->prefixes, *text))
		return err_set(err, ERR_DATA, "the prefix of the tag '%s' is none of %s",
			       utf8_show(text, shown), scheme->prefixes);
	tag->prefix = *text;
	while (*type == '-')
		type++;
	length = strlen(type);
	while (length && type[length - 1] == '-')
		length--;
	if (!length)
		tag->type = "_";
	else
		tag->type = type[length] ? arena_string(arena, type, length) : type;
	return tag->type ? 0 : err_set_memory(err);
}

int scheme_strict_spans(enum scheme scheme, const char *const *tags, size_t n, struct span **out,
			size_t *n_out, struct arena *arena, struct err *err)
{
	const struct strict_rules *use = &rules[scheme];
	/* One O before the first word and one behind the last. */
	struct strict_tag *read = arena_alloc(arena, n + 2, sizeof(*read)), *now;
	struct span *spans = arena_alloc(arena, n + 1, sizeof(*spans));
	size_t count = 0, end;

	if (!read || !spans)
		return err_set_memory(err);
	now = read + 1;
	now[-1] = now[n] = (struct strict_tag){ 'O', "_" };
	for (size_t i = 0; i < n; i++)
		if (read_tag(use, tags[i], &now[i], arena, err) < 0)
			return -1;
	for (size_t i = 0; i <= n; i = end) {
		end = i + 1;
		if (!matches(use->start, &now[(ptrdiff_t)i - 1], &now[i]))
			continue;
		while (end < n && matches(use->inside, &now[end - 1], &now[end]))
			end++;
		if (matches(use->end, &now[end - 1], &now[end]))
			spans[count++] = (struct span){ i, end, now[i].type };
	}
	*out = spans;
	*n_out = count;
	return 0;
}
