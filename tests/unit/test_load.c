/* SPDX-License-Identifier: Apache-2.0 */
/* What is told of a file is what became of it in the original loaders (tests/oracle/make_load_fixture.py). */
#include "tests/unit/test.h"

#include "lib/base/buf.h"
#include "preprocess/load/load.h"
#include "tests/unit/temporary.h"

#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

static const struct load_options no_options;

struct told {
	enum finding_level level;
	char file[96];
	size_t line;
	char message[256];
};

struct collector {
	struct finding_sink sink;
	struct told told[64];
	size_t n;
};

static void collect(struct finding_sink *sink, const struct finding *finding)
{
	struct collector *collector = (struct collector *)sink;
	struct told *told = &collector->told[collector->n++];

	assert_in_range(collector->n, 1, 64);
	told->level = finding->level;
	told->line = finding->line;
	snprintf(told->file, sizeof(told->file), "%s", finding->file);
	snprintf(told->message, sizeof(told->message), "%s", finding->message);
}

static json_t *load_fixture(const char *name)
{
	char path[256];
	json_error_t error;
	json_t *fixture;

	snprintf(path, sizeof(path), "tests/oracle/load/%s.json", name);
	fixture = json_load_file(path, 0, &error);
	if (!fixture)
		fail_msg("%s: %s", path, error.text);
	return fixture;
}

/* The text is kept one character a byte. */
static char *make_text(json_t *one)
{
	const char *text = json_string_value(json_object_get(one, "text"));
	char *bytes = malloc(strlen(text) + 1), *path;
	size_t length = 0;

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0xc0)
			c = (unsigned char)((c & 3) << 6 | (*++text & 0x3f));
		bytes[length++] = (char)c;
	}
	path = temporary_file(bytes, length);
	free(bytes);
	return path;
}

static size_t count_between(const struct collector *collector, size_t first, size_t last,
			    enum finding_level level, const char *start)
{
	size_t n = 0;

	for (size_t i = 0; i < collector->n; i++)
		n += collector->told[i].line >= first && collector->told[i].line <= last &&
		     collector->told[i].level >= level &&
		     strncmp(collector->told[i].message, start, strlen(start)) == 0;
	return n;
}

/* How a message begins that tells of an outcome. */
static const char *start_of(const char *outcome)
{
	static const char *const starts[][2] = {
		{ "crash", "crashes" },	  { "picture", "gets " },
		{ "cut", "loses " },	  { "label", "loses " },
		{ "lost", "" },		  { "</s>", "loses its closing marker </s>" },
		{ "</o>", "loses its closing marker </o>" }, { "crossed", "gets crossed" },
		{ "twice", "gets words twice" },	     { "head", "loses the marker of its head" },
		{ "tail", "loses the marker of its tail" },
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(*starts); i++)
		if (strcmp(starts[i][0], outcome) == 0)
			return starts[i][1];
	fail_msg("no such outcome: %s", outcome);
	return NULL;
}

static void compare_record(const char *name, const struct collector *collector, json_t *record)
{
	size_t first = (size_t)json_integer_value(json_object_get(record, "first"));
	size_t last = (size_t)json_integer_value(json_object_get(record, "last")) + 1, at;
	json_t *outcomes = json_object_get(record, "outcomes"), *outcome;
	bool crashes = false;

	json_array_foreach(outcomes, at, outcome) {
		const char *text = json_string_value(outcome);
		bool crash = strcmp(text, "crash") == 0;

		crashes |= crash;
		if (!count_between(collector, first, last, crash ? LEVEL_ERROR : LEVEL_WARNING,
				   start_of(text)))
			fail_msg("%s, lines %zu to %zu: nothing tells of '%s'", name, first, last, text);
	}
	if (last > first + 1 && json_array_size(outcomes) == 0)
		last--;
	if (!crashes && count_between(collector, first, last - 1, LEVEL_ERROR, ""))
		fail_msg("%s, lines %zu to %zu: an error, and the loader reads on", name, first, last);
	if (json_array_size(outcomes) == 0 && count_between(collector, first, last - 1, LEVEL_NOTE, ""))
		fail_msg("%s, lines %zu to %zu: a finding, and nothing is wrong", name, first, last);
}

