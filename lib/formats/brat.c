/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/brat.h"

#include <stdint.h>
#include <string.h>

/* What is left of a line. */
struct cursor {
	const char *at, *end;
	const char *name;
	size_t line;
	struct arena *arena;
};

static int wrong(const struct cursor *in, struct err *err, const char *what)
{
	return err_set_at(err, in->name, in->line, 0, "%s", what);
}

/* Cut what stands in front of the next `stop`, or the rest. */
static struct cursor cut(struct cursor *in, char stop)
{
	const char *found = memchr(in->at, stop, (size_t)(in->end - in->at));
	struct cursor part = *in;

	part.end = found ? found : in->end;
	in->at = found ? found + 1 : in->end;
	return part;
}

/* The next word behind blanks; empty at the end. */
static struct cursor next_word(struct cursor *in)
{
	while (in->at < in->end && *in->at == ' ')
		in->at++;
	return cut(in, ' ');
}

static size_t size_of(const struct cursor *part)
{
	return (size_t)(part->end - part->at);
}

/* A copy, which must not be empty and holds no NUL. */
static int copy(const struct cursor *part, const char **out, const char *what, struct err *err)
{
	if (size_of(part) == 0 || memchr(part->at, '\0', size_of(part)))
		return wrong(part, err, what);
	*out = arena_string(part->arena, part->at, size_of(part));
	return *out ? 0 : err_set_memory(err);
}

static int number(const struct cursor *part, size_t *out, struct err *err)
{
	*out = 0;
	if (size_of(part) == 0 || size_of(part) > 15)
		return wrong(part, err, "an offset is no number");
	for (const char *c = part->at; c < part->end; c++) {
		if (*c < '0' || *c > '9')
			return wrong(part, err, "an offset is no number");
		*out = *out * 10 + (size_t)(*c - '0');
	}
	return 0;
}

static int parse_pieces(struct cursor *in, struct brat_entity *entity, struct err *err)
{
	size_t n = 1;

	for (const char *c = in->at; c < in->end; c++)
		n += *c == ';';
	entity->pieces = arena_alloc(in->arena, n, sizeof(*entity->pieces));
	if (!entity->pieces)
		return err_set_memory(err);
	for (; entity->n_pieces < n; entity->n_pieces++) {
		struct brat_piece *piece = &entity->pieces[entity->n_pieces];
		struct cursor range = cut(in, ';'), from = next_word(&range), to = next_word(&range);

		if (number(&from, &piece->from, err) < 0 || number(&to, &piece->to, err) < 0)
			return -1;
		if (size_of(&range))
			return wrong(in, err, "more than two offsets in a piece of an entity");
		if (piece->from > piece->to)
			return wrong(in, err, "an entity ends before it begins");
	}
	return 0;
}

/* Behind "T1<TAB>". */
static int parse_entity(struct cursor *in, const char *id, struct brat_document *document,
			struct err *err)
{
	struct brat_entity *entity = &document->entities[document->n_entities];
	struct cursor data = cut(in, '\t'), type = next_word(&data);

	*entity = (struct brat_entity){ .id = id, .line = in->line };
	if (copy(&type, &entity->type, "an entity without a type", err) < 0 ||
	    parse_pieces(&data, entity, err) < 0)
		return -1;
	if (in->at > data.end) {
		if (memchr(in->at, '\0', size_of(in)))
			return wrong(in, err, "a NUL byte in the text of an entity");
		entity->text = arena_string(in->arena, in->at, size_of(in));
		if (!entity->text)
			return err_set_memory(err);
	}
	document->n_entities++;
	return 0;
}

/* "Arg1:T3": its id; the name of the argument means nothing, their order does. */
static int parse_argument(struct cursor *data, const char **id, struct err *err)
{
	struct cursor word = next_word(data);

	if (!memchr(word.at, ':', size_of(&word)))
		return wrong(data, err, "a relation needs two arguments like Arg1:T1");
	cut(&word, ':');
	return copy(&word, id, "an argument of a relation is empty", err);
}

static int parse_relation(struct cursor *in, const char *id, struct brat_document *document,
			  struct err *err)
{
	struct brat_relation *relation = &document->relations[document->n_relations];
	struct cursor data = cut(in, '\t'), type = next_word(&data);

	*relation = (struct brat_relation){ .id = id, .line = in->line };
	if (copy(&type, &relation->type, "a relation without a type", err) < 0 ||
	    parse_argument(&data, &relation->head, err) < 0 ||
	    parse_argument(&data, &relation->tail, err) < 0)
		return -1;
	if (size_of(&data) && next_word(&data).at < data.end)
		return wrong(in, err, "a relation with more than two arguments");
	document->n_relations++;
	return 0;
}

static int parse_line(struct cursor *in, struct brat_document *document, struct err *err)
{
	struct cursor whole = *in, first = cut(in, '\t');
	struct brat_other *other = &document->others[document->n_others];
	const char *id;

	if (copy(&first, &id, "a line without an id", err) < 0)
		return -1;
	if (*id == 'T')
		return parse_entity(in, id, document, err);
	if (*id == 'R')
		return parse_relation(in, id, document, err);
	if (copy(&whole, &other->text, "a NUL byte", err) < 0)
		return -1;
	other->line = in->line;
	document->n_others++;
	return 0;
}

static int make_room(struct brat_document *document, const char *bytes, size_t length,
		     struct arena *arena, struct err *err)
{
	size_t n = 1;

	for (const char *at = bytes; (at = memchr(at, '\n', length - (size_t)(at - bytes))); at++)
		n++;
	if (n > BRAT_LINE_LIMIT)
		return err_set(err, ERR_DATA, "more than the %zu lines allowed", BRAT_LINE_LIMIT);
	document->entities = arena_alloc(arena, n, sizeof(*document->entities));
	document->relations = arena_alloc(arena, n, sizeof(*document->relations));
	document->others = arena_alloc(arena, n, sizeof(*document->others));
	return document->entities && document->relations && document->others ? 0
									     : err_set_memory(err);
}

int brat_parse(struct brat_document *document, const char *bytes, size_t length, const char *name,
	       struct arena *arena, struct err *err)
{
	struct cursor all = { bytes, bytes + length, name, 0, arena };

	memset(document, 0, sizeof(*document));
	if (make_room(document, bytes, length, arena, err) < 0)
		return -1;
	while (all.at < all.end) {
		struct cursor line = cut(&all, '\n');

		line.line = ++all.line;
		if (line.at < line.end && line.end[-1] == '\r')
			line.end--;
		if (line.at < line.end && parse_line(&line, document, err) < 0)
			return -1;
	}
	return 0;
}
