/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "preprocess/ground/plan_phrases.h"
#include "preprocess/phrases.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void ground_plan_release(struct ground_plan *plan)
{
	free(plan->pictures);
	free(plan->records);
	if (plan->phrases_file >= 0)
		close(plan->phrases_file);
	str_table_release(&plan->stems);
	arena_release(&plan->arena);
	memset(plan, 0, sizeof(*plan));
	plan->phrases_file = -1;
}

static const char *work_path(struct ground_plan *plan, const struct dataset *dataset,
			     const char *kind)
{
	char *path = dataset_work_path(dataset, plan->split, kind);
	const char *copy = path ? arena_copy(&plan->arena, path) : NULL;

	free(path);
	return copy;
}

/* MKGformer's second dict may be of all splits, so that the mark of its being ours lies by its name. */
static void name_img2crop(struct ground_plan *plan, const struct dataset *dataset)
{
	struct ground_paths *paths = &plan->paths;

	if (!plan->split->img2crop || plan->names == CROPS_UMGF)
		return;
	paths->img2crop = arena_copy(&plan->arena, plan->split->img2crop);
	paths->img2crop_mark = arena_format(&plan->arena, "%s/tagsight/%s.made", dataset->root,
					    file_base_name(plan->split->img2crop));
}

static void choose_names(struct ground_plan *plan, const struct ground_options *options)
{
	plan->names = options->names;
	plan->format = options->format;
	if (plan->names == CROPS_BY_LAYOUT)
		plan->names = strcmp(plan->split->layout, "umgf") == 0 ? CROPS_UMGF : CROPS_HVPNET;
	if (plan->format == CROPS_AS_NAMED)
		plan->format = plan->names == CROPS_UMGF ? CROPS_JPEG : CROPS_PNG;
}

int ground_plan_paths(struct ground_plan *plan, const struct dataset *dataset,
		      const struct split *split, const struct ground_options *options, struct err *err)
{
	struct ground_paths *paths = &plan->paths;
	char journal[80] = "boxes.jsonl.part", lock[80] = "";

	memset(plan, 0, sizeof(*plan));
	plan->dataset = dataset;
	plan->split = split;
	plan->shard = options->shard;
	plan->shards = options->shards;
	if (options->shards) {
		snprintf(journal, sizeof(journal), GROUND_SHARD_JOURNAL, options->shard + 1, options->shards);
		snprintf(lock, sizeof(lock), GROUND_SHARD_LOCK, options->shard + 1, options->shards);
	}
	plan->phrases_file = -1;
	choose_names(plan, options);
	str_table_init(&plan->stems);
	paths->phrases = work_path(plan, dataset, "phrases.jsonl");
	paths->boxes = work_path(plan, dataset, "boxes.jsonl");
	paths->unreadable = work_path(plan, dataset, "unreadable.jsonl");
	paths->journal = work_path(plan, dataset, journal);
	paths->done = work_path(plan, dataset, "grounded.json");
	paths->lock = work_path(plan, dataset, "ground.lock");
	paths->shard_lock = *lock ? work_path(plan, dataset, lock) : NULL;
	paths->crops = split->crops ? arena_copy(&plan->arena, split->crops)
				    : work_path(plan, dataset, "crops");
	name_img2crop(plan, dataset);
	paths->dict = plan->names == CROPS_UMGF ? NULL
		      : split->dict ? arena_copy(&plan->arena, split->dict)
				    : work_path(plan, dataset, "dict.pth");
	if (!paths->phrases || !paths->boxes || !paths->unreadable || !paths->journal || !paths->done ||
	    !paths->lock || (*lock && !paths->shard_lock) || !paths->crops || (!paths->dict && plan->names != CROPS_UMGF))
		return err_set_memory(err);
	if (file_make_parents(paths->boxes, err) < 0 ||
	    (paths->dict && file_make_parents(paths->dict, err) < 0))
		return -1;
	return file_make_folders(paths->crops, err);
}

/* The bytes of a record's id that its picture's crops are called after: an NER id as it stands, for
 * the loader adds ".jpg" to it; the name of an MNRE picture without its extension. */
static size_t stem_length(const struct record *record)
{
	const char *dot = record->relation ? strrchr(record->id, '.') : NULL;

	return dot && dot != record->id ? (size_t)(dot - record->id) : strlen(record->id);
}

