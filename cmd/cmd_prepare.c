/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/models.h"
#include "cmd/prepare.h"
#include "cmd/version.h"

#include "inference/core/blas.h"
#include "inference/systems/grounder_open.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "preprocess/layout.h"
#include "preprocess/records.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#define DEFAULT_DETECTOR "detector"

struct prepare_options {
	struct common_options common;
	struct str_list skip;
	const char *tagger, *detector, *task;
	long top;
	int again;
};

static const struct option_spec prepare_options[] = {
	{ 0, "tagger", OPT_STRING, offsetof(struct prepare_options, tagger), "MODEL",
	  "predict tags with this model (default: the one that ships)", NULL },
	{ 0, "detector", OPT_STRING, offsetof(struct prepare_options, detector), "MODEL",
	  "find objects with this model (default: the one that ships)", NULL },
	{ 0, "top", OPT_INT, offsetof(struct prepare_options, top), "K",
	  "crops of one record at most (default: 3)", NULL },
	{ 0, "task", OPT_CHOICE, offsetof(struct prepare_options, task), "TASK",
	  "only the splits of this task", "ner|re" },
	{ 0, "skip", OPT_LIST, offsetof(struct prepare_options, skip), "STAGE",
	  "leave out stages: check, predict, phrases, ground", NULL },
	{ 0, "again", OPT_FLAG, offsetof(struct prepare_options, again), NULL,
	  "do all stages again, whatever an earlier run did or came with the data", NULL },
	COMMON_OPTIONS(struct prepare_options, "text|json"),
	OPTION_END
};

struct prepare {
	const struct command *command;
	const struct prepare_options *options;
	struct progress *progress;
	struct dataset dataset;
	struct prepare_summary summary;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static int unpack_archives(struct prepare *prepare, char **archives, size_t n, struct err *err)
{
	struct unpack_options options = UNPACK_OPTIONS_INIT;
	struct prepare_summary *summary = &prepare->summary;
	struct unpack_report report;
	int rc;

	options.target = prepare->options->common.output;
	unpack_report_init(&report);
	rc = unpack_run(&options, (const char *const *)archives, n, &report, prepare->progress, err);
	summary->archives = n;
	summary->files_written = report.written;
	summary->files_kept = report.kept;
	summary->files_refused = report.refused;
	for (size_t i = 0; rc == 0 && i < report.n_entries; i++) {
		const struct unpack_entry *entry = &report.entries[i];
		struct buf line = BUF_INIT;

		if (entry->action != UNPACK_REFUSE)
			continue;
		buf_add_format(&line, "%s: %s%s%s", entry->archive, entry->member,
			       *entry->member ? ": " : "", entry->reason);
		if (str_list_add_nodup(&summary->skipped, buf_detach(&line)) < 0)
			rc = err_set_memory(err);
	}
	unpack_report_release(&report);
	return rc;
}

/* What runs that were killed were writing under DIR/tagsight. */
static int sweep(const struct prepare *prepare, struct err *err)
{
	char *folder = file_join(prepare->options->common.output, "tagsight");
	int rc = folder ? file_writer_sweep(folder, err) : err_set_memory(err);

	free(folder);
	return rc;
}

/* Count the records that can be read. */
static int count_records(struct prepare_summary *summary, const struct split *split,
			 struct err *err)
{
	size_t *n = split->task == TASK_NER ? &summary->tweets : &summary->relations;
	struct arena arena = ARENA_INIT;
	struct records records;
	struct record record;
	enum read_status status;

