/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/model_file.h"
#include "inference/core/weights.h"
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The value under the keys that lead to the state dict, in the index's own notation. */
static const json_t *state_of(const json_t *entry)
{
	const json_t *value = json_object_get(entry, "content"), *key, *pair;
	size_t i, k;

	json_array_foreach(json_object_get(entry, "tensors_at"), i, key) {
		const json_t *found = NULL;

		json_array_foreach(json_object_get(value, "dict"), k, pair)
			if (json_equal(json_array_get(pair, 0), key))
				found = json_array_get(pair, 1);
		value = found;
	}
	return json_object_get(value, "dict");
}

static double number_of(const json_t *value)
{
	return json_is_string(value) ? strtod(json_string_value(value), NULL)
				     : json_number_value(value);
}

static bool same(float ours, float theirs)
{
	return isnan(theirs) ? isnan(ours) : ours == theirs;
}

/* Whether each row of the table has the numbers that the whole matrix has. */
static bool same_rows(struct weights *weights, const char *name, const struct shape *shape,
		      const float *numbers)
{
	struct err err = ERR_INIT;
	struct weight_table table;
	float row[64];

	assert_true(shape->dims[1] <= 64);
	if (weights_table(weights, name, shape->dims[0], shape->dims[1], &table, &err) < 0)
		return false;
	for (size_t i = 0; i < table.rows; i++) {
		weight_table_row(&table, i, row);
		for (size_t k = 0; k < table.columns; k++)
			if (!same(row[k], numbers[i * table.columns + k]))
				return false;
	}
	return true;
}

/* Whether the weights under `name` are the values of the index, as float32. */
static bool check_tensor(struct weights *weights, const char *name, const json_t *tensor)
{
	const json_t *sizes = json_object_get(tensor, "shape");
	const json_t *values = json_object_get(tensor, "values");
	struct shape shape = { json_array_size(sizes), { 0 } }, stored;
	struct err err = ERR_INIT;
	const float *numbers;

	for (size_t i = 0; i < shape.n; i++)
		shape.dims[i] = (size_t)json_integer_value(json_array_get(sizes, i));
	if (!weights_shape(weights, name, &stored) || stored.n != shape.n ||
	    memcmp(stored.dims, shape.dims, shape.n * sizeof(*shape.dims)) != 0)
		return false;
	if (!strstr(json_string_value(json_object_get(tensor, "dtype")), "float"))
		return weights_get(weights, name, shape, &numbers, &err) < 0;
	if (weights_get(weights, name, shape, &numbers, &err) < 0)
		return false;
	for (size_t i = 0; i < json_array_size(values); i++)
		if (!same(numbers[i], (float)number_of(json_array_get(values, i))))
			return false;
	return shape.n != 2 || same_rows(weights, name, &shape, numbers);
}

/* Whether a tensor begins with the numbers of `first`, which have nine digits. */
static void check_first(struct weights *weights, const char *name, const json_t *tensor)
{
	const json_t *first = json_object_get(tensor, "first");
	struct err err = ERR_INIT;
	struct shape shape;
	const float *numbers;

	assert_true(weights_shape(weights, name, &shape));
	assert_int_equal(weights_get(weights, name, shape, &numbers, &err), 0);
	for (size_t i = 0; i < json_array_size(first); i++)
		assert_float_equal(numbers[i], (float)number_of(json_array_get(first, i)), 1e-8);
}

static size_t check_state(struct weights *weights, const json_t *entry)
{
	const char *prefix = json_string_value(json_object_get(entry, "prefix"));
	const json_t *pair;
	size_t i, tensors = 0;

	json_array_foreach(state_of(entry), i, pair) {
		const char *name = json_string_value(json_array_get(pair, 0));
		const json_t *tensor = json_object_get(json_array_get(pair, 1), "tensor");

		if (!name || !tensor || strncmp(json_string_value(json_object_get(tensor, "dtype")),
						"complex", 7) == 0)
			continue;
		if (!check_tensor(weights, name + (prefix ? strlen(prefix) : 0), tensor))
			fail_msg("%s: tensor '%s'",
				 json_string_value(json_object_get(entry, "file")), name);
		tensors++;
	}
	return tensors;
}

