/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/tag_pairs.h"

#include "lib/base/arena.h"
#include "lib/formats/conll.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/text_blocks.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One of the two files. */
struct source {
	const char *path;
	struct text_blocks *blocks; /* of a CoNLL file; NULL: JSON Lines */
	struct text_block block;
	struct conll_reader *conll; /* of the block in hand; NULL before the first */
	struct line_hook hook;
	struct json_lines json;
	bool is_json, ended_blank;
};

struct tag_pairs {
	struct source gold, guess;
	bool one_file;
	size_t documents; /* lines that start one, since the sentence before */
	struct arena arena; /* of the sentence in hand */
};

/* An object starts with a brace and a key. */
static bool starts_object(const char *text, size_t length)
{
	size_t i = 1;

	while (i < length && (text[i] == ' ' || text[i] == '\t'))
		i++;
	return length > 1 && text[0] == '{' && i < length && (text[i] == '"' || text[i] == '}');
}

/* Of standard input only the first byte can be looked at, and nothing of other pipes, which could not
 * be read again from their start. */
static bool looks_like_json(const char *path)
{
	char start[64];
	struct stat info;
	FILE *stream;
	size_t length;
	int c;

	if (strcmp(path, "-") == 0) {
		c = getc(stdin);
		ungetc(c, stdin);
		return c == '{';
	}
	stream = stat(path, &info) == 0 && S_ISREG(info.st_mode) ? fopen(path, "rbe") : NULL;
	if (!stream)
		return false;
	length = fread(start, 1, sizeof(start), stream);
	fclose(stream);
	return starts_object(start, length);
}

static int open_source(struct source *source, const char *path, struct err *err)
{
	source->path = path;
	source->is_json = looks_like_json(path);
	if (source->is_json)
		return json_lines_open(&source->json, path, err);
	source->ended_blank = true;
	source->blocks = text_blocks_open(path, TEXT_PARAGRAPHS, err);
	return source->blocks ? 0 : -1;
}

static void close_source(struct source *source)
{
	if (source->is_json)
		json_lines_close(&source->json);
	conll_close(source->conll);
	text_block_release(&source->block);
	text_blocks_close(source->blocks);
}

#define DOCUMENT_MARK "-DOCSTART-"

/* The reader steps over these lines, which conlleval.pl counts as a word. */
static void see_line(void *context, const struct text_line *line)
{
	struct tag_pairs *pairs = context;
	size_t mark = strlen(DOCUMENT_MARK);

	if (line->length > mark + 1 && line->text[0] == *DOCUMENT_MARK &&
	    memcmp(line->text, DOCUMENT_MARK, mark) == 0 && line->text[line->length - 1] == 'O')
		pairs->documents++;
}

struct tag_pairs *tag_pairs_open(const char *gold, const char *guess, struct err *err)
{
	struct tag_pairs *pairs = calloc(1, sizeof(*pairs));

	if (!pairs) {
		err_set_memory(err);
		return NULL;
	}
	pairs->gold.block = pairs->guess.block = (struct text_block)TEXT_BLOCK_INIT;
	pairs->one_file = !guess;
	if (open_source(&pairs->gold, gold, err) < 0 ||
	    (guess && open_source(&pairs->guess, guess, err) < 0)) {
		tag_pairs_close(pairs);
		return NULL;
	}
	pairs->gold.hook = (struct line_hook){ see_line, pairs };
	return pairs;
}

void tag_pairs_close(struct tag_pairs *pairs)
{
	if (!pairs)
		return;
	close_source(&pairs->gold);
	close_source(&pairs->guess);
	arena_release(&pairs->arena);
	free(pairs);
}

/* Go on to the next block of the file. */
static enum read_status next_block(struct source *source, struct err *err)
{
	enum read_status status;

	if (source->conll)
		source->ended_blank = conll_ended_blank(source->conll);
	conll_close(source->conll);
	source->conll = NULL;
	status = text_blocks_next(source->blocks, &source->block, err);
	if (status != READ_OK)
		return status;
	source->conll = conll_open_piece(&source->block.piece, err);
	if (!source->conll)
		return READ_FAIL;
	if (source->hook.call)
		conll_on_line(source->conll, source->hook);
	return READ_OK;
}

