/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/piece_tagger.h"

#include "inference/core/blas.h"
#include "inference/text/vocabulary_file.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <stdlib.h>
#include <string.h>

#define LABEL_LIMIT 1024
#define LABEL_BYTES 65536 /* of a file of labels */

const char *const piece_labels_umt[] = { "PAD",	  "O",	   "B-MISC", "I-MISC", "B-PER",
					 "I-PER", "B-ORG", "I-ORG",  "B-LOC",  "I-LOC",
					 "X",	  "[CLS]", "[SEP]",  NULL };

struct part_name {
	char text[128];
};

static struct part_name part(const char *stem, const char *name)
{
	struct part_name out;

	snprintf(out.text, sizeof(out.text), "%s.%s", stem, name);
	return out;
}

static int get_head(struct piece_tagger *tagger, struct weights *weights, size_t hidden,
		    struct err *err)
{
	struct part_name weight = part(tagger->classifier, "weight");
	struct shape shape;
	size_t labels;

	if (!weights_shape(weights, weight.text, &shape) || shape.n != 2 || shape.dims[0] == 0 ||
	    shape.dims[0] > LABEL_LIMIT)
		return err_set_at(err, weights->path, 0, 0,
				  "there is no tensor '%s' [labels, hidden] for 1 to %d labels",
				  weight.text, LABEL_LIMIT);
	labels = tagger->crf.n_labels = shape.dims[0];
	if (weights_get(weights, weight.text, SHAPE(labels, hidden), &tagger->classifier_weight,
			err) < 0 ||
	    weights_get(weights, part(tagger->classifier, "bias").text, SHAPE(labels),
			&tagger->classifier_bias, err) < 0 ||
	    weights_get(weights, part(tagger->crf_name, "start_transitions").text, SHAPE(labels),
			&tagger->crf.start, err) < 0 ||
	    weights_get(weights, part(tagger->crf_name, "end_transitions").text, SHAPE(labels),
			&tagger->crf.end, err) < 0)
		return -1;
	return weights_get(weights, part(tagger->crf_name, "transitions").text,
			   SHAPE(labels, labels), &tagger->crf.transitions, err);
}

static int get_tensors(struct piece_tagger *tagger, struct weights *weights, int jobs,
		       struct err *err)
{
	struct encoder_config config;

	if (encoder_config_infer(&config, weights, tagger->bert, err) < 0 ||
	    get_head(tagger, weights, config.hidden, err) < 0)
		return -1;
	return encoder_init(&tagger->encoder, weights, &config, jobs, err);
}

int piece_tagger_check(struct piece_tagger *tagger, struct weights *weights, struct err *err)
{
	int rc = get_tensors(tagger, weights, 1, err);

	encoder_release(&tagger->encoder);
	return rc;
}

/* The labels that the user gave, split at commas or, in a file, at line ends. */
static int split_labels(struct str_list *labels, const char *given, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (file_exists(given))
		rc = file_read_all(given, &text, LABEL_BYTES, err);
	else
		buf_add_string(&text, given);
	for (const char *at = text.data ? text.data : ""; rc == 0 && *at;) {
		size_t length = strcspn(at, ",\r\n");

		if (length && str_list_add_length(labels, at, length) < 0)
			rc = err_set_memory(err);
		at += length + (at[length] != '\0');
	}
	if (rc == 0 && text.failed)
		rc = err_set_memory(err);
	buf_release(&text);
	return rc;
}

static int default_labels(struct str_list *labels, const struct piece_tagger *tagger,
			  struct err *err)
{
	for (const char *const *label = tagger->labels; *label; label++)
		if (str_list_add(labels, *label) < 0)
			return err_set_memory(err);
	return 0;
}

static bool is_bio(const char *label)
{
	return (label[0] == 'B' || label[0] == 'I') && label[1] == '-' && label[2];
}