/* Tensors that were compared; what must be refused is. */
static size_t check_file(const char *folder, const json_t *entry)
{
	const char *name = json_string_value(json_object_get(entry, "file"));
	const char *expect = json_string_value(json_object_get(entry, "expect"));
	char *path = file_join(folder, name);
	bool must = strcmp(expect, "read") == 0 && json_is_array(json_object_get(entry, "tensors_at"));
	struct err err = ERR_INIT;
	struct weights weights;
	size_t tensors = 0;

	if (weights_open(&weights, path, &err) == 0) {
		if (strcmp(expect, "refuse") == 0)
			fail_msg("%s was not refused", name);
		tensors = check_state(&weights, entry);
		weights_close(&weights);
	} else {
		if (must)
			fail_msg("%s: %s", name, err.text);
		assert_non_null(strstr(err.file, name));
	}
	free(path);
	return tensors;
}

static void test_every_checkpoint_of_the_index(void **state)
{
	char *folder = file_join(shared_folder(), "oracle/checkpoint_formats");
	char *index_path = file_join(folder, "index.json");
	json_t *index = json_load_file(index_path, JSON_ALLOW_NUL, NULL), *entry;
	size_t i, tensors = 0;

	(void)state;
	assert_non_null(index);
	json_array_foreach(json_object_get(index, "files"), i, entry)
		tensors += check_file(folder, entry);
	assert_true(tensors > 100);
	json_decref(index);
	free(index_path);
	free(folder);
}

/* A whole tagger as flair saves it, with its embeddings as an object. */
static void test_flair_checkpoint(void **state)
{
	char *folder = file_join(shared_folder(), "oracle/ita");
	char *path = file_join(folder, "tiny_checkpoint.pt");
	char *facts = file_join(folder, "tiny_checkpoint.json");
	json_t *wanted = json_load_file(facts, 0, NULL), *tensor, *labels;
	struct err err = ERR_INIT;
	struct weights weights;
	size_t i;

	(void)state;
	assert_non_null(wanted);
	assert_int_equal(weights_open(&weights, path, &err), 0);
	assert_int_equal(weights.file.n, json_array_size(json_object_get(wanted, "tensors")));
	json_array_foreach(json_object_get(wanted, "tensors"), i, tensor) {
		const char *name = json_string_value(json_object_get(tensor, "name"));
		const char *dtype = json_string_value(json_object_get(tensor, "dtype"));

		if (strcmp(dtype, "torch.float32") == 0)
			check_first(&weights, name, tensor);
	}
	labels = json_loads(checkpoint_metadata(&weights.file, "labels"), 0, NULL);
	assert_true(json_equal(labels, json_object_get(wanted, "labels")));
	weights_close(&weights);
	json_decref(labels);
	json_decref(wanted);
	free(facts);
	free(path);
	free(folder);
}

#define TEXT(n, text) "X" n "\0\0\0" text

/* The legacy form, where a class lies in an id of its own with the source of its module. */
static void test_flair_checkpoint_of_the_legacy_form(void **state)
{
	static const char file[] =
		"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19." "\x80\x02M\xe9\x03."
		"\x80\x02}" TEXT("\x0d", "little_endian") "\x88s."
		"\x80\x02}(" TEXT("\x0a", "embeddings")
		"(" TEXT("\6", "module") "cflair.embeddings\nStacked\n" TEXT("\1", "f") TEXT("\1", "s") "tQ)\x81}b"
		TEXT("\x0e", "tag_dictionary") "cflair.data\nDictionary\n)\x81}" TEXT("\x08", "idx2item")
		"](C\1OC\3S-Xesb"
		TEXT("\x0a", "state_dict") "}" TEXT("\1", "w") "ctorch._utils\n_rebuild_tensor_v2\n(("
		TEXT("\7", "storage") "ctorch\nFloatStorage\n" TEXT("\1", "0") TEXT("\3", "cpu") "K\2NtQ"
		"K\0K\2\x85K\1\x85\x89}tRsu."
		"\x80\x02]" TEXT("\1", "0") "a." "\2\0\0\0\0\0\0\0\0\0\x80\x3f\0\0\0\x40";
	struct checkpoint checkpoint;
	struct err err = ERR_INIT;
	float values[2];

	(void)state;
	if (checkpoint_parse(&checkpoint, (const unsigned char *)file, sizeof(file) - 1, "x.pt", &err) < 0)
		fail_msg("%s", err.text);
	assert_int_equal(checkpoint.n, 1);
	assert_string_equal(checkpoint.files[0].form, "legacy");
	checkpoint_gather(checkpoint_find(&checkpoint, "w"), (unsigned char *)values);
	assert_float_equal(values[0], 1, 0);
	assert_float_equal(values[1], 2, 0);
	assert_string_equal(checkpoint_metadata(&checkpoint, "labels"), "[\"O\",\"S-X\"]");
	checkpoint_close(&checkpoint);
}

