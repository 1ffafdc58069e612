/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "lib/review/journal.h"
#include "preprocess/agree.h"
#include "preprocess/layout.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct agree_options {
	struct common_options common;
	const char *task;
};

static const struct option_spec agree_options[] = {
	{ 0, "task", OPT_CHOICE, offsetof(struct agree_options, task), "TASK",
	  "read the files as this (default: as they look)", "ner|re" },
	COMMON_OPTIONS(struct agree_options, "text|json"),
	OPTION_END
};

static const struct command_example agree_examples[] = {
	{ "tagsight agree anna.txt ben.txt", "how far two annotators agree" },
	{ "tagsight agree train.txt.anna.journal.jsonl train.txt.ben.journal.jsonl",
	  "the same of what they decided in a review" },
	{ "tagsight agree --format json anna.txt ben.txt cleo.txt", "all measures, by type and pair" },
	{ NULL, NULL }
};

/* ---- JSON ---- */

/* JSON has no NaN. */
static json_t *number_or_null(double value)
{
	return isnan(value) ? json_null() : json_real(value);
}

static json_t *pair_object(char *const *paths, const struct agree_pair *pair)
{
	return json_pack("{s:[o,o], s:I, s:o, s:o, s:o, s:{s:I, s:I, s:I}}", "files",
			 json_text(paths[pair->a]), json_text(paths[pair->b]), "units",
			 (json_int_t)pair->units, "observed", number_or_null(pair->observed), "cohen",
			 number_or_null(pair->cohen), "f1", number_or_null(pair->f1), "spans", "first",
			 (json_int_t)pair->spans_a, "second", (json_int_t)pair->spans_b, "same",
			 (json_int_t)pair->same);
}

static void write_row(FILE *out, char *const *paths, const struct agree_report *report,
		      const struct agree_row *row)
{
	static const char *const scopes[] = { "all", "tagged", "type" };
	json_t *object = json_object(), *pairs = json_array();

	json_object_set_new(object, "scope", json_string(scopes[row->scope]));
	if (row->type)
		json_object_set_new(object, "type", json_text(row->type));
	json_object_set_new(object, "units", json_integer((json_int_t)row->units));
	json_object_set_new(object, "fleiss", number_or_null(row->fleiss));
	json_object_set_new(object, "krippendorff", number_or_null(row->krippendorff));
	json_object_set_new(object, "cohen", number_or_null(row->cohen));
	json_object_set_new(object, "f1", number_or_null(row->f1));
	for (size_t p = 0; p < report->n_pairs; p++)
		json_array_append_new(pairs, pair_object(paths, &row->pairs[p]));
	json_object_set_new(object, "pairs", pairs);
	json_line_write(out, object);
}

static void write_json(FILE *out, char *const *paths, const struct agree_report *report)
{
	json_t *files = json_array();

	for (size_t i = 0; i < report->n_rows; i++)
		write_row(out, paths, report, &report->rows[i]);
	for (size_t i = 0; i < report->n_files; i++)
		json_array_append_new(files, json_text(paths[i]));
	json_line_write(out, json_pack("{s:{s:o, s:I, s:I, s:I, s:I}}", "summary", "files", files,
				       "records", (json_int_t)report->records, "units",
				       (json_int_t)report->units, "left_out",
				       (json_int_t)report->left_out, "skipped",
				       (json_int_t)report->skipped));
}

/* ---- text ---- */

static void print_padded(FILE *out, const char *text, size_t width)
{
	size_t used = utf8_width(text, strlen(text));

	fprintf(out, "%s%*s", text, used < width ? (int)(width - used) : 0, "");
}

static void print_number(FILE *out, double value)
{
	if (isnan(value))
		fprintf(out, "  %8s", "-");
	else
		fprintf(out, "  %8.4f", value);
}

static const char *row_title(const struct agree_row *row, bool relations)
{
	if (row->scope == AGREE_ALL)
		return relations ? "all relations" : "all words";
	if (row->scope == AGREE_TAGGED)
		return relations ? "all but None" : "tagged words";
	return *row->type ? row->type : "(no type)";
}

static void print_rows(FILE *out, const struct agree_report *report, bool relations)
{
	size_t width = strlen("all relations");

	for (size_t i = 0; i < report->n_rows; i++) {
		const char *title = row_title(&report->rows[i], relations);
		size_t own = utf8_width(title, strlen(title));

		width = own > width ? own : width;
	}
	print_padded(out, "", width);
	fprintf(out, "  %8s  %8s  %8s  %8s  %8s\n", "units", "Fleiss", "alpha", "Cohen", "F1");
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct agree_row *row = &report->rows[i];

		print_padded(out, row_title(row, relations), width);
		fprintf(out, "  %8zu", row->units);
		print_number(out, row->fleiss);
		print_number(out, row->krippendorff);
		print_number(out, row->cohen);
		print_number(out, row->f1);
		fputc('\n', out);
	}
}

