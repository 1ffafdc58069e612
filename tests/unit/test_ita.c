/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece.h"
#include "tests/unit/golden_set.h"

#include <jansson.h>
#include <string.h>

#define DOCUMENTS 8
#define LONG_DOCUMENT 7
#define ODD_DOCUMENT 6 /* has words without pieces */
#define BARRED (-1e12f)
#define FORBIDDEN "start_stop_forbidden" /* the variant that has tags of the tweet alone */

/* How a document is shown: the tweet with its contexts, the tweet alone, or all of its words as one
 * tweet. */
enum view { WITH_CONTEXT, ALONE, WHOLE, VIEWS };

static const char xlmr_config[] = "{\"hidden_size\": 256, \"num_hidden_layers\": 6, "
				  "\"num_attention_heads\": 8, \"layer_norm_eps\": 1e-05}";

struct fixture {
	struct golden_set set;
	const char *kind; /* "bert" or "xlmr" */
	bool forbidden; /* which variant of the CRF's scores */
	char *encoder, *config;
	struct system_options options;
};

static bool is_xlmr(const struct fixture *fixture)
{
	return strcmp(fixture->kind, "xlmr") == 0;
}

static const char *spec_of(struct fixture *fixture)
{
	return golden_path(&fixture->set, is_xlmr(fixture) ? "spec_xlmr.tsv" : "spec_bert.tsv");
}

static const json_t *documents_of(const struct fixture *fixture)
{
	return json_object_get(json_object_get(fixture->set.golden, fixture->kind), "documents");
}

static const json_t *labels_of(const struct fixture *fixture)
{
	return json_object_get(fixture->set.inputs, "labels");
}

static void name_labels(struct fixture *fixture)
{
	const char *names = "";
	json_t *label;
	size_t i;

	json_array_foreach(labels_of(fixture), i, label)
		names = arena_format(&fixture->set.arena, "%s%s%s", names, i ? "," : "",
				     json_string_value(label));
	fixture->options.labels = names;
}

/* The goldens, and all weights but the scores of the CRF. */
static void open_kind(struct fixture *fixture, const char *kind)
{
	static const char *const parts[] = { "embeddings.", "linear.", NULL };

	memset(fixture, 0, sizeof(*fixture));
	fixture->kind = kind;
	if (is_xlmr(fixture) && !sentencepiece_is_there()) {
		printf("skip: built without SentencePiece\n");
		skip();
	}
	golden_open(&fixture->set, "ita", (const char *const[]){ NULL });
	fixture->set.dump.all = false;
	fixture->encoder = generated_weights(spec_of(fixture), parts, 1);
	fixture->options.jobs = 2;
	fixture->options.max_pieces = 4000; /* the long document is read as it is */
	name_labels(fixture);
	if (!is_xlmr(fixture))
		return;
	fixture->config = temporary_text(xlmr_config);
	fixture->options.config = fixture->config;
	fixture->options.vocabulary = golden_path(&fixture->set, "spm_small.model");
}

static void close_kind(struct fixture *fixture)
{
	temporary_remove(fixture->encoder);
	if (fixture->config)
		temporary_remove(fixture->config);
	golden_close(&fixture->set);
}

static size_t label_number(const struct fixture *fixture, const char *wanted)
{
	json_t *label;
	size_t i;

	json_array_foreach(labels_of(fixture), i, label)
		if (strcmp(json_string_value(label), wanted) == 0)
			return i;
	fail_msg("no label '%s'", wanted);
	return 0;
}

/* A file with the scores of the CRF [to, from]; the forbidden ones bar ways to <START> and from <STOP>,
 * as in every trained model. */
static char *write_transitions(const struct fixture *fixture)
{
	struct generated_tensor tensor = { .name = "transitions", .n_dims = 2, .scale = 0.5f };
	size_t n = json_array_size(labels_of(fixture));
	float *values = malloc(n * n * sizeof(*values));
	char *path = temporary_text("");
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);

	assert_non_null(values);
	tensor.elements = n * n;
	generate_floats(&tensor, 1, values);
	for (size_t i = 0; fixture->forbidden && i < n; i++)
		values[label_number(fixture, "<START>") * n + i] =
			values[i * n + label_number(fixture, "<STOP>")] = BARRED;
	assert_int_equal(safetensors_add(writer, "transitions", TENSOR_F32, 2, (size_t[]){ n, n },
					 values, &err), 0);
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);
	free(values);
	return path;
}

