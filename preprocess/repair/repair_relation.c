/* SPDX-License-Identifier: Apache-2.0 */
/* Mends of a line of relations, in place: what is not mended keeps its bytes. */
#include "preprocess/repair/repair_priv.h"

#include "lib/base/utf8.h"
#include "lib/formats/literal.h"

#include <string.h>

/* What is where in a line. */
struct relation_places {
	size_t n_tokens, n_empty;
	size_t last_token;     /* byte behind the last token */
	long begin[2], end[2]; /* of head and tail */
};

static int find_tokens(struct literal *in, struct relation_places *places, struct err *err)
{
	char close = literal_accept(in, '[') ? ']' : ')';
	int more = 1;

	if (close == ')' && !literal_accept(in, '('))
		return -1;
	places->n_tokens = places->n_empty = 0;
	if (literal_accept(in, close))
		return 0;
	while (more > 0) {
		const char *token = literal_string(in, err);

		if (!token)
			return -1;
		places->n_tokens++;
		places->n_empty += !*token;
		places->last_token = in->at;
		more = literal_more(in, close, err);
	}
	return more;
}

static int find_position(struct literal *in, long *begin, long *end, struct err *err)
{
	char close = literal_accept(in, '[') ? ']' : ')';

	if ((close == ')' && !literal_accept(in, '(')) || literal_integer(in, begin, err) < 0 ||
	    !literal_accept(in, ',') || literal_integer(in, end, err) < 0)
		return -1;
	literal_accept(in, ',');
	return literal_accept(in, close) ? 0 : -1;
}

/* Walk a dict; `item` takes the value of each key. */
static int walk_dict(struct literal *in, struct relation_places *places,
		     int (*item)(struct literal *in, const char *key,
				 struct relation_places *places, int which, struct err *err),
		     int which, struct err *err)
{
	int more = 1;

	if (!literal_accept(in, '{'))
		return -1;
	if (literal_accept(in, '}'))
		return 0;
	while (more > 0) {
		const char *key = literal_string(in, err);

		if (!key || !literal_accept(in, ':') || item(in, key, places, which, err) < 0)
			return -1;
		more = literal_more(in, '}', err);
	}
	return more;
}

static int mention_item(struct literal *in, const char *key, struct relation_places *places,
			int which, struct err *err)
{
	if (strcmp(key, "pos") == 0)
		return find_position(in, &places->begin[which], &places->end[which], err);
	return literal_skip(in, err);
}

static int relation_item(struct literal *in, const char *key, struct relation_places *places,
			 int which, struct err *err)
{
	(void)which;
	if (strcmp(key, "token") == 0)
		return find_tokens(in, places, err);
	if (strcmp(key, "h") == 0 || strcmp(key, "t") == 0)
		return walk_dict(in, places, mention_item, *key == 't', err);
	return literal_skip(in, err);
}

static bool find_places(struct literal *in, struct relation_places *places)
{
	struct err err = ERR_INIT;

	memset(places, 0, sizeof(*places));
	return walk_dict(in, places, relation_item, 0, &err) == 0 && literal_end(in, &err) == 0;
}

bool repair_relation_tokens(struct repair *repair, const char *text, size_t length, size_t *n,
			    size_t *n_empty)
{
	struct relation_places places;
	struct literal in;

	literal_init(&in, text, length, &repair->arena);
	if (!find_places(&in, &places))
		return false;
	*n = places.n_tokens;
	*n_empty = places.n_empty;
	return true;
}

static bool in_range(const struct relation_places *places, int which)
{
	return places->begin[which] >= 0 && places->begin[which] < places->end[which] &&
	       (size_t)places->end[which] <= places->n_tokens;
}

/* A span past the end would come to end the text with the token that is added. */
static bool lacks_marker(const struct relation_places *places)
{
	return in_range(places, 0) && in_range(places, 1) &&
	       ((size_t)places->end[0] == places->n_tokens ||
		(size_t)places->end[1] == places->n_tokens);
}

/* A full stop as a further token, so that a loader comes to the place of the closing marker. */
static void mend_marker(struct repair *repair, struct held_line *line,
			const struct relation_places *places, bool json)
{
	const char *stop = json ? ", \".\"" : ", '.'";
	size_t at = places->last_token, n = strlen(stop);
	char *text = arena_alloc(&repair->arena, line->length + n + 1, 1);

	if (!text) {
		repair->out_of_memory = true;
		return;
	}
	memcpy(text, line->text, at);
	memcpy(text + at, stop, n);
	memcpy(text + at + n, line->text + at, line->length - at);
	repair_note(repair, line, "re-marker-lost", utf8_count(line->text, at) + 1, NULL, 0, stop, n);
	line->text = text;
	line->length += n;
}

void repair_relation(struct repair *repair, struct held_line *line)
{
	struct relation_places places;
	struct literal in;

	if (!repair_mends(repair, "re-marker-lost"))
		return;
	literal_init(&in, line->text, line->length, &repair->arena);
	if (find_places(&in, &places) && lacks_marker(&places))
		mend_marker(repair, line, &places, in.json);
}
