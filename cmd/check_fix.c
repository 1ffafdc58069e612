/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_fix.h"
#include "cmd/data_options.h"

#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/repair/repair.h"
#include "preprocess/repair/repair_target.h"
#include "preprocess/repair/unified_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MENDS 64 /* more than there are */

struct fix {
	struct repair_sink sink; /* first: the sink is the fix */
	const struct command *command;
	const struct check_fix_options *options;
	struct repair_options repair;
	const struct dataset *dataset;
	FILE *out;          /* results */
	bool json;
	FILE *staged_log;   /* JSON of the changes of the file in hand */
	FILE *staged_text;  /* what is shown of them; NULL where it is the same, or a diff */
	struct repair_target target;
	struct unified_diff *diff;
	size_t file_shown[MENDS], shown[MENDS], counts[MENDS]; /* by row of the table of mends */
	size_t n_files, n_mended, n_changes, n_failed;
};

static size_t mend_number(const char *rule)
{
	struct repair_info info;
	size_t i = 0;

	while (repair_rule(i, &info) && strcmp(info.rule, rule) != 0)
		i++;
	return i < MENDS ? i : MENDS - 1;
}

/* ---- what is shown ---- */

static void write_shown(FILE *out, const char *text, size_t length)
{
	char shown[UTF8_SHOWN], *copy = text ? strndup(text, length) : NULL;

	if (!text)
		fputs("nothing", out);
	else
		fprintf(out, "'%s'", copy ? utf8_show(copy, shown) : "");
	free(copy);
}

static void write_change(FILE *out, const struct repair_change *change)
{
	fputs(change->file, out);
	if (change->line)
		fprintf(out, ":%zu", change->line);
	if (change->column)
		fprintf(out, ":%zu", change->column);
	fputs(": fixed: ", out);
	write_shown(out, change->before, change->before_length);
	fputs(" becomes ", out);
	write_shown(out, change->after, change->after_length);
	fprintf(out, " [%s]\n", change->rule);
}

static void on_change(struct repair_sink *sink, const struct repair_change *change)
{
	struct fix *fix = (struct fix *)sink;
	size_t number = mend_number(change->rule), most = fix->options->max_per_rule;

	repair_change_write(fix->staged_log, change);
	fix->file_shown[number]++;
	if (fix->staged_text && (!most || fix->shown[number] + fix->file_shown[number] <= most))
		write_change(fix->staged_text, change);
}

static void on_piece(struct repair_sink *sink, const char *before, size_t before_length,
		     const char *after, size_t after_length)
{
	struct fix *fix = (struct fix *)sink;

	if (fix->diff)
		unified_diff_add(fix->diff, before, before_length, after, after_length);
	if (fix->target.writer.stream)
		fwrite(after, 1, after_length, fix->target.writer.stream);
}

/* ---- the log ---- */

/* Append a staged stream to another one. */
static int append(FILE *from, FILE *to, const char *name, struct err *err)
{
	char block[4096];
	size_t got;

	errno = 0;
	if (fflush(from) != 0 || ferror(from) || fseek(from, 0, SEEK_SET) != 0)
		return err_set_errno(err, "write", "a temporary file");
	while ((got = fread(block, 1, sizeof(block), from)) > 0)
		fwrite(block, 1, got, to);
	if (ferror(from) || ferror(to))
		return err_set_errno(err, "write", name);
	return 0;
}

static char *log_path(const struct fix *fix)
{
	const char *folder = fix->options->common->output;
	char *work = file_join(folder ? folder : fix->dataset->root, "tagsight");
	char *path = work ? file_join(work, "repairs.jsonl") : NULL;

	free(work);
	return path;
}

/* The log is safe on disk before the file that it speaks of appears. */
static int append_log(struct fix *fix, struct err *err)
{
	char *path = log_path(fix);
	FILE *log = NULL;
	int rc = -1;

	if (!path)
		return err_set_memory(err);
	if (file_make_parents(path, err) < 0)
		goto out;
	log = fopen(path, "abe");
	if (!log) {
		err_set_errno(err, "open", path);
		goto out;
	}
	rc = append(fix->staged_log, log, path, err);
	if (rc == 0 && (fflush(log) != 0 || fsync(fileno(log)) < 0))
		rc = err_set_errno(err, "write", path);
out:
	if (log && fclose(log) != 0 && rc == 0)
		rc = err_set_errno(err, "write", path);
	free(path);
	return rc;
}

