/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/jpeg_baseline.h"

#include "lib/image/jpeg_segments.h"

#include <endian.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define WINDOW 11 /* bits that are looked up at once */
#define COMPONENTS 4
#define BLOCKS_OF_UNIT 10 /* the standard's limit */
/* A unit's blocks of a mean's code and bits and an end, each byte perhaps FF, and the last ones. */
#define UNIT_BYTES (2 * (BLOCKS_OF_UNIT * (16 + MEAN_BITS + 16) / 8 + 2))
#define MEAN_BITS 11	  /* of a mean's difference, at 8 bits a sample */

/* A symbol's code, found by the first bits of the window; length 0: the code is longer, or none. */
struct code {
	unsigned char length, symbol;
};

/* As many frequencies as the window holds whole: the bits that they take (0: there is not one),
 * whether the last is an end of block, and how many places they step over. */
#define LEAP(bits, ends, places) ((uint16_t)((bits) | (ends) << 5 | (places) << 6))
#define LEAP_BITS(leap) ((leap) & 31)
#define LEAP_ENDS(leap) ((leap) >> 5 & 1)
#define LEAP_PLACES(leap) ((leap) >> 6)

struct huffman {
	bool defined;
	struct code codes[1 << WINDOW];
	uint16_t leaps[1 << WINDOW]; /* of tables of frequencies */
	/* By length: codes are below `limit` (left-aligned to 16 bits), their symbols at `offset`. */
	uint32_t limits[17];
	int offsets[17];
	unsigned char symbols[256];
	unsigned end_code; /* of the symbol 0, the end of block */
	int end_length;	   /* 0: it has none */
};

struct component {
	int id, blocks, mean_table, frequency_table;
};

struct baseline {
	struct huffman tables[2][4]; /* of means, of frequencies */
	struct component components[COMPONENTS];
	int n_components;
	uint64_t units; /* what the scan repeats: one block, or some of each component */
};

/* ---- tables ---- */

static void fill_codes(struct huffman *table, unsigned code, int length, unsigned char symbol)
{
	unsigned first = code << (WINDOW - length);

	for (unsigned i = 0; i < 1u << (WINDOW - length); i++)
		table->codes[first + i] = (struct code){ (unsigned char)length, symbol };
}

/* The leap of the first `width` bits of a window: a code, and the leap of what remains. `shorter` are
 * the leaps of all widths below, those of width w from number 2^w on. */
static uint16_t leap_of(const struct huffman *table, const uint16_t *shorter, unsigned bits, int width)
{
	struct code code = table->codes[bits << (WINDOW - width)];
	int used = code.length + (code.symbol & 15), left = width - used, places;
	uint16_t rest;

	if (code.length == 0 || left < 0)
		return 0;
	if (code.symbol == 0)
		return LEAP(used, 1, 0);
	rest = left ? shorter[(1u << left) + (bits & ((1u << left) - 1))] : 0;
	places = (code.symbol >> 4) + 1 + LEAP_PLACES(rest);
	return LEAP(used + LEAP_BITS(rest), LEAP_ENDS(rest), places);
}

static void fill_leaps(struct huffman *table)
{
	uint16_t leaps[2 << WINDOW];

	for (int width = 1; width <= WINDOW; width++)
		for (unsigned bits = 0; bits < 1u << width; bits++)
			leaps[(1u << width) + bits] = leap_of(table, leaps, bits, width);
	memcpy(table->leaps, leaps + (1 << WINDOW), sizeof(table->leaps));
}

/* Lengths and symbols as a DHT segment brings them. */
static bool make_table(struct huffman *table, const unsigned char *counts,
		       const unsigned char *symbols, int n, bool of_frequencies)
{
	unsigned code = 0;
	int at = 0;

	memset(table, 0, sizeof(*table));
	table->defined = true;
	memcpy(table->symbols, symbols, (size_t)n);
	for (int length = 1; length <= 16; length++, code <<= 1) {
		table->offsets[length] = at - (int)code;
		for (int i = 0; i < counts[length - 1]; i++, at++, code++) {
			if (code >= 1u << length)
				return false;
			if (length <= WINDOW)
				fill_codes(table, code, length, symbols[at]);
			if (symbols[at] == 0) {
				table->end_code = code;
				table->end_length = length;
			}
		}
		table->limits[length] = code << (16 - length);
	}
	if (of_frequencies)
		fill_leaps(table);
	return true;
}

static bool read_tables(struct baseline *baseline, const struct jpeg_segment *segment)
{
	const unsigned char *at = segment->body, *end = at + segment->length;

	while (at < end) {
		int n = 0, class = *at >> 4, id = *at & 15;

		if (end - at < 17 || class > 1 || id > 3)
			return false;
		for (int i = 1; i <= 16; i++)
			n += at[i];
		if (n > 256 || end - at < 17 + n ||
		    !make_table(&baseline->tables[class][id], at + 1, at + 17, n, class == 1))
			return false;
		at += 17 + n;
	}
	return true;
}

