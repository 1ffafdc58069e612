/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/review_predict.h"

#include "lib/base/file.h"
#include "lib/review/relations.h"
#include "tui/keymap.h"
#include "tui/tui.h"

#include <locale.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct review_options {
	struct common_options common;
	struct layout_options data;
	const char *predictions, *journal, *order, *pictures, *annotator, *model, *export;
	struct str_list only, adjudicate;
	long seed;
	int keys, blind, no_predict, force;
};

static const struct option_spec review_options[] = {
	{ 0, "predictions", OPT_STRING, offsetof(struct review_options, predictions), "FILE",
	  "predictions as 'tagsight predict --format json' writes them", NULL },
	{ 'm', "model", OPT_STRING, offsetof(struct review_options, model), "FILE",
	  "predict what has no prediction with this model, as 'tagsight predict' does (default: tagger)",
	  NULL },
	{ 0, "no-predict", OPT_FLAG, offsetof(struct review_options, no_predict), NULL,
	  "predict nothing: show the predictions of files alone", NULL },
	{ 0, "journal", OPT_STRING, offsetof(struct review_options, journal), "FILE",
	  "keep the edits there (default: DATA/tagsight, or beside a lone file)", NULL },
	{ 0, "order", OPT_CHOICE, offsetof(struct review_options, order), "NAME",
	  "which tweets come first: as in the file, most differing spans, least sure prediction, "
	  "two likeliest labels nearest to each other, suspect labels",
	  "file|disagreement|confidence|margin|suspect|random" },
	{ 0, "only", OPT_LIST, offsetof(struct review_options, only), "WHAT",
	  "show only tweets with this: a text, a type, a rule, untouched, accepted, edited, differs, "
	  "findings, hard, noted or <0.5; repeated: with all of them", NULL },
	{ 0, "seed", OPT_INT, offsetof(struct review_options, seed), "N",
	  "of the order random (default: 0)", NULL },
	{ 0, "pictures", OPT_CHOICE, offsetof(struct review_options, pictures), "HOW",
	  "draw pictures by what the terminal has, or as told (default: auto)", PICTURES_NAMES },
	{ 0, "keys", OPT_FLAG, offsetof(struct review_options, keys), NULL,
	  "print the keys, in the form of the file that changes them", NULL },
	{ 0, "annotator", OPT_STRING, offsetof(struct review_options, annotator), "NAME",
	  "keep the edits in the journal of that person, beside those of others", NULL },
	{ 0, "adjudicate", OPT_LIST, offsetof(struct review_options, adjudicate), "NAME,NAME",
	  "show what these annotators decided, and settle where they differ", NULL },
	{ 0, "blind", OPT_FLAG, offsetof(struct review_options, blind), NULL,
	  "hide predictions and what models find, so that agreement is honest", NULL },
	{ 0, "export", OPT_STRING, offsetof(struct review_options, export), "FILE",
	  "show nothing: write the text there as the journal has it, as ':write' does", NULL },
	{ 0, "force", OPT_FLAG, offsetof(struct review_options, force), NULL,
	  "with --export, replace FILE", NULL },
	DATA_OPTIONS(struct review_options),
	COMMON_OPTION(struct review_options, 0, "color", OPT_CHOICE, color, "WHEN",
		      "colour the screen", "auto|always|never"),
	COMMON_OPTION(struct review_options, 'q', "quiet", OPT_FLAG, quiet, NULL,
		      "no notes on stderr", NULL),
	COMMON_OPTION(struct review_options, 'h', "help", OPT_FLAG, help, NULL, "show this help",
		      NULL),
	OPTION_END
};

static const struct command_example review_examples[] = {
	{ "tagsight review demo", "look through a prepared data set" },
	{ "tagsight review train.txt --predictions train.jsonl --images pictures",
	  "a lone file, with predictions and pictures from elsewhere" },
	{ "tagsight review train.txt --annotator anna --blind",
	  "one of several annotators, who is shown no prediction" },
	{ "tagsight review train.txt --adjudicate anna,ben", "settle where two annotators differ" },
	{ "tagsight review train.txt --annotator anna --export anna.txt",
	  "make a file of what anna decided, without a terminal" },
	{ NULL, NULL }
};

/* The first split to show: of tweets, if there is one. */
static size_t first_split(const struct dataset *dataset)
{
	for (size_t i = 0; i < dataset->n_splits; i++)
		if (dataset->splits[i].task == TASK_NER)
			return i;
	return 0;
}

