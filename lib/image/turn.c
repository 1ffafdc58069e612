/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/image/turn.h"

#include "lib/image/decode.h"
#include "lib/image/exif.h"

#include <stdbool.h>
#include <string.h>
#include <turbojpeg.h>

/* How the upright picture comes from the stored one. */
struct turn {
	bool swap;           /* columns become rows */
	bool right, bottom;  /* columns, rows of the stored picture are taken from the far end */
	enum TJXOP operation;
};

static const struct turn turns[9] = {
	[1] = { false, false, false, TJXOP_NONE },	[2] = { false, true, false, TJXOP_HFLIP },
	[3] = { false, true, true, TJXOP_ROT180 },	[4] = { false, false, true, TJXOP_VFLIP },
	[5] = { true, false, false, TJXOP_TRANSPOSE },	[6] = { true, false, true, TJXOP_ROT90 },
	[7] = { true, true, true, TJXOP_TRANSVERSE },	[8] = { true, true, false, TJXOP_ROT270 },
};

int image_turn(struct image *image, int orientation, struct err *err)
{
	const struct turn *turn = &turns[orientation];
	struct image upright = IMAGE_INIT;

	if (orientation < 1 || orientation > 8)
		BUG("no orientation");
	if (image_alloc(&upright, turn->swap ? image->height : image->width,
			turn->swap ? image->width : image->height, err) < 0)
		return -1;
	for (int y = 0; y < upright.height; y++)
		for (int x = 0; x < upright.width; x++) {
			int column = turn->swap ? y : x, row = turn->swap ? x : y;

			column = turn->right ? image->width - 1 - column : column;
			row = turn->bottom ? image->height - 1 - row : row;
			memcpy(upright.rgb + ((size_t)y * (size_t)upright.width + (size_t)x) * 3,
			       image->rgb + ((size_t)row * (size_t)image->width + (size_t)column) * 3,
			       3);
		}
	image_release(image);
	*image = upright;
	return 0;
}

int image_decode_upright(struct image *image, const char *path, struct err *err)
{
	struct image_info info;

	if (image_decode_file(image, path, NULL, &info, err) < 0)
		return -1;
	if (info.orientation <= 1 || image_turn(image, info.orientation, err) == 0)
		return 0;
	image_release(image);
	return -1;
}

/* Set the orientation in the file to 1. */
static void set_upright(unsigned char *bytes, size_t length)
{
	int width, big_endian;
	size_t place = exif_orientation_place(bytes, length, IMAGE_JPEG, &width, &big_endian);

	if (!place)
		return;
	memset(bytes + place, 0, (size_t)width);
	bytes[big_endian ? place + (size_t)width - 1 : place] = 1;
}

static bool within_limits(tjhandle handle, const unsigned char *bytes, size_t length)
{
	struct decode_limits limits = DECODE_LIMITS_INIT;
	int width, height, sampling, colours;

	return tjDecompressHeader3(handle, bytes, (unsigned long)length, &width, &height, &sampling,
				   &colours) == 0 &&
	       width <= limits.side && height <= limits.side &&
	       (uint64_t)width * (uint64_t)height <= limits.pixels;
}

int jpeg_turn(const void *bytes, size_t length, int orientation, struct buf *out, struct err *err)
{
	tjtransform transform = { .op = (int)turns[orientation].operation,
				  .options = TJXOPT_PERFECT };
	tjhandle handle = tjInitTransform();
	unsigned char *turned = NULL;
	unsigned long size = 0;
	int rc = -1;

	if (!handle)
		return err_set_memory(err);
	if (!within_limits(handle, bytes, length)) {
		err_set(err, ERR_DATA, "its header cannot be read, or says a size that no tweet has");
	} else if (tjTransform(handle, bytes, (unsigned long)length, 1, &turned, &size, &transform,
			       TJFLAG_STOPONWARNING) < 0) {
		err_set(err, ERR_DATA, "it cannot be turned without loss: %s",
			tjGetErrorStr2(handle));
	} else {
		set_upright(turned, size);
		buf_add(out, turned, size);
		rc = out->failed ? err_set_memory(err) : 0;
	}
	tjFree(turned);
	tjDestroy(handle);
	return rc;
}
