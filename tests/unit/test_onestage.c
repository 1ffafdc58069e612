/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_grounder.h"
#include "lib/image/decode.h"
#include "lib/image/turn.h"
#include "tests/unit/golden_set.h"

#include <string.h>

/* Of a corner at 256 pixels: four times what the original differs from its float64 run by. */
#define CORNER_TOLERANCE 0.02

/* The originals' own float noise reaches 2e-5 of these. */
static double tolerance_of(double largest)
{
	return GOLDEN_TOLERANCE * largest;
}

struct stage {
	struct golden_set set;
	struct onestage *model;
	struct onestage_state *state;
	struct image image;
	struct area_letterbox letterbox;
	json_int_t picture; /* index of the picture that was looked at, or -1 */
};

static void fail_with(const struct err *err)
{
	char text[1400];

	fail_msg("%s", err_format(err, text, sizeof(text)));
}

static void open_stage(struct stage *stage, const char *name, const char *words, uint64_t seed)
{
	struct err err = ERR_INIT;
	char *path;

	golden_open(&stage->set, name, (const char *const[]){ NULL });
	path = generated_weights(golden_path(&stage->set, "spec.tsv"), (const char *const[]){ "", NULL }, seed);
	stage->model = onestage_open(path, &(struct onestage_options){ .words = golden_path(&stage->set, words) },
				     &err);
	/* The file is mapped: its name may go at once, so that no failure leaves it behind. */
	temporary_remove(path);
	if (!stage->model)
		fail_with(&err);
	stage->state = onestage_state_new(stage->model, 2, &err);
	assert_non_null(stage->state);
	stage->image = (struct image)IMAGE_INIT;
	stage->picture = -1;
}

static void close_stage(struct stage *stage)
{
	image_release(&stage->image);
	onestage_state_free(stage->state);
	onestage_free(stage->model);
	golden_close(&stage->set);
}

static void read_picture(struct stage *stage, const json_t *item)
{
	struct image_info info;
	struct err err = ERR_INIT;

	image_release(&stage->image);
	if (image_decode_file(&stage->image, golden_shared(&stage->set, json_object_get(item, "picture")), NULL,
			      &info, &err) < 0 ||
	    image_turn(&stage->image, info.orientation, &err) < 0)
		fail_with(&err);
}

/* The first `channels` planes of a golden against rows of `width` numbers. */
static void check_rows(const struct stage *stage, const char *name, const float *rows, size_t width)
{
	const struct tensor *wanted = safetensors_find(&stage->set.tensors, name);
	double off = 0, largest = 0;
	size_t places;

	if (!wanted)
		fail_msg("there is no golden '%s'", name);
	places = wanted->elements / wanted->shape[0];
	for (size_t i = 0; i < wanted->elements; i++) {
		float value, got = rows[i % places * width + i / places];

		memcpy(&value, wanted->data + i * sizeof(value), sizeof(value));
		largest = fmax(largest, fabs((double)value));
		off = fmax(off, isnan(got) ? INFINITY : fabs((double)value - (double)got));
	}
	if (!(off <= tolerance_of(largest)))
		fail_msg("%s: off by %g where values reach %g", name, off, largest);
}

static void look(struct stage *stage, const json_t *item, json_int_t picture)
{
	float *visual = malloc(ONESTAGE_PLACES * stage->model->heads.width * sizeof(*visual));
	struct image square = IMAGE_INIT;
	struct err err = ERR_INIT;

	read_picture(stage, item);
	area_letterbox_place(&stage->letterbox, stage->image.width, stage->image.height, ONESTAGE_SIDE);
	assert_int_equal(area_letterbox_image(&square, &stage->image, &stage->letterbox, &err), 0);
	assert_int_equal(onestage_look(stage->model, stage->state, &square, &err), 0);
	image_release(&square);
	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		const float *features = onestage_features(stage->state, i);

		check_rows(stage, arena_format(&stage->set.arena, "picture%d.feature%d", (int)picture, i),
			   features, onestage_channels(i));
		onestage_heads_visual(&stage->model->heads, i, features, visual);
		check_rows(stage, arena_format(&stage->set.arena, "picture%d.visu%d", (int)picture, i), visual,
			   stage->model->heads.width);
	}
	free(visual);
	stage->picture = picture;
}