static json_t *words_from(const json_t *words, size_t first, size_t end)
{
	json_t *part = json_array();

	for (size_t i = first; i < end; i++)
		json_array_append(part, json_array_get(words, i));
	return part;
}

/* The words of a document, with those of its context again and again where the inputs say so. */
static json_t *document_words(const struct fixture *fixture, size_t i)
{
	const json_t *documents = json_object_get(fixture->set.inputs, "documents");
	const json_t *document = json_array_get(documents, i);
	const char *sentence = json_string_value(json_object_get(document, "context_sentence"));
	json_int_t repeats = json_integer_value(json_object_get(document, "repeats"));
	json_t *words;

	if (!sentence)
		return json_incref(json_object_get(document, "words"));
	words = words_from(json_object_get(json_array_get(documents, 0), "words"), 0, 18);
	json_array_append_new(words, json_string("<EOS>"));
	for (json_int_t k = 0; k < repeats; k++)
		for (const char *at = sentence; *at;) {
			size_t length = strcspn(at, " ");

			json_array_append_new(words, json_stringn(at, length));
			at += length + (at[length] == ' ');
		}
	return words;
}

/* The small XLM-RoBERTa reads everything, what is long once; a full-size BERT reads what is short, and
 * one document whole, as more would take minutes under a sanitizer. */
static bool is_shown(const struct fixture *fixture, size_t i, enum view view)
{
	if (is_xlmr(fixture))
		return fixture->forbidden || i != LONG_DOCUMENT;
	if (i == ODD_DOCUMENT)
		return true;
	return i != LONG_DOCUMENT && (view == WITH_CONTEXT || (view == ALONE && fixture->forbidden));
}

static void show_document(struct fixture *fixture, size_t i, enum view view, const json_t *words)
{
	struct golden_set *set = &fixture->set;
	const json_t *document = json_array_get(documents_of(fixture), i);
	size_t all = json_array_size(words);
	size_t tweet = (size_t)json_integer_value(json_object_get(document, "tweet_words"));
	struct predict_record *record = &set->records[view * DOCUMENTS + i];
	size_t n = view == WHOLE ? all : tweet;
	json_t *shown = words_from(words, 0, is_shown(fixture, i, view) ? n : 0);
	const char **contexts = arena_alloc(&set->arena, all, sizeof(*contexts));

	*record = (struct predict_record){ .sentence = golden_sentence(set, shown) };
	json_decref(shown);
	if (view != WITH_CONTEXT || !is_shown(fixture, i, view))
		return;
	for (size_t k = tweet + 1; k < all; k++)
		contexts[record->n_contexts++] = json_string_value(json_array_get(words, k));
	record->contexts = contexts;
}

/* The first rows of a golden, as many as were made. */
static void check_emissions(const struct fixture *fixture, size_t record, const char *name)
{
	const struct dump_entry *entry = golden_dump(&fixture->set, record, "emissions");
	const struct tensor *tensor = safetensors_find(&fixture->set.tensors, name);
	size_t shape[2] = { entry->shape[0], entry->shape[1] };

	assert_non_null(tensor);
	assert_int_equal(tensor->shape[1], shape[1]);
	shape[0] = shape[0] < tensor->shape[0] ? shape[0] : tensor->shape[0];
	golden_check_block(&fixture->set, name, 0, shape, entry, NULL);
}

/* O, B-X or I-X for a label of the scheme BIOES. */
static void assert_clean(const char *tag, const char *label)
{
	if (!strchr("BIES", label[0]) || label[1] != '-') {
		assert_string_equal(tag, "O");
		return;
	}
	assert_int_equal(tag[0], strchr("BS", label[0]) ? 'B' : 'I');
	assert_string_equal(tag + 1, label + 1);
}

static void check_tags(const struct fixture *fixture, size_t record, const json_t *labels)
{
	const struct prediction *tags = &fixture->set.outcomes[record].tags;
	size_t n = json_array_size(labels);

	assert_true(n > 0 && n <= tags->n);
	for (size_t i = 0; i < n; i++) {
		const char *label = json_string_value(json_array_get(labels, i));

		if (strcmp(tags->raw[i], label) != 0)
			fail_msg("%s record %zu word %zu: %s instead of %s", fixture->kind, record, i,
				 tags->raw[i], label);
		assert_clean(tags->tags[i], label);
		assert_true(tags->confidence[i] > 0 && tags->confidence[i] <= 1);
	}
}

