/* SPDX-License-Identifier: Apache-2.0 */
/* UMGF's crops against its script's: boxes, edges, means and corners of all that it wrote. */
#include "inference/systems/onestage_grounder.h"
#include "inference/systems/onestage_published.h"
#include "lib/image/decode.h"
#include "lib/image/turn.h"
#include "tests/unit/generated_weights.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

#define WORDS 4
#define LEVEL_TOLERANCE 0.01 /* OpenCV's own builds differ by a third of it */
#define MEAN_TOLERANCE 0.05  /* the golden was summed in float32 */
#define EDGE_DOUBT 0.02 /* this near to a whole number the edge may be the next one */

static const char *const words[WORDS] = { "location", "organization", "person", "miscellaneous" };

static void fail_with(const struct err *err)
{
	char text[1400];

	fail_msg("%s", err_format(err, text, sizeof(text)));
}

static struct onestage *open_model(const char *folder)
{
	char spec[600], corpus[600], *path;
	struct onestage_options options = { .words = corpus, .anchors = ONESTAGE_PUBLISHED_ANCHORS,
					    .query_cap = ONESTAGE_PUBLISHED_CAP };
	struct onestage *model;
	struct err err = ERR_INIT;

	snprintf(spec, sizeof(spec), "%s/spec.tsv", folder);
	snprintf(corpus, sizeof(corpus), "%s/corpus.pth", folder);
	path = generated_weights(spec, (const char *const[]){ "", NULL }, 1);
	model = onestage_open(path, &options, &err);
	temporary_remove(path);
	if (!model)
		fail_with(&err);
	return model;
}

static double number_at(const json_t *crop, const char *key, size_t i)
{
	return json_number_value(json_array_get(json_object_get(crop, key), i));
}

/* True where all edges are the script's, and not only nearly. */
static bool check_edges(const json_t *crop, const struct onestage_found *found, float ratio)
{
	bool same = true;

	for (size_t i = 0; i < 4; i++) {
		double wanted = number_at(crop, "box_xyxy_final", i), got = (double)found->published[i];

		if (!(fabs(wanted - got) <= EDGE_DOUBT / (double)ratio))
			fail_msg("corner %zu is %g, not %g", i, got, wanted);
		if (trunc(got) != number_at(crop, "box_edges_int", i)) {
			assert_true(fabs(wanted - rint(wanted)) <= EDGE_DOUBT);
			same = false;
		}
	}
	return same;
}

static void check_levels(const json_t *crop, const struct onestage_published *published, struct image_rect rect)
{
	double sums[3] = { 0, 0, 0 }, least = INFINITY, most = -INFINITY;
	double n = (double)(rect.x1 - rect.x0) * (rect.y1 - rect.y0);

	assert_int_equal(rect.x1 - rect.x0, (int)number_at(crop, "crop_width_height", 0));
	assert_int_equal(rect.y1 - rect.y0, (int)number_at(crop, "crop_width_height", 1));
	for (int y = rect.y0; y < rect.y1; y++)
		for (int x = rect.x0; x < rect.x1; x++)
			for (int c = 0; c < 3; c++) {
				double level = (double)published->levels[3 * (y * published->width + x) + c];

				sums[2 - c] += level;
				least = fmin(least, level);
				most = fmax(most, level);
			}
	for (size_t c = 0; c < 3; c++)
		assert_true(fabs(sums[c] / n - number_at(crop, "mean_bgr", c)) <= MEAN_TOLERANCE);
	assert_true(fabs(least - number_at(crop, "min_max", 0)) <= LEVEL_TOLERANCE);
	assert_true(fabs(most - number_at(crop, "min_max", 1)) <= LEVEL_TOLERANCE);
}