/* ---- one file ---- */

static int open_staged(struct fix *fix, struct err *err)
{
	bool text = !fix->json && !fix->options->dry_run;

	fix->staged_log = tmpfile();
	fix->staged_text = text ? tmpfile() : NULL;
	memset(fix->file_shown, 0, sizeof(fix->file_shown));
	if (!fix->staged_log || (text && !fix->staged_text))
		return err_set_errno(err, "create", "a temporary file");
	return 0;
}

static void close_staged(struct fix *fix)
{
	if (fix->staged_log)
		fclose(fix->staged_log);
	if (fix->staged_text)
		fclose(fix->staged_text);
	fix->staged_log = fix->staged_text = NULL;
}

/* The file has changed: let it appear, and tell. */
static int commit_file(struct fix *fix, size_t n_changes, struct err *err)
{
	bool dry = fix->options->dry_run;

	if (!dry && (append_log(fix, err) < 0 || repair_target_commit(&fix->target, err) < 0))
		return -1;
	fix->n_mended++;
	fix->n_changes += n_changes;
	for (size_t i = 0; i < MENDS; i++) {
		fix->shown[i] += fix->file_shown[i];
		fix->counts[i] += fix->file_shown[i];
	}
	if (!dry && fix->target.backup)
		command_note(fix->command, fix->options->common, "the original of '%s' is '%s'",
			     fix->target.path, fix->target.backup);
	if (fix->json)
		return append(fix->staged_log, fix->out, "standard output", err);
	return fix->staged_text ? append(fix->staged_text, fix->out, "standard output", err) : 0;
}

static int fix_text(struct fix *fix, const struct split *split, struct err *err)
{
	bool dry = fix->options->dry_run;
	size_t n_changes = 0;
	int rc = -1;

	if (open_staged(fix, err) < 0)
		goto out;
	if (dry && !fix->json) {
		fix->diff = unified_diff_new(fix->out, split->text);
		if (!fix->diff) {
			err_set_memory(err);
			goto out;
		}
	}
	if (!dry && repair_target_open(&fix->target, split->text, fix->dataset->root,
				       fix->options->common->output, err) < 0)
		goto out;
	rc = repair_text(split, &fix->repair, &fix->sink, &n_changes,
			 command_progress(fix->command, fix->options->common), err);
	if (rc == 0 && n_changes)
		rc = commit_file(fix, n_changes, err);
out:
	if (unified_diff_free(fix->diff, err) < 0)
		rc = -1;
	fix->diff = NULL;
	repair_target_release(&fix->target);
	close_staged(fix);
	return rc;
}

/* ---- all of it ---- */

/* A file that cannot be mended is told of and left as it is; the others are mended all the same. */
static int fix_split(struct fix *fix, const struct split *split)
{
	struct err err = ERR_INIT;
	int status;

	fix->n_files++;
	if (fix_text(fix, split, &err) == 0)
		return EXIT_OK;
	err_add_file(&err, split->text);
	status = command_fail(fix->command, &err);
	fix->n_failed++;
	return status == EXIT_PROBLEMS ? EXIT_OK : status;
}

static int fix_path(struct fix *fix, const char *path)
{
	struct dataset dataset = DATASET_INIT;
	int status = EXIT_OK;

	if (strcmp(path, "-") == 0)
		return command_usage(fix->command,
				     "--fix needs a file whose original it can keep, not standard input");
	if (data_options_open_files(fix->command, fix->options->common, fix->options->data, path,
				    &dataset, &status) < 0)
		return status;
	fix->dataset = &dataset;
	for (size_t i = 0; i < dataset.n_splits && status == EXIT_OK; i++)
		status = fix_split(fix, &dataset.splits[i]);
	dataset_release(&dataset);
	return status;
}

