/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/span.h"

#include "lib/base/utf8.h"
#include "lib/corpus/tag_scheme.h"

#include <stdbool.h>
#include <string.h>

const char **span_tags(const struct sentence *sentence, struct arena *arena)
{
	const char **tags = arena_alloc(arena, sentence->n_tokens + 1, sizeof(*tags));

	for (size_t i = 0; tags && i < sentence->n_tokens; i++)
		tags[i] = sentence->tokens[i].tag ? sentence->tokens[i].tag : "O";
	return tags;
}

/* Most neighbours are two words outside of entities. */
static bool same_type(struct tag a, struct tag b)
{
	return a.type == b.type || (*a.type == *b.type && strcmp(a.type, b.type) == 0);
}

static size_t extract_conlleval(const char *const *tags, size_t n, struct span *spans)
{
	struct tag before = tag_read(TAG_CONLLEVAL, "O");
	bool open = false;
	size_t count = 0;

	for (size_t i = 0; i <= n; i++) {
		struct tag now;
		bool same, starts;

		if (!open && i < n && tag_is_outside(tags[i])) {
			before = (struct tag){ 'O', "" };
			continue;
		}
		now = tag_read(TAG_CONLLEVAL, i < n ? tags[i] : "O");
		same = same_type(before, now);
		starts = tag_starts(TAG_CONLLEVAL, before.prefix, now.prefix, same);
		if (open && (starts || i == n ||
			     tag_ends(TAG_CONLLEVAL, before.prefix, now.prefix, same))) {
			spans[count - 1].end = i;
			open = false;
		}
		if (starts) {
			spans[count++] = (struct span){ i, i, now.type };
			open = true;
		}
		before = now;
	}
	return count;
}

/* An entity is noted where it ends, with the latest start, as seqeval does. */
static size_t extract_seqeval(const char *const *tags, size_t n, struct span *spans)
{
	struct tag before = { 'O', "" };
	size_t begin = 0, count = 0;

	for (size_t i = 0; i <= n; i++) {
		struct tag now = tag_read(TAG_SEQEVAL, i < n ? tags[i] : "O");
		bool same = same_type(before, now);

		if (tag_ends(TAG_SEQEVAL, before.prefix, now.prefix, same))
			spans[count++] = (struct span){ begin, i, before.type };
		if (tag_starts(TAG_SEQEVAL, before.prefix, now.prefix, same))
			begin = i;
		before = now;
	}
	return count;
}

static size_t extract_begin_only(const char *const *tags, size_t n, struct span *spans)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		struct tag tag, next;
		size_t end = i + 1;

		if (!tag_parse(tags[i], &tag) || tag.prefix != 'B')
			continue;
		while (end < n && tag_parse(tags[end], &next) && next.prefix == 'I' &&
		       strcmp(next.type, tag.type) == 0)
			end++;
		spans[count++] = (struct span){ i, end, tag.type };
	}
	return count;
}

/* What follows the last hyphen, or all. */
static const char *umt_type(const char *tag)
{
	const char *hyphen = strrchr(tag, '-');

	return hyphen ? hyphen + 1 : tag;
}

static bool umt_begins(const char *tag)
{
	return tag[0] == 'B' && (tag[1] == '-' || tag[1] == '\0');
}

/* What follows the first two characters. */
static const char *nervaluate_type(const char *tag)
{
	uint32_t code_point;

	for (size_t i = 0; i < 2 && *tag; i++) {
		size_t length = utf8_decode(tag, strlen(tag), &code_point);

		tag += length ? length : 1;
	}
	return tag;
}

/* Every tag but O belongs to an entity, which ends where the type changes or a tag begins one. */
static size_t extract_runs(const char *const *tags, size_t n, struct span *spans,
			   const char *(*type_of)(const char *tag), bool (*begins)(const char *tag))
{
	size_t count = 0;
	bool open = false;

	for (size_t i = 0; i < n; i++) {
		const char *type;

		if (tag_is_outside(tags[i])) {
			open = false;
			continue;
		}
		type = type_of(tags[i]);
		if (!open || begins(tags[i]) || strcmp(type, spans[count - 1].type) != 0)
			spans[count++] = (struct span){ i, i, type };
		spans[count - 1].end = i + 1;
		open = true;
	}
	return count;
}

static bool nervaluate_begins(const char *tag)
{
	return tag[0] == 'B';
}

int span_extract(enum span_rule rule, const char *const *tags, size_t n, struct span **out,
		 size_t *n_out, struct arena *arena, struct err *err)
{
	struct span *spans = arena_alloc(arena, n + 1, sizeof(*spans));

	if (!spans)
		return err_set_memory(err);
	switch (rule) {
	case SPAN_CONLLEVAL:
		*n_out = extract_conlleval(tags, n, spans);
		break;
	case SPAN_SEQEVAL:
		*n_out = extract_seqeval(tags, n, spans);
		break;
	case SPAN_BEGIN_ONLY:
		*n_out = extract_begin_only(tags, n, spans);
		break;
	case SPAN_UMT:
		*n_out = extract_runs(tags, n, spans, umt_type, umt_begins);
		break;
	case SPAN_NERVALUATE:
		*n_out = extract_runs(tags, n, spans, nervaluate_type, nervaluate_begins);
		break;
	}
	*out = spans;
	return 0;
}
