/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/darknet.h"
#include "inference/vision/darknet_input.h"

#include "lib/base/sha256.h"
#include "lib/formats/safetensors.h"
#include "lib/image/decode.h"
#include "lib/image/resample_linear.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The goldens' own distance from float64 is 1.7e-4 on a head, whose numbers go up to 89. */
#define HEAD_TOLERANCE 1e-3
#define ROW_TOLERANCE 1e-5
#define PIXEL_TOLERANCE 0.01
#define ZEROED 0.2f /* class scores that the goldens set to 0 */
#define ROWS 12
#define COLUMNS 85
#define THRESHOLD 0.25f
#define OVERLAP 0.45f

struct network {
	struct darknet_model *model;
	struct darknet_state *state;
	struct arena arena;
};

/* `epsilon` of the norms; 0: the engine's own. */
static void open_with(struct network *network, const char *cfg_path, const char *weights, int threads,
		      double epsilon)
{
	struct err err = ERR_INIT;
	struct darknet_cfg cfg;

	arena_init(&network->arena);
	if (darknet_cfg_read(&cfg, cfg_path, &network->arena, &err) < 0)
		fail_msg("%s", err.text);
	network->model = darknet_new(&cfg, &(struct darknet_options){ .norm_epsilon = epsilon }, &err);
	if (!network->model || darknet_load_file(network->model, weights, &err) < 0)
		fail_msg("%s:%zu: %s", err.file, err.line, err.text);
	network->state = darknet_state_new(network->model, threads, &err);
	assert_non_null(network->state);
}

static void open_network(struct network *network, const char *cfg_path, const char *weights, int threads)
{
	open_with(network, cfg_path, weights, threads, 0);
}

static void close_network(struct network *network)
{
	darknet_state_free(network->state);
	darknet_free(network->model);
	arena_release(&network->arena);
}

static void check_sha(const struct image *image, const char *wanted)
{
	size_t n = (size_t)image->width * (size_t)image->height;
	unsigned char *bgr = malloc(3 * n);
	char digits[SHA256_HEX];

	for (size_t i = 0; i < 3 * n; i++)
		bgr[i] = image->rgb[i / 3 * 3 + 2 - i % 3];
	sha256_bytes(bgr, 3 * n, digits);
	assert_string_equal(digits, wanted);
	free(bgr);
}

/* Decode, stretch, run. */
static void run_picture(struct network *network, const char *path, const json_t *input)
{
	int width = darknet_width(network->model), height = darknet_height(network->model);
	size_t plane = (size_t)width * (size_t)height;
	float *planes = malloc(3 * plane * sizeof(*planes));
	struct image image = IMAGE_INIT, resized = IMAGE_INIT;
	struct err err = ERR_INIT;

	if (image_decode_file(&image, path, NULL, NULL, &err) < 0)
		fail_msg("%s", err.text);
	check_sha(&image, json_string_value(json_object_get(input, "decoded_bgr_sha256")));
	assert_int_equal(image_resize_linear(&resized, &image, width, height, &err), 0);
	check_sha(&resized, json_string_value(json_object_get(input, "resized_bgr_320_sha256")));
	for (size_t i = 0; i < 3 * plane; i++)
		planes[i % 3 * plane + i / 3] = (float)resized.rgb[i] / 255;
	darknet_run(network->model, network->state, planes);
	free(planes);
	image_release(&image);
	image_release(&resized);
}

/* A copy that is aligned; heap. */
static float *golden(const struct safetensors *file, const char *model, size_t picture, const char *name)
{
	const struct tensor *tensor;
	float *copy;
	char full[100];

	snprintf(full, sizeof(full), "%s.picture%zu.%s", model, picture, name);
	tensor = safetensors_find(file, full);
	assert_non_null(tensor);
	copy = malloc(tensor->size);
	memcpy(copy, tensor->data, tensor->size);
	return copy;
}

static void check_heads(const struct network *network, const struct safetensors *file, const char *name,
			size_t picture)
{
	for (size_t i = 0; i < darknet_n_heads(network->model); i++) {
		const struct darknet_head *head = darknet_head(network->model, i);
		struct map map = darknet_output(network->model, network->state, head->layer);
		size_t plane = map.height * map.width;
		float *planes = malloc(map.channels * plane * sizeof(*planes));
		char which[32];
		float *wanted;

		snprintf(which, sizeof(which), "head%zu", i);
		wanted = golden(file, name, picture, which);
		map_to_planes(&map, 0, planes, plane);
		for (size_t k = 0; k < 3 * 6 * plane; k++) {
			size_t channel = k / (6 * plane) * COLUMNS + k / plane % 6;

			assert_true(fabsf(planes[channel * plane + k % plane] - wanted[k]) < HEAD_TOLERANCE);
		}
		free(planes);
		free(wanted);
	}
}

