/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CoNLL's columns, and HVPNeT's kind of them: an id line in front, a tab between word and tag, a
 * blank line behind the last sentence too, for its loader drops what no blank line follows.
 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/corpus/dataset.h"
#include "lib/formats/conll.h"
#include "preprocess/convert/format.h"
#include "preprocess/convert/prepare.h"
#include "preprocess/layout_text.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS 64
#define DOCUMENT_MARK "-DOCSTART-"

enum column { COLUMN_EXTRA, COLUMN_WORD, COLUMN_TAG, COLUMN_NONE };

struct conll_state {
	struct conll_reader *reader;
	char *document; /* the latest "-DOCSTART-" line that no sentence has had */
	size_t document_line;
	enum column columns[COLUMNS]; /* [n_columns], as the user named them; 0: first word, last tag */
	size_t n_columns;
};

static void see_line(void *context, const struct text_line *line)
{
	struct conll_state *state = context;
	size_t mark = strlen(DOCUMENT_MARK);

	if (line->length < mark || memcmp(line->text, DOCUMENT_MARK, mark) != 0)
		return;
	free(state->document);
	state->document = strndup(line->text, line->length);
	state->document_line = line->number;
}

static enum column column_of_name(const char *name, size_t length)
{
	static const struct {
		const char *name;
		enum column column;
	} names[] = { { "word", COLUMN_WORD }, { "token", COLUMN_WORD }, { "tag", COLUMN_TAG },
		      { "ner", COLUMN_TAG },   { "-", COLUMN_NONE } };

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (strlen(names[i].name) == length && strncmp(names[i].name, name, length) == 0)
			return names[i].column;
	return COLUMN_EXTRA;
}

static int parse_columns(struct conll_state *state, const char *text, struct err *err)
{
	size_t words = 0, tags = 0;

	for (const char *at = text; at; at = strchr(at, ',') ? strchr(at, ',') + 1 : NULL) {
		enum column column = column_of_name(at, strcspn(at, ","));

		if (state->n_columns == COLUMNS)
			return err_set(err, ERR_USAGE, "--columns names more than %d", COLUMNS);
		state->columns[state->n_columns++] = column;
		words += column == COLUMN_WORD;
		tags += column == COLUMN_TAG;
	}
	if (words == 1 && tags <= 1)
		return 0;
	return err_set(err, ERR_USAGE,
		       "--columns '%s' has to name one column 'word' and at most one 'tag'", text);
}

static void conll_text_close(struct convert_source *source)
{
	struct conll_state *state = source->state;

	if (!state)
		return;
	conll_close(state->reader);
	free(state->document);
	free(state);
	source->state = NULL;
}

static int conll_text_open(struct convert_source *source, struct err *err)
{
	struct conll_state *state = calloc(1, sizeof(*state));

	if (!state)
		return err_set_memory(err);
	source->state = state;
	if (!source->options->columns ||
	    parse_columns(state, source->options->columns, err) == 0)
		state->reader = conll_open(source->path, err);
	if (state->reader) {
		conll_on_line(state->reader, (struct line_hook){ see_line, state });
		return 0;
	}
	conll_text_close(source);
	return -1;
}

static enum column column_kind(const struct conll_state *state, const struct token *token,
			       size_t index)
{
	if (state->n_columns)
		return index < state->n_columns ? state->columns[index] : COLUMN_EXTRA;
	if (index == 0)
		return COLUMN_WORD;
	return index + 1 == token->columns ? COLUMN_TAG : COLUMN_EXTRA;
}

/* Where the user named the columns, every line has to have them. */
static int check_columns(const struct conll_state *state, const struct sentence *sentence,
			 struct err *err)
{
	for (size_t i = 0; state->n_columns && i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];

		if (token->columns != state->n_columns)
			return err_set_at(err, NULL, token->line_number, 0,
					  "%zu columns where --columns names %zu", token->columns,
					  state->n_columns);
	}
	return 0;
}

/* The columns of a line that are neither word nor tag, apart by tabs; "" where there are none. */
static int take_columns(const struct conll_state *state, const struct token *token,
			struct convert_record *record, size_t index, bool *any, struct arena *arena,
			struct err *err)
{
	struct buf extra = BUF_INIT;
	const char *text;
	size_t size;

	record->tags[index] = NULL;
	for (size_t i = 0; i < token->columns; i++) {
		enum column kind = column_kind(state, token, i);

		conll_column(token->line, token->line_length, i, &text, &size);
		if (kind == COLUMN_WORD) {
			record->words[index] = arena_string(arena, text, size);
		} else if (kind == COLUMN_TAG) {
			record->tags[index] = arena_string(arena, text, size);
		} else if (kind == COLUMN_EXTRA) {
			if (extra.length || *any)
				buf_add_char(&extra, '\t');
			buf_add(&extra, text, size);
			*any = true;
		}
	}
	record->extra[index] = extra.failed ? NULL : arena_string(arena, extra.data, extra.length);
	buf_release(&extra);
	return record->extra[index] ? 0 : err_set_memory(err);
}

