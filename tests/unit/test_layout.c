/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "preprocess/layout.h"
#include "tests/unit/test.h"

#include <string.h>

#define TAGS "IMGID:1\nGlenda\tB-PER\nwaves\tO\n\n"
#define RELATIONS "{'token': ['a', 'b'], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', 'pos': [1, 2]}, 'img_id': '1.jpg', 'relation': 'None'}\n"

/* Recognise a listing of "path" (all but .json files begin with `head`), NULL-terminated. */
static int recognise(struct dataset *dataset, const char *const *paths, const char *head,
		     const struct layout_options *options, struct err *err)
{
	struct layout_listing listing;
	int rc;

	layout_listing_init(&listing);
	for (; *paths; paths++) {
		size_t length = strstr(*paths, ".json") ? 0 : strlen(head);
		enum layout_text kind = layout_sniff(head, length);

		assert_int_equal(layout_listing_add(&listing, *paths, kind, err), 0);
	}
	rc = layout_recognise_listing(dataset, &listing, "release", options, err);
	layout_listing_release(&listing);
	return rc;
}

static void test_sniff(void **state)
{
	char long_text[LAYOUT_HEAD + 1];

	(void)state;
	assert_int_equal(layout_sniff("", 0), LAYOUT_TEXT_EMPTY);
	assert_int_equal(layout_sniff(" \r\n\n", 4), LAYOUT_TEXT_EMPTY);
	assert_int_equal(layout_sniff(TAGS, strlen(TAGS)), LAYOUT_TEXT_TAGS);
	assert_int_equal(layout_sniff("\xef\xbb\xbfRT O\r\nBonn B-LOC\r\n", 21), LAYOUT_TEXT_TAGS);
	assert_int_equal(layout_sniff(RELATIONS, strlen(RELATIONS)), LAYOUT_TEXT_RELATIONS);
	assert_int_equal(layout_sniff("{\"text\": 1}\n", 12), LAYOUT_TEXT_OTHER);
	assert_int_equal(layout_sniff("<html>\n<p>O\n", 12), LAYOUT_TEXT_OTHER);
	assert_int_equal(layout_sniff("a\0b O\n", 6), LAYOUT_TEXT_OTHER);
	for (size_t i = 0; i < LAYOUT_HEAD; i++)
		long_text[i] = "w\tO\n"[i % 4];
	long_text[LAYOUT_HEAD - 1] = 'x';
	assert_int_equal(layout_sniff(long_text, LAYOUT_HEAD), LAYOUT_TEXT_TAGS);
}

static void test_split_names(void **state)
{
	(void)state;
	assert_string_equal(layout_split_of_file("a/train.txt"), "train");
	assert_string_equal(layout_split_of_file("ours_val.txt"), "valid");
	assert_string_equal(layout_split_of_file("x/DEV"), "valid");
	assert_string_equal(layout_split_of_file("twitter2015.test.conll"), "test");
	assert_null(layout_split_of_file("contest.txt"));
	assert_null(layout_split_of_file("train/notes.txt"));
}

static void test_hvpnet_ner(void **state)
{
	static const char *const paths[] = {
		"top/twitter2015/train.txt", "top/twitter2015/valid.txt",
		"top/twitter2015/twitter2015_val_dict.pth", "top/twitter2015_images/1.jpg",
		"top/twitter2015_aux_images/val/crops/1_pred_yolo_crop_0.png", NULL
	};
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(recognise(&dataset, paths, TAGS, NULL, &err), 0);
	assert_string_equal(dataset.layout, "hvpnet-ner");
	assert_int_equal(dataset.n_splits, 2);
	assert_string_equal(dataset.splits[0].name, "train");
	assert_string_equal(dataset.splits[1].name, "valid");
	assert_string_equal(dataset.splits[1].set, "twitter2015");
	assert_string_equal(dataset.splits[1].images, "top/twitter2015_images");
	assert_string_equal(dataset.splits[1].crops, "top/twitter2015_aux_images/val/crops");
	assert_string_equal(dataset.splits[1].dict, "top/twitter2015/twitter2015_val_dict.pth");
	dataset_release(&dataset);
}