static void row_of(const struct network *network, size_t row, float *out)
{
	size_t i = 0;
	const struct darknet_head *head = darknet_head(network->model, i);
	struct map map;

	while (row >= darknet_head_rows(head)) {
		row -= darknet_head_rows(head);
		head = darknet_head(network->model, ++i);
	}
	map = darknet_output(network->model, network->state, head->layer);
	darknet_head_row(head, &map, row, out);
}

static void check_rows(const struct network *network, const json_t *numbers, const float *wanted)
{
	assert_int_equal(json_array_size(numbers), ROWS);
	for (size_t i = 0; i < ROWS; i++, wanted += COLUMNS) {
		float own[COLUMNS];

		row_of(network, (size_t)json_integer_value(json_array_get(numbers, i)), own);
		for (size_t k = 0; k < COLUMNS; k++) {
			bool near = fabsf(own[k] - ZEROED) < 2 * ROW_TOLERANCE;

			if (k >= 5 && !(own[k] > ZEROED) && !near)
				own[k] = 0;
			assert_true(near || fabsf(own[k] - wanted[k]) < ROW_TOLERANCE);
		}
	}
}

static void find_above(const struct network *network, float threshold, struct darknet_candidates *found)
{
	struct err err = ERR_INIT;
	size_t first = 0;

	for (size_t i = 0; i < darknet_n_heads(network->model); i++) {
		const struct darknet_head *head = darknet_head(network->model, i);
		struct map map = darknet_output(network->model, network->state, head->layer);

		assert_int_equal(darknet_head_candidates(head, &map, first, threshold, found, &err), 0);
		first += darknet_head_rows(head);
	}
}

static void find(const struct network *network, struct darknet_candidates *found)
{
	find_above(network, THRESHOLD, found);
}

static double number_at(const json_t *array, size_t i)
{
	return json_number_value(json_array_get(array, i));
}

static void check_candidates(const struct darknet_candidates *found, const json_t *wanted, double width,
			     double height)
{
	const json_t *item;
	size_t i;

	assert_int_equal(found->n, json_array_size(wanted));
	json_array_foreach(wanted, i, item) {
		const struct darknet_candidate *own = &found->items[i];
		const json_t *box = json_object_get(item, "box_xywh");

		assert_int_equal(own->row, json_integer_value(json_object_get(item, "row")));
		assert_int_equal(own->class_id, json_integer_value(json_object_get(item, "class")));
		assert_true(fabs(own->score - json_number_value(json_object_get(item, "score"))) < ROW_TOLERANCE);
		assert_true(fabs((own->x - own->width / 2) * width - number_at(box, 0)) < PIXEL_TOLERANCE);
		assert_true(fabs((own->y - own->height / 2) * height - number_at(box, 1)) < PIXEL_TOLERANCE);
		assert_true(fabs(own->width * width - number_at(box, 2)) < PIXEL_TOLERANCE);
		assert_true(fabs(own->height * height - number_at(box, 3)) < PIXEL_TOLERANCE);
	}
}

static void check_kept(const struct network *network, const json_t *wanted, bool any_class)
{
	struct darknet_candidates found = { NULL, 0, 0 };

	find(network, &found);
	darknet_suppress(&found, &(struct darknet_overlap){ OVERLAP, 0, any_class });
	assert_int_equal(found.n, json_array_size(wanted));
	for (size_t i = 0; i < found.n; i++)
		assert_int_equal(found.items[i].row, json_integer_value(json_array_get(wanted, i)));
	free(found.items);
}

static void check_picture(struct network *network, const struct safetensors *file, const char *name,
			  size_t picture, const json_t *input, const json_t *wanted)
{
	const json_t *size = json_object_get(input, "width_height");
	struct darknet_candidates found = { NULL, 0, 0 };
	char path[600];
	float *rows;

	snprintf(path, sizeof(path), "%s/%s", shared_folder(),
		 json_string_value(json_object_get(input, "file")));
	run_picture(network, path, input);
	check_heads(network, file, name, picture);
	rows = golden(file, name, picture, "rows");
	check_rows(network, json_object_get(wanted, "row_numbers_of_rows_tensor"), rows);
	free(rows);
	find(network, &found);
	check_candidates(&found, json_object_get(wanted, "candidates"), number_at(size, 0), number_at(size, 1));
	free(found.items);
	check_kept(network, json_object_get(wanted, "kept_per_class_nms"), false);
	check_kept(network, json_object_get(wanted, "kept_class_agnostic_nms"), true);
}