static int take_tokens(const struct conll_state *state, const struct sentence *sentence,
		       struct convert_record *record, struct arena *arena, struct err *err)
{
	size_t n = sentence->n_tokens, tags = 0;
	bool any_extra = false;

	record->n_words = n;
	record->words = arena_alloc(arena, n + 1, sizeof(*record->words));
	record->tags = arena_alloc(arena, n + 1, sizeof(*record->tags));
	record->extra = arena_alloc(arena, n + 1, sizeof(*record->extra));
	if (!record->words || !record->tags || !record->extra)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct token *token = &sentence->tokens[i];
		bool any = false;

		record->words[i] = token->word;
		record->tags[i] = token->tag;
		if ((state->n_columns || token->columns > 2) &&
		    take_columns(state, token, record, i, &any, arena, err) < 0)
			return -1;
		if (!record->extra[i])
			record->extra[i] = "";
		any_extra |= any;
		tags += record->tags[i] != NULL;
	}
	if (!any_extra)
		record->extra = NULL;
	if (tags == 0 && n)
		record->tags = NULL;
	record->untagged = !record->tags;
	return 0;
}

/* The picture of an id, as it is called in the folder of pictures. */
static int take_picture(struct convert_source *source, struct convert_record *record,
			struct arena *arena, struct err *err)
{
	struct split split = { .images = (char *)(uintptr_t)source->options->images };
	char *path;

	if (!*record->id)
		return 0;
	path = split.images ? split_image_path(&split, record->id) : NULL;
	record->image = path ? arena_copy(arena, file_base_name(path))
			     : record_image_of_id(record->id, arena);
	free(path);
	return record->image ? 0 : err_set_memory(err);
}

static enum read_status conll_text_next(struct convert_source *source, struct convert_record *record,
					struct arena *arena, struct err *err)
{
	struct conll_state *state = source->state;
	struct sentence sentence;
	enum read_status status = conll_next(state->reader, &sentence, arena, err);
	size_t line;

	if (status != READ_OK)
		return status;
	record->id = sentence.id;
	record->line = line = sentence.id_line ? sentence.id_line : sentence.line_number;
	if (state->document && state->document_line < line) {
		record->document = arena_copy(arena, state->document);
		free(state->document);
		state->document = NULL;
	}
	if (check_columns(state, &sentence, err) < 0)
		return READ_BAD;
	if (take_tokens(state, &sentence, record, arena, err) < 0 ||
	    (record->id && take_picture(source, record, arena, err) < 0))
		return READ_FAIL;
	return READ_OK;
}

/* Tags of any kind: the first line that says anything has two columns or more. */
static int conll_text_recognise(const char *head, size_t length)
{
	if (layout_sniff(head, length) == LAYOUT_TEXT_TAGS)
		return 1;
	for (size_t at = 0, n; at < length; at += n + 1) {
		const char *end = memchr(head + at, '\n', length - at);

		n = end ? (size_t)(end - head) - at : length - at;
		if (!conll_blank_line(head + at, n))
			return head[at] != '{' && head[at] != '[' && head[at] != '<' &&
			       conll_columns(head + at, n) > 1;
	}
	return 0;
}

/* ---- writing ---- */

/* A token line whose first column is `word` would be read as something else. */
static bool misread(const char *word, bool blanks, bool alone)
{
	const char *id;
	size_t size, length = strlen(word), mark = strlen(DOCUMENT_MARK);

	if (strpbrk(word, "\t\n\r") || (blanks && (!*word || strchr(word, ' '))))
		return true;
	if (alone && (!*word || strchr(word, ' ')))
		return true;
	if (conll_id_line(word, length, &id, &size))
		return true;
	return strncmp(word, DOCUMENT_MARK, mark) == 0 &&
	       (length == mark || word[mark] == ' ');
}

/* Whether the line of word i has no more than the word. */
static bool stands_alone(const struct convert_record *record, size_t i)
{
	const char *tag = record->tags ? record->tags[i] : NULL;

	return !(record->extra && *record->extra[i]) && !(tag && *tag);
}

