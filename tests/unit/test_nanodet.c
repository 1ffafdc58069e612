/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/image_input.h"
#include "inference/vision/nanodet.h"
#include "lib/formats/safetensors.h"
#include "lib/image/decode.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

/* Sums of up to 4608 products in another order move a logit by some 1e-5 of the largest term. */
#define LOGIT_TOLERANCE 1e-4
#define SCORE_TOLERANCE 1e-5
#define PIXEL_TOLERANCE 0.01

static const char *model_path(void)
{
	static char path[512];
	const char *folder = getenv("TAGSIGHT_MODELS");

	snprintf(path, sizeof(path), "%s/detector.safetensors", folder ? folder : "inference/models");
	return path;
}

static void test_letterbox(void **state)
{
	struct letterbox box = letterbox_place(768, 576, 416);

	(void)state;
	assert_int_equal(box.width, 416);
	assert_int_equal(box.height, 312);
	assert_int_equal(box.left, 0);
	assert_int_equal(box.top, 52);
	assert_float_equal(letterbox_undo_y(&box, 52), 0, 0);
	assert_float_equal(letterbox_undo_y(&box, 500), 576, 0);
	box = letterbox_place(30000, 1, 416);
	assert_int_equal(box.height, 1);
	assert_int_equal(box.top, 207);
}

/* What is loaded once for all tests of the network. */
struct detector {
	struct nanodet_model *model;
	struct nanodet_state *state;
	struct arena arena;
};

static void open_detector(struct detector *detector)
{
	struct err err = ERR_INIT;

	arena_init(&detector->arena);
	detector->model = nanodet_model_new(model_path(), &err);
	if (!detector->model)
		fail_msg("%s", err.text);
	detector->state = nanodet_state_new(detector->model, &err);
	assert_non_null(detector->state);
}

static void close_detector(struct detector *detector)
{
	nanodet_state_free(detector->state);
	nanodet_model_free(detector->model);
	arena_release(&detector->arena);
}

static void detect(struct detector *detector, const char *path, float threshold,
		   struct detection **found, size_t *n)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	if (image_decode_file(&image, path, NULL, NULL, &err) < 0 ||
	    nanodet_detect(detector->model, detector->state, &image, threshold, found, n,
			   &detector->arena, &err) < 0)
		fail_msg("%s: %s", path, err.text);
	image_release(&image);
}

static void assert_detection(const struct detection *found, const double wanted[6])
{
	const float corners[] = { found->x0, found->y0, found->x1, found->y1 };

	for (int i = 0; i < 4; i++)
		assert_true(fabs(corners[i] - wanted[i]) < PIXEL_TOLERANCE);
	assert_true(fabs(found->score - wanted[4]) < SCORE_TOLERANCE);
	assert_int_equal(found->class_id, (int)wanted[5]);
}

static double number_at(const json_t *array, size_t i)
{
	return json_number_value(json_array_get(array, i));
}

static void check_cells(const struct detector *detector, const json_t *cells)
{
	const struct nanodet_config *config = nanodet_model_config(detector->model);
	const json_t *cell;
	size_t i;

	json_array_foreach(cells, i, cell) {
		int stride = (int)json_integer_value(json_object_get(cell, "stride"));
		size_t side = (size_t)(config->side / stride);
		size_t at = (size_t)json_integer_value(json_object_get(cell, "row")) * side +
			    (size_t)json_integer_value(json_object_get(cell, "column"));
		const json_t *raw = json_object_get(cell, "raw");
		const float *head = nanodet_head(detector->state, stride == 8 ? 0 : stride == 16 ? 1 : 2);

		assert_int_equal(json_array_size(raw), config->n_classes + 4 * config->bins);
		for (size_t k = 0; k < json_array_size(raw); k++) {
			double wanted = number_at(raw, k);

			assert_true(fabs(head[k * side * side + at] - wanted) <
				    LOGIT_TOLERANCE * (1 + fabs(wanted)));
		}
	}
}

static void check_square(const char *path, const json_t *golden)
{
	const json_t *place = json_object_get(golden, "letterbox");
	struct image image = IMAGE_INIT, square = IMAGE_INIT;
	struct err err = ERR_INIT;
	struct letterbox box;
	json_int_t sum = 0;

	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	box = letterbox_place(image.width, image.height, 416);
	assert_int_equal(box.left, (int)number_at(place, 0));
	assert_int_equal(box.top, (int)number_at(place, 1));
	assert_int_equal(box.width, (int)number_at(place, 2));
	assert_int_equal(box.height, (int)number_at(place, 3));
	assert_int_equal(letterbox_image(&square, &image, &box, &err), 0);
	for (size_t i = 0; i < 416 * 416 * 3; i++)
		sum += square.rgb[i];
	assert_int_equal(sum, json_integer_value(json_object_get(golden, "square_sum")));
	image_release(&square);
	image_release(&image);
}