static void write_summary_json(const struct fix *fix)
{
	struct repair_info info;
	json_t *rules = json_object();

	for (size_t i = 0; repair_rule(i, &info); i++)
		if (fix->counts[i])
			json_object_set_new(rules, info.rule,
					    json_integer((json_int_t)fix->counts[i]));
	json_line_write(fix->out,
			json_pack("{s{sI sI sI sI so}}", "summary", "files",
				  (json_int_t)fix->n_files, "mended", (json_int_t)fix->n_mended,
				  "failed", (json_int_t)fix->n_failed, "changes",
				  (json_int_t)fix->n_changes, "rules", rules));
}

static void write_summary_text(const struct fix *fix, FILE *out)
{
	struct repair_info info;
	size_t most = fix->options->max_per_rule;

	for (size_t i = 0; repair_rule(i, &info); i++)
		if (most && fix->counts[i] > most && !fix->options->dry_run)
			fprintf(out, "%zu more of %s are not shown (--max-per-rule)\n",
				fix->counts[i] - most, info.rule);
	fprintf(out, "%zu file%s, %zu %smended", fix->n_files, fix->n_files == 1 ? "" : "s",
		fix->n_mended, fix->options->dry_run ? "to be " : "");
	for (size_t i = 0, n = 0; repair_rule(i, &info); i++)
		if (fix->counts[i])
			fprintf(out, "%s%zu of %s", n++ ? ", " : ": ", fix->counts[i], info.rule);
	fputc('\n', out);
}

/* A diff is for patch, which reads standard output: what sums it up goes beside it. */
static void write_summary(const struct fix *fix)
{
	if (fix->json)
		write_summary_json(fix);
	else if (!fix->options->dry_run)
		write_summary_text(fix, fix->out);
	else if (!fix->options->common->quiet)
		write_summary_text(fix, stderr);
}

static enum repair_policy policy_of(const char *name)
{
	if (name && strcmp(name, "previous") == 0)
		return REPAIR_PREVIOUS;
	return name && strcmp(name, "outside") == 0 ? REPAIR_OUTSIDE : REPAIR_BEGIN;
}

static int prepare(struct fix *fix, struct err *err)
{
	const struct check_fix_options *options = fix->options;

	fix->repair = (struct repair_options){ .only = options->only,
					       .except = options->except,
					       .policy = policy_of(options->policy),
					       .unsafe = options->unsafe };
	if (fix->repair.policy != REPAIR_BEGIN && !options->unsafe)
		return err_set(err, ERR_USAGE,
			       "--fix-policy %s changes what entities there are; it needs --fix-unsafe",
			       options->policy);
	return repair_check_names(options->only, err);
}

int check_fix(const struct command *command, const struct check_fix_options *options, int n,
	      char **paths)
{
	struct fix fix = { .sink = { on_change, on_piece },
			   .command = command,
			   .options = options,
			   .json = strcmp(options->common->format, "json") == 0 };
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (!fix.json && strcmp(options->common->format, "text") != 0)
		return command_usage(command, "--fix has the formats text and json");
	if (prepare(&fix, &err) < 0)
		return command_fail(command, &err);
	output = command_output_open(command, options->dry_run ? options->common->output : NULL,
				     &status);
	if (!output)
		return status;
	fix.out = command_output_stream(output);
	for (int i = 0; i < n && status == EXIT_OK; i++)
		status = fix_path(&fix, paths[i]);
	if (status == EXIT_OK) {
		write_summary(&fix);
		if (fix.n_failed || (options->dry_run && fix.n_changes))
			status = EXIT_PROBLEMS;
	}
	return command_output_close(command, output, status);
}

int check_fix_rules(const struct command *command, const struct common_options *common)
{
	bool json = strcmp(common->format, "json") == 0;
	struct command_output *output;
	struct repair_info info;
	int status = EXIT_OK;

	output = command_output_open(command, common->output, &status);
	if (!output)
		return status;
	for (size_t i = 0; repair_rule(i, &info); i++) {
		FILE *out = command_output_stream(output);

		if (json)
			json_line_write(out, json_pack("{ss sb ss}", "rule", info.rule, "safe",
						       info.safe, "summary", info.summary));
		else
			fprintf(out, "%-24s %-8s %s\n", info.rule, info.safe ? "safe" : "unsafe",
				info.summary);
	}
	return command_output_close(command, output, status);
}
