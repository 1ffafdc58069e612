/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records with their phrases and boxes, from manifests in any order and with lines that are none; and the
 * text of pages.
 */
#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/formats/html.h"
#include "preprocess/ground/view.h"
#include "tests/unit/test.h"

#include <string.h>
#include <sys/stat.h>

static void assert_escaped(const char *text, const char *want)
{
	struct buf out = BUF_INIT;

	html_add_text(&out, text);
	assert_string_equal(out.data, want);
	buf_release(&out);
}

static void test_text_is_no_markup(void **state)
{
	(void)state;
	assert_escaped("<b a=\"x\" c='&'>", "&lt;b a=&quot;x&quot; c=&#39;&amp;&#39;&gt;");
	assert_escaped("caf\xc3\xa9 \xe6\x97\xa5", "caf\xc3\xa9 \xe6\x97\xa5");
	assert_escaped("\x01|\xff|\xc3|\x7f|\xef\xbf\xbf",
		       "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd");
}

/* The test vectors of RFC 4648. */
static void test_base64(void **state)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
						{ "foob", "Zm9vYg==" }, { "fooba", "Zm9vYmE=" },
						{ "foobar", "Zm9vYmFy" } };

	(void)state;
	for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++) {
		struct buf out = BUF_INIT;

		base64_add(&out, pairs[i][0], strlen(pairs[i][0]));
		assert_string_equal(out.data, pairs[i][1]);
		buf_release(&out);
	}
}

/* ---- views ---- */

static char root[] = ".", text[] = "text", set[] = "s", name[] = "t";

static int enter_folder(void **state)
{
	char *folder = strdup("/tmp/tagsight-view-XXXXXX");

	*state = folder;
	return mkdtemp(folder) && chdir(folder) == 0 && mkdir("tagsight", 0700) == 0 ? 0 : -1;
}

static int leave_folder(void **state)
{
	char command[128];

	snprintf(command, sizeof(command), "rm -rf '%s'", (char *)*state);
	free(*state);
	return chdir("/") == 0 && system(command) == 0 ? 0 : -1;
}

static void write_file(const char *path, const char *content)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_write_all(path, content, strlen(content), &err), 0);
}

#define LINE(record, phrase, kind, box, score) \
	"{\"image\":\"8.jpg\",\"record\":\"" record "\",\"phrase\":\"" phrase "\",\"kind\":\"" kind \
	"\",\"box\":" box ",\"score\":" score ",\"class\":\"c\",\"crop\":\"x.png\",\"model\":\"m\"," \
	"\"model_sha256\":\"0\",\"version\":\"1\"}\n"

static void write_tweets(void)
{
	write_file(text, "IMGID:8\nold\tO\nBig\tB-LOC\nBen\tI-LOC\n\nIMGID:9\nAnn\tB-PER\n\n");
	write_file("tagsight/s-t.phrases.jsonl",
		   "{\"id\":\"8\",\"phrases\":[{\"text\":\"Big Ben\",\"kind\":\"location\",\"begin\":0,\"end\":9},"
		   "{\"text\":\"a clock\",\"kind\":\"noun-phrase\"}]}\n"
		   "{\"id\":\"9\",\"phrases\":[{\"text\":\"Ann\",\"kind\":\"person\",\"begin\":0,\"end\":1}]}\n");
}

struct viewed {
	struct ground_view *view;
	struct arena arena;
	struct viewed_record record;
};

static struct viewed open_view(void)
{
	static struct split split = { .task = TASK_NER, .layout = "conll", .set = set, .name = name, .text = text };
	struct dataset dataset = { root, "conll", &split, 1 };
	struct viewed viewed = { .arena = ARENA_INIT };
	struct err err = ERR_INIT;

	viewed.view = ground_view_open(&dataset, &split, &err);
	assert_non_null(viewed.view);
	return viewed;
}

static enum read_status next(struct viewed *viewed, struct err *err)
{
	return ground_view_next(viewed->view, &viewed->record, &viewed->arena, err);
}

static void close_view(struct viewed *viewed)
{
	ground_view_close(viewed->view);
	arena_release(&viewed->arena);
}

