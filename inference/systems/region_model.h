/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What UMT and MAF share; their structs begin with this one. BERT reads the tweet; a ResNet-152 reads
 * 224 x 224 pixels of the picture as they are, and the 49 places of its last map, brought to BERT's
 * width, are regions that words attend to. Each word's text state and gated picture state, side by
 * side, are classified, and a CRF decodes.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_REGION_MODEL_H
#define TAGSIGHT_INFERENCE_SYSTEMS_REGION_MODEL_H

#include "inference/core/layers.h"
#include "inference/core/transformer_layer.h"
#include "inference/systems/system.h"
#include "inference/vision/resnet.h"

#define REGIONS ((size_t)49)    /* of a picture */
#define REGION_PROJECTIONS 2    /* of the regions, at most */
#define REGION_MODEL_PIECES 128 /* as both are published */
#define REGION_MODEL_FALLBACK "17_06_4705.jpg"

/* H is hidden. */
struct region_model {
	struct model model;
	struct resnet *resnet;
	size_t n_projections;
	struct linear projections[REGION_PROJECTIONS]; /* 2048 to H */
	struct linear classifier;                      /* 2 H to labels */
};

/* Load BERT, "vismap2text" and, if there are two projections, "vismap2text_v2", the classifier and the
 * CRF. */
int region_model_load(struct region_model *regional, size_t n_projections, struct err *err);

/* Load the ResNet, which is of a second file and easily forgotten: last, so that a survey finds what the
 * first file has. */
int region_model_load_resnet(struct region_model *regional, struct err *err);

/* A stack of layers by BERT's sizes. */
int region_model_get_stack(struct region_model *regional, struct transformer_stack *stack,
			   const char *name, struct err *err);

/* The system's release(), read_picture() and look(), which keeps [n_projections, REGIONS, H]. */
void region_model_release(struct model *model);
int region_model_read_picture(const struct model *model, const struct image *image, const char *path,
			      float *input, struct err *err);
int region_model_look(struct model *model, const float *input, size_t n, struct worker *worker,
		      float *const *kept, struct prediction_dump *dump, const size_t *numbers,
		      struct err *err);

/* The regions [n, REGIONS, H] of a batch by projection number `projection`. */
void region_model_gather(const struct region_model *regional, const struct batch *batch,
			 size_t projection, float *out);

/* The classifier's scores [rows, labels] of [text; gate * image], each [rows, H]; `joined`
 * [rows, 2 H] is working memory. */
void region_model_classify(const struct region_model *regional, const float *text,
			   const float *image, const float *gate, size_t rows, float *joined,
			   float *scores);

/* out [rows, 2 H] = rows of left and right, [rows, H] each, side by side. */
void join_rows(const float *left, const float *right, size_t rows, size_t hidden, float *out);

#endif
