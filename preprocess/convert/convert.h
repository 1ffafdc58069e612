/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From one annotation format to another. The input is read once to count what the output cannot hold,
 * and only then, when nothing or nothing that matters is lost, once more to be written.
 *
 *	struct convert_report report;
 *	if (convert_run(&job, &options, progress, &report, &err) == 0 && report.written) ...
 *	convert_report_release(&report);
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_CONVERT_H
#define TAGSIGHT_PREPROCESS_CONVERT_CONVERT_H

#include "lib/base/progress.h"
#include "preprocess/convert/format.h"

struct convert_job {
	const char *input;  /* a file or a folder */
	const char *name;   /* of the input, for messages */
	const char *output; /* a file, a folder for formats that are one, or NULL for `stream` */
	FILE *stream;       /* where the output goes that has no name */
	const struct convert_format *from, *to;
	const char *boxes;  /* a file or folder of boxes for the records' pictures; NULL: none */
	const struct convert_format *boxes_from;
	bool count_only; /* do not write */
	bool lossy; /* write though something is lost */
};

struct convert_report {
	size_t records, words, spans, relations, boxes; /* read */
	size_t boxes_left; /* of job->boxes, in pictures of no record */
	struct convert_losses losses;
	enum scheme read, write; /* of the tags, where there are any */
	bool tags;               /* that were read */
	bool written;
};

/* 0, also when nothing was written because something would be lost; the report has to be released
 * either way. Outputs appear by rename. */
int convert_run(const struct convert_job *job, const struct convert_options *options,
		struct progress *progress, struct convert_report *report, struct err *err);
void convert_report_release(struct convert_report *report);

#endif
