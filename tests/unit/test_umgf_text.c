/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/formats/sentence_reader.h"
#include "lib/formats/umgf_text.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <sys/stat.h>

/* A folder with files that the test names. */
struct folder {
	char path[64];
	struct arena arena;
};

static void make_folder(struct folder *folder)
{
	*folder = (struct folder){ .path = "/tmp/tagsight-test-XXXXXX" };
	assert_non_null(mkdtemp(folder->path));
}

static void remove_folder(struct folder *folder)
{
	struct str_list files = STR_LIST_INIT;
	struct err err = ERR_INIT;

	assert_int_equal(file_walk(folder->path, &files, 100, &err), 0);
	for (size_t i = 0; i < files.n; i++)
		unlink(arena_format(&folder->arena, "%s/%s", folder->path, files.items[i]));
	rmdir(arena_format(&folder->arena, "%s/below", folder->path));
	assert_int_equal(rmdir(folder->path), 0);
	str_list_release(&files);
	arena_release(&folder->arena);
}

static void put(struct folder *folder, const char *name, const void *bytes, size_t length)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_write_all(arena_format(&folder->arena, "%s/%s", folder->path, name), bytes,
					length, &err), 0);
}

static void put_tweet(struct folder *folder, const char *name, const char *words, const char *tags,
		      const char *picture)
{
	const char *const parts[] = { words, tags, picture };

	for (size_t i = 0; i < 3; i++)
		if (parts[i])
			put(folder, arena_format(&folder->arena, "%s_%c.txt", name, "slp"[i]), parts[i],
			    strlen(parts[i]));
}

static void test_tweets(void **state)
{
	struct sentence_reader reader;
	struct sentence sentence;
	struct err err = ERR_INIT;
	struct folder folder;
	static const char *const pictures[] = { "100", "10", "1", "33" };

	(void)state;
	make_folder(&folder);
	put_tweet(&folder, "1", "in\tNew York\tx", "O\tB-LOC\tO", "1");
	put_tweet(&folder, "33", "", "", "33\n");
	put_tweet(&folder, "100", "RT\t@a\r\nsecond line", "O\tO\n\n", "100\r\n");
	put_tweet(&folder, "10", "a\t\tb", NULL, "10");
	put(&folder, "notes.txt", "x", 1);
	mkdir(arena_format(&folder.arena, "%s/below", folder.path), 0777);
	put(&folder, "below/5_s.txt", "x", 1);

	assert_int_equal(sentence_reader_open(&reader, folder.path, &err), 0);
	for (size_t i = 0; i < 4; i++) {
		assert_int_equal(sentence_reader_next(&reader, &sentence, &folder.arena, &err), READ_OK);
		assert_string_equal(sentence.id, pictures[i]);
		assert_int_equal(sentence.record, i);
		assert_non_null(strstr(sentence.file, "_s.txt"));
		assert_int_equal(sentence.id_line, 1);
		switch (i) {
		case 0:
			assert_int_equal(sentence.n_tokens, 2);
			assert_string_equal(sentence.tokens[1].word, "@a");
			assert_string_equal(sentence.tokens[1].tag, "O");
			break;
		case 1:
			assert_int_equal(sentence.n_tokens, 3);
			assert_string_equal(sentence.tokens[1].word, "");
			assert_string_equal(sentence.tokens[2].line, "b");
			assert_null(sentence.tokens[2].tag);
			assert_int_equal(sentence.tokens[2].columns, 1);
			break;
		case 2:
			assert_int_equal(sentence.n_tokens, 3);
			assert_string_equal(sentence.tokens[1].line, "New York\tB-LOC");
			assert_int_equal(sentence.tokens[1].line_length, 14);
			assert_int_equal(sentence.tokens[1].columns, 2);
			break;
		default:
			assert_int_equal(sentence.n_tokens, 0);
		}
	}
	assert_int_equal(sentence_reader_next(&reader, &sentence, &folder.arena, &err), READ_EOF);
	sentence_reader_close(&reader);
	remove_folder(&folder);
}

/* The next tweet is bad, for this reason; those after it can be read. */
static void expect_bad(struct umgf_text_reader *reader, struct folder *folder, size_t record,
		       const char *reason)
{
	struct sentence sentence;
	struct err err = ERR_INIT;
	char text[1400];

	assert_int_equal(umgf_text_next(reader, &sentence, &folder->arena, &err), READ_BAD);
	assert_int_equal(sentence.record, record);
	err_format(&err, text, sizeof(text));
	if (!strstr(text, reason))
		fail_msg("%s", text);
}

static void test_bad_tweets(void **state)
{
	static char longer[UMGF_TEXT_LINE_LIMIT + 2];
	struct umgf_text_reader *reader;
	struct sentence sentence;
	struct err err = ERR_INIT;
	struct folder folder;

	(void)state;
	memset(longer, 'x', sizeof(longer));
	make_folder(&folder);
	put_tweet(&folder, "1", "a\tb", "O", "1");
	put_tweet(&folder, "2", "a", "O", NULL);
	put(&folder, "3_s.txt", longer, sizeof(longer));
	put_tweet(&folder, "3", NULL, "O", "3");
	put(&folder, "4_s.txt", "a\0b\tc", 5);
	put_tweet(&folder, "4", NULL, "O\tO", "4");

	reader = umgf_text_open(folder.path, &err);
	assert_non_null(reader);
	expect_bad(reader, &folder, 0, "1_l.txt':1: 1 tags for the 2 words of");
	expect_bad(reader, &folder, 1, "2_p.txt");
	expect_bad(reader, &folder, 2, "longer than");
	assert_int_equal(umgf_text_next(reader, &sentence, &folder.arena, &err), READ_OK);
	assert_string_equal(sentence.tokens[0].word, "ab");
	umgf_text_close(reader);
	remove_folder(&folder);
}

static void test_no_tweets(void **state)
{
	struct err err = ERR_INIT;
	struct folder folder;

	(void)state;
	make_folder(&folder);
	put(&folder, "_s.txt", "x", 1);
	assert_null(umgf_text_open(folder.path, &err));
	assert_int_equal(err.kind, ERR_DATA);
	remove_folder(&folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tweets),
		cmocka_unit_test(test_bad_tweets),
		cmocka_unit_test(test_no_tweets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
