/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/convert.h"

#include "lib/base/file.h"
#include "preprocess/convert/boxes.h"
#include "preprocess/convert/folder_writer.h"
#include "preprocess/convert/prepare.h"

#include <string.h>

/* What is done with each record of one pass over the input. */
struct pass {
	const struct convert_job *job;
	const struct convert_options *options;
	struct convert_losses *losses;
	struct convert_boxes *boxes; /* NULL: none */
	int (*take)(void *context, struct convert_record *record, struct arena *arena,
		    struct err *err);
	void *context;
	struct progress *progress;
	bool counts; /* its records are those that the progress tells */
};

/* Standard input was kept in a file, whose name says nothing. */
static void name_source(const struct convert_source *source, struct err *err)
{
	if (strcmp(err->file, source->path) == 0)
		snprintf(err->file, sizeof(err->file), "%s", source->name);
}

/* A record that is wrong is stepped over; a file that is wrong ends the pass. */
static int run_records(const struct pass *pass, struct convert_source *source, struct err *err)
{
	struct arena arena = ARENA_INIT;
	enum read_status status = READ_OK;
	int rc = 0;

	while (rc == 0) {
		struct convert_record record = { .file = source->name };
		struct err bad = ERR_INIT;

		arena_reset(&arena);
		status = source->format->next(source, &record, &arena, &bad);
		name_source(source, &bad);
		if (status == READ_EOF)
			break;
		if (status == READ_FAIL) {
			*err = bad;
			rc = -1;
			break;
		}
		record.number = source->records++;
		if (status == READ_BAD)
			convert_lose_record(pass->losses, source->name, &bad);
		else if (pass->boxes)
			rc = convert_boxes_give(pass->boxes, &record, &arena, err);
		if (rc == 0 && status == READ_OK)
			rc = pass->take(pass->context, &record, &arena, err);
		if (rc == 0 && progress_step(pass->progress, pass->counts))
			rc = err_set(err, ERR_STOPPED, "interrupted");
	}
	arena_release(&arena);
	return rc;
}

static int run_pass(const struct pass *pass, struct err *err)
{
	struct convert_source source = { .format = pass->job->from,
					 .path = pass->job->input,
					 .name = pass->job->name,
					 .options = pass->options,
					 .losses = pass->losses };
	int rc;

	if (source.format->open(&source, err) < 0)
		return -1;
	rc = run_records(pass, &source, err);
	source.format->close(&source);
	return rc;
}

/* ---- what has to be known of the whole input ---- */

struct survey {
	struct scheme_guess guess;
	bool relations;
};

static int survey_record(void *context, struct convert_record *record, struct arena *arena,
			 struct err *err)
{
	const char **tags = arena_alloc(arena, record->n_words + 1, sizeof(*tags));
	struct survey *survey = context;

	if (!tags)
		return err_set_memory(err);
	survey->relations |= record->n_relations > 0;
	for (size_t i = 0; record->tags && i < record->n_words; i++)
		tags[i] = record->tags[i] ? record->tags[i] : "O";
	if (record->tags)
		scheme_guess_add(&survey->guess, tags, record->n_words);
	return 0;
}

static int make_plan(const struct convert_job *job, const struct convert_options *options,
		     struct convert_plan *plan, struct err *err)
{
	struct survey survey = { .guess = SCHEME_GUESS_INIT };
	struct pass pass = { .job = job, .options = options, .take = survey_record,
			     .context = &survey };
	bool guesses = job->from->holds & HOLDS_TAGS && !options->has_from_scheme;

	if ((guesses || job->from->holds & HOLDS_RELATIONS) && run_pass(&pass, err) < 0)
		return -1;
	plan->relations = survey.relations;
	plan->read = options->has_from_scheme ? options->from_scheme
		     : guesses		      ? scheme_guess_likely(&survey.guess)
					      : SCHEME_IOB2;
	if (options->has_scheme)
		plan->write = options->scheme;
	else if (job->from->holds & HOLDS_TAGS && !job->to->types)
		plan->write = plan->read;
	else
		plan->write = SCHEME_IOB2;
	/* Tags that need no change are not touched, malformed ones neither. */
	plan->keep_tags = !options->has_scheme && plan->write == plan->read;
	return 0;
}

/* ---- the first pass: what would be lost ---- */

struct counting {
	const struct convert_plan *plan;
	struct convert_report *report;
};

static int count_record(void *context, struct convert_record *record, struct arena *arena,
			struct err *err)
{
	struct counting *counting = context;
	struct convert_report *report = counting->report;