static bool record_crashes(json_t *records)
{
	json_t *record, *outcome;
	size_t i, k;

	json_array_foreach(records, i, record)
		json_array_foreach(json_object_get(record, "outcomes"), k, outcome)
			if (strcmp(json_string_value(outcome), "crash") == 0)
				return true;
	return false;
}

static void put(const char *folder, const char *name, const void *bytes, size_t length)
{
	char path[128];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	stream = fopen(path, "wb");
	assert_non_null(stream);
	assert_int_equal(fwrite(bytes, 1, length, stream), length);
	fclose(stream);
}

/* A folder with the boxes of tweet 1; NULL without any. */
static char *put_boxes(char *folder, const char *text)
{
	assert_non_null(mkdtemp(folder));
	if (text)
		put(folder, "1.xml", text, strlen(text));
	return text ? folder : NULL;
}

static void remove_boxes(const char *folder)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/1.xml", folder);
	unlink(path);
	rmdir(folder);
}

static void compare_case(const struct loader *loader, enum task task, json_t *one)
{
	struct collector collector = { .sink = { collect } };
	const char *name = json_string_value(json_object_get(one, "name"));
	bool crash = json_is_true(json_object_get(one, "crash"));
	struct split split = { .task = task, .layout = "conll", .text = make_text(one) };
	char map[] = "/tmp/tagsight-test-XXXXXX", boxes[] = "/tmp/tagsight-test-XXXXXX";
	struct err err = ERR_INIT;
	json_t *record;
	size_t i;

	split.relations = map;
	assert_int_equal(write(mkstemp(map), "{\"None\": 0, \"/per/loc/place_of_birth\": 1}\n", 43), 43);
	split.boxes = put_boxes(boxes, json_string_value(json_object_get(one, "boxes")));
	assert_int_equal(load_check(loader, &split, &no_options, &collector.sink, &err), 0);
	remove_boxes(boxes);
	if (crash != (count_between(&collector, 0, 10000, LEVEL_ERROR, "") > 0) &&
	    !(!crash && record_crashes(json_object_get(one, "records"))))
		fail_msg("%s: %s", name, crash ? "the loader crashes, and nothing says so" :
						 "an error, and the loader reads the file");
	json_array_foreach(json_object_get(one, "records"), i, record)
		compare_record(name, &collector, record);
	temporary_remove(split.text);
	unlink(map);
}

/* "@N" in a text stands for N zeros apart by tabs. */
static void put_expanded(const char *folder, const char *name, const char *text)
{
	struct buf whole = BUF_INIT;
	char *end;

	for (; *text; text++) {
		if (*text != '@') {
			buf_add_char(&whole, *text);
			continue;
		}
		for (long n = strtol(text + 1, &end, 10); n > 0; n--)
			buf_add_string(&whole, n > 1 ? "0\t" : "0");
		text = end - 1;
	}
	put(folder, name, whole.data, whole.length);
	buf_release(&whole);
}

static void put_files(const char *folder, json_t *files)
{
	const char *name;
	json_t *text;

	assert_int_equal(mkdir(folder, 0700), 0);
	json_object_foreach(files, name, text)
		put_expanded(folder, name, json_string_value(text));
}

/* MEGA's files: something is told just where the loader stops. */
static void compare_files(const struct loader *loader, json_t *one)
{
	struct collector collector = { .sink = { collect } };
	char top[] = "/tmp/tagsight-test-XXXXXX", objects[64], weights[64], command[96];
	struct load_options options = { objects, weights, NULL };
	struct split split = { .task = TASK_RE, .layout = "mnre", .text = make_text(one),
			       .name = (char *)"" };
	struct err err = ERR_INIT;
	bool crashes = json_is_true(json_object_get(one, "crash")) ||
		       record_crashes(json_object_get(one, "records"));

	assert_non_null(mkdtemp(top));
	snprintf(objects, sizeof(objects), "%s/objects", top);
	snprintf(weights, sizeof(weights), "%s/weights", top);
	put_files(objects, json_object_get(one, "objects"));
	put_files(weights, json_object_get(one, "weights"));
	assert_int_equal(load_check(loader, &split, &options, &collector.sink, &err), 0);
	if (crashes != (count_between(&collector, 0, 10000, LEVEL_ERROR, "crashes: ") > 0) ||
	    (!crashes && collector.n))
		fail_msg("%s: %zu findings, and the loader %s",
			 json_string_value(json_object_get(one, "name")), collector.n,
			 crashes ? "stops" : "reads on");
	snprintf(command, sizeof(command), "rm -rf %s", top);
	assert_int_equal(system(command), 0);
	temporary_remove(split.text);
}

