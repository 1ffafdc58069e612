/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void err_clear(struct err *err, enum err_kind kind)
{
	err->kind = kind;
	err->line = 0;
	err->column = 0;
	err->file[0] = '\0';
}

int err_set(struct err *err, enum err_kind kind, const char *format, ...)
{
	char text[sizeof(err->text)]; /* the arguments may point into *err */
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	err_clear(err, kind);
	memcpy(err->text, text, sizeof(text));
	return -1;
}

int err_set_at(struct err *err, const char *file, size_t line, size_t column, const char *format, ...)
{
	char text[sizeof(err->text)], name[sizeof(err->file)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	snprintf(name, sizeof(name), "%s", file ? file : "");
	err_clear(err, ERR_DATA);
	memcpy(err->text, text, sizeof(text));
	memcpy(err->file, name, sizeof(name));
	err->line = line;
	err->column = column;
	return -1;
}

int err_set_errno(struct err *err, const char *action, const char *path)
{
	int saved = errno;

	return err_set(err, ERR_SYSTEM, "cannot %s '%s': %s", action, path, strerror(saved));
}

int err_set_memory(struct err *err)
{
	return err_set(err, ERR_SYSTEM, "out of memory");
}

void err_add_file(struct err *err, const char *file)
{
	if (err->file[0] == '\0' && !(err->kind == ERR_SYSTEM && strstr(err->text, file)))
		snprintf(err->file, sizeof(err->file), "%s", file);
}

char *err_format(const struct err *err, char *out, size_t size)
{
	if (err->file[0] == '\0')
		snprintf(out, size, "%s", err->text);
	else if (err->line == 0)
		snprintf(out, size, "'%s': %s", err->file, err->text);
	else if (err->column == 0)
		snprintf(out, size, "'%s':%zu: %s", err->file, err->line, err->text);
	else
		snprintf(out, size, "'%s':%zu:%zu: %s", err->file, err->line, err->column,
			 err->text);
	return out;
}

void err_bug(const char *file, int line, const char *message)
{
	fprintf(stderr, "%s:%d: BUG: %s\n", file, line, message);
	abort();
}
