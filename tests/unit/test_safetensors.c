/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/weights.h"
#include "lib/formats/safetensors.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

struct file_bytes {
	unsigned char data[1024];
	size_t size;
};

/* A file with this header and `n_data` bytes of data 0, 1, 2, ... */
static struct file_bytes make_file(const char *header, size_t n_data)
{
	struct file_bytes file = { { 0 }, 8 + strlen(header) + n_data };

	assert_true(file.size <= sizeof(file.data) && strlen(header) < 65536);
	file.data[0] = (unsigned char)(strlen(header) & 255);
	file.data[1] = (unsigned char)(strlen(header) >> 8);
	memcpy(file.data + 8, header, strlen(header));
	for (size_t i = 0; i < n_data; i++)
		file.data[8 + strlen(header) + i] = (unsigned char)i;
	return file;
}

static void test_reads_tensors_and_metadata(void **state)
{
	struct file_bytes bytes = make_file(
		"{\"__metadata__\":{\"system\":\"tagger\"},"
		"\"b\":{\"dtype\":\"F32\",\"shape\":[2,1],\"data_offsets\":[2,10]},"
		"\"empty\":{\"dtype\":\"I64\",\"shape\":[3,0],\"data_offsets\":[10,10]},"
		"\"a\":{\"dtype\":\"I8\",\"shape\":[2],\"data_offsets\":[0,2]}}  ",
		10);
	struct safetensors file;
	struct err err = ERR_INIT;
	const struct tensor *tensor;

	(void)state;
	assert_int_equal(safetensors_parse(&file, bytes.data, bytes.size, "x", &err), 0);
	assert_int_equal(file.n, 3);
	assert_string_equal(file.tensors[0].name, "a");
	assert_string_equal(safetensors_metadata(&file, "system"), "tagger");
	assert_null(safetensors_metadata(&file, "format"));
	tensor = safetensors_find(&file, "b");
	assert_non_null(tensor);
	assert_int_equal(tensor->type, TENSOR_F32);
	assert_int_equal(tensor->n_dims, 2);
	assert_int_equal(tensor->shape[0], 2);
	assert_int_equal(tensor->size, 8);
	assert_int_equal(tensor->data[0], 2);
	assert_int_equal(safetensors_find(&file, "empty")->elements, 0);
	assert_null(safetensors_find(&file, "c"));
	safetensors_close(&file);
}

#define TENSOR(name, type, shape, offsets)                                                         \
	"\"" name "\":{\"dtype\":\"" type "\",\"shape\":" shape ",\"data_offsets\":" offsets "}"

