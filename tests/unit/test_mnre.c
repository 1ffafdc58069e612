/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/mnre.h"

#include "lib/base/buf.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <stdbool.h>
#include <string.h>

static void describe(struct buf *out, const struct relation *relation)
{
	buf_add_format(out, "%zu:", relation->record);
	for (size_t i = 0; i < relation->n_words; i++)
		buf_add_format(out, "%s|", relation->words[i]);
	buf_add_format(out, " %s %ld %ld, %s %ld %ld, %s %s\n", relation->head.name,
		       relation->head.begin, relation->head.end, relation->tail.name,
		       relation->tail.begin, relation->tail.end, relation->image,
		       relation->relation);
}

/* What the reader gives, one line a record; "line:column: message" for a bad one. */
static char *read_bytes(const char *bytes, size_t length)
{
	char *path = temporary_file(bytes, length);
	struct buf out = BUF_INIT;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct mnre_reader *reader = mnre_open(path, &err);
	struct relation relation;
	enum read_status status;

	assert_non_null(reader);
	while ((status = mnre_next(reader, &relation, &arena, &err)) > READ_EOF) {
		if (status == READ_BAD)
			buf_add_format(&out, "%zu:%zu: %s\n", err.line, err.column, err.text);
		else
			describe(&out, &relation);
		arena_reset(&arena);
	}
	assert_int_equal(status, READ_EOF);
	mnre_close(reader);
	arena_release(&arena);
	temporary_remove(path);
	return buf_detach(&out);
}

static void assert_reads(const char *text, const char *expected)
{
	char *got = read_bytes(text, strlen(text));

	assert_string_equal(got, expected);
	free(got);
}

/* As assert_reads(), for one string in the place of the only token. */
static void assert_token(const char *literal, const char *expected)
{
	struct buf line = BUF_INIT, out = BUF_INIT;

	buf_add_format(&line,
		       "{'token': [%s], 'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', "
		       "'pos': [1, 2]}, 'img_id': 'i.jpg', 'relation': 'None'}\n",
		       literal);
	buf_add_format(&out, "0:%s| a 0 1, b 1 2, i.jpg None\n", expected);
	assert_reads(line.data, out.data);
	buf_release(&line);
	buf_release(&out);
}

#define ENTITIES "'h': {'name': 'a', 'pos': [0, 1]}, 't': {'name': 'b', 'pos': [1, 2]}"
#define GOOD "{'token': ['a', 'b'], " ENTITIES ", 'img_id': 'i.jpg', 'relation': 'None'}\n"
#define GOOD_READ ":a|b| a 0 1, b 1 2, i.jpg None\n"

static void test_python_and_json(void **state)
{
	(void)state;
	assert_reads(GOOD, "0" GOOD_READ);
	assert_reads("{\"token\": [\"a\\/b\", \"\\u00e9\\ud83d\\ude00\"], \"h\": {\"name\": \"a\", "
		     "\"pos\": [0, 1]}, \"t\": {\"pos\": [-1, 2], \"name\": \"b\"}, \"img_id\": "
		     "\"i.jpg\", \"relation\": \"/per/per/peer\", \"more\": [true, null, -1.5e3]}\n",
		     "0:a/b|é😀| a 0 1, b -1 2, i.jpg /per/per/peer\n");
	assert_reads("{'token': ['a', 'b'], " ENTITIES ", 'img_id': 657157, 'relation': 'None'}",
		     "0:a|b| a 0 1, b 1 2, 657157 None\n");
	assert_reads("  { 'token' : ( 'a' , 'b' , ) , 'x': {1: (2, [3, {}]), 'y': {'s', None}}, "
		     "'z': u'q' r'\\x', 'h': {'name': 'a', 'pos': (0, 1,), 'k': True}, 't': {'name': "
		     "'b', 'pos': [+1, 2]}, 'img_id': 'i.jpg', 'relation': 'None', }  ",
		     "0:a|b| a 0 1, b 1 2, i.jpg None\n");
}

static void test_strings(void **state)
{
	(void)state;
	assert_token("\"it's\"", "it's");
	assert_token("'it\\'s \\\"x\\\"'", "it's \"x\"");
	assert_token("u'\\u2026' U\"\\U0001F600\"", "…😀");
	assert_token("'\\xe9\\351\\n\\t\\\\'", "éé\n\t\\");
	assert_token("r'\\n\\''", "\\n\\'");
	assert_token("'\\q\\/\\'\\\\'", "\\q\\/'\\");
	assert_token("'\\ud83d\\ude00'", "😀");
	assert_token("'\\ud83d' '\\ude00x\\ud83d\\u0041'", "��x�A");
	assert_token("'a\\0b\\x00c'", "abc");
	assert_token("'\xff\xc3'", "��");
	assert_token("'''a'b\"c'''", "a'b\"c");
	assert_token("''", "");
}