/* The next sentence that has tokens. READ_BAD becomes READ_FAIL: a score without a record is none. */
static enum read_status next_sentence(struct source *source, struct sentence *sentence,
				      struct arena *arena, struct err *err)
{
	enum read_status status;

	for (;;) {
		status = source->conll ? conll_next(source->conll, sentence, arena, err)
				       : READ_EOF;
		if (status == READ_OK && sentence->n_tokens)
			return READ_OK;
		if (status == READ_EOF)
			status = next_block(source, err);
		if (status == READ_EOF)
			return READ_EOF;
		if (status != READ_OK)
			return READ_FAIL;
	}
}

static int start_sentence(struct tag_pairs *pairs, size_t n, struct tag_pair_sentence *out,
			  struct err *err)
{
	const struct source *guess = pairs->one_file ? &pairs->gold : &pairs->guess;

	out->n = n;
	out->documents = pairs->documents;
	out->words = arena_alloc(&pairs->arena, n + 1, sizeof(*out->words));
	out->gold = arena_alloc(&pairs->arena, n + 1, sizeof(*out->gold));
	out->guess = arena_alloc(&pairs->arena, n + 1, sizeof(*out->guess));
	out->gold_lines = arena_alloc(&pairs->arena, n + 1, sizeof(*out->gold_lines));
	out->guess_lines = arena_alloc(&pairs->arena, n + 1, sizeof(*out->guess_lines));
	out->gold_file = pairs->gold.path;
	out->guess_file = guess->path;
	return out->words && out->gold && out->guess && out->gold_lines && out->guess_lines
		       ? 0
		       : err_set_memory(err);
}

static int no_tag(const struct source *source, const struct token *token, const char *what,
		  struct err *err)
{
	return err_set_at(err, source->path, token->line_number, 0, "the line has no %s", what);
}

/* The last but one of three columns or more, cut as conll_column() cuts, from the end of the line. */
static void column_before_last(const struct token *token, const char **text, size_t *size)
{
	const char *start = token->line, *end = start + token->line_length;
	const char *tab = memrchr(start, '\t', token->line_length);

	if (tab) {
		const char *before = memrchr(start, '\t', (size_t)(tab - start));

		*text = before ? before + 1 : start;
		*size = (size_t)(tab - *text);
		return;
	}
	for (int column = 0; column < 2; column++) {
		while (end > start && end[-1] == ' ')
			end--;
		*size = (size_t)(end - start);
		while (end > start && end[-1] != ' ')
			end--;
		*size -= (size_t)(end - start);
	}
	*text = end;
}

/* A copy in the arena; the most frequent tag is shared. */
static const char *copy_tag(const char *text, size_t size, struct arena *arena)
{
	return size == 1 && *text == 'O' ? "O" : arena_string(arena, text, size);
}

static enum read_status next_of_columns(struct tag_pairs *pairs, struct tag_pair_sentence *out,
					struct err *err)
{
	struct sentence sentence;
	enum read_status status = next_sentence(&pairs->gold, &sentence, &pairs->arena, err);

	if (status != READ_OK)
		return status;
	if (start_sentence(pairs, sentence.n_tokens, out, err) < 0)
		return READ_FAIL;
	for (size_t i = 0; i < sentence.n_tokens; i++) {
		const struct token *token = &sentence.tokens[i];
		const char *text;
		size_t size;

		if (token->columns < 3) {
			no_tag(&pairs->gold, token, "gold and predicted tag in its last two columns",
			       err);
			return READ_FAIL;
		}
		column_before_last(token, &text, &size);
		out->words[i] = token->word;
		out->gold[i] = copy_tag(text, size, &pairs->arena);
		out->guess[i] = token->tag;
		out->gold_lines[i] = out->guess_lines[i] = token->line_number;
		if (!out->gold[i]) {
			err_set_memory(err);
			return READ_FAIL;
		}
	}
	return READ_OK;
}

/* An array of strings of an object, [*n], in the arena; NULL when there is none. */
static const char **string_array(const json_t *object, const char *key, size_t *n,
				 struct arena *arena)
{
	json_t *array = json_object_get(object, key), *item;
	const char **out;
	size_t i;

