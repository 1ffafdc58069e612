/* SPDX-License-Identifier: Apache-2.0 */
/* Boxes of other tools: every form of file gives the same boxes, and phrases find them. */
#include "lib/base/file.h"
#include "lib/image/image.h"
#include "preprocess/ground/box_file_grounder.h"
#include "preprocess/ground/box_index.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>
#include <sys/stat.h>

static const char lines[] =
	"{\"image\":\"a/8.jpg\",\"box\":[10,20,30,60],\"score\":0.5,\"class\":\"dog\"}\n"
	"{\"image\":\"9.png\",\"box\":[1,2,3,4],\"phrase\":\"Big Ben\"}\n"
	"{\"image\":\"8.jpg\",\"box\":[-5,0,500.5,70],\"score\":0.25,\"class\":\"person\"}\n";

static const char results[] =
	"[{\"image_id\":8,\"category_id\":3,\"bbox\":[10,20,20,40],\"score\":0.5},\n"
	" {\"image_id\":8,\"category_id\":1,\"bbox\":[-5,0,505.5,70],\"score\":0.25}]";

/* The names come last, and what is none of COCO's is stepped over. */
static const char instances[] =
	"{\"info\":{\"a\":[\"}]\",{\"b\":\"\\\"\"}],\"year\":2020},\"licenses\":[],\"version\":1,\n"
	"\"annotations\":[{\"image_id\":70,\"category_id\":3,\"bbox\":[10,20,20,40],\"score\":0.5},\n"
	"{\"image_id\":70,\"category_id\":1,\"bbox\":[-5,0,505.5,70],\"score\":0.25}],\n"
	"\"categories\":[{\"id\":3,\"name\":\"dog\"},{\"id\":1,\"name\":\"person\"}],\n"
	"\"images\":[{\"id\":70,\"file_name\":\"000008.jpg\"},{\"id\":71,\"file_name\":\"9.jpg\"}]}\n";

static void assert_boxes(const char *text, const char *dog, const char *person)
{
	char *path = temporary_text(text);
	struct err err = ERR_INIT;
	struct box_index index;
	const struct indexed_box *boxes;
	size_t n;
	int rc = box_index_read(&index, path, NULL, NULL, &err);

	if (rc < 0)
		print_message("%s\n", err.text);
	assert_int_equal(rc, 0);
	boxes = box_index_find(&index, "8.jpg", &n);
	assert_int_equal(n, 2);
	assert_string_equal(str_table_text(&index.classes, boxes[0].class_id), dog);
	assert_float_equal(boxes[0].box.x0, 10, 0);
	assert_float_equal(boxes[0].box.y1, 60, 0);
	assert_float_equal(boxes[0].score, 0.5, 0);
	assert_string_equal(str_table_text(&index.classes, boxes[1].class_id), person);
	assert_float_equal(boxes[1].box.x0, -5, 0);
	assert_float_equal(boxes[1].box.x1, 500.5, 0);
	assert_null(box_index_find(&index, "80.jpg", &n));
	assert_int_equal(n, 0);
	box_index_release(&index);
	temporary_remove(path);
}

static void test_every_form(void **state)
{
	(void)state;
	assert_boxes(lines, "dog", "person");
	assert_boxes(results, "3", "1");
	assert_boxes(instances, "dog", "person");
}

