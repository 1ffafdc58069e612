/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"

#include "lib/base/file.h"
#include "preprocess/phrase_file.h"
#include "preprocess/phrases.h"

#include <stdlib.h>
#include <string.h>

struct phrases_options {
	struct common_options common;
	struct layout_options data;
	const char *as, *predictions, *from;
	int gold;
};

static const struct option_spec phrases_options[] = {
	COMMON_OPTIONS(struct phrases_options, "text|json"),
	DATA_OPTIONS(struct phrases_options),
	{ 0, "as", OPT_STRING, offsetof(struct phrases_options, as), "SOURCE,...",
	  "where phrases come from, the first first; there are " PHRASE_SOURCE_NAMES
	  " (default: entities,noun-phrases; with --from: file)", NULL },
	{ 0, "from", OPT_STRING, offsetof(struct phrases_options, from), "FILE",
	  "the phrases of 'file': lines of this command's, or of 'id<TAB>phrase'", NULL },
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

/* The sources that are asked for; 0, or the status of a failure. */
static int read_choice(const struct command *command, const struct phrases_options *options,
		       struct phrases_choice *choice, struct phrase_file **file)
{
	const char *names = options->as ? options->as : options->from ? "file" : NULL;
	struct err err = ERR_INIT;
	bool lists = false;

	if (names && phrases_choice_parse(choice, names, &err) < 0)
		return command_usage(command, "--as: %s", err.text);
	for (size_t i = 0; i < choice->n; i++)
		lists = lists || choice->sources[i] == PHRASES_FILE;
	if (lists != (options->from != NULL))
		return command_usage(command, lists ? "'file' among --as needs --from FILE"
						    : "--from needs 'file' among --as");
	if (!lists)
		return EXIT_OK;
	choice->file = *file = phrase_file_read(options->from, &err);
	return *file ? EXIT_OK : command_fail(command, &err);
}

static const char *names_by(const struct phrases_choice *choice, const struct split *split)
{
	for (size_t i = 0; i < choice->n; i++)
		if (choice->sources[i] == PHRASES_ENTITIES)
			return split->task == TASK_RE ? ", names by the relations"
			       : choice->predictions  ? ", names by "
						      : ", names by the gold tags";
	return "";
}

/* The phrases of a split to `out`, or to the dataset's own file when it is NULL. 1: some records
 * were skipped. */
static int write_split(const struct command *command, const struct phrases_options *options,
		       struct phrases_choice *choice, const struct dataset *dataset,
		       const struct split *split, FILE *out, struct err *err)
{
	struct progress *progress = command_progress(command, &options->common);
	struct phrases_report report;
	bool failed;
	char *predictions = choose_predictions(options, dataset, split, &failed);
	const char *by;
	int rc;

	choice->predictions = predictions;
	if (failed)
		return err_set_memory(err);
	progress_begin(progress, "phrases", "tweets", 0);
	if (out)
		rc = phrases_make(split, choice, out, progress, &report, err);
	else
		rc = phrases_choice_file(dataset, split, choice, progress, &report, err);
	progress_end(progress);
	by = names_by(choice, split);
	if (rc == 0)
		command_note(command, &options->common, "%s%s%s: %zu records, %zu phrases%s%s",
			     split->set, *split->name ? " " : "", split->name, report.records,
			     report.phrases, by, *by && split->task == TASK_NER && predictions ? predictions : "");
	free(predictions);
	return rc < 0 ? -1 : report.skipped ? 1 : 0;
}

/* Every split; the status. */
static int write_all(const struct command *command, const struct phrases_options *options,
		     struct phrases_choice *choice, const struct dataset *dataset, FILE *out)
{
	struct err err = ERR_INIT;
	int rc = 0;

	for (size_t i = 0; rc >= 0 && i < dataset->n_splits; i++) {
		int worse = write_split(command, options, choice, dataset, &dataset->splits[i], out, &err);

		rc = worse < 0 || worse > rc ? worse : rc;
	}
	if (rc < 0)
		return command_fail(command, &err);
	return rc > 0 ? EXIT_PROBLEMS : EXIT_OK;
}

/* Ids are easily written in another form than the text's. */
static void tell_strangers(const struct command *command, const struct phrases_options *options,
			   const struct phrase_file *file)
{
	const char *id;
	size_t n = file ? phrase_file_strangers(file, &id) : 0;

	if (n)
		command_note(command, &options->common, "no record has %zu of the %zu ids of '%s', such as '%.80s'", n,
			     phrase_file_ids(file), options->from, id);
}

static int phrases_run(const struct command *command, int argc, char **argv)
{
	struct phrases_options options = { .common = COMMON_OPTIONS_INIT };
	struct phrases_choice choice = PHRASES_CHOICE_INIT;
	struct phrase_file *file = NULL;
	struct dataset dataset = DATASET_INIT;
	struct command_output *output = NULL;
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != 1)
		return command_usage(command, "give one DATA");
	if (data_options_open(command, &options.common, &options.data, argv[0], &dataset, &status) < 0)
		return status;
	if (options.predictions && dataset.n_splits != 1)
		status = command_usage(command, "--predictions needs one split; choose it with --split");
	if (status == EXIT_OK)
		status = read_choice(command, &options, &choice, &file);
	if (status == EXIT_OK && (options.common.output || !file_is_folder(argv[0])))
		output = command_output_open(command, options.common.output, &status);
	if (status == EXIT_OK)
		status = write_all(command, &options, &choice, &dataset,
				   output ? command_output_stream(output) : NULL);
	if (status == EXIT_OK || status == EXIT_PROBLEMS)
		tell_strangers(command, &options, file);
	dataset_release(&dataset);
	phrase_file_free(file);
	return command_output_close(command, output, status);
}

static const struct command_example phrases_examples[] = {
	{ "tagsight phrases DIR", "write DIR/tagsight/SET-SPLIT.phrases.jsonl for every split" },
	{ "tagsight phrases train.txt", "show the phrases of one file" },
	{ "tagsight phrases DIR --as umgf", "four words for every picture, as UMGF's script asks" },
	{ "tagsight phrases DIR --as entities,hvpnet", "names first, then all noun phrases and nouns" },
	{ "tagsight phrases DIR --as file,entities --from mine.tsv", "one's own phrases first" },
	{ NULL, NULL },
};

const struct command cmd_phrases = {
	.name = "phrases",
	.arguments = "DATA",
	.summary = "noun phrases and entity names to ground",
	.description =
		"What to look for in each picture. --as says where phrases come from, in their order; of "
		"several that are the same words, the first counts:\n\n"
		"entities      a tweet's names (of predict where it has left tags in the "
		"folder, else gold); a relation's head and tail\n"
		"noun-phrases  noun phrases found by rules, but for what names cover\n"
		"hvpnet        every noun phrase, and its head noun alone\n"
		"umgf          location, organization, person, miscellaneous\n"
		"mnre          the head and the tail of a relation\n"
		"file          what --from FILE lists\n\n"
		"JSON Lines come out, one record a line:\n\n"
		"{\"id\":\"8\",\"phrases\":[{\"text\":\"Big Ben\",\"kind\":\"location\",\"begin\":3,"
		"\"end\":5}]}\n\n"
		"Of a folder, one file a split is written under DIR/tagsight, where ground looks for "
		"it: edit it before you ground. Of a lone file, the lines go to standard output. Both "
		"forms of --format are the same.",
	.options = phrases_options,
	.examples = phrases_examples,
	.run = phrases_run,
};
