/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/decode.h"

#include "lib/base/file.h"
#include "lib/image/decode_priv.h"
#include "lib/image/exif.h"
#include "lib/image/resample.h"

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <string.h>

int decode_fail(struct decode_job *job, enum decode_fault fault, const char *format, ...)
{
	char text[sizeof(job->err->text)];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	job->info->fault = fault;
	return err_set(job->err, ERR_DATA, "%s", text);
}

void decode_warn(struct decode_job *job, const char *text)
{
	if (job->info->n_warnings++ == 0)
		snprintf(job->info->warning, sizeof(job->info->warning), "%s", text);
}

int decode_size(struct decode_job *job, uint64_t width, uint64_t height)
{
	const struct decode_limits *limits = job->limits;

	if (width == 0 || height == 0)
		return decode_fail(job, DECODE_UNREADABLE,
				   "the picture has no pixels (%" PRIu64 " x %" PRIu64 ")", width, height);
	if (width <= INT_MAX && height <= INT_MAX) {
		job->info->width = (int)width;
		job->info->height = (int)height;
	}
	if (width > (uint64_t)limits->side || height > (uint64_t)limits->side ||
	    width * height > limits->pixels)
		return decode_fail(job, DECODE_TOO_LARGE,
				   "the picture claims %" PRIu64 " x %" PRIu64
				   " pixels; at most %d a side and %" PRIu64 " in all are read",
				   width, height, limits->side, limits->pixels);
	return 0;
}

int decode_alloc(struct decode_job *job, int width, int height)
{
	if (image_alloc(job->image, width, height, job->err) == 0)
		return 0;
	job->info->fault = DECODE_SYSTEM;
	return -1;
}

int decode_begin(struct decode_job *job, uint64_t width, uint64_t height)
{
	if (decode_size(job, width, height) < 0)
		return -1;
	return decode_alloc(job, (int)width, (int)height);
}

int decode_small_factor(int width, int height)
{
	int side = width < height ? width : height, factor = 8;

	while (factor > 1 && side / factor < SMALL_SIDE)
		factor /= 2;
	return factor;
}

int decode_truncated(struct decode_job *job, int rows_done)
{
	if (job->limits->partial) {
		job->info->fault = DECODE_TRUNCATED;
		return 0;
	}
	if (rows_done < 0)
		return decode_fail(job, DECODE_TRUNCATED, "the file ends before its picture does");
	return decode_fail(job, DECODE_TRUNCATED,
			   "the file ends before its picture does, after row %d of %d", rows_done,
			   job->info->height);
}

static int decode_by_format(struct decode_job *job)
{
	const char *name = image_format_name(job->info->format);

	switch (job->info->format) {
	case IMAGE_JPEG:
		return decode_jpeg(job);
	case IMAGE_PNG:
		return decode_png(job);
	case IMAGE_WEBP:
		return decode_webp(job);
	case IMAGE_GIF:
		return decode_gif(job);
	default:
		break;
	}
	if (image_format_is_picture(job->info->format))
		return decode_fail(job, DECODE_UNSUPPORTED,
				   "this is %s, which is not read here; convert it to JPEG or PNG", name);
	return decode_fail(job, DECODE_NOT_IMAGE, "this is %s, not a picture", name);
}

static int decode_bytes(struct decode_job *job, struct image_info *info)
{
	static const struct decode_limits defaults = DECODE_LIMITS_INIT;
	struct image_info ignored;

	job->limits = job->limits ? job->limits : &defaults;
	job->info = info ? info : &ignored;
	*job->info = (struct image_info){ .format = image_sniff(job->bytes, job->length),
					  .orientation = 1 };
	if (job->length > job->limits->bytes)
		return decode_fail(job, DECODE_TOO_LARGE,
				   "the file has %zu bytes; at most %" PRIu64 " are read", job->length,
				   job->limits->bytes);
	job->info->orientation = exif_orientation(job->bytes, job->length, job->info->format);
	if (decode_by_format(job) < 0) {
		image_release(job->image);
		return -1;
	}
	return 0;
}

int image_decode(struct image *image, const void *bytes, size_t length,
		 const struct decode_limits *limits, struct image_info *info, struct err *err)
{
	struct decode_job job = { bytes, length, limits, image, NULL, err, false };

	return decode_bytes(&job, info);
}

/* What has no shortcut of its own is made small afterwards. */
static int make_small(struct image *image, const struct image_info *info, struct err *err)
{
	int factor = decode_small_factor(info->width, info->height);
	struct image small = IMAGE_INIT;
	int rc = 0;

	if (factor == 1 || image->width < info->width || image->height < info->height)
		return 0;
	rc = image_shrink(&small, image, factor, err);
	image_release(image);
	*image = small;
	return rc;
}

int image_decode_small(struct image *image, const void *bytes, size_t length,
		       const struct decode_limits *limits, struct image_info *info,
		       struct err *err)
{
	struct decode_job job = { bytes, length, limits, image, NULL, err, true };
	struct image_info ignored;

	info = info ? info : &ignored;
	if (decode_bytes(&job, info) < 0)
		return -1;
	if (make_small(image, info, err) < 0) {
		info->fault = DECODE_SYSTEM;
		return -1;
	}
	return 0;
}

int image_decode_file(struct image *image, const char *path, const struct decode_limits *limits,
		      struct image_info *info, struct err *err)
{
	struct file_map map;
	int rc;

	if (info)
		*info = (struct image_info){ .fault = DECODE_SYSTEM, .orientation = 1 };
	if (file_map_open(&map, path, err) < 0)
		return -1;
	rc = image_decode(image, map.data, map.size, limits, info, err);
	if (rc < 0)
		err_add_file(err, path);
	file_map_close(&map);
	return rc;
}
