/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/wordpiece.h"
#include "lib/base/file.h"
#include "lib/base/sha256.h"
#include "lib/base/utf8.h"
#include "lib/formats/mnre.h"
#include "lib/formats/safetensors.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <string.h>

/* A tokenizer with the text that its vocabulary lies in. */
struct fixture {
	struct file_map map;
	struct safetensors model;
	struct wordpiece *wordpiece;
	struct pieces pieces;
};

static void open_shared(struct fixture *fixture, struct wordpiece_rules rules)
{
	struct err err = ERR_INIT;
	char *path = file_join(shared_folder(), "oracle/wordpiece/vocab.txt");

	memset(fixture, 0, sizeof(*fixture));
	assert_int_equal(file_map_open(&fixture->map, path, &err), 0);
	fixture->wordpiece = wordpiece_new((const char *)fixture->map.data, fixture->map.size, &rules,
					   &err);
	assert_non_null(fixture->wordpiece);
	free(path);
}

static void open_model(struct fixture *fixture)
{
	const struct wordpiece_rules rules = { .lower_case = true };
	struct err err = ERR_INIT;
	const struct tensor *vocab;

	memset(fixture, 0, sizeof(*fixture));
	assert_int_equal(safetensors_open(&fixture->model, "inference/models/tagger.safetensors", &err),
			 0);
	vocab = safetensors_find(&fixture->model, "vocab");
	assert_non_null(vocab);
	fixture->wordpiece = wordpiece_new((const char *)vocab->data, vocab->size, &rules, &err);
	assert_non_null(fixture->wordpiece);
}

static void close_fixture(struct fixture *fixture)
{
	wordpiece_free(fixture->wordpiece);
	pieces_release(&fixture->pieces);
	file_map_close(&fixture->map);
	if (fixture->model.n)
		safetensors_close(&fixture->model);
}

/* "12 34 56" of a text. */
static void encode(struct fixture *fixture, const char *text, size_t length, struct buf *out)
{
	struct err err = ERR_INIT;

	fixture->pieces.n = 0;
	assert_int_equal(wordpiece_encode(fixture->wordpiece, text, length, &fixture->pieces, &err), 0);
	for (size_t i = 0; i < fixture->pieces.n; i++)
		buf_add_format(out, i ? " %d" : "%d", fixture->pieces.ids[i]);
}

static void join_ids(const json_t *ids, struct buf *out)
{
	for (size_t i = 0; i < json_array_size(ids); i++)
		buf_add_format(out, i ? " %d" : "%d", (int)json_integer_value(json_array_get(ids, i)));
}

static void check_ids(struct fixture *fixture, const char *text, size_t length, const json_t *ids)
{
	struct buf wanted = BUF_INIT, got = BUF_INIT;

	join_ids(ids, &wanted);
	encode(fixture, text, length, &got);
	if (strcmp(wanted.data, got.data) != 0)
		fail_msg("'%.80s': got %.200s, not %.200s", text, got.data, wanted.data);
	buf_release(&wanted);
	buf_release(&got);
}

static json_t *load_json(const char *folder, const char *name)
{
	char *path = file_join(folder, name);
	json_t *json = json_load_file(path, JSON_ALLOW_NUL, NULL);

	assert_non_null(json);
	free(path);
	return json;
}

static void test_agrees_with_the_fixture(void **state)
{
	json_t *all = load_json("tests/oracle", "wordpiece/words.json");
	struct fixture fixture;
	size_t i;
	json_t *item;

	(void)state;
	open_model(&fixture);
	json_array_foreach(all, i, item) {
		const json_t *text = json_array_get(item, 0);

		check_ids(&fixture, json_string_value(text), json_string_length(text),
			  json_array_get(item, 1));
	}
	json_decref(all);
	close_fixture(&fixture);
}

static void test_refuses_bad_vocabularies(void **state)
{
	static const char *const bad[] = { "", "UNK", "a\nb\n", "\n" };
	const struct wordpiece_rules rules = { .lower_case = true };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct err err = ERR_INIT;

		assert_null(wordpiece_new(bad[i], strlen(bad[i]), &rules, &err));
		assert_int_equal(err.kind, ERR_DATA);
	}
}

/* As Python's readlines() has it. */
static void test_last_line_without_end(void **state)
{
	static const char text[] = { '[', 'U', 'N', 'K', ']', '\n', 'a', 'b' };
	const struct wordpiece_rules rules = { .lower_case = true };
	struct err err = ERR_INIT;
	struct wordpiece *wordpiece = wordpiece_new(text, sizeof(text), &rules, &err);

	(void)state;
	assert_non_null(wordpiece);
	assert_int_equal(wordpiece_size(wordpiece), 2);
	assert_int_equal(wordpiece_id(wordpiece, "ab"), 1);
	wordpiece_free(wordpiece);
}

