/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/prediction.h"

#include <stdbool.h>
#include <string.h>

static json_t *text_or_null(const char *text)
{
	return text ? json_text(text) : json_null();
}

static json_t *label_list(const char *const *labels, size_t n)
{
	json_t *list = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(list, json_text(labels[i]));
	return list;
}

static json_t *probability_rows(const float *probabilities, size_t n, size_t n_labels)
{
	json_t *rows = json_array();

	for (size_t i = 0; i < n; i++) {
		const float *row = probabilities + i * n_labels;
		json_t *list = row[0] < 0 ? json_null() : json_array();

		for (size_t k = 0; k < n_labels && row[0] >= 0; k++)
			json_array_append_new(list, json_real((double)row[k]));
		json_array_append_new(rows, list);
	}
	return rows;
}

int prediction_write(FILE *stream, const struct sentence *sentence,
		     const struct prediction *prediction, const char *const *labels,
		     size_t n_labels)
{
	json_t *object;
	json_t *tokens = json_array(), *gold = json_array(), *tags = json_array();
	json_t *raw = json_array(), *confidence = json_array();

	for (size_t i = 0; i < prediction->n; i++) {
		json_array_append_new(tokens, json_text(sentence->tokens[i].word));
		json_array_append_new(gold, text_or_null(sentence->tokens[i].tag));
		json_array_append_new(tags, json_text(prediction->tags[i]));
		json_array_append_new(raw, json_text(prediction->raw[i]));
		json_array_append_new(confidence, json_real((double)prediction->confidence[i]));
	}
	object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "id", text_or_null(sentence->id),
			   "tokens", tokens, "gold", gold, "tags", tags, "raw", raw, "confidence",
			   confidence);
	if (prediction->probabilities) {
		json_object_set_new(object, "labels", label_list(labels, n_labels));
		json_object_set_new(object, "probabilities",
				    probability_rows(prediction->probabilities, prediction->n,
						     n_labels));
	}
	return json_line_write(stream, object);
}

static json_t *mention_object(const struct mention *mention)
{
	return json_pack("{s:o, s:[I, I]}", "name", json_text(mention->name), "pos",
			 (json_int_t)mention->begin, (json_int_t)mention->end);
}

int relation_prediction_write(FILE *stream, const struct relation *relation,
			      const struct relation_prediction *prediction,
			      const char *const *labels, size_t n_labels)
{
	json_t *probabilities = json_object();

	for (size_t i = 0; i < n_labels; i++)
		json_object_set_new(probabilities, labels[i],
				    json_real((double)prediction->probabilities[i]));
	return json_line_write(stream, json_pack("{s:o, s:o, s:o, s:o, s:o, s:f, s:o}", "id",
						 text_or_null(relation->image), "head",
						 mention_object(&relation->head), "tail",
						 mention_object(&relation->tail), "gold",
						 text_or_null(relation->relation), "relation",
						 json_text(prediction->relation), "confidence",
						 (double)prediction->confidence, "probabilities",
						 probabilities));
}

/* An array of `n` strings under `key`, copied into the arena. */
static int read_strings(const json_t *object, const char *key, size_t n, const char **out,
			struct arena *arena, struct err *err)
{
	const json_t *array = json_object_get(object, key);

	if (!json_is_array(array) || json_array_size(array) != n)
		return err_set(err, ERR_DATA, "'%s' is no array of %zu strings", key, n);
	for (size_t i = 0; i < n; i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text)
			return err_set(err, ERR_DATA, "'%s'[%zu] is no string", key, i);
		out[i] = arena_copy(arena, text);
		if (!out[i])
			return err_set_memory(err);
	}
	return 0;
}

static int read_confidence(const json_t *object, size_t n, float *out, struct err *err)
{
	const json_t *array = json_object_get(object, "confidence");

	if (!json_is_array(array) || json_array_size(array) != n)
		return err_set(err, ERR_DATA, "'confidence' is no array of %zu numbers", n);
	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_array_get(array, i);
		double number = json_number_value(value);

		if (!json_is_number(value) || !(number >= 0 && number <= 1))
			return err_set(err, ERR_DATA, "'confidence'[%zu] is no number from 0 to 1", i);
		out[i] = (float)number;
	}
	return 0;
}

/* Words with invalid bytes were written with replacement characters, so both sides are compared as
 * they are written. */
static bool same_word(const json_t *token, const char *word)
{
	const char *text = json_string_value(token);
	json_t *written;
	bool same;

	if (text && strcmp(text, word) == 0)
		return true;
	written = json_text(word);
	same = written && json_equal(token, written);
	json_decref(written);
	return same;
}

static int check_tokens(const json_t *tokens, const struct sentence *sentence, struct err *err)
{
	if (json_array_size(tokens) != sentence->n_tokens)
		return err_set(err, ERR_DATA,
			       "the prediction has %zu words, but the sentence has %zu",
			       json_array_size(tokens), sentence->n_tokens);
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (!same_word(json_array_get(tokens, i), sentence->tokens[i].word))
			return err_set(err, ERR_DATA,
				       "word %zu of the prediction is not '%.100s' as in the sentence",
				       i + 1, sentence->tokens[i].word);
	return 0;
}

int prediction_read(const json_t *object, const struct sentence *sentence,
		    struct prediction *prediction, struct arena *arena, struct err *err)
{
	const json_t *tokens = json_object_get(object, "tokens");
	size_t n = json_array_size(tokens);
	float *confidence;

	if (!json_is_array(tokens))
		return err_set(err, ERR_DATA, "there is no array 'tokens'");
	if (sentence && check_tokens(tokens, sentence, err) < 0)
		return -1;
	prediction->n = n;
	prediction->tags = arena_alloc(arena, n, sizeof(*prediction->tags));
	prediction->raw = arena_alloc(arena, n, sizeof(*prediction->raw));
	confidence = arena_alloc(arena, n, sizeof(*confidence));
	prediction->confidence = confidence;
	prediction->probabilities = NULL;
	if (!prediction->tags || !prediction->raw || !confidence)
		return err_set_memory(err);
	if (read_strings(object, "tags", n, prediction->tags, arena, err) < 0 ||
	    read_strings(object, "raw", n, prediction->raw, arena, err) < 0)
		return -1;
	return read_confidence(object, n, confidence, err);
}
