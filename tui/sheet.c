/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/sheet.h"

#include "lib/base/file.h"
#include "lib/corpus/schema.h"
#include "lib/review/annotators.h"
#include "lib/review/relations.h"
#include "preprocess/check/check.h"
#include "preprocess/relation_map.h"
#include "preprocess/repair/repair.h"
#include "tui/fix.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define QUEUE_SECONDS 0.05 /* for the first records of the list */
#define CHECK_BYTES ((int64_t)8 << 20) /* of a text that is checked on opening: a tenth of a second */

/* Where one of our files about the split is, on the heap. */
static char *work_path(const struct dataset *dataset, const struct split *split,
		       const struct sheet_options *options, const char *kind)
{
	struct buf path = BUF_INIT;

	if (!options->lone_file)
		return dataset_work_path(dataset, split, kind);
	buf_add_format(&path, "%s.%s", split->text, kind);
	return buf_detach(&path);
}

/* " (anna, ben)" */
static void add_names(struct buf *name, const struct str_list *annotators)
{
	for (size_t i = 0; i < annotators->n; i++)
		buf_add_format(name, "%s%s", i ? ", " : " (", annotators->items[i]);
	buf_add_char(name, ')');
}

static char *name_of(const struct split *split, const struct sheet_options *options)
{
	struct buf name = BUF_INIT;

	if (options->lone_file)
		buf_add_string(&name, file_base_name(split->text));
	else
		buf_add_format(&name, "%s %s", split->set, split->name);
	if (options->adjudicate->n)
		add_names(&name, options->adjudicate);
	else if (options->annotator)
		buf_add_format(&name, " (%s)", options->annotator);
	return buf_detach(&name);
}

static int read_predictions(struct sheet *sheet, const struct dataset *dataset,
			    const struct sheet_options *options, struct buf *note, struct err *err)
{
	char *path = options->predictions
			     ? strdup(options->predictions)
			     : work_path(dataset, sheet->split, options, "predictions.jsonl");
	int rc = 0;

	if (!path)
		rc = err_set_memory(err);
	else if (options->blind || options->adjudicate->n)
		review_make_blind(sheet->review);
	else if (options->predictions || file_exists(path))
		rc = review_read_predictions(sheet->review, path, note, err);
	free(path);
	return rc;
}

/* Run the rules about the text itself; pictures take too long, and a broken one shows. */
static int check_text(struct sheet *sheet, const struct dataset *dataset, struct buf *note,
		      struct err *err)
{
	struct dataset alone = *dataset;
	struct split split = *sheet->split;
	struct str_list pictures = STR_LIST_INIT;
	struct check_options options = CHECK_OPTIONS_INIT;
	struct check_summary summary;
	int rc;

	if (file_size(split.text) > CHECK_BYTES) {
		buf_add_format(note,
			       "%s'%s' is too large to be checked on opening; 'tagsight check' "
			       "does it",
			       note->length ? "; " : "", split.text);
		return 0;
	}
	while (!review_is_indexed(sheet->review) && review_work(sheet->review, 0))
		;
	alone.splits = &split;
	alone.n_splits = 1;
	options.except = &pictures;
	if (str_list_add(&pictures, "image-") < 0)
		rc = err_set_memory(err);
	else
		rc = check_run(&options, &alone, review_finding_sink(sheet->review), &summary, NULL,
			       err);
	str_list_release(&pictures);
	return rc;
}

/* Take the findings that were kept, else make those that come at once. */
static int read_findings(struct sheet *sheet, const struct dataset *dataset,
			 const struct sheet_options *options, struct buf *note, struct err *err)
{
	char *path = work_path(dataset, sheet->split, options, "findings.jsonl");
	int rc;

	if (!path)
		rc = err_set_memory(err);
	else if (file_exists(path))
		rc = review_read_findings(sheet->review, path, err);
	else
		rc = check_text(sheet, dataset, note, err);
	free(path);
	return rc;
}

static int make_queue(struct sheet *sheet, const struct sheet_options *options, struct err *err)
{
	struct review_filter filter = REVIEW_FILTER_INIT;
	int rc = 0;

	sheet->queue = review_queue_new(sheet->review);
	for (size_t i = 0; rc == 0 && options->only && i < options->only->n; i++)
		rc = review_filter_add(&filter, sheet->review, options->only->items[i], err);
	if (rc == 0 && (!sheet->queue || review_queue_make(sheet->queue, options->order,
							   options->seed, &filter) < 0))
		rc = err_set_memory(err);
	if (rc == 0)
		review_queue_work(sheet->queue, QUEUE_SECONDS);
	review_filter_release(&filter);
	return rc;
}

/* Where a file of an annotator's own is kept; NULL: nobody's in particular. */
static char *own_path(const struct dataset *dataset, const struct split *split,
		      const struct sheet_options *options, const char *annotator, const char *what)
{
	struct buf kind = BUF_INIT;
	char *path;

	if (annotator)
		buf_add_format(&kind, "%s.", annotator);
	buf_add_string(&kind, what);
	path = kind.failed ? NULL : work_path(dataset, split, options, kind.data);
	buf_release(&kind);
	return path;
}

char *sheet_journal_path(const struct dataset *dataset, const struct split *split,
			 const struct sheet_options *options)
{
	return options->journal ? strdup(options->journal)
				: own_path(dataset, split, options, options->annotator,
					   "journal.jsonl");
}

