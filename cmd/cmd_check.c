/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"

#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/check/check.h"

#include <string.h>

struct check_command {
	struct common_options common;
	struct layout_options data;
	struct str_list only, except, error, types;
	const char *explain;
	long max_per_rule;
	int rules;
};

static const struct option_spec check_options[] = {
	{ 0, "only", OPT_LIST, offsetof(struct check_command, only), "RULE",
	  "only these rules; 'tag-' is all of that group", NULL },
	{ 0, "except", OPT_LIST, offsetof(struct check_command, except), "RULE",
	  "not these rules", NULL },
	{ 0, "error", OPT_LIST, offsetof(struct check_command, error), "RULE",
	  "make findings of these rules errors", NULL },
	{ 0, "types", OPT_LIST, offsetof(struct check_command, types), "TYPE",
	  "entity types besides PER, LOC, ORG, MISC and OTHER", NULL },
	{ 0, "max-per-rule", OPT_INT, offsetof(struct check_command, max_per_rule), "N",
	  "show at most N findings of a rule", NULL },
	{ 0, "rules", OPT_FLAG, offsetof(struct check_command, rules), NULL,
	  "list the rules with their levels", NULL },
	{ 0, "explain", OPT_STRING, offsetof(struct check_command, explain), "RULE",
	  "explain one rule", NULL },
	DATA_OPTIONS(struct check_command),
	COMMON_OPTIONS(struct check_command, "text|json"),
	OPTION_END
};

static const struct command_example check_examples[] = {
	{ "tagsight check data", "all that is wrong with a dataset folder" },
	{ "tagsight check --only tag- --format json train.txt", "what is wrong with the tags, as JSON Lines" },
	{ "tagsight check --error text-overlap data", "fail when a tweet stands in two splits" },
	{ "tagsight check --explain conll-no-final-blank", "what a rule means and what to do" },
	{ NULL, NULL }
};

/* ---- the rules ---- */

static void write_rule(FILE *out, const struct rule_info *info, bool json, bool whole)
{
	if (json)
		json_line_write(out, json_pack("{ss ss ss ss}", "rule", info->name, "level",
					       finding_level_name(info->level), "summary",
					       info->summary, "explanation", info->explanation));
	else if (whole)
		fprintf(out, "%s (%s): %s\n\n%s\n", info->name, finding_level_name(info->level),
			info->summary, info->explanation);
	else
		fprintf(out, "%-24s %-8s %s\n", info->name, finding_level_name(info->level),
			info->summary);
}

/* All rules, or the one called `name`. */
static int list_rules(const struct command *command, const struct common_options *common,
		      const char *name)
{
	bool json = strcmp(common->format, "json") == 0, found = false;
	struct command_output *output;
	struct rule_info info;
	int status = EXIT_OK;

	output = command_output_open(command, common->output, &status);
	if (!output)
		return status;
	for (size_t i = 0; check_rule(i, &info); i++) {
		if (name && strcmp(name, info.name) != 0)
			continue;
		write_rule(command_output_stream(output), &info, json, name != NULL);
		found = true;
	}
	if (!found)
		status = command_usage(command, "'%s' is not a rule", name);
	return command_output_close(command, output, status);
}

/* ---- findings ---- */

struct printer {
	struct finding_sink sink;
	FILE *out;
	bool json, color;
};

/* Text of the data, which must not drive the terminal. */
static void print_clean(FILE *out, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t n = utf8_decode(text + at, length - at, &c);

		if (n == 0)
			fprintf(out, "\\x%02x", (unsigned char)text[at]);
		else if (c < 0x20 || (c >= 0x7f && c < 0xa0))
			fprintf(out, "\\x%02x", (unsigned)c);
		else
			fwrite(text + at, 1, n, out);
		at += n ? n : 1;
	}
}

static void print_level(const struct printer *printer, enum finding_level level)
{
	static const char *const colors[] = { "\033[1;36m", "\033[1;35m", "\033[1;31m" };
	const char *name = finding_level_name(level);

	if (printer->color)
		fprintf(printer->out, "%s%s:\033[0m ", colors[level], name);
	else
		fprintf(printer->out, "%s: ", name);
}

static void print_text(struct finding_sink *sink, const struct finding *finding)
{
	const struct printer *printer = (const struct printer *)sink;
	FILE *out = printer->out;

	if (printer->color)
		fputs("\033[1m", out);
	print_clean(out, finding->file);
	if (finding->line)
		fprintf(out, ":%zu", finding->line);
	if (finding->column)
		fprintf(out, ":%zu", finding->column);
	fputs(printer->color ? ":\033[0m " : ": ", out);
	print_level(printer, finding->level);
	print_clean(out, finding->message);
	fprintf(out, " [%s]\n", finding->rule);
}

static void print_json(struct finding_sink *sink, const struct finding *finding)
{
	finding_write(((const struct printer *)sink)->out, finding);
}

