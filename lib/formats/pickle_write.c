/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle_write.h"

#include <string.h>

#define BATCH 1000 /* items of one APPENDS or SETITEMS, as Python's pickler groups them */

static void put(struct pickle_writer *writer, char code)
{
	buf_add_char(writer->out, code);
}

static void put_number(struct pickle_writer *writer, uint64_t number, int width)
{
	for (int i = 0; i < width; i++)
		buf_add_char(writer->out, (char)(number >> 8 * i & 0xff));
}

/* Python's pickler numbers every container and string. */
static void put_memo(struct pickle_writer *writer)
{
	size_t index = writer->memo++;

	put(writer, index < 256 ? 'q' : 'r');
	put_number(writer, index, index < 256 ? 1 : 4);
}

void pickle_write_begin(struct pickle_writer *writer, struct buf *out, size_t n)
{
	*writer = (struct pickle_writer){ out, 0, n, 0, false };
	buf_add(out, "\x80\x02}", 3);
	put_memo(writer);
}

void pickle_write_entry_begin(struct pickle_writer *writer)
{
	if (writer->batch == 0) {
		writer->batch = writer->left < BATCH ? writer->left : BATCH;
		writer->alone = writer->batch == 1;
		if (!writer->alone)
			put(writer, '(');
	}
}

void pickle_write_entry_end(struct pickle_writer *writer)
{
	writer->left--;
	writer->batch--;
	if (writer->batch == 0)
		put(writer, writer->alone ? 's' : 'u');
}

void pickle_write_integer(struct pickle_writer *writer, int64_t integer)
{
	int width = 1;

	if (integer >= 0 && integer < 256) {
		put(writer, 'K');
		put_number(writer, (uint64_t)integer, 1);
	} else if (integer >= 0 && integer < 65536) {
		put(writer, 'M');
		put_number(writer, (uint64_t)integer, 2);
	} else if (integer >= INT32_MIN && integer <= INT32_MAX) {
		put(writer, 'J');
		put_number(writer, (uint64_t)integer, 4);
	} else {
		/* As few bytes of two's complement as keep the sign. */
		while (width < 8 && integer >> (8 * width - 1) != 0 &&
		       integer >> (8 * width - 1) != -1)
			width++;
		put(writer, '\x8a');
		put_number(writer, (uint64_t)width, 1);
		put_number(writer, (uint64_t)integer, width);
	}
}

void pickle_write_text(struct pickle_writer *writer, const char *text)
{
	size_t length = strlen(text);

	put(writer, 'X');
	put_number(writer, length, 4);
	buf_add(writer->out, text, length);
	put_memo(writer);
	if (length > UINT32_MAX)
		writer->out->failed = true;
}

void pickle_write_list(struct pickle_writer *writer, const char *const *texts, size_t n)
{
	put(writer, ']');
	put_memo(writer);
	for (size_t i = 0; i < n;) {
		size_t batch = n - i < BATCH ? n - i : BATCH;

		if (batch > 1)
			put(writer, '(');
		for (size_t end = i + batch; i < end; i++)
			pickle_write_text(writer, texts[i]);
		put(writer, batch > 1 ? 'e' : 'a');
	}
}

void pickle_write_end(struct pickle_writer *writer)
{
	put(writer, '.');
}
