/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The two ends of predicting a split: reading its records in groups, and writing what came of them.
 */
#ifndef TAGSIGHT_CMD_PREDICT_PRIV_H
#define TAGSIGHT_CMD_PREDICT_PRIV_H

#include "cmd/predict.h"
#include "cmd/record_files.h"
#include "lib/formats/mnre.h"
#include "lib/formats/sentence_reader.h"
#include "lib/review/types.h"

#define PREDICT_GROUP 512
/* Records between two looks at the progress where each takes long. */
#define PREDICT_SLOW_GROUP 32

/* Records that are predicted together; all belongs to the arena. */
struct predict_group {
	struct arena arena;
	struct sentence sentences[PREDICT_GROUP];
	struct relation relations[PREDICT_GROUP];
	struct predict_record records[PREDICT_GROUP];
	size_t numbers[PREDICT_GROUP]; /* in the file, from 0 */
	struct outcome outcomes[PREDICT_GROUP];
	size_t n, words;
};

/* One split on its way from reader to writer. */
struct predict_job {
	struct predictor *predictor;
	const struct split *split;
	struct sentence_reader sentences;
	struct mnre_reader *relations; /* NULL: the split has sentences */
	struct record_files files;
	size_t with_crops; /* records that the dict names crops of */
	struct record_contexts contexts; /* for predictors that read some */
	struct entity_types types; /* of the file's tags, whose spelling is kept */
	FILE *out;
	const struct predict_settings *settings;
	struct predict_counts *counts;
	struct progress *progress;
	struct prediction_dump dump;
	struct predict_group group;
};

/* The file and the line of a record. */
static inline const char *predict_file(const struct predict_job *job, const struct predict_record *record)
{
	return record->sentence && record->sentence->file ? record->sentence->file : job->split->text;
}

static inline size_t predict_line(const struct predict_record *record)
{
	if (record->relation)
		return record->relation->line_number;
	return record->sentence->line_number ? record->sentence->line_number : record->sentence->id_line;
}

/* Open the split's file and what the predictor reads besides; close it, also after a failure. */
int predict_open_split(struct predict_job *job, struct err *err);
void predict_close_split(struct predict_job *job);

/* Fill the group with the next records. 1: there may be more, 0: the file is at its end, -1. */
int predict_read_group(struct predict_job *job, struct err *err);

/* Write the outcomes of the group, and its dump. */
int predict_write_group(struct predict_job *job, struct err *err);

#endif