static void test_voc_folder(void **state)
{
	static const char xml[] =
		"<annotation><filename>C:\\1.jpg</filename><object><name>Big Ben</name><bndbox>"
		"<xmin>1</xmin><ymin>2</ymin><xmax>30</xmax><ymax>40</ymax></bndbox></object></annotation>";
	char folder[] = "/tmp/tagsight-boxes-XXXXXX", path[64];
	struct err err = ERR_INIT;
	struct box_index index;
	const struct indexed_box *boxes;
	size_t n;

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(box_index_read(&index, folder, NULL, NULL, &err), -1);
	assert_non_null(strstr(err.text, "no .xml in the folder"));
	snprintf(path, sizeof(path), "%s/O_7.xml", folder);
	assert_int_equal(file_write_all(path, xml, strlen(xml), &err), 0);
	assert_int_equal(box_index_read(&index, folder, NULL, NULL, &err), 0);
	boxes = box_index_find(&index, "O_7.jpg", &n);
	assert_int_equal(n, 1);
	assert_string_equal(str_table_text(&index.classes, boxes[0].class_id), "Big Ben");
	assert_float_equal(boxes[0].box.x0, 0, 0);
	assert_float_equal(boxes[0].box.y0, 1, 0);
	assert_float_equal(boxes[0].box.x1, 30, 0);
	box_index_release(&index);
	unlink(path);
	rmdir(folder);
}

static void count(void *context, const struct err *err)
{
	++*(size_t *)context;
	assert_int_equal(err->kind, ERR_DATA);
	assert_true(err->line > 0);
}

static void test_bad_boxes(void **state)
{
	static const struct {
		const char *line, *message;
	} cases[] = {
		{ "{\"image\":\"8.jpg\",\"box\":[5,5,5,9]}", "the box is empty" },
		{ "{\"image\":\"8.jpg\",\"box\":[5,9,8,2]}", "the box is empty" },
		{ "{\"image\":\"8.jpg\",\"bbox\":[5,9,-8,2]}", "the box is empty" },
		{ "{\"image\":\"8.jpg\",\"box\":[0,0,1e300,2]}", "beyond any picture" },
		{ "{\"image\":\"8.jpg\",\"box\":[0,0,1,2],\"score\":7}", "not in 0..1" },
		{ "{\"image\":\"8.jpg\",\"box\":[0,0,1]}", "no \"box\" of four corners" },
		{ "{\"image\":\"8.jpg\",\"box\":[0,0,1,null]}", "no \"box\" of four corners" },
		{ "{\"box\":[0,0,1,1]}", "without a picture" },
	};
	char text[512];
	struct err err;
	struct box_index index;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		size_t n_bad = 0, n;
		char *path;

		snprintf(text, sizeof(text), "\n%s\n%s", cases[i].line, lines);
		path = temporary_text(text);
		err = (struct err)ERR_INIT;
		assert_int_equal(box_index_read(&index, path, NULL, NULL, &err), -1);
		assert_int_equal(err.line, 2);
		assert_non_null(strstr(err.text, cases[i].message));
		assert_int_equal(box_index_read(&index, path, count, &n_bad, &err), 0);
		assert_int_equal(n_bad, 1);
		assert_int_equal(index.bad, 1);
		box_index_find(&index, "8.jpg", &n);
		assert_int_equal(n, 2);
		box_index_release(&index);
		temporary_remove(path);
	}
}

static void test_no_boxes_at_all(void **state)
{
	static const char *const texts[] = { "{\"image\":\"8\",\"box\":", "{\"info\":{\"a\":[1,", "nothing",
					     "{\"images\":[],\"x\":3}", "{\"images\":3}", "[{}" };
	struct box_index index;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct err err = ERR_INIT;
		char *path = temporary_text(texts[i]);

		assert_int_equal(box_index_read(&index, path, NULL, NULL, &err), -1);
		assert_int_equal(err.kind, ERR_DATA);
		temporary_remove(path);
	}
}

static const struct image picture = { .width = 100, .height = 50 };

