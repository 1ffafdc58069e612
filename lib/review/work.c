/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is done while nobody waits: the text is indexed, then the journals are repeated, then findings
 * and predictions are joined; the predictions of the first records come before all.
 */
#include "lib/review/review_priv.h"

#include <time.h>

#define STEPS_A_LOOK 8    /* steps between two looks at the clock */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* Do one thing; false when nothing is left. */
static bool step(struct review *review)
{
	const struct review_lines *predictions = &review->predictions;

	if (review->cache->fault.kind != ERR_NONE)
		return false;
	if (predictions->open && predictions->lines.line < REVIEW_FIRST_RECORDS &&
	    predictions->next < review->n_records)
		return review_predictions_step(review);
	if (review->reader) {
		review_index_step(review);
		return true;
	}
	return review_replay_step(review) || review_settle_step(review) ||
	       review_findings_step(review) || review_prediction_lines_step(review) ||
	       review_predictions_step(review) || review_live_step(review) ||
	       review_scores_step(review) || review_measure_step(review);
}

bool review_work(struct review *review, double seconds)
{
	double end = now() + seconds;
	bool more = true;

	while (more) {
		for (int i = 0; more && i < STEPS_A_LOOK; i++)
			more = step(review);
		if (now() >= end)
			break;
	}
	return more;
}

int review_finish(struct review *review, struct err *err)
{
	while (step(review))
		;
	return review_fault(review, err);
}

bool review_is_indexed(const struct review *review)
{
	return !review->reader;
}

bool review_is_complete(const struct review *review)
{
	return review->cache->fault.kind != ERR_NONE ||
	       (!review->reader && !review_is_replaying(review) && review_is_settled(review) &&
		!review->findings.open && !review->predictions.open && !review->live.open);
}

int review_make_ready(struct review *review, struct err *err)
{
	while (review->reader && review_is_replaying(review) && review->cache->fault.kind == ERR_NONE)
		review_index_step(review);
	while (review_replay_step(review) || review_settle_step(review))
		;
	return review_fault(review, err);
}

int review_fault(const struct review *review, struct err *err)
{
	if (review->cache->fault.kind == ERR_NONE)
		return 0;
	*err = review->cache->fault;
	return -1;
}

void review_take_note(struct review *review, struct buf *note)
{
	if (review->note.length)
		buf_add_format(note, "%s%s", note->length ? "; " : "", review->note.data);
	buf_clear(&review->note);
}
