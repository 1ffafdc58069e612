/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/mnre.h"

#include "lib/base/checked.h"
#include "lib/formats/literal.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct mnre_reader {
	struct line_reader *lines;
	struct line_hook hook;
	const char **words; /* of the line in hand; [capacity] */
	size_t n_words, capacity;
	size_t begin, end; /* bytes of the line given last */
};

/* Takes `lines`, which is NULL (and *err set) when they could not be opened. */
static struct mnre_reader *open_lines(struct line_reader *lines, struct err *err)
{
	struct mnre_reader *reader = lines ? calloc(1, sizeof(*reader)) : NULL;

	if (!reader) {
		if (lines)
			err_set_memory(err);
		line_reader_close(lines);
		return NULL;
	}
	reader->lines = lines;
	return reader;
}

struct mnre_reader *mnre_open(const char *path, struct err *err)
{
	return open_lines(line_reader_open(path, MNRE_LINE_LIMIT, err), err);
}

struct mnre_reader *mnre_open_piece(const struct text_piece *piece, struct err *err)
{
	return open_lines(line_reader_open_piece(piece, MNRE_LINE_LIMIT, err), err);
}

void mnre_close(struct mnre_reader *reader)
{
	if (!reader)
		return;
	line_reader_close(reader->lines);
	free(reader->words);
	free(reader);
}

size_t mnre_lines(const struct mnre_reader *reader)
{
	return line_reader_count(reader->lines);
}

void mnre_place(const struct mnre_reader *reader, size_t *offset, size_t *length)
{
	*offset = reader->begin;
	*length = reader->end - reader->begin;
}

void mnre_on_line(struct mnre_reader *reader, struct line_hook hook)
{
	reader->hook = hook;
}

/* The opening bracket of a list or tuple; '\0' (with *err set) when there is none, else the closing
 * one that belongs to it. */
static char open_list(struct literal *in, const char *what, struct err *err)
{
	if (literal_accept(in, '['))
		return ']';
	if (literal_accept(in, '('))
		return ')';
	literal_expected(in, in->at, what, err);
	return '\0';
}

static int parse_words(struct mnre_reader *reader, struct literal *in, struct relation *relation,
		       struct err *err)
{
	char close = open_list(in, "a list of tokens", err);
	int more = 1;

	if (!close)
		return -1;
	reader->n_words = 0;
	if (literal_accept(in, close))
		more = 0;
	while (more > 0) {
		if (GROW(reader->words, reader->n_words, reader->capacity) < 0)
			return err_set_memory(err);
		reader->words[reader->n_words] = literal_string(in, err);
		if (!reader->words[reader->n_words++])
			return -1;
		more = literal_more(in, close, err);
	}
	if (more < 0)
		return -1;
	relation->n_words = reader->n_words;
	relation->words = arena_alloc(in->arena, reader->n_words + 1, sizeof(*relation->words));
	if (!relation->words)
		return err_set_memory(err);
	if (reader->n_words)
		memcpy(relation->words, reader->words, reader->n_words * sizeof(*reader->words));
	return 0;
}

static int parse_position(struct literal *in, struct mention *mention, struct err *err)
{
	char close = open_list(in, "a pair of positions", err);

	if (!close || literal_integer(in, &mention->begin, err) < 0)
		return -1;
	if (!literal_accept(in, ','))
		return literal_expected(in, in->at, "',' and the end of the span", err);
	if (literal_integer(in, &mention->end, err) < 0)
		return -1;
	literal_accept(in, ',');
	if (!literal_accept(in, close))
		return literal_expected(in, in->at, "the end of the pair", err);
	return 0;
}

/* The key of an item and its colon; NULL on failure. */
static const char *parse_key(struct literal *in, struct err *err)
{
	const char *key = literal_string(in, err);

	if (key && !literal_accept(in, ':')) {
		literal_expected(in, in->at, "':'", err);
		return NULL;
	}
	return key;
}

static int missing(const struct literal *in, size_t at, const char *key, struct err *err)
{
	return err_set_at(err, NULL, 0, literal_column(in, at), "there is no '%s' here", key);
}

