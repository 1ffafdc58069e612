/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Hashes of the tweets of test splits, by which training text is kept clear of tests that nobody wants to
 * hand around: a line for each, "SET<TAB>exact|loose<TAB>HASH" (overlap.h says of what).
 *
 *	struct test_hashes *hashes = test_hashes_read("test_hashes.tsv", &err);
 *	uint64_t exact = test_hashes_find(hashes, TEST_HASH_EXACT, text, length);
 */
#ifndef TAGSIGHT_PREPROCESS_TEST_HASHES_H
#define TAGSIGHT_PREPROCESS_TEST_HASHES_H

#include "lib/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define TEST_HASH_SETS 32 /* at most */

enum test_hash_kind { TEST_HASH_EXACT, TEST_HASH_LOOSE };

struct test_hashes;

/* NULL when the file cannot be read, or a line is no such line (ERR_DATA). */
struct test_hashes *test_hashes_read(const char *path, struct err *err);
void test_hashes_free(struct test_hashes *hashes);

/* The name of set number `index`, in order of appearance; NULL past the last. */
const char *test_hashes_set(const struct test_hashes *hashes, size_t index);

/* The sets that hold a text of this kind: bit by number. */
uint64_t test_hashes_find(const struct test_hashes *hashes, enum test_hash_kind kind,
			  const char *text, size_t length);

#endif
