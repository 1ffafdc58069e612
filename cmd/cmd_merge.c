/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/review/journal.h"
#include "preprocess/layout.h"
#include "preprocess/merge.h"
#include "preprocess/shard_merge.h"

#include <stdlib.h>
#include <string.h>

#define CLASHES_NAMED 10

struct merge_command {
	struct common_options common;
	const char *base, *conflicts, *task, *prefer;
	int shards;
};

static const struct option_spec merge_options[] = {
	{ 0, "base", OPT_STRING, offsetof(struct merge_command, base), "FILE",
	  "what both files were made from; without it, all that differs is a conflict; with --shards, the "
	  "text that the parts are of", NULL },
	{ 0, "prefer", OPT_CHOICE, offsetof(struct merge_command, prefer), "SIDE",
	  "decide conflicts: the first file, the second, or entities of both where they do not touch",
	  "ours|theirs|union" },
	{ 0, "conflicts", OPT_STRING, offsetof(struct merge_command, conflicts), "FILE",
	  "write the conflicts there, as findings (default: OUTPUT.findings.jsonl, where review looks)",
	  NULL },
	{ 0, "shards", OPT_FLAG, offsetof(struct merge_command, shards), NULL,
	  "join the parts that --shard 1/N to N/N of predict wrote, in the order of the records", NULL },
	{ 0, "task", OPT_CHOICE, offsetof(struct merge_command, task), "TASK",
	  "read the files as this (default: as the first looks)", "ner|re" },
	COMMON_OPTION(struct merge_command, 'o', "output", OPT_STRING, output, "PATH",
		      "write the merged file to PATH", NULL),
	COMMON_OPTION(struct merge_command, 'q', "quiet", OPT_FLAG, quiet, NULL,
		      "no progress and no notes on stderr", NULL),
	COMMON_OPTION(struct merge_command, 'h', "help", OPT_FLAG, help, NULL, "show this help", NULL),
	OPTION_END
};

static const struct command_example merge_examples[] = {
	{ "tagsight merge anna.txt ben.txt --base train.txt -o merged.txt", "take both annotators' changes" },
	{ "tagsight merge train.txt.anna.journal.jsonl train.txt.ben.journal.jsonl -o merged.txt",
	  "what they decided in a review" },
	{ "tagsight review merged.txt", "then decide what conflicts" },
	{ "tagsight merge anna.txt ben.txt --prefer union -o merged.txt", "entities of both" },
	{ "tagsight merge --shards part1.jsonl part2.jsonl part3.jsonl", "join the parts of an array job" },
	{ NULL, NULL }
};

static enum merge_choice choice_of(const char *name)
{
	if (!name)
		return MERGE_KEEP;
	if (strcmp(name, "ours") == 0)
		return MERGE_OURS;
	return strcmp(name, "theirs") == 0 ? MERGE_THEIRS : MERGE_UNION;
}

/* ---- conflicts ---- */

static void write_clash(FILE *out, const char *file, const struct merge_clash *clash)
{
	json_t *object = json_pack("{ss ss so sI}", "level", "error", "rule", "merge-conflict", "file",
				   json_text(file), "line", (json_int_t)clash->line);

	if (clash->column)
		json_object_set_new(object, "column", json_integer((json_int_t)clash->column));
	json_object_set_new(object, "record", json_text(clash->record));
	json_object_set_new(object, "message", json_text(clash->message));
	json_object_set_new(object, "fix", json_string("decide which of the two is right"));
	json_object_set_new(object, "text", json_text(clash->text));
	if (clash->begin < clash->end)
		json_object_set_new(object, "words", json_pack("[I, I]", (json_int_t)clash->begin,
							       (json_int_t)clash->end));
	json_object_set_new(object, "base", clash->base ? json_text(clash->base) : json_null());
	json_object_set_new(object, "ours", json_text(clash->our));
	json_object_set_new(object, "theirs", json_text(clash->their));
	json_line_write(out, object);
}

/* Findings of an earlier merge of the same name are replaced even where there are none now. */
static int write_clashes(const struct merge_command *options, const struct merge_report *report,
			 struct err *err)
{
	const char *output = options->common.output ? options->common.output : "-";
	struct file_writer writer = FILE_WRITER_INIT;
	struct buf path = BUF_INIT;
	int rc = 0;

	if (options->conflicts)
		buf_add_string(&path, options->conflicts);
	else if (strcmp(output, "-") != 0)
		buf_add_format(&path, "%s.findings.jsonl", output);
	if (path.failed)
		rc = err_set_memory(err);
	else if (path.length && (options->conflicts || report->n_clashes || file_exists(path.data)))
		rc = file_writer_open(&writer, path.data, err);
	if (rc == 0 && writer.stream) {
		for (size_t i = 0; i < report->n_clashes; i++)
			write_clash(writer.stream, output, &report->clashes[i]);
		rc = file_writer_commit(&writer, err);
	}
	file_writer_abort(&writer);
	buf_release(&path);
	return rc;
}

static void note_report(const struct command *command, const struct merge_command *options,
			const struct merge_report *report)
{
	const char *output = options->common.output ? options->common.output : "standard output";

	for (size_t i = 0; i < report->n_clashes && i < CLASHES_NAMED; i++)
		command_note(command, &options->common, "'%s':%zu: conflict in %s: %s", output,
			     report->clashes[i].line, report->clashes[i].record,
			     report->clashes[i].message);
	if (report->n_clashes > CLASHES_NAMED)
		command_note(command, &options->common, "and %zu conflicts more",
			     report->n_clashes - CLASHES_NAMED);
	command_note(command, &options->common,
		     "%zu records: %zu changed in the first file, %zu in the second, %zu in both; %zu "
		     "added, %zu removed; %zu conflicts decided, %zu left",
		     report->records, report->ours, report->theirs, report->both, report->added,
		     report->removed, report->decided, report->n_clashes);
}

