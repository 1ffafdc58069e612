/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every file of the research data's checkpoint_formats, good and hostile, against its index; and
 * the writer against the bytes of PyTorch's own.
 */
#include "lib/base/file.h"
#include "lib/formats/torch_file.h"
#include "preprocess/aux_dict.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Stands for objects that are kept but not understood, and for whole numbers beyond 64 bits. */
#define NOT_SHOWN "(not shown)"

static json_t *real_json(double real)
{
	if (isnan(real))
		return json_string("nan");
	if (isinf(real))
		return json_string(real < 0 ? "-inf" : "inf");
	return json_real(real);
}

/* Half (5 exponent bits) and bfloat16 (8) widened exactly. */
static double widen(unsigned bits, int exponent_bits)
{
	int fraction_bits = 15 - exponent_bits, bias = (1 << (exponent_bits - 1)) - 1;
	int exponent = bits >> fraction_bits & ((1 << exponent_bits) - 1);
	int fraction = bits & ((1 << fraction_bits) - 1);
	double value;

	if (exponent == (1 << exponent_bits) - 1)
		value = fraction ? NAN : INFINITY;
	else if (exponent == 0)
		value = ldexp(fraction, 1 - bias - fraction_bits);
	else
		value = ldexp(fraction + (1 << fraction_bits), exponent - bias - fraction_bits);
	return bits >> 15 ? -value : value;
}

static json_t *integer_json(int64_t integer)
{
	if (integer <= (int64_t)1 << 53 && integer >= -((int64_t)1 << 53))
		return json_integer(integer);
	return json_sprintf("%lld", (long long)integer);
}

static json_t *element_json(const struct torch_storage *storage, size_t index)
{
	const unsigned char *at = storage->data + index * torch_dtype_size(storage->dtype);
	double f64[2];
	float f32[2];
	int64_t i64;
	int32_t i32;
	int16_t i16;

	switch (storage->dtype) {
	case TORCH_FLOAT32:
		memcpy(f32, at, 4);
		return real_json((double)f32[0]);
	case TORCH_FLOAT64:
		memcpy(f64, at, 8);
		return real_json(f64[0]);
	case TORCH_FLOAT16:
		return real_json(widen(at[0] | at[1] << 8, 5));
	case TORCH_BFLOAT16:
		return real_json(widen(at[0] | at[1] << 8, 8));
	case TORCH_INT64:
		memcpy(&i64, at, 8);
		return integer_json(i64);
	case TORCH_INT32:
		memcpy(&i32, at, 4);
		return json_integer(i32);
	case TORCH_INT16:
		memcpy(&i16, at, 2);
		return json_integer(i16);
	case TORCH_INT8:
		return json_integer((signed char)*at);
	case TORCH_UINT8:
	case TORCH_BOOL:
		return json_integer(*at);
	case TORCH_COMPLEX64:
		memcpy(f32, at, 8);
		return json_pack("[o,o]", real_json((double)f32[0]), real_json((double)f32[1]));
	default:
		memcpy(f64, at, 16);
		return json_pack("[o,o]", real_json(f64[0]), real_json(f64[1]));
	}
}

static void add_elements(const struct torch_tensor *tensor, size_t dim, size_t at, json_t *out)
{
	if (dim == tensor->n_dims) {
		json_array_append_new(out, element_json(tensor->storage, at));
		return;
	}
	for (size_t i = 0; i < tensor->shape[dim]; i++)
		add_elements(tensor, dim + 1, at + i * tensor->stride[dim], out);
}

static json_t *sizes_json(const size_t *sizes, size_t n)
{
	json_t *out = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(out, json_integer((json_int_t)sizes[i]));
	return out;
}

