/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture as the input of a Darknet network: stretched to its sides as OpenCV's blobFromImage does, or,
 * where the cfg says letter_box=1, as Darknet does: as large as fits, on grey.
 *
 *	darknet_input(&image, letter_box, width, height, planes, &err);
 *	frame = darknet_frame(&image, letter_box, width, height);
 */
#ifndef TAGSIGHT_INFERENCE_VISION_DARKNET_INPUT_H
#define TAGSIGHT_INFERENCE_VISION_DARKNET_INPUT_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdbool.h>

/* Write planes [3, height, width] from 0 to 1. Fails only when memory is out. */
int darknet_input(const struct image *image, bool letter_box, int width, int height, float *planes,
		  struct err *err);

/* What of the input the picture takes, in fractions of its sides. */
struct darknet_frame {
	float x, y, width, height;
};

struct darknet_frame darknet_frame(const struct image *image, bool letter_box, int width, int height);

#endif
