/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From pictures to what networks read.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_IMAGE_INPUT_H
#define TAGSIGHT_INFERENCE_VISION_IMAGE_INPUT_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdint.h>

/* Where a picture lies in the square that a detector reads. */
struct letterbox {
	int side;                    /* of the square */
	int left, top;               /* of the scaled picture in it */
	int width, height;           /* of the scaled picture */
	int image_width, image_height; /* of the picture itself */
};

/* Scale by the smaller of side / width and side / height, sides rounded half up and at least 1,
 * centred with offsets rounded down. */
struct letterbox letterbox_place(int image_width, int image_height, int side);

/* A black square with the picture, resized as Pillow's BILINEAR does, into an empty struct. */
int letterbox_image(struct image *square, const struct image *image, const struct letterbox *box,
		    struct err *err);

/* A point of the square as a point of the picture, clamped to it. */
float letterbox_undo_x(const struct letterbox *box, float x);
float letterbox_undo_y(const struct letterbox *box, float y);

/* Planes in the order blue, green, red: out [3, height, width] = (value - mean) / deviation on the
 * scale of 0 to 255; mean and deviation in the order of the planes. */
void image_to_bgr_planes(const struct image *image, const float mean[3], const float deviation[3],
			 float *out);

#define IMAGENET_SIDE 224
#define IMAGENET_FLOATS (3 * (size_t)IMAGENET_SIDE * IMAGENET_SIDE)

/* How a picture becomes a square of IMAGENET_SIDE. */
enum image_fit {
	IMAGE_FIT_SHORTER, /* the shorter side to 256, then the centre: Resize(256), CenterCrop(224) */
	IMAGE_FIT_BOTH,    /* both sides to 224, whatever the shape: Resize((224, 224)) */
	IMAGE_FIT_NONE     /* the centre of the picture as it is: CenterCrop(224) */
};

/* How a network's pictures are made; mean and deviation of red, green, blue on the scale of 0 to 1. */
struct image_input {
	enum image_fit fit;
	float mean[3], deviation[3];
};

extern const struct image_input image_input_shorter; /* each fit with ImageNet's normalisation */
extern const struct image_input image_input_both;
extern const struct image_input image_input_centre;
extern const struct image_input image_input_vit; /* both sides; 0.5 and 0.5 */

/* What torchvision's transforms give, bit for bit: out [3, 224, 224] in the order red, green, blue.
 * Fails when memory is out, and with ERR_DATA on a picture a thousand times as long as wide whose
 * shorter side is to grow, or one with a side below 224 that is to stay as it is. */
int image_to_input(const struct image *image, const struct image_input *input, float *out,
		   struct err *err);

/* A square of IMAGENET_SIDE at a random place, left for right every other time, into an empty struct:
 * what torchvision's RandomCrop and RandomHorizontalFlip do, but the same each time for a seed and a
 * name. Fails with ERR_DATA on a picture with a side below 224. */
int image_crop_random(struct image *square, const struct image *image, uint64_t seed,
		      const char *name, struct err *err);

#endif
