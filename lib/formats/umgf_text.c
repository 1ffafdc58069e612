/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/umgf_text.h"

#include "lib/base/file.h"
#include "lib/formats/line_reader.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define WORDS_END "_s.txt"

struct umgf_text_reader {
	char *folder;
	struct str_list tweets; /* names of the files of words, in order */
	size_t next;
};

static bool is_tweet(const char *name)
{
	size_t length = strlen(name), end = strlen(WORDS_END);

	return length > end && strcmp(name + length - end, WORDS_END) == 0 && name[0] != '.' &&
	       !strchr(name, '/');
}

static int list_tweets(struct umgf_text_reader *reader, struct err *err)
{
	struct str_list files = STR_LIST_INIT;
	int rc = file_walk(reader->folder, &files, 3 * UMGF_TEXT_TWEETS, err);

	for (size_t i = 0; rc == 0 && i < files.n; i++)
		if (is_tweet(files.items[i]) && str_list_add(&reader->tweets, files.items[i]) < 0)
			rc = err_set_memory(err);
	str_list_release(&files);
	if (rc == 0 && reader->tweets.n == 0)
		rc = err_set(err, ERR_DATA, "'%s' has no tweets in files like 1%s", reader->folder,
			     WORDS_END);
	return rc;
}

struct umgf_text_reader *umgf_text_open(const char *folder, struct err *err)
{
	struct umgf_text_reader *reader = calloc(1, sizeof(*reader));

	if (!reader) {
		err_set_memory(err);
		return NULL;
	}
	reader->folder = strdup(folder);
	if (!reader->folder)
		err_set_memory(err);
	else if (list_tweets(reader, err) == 0)
		return reader;
	umgf_text_close(reader);
	return NULL;
}

void umgf_text_close(struct umgf_text_reader *reader)
{
	if (!reader)
		return;
	free(reader->folder);
	str_list_release(&reader->tweets);
	free(reader);
}

/* A file's first line without NUL bytes, "" of an empty file. READ_BAD: it cannot be read. */
static enum read_status read_line(const char *path, char **text, struct arena *arena, struct err *err)
{
	struct line_reader *lines = line_reader_open(path, UMGF_TEXT_LINE_LIMIT, err);
	enum read_status status;
	struct text_line line;
	size_t kept = 0;

	if (!lines)
		return READ_BAD;
	status = line_reader_next(lines, &line, err);
	if (status == READ_OK || status == READ_EOF) {
		*text = arena_string(arena, status == READ_OK ? line.text : "",
				     status == READ_OK ? line.length : 0);
		for (size_t i = 0; *text && status == READ_OK && i < line.length; i++)
			if (line.text[i])
				(*text)[kept++] = line.text[i];
		if (*text)
			(*text)[kept] = '\0';
		status = *text ? READ_OK : (err_set_memory(err), READ_FAIL);
	} else {
		status = READ_BAD;
	}
	line_reader_close(lines);
	return status;
}

static size_t count_parts(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\t';
	return n;
}

/* Cut the next part off `*text`, which is at its end behind the last. */
static const char *next_part(char **text)
{
	char *part = *text, *tab = strchr(part, '\t');

	*text = tab ? tab + 1 : part + strlen(part);
	if (tab)
		*tab = '\0';
	return part;
}

/* `tags` NULL: there are none. */
static int fill_tokens(struct sentence *sentence, char *words, char *tags, struct arena *arena,
		       struct err *err)
{
	sentence->n_tokens = *words ? count_parts(words) : 0;
	sentence->tokens = arena_alloc(arena, sentence->n_tokens + 1, sizeof(*sentence->tokens));
	if (!sentence->tokens)
		return err_set_memory(err);
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		struct token *token = &sentence->tokens[i];

		token->word = next_part(&words);
		token->word_length = strlen(token->word);
		token->tag = tags ? next_part(&tags) : NULL;
		token->line = tags ? arena_format(arena, "%s\t%s", token->word, token->tag) : token->word;
		if (!token->line)
			return err_set_memory(err);
		token->line_length = strlen(token->line);
		token->line_number = 1;
		token->columns = tags ? 2 : 1;
	}
	return 0;
}

/* The path of one of a tweet's three files. */
static char *part_path(const struct umgf_text_reader *reader, const char *tweet, char part,
		       struct arena *arena)
{
	int stem = (int)(strlen(tweet) - strlen(WORDS_END));

	return arena_format(arena, "%s/%.*s_%c.txt", reader->folder, stem, tweet, part);
}

static enum read_status read_tweet(const struct umgf_text_reader *reader, const char *tweet,
				   struct sentence *sentence, struct arena *arena, struct err *err)
{
	const char *tag_file = part_path(reader, tweet, 'l', arena);
	const char *picture_file = part_path(reader, tweet, 'p', arena);
	char *words, *tags = NULL, *picture;
	enum read_status status;

	sentence->file = part_path(reader, tweet, 's', arena);
	if (!sentence->file || !tag_file || !picture_file)
		return err_set_memory(err), READ_FAIL;
	status = read_line(sentence->file, &words, arena, err);
	if (status == READ_OK)
		status = read_line(picture_file, &picture, arena, err);
	if (status == READ_OK && file_exists(tag_file))
		status = read_line(tag_file, &tags, arena, err);
	if (status != READ_OK)
		return status;
	if (tags && count_parts(tags) != count_parts(words)) {
		err_set_at(err, tag_file, 1, 0, "%zu tags for the %zu words of '%s'", count_parts(tags),
			   count_parts(words), sentence->file);
		return READ_BAD;
	}
	sentence->id = picture;
	return fill_tokens(sentence, words, tags, arena, err) < 0 ? READ_FAIL : READ_OK;
}

enum read_status umgf_text_next(struct umgf_text_reader *reader, struct sentence *sentence,
				struct arena *arena, struct err *err)
{
	size_t number = reader->next;

	memset(sentence, 0, sizeof(*sentence));
	if (number == reader->tweets.n)
		return READ_EOF;
	reader->next++;
	sentence->record = number;
	sentence->id_line = sentence->line_number = 1;
	return read_tweet(reader, reader->tweets.items[number], sentence, arena, err);
}