/* A newcomer's shell may name no locale at all; tweets need more than ASCII. */
static void choose_locale(void)
{
	if (!getenv("LC_ALL") && !getenv("LC_CTYPE") && !getenv("LANG"))
		setlocale(LC_CTYPE, "C.UTF-8");
}

/* The keys of the table, changed by the user's file where there is one. */
static int read_keys(struct keymap *keys, struct err *err)
{
	char *path = keymap_path();
	int rc = 0;

	keymap_init(keys);
	if (path && file_exists(path))
		rc = keymap_read(keys, path, err);
	free(path);
	return rc;
}

static int print_keys(const struct command *command, const struct keymap *keys)
{
	struct buf text = BUF_INIT;
	int status = EXIT_OK;
	struct command_output *output = command_output_open(command, NULL, &status);

	if (!output)
		return status;
	keymap_print(&text, keys);
	fwrite(text.data, 1, text.length, command_output_stream(output));
	buf_release(&text);
	return command_output_close(command, output, status);
}

/* Write a split as its journal has it; the journal is read, whoever has it open. */
static int export_split(const struct review_options *options, const struct dataset *dataset,
			const struct sheet_options *sheets, struct buf *note, struct err *err)
{
	const struct split *split = &dataset->splits[0];
	struct review *review = split->task == TASK_RE ? review_open_relations(split->text, err)
						       : review_open(split->text, err);
	char *journal = review ? sheet_journal_path(dataset, split, sheets) : NULL;
	int rc = -1;

	if (review && !journal)
		err_set_memory(err);
	else if (review && review_read_journal(review, journal, note, err) == 0 &&
		 review_finish(review, err) == 0)
		rc = review_export(review, options->export,
				   options->force ? REVIEW_REPLACE : REVIEW_NEW_FILE, err);
	if (review)
		review_take_note(review, note);
	free(journal);
	review_free(review);
	return rc;
}

static int review(const struct command *command, const struct review_options *options,
		  const struct keymap *keys, const char *path)
{
	struct tui_options tui = { .sheets = { .predictions = options->predictions,
					       .journal = options->journal,
					       .lone_file = !file_is_folder(path),
					       .only = &options->only,
					       .seed = (uint64_t)options->seed,
					       .annotator = options->adjudicate.n
							    ? ADJUDICATED
							    : options->annotator,
					       .blind = options->blind,
					       .adjudicate = &options->adjudicate },
				   .keys = keys,
				   .color = command_color(&options->common, stdout),
				   .pictures = options->pictures };
	struct dataset dataset = DATASET_INIT;
	struct review_predictor predictor;
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	int status = EXIT_OK;

	review_predictor_init(&predictor, options->model);
	if (!options->no_predict && !options->blind && !options->adjudicate.n)
		tui.sheets.opener = &predictor.opener;
	if (options->order)
		review_order_read(options->order, &tui.sheets.order);
	if (data_options_open_files(command, &options->common, &options->data, path, &dataset,
				    &status) < 0)
		return status;
	if ((options->predictions || options->journal || options->export) && dataset.n_splits > 1) {
		status = command_usage(command, "--predictions, --journal and --export are for one "
						"split; choose it with --split, and --task");
	} else if (options->export) {
		if (export_split(options, &dataset, &tui.sheets, &note, &err) < 0)
			status = command_fail(command, &err);
		if (note.length)
			command_note(command, &options->common, "%s", note.data);
	} else if (tui_run(&dataset, first_split(&dataset), &tui, &note, &err) < 0) {
		status = command_fail(command, &err);
	} else if (note.length) {
		command_note(command, &options->common, "%s", note.data);
	}
	review_predictor_release(&predictor);
	buf_release(&note);
	dataset_release(&dataset);
	return status;
}

static int check_name(const struct command *command, const char *name)
{
	if (annotator_is_valid(name))
		return 0;
	command_usage(command, "'%s' cannot be an annotator's name, which is a part of a file's: use "
		      "letters, digits, '-', '_' and '.'", name);
	return -1;
}