	report->records++;
	report->tags |= record->tags != NULL;
	report->relations += record->n_relations;
	report->boxes += record->n_boxes;
	if (!record->tags)
		report->spans += record->n_spans;
	else if (convert_count_spans(counting->plan, record, &report->spans, arena, err) < 0)
		return -1;
	if (convert_prepare(counting->plan, record, &report->losses, arena, err) < 0)
		return -1;
	report->words += record->n_words;
	return 0;
}

/* ---- the second pass ---- */

struct writing {
	const struct convert_plan *plan;
	struct convert_sink sink;
};

static int write_record(void *context, struct convert_record *record, struct arena *arena,
			struct err *err)
{
	struct writing *writing = context;
	const struct convert_format *to = writing->plan->to;

	if (convert_prepare(writing->plan, record, NULL, arena, err) < 0)
		return -1;
	if (record->n_words == 0 && to->holds & (HOLDS_WORDS | HOLDS_TEXT) &&
	    !(to->holds & HOLDS_EMPTY))
		return 0;
	if (to->write(&writing->sink, record, arena, err) < 0)
		return -1;
	writing->sink.records++;
	return 0;
}

static int write_records(const struct pass *pass, struct convert_sink *sink, struct err *err)
{
	const struct convert_job *job = pass->job;
	int rc = job->to->begin ? job->to->begin(sink, err) : 0;

	if (rc == 0)
		rc = run_pass(pass, err);
	if (rc == 0 && job->to->end)
		rc = job->to->end(sink, err);
	if (job->to->release)
		job->to->release(sink);
	return rc;
}

static int write_output(const struct convert_job *job, const struct convert_plan *plan,
			struct convert_boxes *boxes, struct progress *progress, struct err *err)
{
	struct writing writing = { plan, { .format = job->to, .options = plan->options,
						.path = job->output,
						.relations = plan->relations } };
	struct pass pass = { .job = job, .options = plan->options, .boxes = boxes,
			     .take = write_record, .context = &writing, .progress = progress,
			     .counts = true };
	struct file_writer file = FILE_WRITER_INIT;
	int rc = 0;

	if (job->to->folder)
		rc = (writing.sink.folder = folder_writer_open(job->output, err)) ? 0 : -1;
	else if (job->output && !job->to->own_file)
		rc = file_writer_open(&file, job->output, err);
	writing.sink.stream = job->output ? file.stream : job->stream;
	if (rc == 0)
		rc = write_records(&pass, &writing.sink, err);
	if (rc == 0 && job->to->folder)
		rc = folder_writer_commit(writing.sink.folder, err);
	else if (rc == 0 && job->output && !job->to->own_file)
		rc = file_writer_commit(&file, err);
	folder_writer_free(writing.sink.folder);
	file_writer_abort(&file);
	return rc;
}

/* The first pass, and the second where nothing is lost that matters. */
static int run_passes(const struct convert_job *job, const struct convert_plan *plan,
		      struct convert_boxes *boxes, struct progress *progress,
		      struct convert_report *report, struct err *err)
{
	struct counting counting = { plan, report };
	struct pass pass = { .job = job, .options = plan->options, .losses = &report->losses,
			     .boxes = boxes, .take = count_record, .context = &counting,
			     .progress = progress };
	int rc;

	rc = run_pass(&pass, err);
	if (boxes)
		report->boxes_left = convert_boxes_left(boxes);
	if (rc < 0 || job->count_only || (convert_losses_total(&report->losses) && !job->lossy))
		return rc;
	progress_begin(progress, "convert", "records", report->records);
	rc = write_output(job, plan, boxes, progress, err);
	progress_end(progress);
	report->written = rc == 0;
	return rc;
}

int convert_run(const struct convert_job *job, const struct convert_options *options,
		struct progress *progress, struct convert_report *report, struct err *err)
{
	struct convert_plan plan = { .from = job->from, .to = job->to, .options = options };
	struct convert_boxes *boxes = NULL;
	int rc;

	memset(report, 0, sizeof(*report));
	convert_losses_init(&report->losses);
	if (make_plan(job, options, &plan, err) < 0)
		return -1;
	report->read = plan.read;
	report->write = plan.write;
	if (job->boxes) {
		boxes = convert_boxes_read(job->boxes, job->boxes_from, options, &report->losses, err);
		if (!boxes)
			return -1;
	}
	rc = run_passes(job, &plan, boxes, progress, report, err);
	convert_boxes_free(boxes);
	return rc;
}

void convert_report_release(struct convert_report *report)
{
	convert_losses_release(&report->losses);
}