static void test_drawn_pictures_as_pytorch(void **state)
{
	struct detector detector;
	json_t *golden = json_load_file("tests/oracle/detector/golden.json", 0, NULL), *picture;
	const char *name;

	(void)state;
	assert_non_null(golden);
	open_detector(&detector);
	json_object_foreach(golden, name, picture) {
		const json_t *boxes = json_object_get(picture, "boxes");
		struct detection *found;
		char path[256];
		size_t n;

		snprintf(path, sizeof(path), "tests/oracle/detector/%s", name);
		check_square(path, picture);
		detect(&detector, path, 0.2f, &found, &n);
		check_cells(&detector, json_object_get(picture, "cells"));
		assert_int_equal(n, json_array_size(boxes));
		for (size_t i = 0; i < n; i++) {
			double wanted[6];

			for (size_t k = 0; k < 6; k++)
				wanted[k] = number_at(json_array_get(boxes, i), k);
			assert_detection(&found[i], wanted);
		}
	}
	close_detector(&detector);
	json_decref(golden);
}

static const float *golden_floats(const struct safetensors *file, const char *picture,
				  const char *what, size_t *rows)
{
	char name[128];
	const struct tensor *tensor;

	snprintf(name, sizeof(name), "%s.%s", picture, what);
	tensor = safetensors_find(file, name);
	assert_non_null(tensor);
	assert_int_equal(tensor->type, TENSOR_F32);
	assert_int_equal((uintptr_t)tensor->data % sizeof(float), 0);
	*rows = tensor->shape[0];
	return (const float *)(const void *)tensor->data;
}

/* The goldens keep every `step`-th cell of a head. */
static void check_heads(const struct detector *detector, const struct safetensors *file,
			const char *picture)
{
	static const int steps[] = { 16, 2, 1 }, strides[] = { 8, 16, 32 };

	for (int head = 0; head < NANODET_HEADS; head++) {
		const float *logits = nanodet_head(detector->state, head), *scores, *distances;
		size_t side = (size_t)(416 / strides[head]), cells = side * side, rows;
		char what[64];

		snprintf(what, sizeof(what), "scores.stride%d", strides[head]);
		scores = golden_floats(file, picture, what, &rows);
		snprintf(what, sizeof(what), "distances.stride%d", strides[head]);
		distances = golden_floats(file, picture, what, &rows);
		for (size_t row = 0; row < rows; row++) {
			size_t cell = row * (size_t)steps[head];

			assert_true(cell < cells);
			for (size_t k = 0; k < 80; k++)
				assert_true(fabs(1 / (1 + exp(-logits[k * cells + cell])) -
						 scores[row * 80 + k]) < SCORE_TOLERANCE);
			for (size_t k = 0; k < 44; k++)
				assert_true(fabsf(logits[(80 + k) * cells + cell] -
						  distances[row * 44 + k]) <
					    LOGIT_TOLERANCE * (1 + fabsf(distances[row * 44 + k])));
		}
	}
}

static void check_photograph(struct detector *detector, const struct safetensors *file,
			     const char *shared, const char *picture, const char *relative)
{
	struct detection *found;
	const float *boxes;
	char path[512];
	size_t n, rows;

	snprintf(path, sizeof(path), "%s/data/%s", shared, relative);
	detect(detector, path, 0.3f, &found, &n);
	check_heads(detector, file, picture);
	boxes = golden_floats(file, picture, "detections", &rows);
	assert_int_equal(n, rows);
	for (size_t i = 0; i < n; i++) {
		double wanted[6];

		for (size_t k = 0; k < 6; k++)
			wanted[k] = boxes[i * 6 + k];
		assert_detection(&found[i], wanted);
	}
}

static void test_photographs_as_pytorch(void **state)
{
	const char *shared = shared_folder();
	struct detector detector;
	struct safetensors file;
	struct err err = ERR_INIT;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/models/nanodet-coco.golden.safetensors", shared);
	assert_int_equal(safetensors_open(&file, path, &err), 0);
	open_detector(&detector);
	check_photograph(&detector, &file, shared, "dog", "images/dog.jpg");
	check_photograph(&detector, &file, shared, "15_train_106",
			 "sample/twitter2015_images/15_train_106.jpg");
	close_detector(&detector);
	safetensors_close(&file);
}

static void test_another_model_is_refused(void **state)
{
	struct err err = ERR_INIT;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%.*stagger.safetensors",
		 (int)(strrchr(model_path(), '/') + 1 - model_path()), model_path());
	assert_null(nanodet_model_new(path, &err));
	assert_int_equal(err.kind, ERR_DATA);
	assert_non_null(strstr(err.text, "tagsight-vision-1"));
	assert_null(nanodet_model_new("/nowhere/detector.safetensors", &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letterbox),
		cmocka_unit_test(test_drawn_pictures_as_pytorch),
		cmocka_unit_test(test_photographs_as_pytorch),
		cmocka_unit_test(test_another_model_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