/* The hash of all lines "word TAB ids" must be the golden one; a wrong block is named. */
struct line_hash {
	struct buf block;
	size_t lines, per_block;
	const char *blocks; /* 12 digits and a blank each */
	const char *what;
};

static void check_block(struct line_hash *hash)
{
	char hex[SHA256_HEX];
	size_t number = (hash->lines - 1) / hash->per_block;

	sha256_bytes(hash->block.data, hash->block.length, hex);
	if (strncmp(hex, hash->blocks + 13 * number, 12) != 0)
		fail_msg("%s: block %zu differs", hash->what, number);
	buf_clear(&hash->block);
}

static void hash_line(struct line_hash *hash, const char *line, size_t length)
{
	buf_add(&hash->block, line, length);
	if (++hash->lines % hash->per_block == 0)
		check_block(hash);
}

static void hash_word(struct line_hash *hash, struct fixture *fixture, const char *word,
		      size_t length)
{
	struct buf line = BUF_INIT;

	buf_add(&line, word, length);
	buf_add_char(&line, '\t');
	encode(fixture, word, length, &line);
	buf_add_char(&line, '\n');
	hash_line(hash, line.data, line.length);
	buf_release(&line);
}

static void hash_end(struct line_hash *hash)
{
	if (hash->block.length)
		check_block(hash);
	buf_release(&hash->block);
}

static void hash_conll(struct line_hash *hash, struct fixture *fixture, const char *path)
{
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;
	FILE *stream = fopen(path, "r");

	assert_non_null(stream);
	while ((length = getline(&line, &capacity, stream)) > 0) {
		const char *tab = memchr(line, '\t', (size_t)length);

		if (tab)
			hash_word(hash, fixture, line, (size_t)(tab - line));
	}
	fclose(stream);
	free(line);
}

static void hash_mnre(struct line_hash *hash, struct fixture *fixture, const char *path)
{
	struct relation relation;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct mnre_reader *reader = mnre_open(path, &err);

	assert_non_null(reader);
	while (mnre_next(reader, &relation, &arena, &err) == READ_OK) {
		for (size_t i = 0; i < relation.n_words; i++)
			hash_word(hash, fixture, relation.words[i], strlen(relation.words[i]));
		arena_reset(&arena);
	}
	mnre_close(reader);
	arena_release(&arena);
}

static void check_file(struct fixture *fixture, const char *name, const json_t *entry,
		       const char *blocks)
{
	struct line_hash hash = { .per_block = 1000,
				  .what = name,
				  .block = BUF_INIT,
				  .blocks = json_string_value(json_object_get(entry, blocks)) };
	char *path = file_join(shared_folder(), name);

	if (strstr(name, "/mnre"))
		hash_mnre(&hash, fixture, path);
	else
		hash_conll(&hash, fixture, path);
	assert_int_equal(hash.lines, json_integer_value(json_object_get(entry, "words")));
	hash_end(&hash);
	free(path);
}

static void check_all_words(struct wordpiece_rules rules, const char *blocks)
{
	json_t *all, *entry;
	struct fixture fixture;
	const char *name;

	open_shared(&fixture, rules);
	all = load_json(shared_folder(), "oracle/wordpiece/hashes.json");
	json_object_foreach(json_object_get(all, "files"), name, entry)
		check_file(&fixture, name, entry, blocks);
	json_decref(all);
	close_fixture(&fixture);
}

static void test_agrees_on_every_word(void **state)
{
	(void)state;
	check_all_words((struct wordpiece_rules){ .lower_case = true }, "uncased_slow_blocks");
	check_all_words((struct wordpiece_rules){ .lower_case = false }, "cased_slow_blocks");
	/* The fast ones agree with them here. */
	check_all_words((struct wordpiece_rules){ .lower_case = true, .fast = true }, "uncased_slow_blocks");
}

static size_t from_hex(const char *hex, char *out, size_t size)
{
	size_t n = 0;
	unsigned byte;

	for (; hex[2 * n] && n < size; n++) {
		assert_int_equal(sscanf(hex + 2 * n, "%2x", &byte), 1);
		out[n] = (char)byte;
	}
	return n;
}

