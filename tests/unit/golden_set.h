/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder of goldens, the model whose weights gave them, and what our predictor makes of the same
 * records: inputs.json, golden.json, golden.safetensors and a spec of weights.
 *
 *	golden_open(&set, "umt", (const char *const[]){ "spec.tsv", "spec-encoder.tsv", NULL });
 *	set.records[0].sentence = golden_sentence(&set, words);
 *	golden_predict(&set, &options);
 *	golden_check(&set, "gate", NULL, golden_dump(&set, 0, "gate"), NULL);
 *	golden_close(&set);
 */
#ifndef TAGSIGHT_TESTS_UNIT_GOLDEN_SET_H
#define TAGSIGHT_TESTS_UNIT_GOLDEN_SET_H

#include "inference/systems/registry.h"
#include "lib/base/buf.h"
#include "lib/corpus/prediction.h"
#include "tests/unit/generated_weights.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define GOLDEN_RECORDS 32

/* Of the largest value: the originals differ from their own results in float64 by a third of this. */
#define GOLDEN_TOLERANCE 1e-4

struct golden_set {
	char folder[500];
	json_t *inputs, *golden;
	struct safetensors tensors;
	struct buf models; /* paths, with commas between them */
	struct predictor *predictor;
	struct arena arena;
	size_t n; /* records */
	struct predict_record records[GOLDEN_RECORDS];
	struct outcome outcomes[GOLDEN_RECORDS];
	struct prediction_dump dump;
};

static inline const char *golden_path(struct golden_set *set, const char *name)
{
	return arena_format(&set->arena, "%s/%s", set->folder, name);
}

static inline json_t *golden_json(struct golden_set *set, const char *name)
{
	json_t *object = json_load_file(golden_path(set, name), JSON_ALLOW_NUL, NULL);

	assert_non_null(object);
	return object;
}

/* Skips the test where the research data are not there. `specs` end with NULL. */
static inline void golden_open(struct golden_set *set, const char *name, const char *const *specs)
{
	const char *shared = shared_folder();
	struct err err = ERR_INIT;

	memset(set, 0, sizeof(*set));
	snprintf(set->folder, sizeof(set->folder), "%s/oracle/%s", shared, name);
	set->inputs = golden_json(set, "inputs.json");
	set->golden = golden_json(set, "golden.json");
	assert_int_equal(safetensors_open(&set->tensors, golden_path(set, "golden.safetensors"), &err), 0);
	for (; *specs; specs++) {
		char *model = generated_weights(golden_path(set, *specs), (const char *const[]){ "", NULL }, 1);

		buf_add_format(&set->models, set->models.length ? ",%s" : "%s", model);
		free(model);
	}
	prediction_dump_init(&set->dump, true);
}

static inline void golden_close(struct golden_set *set)
{
	char *next;

	for (char *path = set->models.data; path && *path; path = next) {
		size_t length = strcspn(path, ",");

		next = path + length + (path[length] == ',');
		path[length] = '\0';
		unlink(path);
	}
	buf_release(&set->models);
	json_decref(set->inputs);
	json_decref(set->golden);
	safetensors_close(&set->tensors);
	prediction_dump_release(&set->dump);
	arena_release(&set->arena);
}

/* A file of the folder that holds `oracle`; NULL stays NULL. */
static inline const char *golden_shared(struct golden_set *set, const json_t *name)
{
	const char *text = json_string_value(name);

	return text ? arena_format(&set->arena, "%s/../../%s", set->folder, text) : NULL;
}

static inline struct sentence *golden_sentence(struct golden_set *set, const json_t *words)
{
	struct sentence *sentence = arena_alloc(&set->arena, 1, sizeof(*sentence));

	sentence->n_tokens = json_array_size(words);
	sentence->tokens = arena_alloc(&set->arena, sentence->n_tokens, sizeof(*sentence->tokens));
	for (size_t i = 0; i < sentence->n_tokens; i++)
		sentence->tokens[i].word = json_string_value(json_array_get(words, i));
	return sentence;
}

/* Open the model as its tensors tell and predict the records with all intermediates. */
static inline void golden_predict(struct golden_set *set, struct system_options options)
{
	struct err err = ERR_INIT;
	char text[1400];

	if (!options.vocabulary)
		options.vocabulary = golden_path(set, "../wordpiece/vocab.txt");
	set->predictor = predictor_open(set->models.data, NULL, &options, &err);
	if (!set->predictor)
		fail_msg("%s", err_format(&err, text, sizeof(text)));
	prediction_dump_clear(&set->dump);
	if (set->predictor->predict(set->predictor, set->records, set->n, set->outcomes, &set->dump,
				    &set->arena, &err) < 0)
		fail_msg("%s", err_format(&err, text, sizeof(text)));
}

static inline void golden_free_predictor(struct golden_set *set)
{
	set->predictor->free(set->predictor);
	set->predictor = NULL;
}

static inline const struct dump_entry *golden_dump(const struct golden_set *set, size_t record,
						   const char *name)
{
	const struct dump_entry *entry = prediction_dump_find(&set->dump, record, name);

	if (!entry)
		fail_msg("record %zu has no '%s'", record, name);
	return entry;
}

