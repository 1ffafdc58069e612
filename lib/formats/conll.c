/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/conll.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#define ID_MARK "IMGID:"
#define ROOM ((size_t)512)
#define DOCUMENT_MARK "-DOCSTART-"

struct conll_reader {
	struct line_reader *lines;
	struct line_hook hook;
	bool lines_stay;      /* the text of lines outlives the reader */
	bool no_nul;          /* known not to have a byte of zero */
	struct token *tokens; /* of the sentence in hand; [capacity] */
	size_t n_tokens, capacity, bytes;
	char *room;      /* [room_left], of the arena of the sentence in hand: for words and tags */
	size_t room_left;
	size_t records;
	bool ended_blank;
	bool has_id; /* an id line was read and its sentence was not given yet */
	char *id;
	size_t id_line;
	size_t begin, end;             /* bytes of the sentence in hand */
	size_t given_begin, given_end; /* of the one given last */
};

/* Takes `lines`, which is NULL (and *err set) when they could not be opened. */
static struct conll_reader *open_lines(struct line_reader *lines, bool lines_stay, struct err *err)
{
	struct conll_reader *reader = lines ? calloc(1, sizeof(*reader)) : NULL;

	if (!reader) {
		if (lines)
			err_set_memory(err);
		line_reader_close(lines);
		return NULL;
	}
	reader->lines = lines;
	reader->lines_stay = lines_stay;
	reader->ended_blank = true;
	return reader;
}

struct conll_reader *conll_open(const char *path, struct err *err)
{
	return open_lines(line_reader_open(path, CONLL_LINE_LIMIT, err), false, err);
}

struct conll_reader *conll_open_piece(const struct text_piece *piece, struct err *err)
{
	struct line_reader *lines = line_reader_open_piece(piece, CONLL_LINE_LIMIT, err);
	struct conll_reader *reader = open_lines(lines, !piece->rest, err);

	if (reader && !piece->rest)
		reader->no_nul = !memchr(piece->bytes, '\0', piece->length);
	return reader;
}

void conll_close(struct conll_reader *reader)
{
	if (!reader)
		return;
	line_reader_close(reader->lines);
	free(reader->tokens);
	free(reader->id);
	free(reader);
}

size_t conll_lines(const struct conll_reader *reader)
{
	return line_reader_count(reader->lines);
}

void conll_place(const struct conll_reader *reader, size_t *offset, size_t *length)
{
	*offset = reader->given_begin;
	*length = reader->given_end - reader->given_begin;
}

bool conll_ended_blank(const struct conll_reader *reader)
{
	return reader->ended_blank;
}

