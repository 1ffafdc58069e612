/* SPDX-License-Identifier: Apache-2.0 */
/* A scene of two people, a dog, an airplane and a cup, and who takes what. */
#include "lib/corpus/object_words.h"
#include "lib/corpus/phrase_match.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { PERSON, DOG, AIRPLANE, CUP, THINGUMMY, N_CLASSES };
static const char *const classes[N_CLASSES] = { "person", "dog", "aeroplane", "cup", "thingummy" };

static const struct detected boxes[] = {
	{ { 0, 0, 10, 10 }, 0.9f, PERSON },    /* small */
	{ { 20, 0, 60, 90 }, 0.8f, PERSON },   /* prominent */
	{ { 60, 60, 80, 90 }, 0.35f, DOG },    /* below the threshold */
	{ { 70, 0, 100, 20 }, 0.7f, AIRPLANE },
	{ { 90, 90, 99, 99 }, 0.35f, CUP },    /* below the threshold */
	{ { 50, 90, 60, 100 }, 0.5f, THINGUMMY },
};

static struct arena arena;
static struct grounded *found;
static size_t n_found;

static void match(const struct phrase *phrases, size_t n)
{
	struct detected_scene scene = { 100, 100, boxes, sizeof(boxes) / sizeof(*boxes), 0.4f };
	struct err err = ERR_INIT;
	struct phrase_matcher *matcher = phrase_matcher_new(classes, N_CLASSES, &err);

	assert_non_null(matcher);
	assert_int_equal(phrase_match(matcher, &scene, phrases, n, &found, &n_found, &arena, &err), 0);
	phrase_matcher_free(matcher);
}

static void assert_found(size_t i, size_t phrase, const char *class_name, float x0)
{
	assert_in_range(i, 0, n_found - 1);
	assert_int_equal(found[i].phrase, phrase);
	assert_string_equal(found[i].class_name, class_name);
	assert_float_equal(found[i].box.x0, x0, 0);
}

static void test_names_choose_before_nouns(void **state)
{
	const struct phrase phrases[] = { { "the man", PHRASE_NOUN }, { "Ann", PHRASE_PERSON },
					  { "Bob", PHRASE_PERSON }, { "my dog", PHRASE_NOUN } };

	(void)state;
	match(phrases, 4);
	assert_int_equal(n_found, 5);
	assert_found(0, 1, "person", 20);
	assert_found(1, 2, "person", 0);
	assert_found(2, 3, "dog", 60); /* its phrase speaks for it */
	assert_found(3, GROUNDED_NO_PHRASE, "aeroplane", 70);
	assert_found(4, GROUNDED_NO_PHRASE, "thingummy", 50);
}

static void test_plurals_take_all_that_is_left(void **state)
{
	const struct phrase phrases[] = { { "two friends", PHRASE_NOUN }, { "a star", PHRASE_NOUN } };

	(void)state;
	match(phrases, 1);
	assert_found(0, 0, "person", 20);
	assert_found(1, 0, "person", 0);
	match(phrases, 2);
	assert_found(0, 0, "person", 20);
	assert_found(1, 1, "person", 0);
}

static void test_places_take_the_whole_picture_last(void **state)
{
	const struct phrase phrases[] = { { "Paris", PHRASE_LOCATION }, { "NBA", PHRASE_ORGANIZATION } };

	(void)state;
	match(phrases, 2);
	assert_int_equal(n_found, 6);
	assert_found(3, GROUNDED_NO_PHRASE, "thingummy", 50);
	for (size_t i = 4; i < 6; i++) {
		assert_found(i, i - 4, WHOLE_PICTURE, 0);
		assert_float_equal(found[i].score, 0, 0);
		assert_float_equal(found[i].box.x1, 100, 0);
		assert_float_equal(found[i].box.y1, 100, 0);
	}
}

static void test_places_take_what_their_name_tells_of(void **state)
{
	const struct phrase phrases[] = { { "Heathrow Airport", PHRASE_LOCATION },
					  { "Delta Airlines", PHRASE_ORGANIZATION },
					  { "Apple", PHRASE_ORGANIZATION } };

	(void)state;
	match(phrases, 3);
	assert_found(0, 0, "aeroplane", 70);
	assert_found(n_found - 2, 1, WHOLE_PICTURE, 0);
	assert_found(n_found - 1, 2, WHOLE_PICTURE, 0);
}

static void test_teams_are_no_animals(void **state)
{
	const struct phrase phrases[] = { { "the Bulldogs", PHRASE_MISC }, { "Bulldog", PHRASE_MISC } };

	(void)state;
	match(phrases, 1);
	assert_found(0, GROUNDED_NO_PHRASE, "person", 20);
	match(phrases, 2);
	assert_found(0, 1, "dog", 60);
}

static void test_nothing_to_do(void **state)
{
	const struct detected_scene empty = { 100, 100, NULL, 0, 0.4f };
	const struct phrase phrase = { "", PHRASE_NOUN };
	struct err err = ERR_INIT;
	struct phrase_matcher *matcher = phrase_matcher_new(NULL, 0, &err);

	(void)state;
	assert_non_null(matcher);
	assert_int_equal(phrase_match(matcher, &empty, &phrase, 1, &found, &n_found, &arena, &err), 0);
	assert_int_equal(n_found, 0);
	assert_int_equal(phrase_match(matcher, &empty, NULL, 0, &found, &n_found, &arena, &err), 0);
	assert_int_equal(n_found, 0);
	phrase_matcher_free(matcher);
	phrase_matcher_free(NULL);
}

/* The concept of a class is what the words of phrases are compared with. */
static bool means(const char *phrase, const char *class_name)
{
	bool many;

	return object_words_match(object_words_find(phrase, &many), object_words_find(class_name, &many));
}

/* Noun phrases of tweets with the class that a person would look for, or "-". tests/oracle/README.md
 * tells how they were chosen. */
static void test_phrases_of_tweets(void **state)
{
	FILE *stream = fopen("tests/oracle/phrases/classes.tsv", "r");
	size_t wanted = 0, found_right = 0, found_wrong = 0;
	char line[256];
	bool many;

	(void)state;
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream)) {
		char *class_name = strchr(line, '\t');

		assert_non_null(class_name);
		*class_name++ = '\0';
		class_name[strcspn(class_name, "\n")] = '\0';
		wanted += strcmp(class_name, "-") != 0;
		if (!object_words_find(line, &many))
			continue;
		if (strcmp(class_name, "-") != 0 && means(line, class_name))
			found_right++;
		else
			found_wrong++;
	}
	fclose(stream);
	print_message("classes of phrases: %zu right, %zu wrong, of %zu\n", found_right, found_wrong, wanted);
	assert_int_equal(wanted, 87);
	assert_true(found_right >= 79);
	assert_true(found_wrong <= 7);
}

static int release(void **state)
{
	(void)state;
	arena_release(&arena);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_choose_before_nouns),
		cmocka_unit_test(test_plurals_take_all_that_is_left),
		cmocka_unit_test(test_places_take_the_whole_picture_last),
		cmocka_unit_test(test_places_take_what_their_name_tells_of),
		cmocka_unit_test(test_teams_are_no_animals),
		cmocka_unit_test(test_nothing_to_do),
		cmocka_unit_test(test_phrases_of_tweets),
	};

	return cmocka_run_group_tests(tests, NULL, release);
}
