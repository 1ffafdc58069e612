/* SPDX-License-Identifier: Apache-2.0 */
/*
 * HVPNeT for relations: markers around head and tail, BERT behind the visual prompt of the tweet's
 * pictures, and a linear layer on the states at the two opening markers.
 */
#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/systems/hvpnet_pictures.h"
#include "inference/systems/registry.h"
#include "inference/text/vocabulary_file.h"
#include "inference/text/wordpiece.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PIECES 80 /* as the original's command has it */
#define GROUP 32      /* records whose pictures and prefixes are in memory together */

/* In the order of their numbers, as in MNRE's map. */
static const char *const relation_names[] = {
	"None", "/per/per/parent", "/per/per/siblings", "/per/per/couple", "/per/per/neighbor",
	"/per/per/peer", "/per/per/charges", "/per/per/alumi", "/per/per/alternate_names",
	"/per/org/member_of", "/per/loc/place_of_residence", "/per/loc/place_of_birth",
	"/org/org/alternate_names", "/org/org/subsidiary", "/org/loc/locate_at", "/loc/loc/contain",
	"/per/misc/present_in", "/per/misc/awarded", "/per/misc/race", "/per/misc/religion",
	"/per/misc/nationality", "/misc/misc/part_of", "/misc/loc/held_on",
};

#define N_RELATIONS (sizeof(relation_names) / sizeof(*relation_names))

/* The word vectors' rows after the vocabulary's, in this order. */
enum marker { HEAD_OPEN, HEAD_CLOSE, TAIL_OPEN, TAIL_CLOSE, MARKERS };
static const char *const marker_texts[MARKERS + 1] = { "<s>", "</s>", "<o>", "</o>", NULL };

struct relater {
	struct predictor predictor;
	struct weights weights;
	struct encoder encoder;
	struct hvpnet_prompt prompt;
	struct picture_store store;
	const float *classifier, *classifier_bias; /* [relations, 2 H], [relations] */
	struct file_map vocabulary;
	struct wordpiece *wordpiece;
	int cls, sep;
	size_t max_pieces;
	int jobs;
	struct scratch *scratch; /* [jobs] */
	struct prefix_room *rooms;       /* [jobs] */
};

/* The records of a group that have no fault, one after another. */
struct group {
	struct relater *relater;
	struct pieces pieces;
	size_t n;
	size_t records[GROUP];                /* numbers in the call */
	size_t starts[GROUP + 1];             /* first pieces */
	size_t heads[GROUP], tails[GROUP];    /* pieces of the opening markers */
	struct tweet_pictures tweets[GROUP];  /* as in `records` */
	float *states;                        /* [n, 2 H]: at the markers */
	size_t batch;                         /* records of a thread's batch */
	atomic_bool failed;
};

static bool has_names(const struct weights *weights, const char *last)
{
	return weights_have(weights, "image_model.resnet.conv1.weight") &&
	       weights_have(weights, "encoder_conv.0.weight") && weights_have(weights, last);
}

static const char *recognise(const struct weights *weights)
{
	return has_names(weights, "classifier.weight")
		       ? "it holds HVPNeT's visual prompt and a classifier of relations"
		       : NULL;
}

static int get_tensors(struct relater *relater, struct weights *weights, int jobs, struct err *err)
{
	struct encoder_config config;

	if (encoder_config_infer(&config, weights, "bert.", err) < 0 ||
	    weights_get(weights, "classifier.weight", SHAPE(N_RELATIONS, 2 * config.hidden),
			&relater->classifier, err) < 0 ||
	    weights_get(weights, "classifier.bias", SHAPE(N_RELATIONS), &relater->classifier_bias,
			err) < 0 ||
	    hvpnet_prompt_init(&relater->prompt, weights, config.layers, config.hidden, err) < 0)
		return -1;
	return encoder_init(&relater->encoder, weights, &config, jobs, err);
}

static int relater_check(struct weights *weights, struct err *err)
{
	struct relater *relater = checked_calloc(1, sizeof(*relater));
	int rc = relater ? get_tensors(relater, weights, 1, err) : err_set_memory(err);

	if (relater) {
		encoder_release(&relater->encoder);
		hvpnet_prompt_release(&relater->prompt);
	}
	free(relater);
	return rc;
}

