/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Resize float numbers as OpenCV's INTER_CUBIC: four by four of them, those beyond an edge are the edge's,
 * with the kernel of -0.75. Results are not clipped and go beyond what the numbers span. OpenCV's own
 * builds differ by 1e-5 of that.
 *
 *	resize_cubic(numbers, 256, 170, out, 600, 398, &err);
 */
#ifndef TAGSIGHT_IMAGE_RESAMPLE_CUBIC_H
#define TAGSIGHT_IMAGE_RESAMPLE_CUBIC_H

#include "lib/base/err.h"

/* From numbers [from_height, from_width, 3] to out [height, width, 3]; all sides are above 0. Fails only
 * when memory is out. */
int resize_cubic(const float *numbers, int from_width, int from_height, float *out, int width, int height,
		 struct err *err);

#endif
