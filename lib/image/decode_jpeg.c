/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/decode_priv.h"
#include "lib/image/jpeg_scans.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#include <jerror.h> /* needs the configuration of jpeglib.h */

#define SCAN_LIMIT 500 /* a progressive file of a few bytes a scan would take hours */

/* The error manager is first, so that the library's pointer to it leads here. */
struct jpeg_reader {
	struct jpeg_error_mgr errors;
	struct jpeg_decompress_struct decoder;
	struct jpeg_progress_mgr progress;
	struct decode_job *job;
	const struct jpeg_bytes *bytes; /* to be read */
	jmp_buf escape;
	bool ended_early;
	int rows_read; /* when the file ended; -1 where rows come in several scans */
	int rc;
};

static void on_error(j_common_ptr common)
{
	struct jpeg_reader *reader = (struct jpeg_reader *)common->err;
	char text[JMSG_LENGTH_MAX];

	common->err->format_message(common, text);
	if (common->err->msg_code == JERR_OUT_OF_MEMORY) {
		reader->job->info->fault = DECODE_SYSTEM;
		reader->rc = err_set_memory(reader->job->err);
	} else if (common->err->msg_code == JERR_INPUT_EOF || reader->ended_early) {
		reader->rc = decode_fail(reader->job, DECODE_TRUNCATED,
					 "the file ends before its picture begins");
	} else {
		reader->rc = decode_fail(reader->job, DECODE_UNREADABLE,
					 "the JPEG cannot be read: %s", text);
	}
	longjmp(reader->escape, 1);
}

/* Of the whole picture, also where it is made small. */
static int rows_done(const struct jpeg_reader *reader)
{
	unsigned rows = reader->decoder.output_scanline * reader->decoder.scale_denom;

	return rows < reader->decoder.image_height ? (int)rows : (int)reader->decoder.image_height;
}

/* Levels below 0 are warnings, above it are traces. */
static void on_message(j_common_ptr common, int level)
{
	struct jpeg_reader *reader = (struct jpeg_reader *)common->err;
	char text[JMSG_LENGTH_MAX];

	if (level >= 0)
		return;
	if (common->err->msg_code == JWRN_JPEG_EOF && !reader->ended_early) {
		reader->ended_early = true;
		reader->rows_read = reader->decoder.progressive_mode
					    ? -1
					    : rows_done(reader);
	}
	common->err->format_message(common, text);
	decode_warn(reader->job, text);
}

static void on_progress(j_common_ptr common)
{
	struct jpeg_reader *reader = (struct jpeg_reader *)common->err;

	if (reader->decoder.input_scan_number <= SCAN_LIMIT)
		return;
	reader->rc = decode_fail(reader->job, DECODE_UNREADABLE,
				 "the JPEG has more than %d scans; save it anew", SCAN_LIMIT);
	longjmp(reader->escape, 1);
}

/* a * b / 255, rounded, for values up to 255. */
static unsigned char multiply_255(int a, int b)
{
	int product = a * b + 128;

	return (unsigned char)(((product >> 8) + product) >> 8);
}

/* CMYK files hold inverted values (255 is no ink), as Adobe's programs write them. A colour is the
 * light that black leaves, less the share that its ink takes. */
static void cmyk_to_rgb(unsigned char *rgb, const JSAMPLE *cmyk, int width)
{
	for (int x = 0; x < width; x++, rgb += 3, cmyk += 4)
		for (int channel = 0; channel < 3; channel++)
			rgb[channel] = (unsigned char)(cmyk[3] - multiply_255(255 - cmyk[channel],
									     cmyk[3]));
}

/* Backwards, because the grey values lie at the start of the same row. */
static void grey_to_rgb(unsigned char *row, int width)
{
	for (int x = width - 1; x >= 0; x--)
		row[3 * x] = row[3 * x + 1] = row[3 * x + 2] = row[x];
}

static int choose_colours(struct jpeg_reader *reader)
{
	struct jpeg_decompress_struct *decoder = &reader->decoder;

	switch (decoder->num_components) {
	case 1:
		decoder->out_color_space = JCS_GRAYSCALE;
		return 0;
	case 3:
		decoder->out_color_space = JCS_RGB;
		return 0;
	case 4:
		decoder->out_color_space = JCS_CMYK;
		return 0;
	default:
		return decode_fail(reader->job, DECODE_UNREADABLE,
				   "the JPEG has %d colour channels; 1, 3 or 4 are known",
				   decoder->num_components);
	}
}

static void read_rows(struct jpeg_reader *reader)
{
	struct jpeg_decompress_struct *decoder = &reader->decoder;
	struct image *image = reader->job->image;
	JSAMPARRAY cmyk = NULL;

	if (decoder->out_color_space == JCS_CMYK)
		cmyk = decoder->mem->alloc_sarray((j_common_ptr)decoder, JPOOL_IMAGE,
						  decoder->output_width * 4, 1);
	while (decoder->output_scanline < decoder->output_height) {
		unsigned char *row =
			image->rgb + (size_t)decoder->output_scanline * (size_t)image->width * 3;

		jpeg_read_scanlines(decoder, cmyk ? cmyk : &row, 1);
		if (cmyk)
			cmyk_to_rgb(row, cmyk[0], image->width);
		else if (decoder->out_color_space == JCS_GRAYSCALE)
			grey_to_rgb(row, image->width);
	}
}

static int make_room(struct jpeg_reader *reader)
{
	struct jpeg_decompress_struct *decoder = &reader->decoder;
	struct decode_job *job = reader->job;

	if (decode_size(job, decoder->image_width, decoder->image_height) < 0)
		return -1;
	if (job->small) {
		decoder->scale_denom = (unsigned)decode_small_factor(job->info->width,
								     job->info->height);
		decoder->do_block_smoothing = FALSE;
	}
	jpeg_calc_output_dimensions(decoder);
	return decode_alloc(job, (int)decoder->output_width, (int)decoder->output_height);
}

static int read_picture(struct jpeg_reader *reader)
{
	struct jpeg_decompress_struct *decoder = &reader->decoder;

	jpeg_create_decompress(decoder);
	reader->progress.progress_monitor = on_progress;
	decoder->progress = &reader->progress;
	jpeg_mem_src(decoder, reader->bytes->data, reader->bytes->length);
	jpeg_read_header(decoder, TRUE);
	if (choose_colours(reader) < 0 || make_room(reader) < 0)
		return -1;
	jpeg_start_decompress(decoder);
	read_rows(reader);
	if (reader->ended_early)
		return decode_truncated(reader->job, reader->rows_read);
	/* As Pillow, read on to the end marker and give up on what stands in the way. That the marker is
	 * missing is no loss. */
	if (!reader->job->limits->partial)
		jpeg_finish_decompress(decoder);
	return 0;
}

/* Apart from its caller, whose variables thus keep their values over the jump. */
static void read_guarded(struct jpeg_reader *reader)
{
	if (setjmp(reader->escape) == 0)
		reader->rc = read_picture(reader);
}

int decode_jpeg(struct decode_job *job)
{
	struct jpeg_reader reader = { .job = job };
	struct jpeg_bytes bytes = { job->bytes, job->length, NULL };

	if (job->small && jpeg_drop_detail(&bytes, job->err) < 0) {
		job->info->fault = DECODE_SYSTEM;
		return -1;
	}
	reader.bytes = &bytes;
	reader.decoder.err = jpeg_std_error(&reader.errors);
	reader.errors.error_exit = on_error;
	reader.errors.emit_message = on_message;
	read_guarded(&reader);
	jpeg_destroy_decompress(&reader.decoder);
	free(bytes.owned);
	return reader.rc;
}
