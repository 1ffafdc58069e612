/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/word_corpus.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/torch_file.h"

#include <stdlib.h>
#include <string.h>

#define CORPUS_CLASS "utils.word_utils.Corpus"

void word_corpus_release(struct word_corpus *corpus)
{
	str_table_release(&corpus->words);
	free(corpus->ids);
	corpus->ids = NULL;
}

/* The attributes of an object that is plain data, or NULL. */
static const struct pickle_value *attributes(const struct pickle_value *object)
{
	return object && object->kind == PICKLE_OBJECT ? object->state : NULL;
}

/* The dict and the list of the dictionary; false when the file holds no such thing. */
static bool find_words(const struct pickle_value *root, const struct pickle_value **numbers,
		       const struct pickle_value **words)
{
	const struct pickle_value *state = attributes(root);
	const struct pickle_value *dictionary = state ? pickle_get(state, "dictionary") : NULL;

	state = attributes(dictionary);
	*numbers = state ? pickle_get(state, "word2idx") : NULL;
	*words = state ? pickle_get(state, "idx2word") : NULL;
	return strcmp(root->kind == PICKLE_OBJECT ? root->text : "", CORPUS_CLASS) == 0 && *numbers &&
	       (*numbers)->kind == PICKLE_DICT && *words && (*words)->kind == PICKLE_LIST;
}

static int add_word(struct word_corpus *corpus, const struct pickle_value *word,
		    const struct pickle_value *number, const char *name, struct err *err)
{
	long place;

	if (word->kind != PICKLE_TEXT || number->kind != PICKLE_INT || number->integer < 0 ||
	    (uint64_t)number->integer >= corpus->size)
		return err_set_at(err, name, 0, 0,
				  "its word2idx has, at byte %zu of the pickle, %s with %s, where a word "
				  "with its number below %zu, the length of idx2word, must be",
				  word->offset, pickle_kind_name(word->kind),
				  pickle_kind_name(number->kind), corpus->size);
	place = str_table_add(&corpus->words, word->text, word->length);
	if (place < 0)
		return err_set_memory(err);
	corpus->ids[place] = (int)number->integer;
	return 0;
}

static int find_special(const struct word_corpus *corpus, const char *word, int *id, const char *name,
			struct err *err)
{
	long place = str_table_find(&corpus->words, word, strlen(word));

	if (place < 0)
		return err_set_at(err, name, 0, 0, "its dictionary has no word '%s'", word);
	*id = corpus->ids[place];
	return 0;
}

static int read_words(struct word_corpus *corpus, const struct pickle_value *numbers, size_t size,
		      const char *name, struct err *err)
{
	if (size == 0 || size > CORPUS_WORDS || numbers->n / 2 > CORPUS_WORDS)
		return err_set_at(err, name, 0, 0, "it has %zu words; 1 to %zu can be read", size,
				  CORPUS_WORDS);
	corpus->size = size;
	corpus->ids = checked_calloc(numbers->n / 2, sizeof(*corpus->ids));
	if (!corpus->ids)
		return err_set_memory(err);
	for (size_t i = 0; i + 1 < numbers->n; i += 2)
		if (add_word(corpus, numbers->items[i], numbers->items[i + 1], name, err) < 0)
			return -1;
	if (find_special(corpus, "<unk>", &corpus->unknown, name, err) < 0 ||
	    find_special(corpus, "<eos>", &corpus->end, name, err) < 0)
		return -1;
	return find_special(corpus, "<pad>", &corpus->padding, name, err);
}

int word_corpus_parse(struct word_corpus *corpus, const unsigned char *bytes, size_t length,
		      const char *name, struct err *err)
{
	const struct pickle_value *numbers, *words;
	struct torch_file file;
	int rc;

	*corpus = (struct word_corpus){ .ids = NULL };
	if (torch_checkpoint_parse(&file, bytes, length, name, err) < 0)
		return -1;
	str_table_init(&corpus->words);
	if (find_words(file.root, &numbers, &words))
		rc = read_words(corpus, numbers, words->n, name, err);
	else
		rc = err_set_at(err, name, 0, 0,
				"no dictionary of one-stage grounding: it holds %s%s%.100s, not a "
				CORPUS_CLASS " with word2idx and idx2word",
				pickle_kind_name(file.root->kind),
				file.root->kind == PICKLE_OBJECT ? " of " : "",
				file.root->kind == PICKLE_OBJECT ? file.root->text : "");
	torch_file_close(&file);
	if (rc < 0)
		word_corpus_release(corpus);
	return rc;
}

int word_corpus_open(struct word_corpus *corpus, const char *path, struct err *err)
{
	struct file_map map;
	int rc;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	rc = word_corpus_parse(corpus, map.data, map.size, path, err);
	file_map_close(&map);
	return rc;
}