/* ---- headers ---- */

static uint64_t up(int size, int unit)
{
	return ((uint64_t)size + (uint64_t)unit - 1) / (uint64_t)unit;
}

static bool read_frame(struct baseline *baseline, const struct jpeg_segment *segment)
{
	const unsigned char *body = segment->body;
	int width, height, widest = 1, tallest = 1, blocks = 0;

	if (segment->length < 6 || body[0] != 8 || body[5] < 1 || body[5] > COMPONENTS ||
	    segment->length != 6 + 3 * (size_t)body[5])
		return false;
	height = body[1] << 8 | body[2];
	width = body[3] << 8 | body[4];
	baseline->n_components = body[5];
	for (int i = 0; i < baseline->n_components; i++) {
		int across = body[7 + 3 * i] >> 4, down = body[7 + 3 * i] & 15;

		if (across < 1 || across > 4 || down < 1 || down > 4)
			return false;
		widest = across > widest ? across : widest;
		tallest = down > tallest ? down : tallest;
		baseline->components[i] = (struct component){ body[6 + 3 * i], across * down, 0, 0 };
		blocks += across * down;
	}
	if (baseline->n_components == 1) { /* whose factors then mean nothing */
		widest = tallest = 1;
		baseline->components[0].blocks = blocks = 1;
	}
	baseline->units = up(width, 8 * widest) * up(height, 8 * tallest);
	return baseline->units && blocks <= BLOCKS_OF_UNIT;
}

/* One scan of all components, in the order of the frame. */
static bool read_scan(struct baseline *baseline, const struct jpeg_segment *segment)
{
	const unsigned char *body = segment->body;
	size_t n = (size_t)baseline->n_components;

	if (n == 0 || segment->length != 4 + 2 * n || body[0] != n)
		return false;
	if (body[1 + 2 * n] != 0 || body[2 + 2 * n] != 63 || body[3 + 2 * n] != 0)
		return false;
	for (size_t i = 0; i < n; i++) {
		struct component *component = &baseline->components[i];

		component->mean_table = body[2 + 2 * i] >> 4;
		component->frequency_table = body[2 + 2 * i] & 15;
		if (body[1 + 2 * i] != component->id || component->mean_table > 3 ||
		    component->frequency_table > 3 ||
		    !baseline->tables[0][component->mean_table].defined ||
		    !baseline->tables[1][component->frequency_table].end_length)
			return false;
	}
	return true;
}

/* ---- bits ---- */

struct bit_reader {
	const unsigned char *bytes;
	size_t length, at;
	uint64_t window; /* the next bits, the first of them on top; 0 past the end */
	int bits;        /* in the window; below 0 once more were taken than there are */
};

static inline void refill(struct bit_reader *reader)
{
	uint64_t word = 0;

	if (reader->length - reader->at >= 8) {
		memcpy(&word, reader->bytes + reader->at, 8);
		reader->window |= be64toh(word) >> reader->bits;
		reader->at += (size_t)((63 - reader->bits) >> 3);
		reader->bits |= 56;
		return;
	}
	while (reader->bits >= 0 && reader->bits <= 56 && reader->at < reader->length) {
		reader->window |= (uint64_t)reader->bytes[reader->at++] << (56 - reader->bits);
		reader->bits += 8;
	}
}

static inline void take(struct bit_reader *reader, int bits)
{
	reader->window <<= bits;
	reader->bits -= bits;
}

static inline struct code next_code(const struct bit_reader *reader, const struct huffman *table)
{
	struct code code = table->codes[reader->window >> (64 - WINDOW)];
	unsigned bits = (unsigned)(reader->window >> 48);

	for (int length = WINDOW + 1; code.length == 0 && length <= 16; length++)
		if (bits < table->limits[length])
			code = (struct code){ (unsigned char)length,
					      table->symbols[table->offsets[length] +
							     (int)(bits >> (16 - length))] };
	return code;
}

struct bit_writer {
	unsigned char *to; /* with room for what is put */
	uint64_t window;   /* bits to be written, the last of them lowest */
	int bits;
};

static inline void put(struct bit_writer *writer, uint64_t value, int bits)
{
	writer->window = writer->window << bits | value;
	writer->bits += bits;
	while (writer->bits >= 8) {
		unsigned char byte = (unsigned char)(writer->window >> (writer->bits - 8));

		*writer->to++ = byte;
		if (byte == 0xff)
			*writer->to++ = 0;
		writer->bits -= 8;
	}
}

/* ---- blocks ---- */