static void test_boxes_find_their_records_in_any_order(void **state)
{
	struct err err = ERR_INIT;
	struct viewed viewed;

	(void)state;
	write_tweets();
	write_file("tagsight/s-t.boxes.jsonl",
		   LINE("IMGID:9", "Ann", "person", "[1,2,3,4]", "0.5")
		   LINE("IMGID:8", "", "", "[5,6,7,8]", "0.4")
		   LINE("IMGID:7", "", "", "[5,6,7,8]", "0.4")
		   LINE("IMGID:8", "Big Ben", "location", "[0,0,1,1]", "1e300"));
	viewed = open_view();
	assert_true(ground_view_has_manifest(viewed.view));
	assert_int_equal(next(&viewed, &err), READ_OK);
	assert_int_equal(viewed.record.n_boxes, 2);
	assert_true(viewed.record.boxes[0].phrase == GROUNDED_NO_PHRASE);
	assert_true(viewed.record.boxes[0].entry.box.x0 == 5);
	assert_int_equal(viewed.record.boxes[1].phrase, 0);
	assert_true(viewed.record.boxes[1].entry.score == 0);
	assert_int_equal(viewed.record.phrases[0].boxes, 1);
	/* Its line says words 0 to 9, which are others. */
	assert_int_equal(viewed.record.phrases[0].begin, 1);
	assert_int_equal(viewed.record.phrases[0].end, 3);
	assert_int_equal(viewed.record.phrases[1].boxes, 0);
	assert_int_equal(viewed.record.phrases[1].end, 0);
	assert_int_equal(next(&viewed, &err), READ_OK);
	assert_int_equal(viewed.record.n_boxes, 1);
	assert_int_equal(next(&viewed, &err), READ_EOF);
	close_view(&viewed);
}

static void test_lines_that_are_none_are_counted(void **state)
{
	const struct err *first;
	struct err err = ERR_INIT;
	struct viewed viewed;

	(void)state;
	write_tweets();
	write_file("tagsight/s-t.boxes.jsonl", "\nnot JSON\n{\"phrase\":\"Ann\"}\n"
		   LINE("IMGID:8", "", "", "[5,6,7]", "0.4")
		   LINE("IMGID:8", "", "", "[5,6,7,1e300]", "0.4")
		   LINE("IMGID:8", "", "", "[5,6,7,8]", "0.4") "{\"record\":\"IMGID:8\"");
	viewed = open_view();
	assert_int_equal(next(&viewed, &err), READ_OK);
	assert_int_equal(viewed.record.n_boxes, 1);
	assert_int_equal(ground_view_bad_lines(viewed.view, &first), 5);
	assert_int_equal(first->line, 2);
	close_view(&viewed);
}

static void test_without_files_phrases_are_made_and_there_are_no_boxes(void **state)
{
	struct err err = ERR_INIT;
	struct viewed viewed;

	(void)state;
	write_tweets();
	unlink("tagsight/s-t.phrases.jsonl");
	unlink("tagsight/s-t.boxes.jsonl");
	viewed = open_view();
	assert_false(ground_view_has_manifest(viewed.view));
	assert_int_equal(next(&viewed, &err), READ_OK);
	assert_string_equal(viewed.record.phrases[0].text, "Big Ben");
	assert_int_equal(viewed.record.phrases[0].begin, 1);
	assert_int_equal(viewed.record.n_boxes, 0);
	close_view(&viewed);
	assert_false(file_exists("tagsight/s-t.phrases.jsonl"));
}

static void test_phrases_of_another_text_are_refused(void **state)
{
	struct err err = ERR_INIT;
	struct viewed viewed;

	(void)state;
	write_tweets();
	write_file("tagsight/s-t.phrases.jsonl", "{\"id\":\"9\",\"phrases\":[]}\n");
	viewed = open_view();
	assert_int_equal(next(&viewed, &err), READ_FAIL);
	assert_string_equal(err.text, "these phrases are of '9' and the text goes on with '8'; run 'tagsight "
				      "phrases' again");
	close_view(&viewed);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text_is_no_markup),
		cmocka_unit_test(test_base64),
		cmocka_unit_test(test_boxes_find_their_records_in_any_order),
		cmocka_unit_test(test_lines_that_are_none_are_counted),
		cmocka_unit_test(test_without_files_phrases_are_made_and_there_are_no_boxes),
		cmocka_unit_test(test_phrases_of_another_text_are_refused),
	};

	return cmocka_run_group_tests_name("ground view", tests, enter_folder, leave_folder);
}