static void compare(const char *loader_name, const char *fixture_name, enum task task)
{
	const struct loader *loader = loader_find(loader_name);
	json_t *fixture = load_fixture(fixture_name), *one;
	size_t i;

	assert_non_null(loader);
	assert_in_range(json_array_size(json_object_get(fixture, "cases")), 40, 200);
	json_array_foreach(json_object_get(fixture, "cases"), i, one)
		if (json_object_get(one, "objects"))
			compare_files(loader, one);
		else
			compare_case(loader, task, one);
	json_decref(fixture);
}

static void test_hvpnet_ner(void **state)
{
	(void)state;
	compare("hvpnet", "hvpnet_ner", TASK_NER);
}

static void test_hvpnet_re(void **state)
{
	(void)state;
	compare("load-hvpnet", "hvpnet_re", TASK_RE);
}

static void test_mkgformer_ner(void **state)
{
	(void)state;
	compare("mkgformer", "mkgformer_ner", TASK_NER);
}

static void test_mkgformer_re(void **state)
{
	(void)state;
	compare("mkgformer", "mkgformer_re", TASK_RE);
}

static void test_umt(void **state)
{
	(void)state;
	compare("umt", "umt_ner", TASK_NER);
}

static void test_gmner(void **state)
{
	(void)state;
	compare("gmner", "gmner_ner", TASK_NER);
}

static void test_mega(void **state)
{
	(void)state;
	compare("mega", "mega_re", TASK_RE);
}

static void put_crops(const char *images, const char *id)
{
	static const char *const kinds[] = { "person", "miscellaneous", "location", "organization" };
	static const char gif[] = "GIF87a\2\0\2\0\200\0\0\0\0\0\377\377\377,\0\0\0\0\2\0\2\0\0\2\2\204Q\0;";
	char folder[96], name[64];

	snprintf(folder, sizeof(folder), "%s/%s", images, id);
	assert_int_equal(mkdir(folder, 0700), 0);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		snprintf(name, sizeof(name), "crop_%s_%s.jpg", kinds[i], id);
		put(folder, name, gif, sizeof(gif) - 1);
	}
}

static size_t count_of_file(const struct collector *collector, const char *file, const char *start)
{
	size_t n = 0;

	for (size_t i = 0; i < collector->n; i++) {
		const char *name = strrchr(collector->told[i].file, '/');

		n += name && strcmp(name + 1, file) == 0 &&
		     strncmp(collector->told[i].message, start, strlen(start)) == 0;
	}
	return n;
}

static void compare_tweet(const char *name, const struct collector *collector, json_t *record)
{
	const char *file = json_string_value(json_object_get(record, "file"));
	json_t *outcomes = json_object_get(record, "outcomes"), *outcome;
	size_t i;

	json_array_foreach(outcomes, i, outcome)
		if (!count_of_file(collector, file, start_of(json_string_value(outcome))))
			fail_msg("%s, %s: nothing tells of '%s'", name, file, json_string_value(outcome));
	if (json_array_size(outcomes) == 0 && count_of_file(collector, file, ""))
		fail_msg("%s, %s: a finding, and nothing is wrong", name, file);
}

static void compare_folder(json_t *one)
{
	struct collector collector = { .sink = { collect } };
	const char *name = json_string_value(json_object_get(one, "name")), *file;
	char top[] = "/tmp/tagsight-test-XXXXXX", texts[64], images[64], command[96];
	struct split split = { .layout = "umgf", .text = texts, .images = images };
	struct err err = ERR_INIT;
	json_t *text, *record;
	size_t i;

	assert_non_null(mkdtemp(top));
	snprintf(texts, sizeof(texts), "%s/texts", top);
	snprintf(images, sizeof(images), "%s/images", top);
	assert_int_equal(mkdir(texts, 0700) | mkdir(images, 0700), 0);
	json_object_foreach(json_object_get(one, "files"), file, text)
		put(texts, file, json_string_value(text), json_string_length(text));
	json_array_foreach(json_object_get(one, "crops"), i, record)
		put_crops(images, json_string_value(record));
	assert_int_equal(load_check(loader_find("umgf"), &split, &no_options, &collector.sink, &err), 0);
	json_array_foreach(json_object_get(one, "records"), i, record)
		compare_tweet(name, &collector, record);
	snprintf(command, sizeof(command), "rm -rf %s", top);
	assert_int_equal(system(command), 0);
}

