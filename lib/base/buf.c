/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/buf.h"

#include "lib/base/checked.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char buf_empty[1];

void buf_init(struct buf *buf)
{
	*buf = (struct buf)BUF_INIT;
}

void buf_release(struct buf *buf)
{
	if (buf->capacity)
		free(buf->data);
	buf_init(buf);
}

int buf_reserve(struct buf *buf, size_t extra)
{
	size_t needed, wanted;
	char *grown;

	if (buf->failed)
		return -1;
	if (!size_add(buf->length, extra, &needed) || !size_add(needed, 1, &needed))
		goto fail;
	if (needed <= buf->capacity)
		return 0;
	wanted = buf->capacity + buf->capacity / 2;
	if (wanted < needed)
		wanted = needed < 64 ? 64 : needed;
	grown = realloc(buf->capacity ? buf->data : NULL, wanted);
	if (!grown)
		goto fail;
	buf->data = grown;
	buf->capacity = wanted;
	buf->data[buf->length] = '\0';
	return 0;
fail:
	buf->failed = true;
	return -1;
}

void buf_add(struct buf *buf, const void *bytes, size_t length)
{
	if (length == 0 || buf_reserve(buf, length) < 0)
		return;
	memcpy(buf->data + buf->length, bytes, length);
	buf->length += length;
	buf->data[buf->length] = '\0';
}

void buf_add_string(struct buf *buf, const char *text)
{
	buf_add(buf, text, strlen(text));
}

void buf_add_char(struct buf *buf, char c)
{
	buf_add(buf, &c, 1);
}

void buf_add_format(struct buf *buf, const char *format, ...)
{
	va_list args, again;
	int length;

	va_start(args, format);
	va_copy(again, args);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length >= 0 && buf_reserve(buf, (size_t)length) == 0) {
		vsnprintf(buf->data + buf->length, (size_t)length + 1, format, again);
		buf->length += (size_t)length;
	}
	va_end(again);
}

void buf_clear(struct buf *buf)
{
	buf->length = 0;
	buf->failed = false;
	if (buf->capacity)
		buf->data[0] = '\0';
}

char *buf_detach(struct buf *buf)
{
	char *data;

	if (buf_reserve(buf, 0) < 0)
		return NULL;
	data = buf->data;
	buf_init(buf);
	return data;
}
