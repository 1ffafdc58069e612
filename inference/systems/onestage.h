/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One-stage visual grounding (zyang-ur/onestage_grounding): one box of a picture for each phrase, from the
 * checkpoint's own Darknet-53, BERT or LSTM, full or light heads; all of it is in its .pth.tar, and which it is,
 * the tensors tell. A picture goes through the network once for all its phrases, and what was made of a
 * phrase is kept for the next picture.
 *
 *	model = onestage_open("model.pth.tar", &(struct onestage_options){ .anchors = "flickr" }, &err);
 *	state = onestage_state_new(model, 1, &err);
 *	onestage_ground(model, state, &image, phrases, n, found, &err);
 *
 * A model is read-only: several threads may share it, each with a state of its own.
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_H
#define TAGSIGHT_INFERENCE_SYSTEMS_ONESTAGE_H

#include "inference/systems/onestage_decode.h"
#include "inference/systems/onestage_text.h"
#include "inference/systems/onestage_vision.h"
#include "inference/vision/area_letterbox.h"
#include "lib/corpus/grounding.h"

#include <stdbool.h>

/* What a checkpoint cannot say; zeros are fine. */
struct onestage_options {
	const char *words;   /* path of vocab.txt or of corpus.pth; NULL: the one beside the model */
	const char *anchors; /* as onestage_anchors_parse() takes them; NULL: "flickr" with a BERT, "coco" with an
			      * LSTM: whatever data the original was to take, it used these for all but
			      * Flickr30K, and published weights need them */
	size_t query_cap;    /* words or pieces of a phrase; 0: 20, as in training */
};

struct onestage {
	struct weights weights;
	struct onestage_heads heads;
	struct onestage_text text;
	struct darknet_model *vision;
	struct onestage_anchors anchors;
};

struct onestage_state;

/* Why tensors are taken for such a model's, or NULL. */
const char *onestage_recognise(const struct weights *weights);

/* Ask the weights for every tensor that is used, and let go. */
int onestage_check_tensors(struct weights *weights, struct err *err);

/* NULL on failure. */
struct onestage *onestage_open(const char *path, const struct onestage_options *options, struct err *err);
void onestage_free(struct onestage *model);

/* The memory of one thread, whose network runs on `threads` threads; NULL when memory is out. */
struct onestage_state *onestage_state_new(const struct onestage *model, int threads, struct err *err);
void onestage_state_free(struct onestage_state *state);

struct onestage_found {
	bool any;                      /* false: the phrase holds no word, or its box has no part in the picture */
	struct onestage_choice choice; /* not set for a phrase without a word */
	float published[4];            /* x0, y0, x1, y1 in pixels as the original has them */
	struct box box;                /* the same clamped to the picture */
	float score;                   /* sigmoid of the confidence */
};

/* The box of each phrase, found[i] of phrases[i]. ERR_DATA where the model gives no numbers. */
int onestage_ground(const struct onestage *model, struct onestage_state *state, const struct image *image,
		    const char *const *phrases, size_t n, struct onestage_found *found, struct err *err);

/* The parts of onestage_ground(): look at a square of ONESTAGE_SIDE, then ask for phrases; numbers
 * [ONESTAGE_ASKED at most, ONESTAGE_PLACES, ONESTAGE_NUMBERS] are the state's, said[i] false for those
 * without a word, whose numbers mean nothing. */
#define ONESTAGE_ASKED ((size_t)16)
int onestage_look(const struct onestage *model, struct onestage_state *state, const struct image *square,
		  struct err *err);
int onestage_ask(const struct onestage *model, struct onestage_state *state, const char *const *phrases,
		 size_t n, bool *said, const float **numbers, struct err *err);

/* Features of the last look, [side, side, channels]. */
const float *onestage_features(const struct onestage_state *state, int scale);

#endif