static void test_hvpnet_re(void **state)
{
	static const char *const paths[] = { "mre/txt/ours_val.txt", "mre/img_org/val/1.jpg",
					     "mre/ours_rel2id.json", NULL };
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(recognise(&dataset, paths, RELATIONS, NULL, &err), 0);
	assert_int_equal(dataset.n_splits, 1);
	assert_int_equal(dataset.splits[0].task, TASK_RE);
	assert_string_equal(dataset.layout, "hvpnet-re");
	assert_string_equal(dataset.splits[0].images, "mre/img_org/val");
	assert_string_equal(dataset.splits[0].crops, "mre/img_vg/val/crops");
	assert_string_equal(dataset.splits[0].dict, "mre/txt/mre_dev_dict.pth");
	assert_string_equal(dataset.splits[0].relations, "mre/ours_rel2id.json");
	dataset_release(&dataset);
}

/* What only one layout has. */
static void test_boxes_and_second_dict(void **state)
{
	static const char *const gmner[] = { "a/NER_data/g/train.txt", "a/NER_data/g_xml/1.xml", NULL };
	static const char *const mkgformer[] = { "data/twitter2017/valid.txt",
						 "data/twitter17_detect/twitter17_img2crop.pth", NULL };
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(recognise(&dataset, gmner, TAGS, NULL, &err), 0);
	assert_string_equal(dataset.splits[0].boxes, "a/NER_data/g_xml");
	assert_null(dataset.splits[0].img2crop);
	dataset_release(&dataset);
	assert_int_equal(recognise(&dataset, mkgformer, TAGS, NULL, &err), 0);
	assert_null(dataset.splits[0].boxes);
	assert_string_equal(dataset.splits[0].img2crop, "data/twitter17_detect/twitter17_img2crop.pth");
	assert_string_equal(dataset.splits[0].img2crop_root, "data");
	dataset_release(&dataset);
}

/* Each row: files, what the first split is taken for, and its pictures. */
static void test_other_layouts(void **state)
{
	static const struct {
		const char *paths[5];
		const char *head, *layout, *set, *images;
	} rows[] = {
		{ { "twitter2017/test.txt", "twitter2017_images/1.jpg" }, TAGS, "umt", "twitter2017",
		  "twitter2017_images" },
		{ { "t/twitter2017/test.txt", "t/twitter17_detect/twitter17_img2crop.pth" }, TAGS,
		  "mkgformer", "twitter2017", "t/twitter2017_images" },
		{ { "Twitter10000/txt/dev.txt", "Twitter10000/xml/1.xml" }, TAGS, "gmner",
		  "Twitter10000", "Twitter10000/Twitter10000_images" },
		{ { "a/my_data/twitter2015/valid/0_s.txt", "a/my_data/twitter2015/valid/0_l.txt",
		    "a/data/twitter2015/image/1/crop_person_1.jpg" }, "x", "umgf", "twitter2015",
		  "a/data/twitter2015/image" },
		{ { "mnre_train.txt" }, RELATIONS, "mnre", "release", "img_org/train" },
		{ { "tweets.bio", "pics/1.png" }, TAGS, "conll", "release", "pics" },
		{ { "train.txt" }, "", "conll", "release", "release_images" },
	};
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dataset dataset = DATASET_INIT;

		assert_int_equal(recognise(&dataset, rows[i].paths, rows[i].head, NULL, &err), 0);
		assert_string_equal(dataset.splits[0].layout, rows[i].layout);
		assert_string_equal(dataset.splits[0].set, rows[i].set);
		assert_string_equal(dataset.splits[0].images, rows[i].images);
		dataset_release(&dataset);
	}
}

static void test_two_sets_and_a_clash(void **state)
{
	static const char *const paths[] = { "a/twitter2015/dev.txt", "a/twitter2015/valid.txt",
					     "b/twitter2015/valid.txt", "notes/readme.txt", NULL };
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(recognise(&dataset, paths, TAGS, NULL, &err), 0);
	assert_int_equal(dataset.n_splits, 3);
	assert_string_equal(dataset.splits[0].text, "b/twitter2015/valid.txt");
	assert_string_equal(dataset.splits[0].set, "b_twitter2015");
	assert_string_equal(dataset.splits[1].text, "notes/readme.txt");
	assert_string_equal(dataset.splits[2].text, "a/twitter2015/dev.txt");
	dataset_release(&dataset);
}

