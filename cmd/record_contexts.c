/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/record_contexts.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

#define SEPARATOR "<EOS>"

/* train.txt has train_captions.tsv beside it. On the heap. */
static char *side_file_of(const struct split *split)
{
	const char *extension = file_extension(split->text);
	size_t length = strlen(split->text) - strlen(extension) - (*extension != '\0');
	struct buf path = BUF_INIT;

	buf_add(&path, split->text, length);
	buf_add_string(&path, "_captions.tsv");
	return buf_detach(&path);
}

static int open_side(struct record_contexts *contexts, const char *given, struct err *err)
{
	char *own = given ? NULL : side_file_of(contexts->split);
	const char *path = given ? given : own;
	int rc = 0;

	if (!path)
		return err_set_memory(err);
	if (given || file_exists(path)) {
		rc = contexts_read(&contexts->side, path, err);
		contexts->has_side = rc == 0;
	}
	free(own);
	return rc;
}

int record_contexts_open(struct record_contexts *contexts, const struct split *split,
			 const struct context_sources *sources, struct err *err)
{
	*contexts = (struct record_contexts){ .split = split };
	if ((sources->objects || sources->text) && !split->images)
		return err_set(err, ERR_USAGE,
			       "looking into pictures: say with --images where those of '%s' are", split->text);
	if (open_side(contexts, sources->file, err) < 0)
		return -1;
	if (!sources->objects && !sources->text)
		return 0;
	contexts->looks = picture_words_open(&contexts->words, sources->objects, sources->text, err) == 0;
	if (!contexts->looks)
		record_contexts_close(contexts);
	return contexts->looks ? 0 : -1;
}

void record_contexts_close(struct record_contexts *contexts)
{
	if (contexts->has_side)
		contexts_release(&contexts->side);
	if (contexts->looks)
		picture_words_close(&contexts->words);
	memset(contexts, 0, sizeof(*contexts));
}

/* Each word is a context of its own, so that what was prepared to fit is read as it stands. */
static int split_sentence(struct sentence *sentence, size_t separator, struct predict_record *record,
			  struct arena *arena, struct err *err)
{
	size_t n = sentence->n_tokens - separator - 1;
	const char **words = arena_alloc(arena, n, sizeof(*words));

	if (!words)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++)
		words[i] = sentence->tokens[separator + 1 + i].word;
	sentence->n_tokens = separator;
	record->contexts = words;
	record->n_contexts = n;
	return 0;
}

static int look(struct record_contexts *contexts, const char *id, const char **texts, size_t *n,
		struct arena *arena, struct err *err)
{
	char *path = split_image_path(contexts->split, id);
	int rc = path ? picture_words_read(&contexts->words, path, texts, n, &contexts->fault, arena, err)
		      : err_set_memory(err);

	free(path);
	return rc;
}

static int gather(struct record_contexts *contexts, const char *id, struct predict_record *record,
		  struct arena *arena, struct err *err)
{
	size_t n = 0, seen = 0;
	const char *const *side = contexts->has_side ? contexts_find(&contexts->side, id, &n) : NULL;
	const char **texts = arena_alloc(arena, n + PICTURE_TEXTS, sizeof(*texts));

	if (!texts)
		return err_set_memory(err);
	if (n)
		memcpy(texts, side, n * sizeof(*texts));
	if (contexts->looks && look(contexts, id, texts + n, &seen, arena, err) < 0)
		return -1;
	record->contexts = texts;
	record->n_contexts = n + seen;
	return 0;
}

int record_contexts_find(struct record_contexts *contexts, struct sentence *sentence,
			 struct predict_record *record, struct arena *arena, struct err *err)
{
	size_t i = 0;
	int rc = 0;

	contexts->fault = NULL;
	while (i < sentence->n_tokens && strcmp(sentence->tokens[i].word, SEPARATOR) != 0)
		i++;
	if (i < sentence->n_tokens)
		rc = split_sentence(sentence, i, record, arena, err);
	else if (sentence->id && *sentence->id)
		rc = gather(contexts, sentence->id, record, arena, err);
	contexts->records++;
	contexts->with += record->n_contexts > 0;
	return rc;
}
