/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_print_priv.h"
#include "cmd/print_clean.h"

#include "lib/base/err.h"
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"

#include <string.h>

/* ---- text ---- */

/* There may be a million findings: what is put together from few parts needs no printf(). */
static void print_parts(FILE *out, const char *a, const char *b)
{
	fputs(a, out);
	fputs(b, out);
}

static void print_number(FILE *out, char before, size_t number)
{
	char digits[24], *at = digits + sizeof(digits);

	do
		*--at = (char)('0' + number % 10);
	while (number /= 10);
	*--at = before;
	fwrite(at, 1, (size_t)(digits + sizeof(digits) - at), out);
}

static void print_level(const struct check_printer *printer, enum finding_level level)
{
	static const char *const colors[] = { "\033[1;36m", "\033[1;35m", "\033[1;31m" };
	const char *name = finding_level_name(level);

	if (printer->color)
		fprintf(printer->out, "%s%s:\033[0m ", colors[level], name);
	else
		print_parts(printer->out, name, ": ");
}

static void print_text(struct check_printer *printer, const struct finding *finding)
{
	FILE *out = printer->out;

	if (printer->color)
		fputs("\033[1m", out);
	print_clean(out, finding->file);
	if (finding->line)
		print_number(out, ':', finding->line);
	if (finding->column)
		print_number(out, ':', finding->column);
	fputs(printer->color ? ":\033[0m " : ": ", out);
	print_level(printer, finding->level);
	print_clean(out, finding->message);
	print_parts(out, " [", finding->rule);
	fputs("]\n", out);
}

static void print_text_suppressed(struct check_printer *printer, const char *rule, size_t n)
{
	fprintf(printer->out, "%zu more of %s are not shown (--max-per-rule)\n", n, rule);
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

static void print_verdict(const struct check_printer *printer, size_t errors)
{
	const char *reset = printer->color ? "\033[0m" : "";

	if (errors == 0)
		fprintf(printer->out, "%sPASSED%s\n", printer->color ? "\033[1;32m" : "", reset);
	else
		fprintf(printer->out, "%sFAILED with %zu error%s%s\n",
			printer->color ? "\033[1;31m" : "", errors, plural(errors), reset);
}

static void print_text_summary(struct check_printer *printer, const struct check_summary *summary)
{
	if (!summary)
		return;
	fprintf(printer->out,
		"%zu file%s, %zu record%s: %zu error%s, %zu warning%s, %zu note%s\n",
		summary->files, plural(summary->files), summary->records, plural(summary->records),
		summary->errors, plural(summary->errors), summary->warnings,
		plural(summary->warnings), summary->notes, plural(summary->notes));
	print_verdict(printer, summary->errors);
}

static const struct check_writer text_writer = {
	.format = "text",
	.finding = print_text,
	.suppressed = print_text_suppressed,
	.close = print_text_summary,
};

/* ---- JSON Lines ---- */

static void print_json(struct check_printer *printer, const struct finding *finding)
{
	finding_write(printer->out, finding);
}

json_t *check_summary_json(const struct check_summary *summary)
{
	return json_pack("{sI sI sI sI sI sI sb}", "files", (json_int_t)summary->files, "records",
			 (json_int_t)summary->records, "errors", (json_int_t)summary->errors,
			 "warnings", (json_int_t)summary->warnings, "notes",
			 (json_int_t)summary->notes, "suppressed",
			 (json_int_t)summary->suppressed, "passed", summary->errors == 0);
}

static void print_json_summary(struct check_printer *printer, const struct check_summary *summary)
{
	if (summary)
		json_line_write(printer->out,
				json_pack("{so}", "summary", check_summary_json(summary)));
}

static const struct check_writer json_writer = {
	.format = "json",
	.finding = print_json,
	.close = print_json_summary,
};

/* ---- all ---- */

static const struct check_writer *const writers[] = { &text_writer, &json_writer,
						     &sarif_writer };

static void add_finding(struct finding_sink *sink, const struct finding *finding)
{
	struct check_printer *printer = (struct check_printer *)sink;

	printer->writer->finding(printer, finding);
	printer->n++;
}

void check_printer_open(struct check_printer *printer, const char *format, FILE *out, bool color)
{
	*printer = (struct check_printer){ .sink = { add_finding }, .out = out, .color = color };
	for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++)
		if (strcmp(writers[i]->format, format) == 0)
			printer->writer = writers[i];
	if (!printer->writer)
		BUG("a format of findings that nothing writes");
	if (printer->writer->open)
		printer->writer->open(printer);
}

void check_printer_suppressed(struct finding_sink *sink, const char *rule, size_t n)
{
	struct check_printer *printer = (struct check_printer *)sink;

	if (printer->writer->suppressed)
		printer->writer->suppressed(printer, rule, n);
}

void check_printer_close(struct check_printer *printer, const struct check_summary *summary)
{
	printer->writer->close(printer, summary);
}
