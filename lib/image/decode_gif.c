/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/decode_priv.h"

#include <string.h>

#include <gif_lib.h>

#define TRANSPARENT_BIT 1 /* of a graphic control's flags */
#define LZW_CODES 4096

/* The strings of pixels that codes stand for: below `clear` one pixel, from clear + 2 on the string of
 * another code and one pixel more. The library's own table takes codes that stand for nothing, on
 * which Pillow gives up; so only the codes are its. */
struct lzw {
	int clear, next; /* the code that empties the table; the first without a string */
	int last;        /* code, or -1 after `clear` */
	unsigned char first; /* pixel of the last string */
	unsigned short prefix[LZW_CODES];
	unsigned char suffix[LZW_CODES];
	unsigned char string[LZW_CODES + 1]; /* filled from its end */
};

/* In which an interlaced frame's rows come. */
static const struct {
	int first, step;
} passes[] = { { 0, 8 }, { 4, 8 }, { 2, 4 }, { 1, 2 } };

struct gif_reader {
	struct decode_job *job;
	GifFileType *gif;
	size_t position;
	bool ended_early;
	int transparent; /* index that a graphic control says, or -1 */
	unsigned char palette[256][3];
	struct lzw lzw;
	int x, row, pass; /* of the next pixel, in the frame */
	int rows_done;
};

static int on_read(GifFileType *gif, GifByteType *out, int wanted)
{
	struct gif_reader *reader = gif->UserData;

	if ((size_t)wanted > reader->job->length - reader->position) {
		reader->ended_early = true;
		return 0;
	}
	memcpy(out, reader->job->bytes + reader->position, (size_t)wanted);
	reader->position += (size_t)wanted;
	return wanted;
}

static int fail(struct gif_reader *reader, int code)
{
	struct decode_job *job = reader->job;
	const char *text = GifErrorString(code);

	if (!text || code == D_GIF_ERR_READ_FAILED)
		text = "it is damaged"; /* as a read fails only at the end */
	if (code == D_GIF_ERR_NOT_ENOUGH_MEM) {
		job->info->fault = DECODE_SYSTEM;
		return err_set_memory(job->err);
	}
	if (reader->ended_early)
		return decode_fail(job, DECODE_TRUNCATED, "the file ends before its picture begins");
	return decode_fail(job, DECODE_UNREADABLE, "the GIF cannot be read: %s", text);
}

static int read_extension(struct gif_reader *reader)
{
	GifByteType *block;
	int function;

	if (DGifGetExtension(reader->gif, &function, &block) == GIF_ERROR)
		return fail(reader, reader->gif->Error);
	if (function == GRAPHICS_EXT_FUNC_CODE && block && block[0] >= 4 && block[1] & TRANSPARENT_BIT)
		reader->transparent = block[4];
	while (block)
		if (DGifGetExtensionNext(reader->gif, &block) == GIF_ERROR)
			return fail(reader, reader->gif->Error);
	return 0;
}

/* Come to the first frame's pixels. Like Pillow, step over bytes that begin no record. */
static int find_frame(struct gif_reader *reader)
{
	GifFileType *gif = reader->gif;
	GifRecordType type = UNDEFINED_RECORD_TYPE;

	while (type != IMAGE_DESC_RECORD_TYPE) {
		if (DGifGetRecordType(gif, &type) == GIF_ERROR) {
			if (gif->Error != D_GIF_ERR_WRONG_RECORD)
				return fail(reader, gif->Error);
			continue;
		}
		if (type == TERMINATE_RECORD_TYPE)
			return decode_fail(reader->job, DECODE_UNREADABLE, "there is no picture in the GIF");
		if (type == EXTENSION_RECORD_TYPE && read_extension(reader) < 0)
			return -1;
	}
	return DGifGetImageDesc(gif) == GIF_OK ? 0 : fail(reader, gif->Error);
}

static bool is_grey_ramp(const ColorMapObject *map)
{
	for (int i = 0; i < map->ColorCount; i++)
		if (map->Colors[i].Red != i || map->Colors[i].Green != i || map->Colors[i].Blue != i)
			return false;
	return true;
}

/* A palette in which each colour is its number's grey counts for Pillow as none: behind a frame's own
 * stands the file's, and behind that grey. */
static void set_palette(struct gif_reader *reader)
{
	const ColorMapObject *map = reader->gif->Image.ColorMap;

	if (!map || is_grey_ramp(map))
		map = reader->gif->SColorMap;
	if (map && is_grey_ramp(map))
		map = NULL;
	for (int i = 0; i < 256; i++) {
		unsigned char *colour = reader->palette[i];

		memset(colour, map ? 0 : i, 3);
		if (map && i < map->ColorCount) {
			colour[0] = map->Colors[i].Red;
			colour[1] = map->Colors[i].Green;
			colour[2] = map->Colors[i].Blue;
		}
	}
}

