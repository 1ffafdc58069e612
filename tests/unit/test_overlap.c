/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/overlap/minhash.h"
#include "preprocess/overlap/overlap.h"
#include "preprocess/overlap/test_hashes.h"
#include "preprocess/overlap/tweet_key.h"

#include "lib/base/buf.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <math.h>

#define FIXTURE "tests/oracle/overlap/pairs.tsv"

static void assert_key(const char *text, const char *expected)
{
	char *copy = strdup(text), *rest = copy, *word;
	const char *words[64];
	struct buf key = BUF_INIT;
	size_t n = 0;

	while ((word = strtok_r(NULL, " ", &rest)))
		words[n++] = word;
	tweet_key_normalised(words, n, &key);
	assert_string_equal(key.data, expected);
	buf_release(&key);
	free(copy);
}

static void test_normalised(void **state)
{
	(void)state;
	assert_key("RT @jo : Sooooo #Great in \xc3\x9cnic\xc3\xb6""de http://t.co/x \xf0\x9f\x98\x80 !",
		   "soogreatinunicode");
	assert_key("RT @ jo : Soo # great in u\xcc\x88nic\xc3\x96""de http://t. co/x", "soogreatinunicode");
	assert_key("A &amp; B &lt c&gt;d &amper 10000 wordhttps://t.co/y", "abcdamper10000word");
	assert_key("\xef\xbc\xa6\xef\xbc\xb5\xef\xbc\xac\xef\xbc\xac \xff\xfe", "full");
	assert_key("@ @jo http://t.co/x ... \xf0\x9f\x98\x80", "");
}

/* The next column of a line of the fixture. */
static char *next_column(const char **at)
{
	const char *end = *at + strcspn(*at, "\t\n");
	char *column = strndup(*at, (size_t)(end - *at));

	*at = *end ? end + 1 : end;
	return column;
}

static void set_of(struct shingles *shingles, const char *text)
{
	assert_int_equal(shingles_of(shingles, text, strlen(text)), 0);
}

/* What Python's re, unicodedata and sets make of the same tweets. */
static void test_fixture(void **state)
{
	struct shingles a = SHINGLES_INIT, b = SHINGLES_INIT;
	FILE *stream = fopen(FIXTURE, "r");
	char line[4096];
	size_t n = 0;

	(void)state;
	assert_non_null(stream);
	for (; fgets(line, sizeof(line), stream); n++) {
		const char *at = line;
		char *columns[5];

		for (int i = 0; i < 5; i++)
			columns[i] = next_column(&at);
		assert_key(columns[0], columns[2]);
		assert_key(columns[1], columns[3]);
		set_of(&a, columns[2]);
		set_of(&b, columns[3]);
		assert_true(fabs(shingles_jaccard(&a, &b) - strtod(columns[4], NULL)) < 1e-6);
		for (int i = 0; i < 5; i++)
			free(columns[i]);
	}
	assert_int_equal(n, 120);
	fclose(stream);
	shingles_release(&a);
	shingles_release(&b);
}

static void test_shingles(void **state)
{
	struct shingles a = SHINGLES_INIT, b = SHINGLES_INIT;

	(void)state;
	assert_true(shingles_jaccard(&a, &b) == 0);
	set_of(&a, "abcdefgh");
	assert_int_equal(a.n, 4);
	set_of(&b, "abcdefgx");
	assert_true(shingles_jaccard(&a, &b) == 3.0 / 5.0);
	set_of(&a, "aaaaaaaaaa");
	assert_int_equal(a.n, 1);
	set_of(&a, "\xc3\xa4" "bc");
	assert_int_equal(a.n, 1);
	set_of(&b, "\xc3\xa4" "bc");
	assert_true(shingles_jaccard(&a, &b) == 1);
	shingles_release(&a);
	shingles_release(&b);
}

/* Of pairs of made-up sets with a known similarity, as many share a band as the formula says. */
static void test_recall(void **state)
{
	enum { SIZE = 100, SETS = 4000 };
	struct minhash minhash;
	uint64_t items[2][SIZE];
	uint32_t keys[2][MINHASH_ROWS];
	uint64_t next = 1;
	size_t found = 0;

	(void)state;
	minhash_init(&minhash, 0.9, 1);
	assert_true(minhash_recall(&minhash, 0.9) >= 0.99);
	assert_true(minhash.rows > 4);
	for (size_t set = 0; set < SETS; set++) {
		struct shingles a = { items[0], SIZE, SIZE }, b = { items[1], SIZE, SIZE };
		bool same = false;

		/* 80 of 120 in common. */
		for (size_t i = 0; i < SIZE; i++) {
			items[0][i] = next++ * 0x9e3779b97f4a7c15u;
			items[1][i] = i < 80 ? items[0][i] : next++ * 0x9e3779b97f4a7c15u;
		}
		minhash_keys(&minhash, &a, keys[0]);
		minhash_keys(&minhash, &b, keys[1]);
		for (size_t band = 0; band < minhash.bands; band++)
			same |= keys[0][band] == keys[1][band];
		found += same;
	}
	/* Three standard deviations. */
	assert_true(fabs((double)found / SETS - minhash_recall(&minhash, 80.0 / 120)) <
		    3 * sqrt(0.25 / SETS));
}

static void test_bands(void **state)
{
	struct minhash minhash;

	(void)state;
	for (double threshold = 0.2; threshold <= 1; threshold += 0.1) {
		minhash_init(&minhash, threshold, 1);
		assert_true(minhash.rows * minhash.bands <= MINHASH_ROWS);
		assert_true(minhash_recall(&minhash, threshold) >= 0.99);
	}
}