/* The corner's floats, blue first, against levels and against the bytes of our crop. */
static void check_corner(const struct tensor *corner, const struct onestage_published *published,
			 struct image_rect rect)
{
	size_t width = corner->shape[1];
	struct image crop = IMAGE_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(onestage_published_crop(&crop, published, rect, &err), 0);
	for (size_t i = 0; i < corner->elements; i++) {
		size_t x = i / 3 % width, y = i / 3 / width, c = 2 - i % 3;
		size_t at = 3 * ((y + (size_t)rect.y0) * (size_t)published->width + x + (size_t)rect.x0) + c;
		float wanted;

		memcpy(&wanted, corner->data + i * sizeof(wanted), sizeof(wanted));
		if (!(fabs((double)wanted - (double)published->levels[at]) <= LEVEL_TOLERANCE))
			fail_msg("%s at %zu: %g, not %g", corner->name, i, (double)published->levels[at],
				 (double)wanted);
		assert_true(fabs(fmin(fmax((double)wanted, 0), 255) -
				 crop.rgb[3 * (y * (size_t)crop.width + x) + c]) <= 0.5 + LEVEL_TOLERANCE);
	}
	image_release(&crop);
}

static void check_crop(const json_t *crop, const struct safetensors *corners,
		       const struct onestage_published *published, const struct onestage_found *found,
		       float ratio)
{
	const char *tensor = json_string_value(json_object_get(crop, "tensor"));
	bool same = check_edges(crop, found, ratio);
	struct image_rect rect;

	assert_int_equal(onestage_published_slice(published, found->published, &rect), tensor != NULL);
	if (!tensor || !same)
		return;
	check_levels(crop, published, rect);
	check_corner(safetensors_find(corners, tensor), published, rect);
}

static void read_picture(struct image *image, const char *shared, const json_t *crop)
{
	struct err err = ERR_INIT;
	char path[800];

	snprintf(path, sizeof(path), "%s/%s", shared, json_string_value(json_object_get(crop, "picture")));
	if (image_decode_upright(image, path, &err) < 0)
		fail_with(&err);
}

static void check_picture(const struct onestage *model, struct onestage_state *state, const struct image *image,
			  const json_t *crops, size_t first, const struct safetensors *corners)
{
	struct image square = IMAGE_INIT;
	struct onestage_published published;
	struct onestage_found found[WORDS];
	struct area_letterbox letterbox;
	struct err err = ERR_INIT;

	area_letterbox_place(&letterbox, image->width, image->height, ONESTAGE_SIDE);
	assert_int_equal(area_letterbox_image(&square, image, &letterbox, &err), 0);
	assert_int_equal(onestage_published_open(&published, &square, &letterbox, &err), 0);
	if (onestage_ground(model, state, image, words, WORDS, found, &err) < 0)
		fail_with(&err);
	for (size_t i = 0; i < WORDS; i++) {
		const json_t *crop = json_array_get(crops, first + i);

		assert_string_equal(json_string_value(json_object_get(crop, "word")), words[i]);
		check_crop(crop, corners, &published, &found[i], letterbox.ratio);
	}
	onestage_published_release(&published);
	image_release(&square);
}

static void test_as_umgf(void **unused)
{
	const char *shared = shared_folder();
	struct onestage_state *state;
	struct safetensors corners;
	struct onestage *model;
	struct err err = ERR_INIT;
	char folder[500], path[600];
	json_t *golden, *crops;

	(void)unused;
	snprintf(folder, sizeof(folder), "%s/oracle/onestage_lstm", shared);
	snprintf(path, sizeof(path), "%s/golden_umgf.json", folder);
	golden = json_load_file(path, 0, NULL);
	crops = json_object_get(golden, "crops");
	snprintf(path, sizeof(path), "%s/golden_umgf.safetensors", folder);
	assert_int_equal(safetensors_open(&corners, path, &err), 0);
	model = open_model(folder);
	state = onestage_state_new(model, 2, &err);
	assert_non_null(state);
	assert_int_equal(json_array_size(crops), 20);
	for (size_t i = 0; i < json_array_size(crops); i += WORDS) {
		struct image image = IMAGE_INIT;

		read_picture(&image, shared, json_array_get(crops, i));
		check_picture(model, state, &image, crops, i, &corners);
		image_release(&image);
	}
	onestage_state_free(state);
	onestage_free(model);
	safetensors_close(&corners);
	json_decref(golden);
}