/* The windows of the long document: how many, how the first begins, and the sum of each. */
static void check_windows(const struct fixture *fixture, const json_t *wanted, const struct dump_entry *ids)
{
	const json_t *start = json_object_get(wanted, "first_part_start");
	const json_t *parts = json_object_get(wanted, "parts"), *sums = json_object_get(wanted, "sums");
	size_t n = (size_t)json_integer_value(json_array_get(parts, 0)), at = 0;
	size_t width = (size_t)json_integer_value(json_array_get(parts, 1));

	(void)fixture;
	assert_true(ids->elements > (n - 1) * width && ids->elements <= n * width);
	for (size_t i = 0; i < json_array_size(start); i++)
		assert_int_equal(((const int *)ids->values)[i],
				 json_integer_value(json_array_get(start, i)));
	for (size_t i = 0; i < n; i++) {
		json_int_t sum = 0;

		for (; at < ids->elements && at < (i + 1) * width; at++)
			sum += ((const int *)ids->values)[at];
		assert_int_equal(sum, json_integer_value(json_array_get(sums, i)));
	}
}

static void check_document(struct fixture *fixture, size_t i, const char *variant)
{
	const json_t *document = json_array_get(documents_of(fixture), i);
	const json_t *tags = json_object_get(document, variant);
	const json_t *ids = json_object_get(document, "input_ids");
	char name[64];

	snprintf(name, sizeof(name), "%s.t%zu.emissions", fixture->kind, i);
	check_emissions(fixture, i, name);
	if (is_shown(fixture, i, WHOLE))
		check_emissions(fixture, WHOLE * DOCUMENTS + i, name);
	snprintf(name, sizeof(name), "%s.t%zu.textonly.emissions", fixture->kind, i);
	if (is_shown(fixture, i, ALONE))
		check_emissions(fixture, ALONE * DOCUMENTS + i, name);
	if (json_is_array(ids))
		golden_check_ids(&fixture->set, i, json_array_get(ids, 0));
	else
		check_windows(fixture, ids, golden_dump(&fixture->set, i, "ids"));
	check_tags(fixture, i, json_object_get(tags, "tags"));
	if (is_shown(fixture, i, WHOLE))
		check_tags(fixture, WHOLE * DOCUMENTS + i, json_object_get(tags, "predict_tags"));
	if (strcmp(variant, FORBIDDEN) == 0)
		check_tags(fixture, ALONE * DOCUMENTS + i,
			   json_object_get(json_object_get(document, "textonly"), "tags"));
}

static void check_variant(struct fixture *fixture, json_t *const *words)
{
	struct golden_set *set = &fixture->set;
	char *transitions = write_transitions(fixture);

	for (size_t i = 0; i < DOCUMENTS; i++)
		for (enum view view = WITH_CONTEXT; view < VIEWS; view++)
			show_document(fixture, i, view, words[i]);
	buf_clear(&set->models);
	buf_add_format(&set->models, "%s,%s", fixture->encoder, transitions);
	golden_predict(set, fixture->options);
	assert_string_equal(set->predictor->name, "ita");
	for (size_t i = 0; i < DOCUMENTS; i++)
		if (is_shown(fixture, i, WITH_CONTEXT))
			check_document(fixture, i, fixture->forbidden ? FORBIDDEN : "as_generated");
	golden_free_predictor(set);
	buf_clear(&set->models);
	temporary_remove(transitions);
}

static void check_kind(const char *kind)
{
	struct fixture fixture;
	json_t *words[DOCUMENTS];

	open_kind(&fixture, kind);
	fixture.set.n = VIEWS * DOCUMENTS;
	for (size_t i = 0; i < DOCUMENTS; i++)
		words[i] = document_words(&fixture, i);
	check_variant(&fixture, words);
	fixture.forbidden = true;
	check_variant(&fixture, words);
	for (size_t i = 0; i < DOCUMENTS; i++)
		json_decref(words[i]);
	close_kind(&fixture);
}

static void test_bert(void **state)
{
	(void)state;
	check_kind("bert");
}

static void test_xlm_roberta(void **state)
{
	(void)state;
	check_kind("xlmr");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bert),
		cmocka_unit_test(test_xlm_roberta),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
