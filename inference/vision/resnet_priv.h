/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ResNet's weights, as resnet_load.c reads and resnet.c runs them.
 */
#ifndef TAGSIGHT_INFERENCE_VISION_RESNET_PRIV_H
#define TAGSIGHT_INFERENCE_VISION_RESNET_PRIV_H

#include "inference/core/map_conv.h"
#include "inference/vision/resnet.h"
#include "lib/base/arena.h"

#define RESNET_STEM 64
#define RESNET_EXPANSION 4
#define RESNET_BLOCKS 36 /* of a stage, at most */

struct bottleneck {
	struct map_conv reduce, spread, expand; /* 1 x 1, 3 x 3, 1 x 1 */
	struct map_conv shortcut;               /* of a stage's first block; out 0: none */
};

struct resnet {
	struct map_conv stem;
	struct bottleneck stages[RESNET_STAGES][RESNET_BLOCKS];
	int n_blocks[RESNET_STAGES];
	float *memory; /* of all weights and biases, mapped */
	size_t memory_size;
};

#endif