	*n = json_array_size(array);
	out = json_is_array(array) && *n <= CONLL_TOKEN_LIMIT
		      ? arena_alloc(arena, *n + 1, sizeof(*out))
		      : NULL;
	if (!out)
		return NULL;
	json_array_foreach(array, i, item) {
		out[i] = json_is_string(item) ? arena_copy(arena, json_string_value(item)) : NULL;
		if (!out[i])
			return NULL;
	}
	return out;
}

/* All words of an object stand on its line. */
static void fill_lines(size_t *lines, size_t n, size_t line)
{
	for (size_t i = 0; i < n; i++)
		lines[i] = line;
}

static enum read_status next_of_objects(struct tag_pairs *pairs, struct tag_pair_sentence *out,
					struct err *err)
{
	struct json_lines *lines = &pairs->gold.json;
	size_t n = 0, n_words, n_gold;
	json_t *object;
	enum read_status status = json_lines_next(lines, &object, err);

	if (status != READ_OK)
		return status == READ_BAD ? READ_FAIL : status;
	n = json_array_size(json_object_get(object, "tags"));
	if (n <= CONLL_TOKEN_LIMIT && start_sentence(pairs, n, out, err) < 0) {
		json_decref(object);
		return READ_FAIL;
	}
	out->words = string_array(object, "tokens", &n_words, &pairs->arena);
	out->gold = string_array(object, "gold", &n_gold, &pairs->arena);
	out->guess = string_array(object, "tags", &n, &pairs->arena);
	json_decref(object);
	if (out->words && out->gold && out->guess && n_words == n && n_gold == n) {
		fill_lines(out->gold_lines, n, lines->line);
		fill_lines(out->guess_lines, n, lines->line);
		return READ_OK;
	}
	err_set_at(err, lines->name, lines->line, 0,
		   "the object lacks 'tokens', 'gold' or 'tags', arrays of strings of one length, "
		   "up to %zu", CONLL_TOKEN_LIMIT);
	return READ_FAIL;
}

/* The predicted tags of a gold sentence, from a CoNLL file. */
static int guess_from_conll(struct tag_pairs *pairs, const struct sentence *gold,
			    struct tag_pair_sentence *out, struct err *err)
{
	struct sentence sentence;
	enum read_status status = next_sentence(&pairs->guess, &sentence, &pairs->arena, err);

	if (status == READ_FAIL)
		return -1;
	if (status == READ_EOF)
		return err_set_at(err, pairs->guess.path, 0, 0,
				  "the file ends before the sentence of '%s':%zu", pairs->gold.path,
				  gold->line_number);
	for (size_t i = 0; i < gold->n_tokens && i < sentence.n_tokens; i++) {
		const struct token *token = &sentence.tokens[i];

		if (strcmp(token->word, gold->tokens[i].word) != 0)
			return err_set_at(err, pairs->guess.path, token->line_number, 0,
					  "the word '%.80s' stands where '%s':%zu has '%.80s'",
					  token->word, pairs->gold.path,
					  gold->tokens[i].line_number, gold->tokens[i].word);
		if (!token->tag)
			return no_tag(&pairs->guess, token, "tag", err);
		out->guess[i] = token->tag;
		out->guess_lines[i] = token->line_number;
	}
	if (sentence.n_tokens != gold->n_tokens)
		return err_set_at(err, pairs->guess.path, sentence.line_number, 0,
				  "the sentence has %zu words where '%s':%zu has %zu",
				  sentence.n_tokens, pairs->gold.path, gold->line_number,
				  gold->n_tokens);
	return 0;
}

/* The next object that has words. */
static enum read_status next_object(struct json_lines *lines, json_t **object, struct err *err)
{
	enum read_status status;

	while ((status = json_lines_next(lines, object, err)) == READ_OK) {
		const json_t *tags = json_object_get(*object, "tags");

		if (!json_is_array(tags) || json_array_size(tags))
			break;
		json_decref(*object);
	}
	return status == READ_BAD ? READ_FAIL : status;
}

/* Where the object names its words, they must be those of the gold sentence. */
static int check_words(const struct tag_pairs *pairs, const struct sentence *gold,
		       const char *const *words, size_t n, struct err *err)
{
	const struct json_lines *lines = &pairs->guess.json;

	for (size_t i = 0; i < n && i < gold->n_tokens; i++)
		if (strcmp(words[i], gold->tokens[i].word) != 0)
			return err_set_at(err, lines->name, lines->line, 0,
					  "the word '%.80s' stands where '%s':%zu has '%.80s'",
					  words[i], pairs->gold.path, gold->tokens[i].line_number,
					  gold->tokens[i].word);
	return 0;
}

