/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/image.h"

#include "lib/base/checked.h"

#include <stdlib.h>

void image_release(struct image *image)
{
	free(image->rgb);
	*image = (struct image)IMAGE_INIT;
}

int image_alloc(struct image *image, int width, int height, struct err *err)
{
	size_t row;
	unsigned char *rgb;

	if (width <= 0 || height <= 0)
		BUG("picture without pixels");
	if (!size_multiply((size_t)width, 3, &row))
		return err_set_memory(err);
	rgb = calloc((size_t)height, row);
	if (!rgb)
		return err_set_memory(err);
	*image = (struct image){ width, height, rgb };
	return 0;
}
