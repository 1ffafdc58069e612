/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One split on the screen: its review, and where its pictures are. Opening it reads the beginning
 * of the text, of the predictions and the findings and takes the journal; the rest comes by
 * review_work(), and boxes when they are first looked at.
 */
#ifndef TAGSIGHT_TUI_SHEET_H
#define TAGSIGHT_TUI_SHEET_H

#include "lib/base/str_list.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/scheme.h"
#include "lib/review/queue.h"
#include "tui/boxes.h"

#include <stdbool.h>

#define ADJUDICATED "adjudicated" /* whose journal an adjudication is */
#define ADJUDICATE_MOST 4         /* annotators; each has a key */

struct sheet_options {
	const char *predictions; /* a file; NULL: where tagsight keeps them */
	const char *journal;     /* a file; NULL: where tagsight keeps it */
	bool lone_file;          /* DATA is one file: all of ours lies beside it */
	enum review_order order;
	const struct str_list *only; /* what is to be shown, see review_filter_add() */
	uint64_t seed;               /* of the random order */
	const char *annotator;   /* whose journal; NULL: nobody's in particular */
	bool blind;              /* show nothing of what models think */
	struct predictor_opener *opener; /* of what predicts; NULL: nothing does */
	const struct str_list *adjudicate; /* the annotators who are shown; empty: none */
};

struct sheet {
	const struct split *split; /* of the dataset, which outlives the sheet */
	char *name;                /* "twitter2015 train" */
	char *journal;             /* path */
	struct review *review;     /* NULL until it is opened */
	struct review_queue *queue;
	char *live; /* where predictions are that are made meanwhile */
	char *boxes_path;
	struct str_list relations; /* that a relation line can be given; empty for tweets */
	struct boxes boxes;
	enum scheme scheme; /* that its tags are meant in, once it was asked for */
	bool scheme_known;
	bool boxes_known; /* they were read, or there are none */
	size_t boxes_lost; /* edits of boxes that there are not (any more), not told yet */
	char *reviewed_path; /* where the manifest with the edits goes */
};

/* Open the sheet of a split. What the user should know is added to `note`. */
int sheet_open(struct sheet *sheet, const struct dataset *dataset, const struct split *split,
	       const struct sheet_options *options, struct buf *note, struct err *err);
void sheet_close(struct sheet *sheet);

/* What is known of the agreement of the annotators, as " kappa 0.87"; "" when nothing is. */
void sheet_say_agreement(const struct sheet *sheet, struct buf *out);

/* Where the decisions about a split are kept, on the heap; NULL when memory is out. */
char *sheet_journal_path(const struct dataset *dataset, const struct split *split,
			 const struct sheet_options *options);

/* Why a record has no prediction, and what can be done; static. */
const char *sheet_why_no_prediction(const struct sheet_options *options);

/* The scheme that the tags of the file are meant in; the file is read when first asked. */
int sheet_scheme(struct sheet *sheet, enum scheme *scheme, struct err *err);

/* The boxes in a picture (its file name), read when first asked for; NULL when there is none. */
const struct picture_box *sheet_boxes(struct sheet *sheet, const char *image);

/* Read the boxes again when their file is another one: whether it is. */
bool sheet_refresh_boxes(struct sheet *sheet);

#endif
