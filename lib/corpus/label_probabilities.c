/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/label_probabilities.h"

#include "lib/base/checked.h"
#include "lib/formats/json_lines.h"

#include <string.h>

/* An array of `n` strings under `key`; *out stays NULL when the key is not there. */
static int read_strings(const json_t *object, const char *key, size_t n, const char ***out,
			struct arena *arena, struct err *err)
{
	const json_t *array = json_object_get(object, key);

	*out = NULL;
	if (!array)
		return 0;
	if (!json_is_array(array) || json_array_size(array) != n)
		return err_set(err, ERR_DATA, "'%s' is no array of %zu strings", key, n);
	*out = arena_alloc(arena, n + 1, sizeof(**out));
	for (size_t i = 0; i < n && *out; i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (!text)
			return err_set(err, ERR_DATA, "'%s'[%zu] is no string", key, i);
		(*out)[i] = arena_copy(arena, text);
		if (!(*out)[i])
			return err_set_memory(err);
	}
	return *out ? 0 : err_set_memory(err);
}

static int read_numbers(const json_t *array, const char *key, size_t n, double *out, struct err *err)
{
	if (!json_is_array(array) || json_array_size(array) != n)
		return err_set(err, ERR_DATA, "'%s' is no array of %zu numbers", key, n);
	for (size_t i = 0; i < n; i++) {
		const json_t *value = json_array_get(array, i);

		out[i] = json_number_value(value);
		if (!json_is_number(value) || !(out[i] >= 0 && out[i] <= 1))
			return err_set(err, ERR_DATA, "'%s'[%zu] is no number from 0 to 1", key, i);
	}
	return 0;
}

static int read_confidence(const json_t *object, struct label_probabilities *out, struct arena *arena,
			   struct err *err)
{
	const json_t *array = json_object_get(object, "confidence");
	double *numbers;

	if (!array)
		return 0;
	numbers = arena_alloc(arena, out->n + 1, sizeof(*numbers));
	if (!numbers)
		return err_set_memory(err);
	out->confidence = numbers;
	return read_numbers(array, "confidence", out->n, numbers, err);
}

/* The length of the first row that is there; 0 when there is none. */
static size_t count_columns(const json_t *rows)
{
	for (size_t i = 0; i < json_array_size(rows); i++)
		if (json_is_array(json_array_get(rows, i)))
			return json_array_size(json_array_get(rows, i));
	return 0;
}

static int read_row(const json_t *row, size_t word, size_t columns, double *out, struct err *err)
{
	char key[64];

	if (json_is_null(row)) {
		for (size_t k = 0; k < columns; k++)
			out[k] = -1;
		return 0;
	}
	snprintf(key, sizeof(key), "probabilities[%zu]", word);
	return read_numbers(row, key, columns, out, err);
}

static int read_rows(const json_t *object, struct label_probabilities *out, struct arena *arena,
		     struct err *err)
{
	const json_t *array = json_object_get(object, "probabilities");
	size_t room;
	double *rows;

	if (!array)
		return 0;
	if (!json_is_array(array) || json_array_size(array) != out->n)
		return err_set(err, ERR_DATA, "'probabilities' is no array of %zu rows", out->n);
	out->columns = out->labels ? out->n_labels : count_columns(array);
	if (out->columns > LABELS_LIMIT)
		return err_set(err, ERR_DATA, "there are %zu labels, more than %d", out->columns,
			       LABELS_LIMIT);
	/* A word without a row needs a number that says so. */
	if (out->columns == 0)
		out->columns = 1;
	rows = size_multiply(out->n, out->columns, &room) ? arena_alloc(arena, room + 1, sizeof(*rows))
							   : NULL;
	if (!rows)
		return err_set_memory(err);
	for (size_t i = 0; i < out->n; i++)
		if (read_row(json_array_get(array, i), i, out->columns, rows + i * out->columns, err) < 0)
			return -1;
	out->rows = rows;
	return 0;
}

int label_probabilities_read(const json_t *object, struct label_probabilities *out,
			     struct arena *arena, struct err *err)
{
	const json_t *tokens = json_object_get(object, "tokens");
	const char *id = json_string_value(json_object_get(object, "id"));

	memset(out, 0, sizeof(*out));
	if (!json_is_array(tokens))
		return err_set(err, ERR_DATA, "there is no array 'tokens'");
	out->n = json_array_size(tokens);
	out->n_labels = json_array_size(json_object_get(object, "labels"));
	out->id = id ? arena_copy(arena, id) : NULL;
	if (id && !out->id)
		return err_set_memory(err);
	if (read_strings(object, "tags", out->n, &out->tags, arena, err) < 0 ||
	    read_strings(object, "labels", out->n_labels, &out->labels, arena, err) < 0 ||
	    read_confidence(object, out, arena, err) < 0 || read_rows(object, out, arena, err) < 0)
		return -1;
	if (!out->rows && !(out->tags && out->confidence))
		return err_set(err, ERR_DATA,
			       "the object has neither 'probabilities' nor 'tags' and 'confidence'");
	return 0;
}

/* Words with invalid bytes were written with replacement characters. */
static bool same_text(const json_t *text, const char *word)
{
	json_t *written = json_text(word);
	bool same = written && json_equal(text, written);

	json_decref(written);
	return same;
}

bool label_probabilities_fit(const json_t *object, const struct sentence *sentence)
{
	const json_t *tokens = json_object_get(object, "tokens"), *id = json_object_get(object, "id");

	if (json_array_size(tokens) != sentence->n_tokens)
		return false;
	if (json_is_string(id) && sentence->id && !same_text(id, sentence->id))
		return false;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (!same_text(json_array_get(tokens, i), sentence->tokens[i].word))
			return false;
	return true;
}

static bool mention_fits(const json_t *object, const struct mention *mention)
{
	const json_t *pos = json_object_get(object, "pos");

	return same_text(json_object_get(object, "name"), mention->name) &&
	       json_integer_value(json_array_get(pos, 0)) == mention->begin &&
	       json_integer_value(json_array_get(pos, 1)) == mention->end;
}

bool label_probabilities_fit_relation(const json_t *object, const struct relation *relation)
{
	return same_text(json_object_get(object, "id"), relation->image) &&
	       mention_fits(json_object_get(object, "head"), &relation->head) &&
	       mention_fits(json_object_get(object, "tail"), &relation->tail);
}
