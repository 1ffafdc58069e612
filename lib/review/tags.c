/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/tags.h"

#include "lib/base/utf8.h"

#include <string.h>

static const char outside[] = "O";

const char *tag_type(const char *tag)
{
	return tag[0] && tag[1] == '-' && tag[2] ? tag + 2 : NULL;
}

bool tag_is_valid(const char *tag)
{
	size_t length = strlen(tag);

	if (strcmp(tag, outside) == 0)
		return true;
	if (length > TAG_LIMIT || !tag_type(tag) || !strchr("BIESUL", tag[0]))
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)tag[i] <= ' ' || tag[i] == 0x7f)
			return false;
	return utf8_valid_prefix(tag, length) == length;
}

/* Whether the word `at` opens a span. */
static bool begins(const char *const *tags, size_t at)
{
	const char *type = tag_type(tags[at]), *before;

	if (!type)
		return false;
	if (at == 0 || strchr("BSU", tags[at][0]))
		return true;
	before = tag_type(tags[at - 1]);
	return !before || strcmp(before, type) != 0 || strchr("ELSU", tags[at - 1][0]);
}

bool tags_next_span(const char *const *tags, size_t n, size_t from, struct tag_span *span)
{
	for (size_t i = from; i < n; i++) {
		if (!begins(tags, i))
			continue;
		span->begin = i;
		span->type = tag_type(tags[i]);
		for (span->end = i + 1; span->end < n; span->end++)
			if (!tag_type(tags[span->end]) || begins(tags, span->end))
				break;
		return true;
	}
	return false;
}

bool tags_span_at(const char *const *tags, size_t n, size_t at, struct tag_span *span)
{
	size_t begin = at;

	if (at >= n || !tag_type(tags[at]))
		return false;
	while (begin > 0 && !begins(tags, begin))
		begin--;
	return tags_next_span(tags, n, begin, span);
}

bool tags_have_span(const char *const *tags, size_t n, const struct tag_span *span)
{
	struct tag_span found;

	return span->begin < n && begins(tags, span->begin) &&
	       tags_next_span(tags, n, span->begin, &found) && found.end == span->end &&
	       strcmp(found.type, span->type) == 0;
}

bool tags_same_spans(const char *const *a, const char *const *b, size_t n)
{
	struct tag_span x, y;
	bool more_x = tags_next_span(a, n, 0, &x), more_y = tags_next_span(b, n, 0, &y);

	while (more_x && more_y) {
		if (x.begin != y.begin || x.end != y.end || strcmp(x.type, y.type) != 0)
			return false;
		more_x = tags_next_span(a, n, x.end, &x);
		more_y = tags_next_span(b, n, y.end, &y);
	}
	return more_x == more_y;
}

bool tags_equal(const char *const *a, const char *const *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(a[i], b[i]) != 0)
			return false;
	return true;
}

void tags_clear(const char **tags, size_t n, size_t begin, size_t end)
{
	const char *const *spans = (const char *const *)tags;
	struct tag_span span;

	for (size_t at = begin; at < end && at < n; at++) {
		/* A tag that is not understood is no span, and goes all the same. */
		if (!tags_span_at(spans, n, at, &span)) {
			tags[at] = outside;
			continue;
		}
		for (size_t i = span.begin; i < span.end; i++)
			tags[i] = outside;
	}
}

static const char *interned(struct str_table *names, char prefix, const char *type)
{
	char tag[TAG_LIMIT + 1];
	int length = snprintf(tag, sizeof(tag), "%c-%s", prefix, type);
	long id = length < (int)sizeof(tag) ? str_table_add(names, tag, (size_t)length) : -1;

	return id < 0 ? NULL : str_table_text(names, (size_t)id);
}

int tags_set(const char **tags, size_t n, size_t begin, size_t end, const char *type,
	     struct str_table *names)
{
	const char *first = interned(names, 'B', type), *next = interned(names, 'I', type);

	if (!first || !next)
		return -1;
	tags_clear(tags, n, begin, end);
	for (size_t i = begin; i < end && i < n; i++)
		tags[i] = i == begin ? first : next;
	return 0;
}
