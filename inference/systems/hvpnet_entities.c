/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT for entities: BERT behind the visual prompt of the tweet's pictures, a linear layer to the
 * labels of each piece, and a CRF.
 */
#include "inference/systems/hvpnet_pictures.h"
#include "inference/systems/piece_tagger.h"
#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#define MAX_PIECES 80 /* as the original's command for Twitter2015 has it */
#define GROUP 32      /* tweets whose pictures and prefixes are in memory together */

struct hvpnet {
	struct piece_tagger tagger; /* first: its predictor is ours */
	struct hvpnet_prompt prompt;
	struct picture_store store;
	struct prefix_room *rooms; /* [jobs] */
	/* The tweets in hand, those without faults one after another. */
	const struct sentence *sentences[GROUP];
	struct tweet_pictures tweets[GROUP];
};

static const char *recognise(const struct weights *weights)
{
	if (weights_have(weights, "image_model.resnet.conv1.weight") &&
	    weights_have(weights, "encoder_conv.0.weight") &&
	    weights_have(weights, "crf.transitions"))
		return "it holds HVPNeT's visual prompt and a CRF";
	return NULL;
}

/* Batches are parts of `sentences`, so that the place of the first tells the pictures. */
static int prepare(struct piece_tagger *tagger, const struct sentence *const *sentences, int thread,
		   struct encoder_batch *batch, struct err *err)
{
	struct hvpnet *hvpnet = (struct hvpnet *)tagger;
	const struct tweet_pictures *tweets = hvpnet->tweets + (sentences - hvpnet->sentences);

	return prefix_room_fill(&hvpnet->rooms[thread], &hvpnet->prompt, tweets,
				batch->n_sequences, batch, err);
}

/* What the tweets without faults gave, back to their places. */
struct group {
	size_t records[GROUP]; /* numbers in the call */
	size_t n;
	struct prediction predictions[GROUP];
	struct prediction_dump dumps[GROUP];
};

static int load_group(struct hvpnet *hvpnet, struct group *group,
		      const struct sentence *const *sentences,
		      const struct record_pictures *pictures, size_t first, size_t n,
		      const char **faults, struct arena *arena, struct err *err)
{
	struct tweet_pictures tweets[GROUP];

	if (picture_store_load(&hvpnet->store, pictures + first, n, tweets, arena, err) < 0)
		return -1;
	group->n = 0;
	for (size_t i = 0; i < n; i++) {
		faults[first + i] = tweets[i].fault;
		if (tweets[i].fault)
			continue;
		hvpnet->tweets[group->n] = tweets[i];
		hvpnet->sentences[group->n] = sentences[first + i];
		group->records[group->n++] = first + i;
	}
	return 0;
}

static int predict_pictured(struct predictor *predictor, const struct sentence *const *sentences,
			    const struct record_pictures *pictures, size_t n, struct prediction *out,
			    const char **faults, struct prediction_dump *dumps, struct arena *arena,
			    struct err *err)
{
	struct hvpnet *hvpnet = (struct hvpnet *)predictor;

	for (size_t first = 0; first < n; first += GROUP) {
		size_t count = n - first < GROUP ? n - first : GROUP;
		struct group group;

		if (load_group(hvpnet, &group, sentences, pictures, first, count, faults, arena,
			       err) < 0 ||
		    piece_tagger_predict(predictor, hvpnet->sentences, group.n, group.predictions,
					 dumps ? group.dumps : NULL, arena, err) < 0)
			return -1;
		for (size_t i = 0; i < group.n; i++) {
			out[group.records[i]] = group.predictions[i];
			if (dumps)
				dumps[group.records[i]] = group.dumps[i];
		}
	}
	return 0;
}

static void hvpnet_free(struct predictor *predictor)
{
	struct hvpnet *hvpnet = (struct hvpnet *)predictor;

	if (!hvpnet)
		return;
	for (int i = 0; hvpnet->rooms && i < hvpnet->tagger.jobs; i++)
		prefix_room_release(&hvpnet->rooms[i]);
	free(hvpnet->rooms);
	picture_store_release(&hvpnet->store);
	hvpnet_prompt_release(&hvpnet->prompt);
	piece_tagger_release(&hvpnet->tagger);
	free(hvpnet);
}

static struct piece_tagger tagger_of_hvpnet(void)
{
	return (struct piece_tagger){ .predictor = { .name = system_hvpnet_ner.name,
						     .predict_pictured = predict_pictured,
						     .free = hvpnet_free },
				      .bert = "bert.",
				      .classifier = "fc",
				      .crf_name = "crf",
				      .labels = piece_labels_umt,
				      .max_pieces = MAX_PIECES,
				      .prepare = prepare };
}

static int hvpnet_check(struct weights *weights, struct err *err)
{
	struct piece_tagger tagger = tagger_of_hvpnet();
	struct encoder_config config;
	struct hvpnet_prompt prompt;

	if (piece_tagger_check(&tagger, weights, err) < 0 ||
	    encoder_config_infer(&config, weights, tagger.bert, err) < 0 ||
	    hvpnet_prompt_init(&prompt, weights, config.layers, config.hidden, err) < 0)
		return -1;
	hvpnet_prompt_release(&prompt);
	return 0;
}

/* The visual side, once the text side is open. */
static int load(struct hvpnet *hvpnet, struct err *err)
{
	struct piece_tagger *tagger = &hvpnet->tagger;
	const struct encoder_config *config = &tagger->encoder.config;

	hvpnet->rooms = checked_calloc((size_t)tagger->jobs, sizeof(*hvpnet->rooms));
	if (!hvpnet->rooms)
		return err_set_memory(err);
	if (hvpnet_prompt_init(&hvpnet->prompt, &tagger->weights, config->layers, config->hidden,
			       err) < 0)
		return -1;
	return picture_store_init(&hvpnet->store, &hvpnet->prompt, tagger->jobs, err);
}

static struct predictor *hvpnet_open(struct weights *weights, const struct system_options *options,
				     struct err *err)
{
	struct hvpnet *hvpnet = checked_calloc(1, sizeof(*hvpnet));

	if (!hvpnet) {
		weights_close(weights);
		err_set_memory(err);
		return NULL;
	}
	hvpnet->tagger = tagger_of_hvpnet();
	if (piece_tagger_open(&hvpnet->tagger, weights, options, err) < 0) {
		free(hvpnet);
		return NULL;
	}
	if (load(hvpnet, err) == 0)
		return &hvpnet->tagger.predictor;
	err_add_file(err, hvpnet->tagger.weights.path);
	hvpnet_free(&hvpnet->tagger.predictor);
	return NULL;
}

const struct system system_hvpnet_ner = {
	.name = "hvpnet_ner",
	.summary = "HVPNeT for entities: BERT behind a visual prompt of a ResNet, CRF; text and pictures",
	.recognise = recognise,
	.check = hvpnet_check,
	.open = hvpnet_open,
};