/* -1 when the options about annotators are wrong, and it was said. */
static int check_annotators(const struct command *command, const struct review_options *options)
{
	const struct str_list *names = &options->adjudicate;
	const char *wrong = NULL;

	if ((options->predictions || options->model) && (options->blind || names->n))
		wrong = "--blind and --adjudicate hide predictions: leave --predictions and --model out";
	else if (names->n && options->annotator)
		wrong = "--adjudicate is work of its own: leave --annotator out";
	else if (names->n == 1 || names->n > ADJUDICATE_MOST)
		wrong = "--adjudicate is for two to four annotators: --adjudicate anna,ben";
	if (wrong) {
		command_usage(command, "%s", wrong);
		return -1;
	}
	for (size_t i = 0; i < names->n; i++) {
		if (check_name(command, names->items[i]) < 0)
			return -1;
		for (size_t j = 0; j < i; j++)
			if (strcmp(names->items[i], names->items[j]) == 0) {
				command_usage(command, "--adjudicate names '%s' twice",
					      names->items[i]);
				return -1;
			}
	}
	return options->annotator ? check_name(command, options->annotator) : 0;
}

static int run(const struct command *command, const struct review_options *options,
	       const struct keymap *keys, int n, char **argv)
{
	if (n != 1)
		return command_usage(command,
				     n == 0 ? "no data given" : "one file or folder at a time");
	if (check_annotators(command, options) < 0)
		return EXIT_USAGE;
	if (options->model && options->no_predict)
		return command_usage(command, "--model and --no-predict exclude each other");
	if (options->force && !options->export)
		return command_usage(command, "--force is for --export");
	if (options->export && options->adjudicate.n)
		return command_usage(command, "--export writes one journal: choose it with --annotator");
	if (options->export && strcmp(argv[0], "-") != 0)
		return review(command, options, keys, argv[0]);
	if (strcmp(argv[0], "-") == 0 || !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		return command_usage(command,
				     "a review needs a terminal, and data in a file or folder");
	choose_locale();
	return review(command, options, keys, argv[0]);
}

static int review_run(const struct command *command, int argc, char **argv)
{
	struct review_options options = { .common = COMMON_OPTIONS_INIT, .pictures = "auto" };
	struct keymap keys;
	struct err err = ERR_INIT;
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n >= 0 && read_keys(&keys, &err) < 0)
		status = command_fail(command, &err);
	else if (n >= 0 && options.keys)
		status = print_keys(command, &keys);
	else if (n >= 0)
		status = run(command, &options, &keys, n, argv);
	str_list_release(&options.only);
	str_list_release(&options.adjudicate);
	return status;
}

#define KEY_LINE(name, keys, views, help) "\n  " keys ": " help

const struct command cmd_review = {
	.name = "review",
	.arguments = "DATA",
	.summary = "look through tags, predictions and pictures, and correct the tags",
	.description =
		"Shows the tweets of DATA, their gold and predicted entities in two rows, the\n"
		"picture with the boxes of its phrases, and what the checks found. The files are\n"
		"never changed: each edit is appended to a journal and synced before it is shown,\n"
		"and ':write FILE' makes a new file. Of relation lines it shows head and tail in\n"
		"the text, and the relations to choose from by their probability.\n\n"
		"The journal, the predictions, the boxes and the findings are taken from\n"
		"DATA/tagsight/SET-SPLIT.journal.jsonl, .predictions.jsonl, .boxes.jsonl and\n"
		".findings.jsonl, or from FILE.journal.jsonl and so on beside a lone file.\n"
		"With --annotator the journal is SET-SPLIT.NAME.journal.jsonl or "
		"FILE.NAME.journal.jsonl; 'tagsight agree' and 'tagsight merge' read journals as they read "
		"files. --adjudicate shows those of several annotators of tweets, and keeps the final "
		"version in that of 'adjudicated': what all have alike is taken as it is.\n\n"
		"Tweets without a prediction are predicted meanwhile, those near the selected one "
		"first. What the model said is kept in DATA/tagsight/SET-SPLIT.review-predictions.jsonl, "
		"for the next review with that model alone: 'tagsight predict' makes the file that "
		"other commands read.\n\n"
		"Keys are changed by lines 'accept-prediction = A Y' in the file tagsight/keys of\n"
		"$XDG_CONFIG_HOME or ~/.config; --keys prints all in that form. As they come:\n\n"
		"Keys:" REVIEW_ACTIONS(KEY_LINE),
	.options = review_options,
	.examples = review_examples,
	.run = review_run,
};
