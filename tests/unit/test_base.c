/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/err.h"
#include "lib/base/file.h"
#include "lib/base/unfinished.h"
#include "lib/base/opt.h"
#include "lib/base/pool.h"
#include "lib/base/random.h"
#include "lib/base/sha256.h"
#include "lib/base/str_table.h"
#include "lib/base/utf8.h"
#include "tests/unit/test.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void test_err_says_place(void **state)
{
	struct err err = ERR_INIT;
	char text[256];

	(void)state;
	assert_int_equal(err_set_at(&err, "train.txt", 12, 3, "span end %d past %d tokens", 9, 7), -1);
	assert_string_equal(err_format(&err, text, sizeof(text)),
			    "'train.txt':12:3: span end 9 past 7 tokens");
	err_set(&err, ERR_USAGE, "again: %s", err.text);
	assert_string_equal(err_format(&err, text, sizeof(text)), "again: span end 9 past 7 tokens");
	err = (struct err)ERR_INIT;
	errno = ENOENT;
	err_set_errno(&err, "open", "a.txt");
	err_add_file(&err, "a.txt");
	assert_string_equal(err_format(&err, text, sizeof(text)),
			    "cannot open 'a.txt': No such file or directory");
}

static void test_buf_grows_and_detaches(void **state)
{
	struct buf buf = BUF_INIT;
	char *text;

	(void)state;
	for (int i = 0; i < 1000; i++)
		buf_add_format(&buf, "%d,", i);
	assert_int_equal(buf.length, 10 * 2 + 90 * 3 + 900 * 4);
	text = buf_detach(&buf);
	assert_int_equal(strlen(text), 3890);
	assert_int_equal(buf.length, 0);
	free(text);
	assert_int_equal(buf_reserve(&buf, SIZE_MAX), -1);
	assert_true(buf.failed);
	buf_release(&buf);
}

static void test_arena_is_zeroed_and_refuses_wrap(void **state)
{
	struct arena arena = ARENA_INIT;
	unsigned char *bytes;

	(void)state;
	for (int round = 0; round < 3; round++) {
		bytes = arena_alloc(&arena, 100000, 1);
		for (size_t i = 0; i < 100000; i++)
			assert_int_equal(bytes[i], 0);
		memset(bytes, 0xff, 100000);
		assert_string_equal(arena_format(&arena, "%s-%d", "a", round + 1),
				    round == 0 ? "a-1" : round == 1 ? "a-2" : "a-3");
		arena_reset(&arena);
	}
	assert_null(arena_alloc(&arena, SIZE_MAX / 2, 4));
	arena_release(&arena);
}

static void test_str_table_keeps_ids(void **state)
{
	struct str_table table;
	char text[32];

	(void)state;
	str_table_init(&table);
	assert_int_equal(str_table_find(&table, "x", 1), -1);
	for (int i = 0; i < 10000; i++) {
		int n = snprintf(text, sizeof(text), "word%d", i);

		assert_int_equal(str_table_add(&table, text, (size_t)n), i);
	}
	assert_int_equal(str_table_add(&table, "word77", 6), 77);
	assert_int_equal(str_table_find(&table, "word9999", 8), 9999);
	assert_string_equal(str_table_text(&table, 1234), "word1234");
	str_table_release(&table);
}