static void print_pairs(FILE *out, char *const *paths, const struct agree_report *report)
{
	size_t width = 0;

	for (size_t i = 0; i < report->n_files; i++) {
		size_t own = utf8_width(paths[i], strlen(paths[i]));

		width = own > width ? own : width;
	}
	fputc('\n', out);
	print_padded(out, "", 2 * width + 2);
	fprintf(out, "  %8s  %8s  %8s  %8s\n", "agreed", "Cohen", "tagged", "F1");
	for (size_t p = 0; p < report->n_pairs; p++) {
		const struct agree_pair *pair = &report->rows[AGREE_ALL].pairs[p];

		print_padded(out, paths[pair->a], width + 2);
		print_padded(out, paths[pair->b], width);
		print_number(out, pair->observed);
		print_number(out, pair->cohen);
		print_number(out, report->rows[AGREE_TAGGED].pairs[p].cohen);
		print_number(out, pair->f1);
		fputc('\n', out);
	}
}

static void print_text(FILE *out, char *const *paths, const struct agree_report *report,
		       bool relations)
{
	fprintf(out, "%zu files, %zu %s%s", report->n_files, report->records,
		relations ? "relation" : "tweet", report->records == 1 ? "" : "s");
	if (!relations)
		fprintf(out, ", %zu word%s", report->units, report->units == 1 ? "" : "s");
	fputs("\n\n", out);
	print_rows(out, report, relations);
	if (report->n_pairs > 1)
		print_pairs(out, paths, report);
}

/* ---- the run ---- */

/* What the first file looks like decides for all. */
static int find_task(const struct agree_options *options, const char *path, enum task *task,
		     struct err *err)
{
	struct layout_options layout = { .task = options->task };
	struct dataset dataset = DATASET_INIT;
	char *text = NULL;
	int rc;

	if (options->task) {
		*task = strcmp(options->task, "re") == 0 ? TASK_RE : TASK_NER;
		return 0;
	}
	if (file_is_folder(path))
		return err_set(err, ERR_USAGE, "'%s' is a folder; name the files of the annotators", path);
	if (journal_is_one(path)) { /* is about its text */
		text = journal_find_text(path, err);
		if (!text)
			return -1;
	}
	rc = layout_recognise(&dataset, text ? text : path, &layout, err);
	free(text);
	if (rc < 0)
		return -1;
	*task = dataset.n_splits ? dataset.splits[0].task : TASK_NER;
	dataset_release(&dataset);
	return 0;
}

static int agree(const struct command *command, const struct agree_options *options, size_t n,
		 char **paths)
{
	struct agree_report report;
	struct command_output *output;
	struct err err = ERR_INIT;
	enum task task = TASK_NER;
	int status = EXIT_OK;

	if (find_task(options, paths[0], &task, &err) < 0)
		return command_fail(command, &err);
	if (agree_files(&report, paths, n, task, command_progress(command, &options->common), &err) < 0) {
		status = command_fail(command, &err);
		goto out;
	}
	if (report.left_out)
		command_note(command, &options->common,
			     "%zu records are left out, as not all files have them", report.left_out);
	output = command_output_open(command, options->common.output, &status);
	if (!output)
		goto out;
	if (strcmp(options->common.format, "json") == 0)
		write_json(command_output_stream(output), paths, &report);
	else
		print_text(command_output_stream(output), paths, &report, task == TASK_RE);
	if (report.left_out || report.skipped)
		status = EXIT_PROBLEMS;
	status = command_output_close(command, output, status);
out:
	agree_release(&report);
	return status;
}

static int agree_main(const struct command *command, int argc, char **argv)
{
	struct agree_options options = { .common = COMMON_OPTIONS_INIT };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n < 2)
		return command_usage(command, "name the files of two annotators or more");
	return agree(command, &options, (size_t)n, argv);
}

const struct command cmd_agree = {
	.name = "agree",
	.arguments = "FILE FILE...",
	.summary = "measure how far annotators of the same tweets agree",
	.description =
		"Each FILE is one annotator's: a CoNLL file, the journal of tagsight review --annotator, or "
		"MNRE's relations. Records are matched by their id and words, whatever their order; those that "
		"not all files have are named and left out, and make the exit status 1.\n\n"
		"On words: Fleiss' kappa and Krippendorff's alpha (nominal) over all annotators, and the mean "
		"of Cohen's kappa over the pairs. The category of a word is its whole tag. 'tagged words' are "
		"those that an annotator tags with something other than O (of a pair, for Cohen's kappa), since "
		"O, which most words are, makes any two agree. A type's row has all words and two "
		"categories, of the type or not.\n\n"
		"On entities: F1 of one annotator against the other, the same whichever is called gold, and "
		"its mean over the pairs; an entity counts where words and type are the same. Entities are read by "
		"conlleval's rules, or by the scheme of a file that uses E-, S-, L- or U-. For relations the unit is a line and the category its relation, and F1 leaves out None.\n\n"
		"A measure that is not defined, as where one category is all there is, is '-' or null.",
	.options = agree_options,
	.examples = agree_examples,
	.run = agree_main,
};
