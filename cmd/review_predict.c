/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/review_predict.h"

#include "cmd/predict.h"

#include <stdlib.h>
#include <string.h>

/* A model for the sentences of one split. */
struct split_predictor {
	struct predictor predictor;
	struct predictor *whole;
	struct record_files files;
	struct record_contexts contexts; /* where has_contexts */
	bool has_contexts;
};

/* A record with what lies beside it; a context that is words of the tweet leaves fewer of them, and the
 * prediction does not fit the record then. */
static int find_files(struct split_predictor *own, struct predict_record *record,
		      struct arena *arena, struct err *err)
{
	const struct sentence *sentence = record->sentence;
	struct sentence *cut;

	if (record_files_find(&own->files, sentence->id, sentence->record, record, arena, err) < 0)
		return -1;
	if (!own->has_contexts)
		return 0;
	cut = arena_alloc(arena, 1, sizeof(*cut));
	if (!cut)
		return err_set_memory(err);
	*cut = *sentence;
	record->sentence = cut;
	return record_contexts_find(&own->contexts, cut, record, arena, err);
}

static int predict(struct predictor *predictor, const struct predict_record *records, size_t n,
		   struct outcome *outcomes, struct prediction_dump *dump, struct arena *arena,
		   struct err *err)
{
	struct split_predictor *own = (struct split_predictor *)predictor;
	struct predict_record *found = arena_alloc(arena, n, sizeof(*found));

	if (!found)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		found[i] = records[i];
		if (find_files(own, &found[i], arena, err) < 0)
			return -1;
	}
	own->whole->progress = predictor->progress;
	return own->whole->predict(own->whole, found, n, outcomes, dump, arena, err);
}

static void free_split(struct predictor *predictor)
{
	struct split_predictor *own = (struct split_predictor *)predictor;

	if (own->has_contexts)
		record_contexts_close(&own->contexts);
	record_files_close(&own->files);
	own->whole->progress = NULL;
	free(own);
}

static int open_files(struct split_predictor *own, const struct split *split, struct err *err)
{
	static const struct record_sources no_sources;
	static const struct context_sources no_contexts;

	if (record_files_open(&own->files, split, own->whole, &no_sources, err) < 0)
		return -1;
	own->has_contexts = own->whole->reads & READS_CONTEXTS;
	if (!own->has_contexts ||
	    record_contexts_open(&own->contexts, split, &no_contexts, err) == 0)
		return 0;
	record_files_close(&own->files);
	return -1;
}

static struct predictor *open_split(struct predictor_opener *opener, const struct split *split,
				    struct err *err)
{
	static const struct system_options options;
	struct review_predictor *predictor = (struct review_predictor *)opener;
	struct split_predictor *own;

	if (!predictor->whole)
		predictor->whole = predict_open(predictor->model, NULL, &options, err);
	if (!predictor->whole)
		return NULL;
	if (!predict_serves(predictor->whole, split->task)) {
		err_set(err, ERR_USAGE, "the model '%s' is for relations, not for sentences",
			predictor->whole->model);
		return NULL;
	}
	own = calloc(1, sizeof(*own));
	if (!own) {
		err_set_memory(err);
		return NULL;
	}
	own->whole = predictor->whole;
	if (open_files(own, split, err) < 0) {
		free(own);
		return NULL;
	}
	own->predictor = *own->whole;
	own->predictor.reads = 0;
	own->predictor.predict = predict;
	own->predictor.free = free_split;
	return &own->predictor;
}

void review_predictor_init(struct review_predictor *predictor, const char *model)
{
	*predictor = (struct review_predictor){ .opener = { open_split }, .model = model };
}

void review_predictor_release(struct review_predictor *predictor)
{
	if (predictor->whole)
		predictor->whole->free(predictor->whole);
	predictor->whole = NULL;
}
