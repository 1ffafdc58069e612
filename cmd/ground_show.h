/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What grounding found, to be looked at: one record explained, or a contact sheet of all. Put
 * GROUND_SHOW_OPTIONS(struct x) into the table and a `struct ground_show_options show;` into the struct.
 */
#ifndef TAGSIGHT_CMD_GROUND_SHOW_H
#define TAGSIGHT_CMD_GROUND_SHOW_H

#include "cmd/cmd.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/grounding.h"
#include "preprocess/ground/ground.h"

struct ground_show_options {
	const char *explain; /* a record, or NULL */
	const char *report;  /* path of the first page, or NULL */
	long side, page;
	int report_only;
};

#define GROUND_SHOW_OPTIONS_INIT { NULL, NULL, 280, 1000, 0 }

#define GROUND_SHOW_OPTION(type, name, kind, field, argument, help) \
	{ 0, name, kind, offsetof(type, show) + offsetof(struct ground_show_options, field), argument, \
	  help, NULL }

#define GROUND_SHOW_OPTIONS(type) \
	GROUND_SHOW_OPTION(type, "explain", OPT_STRING, explain, "RECORD", \
			   "show the boxes of one record; -o FILE.png draws them"), \
	GROUND_SHOW_OPTION(type, "report", OPT_STRING, report, "FILE", \
			   "write a contact sheet of all records, as HTML"), \
	GROUND_SHOW_OPTION(type, "report-only", OPT_FLAG, report_only, NULL, \
			   "with --report: show what earlier runs found, ground nothing"), \
	GROUND_SHOW_OPTION(type, "report-side", OPT_INT, side, "PIXELS", \
			   "longer side of its pictures (default: 280)"), \
	GROUND_SHOW_OPTION(type, "report-page", OPT_INT, page, "N", \
			   "records of one of its pages (default: 1000)")

/* EXIT_OK, or the status of a wrong use, which has been reported. */
int ground_show_check(const struct command *command, const struct ground_show_options *options);

/* Write the contact sheet and say on stderr what it holds. Returns an exit status. */
int ground_show_report(const struct command *command, const struct common_options *common,
		       const struct ground_show_options *options, const struct dataset *dataset);

/* Opens a grounder when one is needed; NULL on failure. */
typedef struct grounder *(*ground_opener)(const void *context, struct err *err);

/* Explain options->explain by the manifest of an earlier run, else by a grounder that `open` gives.
 * Returns an exit status. */
int ground_explain(const struct command *command, const struct common_options *common,
		   const struct ground_show_options *options, const struct ground_options *ground,
		   const struct dataset *dataset, ground_opener open, const void *context);

#endif
