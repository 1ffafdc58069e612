/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A contact sheet: every record of a dataset with a small picture, the boxes on it, and the text with its
 * phrases marked in the colours of their boxes. A page is one HTML file that needs nothing else: pictures
 * are data URLs, boxes are inline SVG, filters are checked by style sheets alone. What does not fit in
 * one page goes on in OUT-2.html, OUT-3.html and so on. Written by streaming, by rename.
 *
 *	struct ground_sheet_options options = GROUND_SHEET_OPTIONS_INIT;
 *	if (ground_sheet(&dataset, "sheet.html", &options, progress, &report, &err) < 0) ...
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_SHEET_H
#define TAGSIGHT_PREPROCESS_GROUND_SHEET_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/corpus/dataset.h"

#include <stddef.h>

struct ground_sheet_options {
	int side;     /* pixels of a picture's longer side; 32 to 2000 */
	int quality;  /* of its JPEG, 1 to 100 */
	size_t page;  /* records of a page, above 0 */
	int jobs;     /* threads; 0: one a processor */
	const char *version; /* of tagsight */
};

#define GROUND_SHEET_OPTIONS_INIT { 280, 72, 1000, 0, "" }

struct ground_sheet_report {
	size_t pages, records, boxes;
	size_t without;    /* records without a box */
	size_t unreadable; /* records whose picture cannot be shown */
	size_t skipped;    /* records that cannot be read */
	size_t bad_lines;  /* of manifests */
};

/* Show what the manifests of the splits say. Records and lines that cannot be read are noted.
 * ERR_STOPPED when `progress` was stopped; then, and on any failure, no page is changed that was not
 * finished. */
int ground_sheet(const struct dataset *dataset, const char *path,
		 const struct ground_sheet_options *options, struct progress *progress,
		 struct ground_sheet_report *report, struct err *err);

#endif
