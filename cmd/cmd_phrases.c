/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"

#include "lib/base/file.h"
#include "preprocess/phrases.h"

#include <stdlib.h>
#include <string.h>

struct phrases_options {
	struct common_options common;
	struct layout_options data;
	const char *predictions;
	int gold;
};

static const struct option_spec phrases_options[] = {
	COMMON_OPTIONS(struct phrases_options, "text|json"),
	DATA_OPTIONS(struct phrases_options),
	{ 0, "predictions", OPT_STRING, offsetof(struct phrases_options, predictions), "FILE",
	  "names from these predictions (of 'tagsight predict --format json'; one split only)", NULL },
	{ 0, "gold", OPT_FLAG, offsetof(struct phrases_options, gold), NULL,
	  "names from the gold tags, though there are predictions", NULL },
	OPTION_END
};

/* The predictions to use for a split: those named, those that predict left in the folder, or NULL
 * for the gold tags. On the heap; *failed when memory is out. */
static char *choose_predictions(const struct phrases_options *options,
				const struct dataset *dataset, const struct split *split,
				bool *failed)
{
	char *path;

	*failed = false;
	if (options->gold || split->task == TASK_RE)
		return NULL;
	path = options->predictions ? strdup(options->predictions)
				    : dataset_work_path(dataset, split, "predictions.jsonl");
	*failed = !path;
	if (path && !options->predictions && !file_exists(path)) {
		free(path);
		path = NULL;
	}
	return path;
}

/* The phrases of a split to `out`, or to the dataset's own file when it is NULL. 1: some records
 * were skipped. */
static int write_split(const struct command *command, const struct phrases_options *options,
		       const struct dataset *dataset, const struct split *split, FILE *out,
		       struct err *err)
{
	struct progress *progress = command_progress(command, &options->common);
	struct phrases_report report;
	bool failed;
	char *predictions = choose_predictions(options, dataset, split, &failed);
	int rc;

	if (failed)
		return err_set_memory(err);
	progress_begin(progress, "phrases", "tweets", 0);
	if (out)
		rc = phrases_make(split, predictions, out, progress, &report, err);
	else
		rc = phrases_split_file(dataset, split, predictions, progress, &report, err);
	progress_end(progress);
	if (rc == 0)
		command_note(command, &options->common, "%s%s%s: %zu records, %zu phrases, names by %s",
			     split->set, *split->name ? " " : "", split->name, report.records, report.phrases,
			     split->task == TASK_RE ? "the relations"
			     : predictions	    ? predictions
						    : "the gold tags");
	free(predictions);
	return rc < 0 ? -1 : report.skipped ? 1 : 0;
}

static int phrases_run(const struct command *command, int argc, char **argv)
{
	struct phrases_options options = { .common = COMMON_OPTIONS_INIT };
	struct dataset dataset = DATASET_INIT;
	struct command_output *output = NULL;
	struct err err = ERR_INIT;
	int status = EXIT_OK, rc = 0;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != 1)
		return command_usage(command, "give one DATA");
	if (data_options_open(command, &options.common, &options.data, argv[0], &dataset, &status) < 0)
		return status;
	if (options.predictions && dataset.n_splits != 1) {
		dataset_release(&dataset);
		return command_usage(command, "--predictions needs one split; choose it with --split");
	}
	if (options.common.output || !file_is_folder(argv[0]))
		output = command_output_open(command, options.common.output, &status);
	for (size_t i = 0; status == EXIT_OK && rc >= 0 && i < dataset.n_splits; i++) {
		int worse = write_split(command, &options, &dataset, &dataset.splits[i],
					output ? command_output_stream(output) : NULL, &err);

		rc = worse < 0 || worse > rc ? worse : rc;
	}
	if (rc < 0)
		status = command_fail(command, &err);
	else if (rc > 0)
		status = EXIT_PROBLEMS;
	dataset_release(&dataset);
	return command_output_close(command, output, status);
}

static const struct command_example phrases_examples[] = {
	{ "tagsight phrases DIR", "write DIR/tagsight/SET-SPLIT.phrases.jsonl for every split" },
	{ "tagsight phrases train.txt", "show the phrases of one file" },
	{ NULL, NULL },
};

const struct command cmd_phrases = {
	.name = "phrases",
	.arguments = "DATA",
	.summary = "noun phrases and entity names to ground",
	.description =
		"For each tweet the names (predicted tags where predict has left some in the folder, "
		"else gold tags) and the noun phrases found by rules; for each relation its head, its "
		"tail and the noun phrases. JSON Lines, one record a line:\n\n"
		"{\"id\":\"8\",\"phrases\":[{\"text\":\"Big Ben\",\"kind\":\"location\",\"begin\":3,"
		"\"end\":5}]}\n\n"
		"Of a folder, one file a split is written under DIR/tagsight, where ground looks for "
		"it: edit it before you ground. Of a lone file, the lines go to standard output. Both "
		"forms of --format are the same.",
	.options = phrases_options,
	.examples = phrases_examples,
	.run = phrases_run,
};
