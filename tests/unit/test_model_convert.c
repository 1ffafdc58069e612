/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_convert.h"
#include "inference/systems/registry.h"
#include "lib/base/buf.h"
#include "tests/unit/generated_weights.h"

#include <math.h>
#include <string.h>

/* A BERT of one layer and 64 units over a vocabulary of 512 pieces, large enough in its matrices that
 * they are rounded, and a CRF, which never is. */
static const char spec[] =
	"bert.embeddings.word_embeddings.weight\tf32\t512,64\t0\t0.5\n"
	"bert.embeddings.position_embeddings.weight\tf32\t64,64\t0\t0.5\n"
	"bert.embeddings.token_type_embeddings.weight\tf32\t2,64\t0\t0.5\n"
	"bert.embeddings.LayerNorm.weight\tf32\t64\t1\t0.1\n"
	"bert.embeddings.LayerNorm.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.attention.self.query.weight\tf32\t64,64\t0\t0.2\n"
	"bert.encoder.layer.0.attention.self.query.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.attention.self.key.weight\tf32\t64,64\t0\t0.2\n"
	"bert.encoder.layer.0.attention.self.key.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.attention.self.value.weight\tf32\t64,64\t0\t0.2\n"
	"bert.encoder.layer.0.attention.self.value.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.attention.output.dense.weight\tf32\t64,64\t0\t0.2\n"
	"bert.encoder.layer.0.attention.output.dense.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.attention.output.LayerNorm.weight\tf32\t64\t1\t0.1\n"
	"bert.encoder.layer.0.attention.output.LayerNorm.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.intermediate.dense.weight\tf32\t256,64\t0\t0.2\n"
	"bert.encoder.layer.0.intermediate.dense.bias\tf32\t256\t0\t0.1\n"
	"bert.encoder.layer.0.output.dense.weight\tf32\t64,256\t0\t0.2\n"
	"bert.encoder.layer.0.output.dense.bias\tf32\t64\t0\t0.1\n"
	"bert.encoder.layer.0.output.LayerNorm.weight\tf32\t64\t1\t0.1\n"
	"bert.encoder.layer.0.output.LayerNorm.bias\tf32\t64\t0\t0.1\n"
	"bert.pooler.dense.weight\tf32\t64,64\t0\t0.2\n"
	"fc.weight\tf32\t3,64\t0\t0.5\n"
	"fc.bias\tf32\t3\t0\t0.1\n"
	"crf.start_transitions\tf32\t3\t0\t0.5\n"
	"crf.end_transitions\tf32\t3\t0\t0.5\n"
	"crf.transitions\tf32\t3,3\t0\t0.5\n";

static char *source, *vocabulary;

static int make_files(void **state)
{
	struct buf text = BUF_INIT;
	char *path = temporary_text(spec);

	(void)state;
	buf_add_string(&text, "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nparis\nis\nnice\n");
	for (int i = 8; i < 512; i++)
		buf_add_format(&text, "w%d\n", i);
	vocabulary = temporary_text(text.data);
	source = generated_weights(path, (const char *const[]){ "", NULL }, 7);
	temporary_remove(path);
	buf_release(&text);
	return 0;
}

static int remove_files(void **state)
{
	(void)state;
	temporary_remove(source);
	temporary_remove(vocabulary);
	return 0;
}

/* The emissions [n] of one tweet, 5 pieces of 3 labels, and its tags. */
static void emit(const char *model, const struct system_options *options, float emissions[15],
		 char tags[3][16])
{
	struct token tokens[] = { { .word = "Paris" }, { .word = "is" }, { .word = "w77" } };
	struct sentence sentence = { .tokens = tokens, .n_tokens = 3 };
	const struct predict_record record = { .sentence = &sentence };
	const struct dump_entry *entry;
	struct prediction_dump dump;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(model, NULL, options, &err);
	struct outcome outcome;

	if (!predictor)
		fail_msg("%s: %s", err.file, err.text);
	prediction_dump_init(&dump, false);
	assert_int_equal(predictor->predict(predictor, &record, 1, &outcome, &dump, &arena, &err), 0);
	entry = prediction_dump_find(&dump, 0, "emissions");
	assert_int_equal(entry->elements, 15);
	memcpy(emissions, entry->values, 15 * sizeof(*emissions));
	for (size_t i = 0; i < 3; i++)
		snprintf(tags[i], sizeof(tags[i]), "%s", outcome.tags.raw[i]);
	prediction_dump_release(&dump);
	predictor->free(predictor);
	arena_release(&arena);
}

