/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/decode_priv.h"

#include <webp/decode.h>

static int fail_by_status(struct decode_job *job, VP8StatusCode status)
{
	switch (status) {
	case VP8_STATUS_OUT_OF_MEMORY:
		job->info->fault = DECODE_SYSTEM;
		return err_set_memory(job->err);
	case VP8_STATUS_NOT_ENOUGH_DATA:
	case VP8_STATUS_SUSPENDED:
		if (job->image->rgb)
			return decode_truncated(job, -1);
		return decode_fail(job, DECODE_TRUNCATED, "the file ends before its picture begins");
	default:
		return decode_fail(job, DECODE_UNREADABLE, "the WebP cannot be read (libwebp's code %d)",
				   (int)status);
	}
}

int decode_webp(struct decode_job *job)
{
	WebPDecoderConfig config;
	VP8StatusCode status;

	if (!WebPInitDecoderConfig(&config))
		return decode_fail(job, DECODE_UNSUPPORTED, "this libwebp has another interface");
	status = WebPGetFeatures(job->bytes, job->length, &config.input);
	if (status != VP8_STATUS_OK)
		return fail_by_status(job, status);
	if (config.input.has_animation)
		return decode_fail(job, DECODE_UNSUPPORTED,
				   "this is an animated WebP, which is not read here; convert it to PNG");
	if (decode_begin(job, (uint64_t)config.input.width, (uint64_t)config.input.height) < 0)
		return -1;
	config.output.colorspace = MODE_RGB;
	config.output.is_external_memory = 1;
	config.output.u.RGBA.rgba = job->image->rgb;
	config.output.u.RGBA.stride = job->image->width * 3;
	config.output.u.RGBA.size = (size_t)job->image->width * (size_t)job->image->height * 3;
	status = WebPDecode(job->bytes, job->length, &config);
	WebPFreeDecBuffer(&config.output);
	return status == VP8_STATUS_OK ? 0 : fail_by_status(job, status);
}