static int read_vocabulary(struct relater *relater, const struct system_options *options,
			   struct err *err)
{
	struct wordpiece_rules rules = { true, marker_texts };
	size_t rows = relater->encoder.config.vocabulary;

	if (vocabulary_file_map(&relater->vocabulary, options->vocabulary, relater->weights.path,
				err) < 0)
		return -1;
	relater->wordpiece = wordpiece_new((const char *)relater->vocabulary.data,
					   relater->vocabulary.size, &rules, err);
	if (!relater->wordpiece)
		return -1;
	if (wordpiece_size(relater->wordpiece) + MARKERS != rows)
		return err_set(err, ERR_DATA,
			       "the vocabulary has %zu pieces, which with %d markers are not the %zu "
			       "that the model has vectors for: it is another model's",
			       wordpiece_size(relater->wordpiece), MARKERS, rows);
	relater->cls = wordpiece_id(relater->wordpiece, "[CLS]");
	relater->sep = wordpiece_id(relater->wordpiece, "[SEP]");
	if (relater->cls < 0 || relater->sep < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [CLS] or no [SEP]");
	relater->max_pieces = options->max_pieces ? options->max_pieces : MAX_PIECES;
	if (relater->max_pieces < 4 || relater->max_pieces > relater->encoder.config.max_position)
		return err_set(err, ERR_USAGE, "%zu pieces a tweet: the model takes 4 to %zu",
			       relater->max_pieces, relater->encoder.config.max_position);
	return 0;
}

/* The words with the markers before them, joined by blanks. A marker that would follow the last
 * word is left out, as in the original. */
static void mark(const struct relation *relation, struct buf *text)
{
	const long places[MARKERS] = { relation->head.begin, relation->head.end,
				       relation->tail.begin, relation->tail.end };

	for (size_t i = 0; i < relation->n_words; i++) {
		for (int marker = 0; marker < MARKERS; marker++)
			if (places[marker] == (long)i)
				buf_add_format(text, "%s ", marker_texts[marker]);
		buf_add_format(text, i + 1 < relation->n_words ? "%s " : "%s", relation->words[i]);
	}
}

/* The place of the one piece `id` from `begin` on; false when there are none or several. */
static bool find_one(const struct pieces *pieces, size_t begin, int id, size_t *place)
{
	size_t found = 0;

	for (size_t i = begin; i < pieces->n; i++)
		if (pieces->ids[i] == id) {
			*place = i;
			found++;
		}
	return found == 1;
}

/* Append a record's pieces and note its markers; *fault says why it was left out. */
static int add_record(struct group *group, const struct relation *relation, const char **fault,
		      struct arena *arena, struct err *err)
{
	const struct relater *relater = group->relater;
	struct pieces *pieces = &group->pieces;
	size_t begin = pieces->n, last = begin + relater->max_pieces - 1;
	int first_marker = (int)wordpiece_size(relater->wordpiece);
	struct buf text = BUF_INIT;
	int rc = -1;

