/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground_priv.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/formats/json_lines.h"
#include "preprocess/aux_dict_check.h"
#include "preprocess/phrases.h"

#include <stdlib.h>
#include <string.h>

void ground_plan_release(struct ground_plan *plan)
{
	for (size_t i = 0; i < plan->n_pictures; i++)
		free(plan->pictures[i].records);
	free(plan->pictures);
	free(plan->records);
	arena_release(&plan->arena);
	memset(plan, 0, sizeof(*plan));
}

static const char *work_path(struct ground_plan *plan, const struct dataset *dataset,
			     const char *kind)
{
	char *path = dataset_work_path(dataset, plan->split, kind);
	const char *copy = path ? arena_copy(&plan->arena, path) : NULL;

	free(path);
	return copy;
}

int ground_plan_paths(struct ground_plan *plan, const struct dataset *dataset,
		      const struct split *split, struct err *err)
{
	struct ground_paths *paths = &plan->paths;

	memset(plan, 0, sizeof(*plan));
	plan->split = split;
	paths->phrases = work_path(plan, dataset, "phrases.jsonl");
	paths->boxes = work_path(plan, dataset, "boxes.jsonl");
	paths->journal = work_path(plan, dataset, "boxes.jsonl.part");
	paths->done = work_path(plan, dataset, "grounded.json");
	paths->lock = work_path(plan, dataset, "ground.lock");
	paths->crops = split->crops ? arena_copy(&plan->arena, split->crops)
				    : work_path(plan, dataset, "crops");
	paths->dict = split->dict ? arena_copy(&plan->arena, split->dict)
				  : work_path(plan, dataset, "dict.pth");
	if (!paths->phrases || !paths->boxes || !paths->journal || !paths->done || !paths->lock ||
	    !paths->crops || !paths->dict)
		return err_set_memory(err);
	if (file_make_parents(paths->boxes, err) < 0 || file_make_parents(paths->dict, err) < 0)
		return -1;
	return file_make_folders(paths->crops, err);
}

/* What a picture's crops are called after: an NER id as it stands, for the loader adds ".jpg" to
 * it; the name of an MNRE picture without its extension. */
static const char *stem_of(struct ground_plan *plan, const struct record *record)
{
	const char *dot = record->relation ? strrchr(record->id, '.') : NULL;
	size_t length = dot && dot != record->id ? (size_t)(dot - record->id) : strlen(record->id);

	return arena_string(&plan->arena, record->id, length);
}

/* Add the record to its picture. */
static int join_picture(struct ground_plan *plan, struct str_table *stems, const char *stem,
			const char *name, struct err *err)
{
	long id = str_table_add(stems, stem, strlen(stem));
	struct ground_picture *picture;

	if (id < 0)
		return err_set_memory(err);
	if ((size_t)id == plan->n_pictures) {
		if (GROW(plan->pictures, plan->n_pictures, plan->pictures_capacity) < 0)
			return err_set_memory(err);
		plan->pictures[plan->n_pictures++] = (struct ground_picture){
			arena_copy(&plan->arena, name), stem, NULL, 0, 0
		};
	}
	picture = &plan->pictures[id];
	if (!picture->name || GROW(picture->records, picture->n, picture->capacity) < 0)
		return err_set_memory(err);
	picture->records[picture->n++] = plan->n_records;
	plan->records[plan->n_records].picture = (size_t)id;
	return 0;
}

static int add_record(struct ground_plan *plan, struct str_table *stems,
		      const struct record *record, const struct phrase *phrases, size_t n_phrases,
		      struct err *err)
{
	char *key = aux_dict_key(plan->split, record->id, record->number);
	const char *stem = stem_of(plan, record), *kept = key ? arena_copy(&plan->arena, key) : NULL;
	const char *name = arena_copy(&plan->arena, record->name);

	free(key);
	if (!kept || !stem || !name ||
	    GROW(plan->records, plan->n_records, plan->records_capacity) < 0)
		return err_set_memory(err);
	plan->records[plan->n_records] = (struct ground_record){ name, kept, 0, phrases, n_phrases };
	if (join_picture(plan, stems, stem, record->id, err) < 0)
		return -1;
	plan->n_records++;
	return 0;
}