/* Element `at` of a block of a golden, in the entry: indices times steps. */
static inline size_t golden_place(const size_t *shape, size_t n_dims, const struct dump_entry *entry,
				  const size_t *steps, size_t at)
{
	size_t place = 0, scale = 1;

	for (size_t k = n_dims; k-- > 0;) {
		place += at % shape[k] * (steps ? steps[k] : 1) * scale;
		at /= shape[k];
		scale *= entry->shape[k];
	}
	return place;
}

/* The golden's block [shape] from element `first` on against an entry of as many dimensions, which may be
 * larger: element [i, j] of the block is [i * steps[0], j * steps[1]] of the entry; NULL: steps of 1. */
static inline void golden_check_block(const struct golden_set *set, const char *name, size_t first,
				      const size_t *shape, const struct dump_entry *entry,
				      const size_t *steps)
{
	const struct tensor *tensor = safetensors_find(&set->tensors, name);
	double off = 0, largest = 0;
	size_t n = 1;

	if (!tensor)
		fail_msg("there is no golden '%s'", name);
	for (size_t k = 0; k < entry->n_dims; k++) {
		n *= shape[k];
		if ((shape[k] - 1) * (steps ? steps[k] : 1) >= entry->shape[k])
			fail_msg("%s: dimension %zu is only %zu", name, k, entry->shape[k]);
	}
	assert_true(first + n <= tensor->elements);
	for (size_t i = 0; i < n; i++) {
		float wanted, got = ((const float *)entry->values)[golden_place(shape, entry->n_dims, entry,
										steps, i)];

		memcpy(&wanted, tensor->data + (first + i) * sizeof(wanted), sizeof(wanted));
		off = fmax(off, fabs((double)wanted - got));
		largest = fmax(largest, fabs((double)wanted));
		if (isnan(got))
			off = INFINITY;
	}
	if (!(off <= GOLDEN_TOLERANCE * largest))
		fail_msg("%s at %zu: off by %g where values reach %g", name, first, off, largest);
}

/* A whole golden against an entry of as many dimensions. */
static inline void golden_check(const struct golden_set *set, const char *name,
				const struct dump_entry *entry, const size_t *steps)
{
	const struct tensor *tensor = safetensors_find(&set->tensors, name);

	if (!tensor)
		fail_msg("there is no golden '%s'", name);
	assert_int_equal(tensor->n_dims, entry->n_dims);
	golden_check_block(set, name, 0, tensor->shape, entry, steps);
}

/* Part `index` of the golden's first dimension against an entry with the other dimensions. */
static inline void golden_check_part(const struct golden_set *set, const char *name, size_t index,
				     const struct dump_entry *entry, const size_t *steps)
{
	const struct tensor *tensor = safetensors_find(&set->tensors, name);

	if (!tensor)
		fail_msg("there is no golden '%s'", name);
	assert_int_equal(tensor->n_dims, entry->n_dims + 1);
	golden_check_block(set, name, index * (tensor->elements / tensor->shape[0]), tensor->shape + 1,
			   entry, steps);
}

/* Rows offsets[i] to offsets[i + 1] of a golden in which the rows of all records are joined. */
static inline void golden_check_joined(const struct golden_set *set, const char *name, size_t record,
				       const struct dump_entry *entry)
{
	const struct tensor *tensor = safetensors_find(&set->tensors, name);
	const struct tensor *offsets = safetensors_find(&set->tensors, "offsets");
	int64_t ends[2];

	if (!tensor || !offsets)
		fail_msg("there is no golden '%s' or no 'offsets'", name);
	memcpy(ends, offsets->data + record * sizeof(*ends), sizeof(ends));
	assert_int_equal(entry->shape[0], ends[1] - ends[0]);
	golden_check_block(set, name, (size_t)ends[0] * tensor->shape[1],
			   (const size_t[]){ entry->shape[0], tensor->shape[1] }, entry, NULL);
}

static inline void golden_check_ids(const struct golden_set *set, size_t record, const json_t *wanted)
{
	const struct dump_entry *ids = golden_dump(set, record, "ids");

	assert_int_equal(ids->elements, json_array_size(wanted));
	for (size_t i = 0; i < ids->elements; i++)
		assert_int_equal(((const int *)ids->values)[i],
				 json_integer_value(json_array_get(wanted, i)));
}

/* The raw label of each word; null stands for a word that was cut off or has no pieces. */
static inline void golden_check_words(const struct golden_set *set, size_t record, const json_t *labels)
{
	const struct prediction *tags = &set->outcomes[record].tags;

	assert_null(set->outcomes[record].fault);
	assert_int_equal(tags->n, json_array_size(labels));
	for (size_t i = 0; i < tags->n; i++) {
		const char *label = json_string_value(json_array_get(labels, i));
		bool entity = label && strchr("BI", label[0]) && label[1] == '-';

		assert_string_equal(tags->raw[i], label ? label : "");
		assert_string_equal(tags->tags[i], entity ? label : "O");
		assert_true(label ? tags->confidence[i] > 0 && tags->confidence[i] <= 1
				  : tags->confidence[i] == 0);
	}
}

#endif