static struct grounded *look(const char *text, const char *name, const struct phrase *phrases,
			     size_t n_phrases, float threshold, size_t *n, struct arena *arena)
{
	char *path = temporary_text(text);
	const struct box_file_options options = { .threshold = threshold };
	struct err err = ERR_INIT;
	struct grounder *grounder = box_file_grounder_new(path, &options, &err), *clone;
	struct grounded *found;

	assert_non_null(grounder);
	assert_int_equal(strlen(grounder->model_sha256), 64);
	clone = grounder->clone(grounder, &err);
	assert_non_null(clone);
	grounder->free(grounder);
	assert_int_equal(clone->ground(clone, &picture, name, phrases, n_phrases, &found, n, arena, &err), 0);
	for (size_t i = 0; i < *n; i++)
		found[i].class_name = arena_copy(arena, found[i].class_name);
	clone->free(clone);
	temporary_remove(path);
	return found;
}

static void test_phrases_find_boxes(void **state)
{
	static const struct phrase phrases[] = { { "my puppy", PHRASE_NOUN }, { "Ann", PHRASE_PERSON },
						 { "BIG ben", PHRASE_LOCATION } };
	struct arena arena = ARENA_INIT;
	struct grounded *found;
	size_t n;

	(void)state;
	found = look(lines, "8.jpg", phrases, 3, 0, &n, &arena);
	assert_int_equal(n, 3);
	assert_int_equal(found[0].phrase, 1);
	assert_float_equal(found[0].box.x0, 0, 0);
	assert_float_equal(found[0].box.x1, 100, 0);
	assert_float_equal(found[0].box.y1, 50, 0);
	assert_int_equal(found[1].phrase, 0);
	assert_int_equal(found[2].phrase, 2);
	assert_string_equal(found[2].class_name, WHOLE_PICTURE);
	found = look(lines, "9.jpg", phrases, 3, 0, &n, &arena);
	assert_int_equal(n, 1);
	assert_int_equal(found[0].phrase, 2);
	assert_float_equal(found[0].score, 1, 0);
	found = look(lines, "8.jpg", NULL, 0, 0.3f, &n, &arena);
	assert_int_equal(n, 1);
	assert_string_equal(found[0].class_name, "dog");
	arena_release(&arena);
}

/* What a manifest calls the whole picture comes last, and only for its phrase. */
static void test_manifest_again(void **state)
{
	static const char manifest[] =
		"{\"image\":\"8.jpg\",\"record\":\"IMGID:8\",\"phrase\":\"Rome\",\"kind\":\"location\",\"box\":"
		"[0,0,100,50],\"score\":0,\"class\":\"whole-picture\",\"crop\":\"8_pred_yolo_crop_1.png\"}\n"
		"{\"image\":\"8.jpg\",\"record\":\"IMGID:8\",\"phrase\":\"\",\"kind\":\"\",\"box\":[1,1,9,9],"
		"\"score\":0.5,\"class\":\"dog\",\"crop\":\"8_pred_yolo_crop_0.png\"}\n"
		"{\"image\":\"8.jpg\",\"phrase\":\"far\",\"box\":[100,0,110,9]}\n";
	static const struct phrase phrases[] = { { "Oslo", PHRASE_LOCATION }, { "Rome", PHRASE_LOCATION },
						 { "far", PHRASE_NOUN } };
	struct arena arena = ARENA_INIT;
	struct grounded *found;
	size_t n;

	(void)state;
	found = look(manifest, "8.jpg", phrases, 3, 0, &n, &arena);
	assert_int_equal(n, 3);
	assert_string_equal(found[0].class_name, "dog");
	assert_int_equal(found[0].phrase, GROUNDED_NO_PHRASE);
	assert_int_equal(found[1].phrase, 1);
	assert_string_equal(found[1].class_name, WHOLE_PICTURE);
	assert_int_equal(found[2].phrase, 0);
	found = look(manifest, "8.jpg", NULL, 0, 0, &n, &arena);
	assert_int_equal(n, 1); /* the dog; the box of "far" is outside */
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_form),
		cmocka_unit_test(test_voc_folder),
		cmocka_unit_test(test_bad_boxes),
		cmocka_unit_test(test_no_boxes_at_all),
		cmocka_unit_test(test_phrases_find_boxes),
		cmocka_unit_test(test_manifest_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
