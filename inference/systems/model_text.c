/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The labels and the vocabulary of a model: a checkpoint of others holds neither.
 */
#include "inference/systems/model_priv.h"

#include "inference/text/vocabulary_file.h"
#include "lib/base/buf.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_BYTES ((size_t)1 << 20)

const char *const labels_umt[] = { "PAD",   "O",     "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG",
				   "I-ORG", "B-LOC", "I-LOC",  "X",      "[CLS]", "[SEP]", NULL };

const char *const labels_mnre[] = {
	"None", "/per/per/parent", "/per/per/siblings", "/per/per/couple", "/per/per/neighbor",
	"/per/per/peer", "/per/per/charges", "/per/per/alumi", "/per/per/alternate_names",
	"/per/org/member_of", "/per/loc/place_of_residence", "/per/loc/place_of_birth",
	"/org/org/alternate_names", "/org/org/subsidiary", "/org/loc/locate_at", "/loc/loc/contain",
	"/per/misc/present_in", "/per/misc/awarded", "/per/misc/race", "/per/misc/religion",
	"/per/misc/nationality", "/misc/misc/part_of", "/misc/loc/held_on", NULL,
};

static int split_labels(struct str_list *labels, const char *text, struct err *err)
{
	while (*text) {
		size_t length = strcspn(text, ",\r\n");

		if (length && str_list_add_length(labels, text, length) < 0)
			return err_set_memory(err);
		text += length + (text[length] != '\0');
	}
	return 0;
}

/* The label whose number is `i`, as in a rel2id.json. */
static const char *numbered_label(json_t *numbers, size_t i)
{
	const char *label;
	json_t *number;

	json_object_foreach(numbers, label, number)
		if (json_is_integer(number) && json_integer_value(number) == (json_int_t)i)
			return label;
	return NULL;
}

/* {"None": 0, "/per/per/parent": 1, ...}: each number from 0 on has its label. */
static int number_labels(struct str_list *labels, const char *text, struct err *err)
{
	json_error_t error;
	json_t *numbers = json_loads(text, JSON_DISABLE_EOF_CHECK | JSON_REJECT_DUPLICATES, &error);
	int rc = numbers ? 0 : err_set(err, ERR_DATA, "no JSON object of labels: %s", error.text);

	if (json_object_size(numbers) > LABEL_LIMIT)
		rc = err_set(err, ERR_DATA, "%zu labels are too many", json_object_size(numbers));
	for (size_t i = 0; rc == 0 && i < json_object_size(numbers); i++) {
		const char *label = numbered_label(numbers, i);

		if (!label)
			rc = err_set(err, ERR_DATA, "no label has the number %zu of %zu", i,
				     json_object_size(numbers));
		else if (str_list_add(labels, label) < 0)
			rc = err_set_memory(err);
	}
	json_decref(numbers);
	return rc;
}

/* The labels that the user gave, or a file with one a line or with a JSON object of their numbers. */
static int read_labels(struct str_list *labels, const char *given, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc;

	if (!file_exists(given))
		return split_labels(labels, given, err);
	rc = file_read_all(given, &text, LABEL_BYTES, err);
	if (rc == 0 && text.length && text.data[strspn(text.data, " \t\r\n")] == '{')
		rc = number_labels(labels, text.data, err);
	else if (rc == 0 && text.length)
		rc = split_labels(labels, text.data, err);
	if (rc < 0 && err->kind == ERR_DATA)
		err_add_file(err, given);
	buf_release(&text);
	return rc;
}

/* A JSON array of strings in the metadata. */
static int parse_labels(struct str_list *labels, const char *json, struct err *err)
{
	json_t *array = json_loads(json, 0, NULL), *label;
	int rc = json_array_size(array) ? 0 : -1;
	size_t i;

	if (rc < 0)
		err_set(err, ERR_DATA, "the labels in its metadata are no JSON array of strings");
	json_array_foreach(array, i, label) {
		const char *text = json_string_value(label);

		if (rc == 0 && (!text || !*text))
			rc = err_set(err, ERR_DATA, "label %zu in its metadata is no string", i);
		else if (rc == 0 && str_list_add(labels, text) < 0)
			rc = err_set_memory(err);
	}
	json_decref(array);
	return rc;
}

static int default_labels(struct str_list *labels, const struct model *model, struct err *err)
{
	if (!model->system->labels)
		return err_set(err, ERR_USAGE,
			       "it does not say its %zu labels: name them in the order of their numbers "
			       "with --labels", model->n_labels);
	for (const char *const *label = model->system->labels; *label; label++)
		if (str_list_add(labels, *label) < 0)
			return err_set_memory(err);
	return 0;
}

/* A name that somebody gave; the others are LABEL_0, LABEL_1 and so on. */
static const char *given_name(const json_t *names, size_t i)
{
	char key[24], unnamed[32];
	const char *label;

	snprintf(key, sizeof(key), "%zu", i);
	snprintf(unnamed, sizeof(unnamed), "LABEL_%zu", i);
	label = json_string_value(json_object_get(names, key));
	return label && *label && strcmp(label, unnamed) != 0 ? label : NULL;
}

/* The id2label of a config.json, where it names every label; else `labels` stays empty. */
static int config_labels(const struct model *model, struct str_list *labels, struct err *err)
{
	json_t *config = model->encoder_config ? json_loads(model->encoder_config, 0, NULL) : NULL;
	const json_t *names = json_object_get(config, "id2label");
	bool all = json_object_size(names) == model->n_labels;
	int rc = 0;

	for (size_t i = 0; all && i < model->n_labels; i++)
		all = given_name(names, i) != NULL;
	for (size_t i = 0; all && rc == 0 && i < model->n_labels; i++)
		if (str_list_add(labels, given_name(names, i)) < 0)
			rc = err_set_memory(err);
	json_decref(config);
	return rc;
}

