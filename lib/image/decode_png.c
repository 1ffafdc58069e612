/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/decode_priv.h"

#include <setjmp.h>
#include <string.h>

#include <png.h>

struct png_reader {
	png_structp png;
	png_infop header;
	struct decode_job *job;
	size_t position;
	bool ended_early;
	int rows_read; /* -1 while rows come in several passes */
	unsigned char *wide; /* [height, width, 2] of 16-bit grey, big endian */
	png_bytep *rows;
	int rc;
};

static void on_read(png_structp png, png_bytep out, size_t wanted)
{
	struct png_reader *reader = png_get_io_ptr(png);

	if (wanted > reader->job->length - reader->position) {
		reader->ended_early = true;
		png_error(png, "the file ends early");
	}
	memcpy(out, reader->job->bytes + reader->position, wanted);
	reader->position += wanted;
}

static void on_error(png_structp png, png_const_charp text)
{
	struct png_reader *reader = png_get_error_ptr(png);
	struct decode_job *job = reader->job;

	if (!reader->ended_early)
		reader->rc = decode_fail(job, DECODE_UNREADABLE, "the PNG cannot be read: %s", text);
	else if (!job->image->rgb)
		reader->rc = decode_fail(job, DECODE_TRUNCATED,
					 "the file ends before its picture begins");
	else
		reader->rc = decode_truncated(job, reader->rows_read);
	png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text)
{
	struct png_reader *reader = png_get_error_ptr(png);

	decode_warn(reader->job, text);
}

/* Only what colours need; profiles, texts and times are neither kept nor unpacked. */
static void read_header(struct png_reader *reader)
{
	const struct decode_limits *limits = reader->job->limits;

	png_set_read_fn(reader->png, reader, on_read);
	png_set_keep_unknown_chunks(reader->png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
	/* decode_begin() says it better, so the library's own limits come after ours. */
	png_set_user_limits(reader->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_chunk_malloc_max(reader->png, limits->bytes < 8000000 ? limits->bytes : 8000000);
	png_read_info(reader->png, reader->header);
}

/* 8 bits a channel, RGB; 16-bit colour keeps its high byte, alpha is cut off. */
static void ask_for_rgb(struct png_reader *reader, int depth, int colour)
{
	if (colour == PNG_COLOR_TYPE_PALETTE)
		png_set_palette_to_rgb(reader->png);
	if (colour == PNG_COLOR_TYPE_GRAY && depth < 8)
		png_set_expand_gray_1_2_4_to_8(reader->png);
	if (depth == 16)
		png_set_strip_16(reader->png);
	png_set_strip_alpha(reader->png);
	if (!(colour & PNG_COLOR_MASK_COLOR))
		png_set_gray_to_rgb(reader->png);
}

/* Pillow's 16-bit grey is an integer picture, whose conversion to RGB clips at 255. */
static void clip_wide_grey(const unsigned char *wide, struct image *image)
{
	size_t pixels = (size_t)image->width * (size_t)image->height;

	for (size_t i = 0; i < pixels; i++) {
		unsigned char grey = wide[2 * i] ? 255 : wide[2 * i + 1];

		memset(image->rgb + 3 * i, grey, 3);
	}
}

/* Row pointers for the library: into the picture, or into a buffer of 16-bit grey. */
static int place_rows(struct png_reader *reader, bool wide)
{
	struct image *image = reader->job->image;
	size_t height = (size_t)image->height, stride = (size_t)image->width * (wide ? 2 : 3);
	unsigned char *base = image->rgb;

	reader->rows = malloc(height * sizeof(*reader->rows));
	if (wide)
		base = reader->wide = calloc(height, stride);
	if (!reader->rows || !base) {
		reader->job->info->fault = DECODE_SYSTEM;
		return err_set_memory(reader->job->err);
	}
	for (size_t y = 0; y < height; y++)
		reader->rows[y] = base + y * stride;
	return 0;
}

static void read_rows(struct png_reader *reader)
{
	int passes = png_set_interlace_handling(reader->png);
	int height = reader->job->image->height;

	png_read_update_info(reader->png, reader->header);
	for (int pass = 0; pass < passes; pass++) {
		for (int y = 0; y < height; y++) {
			reader->rows_read = passes == 1 ? y : -1;
			png_read_row(reader->png, reader->rows[y], NULL);
		}
	}
}

static int read_picture(struct png_reader *reader)
{
	struct decode_job *job = reader->job;
	int depth, colour;
	bool wide;

	read_header(reader);
	depth = png_get_bit_depth(reader->png, reader->header);
	colour = png_get_color_type(reader->png, reader->header);
	if (decode_begin(job, png_get_image_width(reader->png, reader->header),
			 png_get_image_height(reader->png, reader->header)) < 0)
		return -1;
	wide = depth == 16 && colour == PNG_COLOR_TYPE_GRAY;
	if (place_rows(reader, wide) < 0)
		return -1;
	if (!wide)
		ask_for_rgb(reader, depth, colour);
	read_rows(reader);
	return 0;
}

/* Apart from its caller, whose variables thus keep their values over the jump. */
static void read_guarded(struct png_reader *reader)
{
	if (setjmp(png_jmpbuf(reader->png)) == 0)
		reader->rc = read_picture(reader);
}

int decode_png(struct decode_job *job)
{
	struct png_reader reader = { .job = job };

	reader.png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &reader, on_error, on_warning);
	if (reader.png)
		reader.header = png_create_info_struct(reader.png);
	if (!reader.header) {
		png_destroy_read_struct(&reader.png, NULL, NULL);
		job->info->fault = DECODE_SYSTEM;
		return err_set_memory(job->err);
	}
	read_guarded(&reader);
	if (reader.rc == 0 && reader.wide)
		clip_wide_grey(reader.wide, job->image);
	png_destroy_read_struct(&reader.png, &reader.header, NULL);
	free(reader.rows);
	free(reader.wide);
	return reader.rc;
}