/* The phrases of the next line, which must be of this record. */
static int next_phrases(struct ground_plan *plan, struct json_lines *lines,
			const struct record *record, struct phrase **phrases, size_t *n,
			struct err *err)
{
	const char *id;
	json_t *object;
	enum read_status status = json_lines_next(lines, &object, err);
	int rc;

	if (status == READ_EOF)
		return err_set_at(err, lines->name, lines->line, 0,
				  "phrases end before the text does; remove the file or run "
				  "'tagsight phrases' again");
	if (status != READ_OK)
		return -1;
	rc = phrases_read(object, &id, phrases, n, &plan->arena, err);
	json_decref(object);
	if (rc == 0 && strcmp(id, phrases_id(record)) != 0)
		rc = err_set(err, ERR_DATA,
			     "these phrases are of '%.100s' and the text goes on with '%.100s'; run "
			     "'tagsight phrases' again", id, phrases_id(record));
	if (rc < 0 && err->line == 0)
		err->line = lines->line;
	if (rc < 0)
		err_add_file(err, lines->name);
	return rc;
}

static int read_records(struct ground_plan *plan, struct records *records,
			struct json_lines *lines, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct str_table stems;
	struct record record;
	enum read_status status;
	int rc = 0;

	str_table_init(&stems);
	while (rc == 0 && (status = records_next(records, &record, &arena, err)) != READ_EOF) {
		struct phrase *phrases;
		size_t n;

		if (status == READ_FAIL)
			rc = -1;
		if (status == READ_OK)
			rc = next_phrases(plan, lines, &record, &phrases, &n, err);
		if (rc == 0 && status == READ_OK && record.id)
			rc = add_record(plan, &stems, &record, phrases, n, err);
		arena_reset(&arena);
	}
	str_table_release(&stems);
	arena_release(&arena);
	return rc;
}

/* Names come from the predictions that predict left in the folder, else from the gold tags. */
static int make_phrases(const struct ground_plan *plan, const struct dataset *dataset,
			struct progress *progress, struct err *err)
{
	struct phrases_report report;
	char *predictions;
	bool predicted;
	int rc;

	if (file_exists(plan->paths.phrases))
		return 0;
	predictions = dataset_work_path(dataset, plan->split, "predictions.jsonl");
	if (!predictions)
		return err_set_memory(err);
	predicted = file_exists(predictions);
	progress_begin(progress, "phrases", "tweets", 0);
	rc = phrases_split_file(dataset, plan->split, predicted ? predictions : NULL, progress,
				&report, err);
	progress_end(progress);
	free(predictions);
	return rc;
}

/* What the result depends on, beside the pictures. */
static int compute_key(struct ground_plan *plan, const struct grounder *grounder,
		       const struct ground_options *options, struct err *err)
{
	char text[SHA256_HEX], phrases[SHA256_HEX];
	struct buf facts = BUF_INIT;

	if (sha256_file(plan->split->text, text, err) < 0 ||
	    sha256_file(plan->paths.phrases, phrases, err) < 0)
		return -1;
	buf_add_format(&facts, "%s %s %s %s %zu %ld %d %d %.9g %s %.9g %.9g %.9g",
		       grounder->name, grounder->model_sha256, text,
		       phrases, options->top, options->least_side, options->matches_only,
		       (int)options->whole_picture, options->threshold, options->version,
		       options->least_score, options->overlap, options->margin);
	if (facts.failed)
		return err_set_memory(err);
	sha256_bytes(facts.data, facts.length, plan->key);
	buf_release(&facts);
	return 0;
}

int ground_plan_read(struct ground_plan *plan, const struct dataset *dataset,
		     const struct grounder *grounder, const struct ground_options *options,
		     struct progress *progress, struct err *err)
{
	struct records records;
	struct json_lines lines;
	int rc;

	if (make_phrases(plan, dataset, progress, err) < 0 ||
	    compute_key(plan, grounder, options, err) < 0 ||
	    records_open(&records, plan->split, err) < 0)
		return -1;
	if (json_lines_open(&lines, plan->paths.phrases, err) < 0) {
		records_close(&records);
		return -1;
	}
	rc = read_records(plan, &records, &lines, err);
	json_lines_close(&lines);
	records_close(&records);
	return rc;
}
