/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A folder for the files of a test program, which is made by its set-up and goes with all that is in it.
 *
 *	static int set_up(void **state)
 *	{
 *		if (!mkdtemp(test_folder)) ...
 *	}
 *	return cmocka_run_group_tests(tests, set_up, test_folder_remove);
 */
#ifndef TAGSIGHT_TESTS_UNIT_TEST_FOLDER_H
#define TAGSIGHT_TESTS_UNIT_TEST_FOLDER_H

#include "lib/base/file.h"
#include "tests/unit/test.h"

#include <string.h>

static char test_folder[] = "/tmp/tagsight-test-XXXXXX";

static inline int test_folder_remove(void **state)
{
	char command[128];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf '%s'", test_folder);
	return system(command);
}

/* Write a file, with the folders above it. */
static inline void test_write(const char *path, const char *content)
{
	struct err err = ERR_INIT;

	assert_int_equal(file_make_parents(path, &err), 0);
	assert_int_equal(file_write_all(path, content, strlen(content), &err), 0);
}

#endif
