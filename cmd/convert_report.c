/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/convert.h"
#include "cmd/print_clean.h"

#include "lib/formats/json_lines.h"

#include <errno.h>
#include <string.h>

static const struct {
	unsigned bit;
	const char *name;
} holds_names[] = {
	{ HOLDS_WORDS, "words" },	  { HOLDS_TEXT, "text" },
	{ HOLDS_SPANS, "entities" },	  { HOLDS_OVERLAPS, "overlaps" },
	{ HOLDS_RELATIONS, "relations" }, { HOLDS_IDS, "ids" },
	{ HOLDS_IMAGES, "images" },	  { HOLDS_BOXES, "boxes" },
	{ HOLDS_SCORES, "scores" },	  { HOLDS_COLUMNS, "columns" },
};

static void list_text(FILE *out, const struct convert_format *format)
{
	const char *direction = !format->write ? " (read only)" : !format->open ? " (write only)" : "";

	fprintf(out, "%-13s %s%s\n              ", format->name, format->summary, direction);
	for (size_t i = 0, n = 0; i < sizeof(holds_names) / sizeof(*holds_names); i++)
		if (format->holds & holds_names[i].bit)
			fprintf(out, "%s%s", n++ ? ", " : "", holds_names[i].name);
	putc('\n', out);
}

static void list_json(FILE *out, const struct convert_format *format)
{
	json_t *holds = json_array();

	for (size_t i = 0; i < sizeof(holds_names) / sizeof(*holds_names); i++)
		if (format->holds & holds_names[i].bit)
			json_array_append_new(holds, json_string(holds_names[i].name));
	json_line_write(out, json_pack("{s:s,s:s,s:b,s:b,s:b,s:o}", "format", format->name, "summary",
				       format->summary, "reads", format->open != NULL, "writes",
				       format->write != NULL, "folder", format->folder, "holds",
				       holds));
}

int convert_list_formats(const struct command *command, const struct common_options *common)
{
	int status = EXIT_OK;
	struct command_output *output = command_output_open(command, common->output, &status);

	if (!output)
		return status;
	for (size_t i = 0; convert_formats[i]; i++)
		(strcmp(common->format, "json") == 0 ? list_json : list_text)(
			command_output_stream(output), convert_formats[i]);
	return command_output_close(command, output, status);
}

static void report_loss_text(const struct command *command, FILE *out, const struct convert_job *job,
			     const struct convert_losses *losses, enum convert_loss kind)
{
	const char *words = convert_loss_words(kind, losses->n[kind] != 1);
	const char *file = losses->first[kind].file, *record = losses->first[kind].record;

	fprintf(out, "tagsight %s: %s %zu %s%s%s; first ", command->name,
		kind != LOSS_RECORD ? "lost:" : losses->n[kind] == 1 ? "there is" : "there are",
		losses->n[kind], words,
		kind == LOSS_RECORD ? "" : ", by ", kind == LOSS_RECORD ? "" : job->to->name);
	if (file)
		print_clean(out, file);
	if (losses->first[kind].line)
		fprintf(out, ":%zu", losses->first[kind].line);
	if (record) {
		fputs(" (", out);
		print_clean(out, record);
		putc(')', out);
	}
	fputs(": ", out);
	if (losses->first[kind].text)
		print_clean(out, losses->first[kind].text);
	putc('\n', out);
}

static void report_loss_json(FILE *out, const struct convert_losses *losses, enum convert_loss kind)
{
	json_t *object = json_pack("{s:s,s:I}", "loss", convert_loss_name(kind), "count",
				   (json_int_t)losses->n[kind]);

	if (losses->first[kind].file)
		json_object_set_new(object, "file", json_text(losses->first[kind].file));
	if (losses->first[kind].line)
		json_object_set_new(object, "line", json_integer((json_int_t)losses->first[kind].line));
	if (losses->first[kind].record)
		json_object_set_new(object, "record", json_text(losses->first[kind].record));
	json_object_set_new(object, "message",
			    json_text(losses->first[kind].text ? losses->first[kind].text : ""));
	json_line_write(out, object);
}

static void report_text(const struct command *command, const struct convert_command *options,
			const struct convert_job *job, const struct convert_report *report, FILE *out)
{
	const char *scheme = report->tags && !options->from_scheme && job->to->holds & HOLDS_SPANS
				     ? scheme_name(report->read)
				     : NULL;

	command_note(command, &options->common,
		     "'%s', %s%s%s to %s: %zu records, %zu words, %zu entities, %zu relations, %zu boxes",
		     job->name, job->from->name, scheme ? " in " : "", scheme ? scheme : "",
		     job->to->name, report->records, report->words, report->spans, report->relations,
		     report->boxes);
	if (report->boxes_left)
		command_note(command, &options->common, "%zu boxes of '%s' are in pictures of no record",
			     report->boxes_left, job->boxes);
	for (int kind = 0; kind < CONVERT_LOSSES; kind++)
		if (report->losses.n[kind])
			report_loss_text(command, out, job, &report->losses, (enum convert_loss)kind);
	if (!report->written)
		fprintf(out, "tagsight %s: nothing was written; --lossy writes without what is lost\n",
			command->name);
}

static void report_json(const struct convert_job *job, const struct convert_report *report, FILE *out)
{
	for (int kind = 0; kind < CONVERT_LOSSES; kind++)
		if (report->losses.n[kind])
			report_loss_json(out, &report->losses, (enum convert_loss)kind);
	json_line_write(out, json_pack("{s:{s:o,s:s,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:b}}", "summary",
				       "file", json_text(job->name), "from", job->from->name, "to", job->to->name, "records",
				       (json_int_t)report->records, "words",
				       (json_int_t)report->words, "entities",
				       (json_int_t)report->spans, "relations",
				       (json_int_t)report->relations, "boxes",
				       (json_int_t)report->boxes, "losses",
				       (json_int_t)convert_losses_total(&report->losses), "written",
				       report->written));
}

int convert_run_job(const struct command *command, const struct convert_command *options,
		    const struct convert_job *job, const struct convert_options *choice)
{
	/* The report goes where the records do not. */
	FILE *out = job->output && strcmp(options->common.format, "json") == 0 ? stdout : stderr;
	struct convert_report report;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (convert_run(job, choice, command_progress(command, &options->common), &report, &err) < 0) {
		status = command_fail(command, &err);
	} else if (job->count_only && convert_losses_total(&report.losses) == 0) {
		status = EXIT_OK; /* it will be reported when it is written */
	} else {
		if (strcmp(options->common.format, "json") == 0)
			report_json(job, &report, out);
		else
			report_text(command, options, job, &report, out);
		status = report.written && !report.losses.n[LOSS_RECORD] ? EXIT_OK : EXIT_PROBLEMS;
	}
	convert_report_release(&report);
	if (fflush(stdout) != 0 || ferror(stdout)) {
		err_set_errno(&err, "write", "standard output");
		status = command_fail(command, &err);
	}
	return status;
}
