/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/darknet_grounder.h"
#include "inference/systems/grounder_open.h"
#include "inference/vision/darknet.h"
#include "lib/image/decode.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

static void test_phrases(void **state)
{
	static const struct phrase phrases[] = { { "my dog", PHRASE_NOUN }, { "a bike", PHRASE_NOUN } };
	const struct grounder_options options = { .threshold = 0 };
	struct arena arena = ARENA_INIT;
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;
	struct grounder *first, *grounder;
	struct grounded *found;
	char path[600];
	size_t n;

	(void)state;
	snprintf(path, sizeof(path), "%s/models/yolo-fastest-1.1-xl.weights", shared_folder());
	first = grounder_open(path, &options, &err);
	if (!first)
		fail_msg("%s: %s", err.file, err.text);
	assert_string_equal(first->name, "yolo-fastest-1.1-xl");
	assert_true(first->settings && strncmp(first->settings, "cfg ", 4) == 0);
	grounder = first->clone(first, &err);
	first->free(first);
	snprintf(path, sizeof(path), "%s/data/images/dog.jpg", shared_folder());
	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	assert_int_equal(grounder->ground(grounder, &image, "dog.jpg", phrases, 2, &found, &n, &arena, &err), 0);
	assert_true(n >= 2);
	for (size_t i = 0; i < 2; i++)
		assert_string_equal(found[i].class_name, found[i].phrase == 0 ? "dog" : "bicycle");
	assert_int_equal(found[0].phrase + found[1].phrase, 1);
	for (size_t i = 0; i < n; i++)
		assert_true(found[i].box.x0 >= 0 && found[i].box.x1 <= (float)image.width);
	image_release(&image);
	arena_release(&arena);
	grounder->free(grounder);
}

/* A network that a cfg text describes, or NULL with the error. */
static struct darknet_model *build(const char *text, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct darknet_model *model = NULL;
	struct darknet_cfg cfg;

	*err = (struct err)ERR_INIT;
	if (darknet_cfg_parse(&cfg, text, strlen(text), "x.cfg", &arena, err) == 0)
		model = darknet_new(&cfg, &(struct darknet_options){ 0 }, err);
	arena_release(&arena);
	return model;
}