static json_t *tensor_json(const struct torch_tensor *tensor)
{
	json_t *values = json_array();

	add_elements(tensor, 0, tensor->offset, values);
	return json_pack("{s:{s:s,s:o,s:o,s:I,s:b,s:o}}", "tensor", "dtype",
			 torch_dtype_name(tensor->storage->dtype), "shape",
			 sizes_json(tensor->shape, tensor->n_dims), "stride",
			 sizes_json(tensor->stride, tensor->n_dims), "offset",
			 (json_int_t)tensor->offset, "requires_grad", tensor->requires_grad,
			 "values", values);
}

static json_t *hex_json(const struct pickle_value *value)
{
	struct buf hex = BUF_INIT;
	json_t *out;

	for (size_t i = 0; i < value->length; i++)
		buf_add_format(&hex, "%02x", (unsigned char)value->text[i]);
	out = json_pack("{s:s}", "bytes_hex", hex.data);
	buf_release(&hex);
	return out;
}

static json_t *value_json(const struct pickle_value *value);

static json_t *items_json(const struct pickle_value *value, const char *name)
{
	json_t *items = json_array();

	for (size_t i = 0; i < value->n; i++)
		json_array_append_new(items, value_json(value->items[i]));
	return json_pack("{s:o}", name, items);
}

static json_t *dict_json(const struct pickle_value *value)
{
	json_t *items = json_array(), *out;

	for (size_t i = 0; i < value->n; i += 2)
		json_array_append_new(items, json_pack("[o,o]", value_json(value->items[i]),
						       value_json(value->items[i + 1])));
	out = json_pack("{s:o}", "dict", items);
	if (value->ordered)
		json_object_set_new(out, "ordered", json_true());
	return out;
}

/* A value as index.json writes it. */
static json_t *value_json(const struct pickle_value *value)
{
	json_t *real;

	switch (value->kind) {
	case PICKLE_NONE:
		return json_null();
	case PICKLE_BOOL:
		return json_boolean(value->integer);
	case PICKLE_INT:
		if (value->integer > (int64_t)1 << 53 || value->integer < -((int64_t)1 << 53))
			return json_pack("{s:o}", "int", json_sprintf("%lld",
								      (long long)value->integer));
		return json_integer(value->integer);
	case PICKLE_FLOAT:
		real = real_json(value->real);
		return json_pack("{s:o}", "float", real);
	case PICKLE_TEXT:
		return json_stringn(value->text, value->length);
	case PICKLE_BYTES:
		return hex_json(value);
	case PICKLE_LIST:
		return items_json(value, "list");
	case PICKLE_TUPLE:
		return items_json(value, "tuple");
	case PICKLE_SET:
		return items_json(value, "set");
	case PICKLE_DICT:
		return dict_json(value);
	default:
		return torch_tensor_of(value) ? tensor_json(torch_tensor_of(value))
					      : json_string(NOT_SHOWN);
	}
}

/* Whether `ours` and `theirs` agree on what both say. Numbers are
 * compared as numbers: the index writes whole floats as floats and integers as integers. */
static bool agrees(const json_t *ours, const json_t *theirs)
{
	const char *key;
	json_t *value;

	if (!theirs || (json_is_string(ours) && strcmp(json_string_value(ours), NOT_SHOWN) == 0))
		return true;
	if (json_is_number(ours) && json_is_number(theirs)) {
		double a = json_number_value(ours), b = json_number_value(theirs);

		return a == b && signbit(a) == signbit(b);
	}
	if (json_is_object(ours) && json_is_object(theirs)) {
		json_object_foreach((json_t *)(uintptr_t)ours, key, value)
			if (!agrees(value, json_object_get(theirs, key)))
				return false;
		return true;
	}
	if (json_is_array(ours) && json_is_array(theirs)) {
		if (json_array_size(ours) != json_array_size(theirs))
			return false;
		for (size_t i = 0; i < json_array_size(ours); i++)
			if (!agrees(json_array_get(ours, i), json_array_get(theirs, i)))
				return false;
		return true;
	}
	return json_equal(ours, theirs);
}

