/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/predict.h"

#include "cmd/models.h"
#include "cmd/predict_priv.h"
#include "lib/formats/conll.h"
#include "lib/review/types.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_MODEL "tagger"
#define GROUP_SENTENCES 512
#define GROUP_WORDS 8192

/* Tweets that are tagged together; all belongs to the arena. */
struct group {
	struct arena arena;
	struct sentence sentences[GROUP_SENTENCES];
	const struct sentence *pointers[GROUP_SENTENCES];
	struct prediction predictions[GROUP_SENTENCES];
	struct prediction_dump dumps[GROUP_SENTENCES];
	struct record_pictures pictures[GROUP_SENTENCES];
	const char *faults[GROUP_SENTENCES];
	size_t n, words;
};

struct predictor *predict_open(const char *model, const char *system,
			       const struct system_options *options, struct err *err)
{
	char *path = models_find(model ? model : DEFAULT_MODEL, err);
	struct predictor *predictor = path ? predictor_open(path, system, options, err) : NULL;

	free(path);
	return predictor;
}

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
	struct conll_reader *reader;
	struct arena arena = ARENA_INIT;
	struct sentence sentence;
	struct err bad = ERR_INIT;
	enum read_status status;
	int rc = 0;

	if (strcmp(path, "-") == 0)
		return 0;
	reader = conll_open(path, err);
	if (!reader)
		return -1;
	while (rc == 0 && (status = conll_next(reader, &sentence, &arena, &bad)) > READ_EOF) {
		if (status == READ_OK)
			rc = note_types(types, &sentence, err);
		arena_reset(&arena);
	}
	arena_release(&arena);
	conll_close(reader);
	return rc;
}

/* Spell the tags as the data do: B-OTHER for the model's B-MISC in Twitter2015. */
static int spell_tags(const struct entity_types *types, struct prediction *prediction,
		      struct arena *arena, struct err *err)
{
	const char **tags = arena_alloc(arena, prediction->n, sizeof(*tags));

	if (!tags)
		return err_set_memory(err);
	for (size_t i = 0; i < prediction->n; i++) {
		const char *tag = prediction->tags[i], *type = strchr(tag, '-'), *spelt;

		spelt = type ? entity_types_spelling(types, type + 1) : NULL;
		tags[i] = !type || strcmp(spelt, type + 1) == 0
				  ? tag
				  : arena_format(arena, "%c-%s", tag[0], spelt);
		if (!tags[i])
			return err_set_memory(err);
	}
	prediction->tags = tags;
	return 0;
}

static void write_conll(FILE *out, const struct sentence *sentence,
			const struct prediction *prediction)
{
	if (sentence->id_line)
		fprintf(out, "IMGID:%s\n", sentence->id);
	for (size_t i = 0; i < prediction->n; i++) {
		const char *line = sentence->tokens[i].line;
		bool blanks = !strchr(line, '\t') && sentence->tokens[i].columns > 1;

		fprintf(out, "%s%c%s\n", line, blanks ? ' ' : '\t', prediction->tags[i]);
	}
	fputc('\n', out);
}

static int dump_record(struct safetensors_writer *writer, size_t record,
		       const struct prediction_dump *dump, struct err *err)
{
	const size_t shape[2] = { dump->n_pieces, dump->n_labels };
	char name[64];

	snprintf(name, sizeof(name), "%zu.ids", record);
	if (safetensors_add(writer, name, TENSOR_I32, 1, shape, dump->ids, err) < 0)
		return -1;
	snprintf(name, sizeof(name), "%zu.emissions", record);
	return safetensors_add(writer, name, TENSOR_F32, 2, shape, dump->emissions, err);
}

void predict_note_fault(const struct split *split, size_t line, const char *fault,
			struct predict_counts *counts, struct progress *progress)
{
	counts->skipped++;
	progress_note(progress, "skipped: '%s':%zu: %s", split->text, line, fault);
}

int predict_open_pictures(struct picture_finder *finder, const struct split *split,
			  const struct predict_settings *settings, struct progress *progress,
			  struct err *err)
{
	if (picture_finder_open(finder, split, settings->dict, err) < 0)
		return -1;
	if (!finder->has_dict)
		progress_note(progress, "'%s' has no dict of crops, so the model sees no objects: name it "
					"with --dict", split->text);
	return 0;
}

/* One split on its way from reader to writer. */
struct job {
	struct predictor *predictor;
	const struct split *split;
	struct conll_reader *reader;
	struct picture_finder pictures;
	FILE *out;
	const struct predict_settings *settings;
	struct predict_counts *counts;
	struct progress *progress;
	struct entity_types types;
	struct group group;
};

/* Systems that read pictures take far longer for a tweet. */
static size_t group_limit(const struct job *job)
{
	return job->predictor->predict_pictured ? PREDICT_PICTURED_GROUP : GROUP_SENTENCES;
}

/* Read until the group is full. 1: there may be more, 0: the file is at its end. */
static int read_group(struct job *job, struct err *err)
{
	struct group *group = &job->group;

	arena_reset(&group->arena);
	group->n = 0;
	group->words = 0;
	while (group->n < group_limit(job) && group->words < GROUP_WORDS) {
		struct sentence *sentence = &group->sentences[group->n];
		struct err bad = ERR_INIT;
		enum read_status status = conll_next(job->reader, sentence, &group->arena, &bad);
		char text[1400];

		if (status == READ_EOF)
			return 0;
		if (status == READ_FAIL) {
			*err = bad;
			return -1;
		}
		if (status == READ_BAD) {
			job->counts->skipped++;
			progress_note(job->progress, "skipped: %s",
				      err_format(&bad, text, sizeof(text)));
		} else if (sentence->record % job->settings->shards == job->settings->shard) {
			if (note_types(&job->types, sentence, err) < 0)
				return -1;
			group->pointers[group->n++] = sentence;
			group->words += sentence->n_tokens;
		}
	}
	return 1;
}

