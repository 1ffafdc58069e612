/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files that live as long as one test.
 *
 *	char *path = temporary_file("a\tO\n", 4);
 *	...
 *	temporary_remove(path);
 */
#ifndef TAGSIGHT_TESTS_UNIT_TEMPORARY_H
#define TAGSIGHT_TESTS_UNIT_TEMPORARY_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A new file that holds these bytes; its path is on the heap. */
static inline char *temporary_file(const void *bytes, size_t length)
{
	char *path = strdup("/tmp/tagsight-test-XXXXXX");
	int fd = path ? mkstemp(path) : -1;
	FILE *stream = fd >= 0 ? fdopen(fd, "wb") : NULL;

	if (!stream || fwrite(bytes, 1, length, stream) != length || fclose(stream) != 0)
		abort();
	return path;
}

static inline char *temporary_text(const char *text)
{
	return temporary_file(text, strlen(text));
}

static inline void temporary_remove(char *path)
{
	unlink(path);
	free(path);
}

#endif