/* What no frame covers is of the transparent colour, or of the first: Pillow knows no background. */
static void fill(struct gif_reader *reader)
{
	const unsigned char *colour = reader->palette[reader->transparent < 0 ? 0 : reader->transparent];
	struct image *image = reader->job->image;
	size_t pixels = (size_t)image->width * (size_t)image->height;

	for (size_t i = 0; i < pixels; i++)
		memcpy(image->rgb + 3 * i, colour, 3);
}

/* The picture is as large as the screen, and larger where the frame goes beyond it. */
static int begin(struct gif_reader *reader)
{
	const GifFileType *gif = reader->gif;
	const GifImageDesc *frame = &gif->Image;
	int right = frame->Left + frame->Width, bottom = frame->Top + frame->Height;

	if (frame->Width < 1 || frame->Height < 1)
		return decode_fail(reader->job, DECODE_UNREADABLE,
				   "the first frame of the GIF has no pixels (%d x %d)", frame->Width,
				   frame->Height);
	if (decode_begin(reader->job, (uint64_t)(right > gif->SWidth ? right : gif->SWidth),
			 (uint64_t)(bottom > gif->SHeight ? bottom : gif->SHeight)) < 0)
		return -1;
	set_palette(reader);
	fill(reader);
	return 0;
}

static void lzw_clear(struct lzw *lzw)
{
	lzw->next = lzw->clear + 2;
	lzw->last = -1;
}

/* The pixels of a code, at the end of the string; none when the code stands for nothing. */
static size_t lzw_expand(struct lzw *lzw, int code)
{
	unsigned char *end = lzw->string + sizeof(lzw->string), *at = end;
	bool is_next = code == lzw->next; /* its string: the last one, and its first pixel again */
	int rest = is_next ? lzw->last : code;

	if (code > (lzw->last < 0 ? lzw->clear : lzw->next))
		return 0;
	if (is_next)
		*--at = lzw->first;
	for (; rest > lzw->clear; rest = lzw->prefix[rest])
		*--at = lzw->suffix[rest];
	lzw->first = *--at = (unsigned char)rest;
	if (lzw->last >= 0 && lzw->next < LZW_CODES) {
		lzw->prefix[lzw->next] = (unsigned short)lzw->last;
		lzw->suffix[lzw->next++] = lzw->first;
	}
	lzw->last = code;
	return (size_t)(end - at);
}

static void next_row(struct gif_reader *reader)
{
	const GifImageDesc *frame = &reader->gif->Image;

	reader->x = 0;
	reader->rows_done++;
	reader->row += frame->Interlace ? passes[reader->pass].step : 1;
	while (frame->Interlace && reader->row >= frame->Height && reader->pass < 3)
		reader->row = passes[++reader->pass].first;
}

/* Pixels past the end of the frame are left out. */
static void put_pixels(struct gif_reader *reader, const unsigned char *pixels, size_t n)
{
	const GifImageDesc *frame = &reader->gif->Image;
	const struct image *image = reader->job->image;

	for (size_t i = 0; i < n && reader->rows_done < frame->Height; i++) {
		size_t y = (size_t)(frame->Top + reader->row), x = (size_t)(frame->Left + reader->x);

		memcpy(image->rgb + (y * (size_t)image->width + x) * 3, reader->palette[pixels[i]], 3);
		if (++reader->x == frame->Width)
			next_row(reader);
	}
}

static int read_pixels(struct gif_reader *reader)
{
	const GifImageDesc *frame = &reader->gif->Image;
	struct lzw *lzw = &reader->lzw;
	const unsigned char *end = lzw->string + sizeof(lzw->string);

	/* The last byte that the library read is the codes' first size. */
	lzw->clear = 1 << reader->job->bytes[reader->position - 1];
	lzw_clear(lzw);
	while (reader->rows_done < frame->Height) {
		bool got;
		int code;
		size_t n;

		got = DGifGetLZCodes(reader->gif, &code) == GIF_OK;
		if (reader->ended_early || (got && code < 0))
			return decode_truncated(reader->job, frame->Interlace ? -1 : reader->rows_done);
		if (!got)
			return fail(reader, reader->gif->Error);
		if (code == lzw->clear) {
			lzw_clear(lzw);
			continue;
		}
		n = lzw_expand(lzw, code);
		if (n == 0)
			return fail(reader, D_GIF_ERR_IMAGE_DEFECT);
		put_pixels(reader, end - n, n);
	}
	return 0;
}

int decode_gif(struct decode_job *job)
{
	struct gif_reader reader = { .job = job, .transparent = -1 };
	int code = D_GIF_SUCCEEDED, rc;

	reader.gif = DGifOpen(&reader, on_read, &code);
	if (!reader.gif)
		return fail(&reader, code);
	rc = find_frame(&reader);
	if (rc == 0)
		rc = begin(&reader);
	if (rc == 0)
		rc = read_pixels(&reader);
	DGifCloseFile(reader.gif, &code);
	return rc;
}
