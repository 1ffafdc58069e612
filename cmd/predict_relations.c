/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/predict_priv.h"
#include "lib/formats/mnre.h"

#include <stdlib.h>
#include <string.h>

/* Lines that are looked at together; all belongs to the arena. */
struct group {
	struct arena arena;
	struct relation relations[PREDICT_PICTURED_GROUP];
	const struct relation *pointers[PREDICT_PICTURED_GROUP];
	struct record_pictures pictures[PREDICT_PICTURED_GROUP];
	struct relation_prediction predictions[PREDICT_PICTURED_GROUP];
	struct prediction_dump dumps[PREDICT_PICTURED_GROUP];
	const char *faults[PREDICT_PICTURED_GROUP];
	size_t n;
};

struct job {
	struct predictor *predictor;
	const struct split *split;
	struct mnre_reader *reader;
	struct picture_finder pictures;
	FILE *out;
	const struct predict_settings *settings;
	struct predict_counts *counts;
	struct progress *progress;
	struct group group;
};

static int add_relation(struct job *job, struct err *err)
{
	struct group *group = &job->group;
	const struct relation *relation = &group->relations[group->n];

	if (relation->record % job->settings->shards != job->settings->shard)
		return 0;
	if (picture_finder_find(&job->pictures, relation->image, relation->record,
				&group->pictures[group->n], &group->arena, err) < 0)
		return -1;
	job->counts->words += relation->n_words;
	group->faults[group->n] = NULL;
	group->pointers[group->n++] = relation;
	return 0;
}

/* Read until the group is full. 1: there may be more, 0: the file is at its end. */
static int read_group(struct job *job, struct err *err)
{
	struct group *group = &job->group;
	char text[1400];

	arena_reset(&group->arena);
	group->n = 0;
	while (group->n < PREDICT_PICTURED_GROUP) {
		struct err bad = ERR_INIT;
		enum read_status status = mnre_next(job->reader, &group->relations[group->n],
						    &group->arena, &bad);

		if (status == READ_EOF)
			return 0;
		if (status == READ_FAIL) {
			*err = bad;
			return -1;
		}
		if (status == READ_BAD) {
			job->counts->skipped++;
			progress_note(job->progress, "skipped: %s", err_format(&bad, text, sizeof(text)));
		} else if (add_relation(job, err) < 0) {
			return -1;
		}
	}
	return 1;
}

static int dump_record(struct safetensors_writer *writer, size_t record,
		       const struct prediction_dump *dump, struct err *err)
{
	char name[64];

	snprintf(name, sizeof(name), "%zu.ids", record);
	if (safetensors_add(writer, name, TENSOR_I32, 1, &dump->n_pieces, dump->ids, err) < 0)
		return -1;
	snprintf(name, sizeof(name), "%zu.logits", record);
	return safetensors_add(writer, name, TENSOR_F32, 1, &dump->n_labels, dump->emissions, err);
}

static int write_group(struct job *job, struct err *err)
{
	const struct predictor *predictor = job->predictor;
	struct group *group = &job->group;

	for (size_t i = 0; i < group->n; i++) {
		const struct relation *relation = group->pointers[i];

		if (group->faults[i]) {
			predict_note_fault(job->split, relation->line_number, group->faults[i], job->counts,
					   job->progress);
			continue;
		}
		job->counts->records++;
		relation_prediction_write(job->out, relation, &group->predictions[i], predictor->labels,
					  predictor->n_labels);
		if (job->settings->dump && dump_record(job->settings->dump, relation->record,
						       &group->dumps[i], err) < 0)
			return -1;
	}
	return ferror(job->out) ? err_set_errno(err, "write", "the predictions") : 0;
}

static int predict_groups(struct job *job, struct err *err)
{
	struct group *group = &job->group;
	int more;

	do {
		more = read_group(job, err);
		if (more < 0 ||
		    job->predictor->relate(job->predictor, group->pointers, group->pictures, group->n,
					   group->predictions, group->faults,
					   job->settings->dump ? group->dumps : NULL, &group->arena,
					   err) < 0 ||
		    write_group(job, err) < 0)
			return -1;
		if (progress_step(job->progress, group->n) && more)
			return err_set(err, ERR_STOPPED, "interrupted");
	} while (more);
	return 0;
}

int predict_relations(struct predictor *predictor, const struct split *split, FILE *out,
		      const struct predict_settings *settings, struct predict_counts *counts,
		      struct progress *progress, struct err *err)
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
	if (predict_open_pictures(&job->pictures, split, settings, progress, err) == 0) {
		job->reader = mnre_open(split->text, err);
		rc = job->reader ? predict_groups(job, err) : -1;
	}
	if (job->reader)
		mnre_close(job->reader);
	picture_finder_close(&job->pictures);
	arena_release(&job->group.arena);
	free(job);
	return rc;
}