static void print_suppressed(struct finding_sink *sink, const char *rule, size_t n)
{
	const struct printer *printer = (const struct printer *)sink;

	if (!printer->json)
		fprintf(printer->out, "%zu more of %s are not shown (--max-per-rule)\n", n, rule);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_summary(const struct printer *printer, const struct check_summary *summary)
{
	FILE *out = printer->out;
	bool passed = summary->errors == 0;

	if (printer->json) {
		json_line_write(out, json_pack("{s{sI sI sI sI sI sI sb}}", "summary", "files",
					       (json_int_t)summary->files, "records",
					       (json_int_t)summary->records, "errors",
					       (json_int_t)summary->errors, "warnings",
					       (json_int_t)summary->warnings, "notes",
					       (json_int_t)summary->notes, "suppressed",
					       (json_int_t)summary->suppressed, "passed", passed));
		return;
	}
	fprintf(out, "%zu file%s, %zu record%s: %zu error%s, %zu warning%s, %zu note%s\n",
		summary->files, plural(summary->files), summary->records, plural(summary->records),
		summary->errors, plural(summary->errors), summary->warnings,
		plural(summary->warnings), summary->notes, plural(summary->notes));
	if (passed)
		fprintf(out, "%sPASSED%s\n", printer->color ? "\033[1;32m" : "",
			printer->color ? "\033[0m" : "");
	else
		fprintf(out, "%sFAILED with %zu error%s%s\n", printer->color ? "\033[1;31m" : "",
			summary->errors, plural(summary->errors),
			printer->color ? "\033[0m" : "");
}

static int check_path(const struct command *command, const struct check_command *options,
		      const char *path, struct printer *printer, struct check_summary *total)
{
	struct check_options choice = { .only = &options->only,
					.except = &options->except,
					.error = &options->error,
					.types = &options->types,
					.max_per_rule = (size_t)options->max_per_rule,
					.jobs = (int)options->common.jobs,
					.images_given = options->data.images != NULL,
					.suppressed = print_suppressed };
	struct dataset dataset = DATASET_INIT;
	struct check_summary summary;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (data_options_open_files(command, &options->common, &options->data, path, &dataset,
				    &status) < 0)
		return status;
	if (check_run(&choice, &dataset, &printer->sink, &summary,
		      command_progress(command, &options->common), &err) < 0) {
		status = command_fail(command, &err);
	} else {
		total->files += summary.files;
		total->records += summary.records;
		total->errors += summary.errors;
		total->warnings += summary.warnings;
		total->notes += summary.notes;
		total->suppressed += summary.suppressed;
	}
	dataset_release(&dataset);
	return status;
}

static int check_paths(const struct command *command, const struct check_command *options, int n,
		       char **paths)
{
	struct printer printer = { .json = strcmp(options->common.format, "json") == 0 };
	struct check_summary total = { 0, 0, 0, 0, 0, 0 };
	struct command_output *output;
	int status = EXIT_OK;

	output = command_output_open(command, options->common.output, &status);
	if (!output)
		return status;
	printer.out = command_output_stream(output);
	printer.sink.add = printer.json ? print_json : print_text;
	printer.color = !printer.json && command_color(&options->common, printer.out);
	for (int i = 0; i < n && status == EXIT_OK; i++)
		status = check_path(command, options, paths[i], &printer, &total);
	if (status == EXIT_OK) {
		print_summary(&printer, &total);
		status = total.errors ? EXIT_PROBLEMS : EXIT_OK;
	}
	return command_output_close(command, output, status);
}

static int check_main(const struct command *command, int argc, char **argv)
{
	struct check_command options = { .common = COMMON_OPTIONS_INIT };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		goto out;
	if (options.rules || options.explain)
		status = list_rules(command, &options.common, options.explain);
	else if (n == 0)
		status = command_usage(command, "no data is named");
	else if (options.max_per_rule < 0)
		status = command_usage(command, "--max-per-rule must not be negative");
	else
		status = check_paths(command, &options, n, argv);
out:
	str_list_release(&options.only);
	str_list_release(&options.except);
	str_list_release(&options.error);
	str_list_release(&options.types);
	return status;
}

const struct command cmd_check = {
	.name = "check",
	.arguments = "DATA...",
	.summary = "find what is wrong with texts, tags, relations and pictures",
	.description =
		"Reads every text of DATA (a file, a folder, or - for standard input) and decodes every "
		"picture that its records name. A finding is written as FILE:LINE:COLUMN: LEVEL: "
		"MESSAGE [RULE], or as one JSON object a line; the last line sums up.\n\n"
		"An error stops a public loader or loses data in it, a warning is doubtful, a note is "
		"for your information. The exit status is 1 when there is an error, 0 when there is "
		"none; --error makes a rule's findings errors.",
	.options = check_options,
	.examples = check_examples,
	.run = check_main,
};
