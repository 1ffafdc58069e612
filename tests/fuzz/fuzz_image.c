/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "lib/image/drawing.h"
#include "lib/image/fingerprint.h"
#include "lib/image/resample.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Take a small picture's measures and hashes. */
static void look_at(const struct image *image)
{
	struct fingerprint print = { 0 };
	struct image_measures measures;
	struct err err = ERR_INIT;

	fingerprint_bytes(&print, image->rgb, (size_t)image->width);
	if (fingerprint_picture(&print, image, &err) < 0 || image_measure(&measures, image, &err) < 0)
		abort();
	if (fingerprint_alike(&print, &print) == print.plain || measures.even > 1 ||
	    measures.ground + measures.rest > measures.even + 1e-4f)
		abort();
}

/* A small picture finds the faults that the whole finds. */
static void decode_small(const uint8_t *data, size_t size, struct decode_limits limits)
{
	struct image whole = IMAGE_INIT, small = IMAGE_INIT;
	struct image_info info, small_info;
	struct err err = ERR_INIT;

	limits.partial = false;
	if (image_decode_small(&small, data, size, &limits, &small_info, &err) == 0)
		look_at(&small);
	image_decode(&whole, data, size, &limits, &info, &err);
	if (info.fault != small_info.fault || info.width != small_info.width ||
	    info.orientation < 1 || info.orientation > 8)
		abort();
	image_release(&whole);
	image_release(&small);
}

/* Decode, then resize and cut: a picture that came out must be one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decode_limits limits = { 2000, 1000000, 1 << 20, size % 2 };
	struct image image = IMAGE_INIT, small = IMAGE_INIT, part = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;

	decode_small(data, size, limits);
	if (image_decode(&image, data, size, &limits, &info, &err) < 0) {
		if (image.rgb || err.kind == ERR_NONE || info.fault == DECODE_OK)
			abort();
		return 0;
	}
	if (image_resize(&small, &image, 9, 7, &err) < 0 ||
	    image_crop(&part, &image, image_rect_around(&image, 0, 1, (float)image.height, 3), &err) < 0)
		abort();
	image_release(&image);
	image_release(&small);
	image_release(&part);
	return 0;
}
