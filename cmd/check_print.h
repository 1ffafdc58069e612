/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How the findings of `tagsight check` are written: text that editors jump to, JSON Lines, or SARIF.
 *
 *	struct check_printer printer;
 *	check_printer_open(&printer, "text", stream, color);
 *	check_run(&options, &dataset, &printer.sink, &summary, progress, &err);
 *	check_printer_close(&printer, &summary);
 */
#ifndef TAGSIGHT_CMD_CHECK_PRINT_H
#define TAGSIGHT_CMD_CHECK_PRINT_H

#include "lib/corpus/finding.h"
#include "preprocess/check/check.h"

#include <stdbool.h>
#include <stdio.h>

struct check_writer;

struct check_printer {
	struct finding_sink sink; /* findings go here */
	const struct check_writer *writer;
	FILE *out; /* borrowed */
	bool color;
	size_t n; /* findings written */
};

/* The choices of --format. */
#define CHECK_FORMATS "text|json|sarif"

/* `format` is one of CHECK_FORMATS. What opens the output, if any, is written at once. */
void check_printer_open(struct check_printer *printer, const char *format, FILE *out, bool color);

/* A check_options.suppressed for sinks that are a check_printer's. */
void check_printer_suppressed(struct finding_sink *sink, const char *rule, size_t n);

/* The summary, and what closes the output; with NULL for a summary, that of a run that failed. */
void check_printer_close(struct check_printer *printer, const struct check_summary *summary);

#endif
