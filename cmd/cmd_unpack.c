/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include "lib/formats/json_lines.h"
#include "preprocess/unpack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define DEFAULT_TARGET "data"

struct unpack_command {
	struct common_options common;
	long long max_files, max_bytes;
	double max_ratio;
	int keep_layout, overwrite, list;
};

#define UNPACK_OPTION(letter, name, kind, field, argument, help) \
	{ letter, name, kind, offsetof(struct unpack_command, field), argument, help, NULL }

static const struct option_spec unpack_options[] = {
	COMMON_OPTIONS(struct unpack_command, "text|json"),
	UNPACK_OPTION('l', "list", OPT_FLAG, list, NULL, "only show what would go where"),
	UNPACK_OPTION(0, "keep-layout", OPT_FLAG, keep_layout, NULL, "put files where the archive has them"),
	UNPACK_OPTION(0, "overwrite", OPT_FLAG, overwrite, NULL, "replace files that differ from the archive's"),
	UNPACK_OPTION(0, "max-files", OPT_SIZE, max_files, "N", "members to allow (default: 1000000)"),
	UNPACK_OPTION(0, "max-bytes", OPT_SIZE, max_bytes, "SIZE", "unpacked bytes to allow (default: 64G)"),
	UNPACK_OPTION(0, "max-ratio", OPT_DOUBLE, max_ratio, "X", "times that an archive may expand, past 100 MB (default: 200)"),
	OPTION_END
};

static const struct command_example unpack_examples[] = {
	{ "tagsight unpack twitter2015.zip twitter2015_images.tar.gz -o data",
	  "texts and pictures of one release, into the shape that HVPNeT loads" },
	{ "tagsight unpack --list data.tar.gz", "what would go where" },
	{ "curl -L URL | tagsight unpack - -o data", "from a pipe" },
	{ NULL, NULL }
};

static void write_json_entry(FILE *out, const struct unpack_entry *entry)
{
	json_t *object = json_object();

	json_object_set_new(object, "action", json_string(unpack_action_name(entry->action)));
	json_object_set_new(object, "archive", json_text(entry->archive));
	if (*entry->member)
		json_object_set_new(object, "member", json_text(entry->member));
	if (entry->path)
		json_object_set_new(object, "path", json_text(entry->path));
	json_object_set_new(object, "size", json_integer((json_int_t)entry->size));
	if (entry->reason)
		json_object_set_new(object, "reason", json_text(entry->reason));
	json_line_write(out, object);
}

static void write_json_summary(FILE *out, const struct unpack_report *report)
{
	json_t *summary = json_object(), *line = json_object();

	json_object_set_new(summary, "written", json_integer((json_int_t)report->written));
	json_object_set_new(summary, "bytes", json_integer((json_int_t)report->bytes));
	json_object_set_new(summary, "kept", json_integer((json_int_t)report->kept));
	json_object_set_new(summary, "ignored", json_integer((json_int_t)report->ignored));
	json_object_set_new(summary, "refused", json_integer((json_int_t)report->refused));
	if (report->layout)
		json_object_set_new(summary, "layout", json_string(report->layout));
	json_object_set_new(line, "summary", summary);
	json_line_write(out, line);
}

static void write_text_entry(FILE *out, const struct unpack_entry *entry)
{
	fprintf(out, "%-6s  %s  <-  %s", unpack_action_name(entry->action),
		entry->path ? entry->path : "-", entry->archive);
	if (*entry->member)
		fprintf(out, ": %s", entry->member);
	if (entry->reason)
		fprintf(out, "  (%s)", entry->reason);
	fputc('\n', out);
}

static void write_entries(FILE *out, const struct unpack_command *options,
			  const struct unpack_report *report)
{
	bool json = strcmp(options->common.format, "json") == 0;

	for (size_t i = 0; i < report->n_entries; i++) {
		const struct unpack_entry *entry = &report->entries[i];

		if (json)
			write_json_entry(out, entry);
		else if (options->list || entry->action == UNPACK_REFUSE)
			write_text_entry(out, entry);
	}
	if (json)
		write_json_summary(out, report);
	else
		fprintf(out, "%zu files %s (%.1f MB), %zu there already, %zu ignored, %zu refused\n",
			report->written, options->list ? "to unpack" : "unpacked",
			(double)report->bytes / 1e6, report->kept, report->ignored, report->refused);
}

static void note_layout(const struct command *command, const struct unpack_command *options,
			const struct unpack_report *report, const char *target)
{
	if (options->keep_layout)
		return;
	if (report->layout)
		command_note(command, &options->common, "recognised %s", report->layout);
	else
		command_note(command, &options->common,
			     "no texts of a dataset are in it; what no folder's name explains goes "
			     "to '%s/other' (--keep-layout leaves files where the archive has them)",
			     target);
}

static int run_and_write(const struct command *command, const struct unpack_command *options,
			 const struct unpack_options *settings, const char *const *archives, size_t n,
			 struct unpack_report *report)
{
	struct err err = ERR_INIT;

	if (unpack_run(settings, archives, n, report, command_progress(command, &options->common),
		       &err) < 0)
		return command_fail(command, &err);
	note_layout(command, options, report, settings->target);
	write_entries(stdout, options, report);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		err_set_errno(&err, "write", "standard output");
		return command_fail(command, &err);
	}
	return report->refused ? EXIT_PROBLEMS : EXIT_OK;
}

static int unpack_command_run(const struct command *command, int argc, char **argv)
{
	struct unpack_options settings = UNPACK_OPTIONS_INIT;
	struct unpack_command options = { .common = COMMON_OPTIONS_INIT,
					  .max_files = settings.max_files,
					  .max_bytes = settings.max_bytes,
					  .max_ratio = settings.max_ratio };
	struct unpack_report report;
	int status = EXIT_OK, n;

	n = command_parse(command, &options, &options.common, argc, argv, &status);
	if (n < 0)
		return status;
	if (n == 0)
		return command_usage(command, "which archive?");
	settings.target = options.common.output ? options.common.output : DEFAULT_TARGET;
	settings.max_files = options.max_files;
	settings.max_bytes = options.max_bytes;
	settings.max_ratio = options.max_ratio;
	settings.keep_layout = options.keep_layout;
	settings.overwrite = options.overwrite;
	settings.list = options.list;
	unpack_report_init(&report);
	status = run_and_write(command, &options, &settings, (const char *const *)argv, (size_t)n,
			       &report);
	unpack_report_release(&report);
	return status;
}

const struct command cmd_unpack = {
	.name = "unpack",
	.arguments = "ARCHIVE...",
	.summary = "unpack archives safely, into the folders that the loaders expect",
	.description =
		"Unpack tar (with any compression), zip, 7z and rar archives, and archives inside "
		"them one level deep, into the folder given with -o (default: data). All archives "
		"named are one release: texts and pictures may come apart. The layout is recognised "
		"whatever the top folder is called, and files are put where HVPNeT's loader looks: "
		"NER_data/SET, NER_data/SET_images, NER_data/SET_aux_images, RE_data/txt, "
		"RE_data/img_org and so on; GMNER's boxes go to NER_data/SET_xml and all that belongs "
		"to no set to other/.\n\n"
		"Nothing is written outside the folder: absolute paths, '..', devices and links that "
		"leave the archive are refused, other links become copies, and archives past the "
		"limits are left where they broke one. A refused member makes the exit status 1; the "
		"rest is unpacked. Files that are there already with the same content are kept, files "
		"with other content are not replaced without --overwrite. An interrupted run goes on "
		"when the same command is given again.",
	.options = unpack_options,
	.examples = unpack_examples,
	.run = unpack_command_run,
};
