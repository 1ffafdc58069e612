/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/predict.h"

#include "cmd/models.h"
#include "inference/systems/registry.h"
#include "lib/formats/conll.h"

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
	size_t n, words;
};

struct predictor *predict_open(const char *model, const char *system, int jobs, struct err *err)
{
	char *path = models_find(model ? model : DEFAULT_MODEL, err);
	struct predictor *predictor = path ? predictor_open(path, system, jobs, err) : NULL;

	free(path);
	return predictor;
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

/* Read until the group is full. 1: there may be more, 0: the file is at its end. */
static int read_group(struct group *group, struct conll_reader *reader,
		      const struct predict_settings *settings, struct predict_counts *counts,
		      struct progress *progress, struct err *err)
{
	arena_reset(&group->arena);
	group->n = 0;
	group->words = 0;
	while (group->n < GROUP_SENTENCES && group->words < GROUP_WORDS) {
		struct sentence *sentence = &group->sentences[group->n];
		struct err bad = ERR_INIT;
		enum read_status status = conll_next(reader, sentence, &group->arena, &bad);
		char text[1400];

		if (status == READ_EOF)
			return 0;
		if (status == READ_FAIL) {
			*err = bad;
			return -1;
		}
		if (status == READ_BAD) {
			counts->skipped++;
			progress_note(progress, "skipped: %s", err_format(&bad, text, sizeof(text)));
		} else if (sentence->record % settings->shards == settings->shard) {
			group->pointers[group->n++] = sentence;
			group->words += sentence->n_tokens;
		}
	}
	return 1;
}

static int write_group(const struct group *group, FILE *out,
		       const struct predict_settings *settings, struct err *err)
{
	for (size_t i = 0; i < group->n; i++) {
		const struct sentence *sentence = group->pointers[i];

		if (settings->format == PREDICT_JSON)
			prediction_write(out, sentence, &group->predictions[i]);
		else
			write_conll(out, sentence, &group->predictions[i]);
		if (settings->dump &&
		    dump_record(settings->dump, sentence->record, &group->dumps[i], err) < 0)
			return -1;
	}
	return ferror(out) ? err_set_errno(err, "write", "the predictions") : 0;
}

static int predict_groups(struct predictor *predictor, struct conll_reader *reader, FILE *out,
			  const struct predict_settings *settings, struct predict_counts *counts,
			  struct progress *progress, struct group *group, struct err *err)
{
	int more;

	do {
		more = read_group(group, reader, settings, counts, progress, err);
		if (more < 0)
			return -1;
		if (predictor->predict(predictor, group->pointers, group->n, group->predictions,
				       settings->dump ? group->dumps : NULL, &group->arena, err) < 0 ||
		    write_group(group, out, settings, err) < 0)
			return -1;
		counts->records += group->n;
		counts->words += group->words;
		if (progress_step(progress, group->n) && more)
			return err_set(err, ERR_STOPPED, "interrupted");
	} while (more);
	return 0;
}

int predict_split(struct predictor *predictor, const struct split *split, FILE *out,
		  const struct predict_settings *settings, struct predict_counts *counts,
		  struct progress *progress, struct err *err)
{
	struct conll_reader *reader = conll_open(split->text, err);
	struct group *group = calloc(1, sizeof(*group));
	int rc = -1;

	if (!group)
		err_set_memory(err);
	else if (reader)
		rc = predict_groups(predictor, reader, out, settings, counts, progress, group, err);
	if (group)
		arena_release(&group->arena);
	free(group);
	conll_close(reader);
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
