/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The default tagger: word pieces with case classes, a BERT-architecture encoder, a linear layer,
 * and a CRF with one position a word. inference/models/README.md defines it.
 */
#include "inference/core/layers.h"
#include "inference/systems/system.h"
#include "inference/text/tweet.h"

#include <jansson.h>
#include <string.h>

#define MODEL_FORMAT "tagsight-text-1"

struct tagger {
	struct model model;
	struct linear classifier; /* H to labels */
	struct tweet_rules rules;
};

static int check_format(const struct weights *weights, struct err *err)
{
	const char *format;

	if (weights_metadata(weights, "format", &format, err) < 0)
		return -1;
	return strcmp(format, MODEL_FORMAT) == 0
		       ? 0
		       : err_set(err, ERR_DATA, "its format is '%.100s', but this program reads '%s'",
				 format, MODEL_FORMAT);
}

static int load_encoder(struct model *model, struct err *err)
{
	struct encoder_config config;
	const char *text;

	if (weights_metadata(&model->weights, "config", &text, err) < 0 ||
	    encoder_config_parse(&config, text, err) < 0)
		return -1;
	if (config.case_vectors != WORD_CASES)
		return err_set(err, ERR_DATA, "it has %zu case vectors, but there are %d cases",
			       config.case_vectors, WORD_CASES);
	return encoder_init(&model->encoder, &model->weights, &config, model->jobs, err);
}

static int load_crf(struct model *model, struct err *err)
{
	size_t labels = model->crf.n_labels = model->n_labels;

	if (weights_get(&model->weights, "crf.start", SHAPE(labels), &model->crf.start, err) < 0 ||
	    weights_get(&model->weights, "crf.end", SHAPE(labels), &model->crf.end, err) < 0)
		return -1;
	return weights_get(&model->weights, "crf.transitions", SHAPE(labels, labels),
			   &model->crf.transitions, err);
}

static int load(struct model *model, struct err *err)
{
	struct tagger *tagger = (struct tagger *)model;

	if (check_format(&model->weights, err) < 0 || load_encoder(model, err) < 0 ||
	    model_count_labels(model, "classifier.weight", err) < 0 ||
	    linear_get(&tagger->classifier, &model->weights, "classifier",
		       model->encoder.config.hidden, model->n_labels, err) < 0)
		return -1;
	return load_crf(model, err);
}

/* The rules of cutting that the metadata give. */
static int read_rules(struct tagger *tagger, bool *lower_case, struct err *err)
{
	const char *text;
	const json_t *limit;
	json_t *config;
	int rc = 0;

	if (weights_metadata(&tagger->model.weights, "config", &text, err) < 0)
		return -1;
	config = json_loads(text, 0, NULL);
	limit = json_object_get(config, "max_pieces_per_word");
	*lower_case = json_is_true(json_object_get(config, "lower_case"));
	if (!json_is_integer(limit) || json_integer_value(limit) < 1)
		rc = err_set(err, ERR_DATA, "'max_pieces_per_word' in the config is no number above 0");
	else
		tagger->rules.word_limit = (size_t)json_integer_value(limit);
	json_decref(config);
	tagger->rules.sequence_limit = tagger->model.encoder.config.max_position;
	if (rc == 0 && tagger->rules.word_limit + 2 > tagger->rules.sequence_limit)
		rc = err_set(err, ERR_DATA, "a word of %zu pieces does not fit in %zu positions",
			     tagger->rules.word_limit, tagger->rules.sequence_limit);
	return rc;
}

static int open_text(struct model *model, struct err *err)
{
	struct tagger *tagger = (struct tagger *)model;
	struct wordpiece_rules rules = { .added = NULL };
	const unsigned char *text;
	size_t size;

	if (read_rules(tagger, &rules.lower_case, err) < 0 ||
	    weights_bytes(&model->weights, "vocab", &text, &size, err) < 0)
		return -1;
	model->wordpiece = wordpiece_new((const char *)text, size, &rules, err);
	if (!model->wordpiece)
		return -1;
	if (wordpiece_size(model->wordpiece) != model->encoder.config.vocabulary)
		return err_set(err, ERR_DATA, "the vocabulary has %zu pieces, but the config says %zu",
			       wordpiece_size(model->wordpiece), model->encoder.config.vocabulary);
	tagger->rules.wordpiece = model->wordpiece;
	tagger->rules.cls = wordpiece_id(model->wordpiece, "[CLS]");
	tagger->rules.sep = wordpiece_id(model->wordpiece, "[SEP]");
	tagger->rules.unknown = wordpiece_id(model->wordpiece, "[UNK]");
	if (tagger->rules.cls < 0 || tagger->rules.sep < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [CLS] or no [SEP]");
	return 0;
}

static int cut(struct model *model, const struct predict_record *record, struct worker *worker,
	       void **extra, const char **fault, struct err *err)
{
	(void)extra;
	(void)fault;
	return tweet_add(&worker->pieces, &((struct tagger *)model)->rules, record->sentence, err);
}

static int run(struct model *model, const struct batch *batch, struct worker *worker, float *scores,
	       struct err *err)
{
	const struct tagger *tagger = (struct tagger *)model;
	const float *states;

	if (model_encode(model, batch, worker, NULL, 0, &states, err) < 0)
		return -1;
	linear_run(&tagger->classifier, states, batch->text->pieces.n, scores, model->n_labels);
	return 0;
}

const struct system system_tagger = {
	.name = "tagger",
	.summary = "word pieces, BERT-architecture encoder and CRF; text only",
	.defaults = "vocabulary, labels and limits of its own file",
	.size = sizeof(struct tagger),
	.rows = ROWS_PIECES,
	.decodes_anchors = true,
	.load = load,
	.open_text = open_text,
	.cut = cut,
	.run = run,
};