static void test_utf8_rejects_what_is_not_utf8(void **state)
{
	static const struct {
		const char *bytes;
		size_t valid;
	} cases[] = {
		{ "plain ascii text", 16 }, { "\xc3\xa9", 2 },	 { "\xc0\xaf", 0 },
		{ "\xed\xa0\x80", 0 },	    { "\xf4\x90\x80\x80", 0 }, { "a\xe2\x82", 1 },
		{ "\xf0\x9f\x98\x80", 4 },  { "\xff", 0 },	 { "12345678\x80", 8 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		assert_int_equal(utf8_valid_prefix(cases[i].bytes, strlen(cases[i].bytes)),
				 cases[i].valid);
	assert_int_equal(utf8_count("a\xc3\xa9\xff", 4), 3);
	assert_int_equal(utf8_width("\xe4\xb8\xad", 3), 2);
}

static void test_utf8_shows_what_cannot_be_seen(void **state)
{
	char shown[UTF8_SHOWN], longer[200] = "";

	(void)state;
	assert_string_equal(utf8_show("\xe2\x80\x8b" "foo\xff", shown), "U+200Bfoo\\xff");
	assert_string_equal(utf8_show("e\xcc\x81", shown), "e\xcc\x81"); /* an accent on its letter */
	memset(longer, 'x', sizeof(longer) - 1);
	assert_true(strlen(utf8_show(longer, shown)) < UTF8_SHOWN);
	assert_non_null(strstr(shown, "x..."));
}

struct opt_target {
	const char *output, *format;
	long jobs;
	long long size;
	double score;
	int quiet;
	struct str_list only;
};

static const struct option_spec specs[] = {
	{ 'o', "output", OPT_STRING, offsetof(struct opt_target, output), "PATH", "", NULL },
	{ 'j', "jobs", OPT_INT, offsetof(struct opt_target, jobs), "N", "", NULL },
	{ 0, "max", OPT_SIZE, offsetof(struct opt_target, size), "BYTES", "", NULL },
	{ 0, "score", OPT_DOUBLE, offsetof(struct opt_target, score), "S", "", NULL },
	{ 'q', "quiet", OPT_FLAG, offsetof(struct opt_target, quiet), NULL, "", NULL },
	{ 0, "format", OPT_CHOICE, offsetof(struct opt_target, format), "F", "", "text|json" },
	{ 0, "only", OPT_LIST, offsetof(struct opt_target, only), "RULE", "", NULL },
	OPTION_END
};

static void test_opt_mixes_options_and_arguments(void **state)
{
	struct opt_target target = { .only = STR_LIST_INIT };
	struct err err = ERR_INIT;
	char words[][16] = { "a", "-qj3", "--only=x,y", "b", "--max", "2G", "--score",
			     "0.5", "--format", "json", "-oout", "--", "-c" };
	char *argv[13];

	(void)state;
	for (size_t i = 0; i < 13; i++)
		argv[i] = words[i];
	assert_int_equal(opt_parse(specs, &target, 13, argv, &err), 3);
	assert_string_equal(argv[0], "a");
	assert_string_equal(argv[2], "-c");
	assert_int_equal(target.jobs, 3);
	assert_int_equal(target.size, 2LL << 30);
	assert_true(target.score == 0.5 && target.quiet);
	assert_string_equal(target.format, "json");
	assert_string_equal(target.output, "out");
	assert_int_equal(target.only.n, 2);
	str_list_release(&target.only);
}

static void test_opt_refuses(void **state)
{
	static const char *const bad[] = { "--nothing", "-z", "--jobs=x", "--format=xml", "--quiet=1",
					   "-o", "--max=99999999999T" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct opt_target target = { .only = STR_LIST_INIT };
		struct err err = ERR_INIT;
		char word[64], *argv[1] = { word };

		snprintf(word, sizeof(word), "%s", bad[i]);
		assert_int_equal(opt_parse(specs, &target, 1, argv, &err), -1);
		assert_int_equal(err.kind, ERR_USAGE);
	}
}

static void test_file_appears_by_rename(void **state)
{
	char folder[] = "/tmp/tagsight-test-XXXXXX";
	struct file_writer writer;
	struct str_list names = STR_LIST_INIT;
	struct buf buf = BUF_INIT;
	struct err err = ERR_INIT;
	char *path, hex[SHA256_HEX];

	(void)state;
	assert_non_null(mkdtemp(folder));
	path = file_join(folder, "a/b/c.txt");
	assert_int_equal(file_make_parents(path, &err), 0);
	assert_int_equal(file_writer_open(&writer, path, &err), 0);
	fputs("abc", writer.stream);
	assert_false(file_exists(path));
	assert_int_equal(file_writer_commit(&writer, &err), 0);
	assert_int_equal(file_size(path), 3);
	assert_int_equal(file_walk(folder, &names, 10, &err), 0);
	assert_int_equal(names.n, 1);
	assert_string_equal(names.items[0], "a/b/c.txt");
	assert_int_equal(sha256_file(path, hex, &err), 0);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(file_read_all(path, &buf, 2, &err), -1);
	buf_clear(&buf);
	assert_int_equal(file_read_all(path, &buf, 3, &err), 0);
	assert_string_equal(buf.data, "abc");
	buf_release(&buf);
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
	free(path);
	assert_int_equal(rmdir(folder), 0);
	str_list_release(&names);
}

/* A pipe is written to as it is: a rename would put a file in the place of /dev/null. */
static void test_pipe_stays_a_pipe(void **state)
{
	char folder[] = "/tmp/tagsight-test-XXXXXX", path[64], got[8] = "";
	struct file_writer writer;
	struct err err = ERR_INIT;
	struct stat status;
	int reader;

	(void)state;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/pipe", folder);
	assert_int_equal(mkfifo(path, 0600), 0);
	reader = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(reader >= 0);
	assert_int_equal(file_writer_open(&writer, path, &err), 0);
	fputs("tags", writer.stream);
	assert_int_equal(file_writer_commit(&writer, &err), 0);
	assert_int_equal(read(reader, got, sizeof(got)), 4);
	assert_memory_equal(got, "tags", 4);
	close(reader);
	assert_int_equal(stat(path, &status), 0);
	assert_true(S_ISFIFO(status.st_mode));
	unlink(path);
	rmdir(folder);
}

static void test_leftovers_are_swept(void **state)
{
	char folder[] = "/tmp/tagsight-test-XXXXXX";
	const long dead = (long)fork(), own = (long)getpid(), alive = (long)getppid();
	const struct {
		const char *format;
		long pid;
		bool stays;
	} cases[] = {
		{ "a.jsonl.%ld%s", dead, false }, { "a.jsonl.%ld%s", own, false },
		{ "a.jsonl.%ld%s", alive, true }, { "a%ld%s", dead, true },
		{ "a.%ld%s.jsonl", dead, true },  { "a.part.%ld%s", dead, false },
		{ "a.%ld-00000000.part", dead, true }, { "a.%ld.part", dead, true },
	};
	char *here = unfinished_name("x");
	const char *host = strchr(here, '-'); /* "-HOST.part" */
	struct err err = ERR_INIT;

	(void)state;
	if (dead == 0)
		_exit(0);
	assert_int_equal(waitpid((pid_t)dead, NULL, 0), dead);
	assert_non_null(mkdtemp(folder));
	for (int round = 0; round < 2; round++) {
		for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
			char name[64], *path;

			snprintf(name, sizeof(name), cases[i].format, cases[i].pid, host);
			path = file_join(folder, name);
			if (round == 0)
				assert_int_equal(file_write_all(path, "x", 1, &err), 0);
			else
				assert_int_equal(file_exists(path), cases[i].stays);
			if (round == 1)
				unlink(path);
			free(path);
		}
		assert_int_equal(file_writer_sweep(folder, &err), 0);
	}
	rmdir(folder);
	assert_int_equal(file_writer_sweep(folder, &err), 0);
	free(here);
}

static void count_item(void *context, size_t item, int thread)
{
	atomic_size_t *sum = context;

	assert_true(thread >= 0 && thread < 4);
	atomic_fetch_add(sum, item);
}

static void test_pool_runs_each_item_once(void **state)
{
	atomic_size_t sum = 0;

	(void)state;
	pool_run(4, 1001, count_item, &sum);
	assert_int_equal(sum, 500500);
	pool_run(4, 0, count_item, &sum);
	assert_int_equal(sum, 500500);
}

static void test_checked_sizes(void **state)
{
	size_t out = 7;

	(void)state;
	assert_false(size_add(SIZE_MAX, 1, &out));
	assert_false(size_multiply(SIZE_MAX / 2, 3, &out));
	assert_true(size_multiply(6, 7, &out));
	assert_int_equal(out, 42);
}

/* SplitMix64 gives what its author's program gives, and all of a small range is met. */
static void test_random_repeats(void **state)
{
	struct random_stream zero = { 0 }, a = random_stream(1, "a"), again = random_stream(1, "a");
	struct random_stream other = random_stream(2, "a"), named = random_stream(1, "b");
	unsigned met = 0;

	(void)state;
	assert_true(random_next(&zero) == 0xE220A8397B1DCDAFu);
	assert_true(random_next(&zero) == 0x6E789E6AA1B965F4u);
	assert_true(random_next(&a) == random_next(&again));
	assert_true(random_next(&a) != random_next(&other));
	assert_true(random_next(&again) != random_next(&other));
	assert_true(random_next(&other) != random_next(&named));
	for (int i = 0; i < 100; i++) {
		uint64_t number = random_below(&a, 5);

		assert_true(number < 5);
		met |= 1u << number;
	}
	assert_int_equal(met, 31);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_err_says_place),
		cmocka_unit_test(test_buf_grows_and_detaches),
		cmocka_unit_test(test_arena_is_zeroed_and_refuses_wrap),
		cmocka_unit_test(test_str_table_keeps_ids),
		cmocka_unit_test(test_utf8_rejects_what_is_not_utf8),
		cmocka_unit_test(test_utf8_shows_what_cannot_be_seen),
		cmocka_unit_test(test_opt_mixes_options_and_arguments),
		cmocka_unit_test(test_opt_refuses),
		cmocka_unit_test(test_file_appears_by_rename),
		cmocka_unit_test(test_pipe_stays_a_pipe),
		cmocka_unit_test(test_leftovers_are_swept),
		cmocka_unit_test(test_pool_runs_each_item_once),
		cmocka_unit_test(test_checked_sizes),
		cmocka_unit_test(test_random_repeats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
