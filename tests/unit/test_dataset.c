/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/dataset.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/corpus/schema.h"
#include "tests/unit/test.h"

#include <string.h>

static void assert_path(char *path, const char *folder, const char *expected)
{
	struct buf whole = BUF_INIT;

	buf_add_format(&whole, "%s%s", folder, expected);
	assert_non_null(path);
	assert_string_equal(path, whole.data);
	buf_release(&whole);
	free(path);
}

static void make_file(const char *folder, const char *name)
{
	char *path = file_join(folder, name);
	struct err err = ERR_INIT;

	assert_int_equal(file_write_all(path, "x", 1, &err), 0);
	free(path);
}

static void test_picture_of_an_id(void **state)
{
	char folder[] = "/tmp/tagsight-test-XXXXXX";
	static const char *const names[] = { "1.png", "2.jpg", "2.png", "a.b.webp", "4.JPG" };
	struct split split = { .task = TASK_NER };

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_null(split_image_path(&split, "1"));
	split.images = folder;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
		make_file(folder, names[i]);
	assert_path(split_image_path(&split, "1"), folder, "/1.png");
	assert_path(split_image_path(&split, "2"), folder, "/2.jpg");
	assert_path(split_image_path(&split, "3"), folder, "/3.jpg");
	assert_path(split_image_path(&split, "3.JPEG"), folder, "/3.JPEG");
	assert_path(split_image_path(&split, "4"), folder, "/4.JPG");
	assert_path(split_image_path(&split, "4.jpg"), folder, "/4.JPG");
	assert_path(split_image_path(&split, "a.b"), folder, "/a.b.webp");
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		char *path = file_join(folder, names[i]);

		unlink(path);
		free(path);
	}
	rmdir(folder);
}

static void test_work_path(void **state)
{
	struct dataset dataset = DATASET_INIT;
	struct split *split = dataset_add(&dataset);

	(void)state;
	assert_non_null(split);
	assert_path(dataset_work_path(&dataset, split, "boxes.jsonl"), "", "tagsight/data.boxes.jsonl");
	dataset.root = strdup("out");
	split->set = strdup("twitter2015");
	assert_path(dataset_work_path(&dataset, split, "boxes.jsonl"), "",
		    "out/tagsight/twitter2015.boxes.jsonl");
	split->name = strdup("train");
	assert_path(dataset_work_path(&dataset, split, "boxes.jsonl"), "",
		    "out/tagsight/twitter2015-train.boxes.jsonl");
	dataset_release(&dataset);
	assert_int_equal(dataset.n_splits, 0);
}

static void test_schema(void **state)
{
	(void)state;
	assert_true(schema_has_type("MISC"));
	assert_false(schema_has_type("misc"));
	assert_int_equal(schema_relation_id("None"), 0);
	assert_int_equal(schema_relation_id("/misc/loc/held_on"), 22);
	assert_int_equal(schema_relation_id("none"), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_picture_of_an_id),
		cmocka_unit_test(test_work_path),
		cmocka_unit_test(test_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