static int parse_mention(struct literal *in, struct mention *mention, struct err *err)
{
	bool has_position = false;
	size_t start;
	int more = 1;

	literal_peek(in);
	start = in->at;
	*mention = (struct mention){ NULL, 0, 0 };
	if (!literal_accept(in, '{'))
		return literal_expected(in, in->at, "an entity with 'name' and 'pos'", err);
	if (literal_accept(in, '}'))
		return missing(in, start, "name", err);
	while (more > 0) {
		const char *key = parse_key(in, err);
		int rc = 0;

		if (!key)
			return -1;
		if (strcmp(key, "name") == 0) {
			mention->name = literal_string(in, err);
			rc = mention->name ? 0 : -1;
		} else if (strcmp(key, "pos") == 0) {
			rc = parse_position(in, mention, err);
			has_position = true;
		} else {
			rc = literal_skip(in, err);
		}
		if (rc < 0)
			return -1;
		more = literal_more(in, '}', err);
	}
	if (more == 0 && !mention->name)
		return missing(in, start, "name", err);
	if (more == 0 && !has_position)
		return missing(in, start, "pos", err);
	return more;
}

static int parse_text(struct literal *in, const char **text, struct err *err)
{
	*text = literal_string(in, err);
	return *text ? 0 : -1;
}

/* The picture's name; version 1 of the release has some as bare numbers. */
static int parse_image(struct literal *in, const char **text, struct err *err)
{
	char c = literal_peek(in);
	long number;

	if (c < '0' || c > '9')
		return parse_text(in, text, err);
	if (literal_integer(in, &number, err) < 0)
		return -1;
	*text = arena_format(in->arena, "%ld", number);
	return *text ? 0 : err_set_memory(err);
}

static int parse_item(struct mnre_reader *reader, struct literal *in, struct relation *relation,
		      struct err *err)
{
	const char *key = parse_key(in, err);

	if (!key)
		return -1;
	if (strcmp(key, "token") == 0)
		return parse_words(reader, in, relation, err);
	if (strcmp(key, "h") == 0)
		return parse_mention(in, &relation->head, err);
	if (strcmp(key, "t") == 0)
		return parse_mention(in, &relation->tail, err);
	if (strcmp(key, "img_id") == 0)
		return parse_image(in, &relation->image, err);
	if (strcmp(key, "relation") == 0)
		return parse_text(in, &relation->relation, err);
	return literal_skip(in, err);
}

static int parse_relation(struct mnre_reader *reader, const struct text_line *line,
			  struct relation *relation, struct arena *arena, struct err *err)
{
	struct literal in;
	int more = 1;

	literal_init(&in, line->text, line->length, arena);
	if (!literal_accept(&in, '{'))
		return literal_expected(&in, in.at, "'{'", err);
	if (literal_accept(&in, '}'))
		more = 0;
	while (more > 0) {
		if (parse_item(reader, &in, relation, err) < 0)
			return -1;
		more = literal_more(&in, '}', err);
	}
	if (more < 0 || literal_end(&in, err) < 0)
		return -1;
	if (!relation->words)
		return missing(&in, 0, "token", err);
	if (!relation->head.name)
		return missing(&in, 0, "h", err);
	if (!relation->tail.name)
		return missing(&in, 0, "t", err);
	if (!relation->relation)
		return missing(&in, 0, "relation", err);
	if (!relation->image)
		relation->image = "";
	return 0;
}

static bool blank(const struct text_line *line)
{
	for (size_t i = 0; i < line->length; i++)
		if (line->text[i] != ' ' && line->text[i] != '\t')
			return false;
	return true;
}

enum read_status mnre_next(struct mnre_reader *reader, struct relation *relation,
			   struct arena *arena, struct err *err)
{
	struct text_line line;
	enum read_status status;

	do {
		status = line_reader_next(reader->lines, &line, err);
		memset(relation, 0, sizeof(*relation));
		relation->line_number = line_reader_count(reader->lines);
		relation->record = relation->line_number ? relation->line_number - 1 : 0;
		if (status != READ_OK)
			return status;
		if (reader->hook.call)
			reader->hook.call(reader->hook.context, &line);
	} while (blank(&line));
	reader->begin = line_reader_begin(reader->lines);
	reader->end = reader->begin + line.length;
	if (parse_relation(reader, &line, relation, arena, err) == 0)
		return READ_OK;
	if (err->kind != ERR_DATA)
		return READ_FAIL;
	err_add_file(err, line_reader_name(reader->lines));
	err->line = line.number;
	return READ_BAD;
}