static size_t adversarial_text(const json_t *item, char *out, size_t size)
{
	const json_t *repeat = json_object_get(item, "repeat");
	const char *hex = json_string_value(json_object_get(item, "utf8_hex")), *unit;
	size_t n = 0, length;

	if (!repeat)
		return from_hex(hex, out, size);
	unit = json_string_value(json_array_get(repeat, 0));
	length = strlen(unit);
	for (json_int_t i = json_integer_value(json_array_get(repeat, 1)); i > 0; i--, n += length) {
		assert_true(n + length <= size);
		memcpy(out + n, unit, length);
	}
	return n;
}

/* "=" stands for what the slow tokenizer of the same case gives. */
static void check_adversarial(struct wordpiece_rules rules, const char *key, const char *slow)
{
	json_t *all = load_json(shared_folder(), "oracle/wordpiece/adversarial.json"), *item;
	struct fixture fixture;
	char text[65536];
	size_t i, length;

	open_shared(&fixture, rules);
	json_array_foreach(all, i, item) {
		const json_t *ids = json_object_get(item, key);

		if (json_is_string(ids))
			ids = json_object_get(item, slow);
		length = adversarial_text(item, text, sizeof(text) - 1);
		text[length] = '\0';
		check_ids(&fixture, text, length, ids);
	}
	json_decref(all);
	close_fixture(&fixture);
}

static void test_agrees_on_adversarial_strings(void **state)
{
	static const char *const markers[] = { "<s>", "</s>", "<o>", "</o>", NULL };

	(void)state;
	check_adversarial((struct wordpiece_rules){ .lower_case = true }, "uncased_slow", "uncased_slow");
	check_adversarial((struct wordpiece_rules){ .lower_case = false }, "cased_slow", "cased_slow");
	check_adversarial((struct wordpiece_rules){ .lower_case = true, .added = markers }, "re_slow",
			  "uncased_slow");
	check_adversarial((struct wordpiece_rules){ .lower_case = true, .fast = true }, "uncased_fast",
			  "uncased_slow");
	check_adversarial((struct wordpiece_rules){ .fast = true }, "cased_fast", "cased_slow");
	check_adversarial((struct wordpiece_rules){ .lower_case = true, .alone = true }, "umt_uncased",
			  "uncased_slow");
	check_adversarial((struct wordpiece_rules){ .alone = true }, "umt_cased", "cased_slow");
}

static void hash_code_point(struct line_hash *hash, struct fixture *fixture, uint32_t c)
{
	struct buf line = BUF_INIT;
	char text[8] = "a";
	size_t length = utf8_encode(c, text + 1);

	buf_add_format(&line, "%04X\t", c);
	encode(fixture, text + 1, length, &line);
	buf_add_char(&line, '\t');
	text[1 + length] = 'b';
	encode(fixture, text, length + 2, &line);
	buf_add_char(&line, '\n');
	buf_add(&hash->block, line.data, line.length);
	buf_release(&line);
}

static void check_code_points(struct wordpiece_rules rules, const json_t *all, const char *key)
{
	struct line_hash hash = {
		.per_block = 1, .what = key, .block = BUF_INIT,
		.blocks = json_string_value(json_object_get(json_object_get(all, "hashes"), key))
	};
	struct fixture fixture;
	const json_t *range;
	size_t i;

	open_shared(&fixture, rules);
	json_array_foreach(json_object_get(all, "ranges"), i, range) {
		uint32_t begin = (uint32_t)strtoul(json_string_value(json_array_get(range, 0)), NULL, 16);
		uint32_t end = (uint32_t)strtoul(json_string_value(json_array_get(range, 1)), NULL, 16);

		for (uint32_t c = begin; c < end; c++) {
			if (c < 0xd800 || c > 0xdfff)
				hash_code_point(&hash, &fixture, c);
			if (c % 256 == 255 && hash.block.length) {
				hash.lines++;
				check_block(&hash);
			}
		}
	}
	buf_release(&hash.block);
	close_fixture(&fixture);
}

static void test_agrees_on_every_code_point(void **state)
{
	json_t *all = load_json(shared_folder(), "oracle/wordpiece/codepoints.json");

	(void)state;
	check_code_points((struct wordpiece_rules){ .lower_case = true }, all, "uncased_slow");
	check_code_points((struct wordpiece_rules){ .lower_case = false }, all, "cased_slow");
	check_code_points((struct wordpiece_rules){ .lower_case = true, .fast = true }, all, "uncased_fast");
	check_code_points((struct wordpiece_rules){ .fast = true }, all, "cased_fast");
	json_decref(all);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_the_fixture),
		cmocka_unit_test(test_refuses_bad_vocabularies),
		cmocka_unit_test(test_last_line_without_end),
		cmocka_unit_test(test_agrees_on_every_word),
		cmocka_unit_test(test_agrees_on_adversarial_strings),
		cmocka_unit_test(test_agrees_on_every_code_point),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