static const struct system_options from_source = { .jobs = 1, .labels = "O,B-LOC,I-LOC",
						   .max_pieces = 20 };

static char *convert(enum model_precision precision)
{
	struct system_options options = from_source;
	struct err err = ERR_INIT;
	struct predictor *predictor;
	char *path = temporary_text("");

	options.vocabulary = vocabulary;
	predictor = predictor_open(source, NULL, &options, &err);
	assert_non_null(predictor);
	assert_int_equal(model_convert(predictor, precision, path, &err), 0);
	predictor->free(predictor);
	return path;
}

/* The largest difference of emissions between the source and a conversion that is opened without options. */
static double cost(enum model_precision precision)
{
	struct system_options options = from_source;
	char *path = convert(precision), tags[3][16], own_tags[3][16];
	float wanted[15], got[15];
	double off = 0;

	options.vocabulary = vocabulary;
	emit(source, &options, wanted, tags);
	emit(path, &(struct system_options){ .jobs = 1 }, got, own_tags);
	for (size_t i = 0; i < 15; i++)
		off = fmax(off, fabs((double)wanted[i] - got[i]));
	for (size_t i = 0; i < 3; i++)
		assert_string_equal(own_tags[i], tags[i]);
	temporary_remove(path);
	return off;
}

static void test_needs_no_options(void **state)
{
	double bf16, int8;

	(void)state;
	assert_true(cost(PRECISION_KEEP) == 0);
	assert_true(cost(PRECISION_FP32) == 0);
	bf16 = cost(PRECISION_BF16);
	int8 = cost(PRECISION_INT8);
	/* Rounded, but not by more than 8 and 7 bits of significand can. */
	assert_true(bf16 > 0 && bf16 < 0.05);
	assert_true(int8 > 0 && int8 < 0.1);
}

static void test_holds_what_is_used(void **state)
{
	struct safetensors file;
	struct err err = ERR_INIT;
	char *path = convert(PRECISION_INT8);

	(void)state;
	assert_int_equal(safetensors_open(&file, path, &err), 0);
	assert_null(safetensors_find(&file, "bert.pooler.dense.weight"));
	assert_int_equal(safetensors_find(&file, "bert.encoder.layer.0.output.dense.weight")->type, TENSOR_I8);
	assert_int_equal(safetensors_find(&file, "crf.transitions")->type, TENSOR_F32);
	assert_int_equal((uintptr_t)safetensors_find(&file, "crf.transitions")->data % 4, 0);
	assert_string_equal(safetensors_metadata(&file, "system"), "bert_crf");
	assert_string_equal(safetensors_metadata(&file, "labels"), "[\"O\",\"B-LOC\",\"I-LOC\"]");
	assert_string_equal(safetensors_metadata(&file, "max_pieces"), "20");
	assert_int_equal(strlen(safetensors_metadata(&file, "origin_sha256")), 64);
	safetensors_close(&file);
	temporary_remove(path);
}

/* A model in two files tells both names. */
static void test_tells_its_origin(void **state)
{
	static const char bytes[] = "\x38\0\0\0\0\0\0\0{\"x\":{\"dtype\":\"F32\",\"shape\":[1],"
				    "\"data_offsets\":[0,4]}}  \0\0\0";
	struct system_options options = from_source;
	char *other = temporary_file(bytes, sizeof(bytes)), *path = temporary_text("");
	char both[200], names[200];
	struct safetensors file;
	struct err err = ERR_INIT;
	struct predictor *predictor;

	(void)state;
	snprintf(both, sizeof(both), "%s,%s", source, other);
	snprintf(names, sizeof(names), "%s,%s", strrchr(source, '/') + 1, strrchr(other, '/') + 1);
	options.vocabulary = vocabulary;
	predictor = predictor_open(both, "bert_crf", &options, &err);
	assert_non_null(predictor);
	assert_int_equal(model_convert(predictor, PRECISION_KEEP, path, &err), 0);
	predictor->free(predictor);
	assert_int_equal(safetensors_open(&file, path, &err), 0);
	assert_string_equal(safetensors_metadata(&file, "origin"), names);
	assert_int_equal(strlen(safetensors_metadata(&file, "origin_sha256_1")), 64);
	safetensors_close(&file);
	temporary_remove(path);
	temporary_remove(other);
}