static void test_umgf(void **state)
{
	json_t *fixture = load_fixture("umgf"), *one;
	size_t i;

	(void)state;
	assert_in_range(json_array_size(json_object_get(fixture, "cases")), 15, 100);
	json_array_foreach(json_object_get(fixture, "cases"), i, one)
		compare_folder(one);
	json_decref(fixture);
}

/* One picture, of tweet 1, with and without the placeholder in its folder. */
static void compare_picture(const struct loader *loader, const char *placeholder, json_t *one)
{
	struct collector collector = { .sink = { collect } };
	char folder[] = "/tmp/tagsight-test-XXXXXX", path[64], fallback[64];
	const char *file = json_string_value(json_object_get(one, "file"));
	const char *outcome = json_string_value(json_object_get(one, "outcome"));
	struct split split = { .layout = "umt", .images = folder, .text = folder };
	struct load_picture picture = { .path = path, .record = "IMGID:1", .line = 1 };

	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/%s", folder, file ? file : "1.jpg");
	snprintf(fallback, sizeof(fallback), "%s/%s", folder, placeholder);
	if (json_is_true(json_object_get(one, "placeholder")))
		fclose(fopen(fallback, "w"));
	picture.width = (int)json_integer_value(json_object_get(one, "width"));
	picture.height = (int)json_integer_value(json_object_get(one, "height"));
	picture.trouble = json_is_true(json_object_get(one, "readable")) ? NULL : "it is broken";
	load_check_picture(loader, &split, &picture, &collector.sink);
	unlink(fallback);
	rmdir(folder);
	if (collector.n != (*outcome != '\0'))
		fail_msg("%s: '%s' and %zu findings",
			 json_string_value(json_object_get(one, "name")), outcome, collector.n);
	if (*outcome)
		assert_int_equal(collector.told[0].level,
				 strcmp(outcome, "crash") == 0 ? LEVEL_ERROR : LEVEL_WARNING);
}

static void compare_pictures(const char *loader, const char *fixture_name, const char *placeholder)
{
	json_t *fixture = load_fixture(fixture_name), *one;
	size_t i;

	assert_in_range(json_array_size(json_object_get(fixture, "pictures")), 16, 100);
	json_array_foreach(json_object_get(fixture, "pictures"), i, one)
		compare_picture(loader_find(loader), placeholder, one);
	json_decref(fixture);
}

static void test_pictures(void **state)
{
	(void)state;
	compare_pictures("hvpnet", "hvpnet_ner", "inf.png");
	compare_pictures("umt", "umt_ner", "17_06_4705.jpg");
}

static void test_names(void **state)
{
	struct split split = { .layout = "umt", .task = TASK_NER };

	(void)state;
	assert_null(loader_find("nobody"));
	assert_true(loader_speaks(loader_find("umt"), &split));
	assert_false(loader_speaks(loader_find("hvpnet"), &split));
	assert_true(loader_can_read(loader_find("hvpnet"), &split));
	assert_false(loader_can_read(loader_find("mega"), &split));
}

static const struct CMUnitTest tests[] = {
	cmocka_unit_test(test_hvpnet_ner),   cmocka_unit_test(test_hvpnet_re),
	cmocka_unit_test(test_mkgformer_ner), cmocka_unit_test(test_mkgformer_re),
	cmocka_unit_test(test_umt),	     cmocka_unit_test(test_gmner),
	cmocka_unit_test(test_mega),	     cmocka_unit_test(test_pictures),
	cmocka_unit_test(test_names),	     cmocka_unit_test(test_umgf),
};

int main(void)
{
	return cmocka_run_group_tests(tests, NULL, NULL);
}
