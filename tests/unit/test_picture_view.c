/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/unit/test.h"

#include "lib/base/buf.h"
#include "tui/graphics_priv.h"
#include "tui/tiles.h"
#include "tui/viewer.h"
#include "tui/zoom.h"

#include <string.h>
#include <sys/stat.h>
#include <time.h>

/* 80 by 40 cells of 10 x 20 pixels for a picture of 1600 x 400. */
static const struct zoom_room wide = { 1600, 400, 80, 40, 10, 20 };

static void test_whole(void **state)
{
	struct zoom zoom = ZOOM_INIT;
	struct zoom_view view;

	(void)state;
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 0);
	assert_int_equal(view.rect.y0, 0);
	assert_int_equal(view.rect.x1, 1600);
	assert_int_equal(view.rect.y1, 400);
	assert_int_equal(view.columns, 80);
	assert_int_equal(view.rows, 10);
}

static void test_nearer(void **state)
{
	struct zoom zoom = ZOOM_INIT;
	struct zoom_view view;

	(void)state;
	zoom_by(&zoom, 2);
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 400);
	assert_int_equal(view.rect.x1, 1200);
	assert_int_equal(view.rect.y1, 400);
	assert_int_equal(view.columns, 80);
	assert_int_equal(view.rows, 20);
	zoom_pan(&zoom, -0.25f, 5);
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 200);
	assert_int_equal(view.rect.y0, 0);
	zoom_pan(&zoom, 100, 0);
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 800);
	assert_int_equal(view.rect.x1, 1600);
	zoom_by(&zoom, 0.001f);
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 0);
	assert_int_equal(view.rect.x1, 1600);
}

static void test_centre(void **state)
{
	struct zoom zoom = ZOOM_INIT;
	struct zoom_view view;

	(void)state;
	zoom_by(&zoom, 8);
	zoom_look(&zoom, &wide, &view);
	zoom_centre(&zoom, &wide, 500, 200);
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 400);
	assert_int_equal(view.rect.x1, 600);
	zoom_centre(&zoom, &wide, -1e30f, 0.0f / 0.0f);
	zoom_look(&zoom, &wide, &view);
	assert_int_equal(view.rect.x0, 0);
	assert_int_equal(view.rect.y0, 0);
}

/* All of it, to the last pixel, whatever the float that says how it fits. */
static void test_whole_of_any_size(void **state)
{
	(void)state;
	for (int side = 1; side < 3000; side++) {
		struct zoom_room room = { side, side, 80, 16, 8, 16 };
		struct zoom zoom = ZOOM_INIT;
		struct zoom_view view;

		zoom_look(&zoom, &room, &view);
		assert_int_equal(view.rect.x1 - view.rect.x0, side);
		assert_int_equal(view.rect.y1 - view.rect.y0, side);
	}
}

/* Whatever the sizes are, something inside the picture is seen, in at least a cell and at most the room. */
static void test_any_size(void **state)
{
	static const int sides[] = { 1, 2, 20, 449, 8000, 30000 };

	(void)state;
	for (int w = 0; w < 6; w++)
		for (int h = 0; h < 6; h++)
			for (float factor = 1; factor < 100; factor *= 3) {
				struct zoom_room room = { sides[w], sides[h], 40, 9, 8, 16 };
				struct zoom zoom = ZOOM_INIT;
				struct zoom_view view;

				zoom_by(&zoom, factor);
				zoom_look(&zoom, &room, &view);
				zoom_pan(&zoom, factor, -factor);
				zoom_look(&zoom, &room, &view);
				assert_true(view.rect.x0 >= 0 && view.rect.x0 < view.rect.x1);
				assert_true(view.rect.y0 >= 0 && view.rect.y0 < view.rect.y1);
				assert_true(view.rect.x1 <= room.width && view.rect.y1 <= room.height);
				assert_in_range(view.columns, 1, 40);
				assert_in_range(view.rows, 1, 9);
			}
}

static void test_box_place(void **state)
{
	struct zoom_view view = { { 100, 50, 300, 150 }, 1, 1 };
	struct box box = { 100, 60, 200, 1e30f };
	struct image_rect rect = picture_box_place(&box, &view, 400, 200);

	(void)state;
	assert_int_equal(rect.x0, 0);
	assert_int_equal(rect.y0, 20);
	assert_int_equal(rect.x1, 200);
	assert_int_equal(rect.y1, 16384);
}

static void test_box_words(void **state)
{
	struct picture_box box = { .phrase = "the first woman", .class_name = "" };

	(void)state;
	assert_true(box_is_about(&box, "woman"));
	assert_true(box_is_about(&box, "first woman"));
	assert_true(box_is_about(&box, "#woman"));
	assert_true(box_is_about(&box, "to the first woman there"));
	assert_false(box_is_about(&box, "man"));
	assert_false(box_is_about(&box, "the woman"));
	assert_false(box_is_about(&box, "#"));
	assert_false(box_is_about(&box, ""));
	box.phrase = "";
	assert_false(box_is_about(&box, "woman"));
}

