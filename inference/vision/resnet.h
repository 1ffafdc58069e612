/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ResNets of bottleneck blocks as torchvision builds them: 50, 101 and 152 layers, the stride in a
 * block's 3 x 3 convolution, tensors named conv1, bn1, layer1.0.conv1 and so on behind a prefix. The
 * batch norms are folded into the convolutions when the weights are read.
 *
 *	resnet = resnet_new(&weights, "image_model.resnet.", 50, &err);
 *	resnet_run(resnet, pictures, 4, 224, &scratch, &maps, &err);
 *	scratch_release(&scratch);
 *	resnet_free(resnet);
 */
#ifndef TAGSIGHT_INFERENCE_VISION_RESNET_H
#define TAGSIGHT_INFERENCE_VISION_RESNET_H

#include "inference/core/scratch.h"
#include "inference/core/weights.h"
#include "lib/base/err.h"
#include "lib/corpus/prediction_dump.h"

#include <stddef.h>

#define RESNET_STAGES 4
#define RESNET_BATCH 4 /* pictures at a time that keep the last stages busy and memory small */

struct resnet;

/* `layers` is 50, 101 or 152. The result copies what it needs of the weights. NULL on failure. */
struct resnet *resnet_new(const struct weights *weights, const char *prefix, int layers,
			  struct err *err);
void resnet_free(struct resnet *resnet);

/* The layers of the ResNet below a prefix, 50, 101 or 152, as its third stage tells. */
int resnet_layers(const struct weights *weights, const char *prefix);

/* Channels of a stage's output: 256, 512, 1024, 2048. */
size_t resnet_channels(size_t stage);

/* What a run leaves in the scratch, valid until its next use; sides are of one map. */
struct resnet_maps {
	const float *stem; /* [64, pictures, side, side] after the max pooling */
	int stem_side;
	const float *stages[RESNET_STAGES]; /* [channels, pictures, side, side] */
	int sides[RESNET_STAGES];
};

/* Run 1 to RESNET_BATCH pictures, input [pictures, 3, side, side] with a side from 32 to 1024, on one
 * thread. Threads may run one network at once, each with a scratch of its own. */
int resnet_run(const struct resnet *resnet, const float *input, int pictures, int side,
	       struct scratch *scratch, struct resnet_maps *maps, struct err *err);

/* The means of the last stage's maps, out [pictures, 2048]. */
void resnet_average(const struct resnet_maps *maps, size_t n, float *out);

/* The last stage of picture `picture` of n as rows [side * side, 2048], one a place of the map. */
void resnet_regions(const struct resnet_maps *maps, size_t n, size_t picture, float *out);

/* Add stem and stage1 to stage4, [channels, side, side], of each of n pictures to the dump, for the records
 * of these numbers; `dump` NULL does nothing. */
int resnet_dump(const struct resnet_maps *maps, size_t n, struct prediction_dump *dump,
		const size_t *numbers, struct err *err);

#endif
