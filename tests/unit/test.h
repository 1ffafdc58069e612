/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What every unit test includes: cmocka, and the folder of research data, which a user's clone
 * does not have.
 *
 *	static void test_x(void **state) { const char *shared = shared_folder(); ... }
 */
#ifndef TAGSIGHT_TESTS_UNIT_TEST_H
#define TAGSIGHT_TESTS_UNIT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

/* The folder of research data; skips the running test, loudly, where there is none. */
static inline const char *shared_folder(void)
{
	const char *folder = getenv("TAGSIGHT_SHARED");

	if (!folder || !*folder)
		folder = "../shared";
	if (access(folder, R_OK) != 0) {
		printf("skip: needs the research data in %s (set TAGSIGHT_SHARED)\n", folder);
		skip();
	}
	return folder;
}

#endif
