/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/detector_grounder.h"
#include "lib/corpus/object_words.h"
#include "lib/image/decode.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <string.h>

static const char *model_path(void)
{
	static char path[512];
	const char *folder = getenv("TAGSIGHT_MODELS");

	snprintf(path, sizeof(path), "%s/detector.safetensors", folder ? folder : "inference/models");
	return path;
}

static void test_every_class_has_a_concept(void **state)
{
	static const char *const classes[] = {
		"person", "bicycle", "car", "motorbike", "aeroplane", "bus", "train", "truck", "boat",
		"traffic light", "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat",
		"dog", "horse", "sheep", "cow", "elephant", "bear", "zebra", "giraffe", "backpack",
		"umbrella", "handbag", "tie", "suitcase", "frisbee", "skis", "snowboard", "sports ball",
		"kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket",
		"bottle", "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple",
		"sandwich", "orange", "broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair",
		"sofa", "pottedplant", "bed", "diningtable", "toilet", "tvmonitor", "laptop", "mouse",
		"remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
		"refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier",
		"toothbrush"
	};
	enum { n_classes = sizeof(classes) / sizeof(*classes) };
	const struct concept *concepts[n_classes];
	bool many;

	(void)state;
	assert_int_equal(n_classes, 80);
	for (size_t i = 0; i < n_classes; i++) {
		concepts[i] = object_words_find(classes[i], &many);
		assert_non_null(concepts[i]);
		assert_false(many);
		for (size_t j = 0; j < i; j++)
			assert_ptr_not_equal(concepts[i], concepts[j]);
	}
}

static void test_words(void **state)
{
	static const struct {
		const char *phrase, *class_name; /* NULL: none */
		bool many;
	} cases[] = {
		{ "my two puppies", "dog", true },
		{ "The Red CAR", "car", false },
		{ "hot dogs", "hot dog", true },
		{ "a teddy bear", "teddy bear", false },
		{ "polar bears", "bear", true },
		{ "a cup of coffee", "cup", false },
		{ "a photo of my cat", "cat", false },
		{ "a bunch of kids", "person", true },
		{ "home with a cat", NULL, false },
		{ "women", "person", true },
		{ "buses", "bus", true },
		{ "ponies", "horse", true },
		{ "glass", NULL, false },
		{ "#selfie", "person", false },
		{ "the man's bike", "bicycle", false },
		{ "my dog's", "dog", false },
		{ "my dog\xe2\x80\x99s ball", "sports ball", false },
		{ "the crowd", "person", true },
		{ "climate change", NULL, false },
		{ "", NULL, false },
		{ "of", NULL, false },
		{ "'", NULL, false },
		{ "s", NULL, false },
		{ "couches", "sofa", true },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct concept *wanted = NULL, *found;
		bool many, ignored;

		if (cases[i].class_name)
			wanted = object_words_find(cases[i].class_name, &ignored);
		found = object_words_find(cases[i].phrase, &many);
		if (found != wanted || (found && many != cases[i].many))
			fail_msg("wrong: %s", cases[i].phrase);
	}
}

static void test_kinds_of(void **state)
{
	bool many;
	const struct concept *animal = object_words_find("animals", &many);
	const struct concept *dog = object_words_find("dog", &many);
	const struct concept *hot_dog = object_words_find("hot dog", &many);

	(void)state;
	assert_true(object_words_match(animal, dog));
	assert_false(object_words_match(dog, animal));
	assert_false(object_words_match(animal, hot_dog));
	assert_true(object_words_match(object_words_find("food", &many), hot_dog));
	assert_false(object_words_match(NULL, dog));
}

static void test_drawn_picture(void **state)
{
	static const struct phrase phrases[] = { { "Boston", PHRASE_LOCATION },
						 { "the stop sign", PHRASE_NOUN },
						 { "a dog", PHRASE_NOUN } };
	struct image image = IMAGE_INIT;
	struct arena arena = ARENA_INIT;
	struct grounder *grounder, *clone;
	struct grounded *found, *again;
	struct err err = ERR_INIT;
	size_t n, n_again;

	(void)state;
	assert_int_equal(image_decode_file(&image, "tests/oracle/detector/road.png", NULL, NULL, &err), 0);
	grounder = detector_grounder_new(model_path(), 0, &err);
	assert_non_null(grounder);
	assert_string_equal(grounder->name, "nanodet-coco");
	assert_int_equal(strlen(grounder->model_sha256), 64);
	assert_int_equal(grounder->ground(grounder, &image, "", phrases, 3, &found, &n, &arena, &err), 0);
	assert_int_equal(n, 3);
	assert_int_equal(found[0].phrase, 1);
	assert_string_equal(found[0].class_name, "stop sign");
	assert_int_equal(found[1].phrase, GROUNDED_NO_PHRASE);
	assert_string_equal(found[1].class_name, "traffic light");
	assert_int_equal(found[2].phrase, 0);
	assert_string_equal(found[2].class_name, WHOLE_PICTURE);
	clone = grounder->clone(grounder, &err);
	assert_non_null(clone);
	grounder->free(grounder);
	assert_int_equal(clone->ground(clone, &image, "", phrases, 3, &again, &n_again, &arena, &err), 0);
	assert_int_equal(n_again, n);
	for (size_t i = 0; i < n; i++)
		assert_memory_equal(&again[i].box, &found[i].box, sizeof(found[i].box));
	assert_int_equal(clone->ground(clone, &image, "", NULL, 0, &again, &n_again, &arena, &err), 0);
	assert_int_equal(n_again, 2);
	clone->free(clone);
	arena_release(&arena);
	image_release(&image);
}

/* People go to names first, one each; what means several takes the rest. */
static void test_photograph(void **state)
{
	static const struct phrase phrases[] = { { "the horses", PHRASE_NOUN },
						 { "a man", PHRASE_NOUN },
						 { "Ann", PHRASE_PERSON } };
	const char *shared = shared_folder();
	struct image image = IMAGE_INIT;
	struct arena arena = ARENA_INIT;
	struct grounder *grounder;
	struct grounded *found;
	struct err err = ERR_INIT;
	size_t n, n_horses = 0, n_ann = 0, n_man = 0;
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/data/images/person.jpg", shared);
	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	grounder = detector_grounder_new(model_path(), 0, &err);
	assert_non_null(grounder);
	assert_int_equal(grounder->ground(grounder, &image, "", phrases, 3, &found, &n, &arena, &err), 0);
	for (size_t i = 0; i < n; i++) {
		n_horses += found[i].phrase == 0;
		n_man += found[i].phrase == 1;
		n_ann += found[i].phrase == 2;
		if (found[i].phrase == 2)
			assert_string_equal(found[i].class_name, "person");
	}
	assert_true(n_horses >= 1);
	assert_int_equal(n_ann, 1);
	assert_int_equal(n_man, 0);
	grounder->free(grounder);
	arena_release(&arena);
	image_release(&image);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_class_has_a_concept),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_kinds_of),
		cmocka_unit_test(test_drawn_picture),
		cmocka_unit_test(test_photograph),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
