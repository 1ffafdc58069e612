/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predictions for what is on the screen: tweets without one go to a thread in small batches, the nearest
 * to the selected one first, and what comes back joins the review. All is done in little steps while no
 * key waits; the model is opened on the thread, and only when a tweet lacks a prediction.
 *
 *	predicting_begin(&predicting, opener, sheet);
 *	while (predicting_is_on(&predicting))
 *		if (predicting_step(&predicting, position, &message)) ...
 *	predicting_end(&predicting);
 */
#ifndef TAGSIGHT_TUI_PREDICTING_H
#define TAGSIGHT_TUI_PREDICTING_H

#include "lib/base/buf.h"
#include "lib/review/prediction_thread.h"
#include "tui/sheet.h"

enum predicting_phase {
	PREDICTING_OFF,
	PREDICTING_WAITS,  /* for the file of predictions to be joined */
	PREDICTING_LOADS,  /* the thread opens the model */
	PREDICTING_JOINS,  /* what an earlier review has left */
	PREDICTING_WORKS
};

struct predicting {
	struct predictor_opener *opener;
	const struct sheet *sheet;
	struct prediction_thread *thread;
	enum predicting_phase phase;
	unsigned char *asked; /* [records / 8 + 1] bits: given to the thread, or need not be */
	size_t records, total, given, done, faults;
	size_t anchor, walked; /* how many places were looked at since the selection was there */
	size_t rest;           /* every record before it is asked */
	size_t batch_size;
	struct prediction_batch *arrived; /* being joined */
	size_t joined;                    /* of it */
};

/* Predict what the review of a sheet of tweets lacks; `opener` NULL: nothing. Both are borrowed until
 * predicting_end(), and `predicting` was zeroed or ended before. */
void predicting_begin(struct predicting *predicting, struct predictor_opener *opener,
		      const struct sheet *sheet);

/* Leave off at once; what came is kept. */
void predicting_end(struct predicting *predicting);

/* Whether there is something to step for. */
bool predicting_is_on(const struct predicting *predicting);

/* Go on a little; `position` is the place in the sheet's queue whose neighbours come first. `message` gets
 * what the user should know, such as why there will be no predictions. True when there is something to
 * draw, or to go on with as soon as no key waits. */
bool predicting_step(struct predicting *predicting, size_t position, struct buf *message);

/* "predicting 120 of 4,000"; "" when there is nothing to say. */
void predicting_describe(const struct predicting *predicting, char *text, size_t size);

#endif