static int set_labels(struct piece_tagger *tagger, const struct str_list *labels, struct err *err)
{
	size_t n = tagger->crf.n_labels;

	if (labels->n != n)
		return err_set_at(err, tagger->weights.path, 0, 0,
				  "it has %zu labels, but %zu are named: name them in the order of "
				  "their numbers with --labels",
				  n, labels->n);
	tagger->raw = arena_alloc(&tagger->arena, n, sizeof(*tagger->raw));
	tagger->tags = arena_alloc(&tagger->arena, n, sizeof(*tagger->tags));
	if (!tagger->raw || !tagger->tags)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		tagger->raw[i] = arena_copy(&tagger->arena, labels->items[i]);
		if (!tagger->raw[i])
			return err_set_memory(err);
		tagger->tags[i] = is_bio(tagger->raw[i]) ? tagger->raw[i] : "O";
	}
	tagger->predictor.labels = tagger->raw;
	tagger->predictor.n_labels = n;
	return 0;
}

static int read_labels(struct piece_tagger *tagger, const struct system_options *options,
		       struct err *err)
{
	struct str_list labels = STR_LIST_INIT;
	int rc = options->labels ? split_labels(&labels, options->labels, err)
				 : default_labels(&labels, tagger, err);

	if (rc == 0)
		rc = set_labels(tagger, &labels, err);
	str_list_release(&labels);
	return rc;
}

static int read_vocabulary(struct piece_tagger *tagger, const struct system_options *options,
			   struct err *err)
{
	size_t most = tagger->encoder.config.max_position, rows = tagger->encoder.config.vocabulary;
	struct wordpiece_rules rules = { false, NULL };
	struct piece_rules *pieces = &tagger->rules;

	if (vocabulary_file_map(&tagger->vocabulary, options->vocabulary, tagger->weights.path, err) < 0)
		return -1;
	rules.lower_case = !vocabulary_file_is_cased(&tagger->vocabulary);
	tagger->wordpiece = wordpiece_new((const char *)tagger->vocabulary.data,
					  tagger->vocabulary.size, &rules, err);
	if (!tagger->wordpiece)
		return -1;
	if (wordpiece_size(tagger->wordpiece) != rows)
		return err_set(err, ERR_DATA,
			       "the vocabulary has %zu pieces, but the model has vectors for %zu: it is "
			       "another model's",
			       wordpiece_size(tagger->wordpiece), rows);
	*pieces = (struct piece_rules){ tagger->wordpiece, wordpiece_id(tagger->wordpiece, "[CLS]"),
					wordpiece_id(tagger->wordpiece, "[SEP]"),
					options->max_pieces ? options->max_pieces : tagger->max_pieces };
	if (pieces->cls < 0 || pieces->sep < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [CLS] or no [SEP]");
	if (pieces->limit < 3 || pieces->limit > most)
		return err_set(err, ERR_USAGE, "%zu pieces a tweet: the model takes 3 to %zu",
			       pieces->limit, most);
	return 0;
}

int piece_tagger_open(struct piece_tagger *tagger, struct weights *weights,
		      const struct system_options *options, struct err *err)
{
	tagger->weights = *weights;
	tagger->predictor.model = tagger->weights.path;
	tagger->tweets = (struct piece_tweets)PIECE_TWEETS_INIT;
	tagger->jobs = options->jobs > 0 ? options->jobs : pool_processors();
	tagger->scratch = checked_calloc((size_t)tagger->jobs, sizeof(*tagger->scratch));
	if (!tagger->scratch)
		err_set_memory(err);
	else if (blas_open(err) == 0 &&
		 get_tensors(tagger, &tagger->weights, tagger->jobs, err) == 0 &&
		 read_labels(tagger, options, err) == 0 && read_vocabulary(tagger, options, err) == 0) {
		/* Each thread of ours runs its own products. */
		blas_set_threads(1);
		return 0;
	}
	err_add_file(err, tagger->weights.path);
	piece_tagger_release(tagger);
	return -1;
}

void piece_tagger_release(struct piece_tagger *tagger)
{
	for (int i = 0; tagger->scratch && i < tagger->jobs; i++)
		scratch_release(&tagger->scratch[i]);
	free(tagger->scratch);
	piece_tweets_release(&tagger->tweets);
	encoder_release(&tagger->encoder);
	wordpiece_free(tagger->wordpiece);
	if (tagger->vocabulary.data)
		file_map_close(&tagger->vocabulary);
	weights_close(&tagger->weights);
	arena_release(&tagger->arena);
}