static void test_does_not_pretend_precision(void **state)
{
	char *path = convert(PRECISION_INT8), *again = temporary_text("");
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(path, NULL, &(struct system_options){ .jobs = 1 }, &err);

	(void)state;
	assert_non_null(predictor);
	assert_int_equal(model_convert(predictor, PRECISION_FP32, again, &err), -1);
	assert_non_null(strstr(err.text, "is int8 already"));
	predictor->free(predictor);
	temporary_remove(path);
	temporary_remove(again);
}

static void try_labels(const char *text, const char *message)
{
	char *file = temporary_text(text);
	const struct system_options options = { .jobs = 1, .vocabulary = vocabulary, .max_pieces = 20,
						.labels = file };
	struct err err = ERR_INIT;
	struct predictor *predictor = predictor_open(source, NULL, &options, &err);

	if (!message) {
		assert_non_null(predictor);
		assert_string_equal(predictor->labels[0], "O");
		assert_string_equal(predictor->labels[1], "B-PER");
		predictor->free(predictor);
	} else {
		assert_null(predictor);
		assert_non_null(strstr(err.text, message));
		assert_string_equal(err.file, file);
	}
	temporary_remove(file);
}

static void test_labels_of_files(void **state)
{
	(void)state;
	try_labels("O\r\nB-PER\nI-PER\n", NULL);
	try_labels("{\"B-PER\": 1, \"I-PER\": 2, \"O\": 0}\nmore", NULL);
	try_labels("{\"B-PER\": 1, \"I-PER\": 1, \"O\": 0}", "no label has the number 2 of 3");
	try_labels("{\"B-PER\"", "no JSON object of labels");
}

/* What Hugging Face's tools save beside a model names its labels; LABEL_0 names none. */
static void test_labels_of_config(void **state)
{
	static const char *const configs[] = {
		"{\"hidden_size\": 64, \"num_hidden_layers\": 1, \"num_attention_heads\": 1, "
		"\"id2label\": {\"0\": \"O\", \"1\": \"B-PER\", \"2\": \"I-PER\"}}",
		"{\"hidden_size\": 64, \"num_hidden_layers\": 1, "
		"\"id2label\": {\"0\": \"LABEL_0\", \"1\": \"LABEL_1\", \"2\": \"LABEL_2\"}}",
	};
	const struct system_options options = { .jobs = 1, .vocabulary = vocabulary, .max_pieces = 20 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		char folder[] = "/tmp/tagsight-test-XXXXXX", model[80], config[80];
		struct err err = ERR_INIT;
		struct predictor *predictor;
		char *text;

		assert_non_null(mkdtemp(folder));
		snprintf(model, sizeof(model), "%s/model.safetensors", folder);
		snprintf(config, sizeof(config), "%s/config.json", folder);
		assert_int_equal(symlink(source, model), 0);
		text = temporary_text(configs[i]);
		assert_int_equal(rename(text, config), 0);
		free(text);
		predictor = predictor_open(model, NULL, &options, &err);
		if (i == 0) {
			assert_non_null(predictor);
			assert_string_equal(predictor->labels[1], "B-PER");
			predictor->free(predictor);
		} else {
			assert_null(predictor);
			assert_non_null(strstr(err.text, "it has 3 labels, but 13 are named"));
		}
		unlink(model);
		unlink(config);
		rmdir(folder);
	}
}

static void test_unknown_variant(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	assert_null(predictor_open(source, NULL, &(struct system_options){ .variant = "flat" }, &err));
	assert_non_null(strstr(err.text, "bert_crf has no variant 'flat'"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_needs_no_options),
		cmocka_unit_test(test_holds_what_is_used),
		cmocka_unit_test(test_tells_its_origin),
		cmocka_unit_test(test_does_not_pretend_precision),
		cmocka_unit_test(test_labels_of_files),
		cmocka_unit_test(test_labels_of_config),
		cmocka_unit_test(test_unknown_variant),
	};

	return cmocka_run_group_tests(tests, make_files, remove_files);
}
