/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/encode.h"

#include "lib/base/file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#define PNG_LEVEL 3 /* of zlib: level 6 takes three times as long for 4 % less */

struct png_writer {
	png_structp png;
	png_infop header;
	FILE *stream;
	struct err *err;
	int rc;
};

static void on_png_error(png_structp png, png_const_charp text)
{
	struct png_writer *writer = png_get_error_ptr(png);

	writer->rc = err_set(writer->err, ERR_SYSTEM, "cannot write a PNG: %s", text);
	png_longjmp(png, 1);
}

static void on_png_warning(png_structp png, png_const_charp text)
{
	(void)png;
	(void)text;
}

static void on_png_write(png_structp png, png_bytep bytes, size_t length)
{
	struct png_writer *writer = png_get_io_ptr(png);

	if (fwrite(bytes, 1, length, writer->stream) != length)
		png_error(png, strerror(errno));
}

static void on_png_flush(png_structp png)
{
	(void)png; /* the commit of the file flushes */
}

static void write_png_rows(struct png_writer *writer, const struct image *image)
{
	size_t stride = (size_t)image->width * 3;

	png_set_write_fn(writer->png, writer, on_png_write, on_png_flush);
	png_set_user_limits(writer->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
	png_set_IHDR(writer->png, writer->header, (png_uint_32)image->width,
		     (png_uint_32)image->height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
		     PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
	png_set_compression_level(writer->png, PNG_LEVEL);
	png_set_filter(writer->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_PAETH);
	png_write_info(writer->png, writer->header);
	for (int y = 0; y < image->height; y++)
		png_write_row(writer->png, image->rgb + (size_t)y * stride);
	png_write_end(writer->png, writer->header);
}

/* Apart from its caller, whose variables thus keep their values over the jump. */
static void write_png_guarded(struct png_writer *writer, const struct image *image)
{
	if (setjmp(png_jmpbuf(writer->png)) == 0)
		write_png_rows(writer, image);
}

int image_write_png(const struct image *image, FILE *stream, struct err *err)
{
	struct png_writer writer = { .stream = stream, .err = err };

	writer.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &writer, on_png_error,
					     on_png_warning);
	if (writer.png)
		writer.header = png_create_info_struct(writer.png);
	if (writer.header)
		write_png_guarded(&writer, image);
	else
		writer.rc = err_set_memory(err);
	png_destroy_write_struct(&writer.png, &writer.header);
	return writer.rc;
}

/* The error manager is first, so that the library's pointer to it leads here. */
struct jpeg_writer {
	struct jpeg_error_mgr errors;
	struct jpeg_compress_struct encoder;
	struct err *err;
	jmp_buf escape;
	int rc;
};

static void on_jpeg_error(j_common_ptr common)
{
	struct jpeg_writer *writer = (struct jpeg_writer *)common->err;
	char text[JMSG_LENGTH_MAX];

	common->err->format_message(common, text);
	writer->rc = err_set(writer->err, ERR_SYSTEM, "cannot write a JPEG: %s", text);
	longjmp(writer->escape, 1);
}

static void on_jpeg_message(j_common_ptr common, int level)
{
	(void)common;
	(void)level;
}

static void write_jpeg_rows(struct jpeg_writer *writer, const struct image *image, int quality,
			    FILE *stream)
{
	struct jpeg_compress_struct *encoder = &writer->encoder;
	size_t stride = (size_t)image->width * 3;

	jpeg_create_compress(encoder);
	jpeg_stdio_dest(encoder, stream);
	encoder->image_width = (JDIMENSION)image->width;
	encoder->image_height = (JDIMENSION)image->height;
	encoder->input_components = 3;
	encoder->in_color_space = JCS_RGB;
	jpeg_set_defaults(encoder);
	jpeg_set_quality(encoder, quality, TRUE);
	jpeg_start_compress(encoder, TRUE);
	while (encoder->next_scanline < encoder->image_height) {
		JSAMPROW row = image->rgb + encoder->next_scanline * stride;

		jpeg_write_scanlines(encoder, &row, 1);
	}
	jpeg_finish_compress(encoder);
}

/* Apart from its caller, whose variables thus keep their values over the jump. */
static void write_jpeg_guarded(struct jpeg_writer *writer, const struct image *image, int quality,
			       FILE *stream)
{
	if (setjmp(writer->escape) == 0)
		write_jpeg_rows(writer, image, quality, stream);
}

int image_write_jpeg(const struct image *image, int quality, FILE *stream, struct err *err)
{
	struct jpeg_writer writer = { .err = err };

	writer.encoder.err = jpeg_std_error(&writer.errors);
	writer.errors.error_exit = on_jpeg_error;
	writer.errors.emit_message = on_jpeg_message;
	write_jpeg_guarded(&writer, image, quality, stream);
	jpeg_destroy_compress(&writer.encoder);
	return writer.rc;
}

int image_encode_png(const struct image *image, const char *path, struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	if (file_writer_open(&writer, path, err) < 0)
		return -1;
	writer.unsynced = true;
	if (image_write_png(image, writer.stream, err) == 0)
		rc = file_writer_commit(&writer, err);
	else
		err_add_file(err, path);
	file_writer_abort(&writer);
	return rc;
}

int image_encode_jpeg(const struct image *image, int quality, const char *path, struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	if (file_writer_open(&writer, path, err) < 0)
		return -1;
	writer.unsynced = true;
	if (image_write_jpeg(image, quality, writer.stream, err) == 0)
		rc = file_writer_commit(&writer, err);
	else
		err_add_file(err, path);
	file_writer_abort(&writer);
	return rc;
}