static void refused(const char *text, size_t line, const char *message)
{
	struct err err;

	assert_null(build(text, &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_int_equal(err.line, line);
	if (!strstr(err.text, message))
		fail_msg("'%s' instead of '%s'", err.text, message);
}

#define NET "[net]\nwidth=32\nheight=32\n"

#define HEAD NET "[convolutional]\nfilters=6\n[yolo]\nmask=0\n"

static void test_bad_cfg(void **state)
{
	(void)state;
	refused("", 0, "does not begin with [net]");
	refused("[convolutional]\n", 1, "does not begin with [net]");
	refused(NET "filters\n", 4, "'filters' is no key=value");
	refused(NET "[lstm]\n", 4, "[lstm]: a layer of this kind is not supported");
	refused(NET "[convolutional]\nfilters=1000000\n", 5, "not a number from 1 to 65536");
	refused(NET "[convolutional]\nactivation=stair\n", 5, "activation 'stair' is not supported");
	refused(NET "[convolutional]\ndilation=2\n", 5, "dilation=2 of [convolutional] is not supported");
	refused(NET "[convolutional]\nsize=3\n[route]\nlayers=1\n", 7, "layer 1 is not before this one");
	refused(NET "[convolutional]\nsize=3\n[route]\nlayers=-5\n", 7, "layer -5 is not before this one");
	refused(NET "[convolutional]\nfilters=5\nactivation=linear\n[yolo]\nmask=0\nanchors=1,2\nclasses=1\n", 7,
		"1 anchors of 1 classes need 6 filters before it, not 5");
	refused(NET "[convolutional]\n", 0, "has no [yolo] or [region] layer");
	refused("[net]\nwidth=100000\nheight=100000\n", 3, "height is '100000', not a number from 1 to 8192");
	refused("[net]\nletter_box=2\n", 2, "letter_box is '2', not a number from 0 to 1");
	refused("[net]\nchannels=1\n", 2, "channels is '1'; only 3 is served");
	refused(HEAD "anchors=nan,nan\n", 8, "anchors: 'nan,nan' is no list of numbers");
	refused(HEAD "anchors=1e30,1\n", 6, "an anchor is no size");
	refused(HEAD "anchors=1,2\nclasses=1000000\n", 9, "classes is '1000000', not a number from 1 to 10000");
	refused(HEAD "anchors=1,2\nclasses=1\nbeta_nms=nan\n", 10, "beta_nms is 'nan', not a number");
	refused(HEAD "anchors=1,2\nclasses=1\nthresh=1.5\n", 10, "thresh is '1.5', not a number from 0 to 1");
	refused("[net]\nwidth=8192\nheight=8192\n[convolutional]\nfilters=60000\nactivation=linear\n[yolo]\n"
		"mask=0\nanchors=1,2\nclasses=59995\n", 10, "not a number from 1 to 10000");
	refused("[net]\nwidth=8192\nheight=8192\n[convolutional]\nfilters=6000\nactivation=linear\n[yolo]\n"
		"mask=0\nanchors=1,2\nclasses=5995\n", 4, "is too large");
}

#define TINY NET "[convolutional]\nfilters=6\nactivation=linear\n[yolo]\nmask=0\nanchors=1,2\nclasses=1\n"
#define NUMBERS 24 /* 6 filters of 3 channels, and 6 biases */

static void weights_refused(size_t numbers, float last, const char *message)
{
	struct err err = ERR_INIT;
	struct darknet_model *model = build(TINY, &err);
	float values[5 + NUMBERS + 2] = { 0 };
	FILE *stream;
	char *path = temporary_text("");

	assert_non_null(model);
	memcpy(values, (int[]){ 0, 2, 0 }, 3 * sizeof(int));
	values[5 + numbers - 1] = last;
	stream = fopen(path, "wb");
	assert_non_null(stream);
	assert_int_equal(fwrite(values, sizeof(*values), 5 + numbers, stream), 5 + numbers);
	assert_int_equal(fclose(stream), 0);
	if (message) {
		assert_int_equal(darknet_load_file(model, path, &err), -1);
		if (!strstr(err.text, message))
			fail_msg("'%s' instead of '%s'", err.text, message);
		assert_string_equal(err.file, path);
	} else {
		assert_int_equal(darknet_load_file(model, path, &err), 0);
	}
	darknet_free(model);
	temporary_remove(path);
}

static void test_bad_weights(void **state)
{
	const float nothing = 0;

	(void)state;
	weights_refused(NUMBERS, 1, NULL);
	weights_refused(NUMBERS - 1, 1, "holds 23 numbers, but 'x.cfg' asks for 24: it is of a smaller network");
	weights_refused(NUMBERS + 1, 1, "holds 25 numbers, but 'x.cfg' asks for 24: it is of a larger network");
	weights_refused(NUMBERS, nothing / nothing, "number 23 is not finite");
}

/* Weights that are finite may still be of another network, in which values grow until they are no numbers. */
static void test_overflow(void **state)
{
	struct err err = ERR_INIT;
	struct darknet_model *model = build(TINY, &err);
	struct darknet_candidates found = { NULL, 0, 0 };
	float values[6] = { 0, 0, 0, 0, INFINITY, 0 };
	const struct map map = { values, 1, 1, 0, 6 };
	struct darknet_head head;

	(void)state;
	assert_non_null(model);
	head = *darknet_head(model, 0);
	head.width = head.height = 1;
	assert_int_equal(darknet_head_candidates(&head, &map, 0, 0.5f, &found, &err), -1);
	assert_int_equal(err.kind, ERR_DATA);
	values[4] = 9;
	assert_int_equal(darknet_head_candidates(&head, &map, 0, 0.1f, &found, &err), 0);
	free(found.items);
	darknet_free(model);
}

static struct grounder *open_with(const char *cfg, const char *names, double threshold, struct err *err)
{
	const struct grounder_options options = { .config = cfg, .names = names, .threshold = threshold };

	*err = (struct err)ERR_INIT;
	return grounder_open("tests/oracle/darknet_layers/original.weights", &options, err);
}

static void names_refused(const char *text, const char *message)
{
	char *names = temporary_text(text);
	struct err err;

	assert_null(open_with(NULL, names, 0, &err));
	if (!strstr(err.text, message))
		fail_msg("'%s' instead of '%s'", err.text, message);
	temporary_remove(names);
}

static void test_names(void **state)
{
	struct err err;

	(void)state;
	names_refused("", "names 0 classes, but the network has 2");
	names_refused("dog\n", "names 1 classes, but the network has 2");
	names_refused("dog\n\nperson\ncat\n", "more names than the network's 2 classes");
	assert_null(open_with(NULL, NULL, 0, &err));
	assert_non_null(strstr(err.text, "the network has 2 classes, and there is no "));
}

/* original.cfg with `line` as the last of its last section. */
static char *cfg_with(const char *line)
{
	char text[4096];
	FILE *stream = fopen("tests/oracle/darknet_layers/original.cfg", "r");
	size_t n;

	assert_non_null(stream);
	n = fread(text, 1, sizeof(text) - 100, stream);
	fclose(stream);
	snprintf(text + n, 100, "%s\n", line);
	return temporary_text(text);
}

static size_t boxes_with(const char *line, double threshold)
{
	unsigned char rgb[3 * 16 * 16];
	const struct image image = { 16, 16, rgb };
	char *names = temporary_text("dog\nperson\n"), *cfg = cfg_with(line);
	struct arena arena = ARENA_INIT;
	struct grounded *found;
	struct grounder *grounder;
	struct err err;
	size_t n;

	for (size_t i = 0; i < sizeof(rgb); i++)
		rgb[i] = (unsigned char)(i * 37);
	grounder = open_with(cfg, names, threshold, &err);
	if (!grounder)
		fail_msg("%s", err.text);
	assert_int_equal(grounder->ground(grounder, &image, "", NULL, 0, &found, &n, &arena, &err), 0);
	grounder->free(grounder);
	arena_release(&arena);
	temporary_remove(names);
	temporary_remove(cfg);
	return n;
}

/* The threshold of the cfg holds where the caller gives none. */
static void test_threshold(void **state)
{
	size_t usual = boxes_with("", 0), all = boxes_with("thresh=0.01", 0);

	(void)state;
	assert_true(usual > 0 && all > usual);
	assert_int_equal(boxes_with("thresh=0.99", 0), 0);
	assert_int_equal(boxes_with("thresh=0.99", 0.25), usual);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_phrases),
		cmocka_unit_test(test_bad_cfg),
		cmocka_unit_test(test_bad_weights),
		cmocka_unit_test(test_overflow),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_threshold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