/* The golden is the beginning of the vector as it is tiled over the coarsest map: 64 times each number. */
static void check_tiled(const struct stage *stage, const char *name, const float *vector)
{
	const struct tensor *wanted = safetensors_find(&stage->set.tensors, name);

	assert_non_null(wanted);
	for (size_t i = 0; i < wanted->elements; i++) {
		float value;

		memcpy(&value, wanted->data + i * sizeof(value), sizeof(value));
		if (!(fabsf(value - vector[i / 64]) <= 3e-5f))
			fail_msg("%s at %zu: %g, not %g", name, i / 64, (double)vector[i / 64], (double)value);
	}
}

static void check_text(struct stage *stage, size_t number, const char *phrase)
{
	const struct onestage *model = stage->model;
	float *vector = malloc((model->text.width + model->heads.width) * sizeof(*vector));
	struct scratch scratch = SCRATCH_INIT;
	struct err err = ERR_INIT;
	bool said;

	assert_int_equal(onestage_text_run(&model->text, &phrase, 1, &scratch, vector, &said, &err), 0);
	assert_true(said);
	check_rows(stage, arena_format(&stage->set.arena, "item%02zu.text", number), vector, 1);
	assert_int_equal(onestage_heads_language(&model->heads, vector, 1, vector + model->text.width, &scratch,
						 &err), 0);
	check_tiled(stage, arena_format(&stage->set.arena, "item%02zu.lang", number),
		    vector + model->text.width);
	scratch_release(&scratch);
	free(vector);
}

/* Confidences of all scales joined, anchors first, or the whole heads of the first items. */
static void check_numbers(const struct stage *stage, size_t number, const float *numbers)
{
	struct arena *arena = (struct arena *)&stage->set.arena;
	const struct tensor *wanted =
		safetensors_find(&stage->set.tensors, arena_format(arena, "item%02zu.confidence", number));
	size_t at = 0;

	if (!wanted) {
		for (int i = 0; i < ONESTAGE_SCALES; i++)
			check_rows(stage, arena_format(arena, "item%02zu.head%d", number, i),
				   numbers + onestage_first_place(i) * ONESTAGE_NUMBERS, ONESTAGE_NUMBERS);
		return;
	}
	for (int i = 0; i < ONESTAGE_SCALES; i++) {
		size_t places = onestage_side(i) * onestage_side(i);

		for (size_t k = 0; k < ONESTAGE_ANCHORS * places; k++, at++) {
			float value, got = numbers[(onestage_first_place(i) + k % places) * ONESTAGE_NUMBERS +
						   k / places * ONESTAGE_BOX + 4];

			memcpy(&value, wanted->data + at * sizeof(value), sizeof(value));
			if (!(fabsf(value - got) <= 4e-4f))
				fail_msg("item%02zu.confidence at %zu: %g, not %g", number, at, (double)got,
					 (double)value);
		}
	}
}

static json_int_t integer_of(const json_t *golden, const char *key)
{
	return json_integer_value(json_object_get(golden, key));
}

static void check_corners(const json_t *golden, const char *key, const float corners[4], double tolerance)
{
	for (size_t i = 0; i < 4; i++) {
		double wanted = json_number_value(json_array_get(json_object_get(golden, key), i));

		if (!(fabs(wanted - (double)corners[i]) <= tolerance))
			fail_msg("%s: corner %zu is %g, not %g", key, i, (double)corners[i], wanted);
	}
}

static void check_choice(const struct stage *stage, const json_t *golden, const float *numbers)
{
	struct onestage_choice choice;

	assert_int_equal(onestage_choose(&stage->model->anchors, numbers, &choice), 0);
	assert_int_equal(choice.scale, integer_of(golden, "scale"));
	assert_int_equal(choice.anchor, integer_of(golden, "anchor_in_scale"));
	assert_int_equal(choice.row, integer_of(golden, "row"));
	assert_int_equal(choice.column, integer_of(golden, "column"));
	check_corners(golden, "box_xyxy_at_256", choice.corners, CORNER_TOLERANCE);
	area_letterbox_undo(&stage->letterbox, choice.corners);
	check_corners(golden, "box_xyxy_final", choice.corners,
		      CORNER_TOLERANCE / (double)stage->letterbox.ratio);
}

