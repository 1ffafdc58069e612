/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/tag_merge.h"

#include "lib/base/buf.h"
#include "lib/corpus/span.h"
#include "tests/unit/test.h"

#include <string.h>

#define WORDS 16

/* "B-PER I-PER O" as an array of the arena. */
static const char **tags_of(struct arena *arena, const char *text, size_t *n)
{
	const char **tags = arena_alloc(arena, WORDS, sizeof(*tags));
	char *copy = arena_copy(arena, text), *rest = NULL;

	*n = 0;
	for (char *tag = strtok_r(copy, " ", &rest); tag; tag = strtok_r(NULL, " ", &rest))
		tags[(*n)++] = tag;
	return tags;
}

/* `conflicts` is "2-4 5-6". */
static void assert_merged(const char *base, const char *ours, const char *theirs,
			  enum merge_choice choice, const char *wanted, const char *conflicts)
{
	struct arena arena = ARENA_INIT;
	struct buf got = BUF_INIT, at = BUF_INIT;
	struct merge_sides sides = { NULL, NULL, NULL, NULL };
	struct tag_merged merged;
	struct err err = ERR_INIT;
	size_t n;

	sides.base = base ? tags_of(&arena, base, &n) : NULL;
	sides.ours = tags_of(&arena, ours, &n);
	sides.theirs = tags_of(&arena, theirs, &n);
	assert_int_equal(tag_merge(&sides, n, choice, &merged, &arena, &err), 0);
	for (size_t i = 0; i < n; i++)
		buf_add_format(&got, "%s%s", i ? " " : "", merged.tags[i]);
	for (size_t i = 0; i < merged.n_conflicts; i++)
		buf_add_format(&at, "%s%zu-%zu", i ? " " : "", merged.conflicts[i].begin,
			       merged.conflicts[i].end);
	assert_string_equal(got.data, wanted);
	assert_string_equal(at.data, conflicts);
	buf_release(&got);
	buf_release(&at);
	arena_release(&arena);
}

static void test_three_ways(void **state)
{
	(void)state;
	/* One side's change alone, and both sides' apart. */
	assert_merged("O O O", "B-PER O O", "O O O", MERGE_KEEP, "B-PER O O", "");
	assert_merged("O O O", "O O O", "O B-LOC I-LOC", MERGE_KEEP, "O B-LOC I-LOC", "");
	assert_merged("O O O", "B-PER O O", "O O B-LOC", MERGE_KEEP, "B-PER O B-LOC", "");
	assert_merged("B-PER I-PER O", "O O O", "B-PER I-PER B-LOC", MERGE_KEEP, "O O B-LOC", "");
	/* The same change of both. */
	assert_merged("O O", "B-PER I-PER", "B-PER I-PER", MERGE_KEEP, "B-PER I-PER", "");
	/* Neighbours do not touch. */
	assert_merged("O O O", "B-PER I-PER O", "O O B-PER", MERGE_KEEP, "B-PER I-PER B-PER", "");
}

static void test_conflicts(void **state)
{
	static const char base[] = "B-PER I-PER O O", ours[] = "B-LOC I-LOC O B-ORG";
	static const char theirs[] = "B-PER I-PER I-PER O";

	(void)state;
	assert_merged(base, ours, theirs, MERGE_KEEP, "B-PER I-PER O B-ORG", "0-3");
	assert_merged(base, ours, theirs, MERGE_OURS, "B-LOC I-LOC O B-ORG", "0-3");
	assert_merged(base, ours, theirs, MERGE_THEIRS, "B-PER I-PER I-PER B-ORG", "0-3");
	assert_merged(base, ours, theirs, MERGE_UNION, "B-LOC I-LOC O B-ORG", "0-3");
	/* What one took away and the other moved. */
	assert_merged("B-PER O O", "O O O", "B-PER I-PER O", MERGE_KEEP, "B-PER O O", "0-2");
	/* A chain of ranges that touch is one conflict. */
	assert_merged("O O O O O", "B-X I-X O B-X I-X", "O B-X I-X I-X O", MERGE_KEEP, "O O O O O", "0-5");
}

static void test_two_ways(void **state)
{
	(void)state;
	assert_merged(NULL, "B-PER O B-LOC", "B-PER O B-LOC", MERGE_KEEP, "B-PER O B-LOC", "");
	assert_merged(NULL, "B-PER O O", "O O B-LOC", MERGE_KEEP, "B-PER O O", "0-1 2-3");
	assert_merged(NULL, "B-PER O O", "O O B-LOC", MERGE_THEIRS, "O O B-LOC", "0-1 2-3");
	assert_merged(NULL, "B-PER O O", "O O B-LOC", MERGE_UNION, "B-PER O B-LOC", "0-1 2-3");
}