static int write_group(struct job *job, struct err *err)
{
	const struct predict_settings *settings = job->settings;
	struct group *group = &job->group;

	for (size_t i = 0; i < group->n; i++) {
		const struct sentence *sentence = group->pointers[i];
		struct prediction *prediction = &group->predictions[i];

		if (group->faults[i]) {
			predict_note_fault(job->split, sentence->line_number, group->faults[i], job->counts,
					   job->progress);
			continue;
		}
		job->counts->records++;
		if (spell_tags(&job->types, prediction, &group->arena, err) < 0)
			return -1;
		if (settings->format == PREDICT_JSON)
			prediction_write(job->out, sentence, prediction);
		else
			write_conll(job->out, sentence, prediction);
		if (settings->dump &&
		    dump_record(settings->dump, sentence->record, &group->dumps[i], err) < 0)
			return -1;
	}
	return ferror(job->out) ? err_set_errno(err, "write", "the predictions") : 0;
}

static int find_pictures(struct job *job, struct err *err)
{
	struct group *group = &job->group;

	for (size_t i = 0; i < group->n; i++)
		if (picture_finder_find(&job->pictures, group->pointers[i]->id,
					group->pointers[i]->record, &group->pictures[i], &group->arena,
					err) < 0)
			return -1;
	return 0;
}

static int predict_group(struct job *job, struct err *err)
{
	struct predictor *predictor = job->predictor;
	struct group *group = &job->group;
	struct prediction_dump *dumps = job->settings->dump ? group->dumps : NULL;

	memset(group->faults, 0, sizeof(group->faults));
	if (!predictor->predict_pictured)
		return predictor->predict(predictor, group->pointers, group->n, group->predictions, dumps,
					  &group->arena, err);
	if (find_pictures(job, err) < 0)
		return -1;
	return predictor->predict_pictured(predictor, group->pointers, group->pictures, group->n,
					   group->predictions, group->faults, dumps, &group->arena,
					   err);
}

static int predict_groups(struct job *job, struct err *err)
{
	struct group *group = &job->group;
	int more;

	do {
		more = read_group(job, err);
		if (more < 0 || predict_group(job, err) < 0 || write_group(job, err) < 0)
			return -1;
		job->counts->words += group->words;
		if (progress_step(job->progress, group->n) && more)
			return err_set(err, ERR_STOPPED, "interrupted");
	} while (more);
	return 0;
}

static int open_split(struct job *job, struct err *err)
{
	if (job->predictor->predict_pictured &&
	    predict_open_pictures(&job->pictures, job->split, job->settings, job->progress, err) < 0)
		return -1;
	if (scan_types(&job->types, job->split->text, err) < 0)
		return -1;
	job->reader = conll_open(job->split->text, err);
	return job->reader ? 0 : -1;
}

static int predict_sentences(struct predictor *predictor, const struct split *split, FILE *out,
			     const struct predict_settings *settings,
			     struct predict_counts *counts, struct progress *progress,
			     struct err *err)
{
	struct job *job = calloc(1, sizeof(*job));
	int rc = -1;

	if (!job)
		return err_set_memory(err);
	job->predictor = predictor;
	job->split = split;
	job->out = out;
	job->settings = settings;
	job->counts = counts;
	job->progress = progress;
	entity_types_init(&job->types);
	if (open_split(job, err) == 0)
		rc = predict_groups(job, err);
	conll_close(job->reader);
	picture_finder_close(&job->pictures);
	entity_types_release(&job->types);
	arena_release(&job->group.arena);
	free(job);
	return rc;
}

bool predict_serves(const struct predictor *predictor, enum task task)
{
	return (task == TASK_RE) == (predictor->relate != NULL);
}

int predict_split(struct predictor *predictor, const struct split *split, FILE *out,
		  const struct predict_settings *settings, struct predict_counts *counts,
		  struct progress *progress, struct err *err)
{
	if (!predict_serves(predictor, split->task))
		return err_set(err, ERR_USAGE, "the model '%s' is not for the task of '%s'",
			       predictor->model, split->text);
	if (predictor->relate)
		return predict_relations(predictor, split, out, settings, counts, progress, err);
	return predict_sentences(predictor, split, out, settings, counts, progress, err);
}

int predict_split_file(struct predictor *predictor, const struct dataset *dataset,
		       const struct split *split, const struct predict_settings *settings,
		       struct predict_counts *counts, struct progress *progress, struct err *err)
{
	char *path = dataset_work_path(dataset, split, "predictions.jsonl");
	struct predict_settings as_json = *settings;
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	as_json.format = PREDICT_JSON;
	if (!path)
		err_set_memory(err);
	else if (file_make_parents(path, err) == 0 && file_writer_open(&writer, path, err) == 0)
		rc = predict_split(predictor, split, writer.stream, &as_json, counts, progress, err);
	if (rc == 0)
		rc = file_writer_commit(&writer, err);
	file_writer_abort(&writer);
	free(path);
	return rc;
}
