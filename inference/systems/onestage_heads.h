/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one-stage grounding does with features of a picture and vectors of phrases. On each of three scales,
 * whose maps are 8, 16 and 32 places wide, a place's features become E numbers of length 1; so do a phrase's.
 * Both are joined with eight coordinates of the place, and convolutions make of that 3 anchors x (x, y, width,
 * height, confidence). The first of these is 1 x 1, so that its sum parts into one of the picture, one of the
 * place and one of the phrase: what a picture costs is done once for all its phrases.
 *
 * The light variant has that one convolution and the last; the full one 3 x 3, 1 x 1 and 1 x 1 between them.
 * Tensors: mapping_visu.S, mapping_lang, fcn_emb.S, fcn_out.S. Rows are places, row by row.
 *
 *	onestage_heads_look(&heads, features, picture, &scratch, &err);
 *	onestage_heads_read(&heads, vectors, n, wishes, &err);
 *	onestage_heads_answer(&heads, picture, wishes, n, numbers, &scratch, &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_HEADS_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_HEADS_H

#include "inference/core/folded.h"
#include "inference/core/scratch.h"

#include <stdbool.h>

#define ONESTAGE_SIDE 256 /* pixels of the square that the network reads */
#define ONESTAGE_SCALES 3
#define ONESTAGE_ANCHORS 3 /* of a scale */
#define ONESTAGE_BOX 5     /* x, y, width, height, confidence */
#define ONESTAGE_NUMBERS (ONESTAGE_ANCHORS * ONESTAGE_BOX) /* of a place */
#define ONESTAGE_PLACES 1344 /* of all scales: 8 x 8 + 16 x 16 + 32 x 32 */
#define ONESTAGE_CHANNELS_MOST 1024

/* Side of the map of a scale, coarsest first, its channels of features, and its first place among all. */
size_t onestage_side(int scale);
size_t onestage_channels(int scale);
size_t onestage_first_place(int scale);

struct onestage_scale {
	struct folded visual;               /* features to E */
	struct folded fusion;               /* [E, 2 E, or 2 E + 8]: picture, phrase, coordinates */
	float *places;                      /* [side, side, E], what coordinates and bias come to */
	struct folded spread, join, reduce; /* E to E (3 x 3), to E, to half of E; of the full variant */
	struct folded last;                 /* to ONESTAGE_NUMBERS */
};

struct onestage_heads {
	size_t width;    /* E */
	size_t text;     /* numbers of a phrase's vector */
	bool light;
	struct folded language[2];
	struct onestage_scale scales[ONESTAGE_SCALES];
};

/* On failure there is nothing to release. */
int onestage_heads_init(struct onestage_heads *heads, const struct weights *weights, struct err *err);
void onestage_heads_release(struct onestage_heads *heads);

/* From features [side, side, channels] of each scale to picture [ONESTAGE_PLACES, E]. */
int onestage_heads_look(const struct onestage_heads *heads, const float *const features[ONESTAGE_SCALES],
			float *picture, struct scratch *scratch, struct err *err);

/* From vectors [n, text] of phrases to wishes [n, ONESTAGE_SCALES, E]. */
int onestage_heads_read(const struct onestage_heads *heads, const float *vectors, size_t n, float *wishes,
			struct scratch *scratch, struct err *err);

/* numbers [n, ONESTAGE_PLACES, ONESTAGE_NUMBERS] for n phrases, wishes[i] [ONESTAGE_SCALES, E]. */
int onestage_heads_answer(const struct onestage_heads *heads, const float *picture,
			  const float *const *wishes, size_t n, float *numbers, struct scratch *scratch,
			  struct err *err);

/* For tests: the rows of a phrase's vector after mapping_lang [n, E], and of a scale's places after
 * mapping_visu [side, side, E]; both of length 1. */
int onestage_heads_language(const struct onestage_heads *heads, const float *vectors, size_t n,
			    float *language, struct scratch *scratch, struct err *err);
void onestage_heads_visual(const struct onestage_heads *heads, int scale, const float *features,
			   float *visual);

#endif
