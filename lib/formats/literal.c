/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/literal.h"

#include "lib/base/utf8.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT "\xef\xbf\xbd"
#define JSON_NAMES 5 /* of the escapes below, those that JSON has too */

static void step_over_blanks(struct literal *in)
{
	while (in->at < in->length && strchr(" \t\f", in->text[in->at]) && in->text[in->at])
		in->at++;
}

void literal_init(struct literal *in, const char *text, size_t length, struct arena *arena)
{
	*in = (struct literal){ text, length, 0, arena, false };
	if (literal_accept(in, '{') && literal_peek(in) == '"')
		in->json = true;
	in->at = 0;
}

size_t literal_column(const struct literal *in, size_t at)
{
	return utf8_count(in->text, at) + 1;
}

int literal_expected(const struct literal *in, size_t at, const char *what, struct err *err)
{
	size_t column = literal_column(in, at);
	uint32_t code_point;
	size_t n;

	if (at >= in->length)
		return err_set_at(err, NULL, 0, column, "the line ends where %s is expected", what);
	n = utf8_decode(in->text + at, in->length - at, &code_point);
	if (n == 0 || code_point < ' ')
		return err_set_at(err, NULL, 0, column,
				  "found the byte 0x%02x where %s is expected",
				  (unsigned char)in->text[at], what);
	return err_set_at(err, NULL, 0, column, "found '%.*s' where %s is expected", (int)n,
			  in->text + at, what);
}

static int bad_text(const struct literal *in, size_t at, const char *why, struct err *err)
{
	return err_set_at(err, NULL, 0, literal_column(in, at), "%s", why);
}

char literal_peek(struct literal *in)
{
	step_over_blanks(in);
	return in->at < in->length ? in->text[in->at] : '\0';
}

bool literal_accept(struct literal *in, char c)
{
	if (literal_peek(in) != c || in->at >= in->length)
		return false;
	in->at++;
	return true;
}

int literal_more(struct literal *in, char close, struct err *err)
{
	char what[] = "',' or ' '";

	if (literal_accept(in, close))
		return 0;
	if (literal_accept(in, ','))
		return literal_accept(in, close) ? 0 : 1;
	what[sizeof(what) - 3] = close;
	return literal_expected(in, in->at, what, err);
}

/* Raw text of the file: bytes that are no UTF-8 are replaced. */
static void add_raw(struct buf *out, const char *text, size_t length)
{
	while (length) {
		size_t valid = utf8_valid_prefix(text, length);

		buf_add(out, text, valid);
		if (valid < length) {
			buf_add_string(out, REPLACEMENT);
			valid++;
		}
		text += valid;
		length -= valid;
	}
}

static void add_code_point(struct buf *out, uint32_t code_point)
{
	char bytes[4];
	size_t n = utf8_encode(code_point, bytes);

	if (code_point == 0)
		return;
	if (n)
		buf_add(out, bytes, n);
	else
		buf_add_string(out, REPLACEMENT);
}