/* The crops of one picture through the door that every grounder has. */
static void check_cuts(struct grounder *grounder, const struct image *image, const json_t *crops, size_t first)
{
	static const struct phrase phrases[WORDS] = { { "location", PHRASE_LOCATION },
						      { "organization", PHRASE_ORGANIZATION },
						      { "person", PHRASE_PERSON },
						      { "miscellaneous", PHRASE_MISC } };
	struct arena arena = ARENA_INIT;
	struct grounded *found;
	struct err err = ERR_INIT;
	size_t n;

	assert_int_equal(grounder->ground(grounder, image, "", phrases, WORDS, &found, &n, &arena, &err), 0);
	for (size_t i = 0; i < WORDS; i++) {
		const json_t *crop = json_array_get(crops, first + i);
		struct image cut = IMAGE_INIT;
		struct image_rect rect;
		float score;

		assert_int_equal(grounder->cut(grounder, image, i, &cut, &rect, &score, &err), 0);
		assert_int_equal(cut.rgb != NULL, json_object_get(crop, "tensor") != NULL);
		if (cut.rgb) {
			assert_true(fabs(cut.width - number_at(crop, "crop_width_height", 0)) <= 1);
			assert_true(fabs(cut.height - number_at(crop, "crop_width_height", 1)) <= 1);
			assert_int_equal(cut.width, rect.x1 - rect.x0);
			assert_true(score > 0 && score < 1);
		}
		image_release(&cut);
	}
	arena_release(&arena);
}

static void test_grounder_cuts(void **unused)
{
	const char *shared = shared_folder();
	char folder[500], path[600], corpus[600], *model;
	struct onestage_options options = { .words = corpus, .anchors = ONESTAGE_PUBLISHED_ANCHORS,
					    .query_cap = ONESTAGE_PUBLISHED_CAP };
	struct grounder *grounder;
	struct err err = ERR_INIT;
	json_t *golden, *crops;

	(void)unused;
	snprintf(folder, sizeof(folder), "%s/oracle/onestage_lstm", shared);
	snprintf(path, sizeof(path), "%s/golden_umgf.json", folder);
	golden = json_load_file(path, 0, NULL);
	crops = json_object_get(golden, "crops");
	snprintf(corpus, sizeof(corpus), "%s/corpus.pth", folder);
	snprintf(path, sizeof(path), "%s/spec.tsv", folder);
	model = generated_weights(path, (const char *const[]){ "", NULL }, 1);
	grounder = onestage_grounder_new(model, &options, &err);
	if (!grounder)
		fail_with(&err);
	for (size_t i = 0; i < json_array_size(crops); i += WORDS) {
		struct image image = IMAGE_INIT;

		read_picture(&image, shared, json_array_get(crops, i));
		check_cuts(grounder, &image, crops, i);
		image_release(&image);
	}
	grounder->free(grounder);
	temporary_remove(model);
	json_decref(golden);
}

static void test_slices(void **unused)
{
	const struct onestage_published published = { 100, 50, NULL };
	const struct {
		float corners[4];
		bool any;
		struct image_rect rect;
	} cases[] = {
		{ { 1.9f, 2.9f, 30.9f, 40.9f }, true, { 1, 2, 30, 40 } },
		{ { 1, 2, -10.5f, -20.9f }, true, { 1, 2, 90, 30 } },
		{ { 1, 2, -0.5f, 40 }, false, { 0, 0, 0, 0 } },
		{ { 1, 2, -100, 40 }, false, { 0, 0, 0, 0 } },
		{ { 1, 2, -1e30f, 40 }, false, { 0, 0, 0, 0 } },
		{ { 1e30f, 2, 1e30f, 40 }, false, { 0, 0, 0, 0 } },
		{ { 0, 0, 100, 50 }, true, { 0, 0, 100, 50 } },
		{ { 95, 2, -10, 40 }, false, { 0, 0, 0, 0 } },
	};

	(void)unused;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct image_rect rect;

		assert_int_equal(onestage_published_slice(&published, cases[i].corners, &rect), cases[i].any);
		if (cases[i].any)
			assert_memory_equal(&rect, &cases[i].rect, sizeof(rect));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_slices), cmocka_unit_test(test_as_umgf),
					    cmocka_unit_test(test_grounder_cuts) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