static void test_nothing_says_what_was_looked_for(void **state)
{
	static const char *const paths[] = { "a/picture.jpg", "a/notes.txt", NULL };
	struct dataset dataset = DATASET_INIT;
	struct layout_options options = { .task = "re" };
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(recognise(&dataset, paths, "hello\nworld\n", NULL, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, "looked for"));
	assert_int_equal(recognise(&dataset, paths, TAGS, &options, &err), -1);
	assert_non_null(strstr(err.text, "for task re"));
	dataset_release(&dataset);
}

static void write_text(const char *folder, const char *name, const char *text)
{
	struct err err = ERR_INIT;
	char *path = file_join(folder, name);

	assert_int_equal(file_make_parents(path, &err), 0);
	assert_int_equal(file_write_all(path, text, strlen(text), &err), 0);
	free(path);
}

static void test_folder_on_disk(void **state)
{
	char folder[] = "/tmp/tagsight-layout-XXXXXX", path[128], wanted[160];
	struct layout_options options = { .split = "val", .images = "elsewhere" };
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_non_null(mkdtemp(folder));
	write_text(folder, "twitter2015/train.txt", TAGS);
	write_text(folder, "twitter2015/valid.txt", TAGS);
	write_text(folder, "twitter2015_images/1.jpg", "x");
	snprintf(path, sizeof(path), "%s/twitter2015", folder);
	assert_int_equal(layout_recognise(&dataset, path, NULL, &err), 0);
	assert_string_equal(dataset.layout, "umt");
	assert_string_equal(dataset.root, path);
	snprintf(wanted, sizeof(wanted), "%s/twitter2015_images", folder);
	assert_string_equal(dataset.splits[0].images, wanted);
	dataset_release(&dataset);

	assert_int_equal(layout_recognise(&dataset, folder, &options, &err), 0);
	assert_int_equal(dataset.n_splits, 1);
	assert_string_equal(dataset.splits[0].name, "valid");
	assert_string_equal(dataset.splits[0].images, "elsewhere");
	dataset_release(&dataset);

	snprintf(path, sizeof(path), "%s/twitter2015/valid.txt", folder);
	assert_int_equal(layout_recognise(&dataset, path, NULL, &err), 0);
	assert_string_equal(dataset.splits[0].name, "valid");
	assert_string_equal(dataset.splits[0].set, "twitter2015");
	assert_string_equal(dataset.splits[0].images, wanted);
	dataset_release(&dataset);

	assert_int_equal(layout_recognise(&dataset, "/nowhere/at/all", NULL, &err), -1);
	assert_int_equal(err.kind, ERR_SYSTEM);
	snprintf(path, sizeof(path), "rm -r %s", folder);
	assert_int_equal(system(path), 0);
}

static void test_standard_input(void **state)
{
	struct layout_options options = { .task = "re" };
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(layout_recognise(&dataset, "-", NULL, &err), 0);
	assert_string_equal(dataset.splits[0].text, "-");
	assert_int_equal(dataset.splits[0].task, TASK_NER);
	assert_null(dataset.splits[0].images);
	dataset_release(&dataset);
	assert_int_equal(layout_recognise(&dataset, "-", &options, &err), 0);
	assert_int_equal(dataset.splits[0].task, TASK_RE);
	dataset_release(&dataset);
}

static void test_research_data(void **state)
{
	static const struct {
		const char *folder, *layout;
		size_t splits;
	} rows[] = { { "twitter2015", "conll", 2 }, { "mnre", "mnre", 2 }, { "sample", "umt", 4 } };
	const char *shared = shared_folder();
	struct err err = ERR_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct dataset dataset = DATASET_INIT;
		char path[512];

		snprintf(path, sizeof(path), "%s/data/%s", shared, rows[i].folder);
		assert_int_equal(layout_recognise(&dataset, path, NULL, &err), 0);
		assert_string_equal(dataset.layout, rows[i].layout);
		assert_int_equal(dataset.n_splits, rows[i].splits);
		dataset_release(&dataset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sniff),
		cmocka_unit_test(test_split_names),
		cmocka_unit_test(test_hvpnet_ner),
		cmocka_unit_test(test_hvpnet_re),
		cmocka_unit_test(test_other_layouts), cmocka_unit_test(test_boxes_and_second_dict),
		cmocka_unit_test(test_two_sets_and_a_clash),
		cmocka_unit_test(test_nothing_says_what_was_looked_for),
		cmocka_unit_test(test_folder_on_disk),
		cmocka_unit_test(test_standard_input),
		cmocka_unit_test(test_research_data),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