void conll_on_line(struct conll_reader *reader, struct line_hook hook)
{
	reader->hook = hook;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

bool conll_blank_line(const char *line, size_t length)
{
	while (length && is_blank(*line))
		line++, length--;
	return length == 0;
}

/* Columns apart by tabs: each tab starts one. */
static bool tab_column(const char *line, size_t length, size_t index, const char **text,
		       size_t *size)
{
	const char *end = line + length, *tab;

	for (;; index--) {
		tab = memchr(line, '\t', (size_t)(end - line));
		if (index == 0)
			break;
		if (!tab)
			return false;
		line = tab + 1;
	}
	*text = line;
	*size = (size_t)((tab ? tab : end) - line);
	return true;
}

static bool blank_column(const char *line, size_t length, size_t index, const char **text,
			 size_t *size)
{
	const char *end = line + length, *start;

	for (;; index--) {
		while (line < end && *line == ' ')
			line++;
		if (line == end)
			return false;
		for (start = line; line < end && *line != ' ';)
			line++;
		if (index == 0)
			break;
	}
	*text = start;
	*size = (size_t)(line - start);
	return true;
}

bool conll_column(const char *line, size_t length, size_t index, const char **text, size_t *size)
{
	if (memchr(line, '\t', length))
		return tab_column(line, length, index, text, size);
	return blank_column(line, length, index, text, size);
}

size_t conll_columns(const char *line, size_t length)
{
	size_t n = 0;

	if (memchr(line, '\t', length)) {
		for (size_t i = 0; i < length; i++)
			n += line[i] == '\t';
		return n + 1;
	}
	for (size_t i = 0; i < length; i++)
		n += line[i] != ' ' && (i == 0 || line[i - 1] == ' ');
	return n;
}

bool conll_id_line(const char *line, size_t length, const char **id, size_t *size)
{
	size_t mark = strlen(ID_MARK);

	if (length < mark || *line != *ID_MARK || memcmp(line, ID_MARK, mark) != 0)
		return false;
	line += mark;
	length -= mark;
	while (length && is_blank(*line))
		line++, length--;
	while (length && is_blank(line[length - 1]))
		length--;
	*id = line;
	*size = length;
	return true;
}

/* What a token line is cut into. */
struct token_columns {
	const char *first, *last; /* the same when there is one */
	size_t first_size, last_size, n;
};

/* The last tab: mostly one or two bytes before the end, where a call would cost more. */
static const char *last_tab(const char *line, size_t length)
{
	for (size_t behind = 1; behind <= 8 && behind <= length; behind++)
		if (line[length - behind] == '\t')
			return line + length - behind;
	return memrchr(line, '\t', length);
}

static void tab_columns(const char *line, size_t length, const char *last, struct token_columns *out)
{
	const char *tab = memchr(line, '\t', (size_t)(last - line));

	out->first = line;
	out->first_size = (size_t)((tab ? tab : last) - line);
	out->last = last + 1;
	out->last_size = (size_t)(line + length - out->last);
	for (out->n = 2; tab; out->n++)
		tab = memchr(tab + 1, '\t', (size_t)(last - tab - 1));
}

static void blank_columns(const char *line, size_t length, struct token_columns *out)
{
	const char *end = line + length;

	for (out->n = 0; line < end; line++) {
		const char *start = line;

		while (line < end && *line != ' ')
			line++;
		if (line == start)
			continue;
		out->last = start;
		out->last_size = (size_t)(line - start);
		if (out->n++ == 0) {
			out->first = out->last;
			out->first_size = out->last_size;
		}
	}
}

/* A line that is not blank. */
static void cut_columns(const char *line, size_t length, struct token_columns *out)
{
	const char *last = last_tab(line, length);

	if (last)
		tab_columns(line, length, last, out);
	else
		blank_columns(line, length, out);
}

/* Copy without NUL bytes, which would cut the string short; the tokenizers drop them too. Returns
 * what is behind the copy and its end. */
static char *copy_column(char *out, const char *text, size_t size, bool no_nul)
{
	if (no_nul || !memchr(text, '\0', size)) {
		memcpy(out, text, size);
		out += size;
	} else {
		for (size_t i = 0; i < size; i++)
			if (text[i])
				*out++ = text[i];
	}
	*out = '\0';
	return out + 1;
}

/* Room for a word and its tag. Words are short, so it is had for many at once. */
static char *take_room(struct conll_reader *reader, size_t bytes, struct arena *arena)
{
	char *room;

	if (bytes > ROOM / 4)
		return arena_alloc_raw(arena, bytes, 1);
	if (reader->room_left < bytes) {
		reader->room = arena_alloc_raw(arena, ROOM, 1);
		reader->room_left = reader->room ? ROOM : 0;
	}
	room = reader->room;
	if (room) {
		reader->room += bytes;
		reader->room_left -= bytes;
	}
	return room;
}

static int copy_columns(struct conll_reader *reader, struct token *token,
			const struct token_columns *columns, struct arena *arena)
{
	bool copy_tag = columns->n > 1 && !(columns->last_size == 1 && *columns->last == 'O');
	size_t bytes = columns->first_size + 1 + (copy_tag ? columns->last_size + 1 : 0);
	char *copy = take_room(reader, bytes, arena), *behind;

	if (!copy)
		return -1;
	token->columns = columns->n;
	token->word = copy;
	behind = copy_column(copy, columns->first, columns->first_size, reader->no_nul);
	token->word_length = (size_t)(behind - copy) - 1;
	token->tag = columns->n > 1 ? "O" : NULL;
	if (copy_tag) {
		token->tag = behind;
		copy_column(behind, columns->last, columns->last_size, reader->no_nul);
	}
	return 0;
}

static int add_token(struct conll_reader *reader, const struct text_line *line,
		     struct arena *arena, struct err *err)
{
	struct token_columns columns = { line->text, line->text, 0, 0, 0 };
	struct token *token;

	if (GROW(reader->tokens, reader->n_tokens, reader->capacity) < 0)
		return err_set_memory(err);
	token = &reader->tokens[reader->n_tokens];
	if (reader->n_tokens == 0 && !reader->has_id)
		reader->begin = line_reader_begin(reader->lines);
	reader->end = line_reader_begin(reader->lines) + line->length;
	token->line_number = line->number;
	token->line_length = line->length;
	token->line = reader->lines_stay ? line->text
					 : arena_string(arena, line->text, line->length);
	cut_columns(line->text, line->length, &columns);
	if (!token->line || copy_columns(reader, token, &columns, arena) < 0)
		return err_set_memory(err);
	reader->n_tokens++;
	reader->bytes += line->length;
	return 0;
}

static bool document_line(const struct text_line *line)
{
	size_t mark = strlen(DOCUMENT_MARK);

	return line->length >= mark && *line->text == *DOCUMENT_MARK &&
	       memcmp(line->text, DOCUMENT_MARK, mark) == 0 &&
	       (line->length == mark || is_blank(line->text[mark]));
}

/* Remember the id that the next sentence has. */
static int keep_id(struct conll_reader *reader, const char *id, size_t size,
		   const struct text_line *line, struct err *err)
{
	char *copy = malloc(size + 1);

	if (!copy)
		return err_set_memory(err);
	memcpy(copy, id, size);
	copy[size] = '\0';
	free(reader->id);
	reader->id = copy;
	reader->id_line = line->number;
	reader->has_id = true;
	reader->begin = line_reader_begin(reader->lines);
	reader->end = reader->begin + line->length;
	return 0;
}

/* Give the collected tokens and the id out as a sentence, and be ready for the next. */
static enum read_status give(struct conll_reader *reader, struct sentence *sentence,
			     struct arena *arena, struct err *err)
{
	size_t n = reader->n_tokens;

	memset(sentence, 0, sizeof(*sentence));
	sentence->tokens = arena_alloc_raw(arena, n ? n : 1, sizeof(*sentence->tokens));
	if (reader->has_id)
		sentence->id = arena_copy(arena, reader->id);
	if (!sentence->tokens || (reader->has_id && !sentence->id)) {
		err_set_memory(err);
		return READ_FAIL;
	}
	if (n)
		memcpy(sentence->tokens, reader->tokens, n * sizeof(*sentence->tokens));
	sentence->n_tokens = n;
	sentence->id_line = reader->has_id ? reader->id_line : 0;
	sentence->line_number = n ? reader->tokens[0].line_number : 0;
	sentence->record = reader->records++;
	reader->given_begin = reader->begin;
	reader->given_end = reader->end;
	reader->has_id = false;
	reader->n_tokens = 0;
	reader->bytes = 0;
	reader->room_left = 0;
	return READ_OK;
}

/* One step: what a line does to the sentence in hand. READ_EOF: nothing is complete yet. */
static enum read_status take_line(struct conll_reader *reader, const struct text_line *line,
				  struct sentence *sentence, struct arena *arena, struct err *err)
{
	bool any = reader->n_tokens || reader->has_id;
	enum read_status status = READ_EOF;
	const char *id;
	size_t size;

	if (conll_blank_line(line->text, line->length) || document_line(line))
		return any ? give(reader, sentence, arena, err) : READ_EOF;
	if (conll_id_line(line->text, line->length, &id, &size)) {
		if (any)
			status = give(reader, sentence, arena, err);
		if (status == READ_FAIL || keep_id(reader, id, size, line, err) < 0)
			return READ_FAIL;
		return status;
	}
	return add_token(reader, line, arena, err) < 0 ? READ_FAIL : READ_EOF;
}

/* The sentence in hand is too much: step to its end. An id line there belongs to the next one. */
static enum read_status skip_sentence(struct conll_reader *reader, struct sentence *sentence)
{
	struct err ignored = ERR_INIT;
	enum read_status status;
	struct text_line line;
	const char *id;
	size_t size;

	memset(sentence, 0, sizeof(*sentence));
	sentence->record = reader->records++;
	reader->has_id = false;
	reader->n_tokens = 0;
	reader->bytes = 0;
	reader->room_left = 0;
	while ((status = line_reader_next(reader->lines, &line, &ignored)) > READ_EOF) {
		if (status == READ_BAD)
			continue;
		if (reader->hook.call)
			reader->hook.call(reader->hook.context, &line);
		reader->ended_blank = line.length == 0 && *line.ending;
		if (conll_blank_line(line.text, line.length))
			break;
		if (conll_id_line(line.text, line.length, &id, &size)) {
			if (keep_id(reader, id, size, &line, &ignored) < 0)
				return READ_FAIL;
			break;
		}
	}
	return READ_BAD;
}

static bool past_limits(const struct conll_reader *reader)
{
	return reader->n_tokens > CONLL_TOKEN_LIMIT || reader->bytes > CONLL_SENTENCE_LIMIT;
}

static void say_limit(const struct conll_reader *reader, struct err *err)
{
	const char *name = line_reader_name(reader->lines);
	size_t line = line_reader_count(reader->lines);

	if (reader->n_tokens > CONLL_TOKEN_LIMIT)
		err_set_at(err, name, line, 0,
			   "a sentence has more than the %zu tokens allowed; is a blank line missing",
			   CONLL_TOKEN_LIMIT);
	else
		err_set_at(err, name, line, 0,
			   "a sentence has more than the %zu bytes allowed; is a blank line missing",
			   CONLL_SENTENCE_LIMIT);
}

enum read_status conll_next(struct conll_reader *reader, struct sentence *sentence,
			    struct arena *arena, struct err *err)
{
	struct text_line line;
	enum read_status status;

	for (;;) {
		status = line_reader_next(reader->lines, &line, err);
		if (status == READ_BAD) {
			reader->ended_blank = false;
			return skip_sentence(reader, sentence);
		}
		if (status != READ_OK)
			break;
		if (reader->hook.call)
			reader->hook.call(reader->hook.context, &line);
		reader->ended_blank = line.length == 0 && *line.ending;
		status = take_line(reader, &line, sentence, arena, err);
		if (status != READ_EOF)
			return status;
		if (past_limits(reader)) {
			say_limit(reader, err);
			return skip_sentence(reader, sentence);
		}
	}
	if (status == READ_EOF && (reader->n_tokens || reader->has_id))
		return give(reader, sentence, arena, err);
	return status;
}