/* Write a safetensors file of float32 vectors [2] with these names, ended by NULL. */
static void write_vectors(const char *path, const char *const *names)
{
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);

	assert_non_null(writer);
	for (float first = 0; *names; names++, first++)
		assert_int_equal(safetensors_add(writer, *names, TENSOR_F32, 1, (size_t[]){ 2 },
						 (float[]){ first, -first }, &err), 0);
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);
}

/* Trainers name their folders lr=1e-5,batch=16. */
static void test_commas_in_names(void **state)
{
	char folder[] = "/tmp/tagsight-test-XXXXXX", one[60], both[120], *beside;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(one, sizeof(one), "%s/a,b", folder);
	fclose(fopen(one, "w"));
	snprintf(both, sizeof(both), "%s,%s", one, one);
	assert_int_equal(checkpoint_first_path(one), strlen(one));
	assert_int_equal(checkpoint_first_path(both), strlen(one));
	assert_int_equal(checkpoint_first_path("no,such"), 2);
	assert_int_equal(checkpoint_first_path("none"), 4);
	unlink(one);
	rmdir(folder);

	beside = model_file_beside("none/a.bin,other/b.bin", "vocab.txt");
	assert_string_equal(beside, "none/vocab.txt");
	free(beside);
}

static void test_two_files_are_one_model(void **state)
{
	static const char *const one[] = { "bert.LayerNorm.gamma", "bert.LayerNorm.beta", NULL };
	static const char *const two[] = { "module.resnet.a", "module.resnet.gamma", NULL };
	char *first = temporary_text(""), *second = temporary_text("");
	struct err err = ERR_INIT;
	struct weights weights;
	struct buf path = BUF_INIT;
	const float *numbers;

	(void)state;
	write_vectors(first, one);
	write_vectors(second, two);
	buf_add_format(&path, "%s,%s", first, second);
	assert_int_equal(weights_open(&weights, path.data, &err), 0);
	assert_int_equal(weights_get(&weights, "bert.LayerNorm.bias", SHAPE(2), &numbers, &err), 0);
	assert_float_equal(numbers[1], -1, 0);
	assert_int_equal(weights_get(&weights, "resnet.gamma", SHAPE(2), &numbers, &err), 0);
	assert_float_equal(numbers[1], -1, 0);
	weights_close(&weights);

	buf_clear(&path);
	buf_add_format(&path, "%s,%s", first, first);
	assert_int_equal(weights_open(&weights, path.data, &err), -1);
	assert_non_null(strstr(err.text, "two tensors are called 'bert.LayerNorm"));
	buf_release(&path);
	temporary_remove(first);
	temporary_remove(second);
}

/* An index in the folder of temporary files; its path is on the heap. */
static char *write_index(const char *first, const char *second)
{
	char *path = temporary_text("");
	struct buf text = BUF_INIT, name = BUF_INIT;
	struct err err = ERR_INIT;

	buf_add_format(&name, "%s.json", path);
	buf_add_format(&text, "{\"metadata\": {}, \"weight_map\": {\"a\": \"%s\", \"c\": \"%s\", "
			      "\"b\": \"%s\"}}", first, second, first);
	assert_int_equal(file_write_all(name.data, text.data, text.length, &err), 0);
	temporary_remove(path);
	buf_release(&text);
	return buf_detach(&name);
}

static void test_shards_are_one_model(void **state)
{
	static const char *const one[] = { "a", "b", NULL }, *const two[] = { "c", NULL };
	char *first = temporary_text(""), *second = temporary_text(""), *index;
	struct err err = ERR_INIT;
	struct weights weights;

	(void)state;
	write_vectors(first, one);
	write_vectors(second, two);
	index = write_index(file_base_name(first), file_base_name(second));
	assert_int_equal(weights_open(&weights, index, &err), 0);
	assert_int_equal(weights.file.n_files, 2);
	assert_true(weights_have(&weights, "b") && weights_have(&weights, "c"));
	weights_close(&weights);
	temporary_remove(index);

	index = write_index(file_base_name(first), "../passwd");
	assert_int_equal(weights_open(&weights, index, &err), -1);
	assert_non_null(strstr(err.text, "names '../passwd', which is no file beside it"));
	temporary_remove(index);
	temporary_remove(first);
	temporary_remove(second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_checkpoint_of_the_index),
		cmocka_unit_test(test_flair_checkpoint),
		cmocka_unit_test(test_flair_checkpoint_of_the_legacy_form),
		cmocka_unit_test(test_commas_in_names),
		cmocka_unit_test(test_two_files_are_one_model),
		cmocka_unit_test(test_shards_are_one_model),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
