/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/predict.h"

#include "cmd/models.h"
#include "cmd/predict_priv.h"

#include <stdlib.h>

#define DEFAULT_MODEL "tagger"

struct predictor *predict_open(const char *model, const char *system,
			       const struct system_options *options, struct err *err)
{
	char *path = models_find(model ? model : DEFAULT_MODEL, err);
	struct predictor *predictor = path ? predictor_open(path, system, options, err) : NULL;

	free(path);
	return predictor;
}

bool predict_serves(const struct predictor *predictor, enum task task)
{
	return (task == TASK_RE) == predictor->relates;
}

static int predict_groups(struct predict_job *job, struct err *err)
{
	struct predict_group *group = &job->group;
	struct prediction_dump *dump = job->settings->dump ? &job->dump : NULL;
	int more;

	do {
		prediction_dump_clear(&job->dump);
		more = predict_read_group(job, err);
		if (more < 0 ||
		    job->predictor->predict(job->predictor, group->records, group->n, group->outcomes,
					    dump, &group->arena, err) < 0 ||
		    predict_write_group(job, err) < 0)
			return -1;
		job->counts->words += group->words;
		if (progress_step(job->progress, group->n) && more)
			return err_set(err, ERR_STOPPED, "interrupted");
	} while (more);
	return 0;
}

int predict_split(struct predictor *predictor, const struct split *split, FILE *out,
		  const struct predict_settings *settings, struct predict_counts *counts,
		  struct progress *progress, struct err *err)
{
	struct predict_job *job;
	int rc = -1;

	if (!predict_serves(predictor, split->task))
		return err_set(err, ERR_USAGE, "the model '%s' is not for the task of '%s'",
			       predictor->model, split->text);
	job = calloc(1, sizeof(*job));
	if (!job)
		return err_set_memory(err);
	job->predictor = predictor;
	job->split = split;
	job->out = out;
	job->settings = settings;
	job->counts = counts;
	job->progress = predictor->progress = progress;
	entity_types_init(&job->types);
	prediction_dump_init(&job->dump, settings->dump_all);
	if (predict_open_split(job, err) == 0)
		rc = predict_groups(job, err);
	predict_close_split(job);
	prediction_dump_release(&job->dump);
	entity_types_release(&job->types);
	arena_release(&job->group.arena);
	free(job);
	return rc;
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
