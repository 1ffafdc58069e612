/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What went wrong, where, and whose fault it is. Every library function that can fail returns 0 or
 * -1 (or NULL) and fills the caller's struct err; on success it leaves it untouched.
 *
 *	struct err err = ERR_INIT;
 *	if (file_read_all(path, &buf, limit, &err) < 0)
 *		return err_report(&err);
 */
#ifndef TAGSIGHT_BASE_ERR_H
#define TAGSIGHT_BASE_ERR_H

#include <stddef.h>

enum err_kind {
	ERR_NONE,
	ERR_DATA,   /* the input is wrong */
	ERR_USAGE,  /* the request is wrong */
	ERR_SYSTEM, /* no such file, disk full, out of memory */
	ERR_STOPPED /* interrupted by the user */
};

struct err {
	enum err_kind kind;
	size_t line;   /* from 1; 0 when there is none */
	size_t column; /* from 1; 0 when there is none */
	char file[512];
	char text[768];
};

#define ERR_INIT { ERR_NONE, 0, 0, "", "" }

/* Grades of a record reader: READ_BAD means that this record is wrong and the next may be read. */
enum read_status { READ_FAIL = -1, READ_EOF = 0, READ_OK = 1, READ_BAD = 2 };

/* Each of these returns -1, so that a failing function can end with `return err_set(...)`. */
int err_set(struct err *err, enum err_kind kind, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* As err_set() with ERR_DATA and a place; line and column 0 are left out. */
int err_set_at(struct err *err, const char *file, size_t line, size_t column, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* ERR_SYSTEM with the text of errno: "cannot open 'x': No such file or directory". */
int err_set_errno(struct err *err, const char *action, const char *path);

int err_set_memory(struct err *err);

/* Put a file name on an error that was set without one, unless its text is of the system and names it. */
void err_add_file(struct err *err, const char *file);

/* Write "'file':line:column: text" into `out`, always terminated. Returns `out`. */
char *err_format(const struct err *err, char *out, size_t size);

/* A broken invariant of our own: prints the place and aborts. Never for bad input. */
#define BUG(message) err_bug(__FILE__, __LINE__, message)
void err_bug(const char *file, int line, const char *message) __attribute__((noreturn));

#endif