/* I- at the start of an entity must not join it to the other side's. */
static void test_parts_neighbours(void **state)
{
	(void)state;
	assert_merged("O O O", "I-PER O O", "O I-PER I-PER", MERGE_KEEP, "I-PER B-PER I-PER", "");
	assert_merged("O O", "I-PER O", "O I-LOC", MERGE_KEEP, "I-PER I-LOC", "");
}

/* An orphan that is mended changes no entity, yet is a change. */
static void test_spelling(void **state)
{
	(void)state;
	assert_merged("I-PER I-PER O", "B-PER I-PER O", "I-PER I-PER B-LOC", MERGE_KEEP,
		      "B-PER I-PER B-LOC", "");
}

/* conlleval sees no entity in S- or U-, their scheme does. */
static void test_schemes(void **state)
{
	const char *base[] = { "O", "O", "O" }, *ours[] = { "U-PER", "O", "O" };
	const char *theirs[] = { "B-PER", "L-PER", "O" };
	struct merge_sides sides = { base, ours, theirs, NULL };
	struct entity_reader reader = ENTITY_READER_INIT;
	struct tag_merged merged;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;

	(void)state;
	entity_reader_add(&reader, ours, 3);
	entity_reader_add(&reader, theirs, 3);
	sides.entities = &reader;
	assert_int_equal(tag_merge(&sides, 3, MERGE_KEEP, &merged, &arena, &err), 0);
	assert_int_equal(merged.n_conflicts, 1);
	assert_int_equal(merged.conflicts[0].end, 2);
	assert_int_equal(tag_merge(&sides, 3, MERGE_THEIRS, &merged, &arena, &err), 0);
	assert_string_equal(merged.tags[1], "L-PER");
	arena_release(&arena);
}

static const char *const alphabet[] = { "O", "O", "B-X", "I-X", "B-Y", "I-Y", "E-X", "S-Y" };

static void draw(unsigned *seed, const char **tags, const char *const *from, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		*seed = *seed * 1103515245u + 12345u;
		tags[i] = from && (*seed >> 16) % 3 ? from[i] : alphabet[(*seed >> 20) % 8];
	}
}

static void assert_equal_tags(const char *const *a, const char *const *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_string_equal(a[i], b[i]);
}

/* Whatever the tags: an unchanged side yields to the other, the sides may be swapped, and outside
 * conflicts every entity is one of a side. */
static void test_laws(void **state)
{
	unsigned seed = 7;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		const char *base[WORDS], *ours[WORDS], *theirs[WORDS];
		size_t n = (size_t)round % WORDS;
		struct merge_sides sides = { base, ours, theirs, NULL };
		struct merge_sides back = { base, theirs, ours, NULL };
		struct tag_merged merged, swapped;
		struct arena arena = ARENA_INIT;
		struct err err = ERR_INIT;

		draw(&seed, base, NULL, n);
		draw(&seed, ours, base, n);
		draw(&seed, theirs, base, n);
		assert_int_equal(tag_merge(&sides, n, MERGE_KEEP, &merged, &arena, &err), 0);
		assert_int_equal(tag_merge(&back, n, MERGE_KEEP, &swapped, &arena, &err), 0);
		assert_int_equal(merged.n_conflicts, swapped.n_conflicts);
		assert_equal_tags(merged.tags, swapped.tags, n);
		sides.theirs = base;
		assert_int_equal(tag_merge(&sides, n, MERGE_KEEP, &merged, &arena, &err), 0);
		assert_int_equal(merged.n_conflicts, 0);
		assert_equal_tags(merged.tags, ours, n);
		sides.theirs = ours;
		assert_int_equal(tag_merge(&sides, n, MERGE_KEEP, &merged, &arena, &err), 0);
		assert_int_equal(merged.n_conflicts, 0);
		assert_equal_tags(merged.tags, ours, n);
		sides = (struct merge_sides){ NULL, ours, theirs, NULL };
		assert_int_equal(tag_merge(&sides, n, MERGE_THEIRS, &merged, &arena, &err), 0);
		assert_equal_tags(merged.tags, theirs, n);
		arena_release(&arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_three_ways),	cmocka_unit_test(test_conflicts),
		cmocka_unit_test(test_two_ways),	cmocka_unit_test(test_parts_neighbours),
		cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_spelling),	cmocka_unit_test(test_laws),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