/* `digits` hexadecimal digits at the next byte. */
static bool hex_digits(struct literal *in, size_t digits, uint32_t *value)
{
	if (in->length - in->at < digits)
		return false;
	*value = 0;
	for (size_t i = 0; i < digits; i++) {
		int c = (unsigned char)in->text[in->at + i];

		if (!isxdigit(c))
			return false;
		*value = *value << 4 | (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
	}
	in->at += digits;
	return true;
}

static uint32_t octal_digits(struct literal *in)
{
	uint32_t value = 0;

	for (int i = 0; i < 3 && in->at < in->length; i++) {
		char c = in->text[in->at];

		if (c < '0' || c > '7')
			break;
		value = value * 8 + (uint32_t)(c - '0');
		in->at++;
	}
	return value;
}

/* The low half that must follow a high surrogate to mean a character; else nothing is taken. */
static uint32_t join_surrogates(struct literal *in, uint32_t high)
{
	size_t start = in->at;
	uint32_t low = 0;

	if (in->length - in->at >= 6 && in->text[in->at] == '\\' && in->text[in->at + 1] == 'u') {
		in->at += 2;
		if (hex_digits(in, 4, &low) && low >= 0xdc00 && low < 0xe000)
			return 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
	}
	in->at = start;
	return high;
}

static int code_point_escape(struct literal *in, struct buf *out, size_t start, char kind,
			     struct err *err)
{
	size_t digits = kind == 'x' ? 2 : kind == 'u' ? 4 : 8;
	uint32_t value = 0;

	if (!hex_digits(in, digits, &value))
		return bad_text(in, start, "an escape lacks its hexadecimal digits", err);
	if (value > 0x10ffff)
		return bad_text(in, start, "an escape is past U+10FFFF", err);
	if (value >= 0xd800 && value < 0xdc00)
		value = join_surrogates(in, value);
	add_code_point(out, value);
	return 0;
}

/* What stands after a backslash, which has been taken. */
static int escape(struct literal *in, struct buf *out, struct err *err)
{
	static const char names[] = "ntrbfav", values[] = "\n\t\r\b\f\a\v";
	size_t start = in->at - 1;
	const char *name;
	char c;

	if (in->at == in->length)
		return bad_text(in, start, "the line ends inside a string", err);
	c = in->text[in->at];
	if (c >= '0' && c <= '7' && !in->json) {
		add_code_point(out, octal_digits(in));
		return 0;
	}
	in->at++;
	name = c ? strchr(names, c) : NULL;
	if (name && (!in->json || name - names < JSON_NAMES))
		buf_add_char(out, values[name - names]);
	else if (c == 'u' || ((c == 'x' || c == 'U') && !in->json))
		return code_point_escape(in, out, start, c, err);
	else if (c == '\\' || c == '"' || c == (in->json ? '/' : '\''))
		buf_add_char(out, c);
	else if (c == 'N' && !in->json && in->at < in->length && in->text[in->at] == '{')
		return bad_text(in, start, "characters by name are not understood; write \\u", err);
	else if (in->json)
		return bad_text(in, start, "JSON has no such escape", err);
	else /* Python keeps an escape that it does not know */
		buf_add_char(out, '\\'), in->at--;
	return 0;
}

/* The text between quotes, the first of which has been taken; `quotes` is 1 or 3. */
static int quoted(struct literal *in, char quote, size_t quotes, bool raw, struct buf *out,
		  struct err *err)
{
	size_t start = in->at - quotes, from = in->at;

	while (in->at < in->length) {
		char c = in->text[in->at];

		if (c == quote && (quotes == 1 || (in->length - in->at >= 3 &&
						   in->text[in->at + 1] == quote &&
						   in->text[in->at + 2] == quote))) {
			add_raw(out, in->text + from, in->at - from);
			in->at += quotes;
			return 0;
		}
		in->at++;
		if (c == '\\' && raw && in->at < in->length && in->text[in->at])
			in->at++; /* a raw string keeps both, and the quote does not end it */
		if (c && (c != '\\' || raw))
			continue;
		add_raw(out, in->text + from, in->at - 1 - from);
		if (c == '\\' && escape(in, out, err) < 0)
			return -1;
		from = in->at;
	}
	return bad_text(in, start, "a string is not closed", err);
}

/* True when a string is next, with or without a prefix. */
static bool string_ahead(struct literal *in)
{
	size_t at;

	literal_peek(in);
	for (at = in->at; at < in->length && at - in->at < 2 && !in->json; at++)
		if (!in->text[at] || !strchr("uUrR", in->text[at]))
			break;
	return at < in->length && (in->text[at] == '"' || (in->text[at] == '\'' && !in->json));
}

/* One string with its prefix. */
static int one_string(struct literal *in, struct buf *out, struct err *err)
{
	size_t quotes = 1;
	bool raw = false;
	char quote;

	if (!string_ahead(in))
		return literal_expected(in, in->at, "a string", err);
	for (; in->text[in->at] != '"' && in->text[in->at] != '\''; in->at++)
		raw |= in->text[in->at] == 'r' || in->text[in->at] == 'R';
	quote = in->text[in->at++];
	if (!in->json && in->length - in->at >= 2 && in->text[in->at] == quote &&
	    in->text[in->at + 1] == quote) {
		in->at += 2;
		quotes = 3;
	}
	return quoted(in, quote, quotes, raw, out, err);
}

/* A string, or several side by side, which Python joins. */
static int joined_strings(struct literal *in, struct buf *out, struct err *err)
{
	do {
		if (one_string(in, out, err) < 0)
			return -1;
	} while (!in->json && string_ahead(in));
	return 0;
}

const char *literal_string(struct literal *in, struct err *err)
{
	struct buf out = BUF_INIT;
	const char *result = NULL;

	if (joined_strings(in, &out, err) == 0) {
		result = out.failed ? NULL : arena_string(in->arena, out.data, out.length);
		if (!result)
			err_set_memory(err);
	}
	buf_release(&out);
	return result;
}

static size_t number_length(const struct literal *in)
{
	size_t n = 0;

	while (in->at + n < in->length) {
		char c = in->text[in->at + n];

		if (!isalnum((unsigned char)c) && (c == '\0' || !strchr("+-._", c)))
			break;
		n++;
	}
	return n;
}

int literal_integer(struct literal *in, long *value, struct err *err)
{
	char digits[32], *end;
	size_t n;

	literal_peek(in);
	n = number_length(in);
	if (n == 0 || n >= sizeof(digits))
		return literal_expected(in, in->at, "a whole number", err);
	memcpy(digits, in->text + in->at, n);
	digits[n] = '\0';
	errno = 0;
	*value = strtol(digits, &end, 10);
	if (*end || errno)
		return bad_text(in, in->at, "this is no whole number that fits", err);
	in->at += n;
	return 0;
}

static int skip_word(struct literal *in, struct err *err)
{
	static const char *const words[] = { "None", "True",     "False",     "null", "true",
					     "false", "NaN", "Infinity", "-Infinity" };
	size_t n = number_length(in);
	const char *text = in->text + in->at;

	if (n == 0)
		return literal_expected(in, in->at, "a value", err);
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strlen(words[i]) == n && memcmp(words[i], text, n) == 0) {
			in->at += n;
			return 0;
		}
	}
	if (!isdigit((unsigned char)*text) && !strchr("+-.", *text))
		return literal_expected(in, in->at, "a value", err);
	in->at += n;
	return 0;
}