/* ---- the run ---- */

static int find_task(const struct merge_command *options, const char *path, enum task *task,
		     struct err *err)
{
	struct layout_options layout = { .task = options->task };
	struct dataset dataset = DATASET_INIT;
	char *text = NULL;
	int rc;

	if (options->task || strcmp(path, "-") == 0) {
		*task = options->task && strcmp(options->task, "re") == 0 ? TASK_RE : TASK_NER;
		return 0;
	}
	if (file_is_folder(path))
		return err_set(err, ERR_USAGE, "'%s' is a folder; name the files to merge", path);
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

/* Report the error and drop the output, also where the status is that of problems in the data. */
static int give_up(const struct command *command, struct command_output *output, const struct err *err)
{
	int status = command_fail(command, err);

	command_output_close(command, output, EXIT_SYSTEM);
	return status;
}

/* A journal knows the base: what it was made from. */
static int find_base(const struct merge_command *options, const char *ours, char **own, struct err *err)
{
	if (options->base || !journal_is_one(ours))
		return 0;
	*own = journal_find_text(ours, err);
	return *own ? 0 : -1;
}

static int merge_two(const struct command *command, const struct merge_command *options, char **paths)
{
	struct merge_options choice = { .ours = paths[0], .theirs = paths[1], .base = options->base,
					.choice = choice_of(options->prefer) };
	char *own_base = NULL;
	struct command_output *output = NULL;
	struct merge_report report = { .n_clashes = 0 };
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (find_task(options, paths[0], &choice.task, &err) < 0 ||
	    find_base(options, paths[0], &own_base, &err) < 0)
		return command_fail(command, &err);
	if (own_base)
		choice.base = own_base;
	output = command_output_open(command, options->common.output, &status);
	if (!output)
		goto out;
	if (merge_files(&choice, command_output_stream(output), &report,
			command_progress(command, &options->common), &err) < 0) {
		status = give_up(command, output, &err);
		goto out;
	}
	status = command_output_close(command, output, report.n_clashes ? EXIT_PROBLEMS : EXIT_OK);
	if (status == EXIT_OK || status == EXIT_PROBLEMS) {
		note_report(command, options, &report);
		if (write_clashes(options, &report, &err) < 0)
			status = command_fail(command, &err);
	}
out:
	free(own_base);
	merge_report_release(&report);
	return status;
}

static int merge_shards(const struct command *command, const struct merge_command *options, size_t n,
			char **paths)
{
	struct layout_options layout = { .task = options->task };
	struct dataset dataset = DATASET_INIT;
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (options->base && layout_recognise(&dataset, options->base, &layout, &err) < 0)
		return command_fail(command, &err);
	if (options->base && dataset.n_splits != 1) {
		status = command_usage(command, "'%s' holds %zu texts: name the one that the job read",
				       options->base, dataset.n_splits);
		goto out;
	}
	output = command_output_open(command, options->common.output, &status);
	if (output && shard_merge(paths, n, options->base ? dataset.splits : NULL,
				  command_output_stream(output), &err) < 0)
		status = give_up(command, output, &err);
	else
		status = command_output_close(command, output, status);
out:
	dataset_release(&dataset);
	return status;
}

static int merge_main(const struct command *command, int argc, char **argv)
{
	struct merge_command options = { .common = COMMON_OPTIONS_INIT };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (options.shards && (options.prefer || options.conflicts))
		return command_usage(command, "--prefer and --conflicts do not go with --shards");
	if (options.shards)
		return n ? merge_shards(command, &options, (size_t)n, argv)
			 : command_usage(command, "which parts?");
	if (n != 2)
		return command_usage(command, "name the two files to merge");
	return merge_two(command, &options, argv);
}

const struct command cmd_merge = {
	.name = "merge",
	.arguments = "OURS THEIRS | --shards PART...",
	.summary = "join two annotators' files, or the parts of a sharded run",
	.description =
		"Takes the changes that OURS and THEIRS each made to --base: of whole records, and inside a "
		"tweet of whole entities. Records are matched by id and words. What one side changed is "
		"taken, and what both changed alike; changes of both that touch each other are a conflict. "
		"Records that nobody changed are written byte for byte, in the order of OURS. MNRE's relations are "
		"merged line by line, and the relation is what may change.\n\n"
		"OURS and THEIRS may be journals of tagsight review --annotator; the base of a journal is its "
		"text, unless --base names another.\n\n"
		"Without --base, all that differs between the two is a conflict, and records of one alone are "
		"kept.\n\n"
		"Where there is a conflict the base's tags stand, or those of OURS without a base, and a "
		"finding of the rule merge-conflict is written to OUTPUT.findings.jsonl: tagsight review OUTPUT "
		"shows them beside the tweets. The exit status is then 1. --prefer decides conflicts instead.\n\n"
		"--shards joins what tagsight predict wrote with --shard 1/N, 2/N to N/N, named in this order. "
		"Where records were skipped (predict then exits with 1), --base must name the text that it read.",
	.options = merge_options,
	.examples = merge_examples,
	.run = merge_main,
};
