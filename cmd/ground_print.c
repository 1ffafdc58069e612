/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ground_print.h"

#include "lib/base/buf.h"
#include "lib/formats/json_lines.h"

#include <string.h>

static void print_shard(const struct ground_print *print, const struct split *split,
			const struct ground_report *report, bool json)
{
	if (json)
		json_line_write(print->out,
				json_pack("{s:o,s:s,s:s,s:I,s:I,s:I}", "set", json_text(split->set),
					  "split", split->name, "shard", print->shard, "pictures",
					  (json_int_t)report->pictures, "unreadable",
					  (json_int_t)report->unreadable, "resumed",
					  (json_int_t)report->resumed));
	else
		fprintf(print->out, "%s %s: shard %s is done, %zu pictures (%zu unreadable)\n", split->set,
			split->name, print->shard, report->pictures, report->unreadable);
}

static json_t *text_or_null(const char *text)
{
	return text ? json_text(text) : json_null();
}

static void print_json(const struct ground_print *print, const struct split *split,
		       const struct ground_report *report, const struct ground_places *places)
{
	json_t *line = json_pack("{s:o,s:s,s:I,s:I,s:I,s:I,s:I,s:I,s:b,s:b}", "set", json_text(split->set),
				 "split", split->name, "records", (json_int_t)report->records, "pictures",
				 (json_int_t)report->pictures, "unreadable", (json_int_t)report->unreadable,
				 "resumed", (json_int_t)report->resumed, "without",
				 (json_int_t)report->without, "crops", (json_int_t)report->crops,
				 "done_before", report->done_before, "kept", report->kept);

	json_object_set_new(line, "crops_folder", json_text(places->crops));
	json_object_set_new(line, "dict", text_or_null(places->dict));
	json_object_set_new(line, "manifest", report->kept ? json_null() : json_text(places->manifest));
	json_object_set_new(line, "unreadable_list",
			    report->unreadable ? json_text(places->unreadable) : json_null());
	json_line_write(print->out, line);
}

/* ", 12.3 pictures a second", where some were grounded just now. */
static void print_rate(FILE *out, const struct ground_report *report)
{
	size_t n = report->pictures - report->resumed;

	if (n > 0 && report->seconds > 0)
		fprintf(out, ", %.1f pictures a second", (double)n / report->seconds);
}

static void print_text(const struct ground_print *print, const struct split *split,
		       const struct ground_report *report)
{
	if (report->kept) {
		fprintf(print->out, "%s %s: the %scrops that came with it are kept (--again makes new "
				    "ones)\n", split->set, split->name, split->dict ? "dict and " : "");
		return;
	}
	fprintf(print->out, "%s %s: %zu records, %zu pictures (%zu unreadable), %zu crops, %zu records "
			    "without one", split->set, split->name, report->records, report->pictures,
		report->unreadable, report->crops, report->without);
	if (report->done_before)
		fputs("; it was done before", print->out);
	else
		print_rate(print->out, report);
	fputc('\n', print->out);
}

static void note_places(const struct command *command, const struct common_options *common,
			const struct ground_report *report, const struct ground_places *places)
{
	struct buf text = BUF_INIT;

	buf_add_format(&text, "crops in '%s'", places->crops);
	if (places->dict)
		buf_add_format(&text, ", the dict '%s'", places->dict);
	buf_add_format(&text, ", the manifest '%s'", places->manifest);
	if (report->unreadable)
		buf_add_format(&text, ", the unreadable pictures in '%s'", places->unreadable);
	if (!text.failed)
		command_note(command, common, "%s", text.data);
	buf_release(&text);
}

int ground_print(const struct command *command, const struct common_options *common,
		 const struct ground_print *print, const struct split *split,
		 const struct ground_report *report, struct err *err)
{
	bool json = strcmp(common->format, "json") == 0;
	struct ground_places places;

	if (print->shard && !report->kept && !report->done_before) {
		print_shard(print, split, report, json);
		return 0;
	}
	if (ground_places(&places, print->dataset, split, print->options, err) < 0)
		return -1;
	if (json)
		print_json(print, split, report, &places);
	else
		print_text(print, split, report);
	if (!report->kept)
		note_places(command, common, report, &places);
	arena_release(&places.arena);
	return 0;
}