/* Phrases that hold nothing, or too much, and pictures that do. */
static void check_odd(const struct stage *stage)
{
	const int sizes[][2] = { { 1, 1 }, { 1, 4000 }, { 4000, 1 }, { 300, 200 } };
	char *endless = malloc(10001);
	const char *phrases[40] = { "", " \t", "dog", "\xff\xfe", "dog", endless };
	struct onestage_found found[40], again[40];
	struct err err = ERR_INIT;

	memset(endless, 'a', 10000);
	endless[10000] = '\0';
	for (size_t i = 6; i < 40; i++)
		phrases[i] = i % 2 ? "the dog" : "a man";
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		struct image image = IMAGE_INIT;

		assert_int_equal(image_alloc(&image, sizes[i][0], sizes[i][1], &err), 0);
		if (onestage_ground(stage->model, stage->state, &image, phrases, 40, found, &err) < 0 ||
		    onestage_ground(stage->model, stage->state, &image, phrases, 40, again, &err) < 0)
			fail_with(&err);
		assert_false(found[0].any || found[1].any);
		assert_memory_equal(&found[2].box, &found[4].box, sizeof(struct box));
		for (size_t k = 0; k < 40; k++) {
			const struct box *box = &found[k].box;

			assert_int_equal(found[k].any, again[k].any);
			if (!found[k].any)
				continue;
			assert_memory_equal(box, &again[k].box, sizeof(*box));
			assert_true(box->x0 >= 0 && box->x0 < box->x1 && box->x1 <= (float)image.width);
			assert_true(box->y0 >= 0 && box->y0 < box->y1 && box->y1 <= (float)image.height);
			assert_true(found[k].score > 0 && found[k].score <= 1);
		}
		image_release(&image);
	}
	free(endless);
}

static void check_set(const char *name, const char *words)
{
	struct stage stage;
	struct err err = ERR_INIT;
	json_t *item;
	size_t i;

	open_stage(&stage, name, words, 1);
	json_array_foreach(json_object_get(stage.set.inputs, "items"), i, item) {
		const json_t *golden = json_array_get(json_object_get(stage.set.golden, "items"), i);
		const char *phrase = json_string_value(json_object_get(item, "phrase"));
		json_int_t picture = integer_of(item, "picture_index");
		const float *numbers;
		bool said;

		if (picture != stage.picture)
			look(&stage, item, picture);
		check_text(&stage, i, phrase);
		if (onestage_ask(stage.model, stage.state, &phrase, 1, &said, &numbers, &err) < 0)
			fail_with(&err);
		assert_true(said);
		check_numbers(&stage, i, numbers);
		check_choice(&stage, golden, numbers);
	}
	assert_true(i >= 8);
	if (stage.model->heads.light)
		check_odd(&stage);
	close_stage(&stage);
}

static void test_bert(void **state)
{
	(void)state;
	check_set("onestage_bert", "../wordpiece/vocab.txt");
}

static void test_bert_light(void **state)
{
	(void)state;
	check_set("onestage_bert_light", "../wordpiece/vocab.txt");
}

static void test_lstm(void **state)
{
	(void)state;
	check_set("onestage_lstm", "corpus.pth");
}

static void test_lstm_light(void **state)
{
	(void)state;
	check_set("onestage_lstm_light", "corpus.pth");
}

static void test_anchors(void **state)
{
	struct onestage_anchors anchors;
	struct err err = ERR_INIT;

	(void)state;
	assert_int_equal(onestage_anchors_parse(&anchors, "flickr", &err), 0);
	assert_true(anchors.sizes[0][0] == 352 && anchors.sizes[8][1] == 26);
	assert_int_equal(onestage_anchors_parse(&anchors, "1,2, 3,4, 5,6, 7,8, 9,10, 11,12, 13,14, 15,16, 17,18.5",
						&err), 0);
	assert_true(anchors.sizes[0][1] == 18.5f && anchors.sizes[8][0] == 1);
	assert_int_equal(onestage_anchors_parse(&anchors, "1,2,3", &err), -1);
	assert_int_equal(err.kind, ERR_USAGE);
	assert_int_equal(onestage_anchors_parse(&anchors, "refeit", &err), -1);
	assert_int_equal(onestage_anchors_parse(&anchors, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,-1", &err), -1);
	assert_int_equal(onestage_anchors_parse(&anchors, "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,", &err), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_anchors),	   cmocka_unit_test(test_lstm_light),
		cmocka_unit_test(test_lstm),	   cmocka_unit_test(test_bert_light),
		cmocka_unit_test(test_bert),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