static void test_hash_files(void **state)
{
	/* SHA-256 of "a b" and of "abcdefghijkl". */
	char *path = temporary_text("x\texact\tc8687a08aa5d6ed2\n\ny\tloose\td682ed4ca4d989c1\n"
				    "y\texact\tc8687a08aa5d6ed2\n");
	static const char *const bad[] = { "x exact\n", "x other c8687a08aa5d6ed2\n",
					   "x exact c8687a08aa5d6ed\n", "x exact C8687A08AA5D6ED2\n",
					   "x exact c8687a08aa5d6ed2 y\n" };
	struct err err = ERR_INIT;
	struct test_hashes *hashes = test_hashes_read(path, &err);

	(void)state;
	assert_non_null(hashes);
	assert_string_equal(test_hashes_set(hashes, 0), "x");
	assert_string_equal(test_hashes_set(hashes, 1), "y");
	assert_null(test_hashes_set(hashes, 2));
	assert_int_equal(test_hashes_find(hashes, TEST_HASH_EXACT, "a b", 3), 3);
	assert_int_equal(test_hashes_find(hashes, TEST_HASH_LOOSE, "a b", 3), 0);
	assert_int_equal(test_hashes_find(hashes, TEST_HASH_LOOSE, "abcdefghijkl", 12), 2);
	test_hashes_free(hashes);
	temporary_remove(path);
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		path = temporary_text(bad[i]);
		assert_null(test_hashes_read(path, &err));
		assert_int_equal(err.kind, ERR_DATA);
		temporary_remove(path);
	}
	assert_null(test_hashes_read("/no/such/file", &err));
	assert_int_equal(err.kind, ERR_SYSTEM);
}

static void add_text(struct dataset *dataset, const char *name, const char *text)
{
	struct split *split = dataset_add(dataset);

	split->layout = "conll";
	split->set = strdup("set");
	split->name = strdup(name);
	split->text = temporary_text(text);
}

static void remove_texts(struct dataset *dataset)
{
	for (size_t i = 0; i < dataset->n_splits; i++)
		unlink(dataset->splits[i].text);
	dataset_release(dataset);
}

#define TWEET(id, words) "IMGID:" id "\n" words "\tO\n\n"

static void assert_pair(const struct overlap *overlap, size_t *at, size_t line, size_t other_side,
			size_t other_line, enum overlap_kind kind)
{
	struct overlap_pair pair;

	assert_int_equal(overlap_next(overlap, at, &pair), 1);
	assert_int_equal(pair.record.line, line);
	assert_int_equal(pair.other.side, other_side);
	assert_int_equal(pair.other.line, other_line);
	assert_int_equal(pair.kind, kind);
	assert_true(pair.kind == OVERLAP_NEAR ? pair.similarity >= 0.7 && pair.similarity < 1
					      : pair.similarity == 1);
}

/* Each record counts once for a side, under the closest kind; a text twice in one split is no overlap. */
static void test_kinds(void **state)
{
	struct overlap_options options = OVERLAP_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;
	struct overlap *overlap = overlap_new(&options);
	struct overlap_count count;
	size_t at = 0;

	(void)state;
	add_text(&dataset, "train",
		 TWEET("1", "abcdefghijklmnopqrst") TWEET("2", "abcdefghijklmnopqrst")
		 TWEET("3", "ok") TWEET("4", "Zyxwvutsrqponmlk") TWEET("5", "twice-in-this-split")
		 TWEET("6", "Twice-In-This-Split"));
	add_text(&dataset, "test",
		 TWEET("7", "abcdefghijklmnopqrst!") TWEET("8", "abcdefghijklmnopqrst") TWEET("9", "OK")
		 TWEET("10", "ok") TWEET("11", "zyxwvutsrqponml"));
	assert_int_equal(overlap_add(overlap, &dataset, NULL, &err), 0);
	assert_int_equal(overlap_match(overlap, NULL, &err), 0);
	assert_pair(overlap, &at, 2, 1, 5, OVERLAP_EXACT);
	assert_pair(overlap, &at, 5, 1, 5, OVERLAP_EXACT);
	assert_pair(overlap, &at, 8, 1, 11, OVERLAP_EXACT);
	assert_pair(overlap, &at, 11, 1, 14, OVERLAP_NEAR);
	assert_pair(overlap, &at, 2, 0, 2, OVERLAP_NORMALISED);
	assert_pair(overlap, &at, 5, 0, 2, OVERLAP_EXACT);
	assert_pair(overlap, &at, 11, 0, 8, OVERLAP_EXACT);
	assert_pair(overlap, &at, 14, 0, 11, OVERLAP_NEAR);
	assert_int_equal(overlap_next(overlap, &at, &(struct overlap_pair){ .kind = 0 }), 0);
	count = overlap_count(overlap, 0, 1);
	assert_int_equal(count.exact, 3);
	assert_int_equal(count.normalised, 0);
	assert_int_equal(count.near, 1);
	assert_int_equal(overlap_leaks(overlap), 4);
	overlap_free(overlap);
	remove_texts(&dataset);
}

static void test_nothing(void **state)
{
	struct overlap_options options = OVERLAP_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;
	struct overlap *overlap = overlap_new(&options);
	size_t at = 0;

	(void)state;
	add_text(&dataset, "train", "");
	assert_int_equal(overlap_add(overlap, &dataset, NULL, &err), 0);
	assert_int_equal(overlap_match(overlap, NULL, &err), 0);
	assert_int_equal(overlap_next(overlap, &at, &(struct overlap_pair){ .kind = 0 }), 0);
	overlap_free(overlap);
	remove_texts(&dataset);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_normalised), cmocka_unit_test(test_fixture),
		cmocka_unit_test(test_shingles),   cmocka_unit_test(test_recall),
		cmocka_unit_test(test_bands),	   cmocka_unit_test(test_hash_files),
		cmocka_unit_test(test_kinds),	   cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