static int skip_value(struct literal *in, int depth, struct err *err);

/* The items of a list, tuple, set or dict whose opening bracket has been taken. */
static int skip_items(struct literal *in, char close, int depth, struct err *err)
{
	int more = 1;

	if (literal_accept(in, close))
		return 0;
	while (more > 0) {
		if (skip_value(in, depth + 1, err) < 0)
			return -1;
		if (close == '}' && literal_accept(in, ':') && skip_value(in, depth + 1, err) < 0)
			return -1;
		more = literal_more(in, close, err);
	}
	return more;
}

static int skip_value(struct literal *in, int depth, struct err *err)
{
	struct buf out = BUF_INIT;
	int rc;

	if (depth > LITERAL_DEPTH)
		return bad_text(in, in->at, "lists are nested too deep", err);
	if (literal_accept(in, '['))
		return skip_items(in, ']', depth, err);
	if (literal_accept(in, '('))
		return skip_items(in, ')', depth, err);
	if (literal_accept(in, '{'))
		return skip_items(in, '}', depth, err);
	if (!string_ahead(in))
		return skip_word(in, err);
	rc = joined_strings(in, &out, err);
	buf_release(&out);
	return rc;
}

int literal_skip(struct literal *in, struct err *err)
{
	return skip_value(in, 0, err);
}

int literal_end(struct literal *in, struct err *err)
{
	literal_peek(in);
	return in->at == in->length ? 0 : literal_expected(in, in->at, "the end of the line", err);
}
