/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "lib/image/resample.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Decode, then resize and cut: a picture that came out must be one. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct decode_limits limits = { 2000, 1000000, 1 << 20, size % 2 };
	struct image image = IMAGE_INIT, small = IMAGE_INIT, part = IMAGE_INIT;
	struct image_info info;
	struct err err = ERR_INIT;

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
