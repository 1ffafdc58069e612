/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/relation_pairs.h"

#include "lib/base/arena.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/mnre.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One of the two files. */
struct source {
	const char *path;
	struct mnre_reader *mnre; /* NULL: JSON Lines */
	struct json_lines json;
	bool is_json;
};

/* What a source says of a record; strings are of the arena, names NULL where it has none. */
struct item {
	const char *gold, *predicted, *head, *tail;
	size_t line;
};

struct relation_pairs {
	struct source gold, guess;
	bool one_file;
	struct arena arena; /* of the records in hand */
};

/* What the first line of a file is. */
enum first_line { LINE_OTHER, LINE_MNRE, LINE_PREDICTION };

static enum first_line classify(const struct text_line *line)
{
	json_t *object;
	enum first_line kind = LINE_OTHER;

	if (line->length < 2 || line->text[0] != '{')
		return LINE_OTHER;
	object = json_loadb(line->text, line->length, 0, NULL);
	if (!object)
		return memmem(line->text, line->length, "'relation'", strlen("'relation'"))
			       ? LINE_MNRE
			       : LINE_OTHER;
	if (json_is_string(json_object_get(object, "relation")))
		kind = json_object_get(object, "token") ? LINE_MNRE : LINE_PREDICTION;
	json_decref(object);
	return kind;
}

static enum first_line first_line(const char *path)
{
	enum first_line kind = LINE_OTHER;
	struct err ignored = ERR_INIT;
	struct line_reader *lines;
	struct text_line line;
	struct stat info;

	if (strcmp(path, "-") == 0 || stat(path, &info) < 0 || !S_ISREG(info.st_mode))
		return LINE_OTHER;
	lines = line_reader_open(path, MNRE_LINE_LIMIT, &ignored);
	if (!lines)
		return LINE_OTHER;
	if (line_reader_next(lines, &line, &ignored) == READ_OK)
		kind = classify(&line);
	line_reader_close(lines);
	return kind;
}

bool relation_pairs_likely(const char *path)
{
	return first_line(path) != LINE_OTHER;
}

/* What is no MNRE file is taken for JSON Lines, whose reader says what is wrong with it. */
static int open_source(struct source *source, const char *path, struct err *err)
{
	source->path = path;
	source->is_json = first_line(path) != LINE_MNRE;
	if (source->is_json)
		return json_lines_open(&source->json, path, err);
	source->mnre = mnre_open(path, err);
	return source->mnre ? 0 : -1;
}

static void close_source(struct source *source)
{
	if (source->is_json)
		json_lines_close(&source->json);
	mnre_close(source->mnre);
}

struct relation_pairs *relation_pairs_open(const char *gold, const char *guess, struct err *err)
{
	struct relation_pairs *pairs = calloc(1, sizeof(*pairs));

	if (!pairs) {
		err_set_memory(err);
		return NULL;
	}
	pairs->one_file = !guess;
	if (open_source(&pairs->gold, gold, err) < 0 ||
	    (guess && open_source(&pairs->guess, guess, err) < 0)) {
		relation_pairs_close(pairs);
		return NULL;
	}
	return pairs;
}

void relation_pairs_close(struct relation_pairs *pairs)
{
	if (!pairs)
		return;
	close_source(&pairs->gold);
	close_source(&pairs->guess);
	arena_release(&pairs->arena);
	free(pairs);
}

static enum read_status next_mnre(struct source *source, struct item *item, struct arena *arena,
				  struct err *err)
{
	struct relation relation;
	enum read_status status = mnre_next(source->mnre, &relation, arena, err);

	if (status != READ_OK)
		return status == READ_BAD ? READ_FAIL : status;
	*item = (struct item){ relation.relation, relation.relation, relation.head.name,
			       relation.tail.name, relation.line_number };
	return READ_OK;
}