static void test_tiles(void **state)
{
	struct zoom_room strip = { 1, 1, 80, 4, 8, 16 }, whole = { 1, 1, 80, 20, 8, 16 };
	struct tiles tiles;

	(void)state;
	tiles_arrange(&tiles, 3, 1, &strip, true);
	assert_int_equal(tiles.columns, 9);
	assert_int_equal(tiles.across, 3);
	assert_int_equal(tiles.first, 0);
	tiles_arrange(&tiles, 30, 20, &strip, true);
	assert_int_equal(tiles.across, 8);
	assert_int_equal(tiles.first, 13);
	assert_int_equal(tiles.n, 8);
	tiles_arrange(&tiles, 4, 0, &whole, false);
	assert_int_equal(tiles.across, 2);
	assert_int_equal(tiles.down, 2);
	tiles_arrange(&tiles, 1000, 999, &whole, false);
	assert_int_equal(tiles.across, 13);
	assert_int_equal(tiles.down, 5);
	assert_true(tiles.first <= 999 && tiles.first + tiles.n == 1000);
}

static bool answers(struct terminal_answer *answer, const char *text)
{
	*answer = (struct terminal_answer){ false, 0, 0 };
	return terminal_answer_read(answer, text, strlen(text));
}

static void test_answers(void **state)
{
	struct terminal_answer answer;

	(void)state;
	assert_true(answers(&answer, "\033[6;20;9t\033[?62;4;22c"));
	assert_true(answer.sixel);
	assert_int_equal(answer.cell_width, 9);
	assert_int_equal(answer.cell_height, 20);
	assert_true(answers(&answer, "x\033[?1;2c"));
	assert_false(answer.sixel);
	/* A VT102 (6) is none that knows sixel; neither is a type of terminal 4. */
	assert_true(answers(&answer, "\033[?4c"));
	assert_false(answer.sixel);
	assert_false(answers(&answer, "\033[6;20"));
	assert_false(answers(&answer, "\033[?62;4"));
	assert_true(answers(&answer, "\033[6;999999;-4t\033[?6c"));
	assert_int_equal(answer.cell_width, 0);
}

static void test_viewer_words(void **state)
{
	char command[] = "  feh --scale\t-d ", room[64], *words[VIEWER_WORDS];
	char none[] = " ", many[] = "a b c d e f g h i j k l m n o p q";

	(void)state;
	assert_true(viewer_words(command, "-a b.jpg", room, sizeof(room), words));
	assert_string_equal(words[0], "feh");
	assert_string_equal(words[1], "--scale");
	assert_string_equal(words[2], "-d");
	assert_string_equal(words[3], "./-a b.jpg");
	assert_null(words[4]);
	assert_false(viewer_words(none, "a", room, sizeof(room), words));
	assert_false(viewer_words(many, "a", room, sizeof(room), words));
}

/* What the viewer wrote, once it has. */
static void wait_for_file(const char *path, struct buf *text)
{
	struct timespec pause = { 0, 10000000 };
	FILE *file = NULL;
	char line[256];

	for (int i = 0; i < 1000 && !file; i++) {
		file = fopen(path, "r");
		if (!file)
			nanosleep(&pause, NULL);
	}
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		buf_add_string(text, line);
	fclose(file);
}

/* The viewer is run as it is, with the path in one piece and no terminal. */
static void test_viewer_runs(void **state)
{
	static const char name[] = "a 'b'; c.jpg";
	char folder[] = "/tmp/tagsight-test-XXXXXX", script[64], out[64], command[80];
	struct err err = ERR_INIT;
	struct buf text = BUF_INIT;
	FILE *file;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(script, sizeof(script), "%s/view", folder);
	snprintf(out, sizeof(out), "%s/out", folder);
	snprintf(command, sizeof(command), "%s -x", script);
	file = fopen(script, "w");
	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n{ echo \"$#:$1:$2\"; tty; } >%s.new\nmv %s.new %s\n", out, out, out);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(script, 0700), 0);
	setenv("TAGSIGHT_VIEWER", command, 1);
	assert_int_equal(viewer_open(name, &err), 0);
	wait_for_file(out, &text);
	assert_string_equal(text.data, "2:-x:a 'b'; c.jpg\nnot a tty\n");
	buf_release(&text);
	unlink(script);
	unlink(out);
	assert_int_equal(rmdir(folder), 0);
}

static void test_no_viewer(void **state)
{
	struct err err = ERR_INIT;

	(void)state;
	setenv("TAGSIGHT_VIEWER", "/nonexistent/viewer --x", 1);
	assert_int_equal(viewer_open("a.jpg", &err), -1);
	assert_string_equal(err.text, "cannot start '/nonexistent/viewer': No such file or directory; "
				      "TAGSIGHT_VIEWER names another program");
	unsetenv("TAGSIGHT_VIEWER");
	unsetenv("DISPLAY");
	unsetenv("WAYLAND_DISPLAY");
	assert_int_equal(viewer_open("a.jpg", &err), -1);
	assert_non_null(strstr(err.text, "no display"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),	     cmocka_unit_test(test_nearer),
		cmocka_unit_test(test_centre),	     cmocka_unit_test(test_any_size),    cmocka_unit_test(test_whole_of_any_size),
		cmocka_unit_test(test_box_place),    cmocka_unit_test(test_box_words),    cmocka_unit_test(test_tiles),
		cmocka_unit_test(test_answers),	     cmocka_unit_test(test_viewer_words),
		cmocka_unit_test(test_viewer_runs),  cmocka_unit_test(test_no_viewer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
