/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Vision transformers as Hugging Face's ViTModel: patches of 16 x 16 pixels through one matrix, a
 * [CLS] row before them, positions added, then layers with a norm before attention and before the
 * feed-forward, and a last norm. Tensors are named embeddings.cls_token, encoder.layer.0.output.dense
 * and so on behind a prefix. Sizes come from the tensors' shapes; heads have 64 columns.
 *
 *	vit = vit_new(&weights, "vit.", &err);
 *	vit_run(vit, pictures, 4, &scratch, &states, &err);
 *	scratch_release(&scratch);
 *	vit_free(vit);
 */
#ifndef TAGSIGHT_INFERENCE_VISION_VIT_H
#define TAGSIGHT_INFERENCE_VISION_VIT_H

#include "inference/core/scratch.h"
#include "inference/core/weights.h"
#include "lib/base/err.h"

#include <stddef.h>

#define VIT_ROWS 197 /* of a picture: [CLS], then 14 rows of 14 patches */

struct vit;

/* `prefix` has at most 60 bytes. The weights must outlive the result, which uses float32 where it lies.
 * NULL on failure. */
struct vit *vit_new(struct weights *weights, const char *prefix, struct err *err);
void vit_free(struct vit *vit);

/* Columns H of a state: 768 of ViT-B. */
size_t vit_hidden(const struct vit *vit);

/* Run 1 or more pictures, input [pictures, 3, 224, 224] as image_input_vit makes them: the states
 * [pictures, VIT_ROWS, H] after the last norm live in the scratch until its next use. Threads may
 * run one network at once, each with a scratch of its own. */
int vit_run(const struct vit *vit, const float *input, size_t pictures, struct scratch *scratch,
	    const float **states, struct err *err);

#endif