/* Null when it is as the index says, or what is wrong. */
static const char *check_file(const char *path, const json_t *entry)
{
	const char *expect = json_string_value(json_object_get(entry, "expect"));
	const json_t *content = json_object_get(entry, "content");
	const char *wrong = NULL;
	struct torch_file file;
	struct err err = ERR_INIT;
	json_t *ours;

	if (torch_file_open(&file, path, &err) < 0) {
		if (err.kind != ERR_DATA || !*err.text)
			return "no reason is given";
		return strcmp(expect, "read") == 0 ? "it was refused" : NULL;
	}
	ours = value_json(file.root);
	if (strcmp(expect, "refuse") == 0)
		wrong = "it was read";
	else if (content && !agrees(ours, content))
		wrong = "other content";
	json_decref(ours);
	torch_file_close(&file);
	return wrong;
}

static void test_every_file_of_the_index(void **state)
{
	const char *shared = shared_folder();
	char path[4096];
	json_t *index, *entry;
	json_error_t error;
	size_t i, bad = 0;

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/checkpoint_formats/index.json", shared);
	index = json_load_file(path, 0, &error);
	assert_non_null(index);
	json_array_foreach(json_object_get(index, "files"), i, entry) {
		const char *name = json_string_value(json_object_get(entry, "file")), *wrong;

		snprintf(path, sizeof(path), "%s/oracle/checkpoint_formats/%s", shared, name);
		wrong = check_file(path, entry);
		if (wrong) {
			print_message("%s: %s\n", name, wrong);
			bad++;
		}
	}
	assert_true(i > 100);
	json_decref(index);
	assert_int_equal(bad, 0);
}

/* What PyTorch wrote (1.13 in the zip form, 2.x in the legacy one), read and written again under the
 * same name, is the same bytes. */
static void assert_same_again(const char *path)
{
	char *folder = strdup("/tmp/tagsight-dict-XXXXXX"), *copy;
	struct file_map theirs, ours;
	struct aux_dict dict;
	struct err err = ERR_INIT;

	assert_non_null(mkdtemp(folder));
	copy = file_join(folder, file_base_name(path));
	assert_int_equal(aux_dict_read(&dict, path, &err), 0);
	assert_int_equal(aux_dict_write(&dict, copy, &err), 0);
	assert_int_equal(file_map_open(&theirs, path, &err), 0);
	assert_int_equal(file_map_open(&ours, copy, &err), 0);
	assert_int_equal(ours.size, theirs.size);
	assert_memory_equal(ours.data, theirs.data, ours.size);
	file_map_close(&ours);
	file_map_close(&theirs);
	aux_dict_release(&dict);
	unlink(copy);
	rmdir(folder);
	free(copy);
	free(folder);
}

static void test_writer_gives_pytorch_bytes(void **state)
{
	(void)state;
	assert_same_again("tests/oracle/torch_dict/old_ner.pth");
	assert_same_again("tests/oracle/torch_dict/legacy_ner.pth");
	assert_same_again("tests/oracle/torch_dict/legacy_re.pth");
	assert_same_again("tests/oracle/torch_dict/legacy_one.pth");
	assert_same_again("tests/oracle/torch_dict/legacy_empty.pth");
	assert_same_again("tests/oracle/torch_dict/old_re.pth");
	assert_same_again("tests/oracle/torch_dict/old_one.pth");
	assert_same_again("tests/oracle/torch_dict/old_empty.pth");
}

static void test_writer_gives_pytorch_bytes_of_the_research_data(void **state)
{
	static const char *const names[] = { "ok_zip_ner_dict.pt", "ok_zip_re_dict.pt" };
	const char *shared = shared_folder();
	char path[4096];

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		snprintf(path, sizeof(path), "%s/oracle/checkpoint_formats/%s", shared, names[i]);
		assert_same_again(path);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_file_of_the_index),
		cmocka_unit_test(test_writer_gives_pytorch_bytes),
		cmocka_unit_test(test_writer_gives_pytorch_bytes_of_the_research_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