/* All pictures through one model of the goldens. */
static void check_model(const char *name, const char *model, int threads)
{
	const char *shared = shared_folder();
	struct err err = ERR_INIT;
	struct safetensors file;
	struct network network;
	char path[600], cfg[600];
	json_t *inputs, *goldens;
	const json_t *pictures, *wanted, *input;
	size_t i;

	snprintf(path, sizeof(path), "%s/oracle/darknet/golden.safetensors", shared);
	assert_int_equal(safetensors_open(&file, path, &err), 0);
	snprintf(path, sizeof(path), "%s/oracle/darknet/inputs.json", shared);
	inputs = json_load_file(path, 0, NULL);
	snprintf(path, sizeof(path), "%s/oracle/darknet/golden.json", shared);
	goldens = json_load_file(path, 0, NULL);
	assert_true(inputs && goldens);
	snprintf(cfg, sizeof(cfg), "%s/models/%s.cfg", shared, model);
	snprintf(path, sizeof(path), "%s/models/%s.weights", shared, model);
	open_network(&network, cfg, path, threads);
	pictures = json_object_get(inputs, "pictures");
	wanted = json_object_get(json_object_get(json_object_get(goldens, "models"), model), "pictures");
	assert_true(json_array_size(pictures) > 0);
	json_array_foreach(pictures, i, input)
		check_picture(&network, &file, name, i, input, json_array_get(wanted, i));
	close_network(&network);
	safetensors_close(&file);
	json_decref(inputs);
	json_decref(goldens);
}

static void test_base(void **state)
{
	(void)state;
	check_model("base", "yolo-fastest-1.1", 1);
}

static void test_xl_with_threads(void **state)
{
	(void)state;
	check_model("xl", "yolo-fastest-1.1-xl", 3);
}

#define LAYERS "tests/oracle/darknet_layers/"
#define LAYERS_PLANES (3 * 32 * 32)
#define LAYERS_ROWS 512
#define LAYERS_COLUMNS 7

static float *read_floats(const char *path, size_t n)
{
	float *numbers = malloc(n * sizeof(*numbers));
	FILE *stream = fopen(path, "rb");

	assert_non_null(stream);
	assert_int_equal(fread(numbers, sizeof(*numbers), n, stream), n);
	fclose(stream);
	return numbers;
}

/* Each kind of layer that OpenCV runs too, on any number of threads. */
static void test_layers(void **state)
{
	float *planes = read_floats(LAYERS "input.f32", LAYERS_PLANES);
	float *wanted = read_floats(LAYERS "rows.f32", (size_t)LAYERS_ROWS * LAYERS_COLUMNS);

	(void)state;
	for (int threads = 1; threads <= 4; threads++) {
		struct network network;
		float own[LAYERS_COLUMNS];

		open_network(&network, LAYERS "layers.cfg", LAYERS "layers.weights", threads);
		darknet_run(network.model, network.state, planes);
		for (size_t i = 0; i < (size_t)LAYERS_ROWS * LAYERS_COLUMNS; i++) {
			if (i % LAYERS_COLUMNS == 0)
				row_of(&network, i / LAYERS_COLUMNS, own);
			if (i % LAYERS_COLUMNS >= 5 && !(own[i % LAYERS_COLUMNS] > ZEROED))
				own[i % LAYERS_COLUMNS] = 0;
			assert_true(fabsf(own[i % LAYERS_COLUMNS] - wanted[i]) < ROW_TOLERANCE);
		}
		close_network(&network);
	}
	free(planes);
	free(wanted);
}

#define ORIGINAL_PLANES (3 * 24 * 40)
#define ORIGINAL_ROWS 900
#define ORIGINAL_THRESHOLD 0.3f
#define ORIGINAL_EPSILON 1e-5 /* of Darknet, where it folds norms */

static void open_original(struct network *network, int threads)
{
	open_with(network, LAYERS "original.cfg", LAYERS "original.weights", threads, ORIGINAL_EPSILON);
}

/* Layers that OpenCV has not, or otherwise, as Darknet itself runs them. */
static void test_original(void **state)
{
	float *planes = read_floats(LAYERS "original_input.f32", ORIGINAL_PLANES);
	float *wanted = read_floats(LAYERS "original_rows.f32", (size_t)ORIGINAL_ROWS * LAYERS_COLUMNS);

	(void)state;
	for (int threads = 1; threads <= 4; threads++) {
		struct network network;

		open_original(&network, threads);
		darknet_run(network.model, network.state, planes);
		for (size_t row = 0; row < ORIGINAL_ROWS; row++) {
			float own[LAYERS_COLUMNS];

			row_of(&network, row, own);
			for (size_t i = 0; i < LAYERS_COLUMNS; i++)
				assert_true(fabsf(own[i] - wanted[row * LAYERS_COLUMNS + i]) < ROW_TOLERANCE);
		}
		close_network(&network);
	}
	free(planes);
	free(wanted);
}