/* The names of the relation map, or those of MNRE where there is none. */
static int read_relations(struct sheet *sheet, struct err *err)
{
	struct relation_map map = RELATION_MAP_INIT;
	const char *name;
	json_t *id;
	int rc = 0;

	relation_map_read(&map, sheet->split);
	json_object_foreach(map.ids, name, id)
		if (rc == 0)
			rc = str_list_add(&sheet->relations, name);
	for (size_t i = 0; !map.ids && rc == 0 && i < SCHEMA_RELATIONS; i++)
		rc = str_list_add(&sheet->relations, schema_relations[i]);
	relation_map_release(&map);
	return rc < 0 ? err_set_memory(err) : 0;
}

static int open_review(struct sheet *sheet, struct err *err)
{
	const char *path = sheet->split->text;

	sheet->review = sheet->split->task == TASK_RE ? review_open_relations(path, err)
						      : review_open(path, err);
	if (!sheet->review)
		return -1;
	review_judge_findings(sheet->review, fix_finding_holds);
	return sheet->split->task == TASK_RE ? read_relations(sheet, err) : 0;
}

static int add_annotator(struct sheet *sheet, const struct dataset *dataset,
			 const struct sheet_options *options, const char *name, struct err *err)
{
	char *path = own_path(dataset, sheet->split, options, name, "journal.jsonl");
	int rc;

	if (!path)
		return err_set_memory(err);
	if (file_exists(path))
		rc = review_add_annotator(sheet->review, name, path, err);
	else
		rc = err_set(err, ERR_USAGE,
			     "'%s' has decided nothing here: there is no '%s', which 'tagsight review "
			     "--annotator %s' makes", name, path, name);
	free(path);
	return rc;
}

/* Have the journal of the review, and see those of the annotators. */
static int attach_journals(struct sheet *sheet, const struct dataset *dataset,
			   const struct sheet_options *options, struct buf *note, struct err *err)
{
	if (options->annotator && review_set_annotator(sheet->review, options->annotator, err) < 0)
		return -1;
	for (size_t i = 0; i < options->adjudicate->n; i++)
		if (add_annotator(sheet, dataset, options, options->adjudicate->items[i], err) < 0)
			return -1;
	return review_attach_journal(sheet->review, sheet->journal, note, err);
}

int sheet_open(struct sheet *sheet, const struct dataset *dataset, const struct split *split,
	       const struct sheet_options *options, struct buf *note, struct err *err)
{
	memset(sheet, 0, sizeof(*sheet));
	sheet->split = split;
	boxes_init(&sheet->boxes);
	str_list_init(&sheet->relations);
	sheet->name = name_of(split, options);
	sheet->boxes_path = work_path(dataset, split, options, "boxes.jsonl");
	sheet->live = work_path(dataset, split, options, "review-predictions.jsonl");
	sheet->reviewed_path =
		own_path(dataset, split, options, options->annotator, "boxes.reviewed.jsonl");
	sheet->journal = sheet_journal_path(dataset, split, options);
	if (!sheet->name || !sheet->journal || !sheet->boxes_path || !sheet->live ||
	    !sheet->reviewed_path) {
		err_set_memory(err);
		goto failed;
	}
	if (open_review(sheet, err) < 0 || read_predictions(sheet, dataset, options, note, err) < 0 ||
	    read_findings(sheet, dataset, options, note, err) < 0 ||
	    attach_journals(sheet, dataset, options, note, err) < 0 ||
	    make_queue(sheet, options, err) < 0)
		goto failed;
	return 0;
failed:
	sheet_close(sheet);
	return -1;
}

void sheet_say_agreement(const struct sheet *sheet, struct buf *out)
{
	struct review_agreement agreement;

	if (review_agreement(sheet->review, &agreement) && !isnan(agreement.cohen))
		buf_add_format(out, " kappa %.2f", agreement.cohen);
}

const char *sheet_why_no_prediction(const struct sheet_options *options)
{
	if (options->adjudicate->n)
		return "no prediction is shown while annotators are adjudicated";
	return options->blind ? "predictions are hidden in a blind review: what you decide is to be your own"
			      : "this tweet has no prediction; 'tagsight predict' makes them";
}

int sheet_scheme(struct sheet *sheet, enum scheme *scheme, struct err *err)
{
	if (!sheet->scheme_known && repair_text_scheme(sheet->split, &sheet->scheme, err) < 0)
		return -1;
	sheet->scheme_known = true;
	*scheme = sheet->scheme;
	return 0;
}

static void read_boxes(struct sheet *sheet)
{
	struct err ignored = ERR_INIT;

	/* A picture is worth showing without its boxes too. */
	if (file_exists(sheet->boxes_path))
		boxes_read(&sheet->boxes, sheet->boxes_path, &ignored);
	sheet->boxes_known = true;
	sheet->boxes_lost = boxes_lost(&sheet->boxes, sheet->review);
}

const struct picture_box *sheet_boxes(struct sheet *sheet, const char *image)
{
	if (!sheet->boxes_known)
		read_boxes(sheet);
	return boxes_of(&sheet->boxes, sheet->review, image);
}

bool sheet_refresh_boxes(struct sheet *sheet)
{
	if (!sheet->boxes_known || !boxes_changed(&sheet->boxes, sheet->boxes_path))
		return false;
	boxes_release(&sheet->boxes);
	read_boxes(sheet);
	return true;
}

void sheet_close(struct sheet *sheet)
{
	boxes_release(&sheet->boxes);
	str_list_release(&sheet->relations);
	free(sheet->boxes_path);
	free(sheet->reviewed_path);
	free(sheet->live);
	review_queue_free(sheet->queue);
	review_free(sheet->review);
	free(sheet->journal);
	free(sheet->name);
	memset(sheet, 0, sizeof(*sheet));
}