static int conll_text_prepare(const struct convert_options *options, struct convert_record *record,
			      struct convert_losses *losses, struct arena *arena, struct err *err)
{
	if (convert_prepare_id_line(record, losses, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < record->n_words; i++) {
		if (misread(record->words[i], options->blanks, stands_alone(record, i)))
			convert_lose(losses, LOSS_WORD, record, "'%s' as the first column of a line",
				     record->words[i]);
		if (record->tags && record->tags[i] && strpbrk(record->tags[i], " \t\n\r"))
			convert_lose(losses, LOSS_TYPE, record, "'%s' holds white space",
				     record->tags[i]);
	}
	if (record->n_words == 0 && !record->id && !record->image)
		convert_lose(losses, LOSS_EMPTY, record, "it has no id either");
	return 0;
}

static void put_columns(FILE *out, const char *columns, char separator)
{
	for (; *columns; columns++)
		putc(*columns == '\t' ? separator : *columns, out);
}

/* A token line of nothing, or of blanks alone, would end the sentence: the word, a loss, is left out. */
static bool is_blank_line(const struct convert_record *record, size_t i)
{
	return stands_alone(record, i) &&
	       conll_blank_line(record->words[i], strlen(record->words[i]));
}

static bool has_lines(const struct convert_record *record)
{
	for (size_t i = 0; i < record->n_words; i++)
		if (!is_blank_line(record, i))
			return true;
	return false;
}

static void write_line(FILE *out, const struct convert_record *record, size_t i, char separator)
{
	if (is_blank_line(record, i))
		return;
	fputs(record->words[i], out);
	if (record->extra && *record->extra[i]) {
		putc(separator, out);
		put_columns(out, record->extra[i], separator);
	}
	if (record->tags && record->tags[i]) {
		putc(separator, out);
		fputs(record->tags[i], out);
	}
	putc('\n', out);
}

static int write_sentence(struct convert_sink *sink, const struct convert_record *record,
			  char separator, bool final_blank, struct arena *arena, struct err *err)
{
	const char *id = record->id;

	if (!id && record->image) {
		id = record_id_of_image(record->image, arena);
		if (!id)
			return err_set_memory(err);
	}
	if (!id && !has_lines(record))
		return 0;
	if (!final_blank && sink->records)
		putc('\n', sink->stream);
	if (record->document)
		fprintf(sink->stream, "%s\n\n", record->document);
	if (id)
		fprintf(sink->stream, "IMGID:%s\n", id);
	for (size_t i = 0; i < record->n_words; i++)
		write_line(sink->stream, record, i, separator);
	if (final_blank)
		putc('\n', sink->stream);
	return ferror(sink->stream) ? err_set_errno(err, "write", "the output") : 0;
}

static int conll_text_write(struct convert_sink *sink, struct convert_record *record,
			    struct arena *arena, struct err *err)
{
	return write_sentence(sink, record, sink->options->blanks ? ' ' : '\t',
			      !sink->options->no_final_blank, arena, err);
}

static int hvpnet_write(struct convert_sink *sink, struct convert_record *record,
			struct arena *arena, struct err *err)
{
	return write_sentence(sink, record, '\t', true, arena, err);
}

static int hvpnet_prepare(const struct convert_options *options, struct convert_record *record,
			  struct convert_losses *losses, struct arena *arena, struct err *err)
{
	struct convert_options tabs = *options;

	tabs.blanks = false;
	for (size_t i = 0; record->tags && i < record->n_words; i++) {
		if (record->tags[i])
			continue;
		convert_lose(losses, LOSS_UNTAGGED, record, "'%s' is taken as O", record->words[i]);
		record->tags[i] = "O";
	}
	return conll_text_prepare(&tabs, record, losses, arena, err);
}

const struct convert_format convert_conll = {
	.name = "conll",
	.extension = "txt",
	.summary = "a word and its tag a line, tabs or blanks between, IMGID lines or none",
	.holds = HOLDS_WORDS | HOLDS_TAGS | HOLDS_SPANS | HOLDS_IDS | HOLDS_COLUMNS |
		 HOLDS_DOCUMENTS | HOLDS_BYTES | HOLDS_EMPTY | HOLDS_UNTAGGED,
	.recognise = conll_text_recognise,
	.open = conll_text_open,
	.next = conll_text_next,
	.close = conll_text_close,
	.prepare = conll_text_prepare,
	.write = conll_text_write,
};

const struct convert_format convert_hvpnet = {
	.name = "hvpnet",
	.extension = "txt",
	.summary = "CoNLL as HVPNeT, UMT and MAF load it: tabs, ids, a final blank line",
	.holds = HOLDS_WORDS | HOLDS_TAGS | HOLDS_SPANS | HOLDS_IDS,
	.types = "|PER|LOC|ORG|MISC|OTHER|",
	.open = conll_text_open,
	.next = conll_text_next,
	.close = conll_text_close,
	.prepare = hvpnet_prepare,
	.write = hvpnet_write,
};