	mark(relation, &text);
	if (text.failed)
		err_set_memory(err);
	else if (pieces_add(pieces, relater->cls, err) == 0 &&
		 wordpiece_encode(relater->wordpiece, text.data ? text.data : "", text.length, pieces,
				  err) == 0) {
		pieces->n = pieces->n < last ? pieces->n : last;
		rc = pieces_add(pieces, relater->sep, err);
	}
	buf_release(&text);
	if (rc < 0)
		return -1;
	if (find_one(pieces, begin, first_marker + HEAD_OPEN, &group->heads[group->n]) &&
	    find_one(pieces, begin, first_marker + TAIL_OPEN, &group->tails[group->n]))
		return 0;
	pieces->n = begin;
	*fault = arena_format(arena, "head and tail do not each begin once within its first %zu word "
				     "pieces", relater->max_pieces);
	return *fault ? 0 : err_set_memory(err);
}

/* Pictures and pieces of up to GROUP records from `first` on. */
static int fill_group(struct group *group, const struct relation *const *relations,
		      const struct record_pictures *pictures, size_t first, size_t n,
		      const char **faults, struct arena *arena, struct err *err)
{
	struct tweet_pictures tweets[GROUP];

	group->n = group->pieces.n = 0;
	if (picture_store_load(&group->relater->store, pictures + first, n, tweets, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		const char **fault = &faults[first + i];

		*fault = tweets[i].fault;
		if (!*fault && add_record(group, relations[first + i], fault, arena, err) < 0)
			return -1;
		if (*fault)
			continue;
		group->tweets[group->n] = tweets[i];
		group->records[group->n++] = first + i;
		group->starts[group->n] = group->pieces.n;
	}
	return 0;
}

static int encode(struct group *group, size_t number, int thread, struct err *err)
{
	struct relater *relater = group->relater;
	size_t first = number * group->batch, hidden = relater->encoder.config.hidden;
	size_t n = group->n - first < group->batch ? group->n - first : group->batch;
	size_t begin = group->starts[first], starts[GROUP + 1];
	struct encoder_batch batch = { .ids = group->pieces.ids + begin,
				       .starts = starts,
				       .n_sequences = n };
	const float *states;

	for (size_t i = 0; i <= n; i++)
		starts[i] = group->starts[first + i] - begin;
	if (prefix_room_fill(&relater->rooms[thread], &relater->prompt, group->tweets + first, n,
			     &batch, err) < 0 ||
	    encoder_run(&relater->encoder, &batch, &relater->scratch[thread], NULL, &states,
			err) < 0)
		return -1;
	for (size_t i = first; i < first + n; i++) {
		float *to = group->states + i * 2 * hidden;

		memcpy(to, states + (group->heads[i] - begin) * hidden, hidden * sizeof(*to));
		memcpy(to + hidden, states + (group->tails[i] - begin) * hidden, hidden * sizeof(*to));
	}
	return 0;
}

static void encode_batch(void *context, size_t number, int thread)
{
	struct group *group = context;
	struct err err = ERR_INIT;

	if (!atomic_load(&group->failed) && encode(group, number, thread, &err) < 0)
		atomic_store(&group->failed, true);
}

/* Softmax of the logits and its largest entry. Weights that are not finite give no confidence. */
static void choose(const float *logits, float *probabilities, struct relation_prediction *out)
{
	double sum = 0, most = -INFINITY;
	size_t best = 0;

	for (size_t i = 0; i < N_RELATIONS; i++)
		if (logits[i] > most) {
			most = logits[i];
			best = i;
		}
	for (size_t i = 0; i < N_RELATIONS; i++)
		sum += exp(logits[i] - most);
	for (size_t i = 0; i < N_RELATIONS; i++) {
		double p = exp(logits[i] - most) / sum;

		probabilities[i] = p >= 0 && p <= 1 ? (float)p : 0;
	}
	*out = (struct relation_prediction){ relation_names[best], probabilities[best], probabilities };
}

static int dump_record(const struct group *group, size_t i, float *logits,
		       struct prediction_dump *out, struct arena *arena, struct err *err)
{
	size_t n = group->starts[i + 1] - group->starts[i];
	int *ids = arena_alloc(arena, n, sizeof(*ids));

	if (!ids)
		return err_set_memory(err);
	memcpy(ids, group->pieces.ids + group->starts[i], n * sizeof(*ids));
	*out = (struct prediction_dump){ n, N_RELATIONS, ids, logits };
	return 0;
}

static int classify(struct group *group, struct relation_prediction *out,
		    struct prediction_dump *dumps, struct arena *arena, struct err *err)
{
	const struct relater *relater = group->relater;
	size_t width = 2 * relater->encoder.config.hidden;
	float *logits = arena_alloc(arena, group->n, N_RELATIONS * sizeof(*logits));
	float *probabilities = arena_alloc(arena, group->n, N_RELATIONS * sizeof(*probabilities));

	if (!logits || !probabilities)
		return err_set_memory(err);
	blas_sgemm(false, true, (int)group->n, N_RELATIONS, (int)width, 1, group->states, (int)width,
		   relater->classifier, (int)width, 0, logits, N_RELATIONS);
	kernels()->add_bias(logits, relater->classifier_bias, group->n, N_RELATIONS);
	for (size_t i = 0; i < group->n; i++) {
		float *of_record = logits + i * N_RELATIONS;
		size_t record = group->records[i];

		choose(of_record, probabilities + i * N_RELATIONS, &out[record]);
		if (dumps && dump_record(group, i, of_record, &dumps[record], arena, err) < 0)
			return -1;
	}
	return 0;
}

static int run_group(struct group *group, struct relation_prediction *out,
		     struct prediction_dump *dumps, struct arena *arena, struct err *err)
{
	size_t jobs = (size_t)group->relater->jobs;

	if (group->n == 0)
		return 0;
	group->states = arena_alloc(arena, group->n,
				    2 * group->relater->encoder.config.hidden * sizeof(*group->states));
	if (!group->states)
		return err_set_memory(err);
	group->batch = (group->n + jobs - 1) / jobs;
	pool_run(group->relater->jobs, (group->n + group->batch - 1) / group->batch, encode_batch,
		 group);
	if (atomic_load(&group->failed))
		return err_set_memory(err);
	return classify(group, out, dumps, arena, err);
}

static int relate(struct predictor *predictor, const struct relation *const *relations,
		  const struct record_pictures *pictures, size_t n, struct relation_prediction *out,
		  const char **faults, struct prediction_dump *dumps, struct arena *arena,
		  struct err *err)
{
	struct group *group = checked_calloc(1, sizeof(*group));
	int rc = group ? 0 : err_set_memory(err);

	if (!group)
		return -1;
	group->relater = (struct relater *)predictor;
	for (size_t first = 0; first < n && rc == 0; first += GROUP) {
		size_t count = n - first < GROUP ? n - first : GROUP;

		rc = fill_group(group, relations, pictures, first, count, faults, arena, err);
		if (rc == 0)
			rc = run_group(group, out, dumps, arena, err);
	}
	pieces_release(&group->pieces);
	free(group);
	return rc;
}

static void relater_free(struct predictor *predictor)
{
	struct relater *relater = (struct relater *)predictor;

	if (!relater)
		return;
	for (int i = 0; i < relater->jobs; i++) {
		if (relater->scratch)
			scratch_release(&relater->scratch[i]);
		if (relater->rooms)
			prefix_room_release(&relater->rooms[i]);
	}
	free(relater->scratch);
	free(relater->rooms);
	picture_store_release(&relater->store);
	hvpnet_prompt_release(&relater->prompt);
	encoder_release(&relater->encoder);
	wordpiece_free(relater->wordpiece);
	if (relater->vocabulary.data)
		file_map_close(&relater->vocabulary);
	weights_close(&relater->weights);
	free(relater);
}

static int load(struct relater *relater, const struct system_options *options, struct err *err)
{
	size_t jobs = (size_t)relater->jobs;

	relater->scratch = checked_calloc(jobs, sizeof(*relater->scratch));
	relater->rooms = checked_calloc(jobs, sizeof(*relater->rooms));
	if (!relater->scratch || !relater->rooms)
		return err_set_memory(err);
	if (blas_open(err) < 0 || get_tensors(relater, &relater->weights, relater->jobs, err) < 0 ||
	    read_vocabulary(relater, options, err) < 0)
		return -1;
	/* Each thread of ours runs its own products. */
	blas_set_threads(1);
	return picture_store_init(&relater->store, &relater->prompt, relater->jobs, err);
}

static struct predictor *relater_open(struct weights *weights, const struct system_options *options,
				      struct err *err)
{
	struct relater *relater = checked_calloc(1, sizeof(*relater));

	if (!relater) {
		weights_close(weights);
		err_set_memory(err);
		return NULL;
	}
	relater->weights = *weights;
	relater->jobs = options->jobs > 0 ? options->jobs : pool_processors();
	relater->predictor = (struct predictor){ .name = system_hvpnet_re.name,
						 .model = relater->weights.path,
						 .labels = relation_names,
						 .n_labels = N_RELATIONS,
						 .relate = relate,
						 .free = relater_free };
	if (load(relater, options, err) == 0)
		return &relater->predictor;
	err_add_file(err, relater->weights.path);
	relater_free(&relater->predictor);
	return NULL;
}

const struct system system_hvpnet_re = {
	.name = "hvpnet_re",
	.summary = "HVPNeT for relations: BERT behind a visual prompt of a ResNet; text and pictures",
	.recognise = recognise,
	.check = relater_check,
	.open = relater_open,
};
