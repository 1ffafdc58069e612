/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "lib/image/resample.h"
#include "preprocess/check/near_pictures.h"
#include "preprocess/check/picture_hashes.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>

/* ---- the index against comparing each with each ---- */

#define PRINTS 3000

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Hashes in heaps: each a few bits from one of a hundred. Their other parts agree. */
static void make_prints(struct fingerprint *prints)
{
	uint64_t random = 88172645463325252u, centres[100];

	for (size_t i = 0; i < 100; i++)
		centres[i] = next_random(&random);
	memset(prints, 0, PRINTS * sizeof(*prints));
	for (size_t i = 0; i < PRINTS; i++) {
		uint64_t bits = centres[next_random(&random) % 100];

		for (uint64_t flips = next_random(&random) % 6; flips; flips--)
			bits ^= (uint64_t)1 << next_random(&random) % 64;
		prints[i].frequencies = bits;
		prints[i].plain = i % 50 == 0;
	}
}

struct found {
	unsigned char times[PRINTS];
};

static void on_found(void *context, size_t other)
{
	((struct found *)context)->times[other]++;
}

static void test_index_finds_what_comparing_all_finds(void **state)
{
	static struct fingerprint prints[PRINTS];
	static const struct fingerprint *list[PRINTS];
	struct near_pictures *near;
	size_t pairs = 0;

	(void)state;
	make_prints(prints);
	for (size_t i = 0; i < PRINTS; i++)
		list[i] = &prints[i];
	near = near_pictures_new(list, PRINTS);
	assert_non_null(near);
	for (size_t i = 0; i < PRINTS; i++) {
		struct found found = { { 0 } };

		near_pictures_each(near, i, on_found, &found);
		for (size_t j = 0; j < PRINTS; j++) {
			bool wanted = j != i && fingerprint_alike(&prints[i], &prints[j]);

			pairs += wanted;
			if (found.times[j] != wanted)
				fail_msg("%zu and %zu, distance %d: found %d times", i, j,
					 fingerprint_distance(&prints[i], &prints[j]), found.times[j]);
		}
	}
	assert_true(pairs > 10000);
	near_pictures_free(near);
}

/* ---- files of splits and data sets ---- */

static void add(struct picture_hashes *hashes, const char *path, size_t dataset, size_t split,
		const char *record)
{
	struct picture_owner owner = { dataset, split, record, 0 };

	assert_int_equal(picture_hashes_add(hashes, path, &owner), 0);
}

static char *smaller_copy(const char *path)
{
	struct image image = IMAGE_INIT, small = IMAGE_INIT;
	char *copy = temporary_file("", 0);
	struct err err = ERR_INIT;

	assert_int_equal(image_decode_file(&image, path, NULL, NULL, &err), 0);
	assert_int_equal(image_resize(&small, &image, image.width * 2 / 3, image.height * 2 / 3, &err), 0);
	assert_int_equal(image_encode_jpeg(&small, 60, copy, &err), 0);
	image_release(&image);
	image_release(&small);
	return copy;
}

#define SAMPLE "tests/sample/pictures/sample_"

static void assert_match(const struct picture_match *match, size_t picture, size_t other,
			 bool same_bytes)
{
	assert_int_equal(match->picture, picture);
	assert_int_equal(match->other, other);
	assert_int_equal(match->same_bytes, same_bytes);
	assert_true(match->distance <= FINGERPRINT_DISTANCE);
}

static void test_matches_between_splits_and_sets(void **state)
{
	struct picture_hashes *hashes = picture_hashes_new();
	const struct hashed_picture *list;
	struct picture_match *matches;
	struct err err = ERR_INIT;
	struct buf bytes = BUF_INIT;
	char *small = smaller_copy(SAMPLE "1.jpg"), *copy;
	size_t n;

	(void)state;
	assert_int_equal(file_read_all(SAMPLE "1.jpg", &bytes, 1 << 26, &err), 0);
	copy = temporary_file(bytes.data, bytes.length);
	buf_release(&bytes);
	add(hashes, SAMPLE "1.jpg", 0, 0, "IMGID:1");
	add(hashes, SAMPLE "2.jpg", 0, 0, "IMGID:2");
	add(hashes, SAMPLE "1.jpg", 0, 0, "IMGID:1 again");
	add(hashes, small, 1, 0, "IMGID:3");
	add(hashes, copy, 1, 0, "IMGID:4");
	add(hashes, SAMPLE "3.jpg", 1, 0, NULL);
	add(hashes, SAMPLE "2.jpg", 0, 1, "IMGID:5");
	add(hashes, SAMPLE "10.jpg", 0, 1, "a web page");
	add(hashes, SAMPLE "10.jpg", 1, 0, "a web page");
	add(hashes, "/nowhere/x.jpg", 1, 0, NULL);
	assert_int_equal(picture_hashes_read(hashes, 2, NULL, &err), 0);
	list = picture_hashes_list(hashes, &n);
	assert_int_equal(n, 9);
	assert_string_equal(list[0].owner.record, "IMGID:1");
	assert_true(list[0].read && list[2].read && !list[6].read && !list[8].read);
	assert_int_equal(picture_hashes_match(hashes, &matches, &n, &err), 0);
	assert_int_equal(n, 5);
	assert_match(&matches[0], 0, 3, true);
	assert_match(&matches[1], 1, 5, true);
	assert_match(&matches[2], 2, 0, false);
	assert_match(&matches[3], 3, 0, true);
	assert_match(&matches[4], 5, 1, true);
	free(matches);
	picture_hashes_free(hashes);
	temporary_remove(small);
	temporary_remove(copy);
}

static void test_nothing_to_compare(void **state)
{
	struct picture_hashes *hashes = picture_hashes_new();
	struct picture_match *matches;
	struct err err = ERR_INIT;
	size_t n;

	(void)state;
	assert_int_equal(picture_hashes_read(hashes, 2, NULL, &err), 0);
	assert_int_equal(picture_hashes_match(hashes, &matches, &n, &err), 0);
	assert_int_equal(n, 0);
	free(matches);
	picture_hashes_free(hashes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index_finds_what_comparing_all_finds),
		cmocka_unit_test(test_matches_between_splits_and_sets),
		cmocka_unit_test(test_nothing_to_compare),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