/* The picture of a record, made when it is new; -1 when memory is out. */
static long take_picture(struct ground_plan *plan, const struct record *record)
{
	size_t length = stem_length(record);
	long id = str_table_add(&plan->stems, record->id, length);
	const char *stem, *name;

	if (id < 0 || (size_t)id < plan->n_pictures)
		return id;
	if (GROW(plan->pictures, plan->n_pictures, plan->pictures_capacity) < 0)
		return -1;
	stem = str_table_text(&plan->stems, (size_t)id);
	name = record->id[length] ? arena_copy(&plan->arena, record->id) : stem;
	if (!name)
		return -1;
	plan->pictures[plan->n_pictures++] =
		(struct ground_picture){ name, stem, GROUND_NONE, GROUND_NONE };
	return id;
}

static int add_record(struct ground_plan *plan, const struct record *record, off_t phrases,
		      struct err *err)
{
	uint32_t number = (uint32_t)plan->n_records;
	struct ground_picture *picture;
	long id;

	if (record->number >= GROUND_NONE || plan->n_records >= GROUND_NONE)
		return err_set(err, ERR_DATA, "more than %u records; divide the text", GROUND_NONE);
	id = take_picture(plan, record);
	if (id < 0 || GROW(plan->records, plan->n_records, plan->records_capacity) < 0)
		return err_set_memory(err);
	picture = &plan->pictures[id];
	plan->records[plan->n_records++] = (struct ground_record){
		(uint64_t)phrases, (uint32_t)record->number, (uint32_t)id, GROUND_NONE
	};
	if (picture->first == GROUND_NONE)
		picture->first = number;
	else
		plan->records[picture->last].next = number;
	picture->last = number;
	return 0;
}

const char *ground_record_name(const struct ground_plan *plan, size_t record, struct arena *arena)
{
	const struct ground_record *item = &plan->records[record];

	if (plan->split->task == TASK_RE)
		return arena_format(arena, "%u", item->number);
	return arena_format(arena, "IMGID:%s", plan->pictures[item->picture].name);
}

/* UMGF asks for its four words in every picture. Else names come from the predictions that predict left
 * in the folder, or from the gold tags. */
static int make_phrases(const struct ground_plan *plan, const struct dataset *dataset,
			struct progress *progress, struct err *err)
{
	const struct phrases_choice types = { .sources = { PHRASES_UMGF }, .n = 1 };
	struct phrases_report report;
	char *predictions;
	int rc;

	if (file_exists(plan->paths.phrases))
		return 0;
	predictions = dataset_work_path(dataset, plan->split, "predictions.jsonl");
	if (!predictions)
		return err_set_memory(err);
	progress_begin(progress, "phrases", "tweets", 0);
	if (plan->names == CROPS_UMGF)
		rc = phrases_choice_file(dataset, plan->split, &types, progress, &report, err);
	else
		rc = phrases_split_file(dataset, plan->split,
					file_exists(predictions) ? predictions : NULL, progress,
					&report, err);
	progress_end(progress);
	free(predictions);
	return rc;
}

/* What the result depends on, beside the pictures. */
static int compute_key(struct ground_plan *plan, const struct grounder *grounder,
		       const struct ground_options *options, struct err *err)
{
	char text[SHA256_HEX] = "", phrases[SHA256_HEX];
	struct buf facts = BUF_INIT;

	/* Of a folder of texts the phrases hold all that matters here: who comes, in which order. */
	if ((!file_is_folder(plan->split->text) && sha256_file(plan->split->text, text, err) < 0) ||
	    sha256_file(plan->paths.phrases, phrases, err) < 0)
		return -1;
	buf_add_format(&facts, "%s %s %s %s %zu %ld %d %d %.9g %s %.9g %.9g %.9g %d %d %d %d %s",
		       grounder->name, grounder->model_sha256, text,
		       phrases, options->top, options->least_side, options->matches_only,
		       (int)options->whole_picture, options->threshold, options->version,
		       options->least_score, options->overlap, options->margin, (int)plan->names,
		       (int)plan->format, options->as_published, options->legacy,
		       options->voc ? options->voc : "");
	if (grounder->settings)
		buf_add_format(&facts, " %s", grounder->settings);
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
	if (make_phrases(plan, dataset, progress, err) < 0 ||
	    compute_key(plan, grounder, options, err) < 0)
		return -1;
	plan->phrases_file = open(plan->paths.phrases, O_RDONLY | O_CLOEXEC);
	if (plan->phrases_file < 0)
		return err_set_errno(err, "open", plan->paths.phrases);
	return ground_plan_match(plan, add_record, err);
}
