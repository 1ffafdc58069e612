/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A byte string that grows. `data` is always followed by a NUL that `length` does not count. The
 * caller owns the struct; the bytes belong to it until buf_detach().
 *
 *	struct buf buf = BUF_INIT;
 *	buf_add_format(&buf, "%s/%zu", folder, n);
 *	buf_release(&buf);
 *
 * Running out of memory sets `failed` and makes further additions do nothing, so that a long
 * composition is checked once, at its end.
 */
#ifndef TAGSIGHT_BASE_BUF_H
#define TAGSIGHT_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

struct buf {
	char *data;
	size_t length;
	size_t capacity;
	bool failed;
};

extern char buf_empty[1];
#define BUF_INIT { buf_empty, 0, 0, false }

void buf_init(struct buf *buf);
void buf_release(struct buf *buf);

/* Make room for `extra` more bytes; 0, or -1 when memory is out. */
int buf_reserve(struct buf *buf, size_t extra);

void buf_add(struct buf *buf, const void *bytes, size_t length);
void buf_add_string(struct buf *buf, const char *text);
void buf_add_char(struct buf *buf, char c);
void buf_add_format(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Forget the content, keep the memory. */
void buf_clear(struct buf *buf);

/* Hand the bytes over: the caller frees the result (never NULL unless memory is out). */
char *buf_detach(struct buf *buf);

#endif
