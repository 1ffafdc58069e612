/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_fix_priv.h"
#include "cmd/data_options.h"

#include "lib/formats/json_lines.h"

#include <string.h>

/* A file that cannot be mended is told of and left as it is; the others are mended all the same. */
static int settle(struct fix *fix, const struct split *split, int rc, struct err *err)
{
	int status;

	if (rc == 0)
		return EXIT_OK;
	err_add_file(err, split->text);
	status = command_fail(fix->command, err);
	fix->n_failed++;
	return status == EXIT_PROBLEMS ? EXIT_OK : status;
}

static int fix_split(struct fix *fix, const struct split *split)
{
	struct err err = ERR_INIT;
	int status;

	fix->n_files++;
	status = settle(fix, split, fix_text(fix, split, &err), &err);
	err = (struct err)ERR_INIT;
	return status == EXIT_OK ? settle(fix, split, fix_pictures(fix, split, &err), &err) : status;
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
					       .unsafe = options->unsafe,
					       .rename_pictures = options->rename };
	if (fix->repair.policy != REPAIR_BEGIN && !options->unsafe)
		return err_set(err, ERR_USAGE,
			       "--fix-policy %s changes what entities there are; it needs --fix-unsafe",
			       options->policy);
	return repair_check_names(options->only, err);
}

int check_fix(const struct command *command, const struct check_fix_options *options, int n,
	      char **paths)
{
	struct fix fix = { .sink = { fix_on_change, fix_on_piece },
			   .command = command,
			   .options = options,
			   .json = strcmp(options->common->format, "json") == 0 };
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (!fix.json && strcmp(options->common->format, "text") != 0)
		return command_usage(command, "--fix has the formats text and json");
	if (!options->dry_run && options->common->output &&
	    strcmp(options->common->output, "-") == 0)
		return command_usage(command, "--fix writes mended files into a folder, not to standard output");
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
	str_table_release(&fix.pictures);
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