/* Step over a block's frequencies; false where a code is none. */
static bool skip_frequencies(struct bit_reader *reader, const struct huffman *table)
{
	struct bit_reader in = *reader; /* so that it stays in registers */
	bool ended = false;
	int at = 1;

	while (at < 64 && !ended) {
		struct code code;
		uint16_t leap;

		if (in.bits < 32)
			refill(&in);
		leap = table->leaps[in.window >> (64 - WINDOW)];
		if (leap && at + LEAP_PLACES(leap) < 64) {
			take(&in, LEAP_BITS(leap));
			at += LEAP_PLACES(leap);
			ended = LEAP_ENDS(leap);
			continue;
		}
		code = next_code(&in, table);
		if (code.length == 0)
			return false;
		take(&in, code.length + (code.symbol & 15));
		ended = code.symbol == 0;
		at += ended ? 0 : (code.symbol >> 4) + 1;
	}
	*reader = in;
	return at <= 64;
}

static bool copy_mean(struct bit_reader *reader, struct bit_writer *writer,
		      const struct huffman *means, const struct huffman *frequencies)
{
	struct code code;
	int bits;

	refill(reader);
	code = next_code(reader, means);
	bits = code.length + code.symbol;
	if (code.length == 0 || code.symbol > MEAN_BITS)
		return false;
	put(writer, reader->window >> (64 - bits), bits);
	put(writer, frequencies->end_code, frequencies->end_length);
	take(reader, bits);
	return true;
}

static bool copy_unit(const struct baseline *baseline, struct bit_reader *reader,
		      struct bit_writer *writer)
{
	for (int i = 0; i < baseline->n_components; i++) {
		const struct component *component = &baseline->components[i];
		const struct huffman *means = &baseline->tables[0][component->mean_table];
		const struct huffman *rest = &baseline->tables[1][component->frequency_table];

		for (int block = 0; block < component->blocks; block++)
			if (!copy_mean(reader, writer, means, rest) ||
			    !skip_frequencies(reader, rest) || reader->bits < 0)
				return false;
	}
	return true;
}

static bool copy_means(const struct baseline *baseline, struct buf *out, struct bit_reader *reader)
{
	struct bit_writer writer = { NULL, 0, 0 };

	for (uint64_t unit = 0; unit < baseline->units; unit++) {
		if (buf_reserve(out, UNIT_BYTES) < 0)
			return false;
		writer.to = (unsigned char *)out->data + out->length;
		if (!copy_unit(baseline, reader, &writer))
			return false;
		out->length = (size_t)(writer.to - (unsigned char *)out->data);
	}
	put(&writer, 0x7f, 7); /* ones fill the last byte */
	out->length = (size_t)(writer.to - (unsigned char *)out->data);
	return true;
}

/* The coded data from *position up to a marker, which must be there and where it then stands, without the
 * zeros behind FF. */
static bool unstuff(struct buf *out, const unsigned char *data, size_t length, size_t *position)
{
	size_t at = *position;

	while (at < length) {
		const unsigned char *found = memchr(data + at, 0xff, length - at);
		size_t next = found ? (size_t)(found - data) + 1 : length;

		if (next >= length)
			return false;
		if (data[next] != 0) {
			buf_add(out, data + at, next - 1 - at);
			*position = next - 1;
			return !out->failed;
		}
		buf_add(out, data + at, next - at);
		at = next + 1;
	}
	return false;
}

static bool copy_scan(const struct baseline *baseline, struct buf *out, const unsigned char *data,
		      size_t length, size_t at)
{
	struct buf coded = BUF_INIT;
	bool copied = unstuff(&coded, data, length, &at);
	struct bit_reader reader = { (const unsigned char *)coded.data, coded.length, 0, 0, 0 };

	copied = copied && copy_means(baseline, out, &reader);
	buf_add(out, data + at, length - at);
	buf_release(&coded);
	return copied && !out->failed;
}

static bool copy_picture(struct baseline *baseline, struct buf *out, const unsigned char *data,
			 size_t length)
{
	struct jpeg_segment segment;
	size_t at = 2;

	while (jpeg_next_segment(data, length, &at, &segment)) {
		bool well = true;

		if (segment.marker == JPEG_SCAN) {
			buf_add(out, data, at);
			return read_scan(baseline, &segment) &&
			       copy_scan(baseline, out, data, length, at);
		}
		if (segment.marker == JPEG_TABLES)
			well = read_tables(baseline, &segment);
		else if (segment.marker == JPEG_FRAME_BASELINE || segment.marker == JPEG_FRAME_EXTENDED)
			well = baseline->n_components == 0 && read_frame(baseline, &segment);
		else if (segment.is_frame || segment.marker == JPEG_RESTARTS ||
			 segment.marker == JPEG_END)
			well = false;
		if (!well)
			return false;
	}
	return false;
}

bool jpeg_baseline_means(struct buf *out, const unsigned char *data, size_t length)
{
	struct baseline *baseline = calloc(1, sizeof(*baseline));
	bool copied = baseline && copy_picture(baseline, out, data, length);

	free(baseline);
	return copied;
}