static void test_refuses_what_lies(void **state)
{
	static const struct {
		const char *header;
		const char *message;
	} cases[] = {
		{ "[]", "the header is no JSON object" },
		{ "{", "its header is not JSON" },
		{ "{\"a\":1}", "has no dtype" },
		{ "{" TENSOR("a", "F31", "[2]", "[0,8]") "}", "unknown dtype 'F31'" },
		{ "{" TENSOR("a", "F32", "[3]", "[0,8]") "}", "has 8 bytes, but its shape needs 12" },
		{ "{" TENSOR("a", "F32", "[4]", "[0,16]") "}", "lies at bytes 0 to 16 of 8" },
		{ "{" TENSOR("a", "F32", "[2]", "[8,0]") "}", "lies at bytes 8 to 0 of 8" },
		{ "{" TENSOR("a", "F32", "[-2]", "[0,8]") "}", "is no whole number" },
		{ "{" TENSOR("a", "F32", "[2.0]", "[0,8]") "}", "is no whole number" },
		{ "{" TENSOR("a", "F32", "[2]", "[-8,0]") "}", "are no two whole numbers" },
		{ "{" TENSOR("a", "F32", "[2]", "[0]") "}", "are no two whole numbers" },
		{ "{" TENSOR("a", "F32", "[4294967296,4294967296]", "[0,8]") "}", "is too large" },
		{ "{" TENSOR("a", "F64", "[2305843009213693953]", "[0,8]") "}", "is too large" },
		{ "{" TENSOR("a", "F32", "[99999999999999999999]", "[0,8]") "}", "not JSON" },
		{ "{" TENSOR("a", "F32", "[1,1,1,1,1,1,1,1,2]", "[0,8]") "}", "no array of up to" },
		{ "{" TENSOR("a", "F32", "2", "[0,8]") "}", "no array of up to" },
		{ "{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("b", "F32", "[1]", "[4,8]") "}",
		  "overlap" },
		{ "{" TENSOR("a", "F32", "[2]", "[0,8]") "," TENSOR("a", "F32", "[2]", "[0,8]") "}",
		  "not JSON: duplicate" },
		{ "{" TENSOR("a", "F32", "[1]", "[4,8]") "}", "4 bytes before tensor 'a'" },
		{ "{" TENSOR("a", "F32", "[1]", "[0,4]") "}", "4 bytes after the last" },
		{ "{\"__metadata__\":{\"a\":1}," TENSOR("a", "F32", "[2]", "[0,8]") "}",
		  "metadata 'a' is no string" },
		{ "{\"__metadata__\":[]," TENSOR("a", "F32", "[2]", "[0,8]") "}",
		  "__metadata__ is no object" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct file_bytes bytes = make_file(cases[i].header, 8);
		struct safetensors file;
		struct err err = ERR_INIT;

		assert_int_equal(safetensors_parse(&file, bytes.data, bytes.size, "x", &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		if (!strstr(err.text, cases[i].message))
			fail_msg("'%s' does not say '%s'", err.text, cases[i].message);
		assert_string_equal(err.file, "x");
	}
}

static void test_refuses_every_cut(void **state)
{
	struct file_bytes bytes =
		make_file("{" TENSOR("a", "F32", "[2]", "[0,8]") "}", 8);
	struct safetensors file;
	struct err err = ERR_INIT;

	(void)state;
	for (size_t size = 0; size < bytes.size; size++)
		assert_int_equal(safetensors_parse(&file, bytes.data, size, "x", &err), -1);
	memset(bytes.data, 0xff, 8);
	assert_int_equal(safetensors_parse(&file, bytes.data, bytes.size, "x", &err), -1);
	assert_non_null(strstr(err.text, "a header of 18446744073709551615 bytes"));
	assert_int_equal(safetensors_open(&file, "/nonexistent", &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static char *temporary_path(char *folder, const char *name)
{
	assert_non_null(mkdtemp(folder));
	return file_join(folder, name);
}

static void test_writer_and_weights_round_trip(void **state)
{
	static const float f32[4] = { 1, -2.5f, 3e-20f, INFINITY };
	static const uint16_t f16[4] = { 0x3c00, 0xc100, 0x0001, 0x7c00 }, bf16[1] = { 0xc020 };
	static const signed char i8[4] = { 1, -127, 0, 127 };
	static const float scale[2] = { 0.5f, 2 };
	char folder[] = "/tmp/tagsight-test-XXXXXX";
	char *path = temporary_path(folder, "a.safetensors");
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);
	struct weights weights;
	struct weight_table table;
	const float *out;
	float row[2];

	(void)state;
	assert_non_null(writer);
	assert_int_equal(safetensors_add(writer, "m", TENSOR_I8, 2, (size_t[]){ 2, 2 }, i8, &err), 0);
	assert_int_equal(safetensors_add(writer, "one", TENSOR_BF16, 1, (size_t[]){ 1 }, bf16, &err), 0);
	assert_int_equal(safetensors_add(writer, "f", TENSOR_F32, 1, (size_t[]){ 4 }, f32, &err), 0);
	assert_int_equal(safetensors_add(writer, "f", TENSOR_F32, 1, (size_t[]){ 4 }, f32, &err), -1);
	assert_int_equal(safetensors_add(writer, "h", TENSOR_F16, 1, (size_t[]){ 4 }, f16, &err), 0);
	assert_int_equal(safetensors_add(writer, "m.scale", TENSOR_F32, 1, (size_t[]){ 2 }, scale, &err), 0);
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);

	assert_int_equal(weights_open(&weights, path, &err), 0);
	assert_int_equal(weights_get(&weights, "f", SHAPE(4), &out, &err), 0);
	assert_memory_equal(out, f32, sizeof(f32));
	assert_int_equal(weights_get(&weights, "h", SHAPE(4), &out, &err), 0);
	assert_true(out[0] == 1 && out[1] == -2.5f && out[2] == 0x1p-24f && isinf(out[3]));
	assert_int_equal(weights_get(&weights, "one", SHAPE(1), &out, &err), 0);
	assert_true(out[0] == -2.5f);
	assert_int_equal(weights_get(&weights, "m", SHAPE(2, 2), &out, &err), 0);
	assert_true(out[0] == 0.5f && out[1] == -63.5f && out[2] == 0 && out[3] == 254);
	assert_int_equal(weights_table(&weights, "m", 2, 2, &table, &err), 0);
	weight_table_row(&table, 1, row);
	assert_true(row[0] == 0 && row[1] == 254);

	assert_int_equal(weights_get(&weights, "f", SHAPE(2, 2), &out, &err), -1);
	assert_string_equal(err.text, "tensor 'f' has shape [4], but this system needs [2, 2]");
	assert_int_equal(weights_get(&weights, "g", SHAPE(2, 2), &out, &err), -1);
	assert_int_equal(weights_metadata(&weights, "system", (const char **)&out, &err), -1);
	weights_close(&weights);
	unlink(path);
	rmdir(folder);
	free(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reads_tensors_and_metadata),
		cmocka_unit_test(test_refuses_what_lies),
		cmocka_unit_test(test_refuses_every_cut),
		cmocka_unit_test(test_writer_and_weights_round_trip),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