	if (records_open(&records, split, err) < 0)
		return -1;
	while ((status = records_next(&records, &record, &arena, err)) > READ_EOF) {
		*n += status == READ_OK;
		arena_reset(&arena);
	}
	records_close(&records);
	arena_release(&arena);
	return status == READ_FAIL ? -1 : 0;
}

static int recognise(struct prepare *prepare, struct err *err)
{
	struct layout_options options = { .task = prepare->options->task };
	const struct dataset *dataset = &prepare->dataset;
	struct buf description = BUF_INIT;
	int rc;

	if (layout_recognise(&prepare->dataset, prepare->options->common.output, &options, err) < 0 ||
	    data_options_need_files(dataset, err) < 0)
		return -1;
	prepare->summary.splits = dataset->n_splits;
	for (size_t i = 0; i < dataset->n_splits; i++)
		if (count_records(&prepare->summary, &dataset->splits[i], err) < 0)
			return -1;
	layout_describe(dataset, &description);
	rc = description.failed ? err_set_memory(err) : 0;
	if (rc == 0)
		progress_note(prepare->progress, "'%s' is %s", dataset->root, description.data);
	buf_release(&description);
	return rc;
}

static int check(struct prepare *prepare, struct err *err)
{
	return prepare_check(&prepare->dataset, (int)prepare->options->common.jobs,
			     &prepare->summary, prepare->progress, err);
}

/* True when `made` is at least as new as both files that it is made from. */
static bool up_to_date(const char *made, const char *text, const char *model)
{
	struct stat st, source;

	if (stat(made, &st) < 0)
		return false;
	for (int i = 0; i < 2; i++)
		if (stat(i ? model : text, &source) < 0 || source.st_mtime > st.st_mtime)
			return false;
	return true;
}

/* Count the lines of the predictions that an earlier run made. */
static int keep_predictions(struct prepare *prepare, const struct split *split, const char *path,
			    struct err *err)
{
	struct file_map map;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	for (size_t i = 0; i < map.size; i++)
		prepare->summary.predicted_before += map.data[i] == '\n';
	file_map_close(&map);
	progress_note(prepare->progress, "%s %s: predictions are up to date", split->set, split->name);
	return 0;
}

static int predict_one(struct prepare *prepare, struct predictor *predictor,
		       const struct split *split, struct err *err)
{
	const struct predict_settings settings = PREDICT_SETTINGS_INIT;
	char *path = dataset_work_path(&prepare->dataset, split, "predictions.jsonl");
	bool done;
	int rc = 0;

	if (!path)
		return err_set_memory(err);
	/* A model that was named may be another one than last time's. */
	done = !prepare->options->again && !prepare->options->tagger &&
	       up_to_date(path, split->text, predictor->model);
	if (done)
		rc = keep_predictions(prepare, split, path, err);
	free(path);
	return done ? rc : predict_split_file(predictor, &prepare->dataset, split, &settings,
					      &prepare->summary.predict, prepare->progress, err);
}

static int predict(struct prepare *prepare, struct err *err)
{
	const struct system_options options = { .jobs = (int)prepare->options->common.jobs };
	const struct dataset *dataset = &prepare->dataset;
	struct predictor *predictor = NULL;
	int rc = 0;

	progress_begin(prepare->progress, "predict", "tweets", 0);
	for (size_t i = 0; rc == 0 && i < dataset->n_splits; i++) {
		if (dataset->splits[i].task != TASK_NER)
			continue;
		if (!predictor)
			predictor = predict_open(prepare->options->tagger, NULL, &options, err);
		rc = predictor ? predict_one(prepare, predictor, &dataset->splits[i], err) : -1;
	}
	progress_end(prepare->progress);
	if (predictor)
		predictor->free(predictor);
	return rc;
}

/* The predictions of a split, on the heap; NULL with *err untouched where there are none. */
static char *predictions_of(struct prepare *prepare, const struct split *split)
{
	char *path = dataset_work_path(&prepare->dataset, split, "predictions.jsonl");

	if (path && !file_exists(path)) {
		free(path);
		path = NULL;
	}
	return path;
}

static int make_phrases(struct prepare *prepare, struct err *err)
{
	const struct dataset *dataset = &prepare->dataset;
	struct phrases_report *total = &prepare->summary.phrases;
	int rc = 0;

	progress_begin(prepare->progress, "phrases", "records", 0);
	for (size_t i = 0; rc == 0 && i < dataset->n_splits; i++) {
		const struct split *split = &dataset->splits[i];
		char *predictions = predictions_of(prepare, split);
		struct phrases_report report;

		rc = phrases_split_file(dataset, split, predictions, prepare->progress, &report, err);
		total->records += report.records;
		total->phrases += report.phrases;
		total->skipped += report.skipped;
		free(predictions);
	}
	progress_end(prepare->progress);
	return rc;
}

static void add_ground_report(struct ground_report *total, const struct ground_report *report)
{
	total->records += report->records;
	total->pictures += report->pictures;
	total->unreadable += report->unreadable;
	total->resumed += report->done_before ? report->pictures : report->resumed;
	total->without += report->without;
	total->crops += report->crops;
}

/* Pictures that all are missing were never in the archives, which is worth a line of its own. */
static int note_ground(struct prepare *prepare, const struct split *split,
		       const struct ground_report *report, struct err *err)
{
	struct buf line = BUF_INIT;

	if (report->kept)
		buf_add_format(&line, "%s %s: the dict and crops that came with it are kept (--again makes "
			       "new ones)", split->set, split->name);
	else if (report->done_before)
		progress_note(prepare->progress, "%s %s: crops and dict are up to date", split->set,
			      split->name);
	else if (report->resumed)
		progress_note(prepare->progress, "%s %s: went on after %zu pictures", split->set,
			      split->name, report->resumed);
	if (report->unreadable && !(split->images && file_is_folder(split->images)))
		buf_add_format(&line, "%s %s: no folder of pictures, so none of its %zu pictures has crops",
			       split->set, split->name, report->pictures);
	if (!line.length)
		return 0;
	return str_list_add_nodup(&prepare->summary.skipped, buf_detach(&line)) < 0 ?
		       err_set_memory(err) : 0;
}

static int ground_splits(struct prepare *prepare, struct grounder *grounder, struct err *err)
{
	const struct dataset *dataset = &prepare->dataset;
	struct ground_options options = GROUND_OPTIONS_INIT;
	int rc = 0;

	options.top = (size_t)prepare->options->top;
	options.jobs = (int)prepare->options->common.jobs;
	options.anew = prepare->options->again;
	options.version = tagsight_version;
	for (size_t i = 0; rc == 0 && i < dataset->n_splits; i++) {
		const struct split *split = &dataset->splits[i];
		struct ground_report report = { 0 };

		rc = ground_split(dataset, split, grounder, &options, prepare->progress, &report,
				  err);
		add_ground_report(&prepare->summary.ground, &report);
		if (rc == 0)
			rc = note_ground(prepare, split, &report, err);
	}
	return rc;
}

static int ground(struct prepare *prepare, struct err *err)
{
	const char *name = prepare->options->detector;
	char *path = models_find(name ? name : DEFAULT_DETECTOR, err);
	struct grounder *grounder = path ? grounder_open(path, &(struct grounder_options){ 0 }, err) : NULL;
	long jobs = prepare->options->common.jobs;
	int rc = -1;

	if (grounder) {
		/* Each thread of the pool has a picture of its own. */
		if ((jobs ? jobs : pool_processors()) > 1)
			blas_set_threads(1);
		rc = ground_splits(prepare, grounder, err);
		grounder->free(grounder);
	}
	free(path);
	return rc;
}

static bool skipped(const struct prepare *prepare, enum prepare_stage stage)
{
	for (size_t i = 0; i < prepare->options->skip.n; i++)
		if (strcmp(prepare->options->skip.items[i], prepare_stage_name(stage)) == 0)
			return true;
	return false;
}

static int run_stages(struct prepare *prepare, char **archives, size_t n, struct err *err)
{
	static int (*const run[])(struct prepare *, struct err *) = {
		[PREPARE_CHECK] = check, [PREPARE_PREDICT] = predict,
		[PREPARE_PHRASES] = make_phrases, [PREPARE_GROUND] = ground,
	};
	double started = now();
	int rc = n ? unpack_archives(prepare, archives, n, err) : 0;

	prepare->summary.ran[PREPARE_UNPACK] = n > 0;
	prepare->summary.seconds[PREPARE_UNPACK] = now() - started;
	if (rc == 0)
		rc = sweep(prepare, err);
	if (rc == 0)
		rc = recognise(prepare, err);
	for (int stage = PREPARE_CHECK; rc == 0 && stage < PREPARE_STAGES; stage++) {
		if (skipped(prepare, stage))
			continue;
		started = now();
		prepare->summary.ran[stage] = true;
		rc = run[stage](prepare, err);
		prepare->summary.seconds[stage] = now() - started;
	}
	return rc;
}

static int check_use(const struct command *command, const struct prepare_options *options, int n)
{
	if (!options->common.output || strcmp(options->common.output, "-") == 0)
		return command_usage(command, "say where the dataset goes with -o DIR");
	if (n == 0 && !file_is_folder(options->common.output))
		return command_usage(command, "give an archive, or an -o DIR that was unpacked before");
	if (options->top < 1)
		return command_usage(command, "--top wants at least 1");
	for (size_t i = 0; i < options->skip.n; i++) {
		int stage = PREPARE_CHECK;

		while (stage < PREPARE_STAGES &&
		       strcmp(options->skip.items[i], prepare_stage_name(stage)) != 0)
			stage++;
		if (stage == PREPARE_STAGES)
			return command_usage(command, "--skip knows no stage '%s'",
					     options->skip.items[i]);
	}
	return EXIT_OK;
}

static int prepare_run(const struct command *command, int argc, char **argv)
{
	struct prepare_options options = { .common = COMMON_OPTIONS_INIT, .top = 3 };
	struct prepare prepare = { .command = command, .options = &options,
				   .dataset = DATASET_INIT };
	struct err err = ERR_INIT;
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n >= 0)
		status = check_use(command, &options, n);
	if (n < 0 || status != EXIT_OK)
		goto out;
	prepare.progress = command_progress(command, &options.common);
	prepare_summary_init(&prepare.summary);
	prepare.summary.folder = options.common.output;
	if (run_stages(&prepare, argv, (size_t)n, &err) < 0) {
		for (size_t i = 0; i < prepare.summary.skipped.n; i++)
			command_note(command, &options.common, "skipped: %s",
				     prepare.summary.skipped.items[i]);
		status = command_fail(command, &err);
		if (err.kind == ERR_STOPPED)
			command_note(command, &options.common,
				     "stopped; the same command goes on where this one ended");
	} else {
		prepare_summary_print(&prepare.summary, strcmp(options.common.format, "json") == 0,
				      stdout);
		status = prepare_summary_problems(&prepare.summary) ? EXIT_PROBLEMS : EXIT_OK;
		status = command_output_close(command, command_output_open(command, NULL, &status),
					      status);
	}
	prepare_summary_release(&prepare.summary);
	dataset_release(&prepare.dataset);
out:
	str_list_release(&options.skip);
	return status;
}

