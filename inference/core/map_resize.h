/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Maps whose channels lie side by side, in other sizes.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_MAP_RESIZE_H
#define TAGSIGHT_INFERENCE_CORE_MAP_RESIZE_H

#include "inference/core/map_conv.h"

/* Resize one picture bilinearly with pixel centres at half integers and no widened filter (PyTorch's
 * interpolate with align_corners=False), and add it to `output`, which has as many channels. */
void map_bilinear_add(const struct map *input, const struct map *output);

#endif
