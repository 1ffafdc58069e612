/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/decode.h"

#include "lib/base/file.h"
#include "lib/image/decode_priv.h"

#include <inttypes.h>
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

int decode_begin(struct decode_job *job, uint64_t width, uint64_t height)
{
	const struct decode_limits *limits = job->limits;

	if (width == 0 || height == 0)
		return decode_fail(job, DECODE_UNREADABLE,
				   "the picture has no pixels (%" PRIu64 " x %" PRIu64 ")", width, height);
	if (width > (uint64_t)limits->side || height > (uint64_t)limits->side ||
	    width * height > limits->pixels)
		return decode_fail(job, DECODE_TOO_LARGE,
				   "the picture claims %" PRIu64 " x %" PRIu64
				   " pixels; at most %d a side and %" PRIu64 " in all are read",
				   width, height, limits->side, limits->pixels);
	job->info->width = (int)width;
	job->info->height = (int)height;
	if (image_alloc(job->image, (int)width, (int)height, job->err) < 0) {
		job->info->fault = DECODE_SYSTEM;
		return -1;
	}
	return 0;
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

int image_decode(struct image *image, const void *bytes, size_t length,
		 const struct decode_limits *limits, struct image_info *info, struct err *err)
{
	static const struct decode_limits defaults = DECODE_LIMITS_INIT;
	struct image_info ignored;
	struct decode_job job = { bytes, length, limits ? limits : &defaults, image,
				  info ? info : &ignored, err };

	*job.info = (struct image_info){ .format = image_sniff(bytes, length) };
	if (length > job.limits->bytes)
		return decode_fail(&job, DECODE_TOO_LARGE,
				   "the file has %zu bytes; at most %" PRIu64 " are read", length,
				   job.limits->bytes);
	if (decode_by_format(&job) < 0) {
		image_release(image);
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
		*info = (struct image_info){ .fault = DECODE_SYSTEM };
	if (file_map_open(&map, path, err) < 0)
		return -1;
	rc = image_decode(image, map.data, map.size, limits, info, err);
	if (rc < 0)
		err_add_file(err, path);
	file_map_close(&map);
	return rc;
}