static void check_suppressed(const struct network *network, float centre_power, const json_t *wanted)
{
	struct darknet_candidates found = { NULL, 0, 0 };
	const json_t *box;
	size_t i;

	find_above(network, ORIGINAL_THRESHOLD, &found);
	darknet_suppress(&found, &(struct darknet_overlap){ OVERLAP, centre_power, false });
	assert_int_equal(found.n, json_array_size(wanted));
	json_array_foreach(wanted, i, box) {
		const struct darknet_candidate *own = &found.items[i];
		const double values[] = { (double)own->class_id, own->score, own->x, own->y, own->width,
					  own->height };

		for (size_t k = 0; k < 6; k++)
			assert_true(fabs(values[k] - number_at(box, k)) < ROW_TOLERANCE);
	}
	free(found.items);
}

/* Each kind of suppression leaves what Darknet's leaves. */
static void test_suppression(void **state)
{
	float *planes = read_floats(LAYERS "original_input.f32", ORIGINAL_PLANES);
	json_t *kept = json_load_file(LAYERS "original_kept.json", 0, NULL);
	struct network network;

	(void)state;
	assert_non_null(kept);
	open_original(&network, 1);
	darknet_run(network.model, network.state, planes);
	assert_true(darknet_head(network.model, 1)->centre_power == 0.3f);
	check_suppressed(&network, 0, json_object_get(kept, "default"));
	check_suppressed(&network, 0.6f, json_object_get(kept, "greedynms"));
	check_suppressed(&network, 0.3f, json_object_get(kept, "diounms"));
	close_network(&network);
	json_decref(kept);
	free(planes);
}

/* A picture on grey as Darknet puts it there. */
static void test_letterbox(void **state)
{
	float *wanted = read_floats(LAYERS "letterbox.f32", ORIGINAL_PLANES), planes[ORIGINAL_PLANES];
	unsigned char rgb[23 * 37 * 3];
	struct image image = { 37, 23, rgb };
	struct err err = ERR_INIT;
	struct darknet_frame frame;
	FILE *stream = fopen(LAYERS "letterbox.rgb", "rb");

	(void)state;
	assert_non_null(stream);
	assert_int_equal(fread(rgb, 1, sizeof(rgb), stream), sizeof(rgb));
	fclose(stream);
	assert_int_equal(darknet_input(&image, true, 40, 24, planes, &err), 0);
	for (size_t i = 0; i < ORIGINAL_PLANES; i++)
		assert_true(fabsf(planes[i] - wanted[i]) < ROW_TOLERANCE);
	frame = darknet_frame(&image, true, 40, 24);
	assert_true(fabsf(frame.x - 0.025f) < 1e-6f && fabsf(frame.width - 0.95f) < 1e-6f);
	assert_true(frame.y == 0 && frame.height == 1);
	free(wanted);
}

/* A picture of one pixel, and strips, fill what they can and nothing beside. */
static void test_odd_pictures(void **state)
{
	static const int sides[][2] = { { 1, 1 }, { 1, 3000 }, { 3000, 1 }, { 2, 1 }, { 40, 24 } };
	static unsigned char rgb[3 * 3000];
	float planes[ORIGINAL_PLANES];
	struct err err = ERR_INIT;

	(void)state;
	memset(rgb, 255, sizeof(rgb));
	for (size_t i = 0; i < sizeof(sides) / sizeof(*sides); i++) {
		const struct image image = { sides[i][0], sides[i][1], rgb };
		struct darknet_frame frame = darknet_frame(&image, true, 40, 24);
		size_t white = 0;

		assert_int_equal(darknet_input(&image, true, 40, 24, planes, &err), 0);
		for (size_t k = 0; k < ORIGINAL_PLANES; k++) {
			assert_true(planes[k] == 0.5f || fabsf(planes[k] - 1) < ROW_TOLERANCE);
			white += planes[k] != 0.5f;
		}
		assert_int_equal(white, lround((double)frame.width * (double)frame.height * ORIGINAL_PLANES));
		assert_int_equal(darknet_input(&image, false, 40, 24, planes, &err), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_original),
		cmocka_unit_test(test_suppression),
		cmocka_unit_test(test_letterbox),
		cmocka_unit_test(test_odd_pictures),
		cmocka_unit_test(test_base),
		cmocka_unit_test(test_xl_with_threads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