static void test_bad_lines_have_a_place(void **state)
{
	(void)state;
	assert_reads("x\n\n" GOOD, "1:1: found 'x' where '{' is expected\n2" GOOD_READ);
	assert_reads("{'token': ['a', 'b'\n" GOOD,
		     "1:20: the line ends where ',' or ']' is expected\n1" GOOD_READ);
	assert_reads("{'é': 1, 'token': 5}\n", "1:19: found '5' where a list of tokens is expected\n");
	assert_reads("{'token': ['a]}\n", "1:12: a string is not closed\n");
	assert_reads("{'token': ['\\u12']}\n", "1:13: an escape lacks its hexadecimal digits\n");
	assert_reads("{'token': ['\\U00110000']}\n", "1:13: an escape is past U+10FFFF\n");
	assert_reads("{'token': [], " ENTITIES "}\n", "1:1: there is no 'relation' here\n");
	assert_reads("{'token': [], 'h': {'name': 'a'}}\n", "1:20: there is no 'pos' here\n");
	assert_reads("{'h': {'name': 'a', 'pos': [0, 1.5]}}\n",
		     "1:32: this is no whole number that fits\n");
	assert_reads("{'h': {'name': 'a', 'pos': [0, 99999999999999999999]}}\n",
		     "1:32: this is no whole number that fits\n");
	assert_reads("{'h': {'name': 'a', 'pos': [0]}}\n",
		     "1:30: found ']' where ',' and the end of the span is expected\n");
	assert_reads("{'x': __import__('os')}\n", "1:7: found '_' where a value is expected\n");
	assert_reads("{'x': b'a'}\n", "1:7: found 'b' where a value is expected\n");
	assert_reads(GOOD "{} {}\n", "0" GOOD_READ "2:4: found '{' where the end of the line is expected\n");
	assert_reads("{}", "1:1: there is no 'token' here\n");
}

static void test_hostile_lines(void **state)
{
	struct buf text = BUF_INIT;
	char *got;

	(void)state;
	buf_add_string(&text, "{'x': ");
	for (int i = 0; i < 100000; i++)
		buf_add_char(&text, '[');
	buf_add_string(&text, "\n{'x': '");
	for (size_t i = 0; i < MNRE_LINE_LIMIT; i++)
		buf_add_char(&text, 'x');
	buf_add_string(&text, "'}\n" GOOD);
	got = read_bytes(text.data, text.length);
	assert_string_equal(got, "1:72: lists are nested too deep\n2:0: a line of 1048585 bytes is longer "
				 "than the 1048576 allowed\n2" GOOD_READ);
	free(got);
	buf_release(&text);
	got = read_bytes("{'token': ['a\0b']}\n", 19);
	assert_string_equal(got, "1:1: there is no 'h' here\n");
	free(got);
	got = read_bytes("{\0'token'", 9);
	assert_string_equal(got, "1:2: found the byte 0x00 where a string is expected\n");
	free(got);
}

static void test_mnre_release(void **state)
{
	static const struct {
		const char *name;
		size_t lines, at_end;
	} files[] = { { "mnre_train.txt", 12247, 104 }, { "mnre_val.txt", 1624, 16 } };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct relation relation;

	(void)state;
	for (size_t f = 0; f < 2; f++) {
		struct mnre_reader *reader;
		size_t n = 0, at_end = 0;
		char path[1024];

		snprintf(path, sizeof(path), "%s/data/mnre/%s", shared_folder(), files[f].name);
		reader = mnre_open(path, &err);
		assert_non_null(reader);
		while (mnre_next(reader, &relation, &arena, &err) == READ_OK) {
			assert_int_equal(relation.record, n++);
			at_end += relation.head.end == (long)relation.n_words ||
				  relation.tail.end == (long)relation.n_words;
			arena_reset(&arena);
		}
		assert_int_equal(err.kind, ERR_NONE);
		assert_int_equal(n, files[f].lines);
		assert_int_equal(at_end, files[f].at_end);
		mnre_close(reader);
	}
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_python_and_json),
		cmocka_unit_test(test_strings),
		cmocka_unit_test(test_bad_lines_have_a_place),
		cmocka_unit_test(test_hostile_lines),
		cmocka_unit_test(test_mnre_release),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