/* A copy of a string of an object; NULL when there is none. */
static const char *copy_string(const json_t *object, const char *key, struct arena *arena)
{
	const char *text = json_get_string(object, key, NULL);

	return text ? arena_copy(arena, text) : NULL;
}

static enum read_status next_object(struct source *source, struct item *item,
				    struct arena *arena, struct err *err)
{
	struct json_lines *lines = &source->json;
	json_t *object;
	enum read_status status = json_lines_next(lines, &object, err);

	if (status != READ_OK)
		return status == READ_BAD ? READ_FAIL : status;
	item->gold = copy_string(object, "gold", arena);
	item->predicted = copy_string(object, "relation", arena);
	item->head = copy_string(json_object_get(object, "head"), "name", arena);
	item->tail = copy_string(json_object_get(object, "tail"), "name", arena);
	item->line = lines->line;
	json_decref(object);
	if (item->predicted)
		return READ_OK;
	err_set_at(err, lines->name, lines->line, 0, "the object has no \"relation\", a string");
	return READ_FAIL;
}

static enum read_status next_item(struct source *source, struct item *item, struct arena *arena,
				  struct err *err)
{
	return source->is_json ? next_object(source, item, arena, err)
			       : next_mnre(source, item, arena, err);
}

static bool differ(const char *a, const char *b)
{
	return a && b && strcmp(a, b) != 0;
}

/* The predicted record that belongs to a gold one. */
static int next_guess(struct relation_pairs *pairs, const struct item *gold, struct item *guess,
		      struct err *err)
{
	enum read_status status = next_item(&pairs->guess, guess, &pairs->arena, err);

	if (status == READ_EOF)
		return err_set_at(err, pairs->guess.path, 0, 0,
				  "the file ends before the relation of '%s':%zu", pairs->gold.path,
				  gold->line);
	if (status != READ_OK)
		return -1;
	if (differ(gold->head, guess->head) || differ(gold->tail, guess->tail))
		return err_set_at(err, pairs->guess.path, guess->line, 0,
				  "the entities '%.80s' and '%.80s' stand where '%s':%zu has '%.80s' and '%.80s'",
				  guess->head ? guess->head : "", guess->tail ? guess->tail : "",
				  pairs->gold.path, gold->line, gold->head ? gold->head : "",
				  gold->tail ? gold->tail : "");
	return 0;
}

/* After the last gold record the predictions must have ended too. */
static enum read_status expect_end(struct relation_pairs *pairs, struct err *err)
{
	struct item item;
	enum read_status status = next_item(&pairs->guess, &item, &pairs->arena, err);

	if (status != READ_OK)
		return status;
	err_set_at(err, pairs->guess.path, item.line, 0, "there are more relations than in '%s'",
		   pairs->gold.path);
	return READ_FAIL;
}

enum read_status relation_pairs_next(struct relation_pairs *pairs, struct relation_pair *pair,
				     struct err *err)
{
	struct item gold, guess;
	enum read_status status;

	arena_reset(&pairs->arena);
	status = next_item(&pairs->gold, &gold, &pairs->arena, err);
	if (status == READ_EOF && !pairs->one_file)
		return expect_end(pairs, err);
	if (status != READ_OK)
		return status;
	if (pairs->one_file && (!pairs->gold.is_json || !gold.gold)) {
		err_set_at(err, pairs->gold.path, gold.line, 0,
			   "the record has no predicted relation beside the gold one");
		return READ_FAIL;
	}
	guess = gold;
	if (!pairs->one_file && next_guess(pairs, &gold, &guess, err) < 0)
		return READ_FAIL;
	*pair = (struct relation_pair){
		.gold = gold.gold ? gold.gold : gold.predicted,
		.guess = guess.predicted,
		.gold_file = pairs->gold.path,
		.guess_file = pairs->one_file ? pairs->gold.path : pairs->guess.path,
		.gold_line = gold.line,
		.guess_line = guess.line,
	};
	return READ_OK;
}