static int guess_from_json(struct tag_pairs *pairs, const struct sentence *gold,
			   struct tag_pair_sentence *out, struct err *err)
{
	struct json_lines *lines = &pairs->guess.json;
	const char **words;
	size_t n, n_words;
	json_t *object;
	enum read_status status = next_object(lines, &object, err);

	if (status == READ_EOF)
		return err_set_at(err, lines->name, 0, 0,
				  "the file ends before the sentence of '%s':%zu", pairs->gold.path,
				  gold->line_number);
	if (status != READ_OK)
		return -1;
	words = string_array(object, "tokens", &n_words, &pairs->arena);
	out->guess = string_array(object, "tags", &n, &pairs->arena);
	json_decref(object);
	if (!out->guess)
		return err_set_at(err, lines->name, lines->line, 0,
				  "the object has no 'tags', an array of strings");
	if (words && check_words(pairs, gold, words, n_words, err) < 0)
		return -1;
	fill_lines(out->guess_lines, n < out->n ? n : out->n, lines->line);
	if (n != gold->n_tokens)
		return err_set_at(err, lines->name, lines->line, 0,
				  "the sentence has %zu tags where '%s':%zu has %zu words", n,
				  pairs->gold.path, gold->line_number, gold->n_tokens);
	return 0;
}

/* After the last gold sentence the predictions must have ended too. */
static enum read_status expect_end(struct tag_pairs *pairs, struct err *err)
{
	struct sentence sentence;
	json_t *object = NULL;
	enum read_status status;
	size_t line;

	if (pairs->guess.is_json) {
		status = next_object(&pairs->guess.json, &object, err);
		json_decref(object);
		line = pairs->guess.json.line;
	} else {
		status = next_sentence(&pairs->guess, &sentence, &pairs->arena, err);
		line = status == READ_OK ? sentence.line_number : 0;
	}
	if (status != READ_OK)
		return status;
	err_set_at(err, pairs->guess.path, line, 0, "there are more sentences than in '%s'",
		   pairs->gold.path);
	return READ_FAIL;
}

static enum read_status next_of_two(struct tag_pairs *pairs, struct tag_pair_sentence *out,
				    struct err *err)
{
	struct sentence gold;
	enum read_status status = next_sentence(&pairs->gold, &gold, &pairs->arena, err);
	int rc;

	if (status == READ_EOF)
		return expect_end(pairs, err);
	if (status != READ_OK || start_sentence(pairs, gold.n_tokens, out, err) < 0)
		return READ_FAIL;
	for (size_t i = 0; i < gold.n_tokens; i++) {
		out->words[i] = gold.tokens[i].word;
		out->gold[i] = gold.tokens[i].tag;
		out->gold_lines[i] = gold.tokens[i].line_number;
		if (!gold.tokens[i].tag) {
			no_tag(&pairs->gold, &gold.tokens[i], "tag", err);
			return READ_FAIL;
		}
	}
	rc = pairs->guess.is_json ? guess_from_json(pairs, &gold, out, err)
				  : guess_from_conll(pairs, &gold, out, err);
	return rc < 0 ? READ_FAIL : READ_OK;
}

enum read_status tag_pairs_next(struct tag_pairs *pairs, struct tag_pair_sentence *sentence,
				struct err *err)
{
	arena_reset(&pairs->arena);
	pairs->documents = 0;
	if (!pairs->one_file && pairs->gold.is_json) {
		err_set(err, ERR_USAGE, "'%s' must be a CoNLL file", pairs->gold.path);
		return READ_FAIL;
	}
	if (!pairs->one_file)
		return next_of_two(pairs, sentence, err);
	if (pairs->gold.is_json)
		return next_of_objects(pairs, sentence, err);
	return next_of_columns(pairs, sentence, err);
}

bool tag_pairs_ended_blank(const struct tag_pairs *pairs)
{
	return pairs->gold.is_json || pairs->gold.ended_blank;
}