/* O, B-X or I-X for any label: the last of a span is inside it, one alone begins it. */
static const char *clean(struct model *model, const char *label)
{
	char prefix = label[0];

	if (label[0] == '\0' || label[1] != '-' || !label[2] || !strchr("BIESLU", prefix))
		return "O";
	if (prefix == 'B' || prefix == 'I')
		return label;
	return arena_format(&model->arena, "%c-%s", strchr("SU", prefix) ? 'B' : 'I', label + 2);
}

static int set_labels(struct model *model, const struct str_list *labels, struct err *err)
{
	size_t n = model->n_labels;

	if (labels->n != n)
		return err_set_at(err, model->weights.path, 0, 0,
				  "it has %zu labels, but %zu are named: name them in the order of "
				  "their numbers with --labels",
				  n, labels->n);
	model->raw = arena_alloc(&model->arena, n, sizeof(*model->raw));
	model->tags = arena_alloc(&model->arena, n, sizeof(*model->tags));
	if (!model->raw || !model->tags)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		model->raw[i] = arena_copy(&model->arena, labels->items[i]);
		model->tags[i] = model->raw[i] ? clean(model, model->raw[i]) : NULL;
		if (!model->tags[i])
			return err_set_memory(err);
	}
	model->predictor.labels = model->raw;
	model->predictor.n_labels = n;
	return 0;
}

int model_read_labels(struct model *model, struct err *err)
{
	const char *in_file = checkpoint_metadata(&model->weights.file, "labels");
	struct str_list labels = STR_LIST_INIT;
	int rc;

	if (model->options.labels)
		rc = read_labels(&labels, model->options.labels, err);
	else if (in_file)
		rc = parse_labels(&labels, in_file, err);
	else
		rc = config_labels(model, &labels, err);
	if (rc == 0 && labels.n == 0)
		rc = default_labels(&labels, model, err);
	if (rc == 0)
		rc = set_labels(model, &labels, err);
	str_list_release(&labels);
	return rc;
}

int model_find_vocabulary(struct model *model, const char *name, const char **text, size_t *size,
			  struct err *err)
{
	const unsigned char *own;

	if (!model->options.vocabulary && weights_have(&model->weights, VOCABULARY_TENSOR)) {
		if (weights_bytes(&model->weights, VOCABULARY_TENSOR, &own, size, err) < 0)
			return -1;
		*text = (const char *)own;
		return 0;
	}
	model->vocabulary_path =
		vocabulary_file_path(model->options.vocabulary, model->weights.path, name, err);
	if (!model->vocabulary_path ||
	    file_map_open(&model->vocabulary, model->vocabulary_path, err) < 0)
		return -1;
	*text = (const char *)model->vocabulary.data;
	*size = model->vocabulary.size;
	return 0;
}

static size_t count_added(const struct system *system)
{
	size_t n = 0;

	while (system->added_tokens && system->added_tokens[n])
		n++;
	return n;
}

static int check_vocabulary(const struct model *model, struct err *err)
{
	size_t pieces = wordpiece_size(model->wordpiece), added = count_added(model->system);
	size_t rows = model->encoder.config.vocabulary;

	if (pieces + added == rows)
		return 0;
	if (added)
		return err_set(err, ERR_DATA,
			       "the vocabulary has %zu pieces, which with %zu markers are not the %zu "
			       "that the model has vectors for: it is another model's",
			       pieces, added, rows);
	return err_set(err, ERR_DATA,
		       "the vocabulary has %zu pieces, but the model has vectors for %zu: it is another "
		       "model's", pieces, rows);
}

size_t model_piece_limit(const struct model *model)
{
	const char *in_file = checkpoint_metadata(&model->weights.file, "max_pieces");

	if (model->options.max_pieces)
		return model->options.max_pieces;
	return in_file ? strtoul(in_file, NULL, 10) : model->system->max_pieces;
}

static int open_wordpieces(struct model *model, struct err *err)
{
	size_t most = model->encoder.config.max_position, size, limit = model_piece_limit(model);
	struct wordpiece_rules rules = { .added = model->system->added_tokens,
					 .fast = model->system->fast_pieces,
					 .alone = model->system->specials_alone };
	const char *text;

	if (model_find_vocabulary(model, "vocab.txt", &text, &size, err) < 0)
		return -1;
	rules.lower_case = !vocabulary_is_cased(text, size);
	model->wordpiece = wordpiece_new(text, size, &rules, err);
	if (!model->wordpiece || check_vocabulary(model, err) < 0)
		return -1;
	model->rules = (struct piece_rules){ model->wordpiece, wordpiece_id(model->wordpiece, "[CLS]"),
					     wordpiece_id(model->wordpiece, "[SEP]"), limit };
	if (model->rules.cls < 0 || model->rules.sep < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [CLS] or no [SEP]");
	if (limit < 4 || limit > most)
		return err_set(err, ERR_USAGE, "%zu pieces a tweet: the model takes 4 to %zu", limit,
			       most);
	return 0;
}

int model_open_text(struct model *model, struct err *err)
{
	int rc = model->system->open_text ? model->system->open_text(model, err)
					  : open_wordpieces(model, err);

	if (rc < 0 && err->kind == ERR_DATA && model->vocabulary_path)
		err_add_file(err, model->vocabulary_path);
	return rc;
}
