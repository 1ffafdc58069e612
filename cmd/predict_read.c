/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/predict_priv.h"

#include <string.h>

static int note_types(struct entity_types *types, const struct sentence *sentence, struct err *err)
{
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (sentence->tokens[i].tag && entity_types_add(types, sentence->tokens[i].tag) < 0)
			return err_set_memory(err);
	return 0;
}

/* The entity types of a whole file. Standard input cannot be read twice: there, the types of the
 * sentences so far must do. */
static int scan_types(struct entity_types *types, const char *path, struct err *err)
{
	struct sentence_reader reader;
	struct arena arena = ARENA_INIT;
	struct sentence sentence;
	struct err bad = ERR_INIT;
	enum read_status status;
	int rc = 0;

	if (strcmp(path, "-") == 0)
		return 0;
	if (sentence_reader_open(&reader, path, err) < 0)
		return -1;
	while (rc == 0 &&
	       (status = sentence_reader_next(&reader, &sentence, &arena, &bad)) > READ_EOF) {
		if (status == READ_OK)
			rc = note_types(types, &sentence, err);
		arena_reset(&arena);
	}
	arena_release(&arena);
	sentence_reader_close(&reader);
	return rc;
}

/* A model that sees no objects where it could is seldom meant. */
static void note_missing_dict(const struct predict_job *job)
{
	if (job->predictor->reads & READS_CROPS && !job->files.has_dict)
		progress_note(job->progress, "'%s' has no dict of crops, so the model sees no objects: "
					     "name it with --dict", job->split->text);
}

/* Neither is a dict of other records. */
static void note_useless_dict(const struct predict_job *job)
{
	if (job->files.has_dict && job->counts->records > 0 && job->with_crops == 0)
		progress_note(job->progress, "the dict names crops of no record of '%s', so the model sees no "
					     "objects: is it another split's?", job->split->text);
}

static bool reads_contexts(const struct predict_job *job)
{
	return job->predictor->reads & READS_CONTEXTS;
}

/* So is one that reads contexts and gets none. */
static void note_missing_contexts(const struct predict_job *job)
{
	if (job->contexts.records && job->contexts.with == 0)
		progress_note(job->progress,
			      "'%s' has no texts about its pictures, so the model reads the tweets alone: name "
			      "them with --context, or make them with --detect and --ocr", job->split->text);
}

int predict_open_split(struct predict_job *job, struct err *err)
{
	const struct split *split = job->split;

	if (record_files_open(&job->files, split, job->predictor, &job->settings->sources, err) < 0)
		return -1;
	note_missing_dict(job);
	if (reads_contexts(job) &&
	    record_contexts_open(&job->contexts, split, &job->settings->contexts, err) < 0)
		return -1;
	if (job->predictor->relates) {
		job->relations = mnre_open(split->text, err);
		return job->relations ? 0 : -1;
	}
	if (scan_types(&job->types, split->text, err) < 0)
		return -1;
	return sentence_reader_open(&job->sentences, split->text, err);
}

void predict_close_split(struct predict_job *job)
{
	sentence_reader_close(&job->sentences);
	if (job->relations)
		mnre_close(job->relations);
	note_useless_dict(job);
	note_missing_contexts(job);
	record_contexts_close(&job->contexts);
	record_files_close(&job->files);
}

/* The record goes on without what its picture would have said. */
static void note_unseen(struct predict_job *job, const struct predict_record *record)
{
	if (!job->contexts.fault)
		return;
	job->counts->broken++;
	progress_note(job->progress, "'%s':%zu: %s; nothing is read of it", predict_file(job, record),
		      predict_line(record), job->contexts.fault);
}

/* The next record of the file into the group's next place. */
static enum read_status read_record(struct predict_job *job, struct err *err)
{
	struct predict_group *group = &job->group;

	if (job->relations)
		return mnre_next(job->relations, &group->relations[group->n], &group->arena, err);
	return sentence_reader_next(&job->sentences, &group->sentences[group->n], &group->arena, err);
}

/* Keep what was read, unless it is another shard's. */
static int add_record(struct predict_job *job, struct err *err)
{
	struct predict_group *group = &job->group;
	const struct relation *relation = job->relations ? &group->relations[group->n] : NULL;
	struct sentence *sentence = relation ? NULL : &group->sentences[group->n];
	size_t number = relation ? relation->record : sentence->record;

	if (number % job->settings->shards != job->settings->shard)
		return 0;
	if (sentence && note_types(&job->types, sentence, err) < 0)
		return -1;
	group->records[group->n] = (struct predict_record){ .sentence = sentence, .relation = relation };
	if (record_files_find(&job->files, relation ? relation->image : sentence->id, number,
			      &group->records[group->n], &group->arena, err) < 0)
		return -1;
	job->with_crops += group->records[group->n].pictures.crops[0] != NULL;
	if (sentence && reads_contexts(job) &&
	    record_contexts_find(&job->contexts, sentence, &group->records[group->n], &group->arena,
				 err) < 0)
		return -1;
	if (sentence && reads_contexts(job))
		note_unseen(job, &group->records[group->n]);
	group->words += relation ? relation->n_words : sentence->n_tokens;
	group->numbers[group->n++] = number;
	return 0;
}

int predict_read_group(struct predict_job *job, struct err *err)
{
	struct predict_group *group = &job->group;
	size_t most = job->predictor->reads || job->relations ? PREDICT_SLOW_GROUP : PREDICT_GROUP;
	char text[1400];

	arena_reset(&group->arena);
	group->n = group->words = 0;
	while (group->n < most && group->words < job->predictor->call_words) {
		struct err bad = ERR_INIT;
		enum read_status status = read_record(job, &bad);

		if (status == READ_EOF)
			return 0;
		if (status == READ_FAIL) {
			*err = bad;
			return -1;
		}
		if (status == READ_BAD) {
			job->counts->skipped++;
			progress_note(job->progress, "skipped: %s", err_format(&bad, text, sizeof(text)));
		} else if (add_record(job, err) < 0) {
			return -1;
		}
	}
	return 1;
}