static const struct command_example prepare_examples[] = {
	{ "tagsight prepare twitter2015.tar.gz -o data", "from a release to a dataset that loads" },
	{ "tagsight prepare text.zip images.zip -o data", "a release that comes in two archives" },
	{ "tagsight prepare -o data", "the later stages again, on what was unpacked before" },
	{ NULL, NULL }
};

const struct command cmd_prepare = {
	.name = "prepare",
	.arguments = "[ARCHIVE...] -o DIR",
	.summary = "from archives to a checked, grounded and tagged dataset: the main job",
	.description =
		"Unpacks the archives into DIR in the shape that HVPNeT's loader wants, checks texts, "
		"tags, relations and pictures, predicts tags with the default tagger, finds the phrases "
		"to ground, cuts the objects out of the pictures and writes the dict files that name "
		"them. At the end it says what there is, what was skipped and why.\n\n"
		"What each stage made lies in DIR/tagsight: SET-SPLIT.findings.jsonl, .predictions.jsonl, "
		".phrases.jsonl and .boxes.jsonl. Each stage is also a command of its own: unpack, "
		"check, predict, phrases, ground.\n\n"
		"A run that was interrupted is resumed by the same command. The exit status is 1 when "
		"there are errors in the data or something was skipped; all the rest is done even so.",
	.options = prepare_options,
	.examples = prepare_examples,
	.run = prepare_run,
};
