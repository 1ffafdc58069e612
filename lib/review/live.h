/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Predictions that are made while a review goes on, for records that no file has one of. They are kept
 * in a file of their own, where a later review with the same model finds them. It is JSON Lines: first
 *	{"review-predictions":1,"model":"tagger.safetensors 5242880"}
 * then, in the order in which they were made, lines of predictions (lib/corpus/prediction.h) with a
 * further "record", the number in the text. It is not for other commands: it seldom has all records.
 *
 *	review_keep_predictions(review, "train.txt.review-predictions.jsonl", model, &err);
 *	if (review_lacks_prediction(review, 7))
 *		review_put_prediction(review, 7, &prediction, &err);
 */
#ifndef TAGSIGHT_REVIEW_LIVE_H
#define TAGSIGHT_REVIEW_LIVE_H

#include "lib/corpus/prediction.h"
#include "lib/review/review.h"

/* Whether the file of predictions is still being joined, or will be once more. */
bool review_expects_predictions(const struct review *review);

/* Whether the text is known to its end, so that predictions can be put, and all files of them are joined. */
bool review_takes_predictions(const struct review *review);

/* Whether neither a file nor a model said anything of the record yet; it has words. */
bool review_lacks_prediction(const struct review *review, size_t record);

/* The words of a record, with the tags of the file; valid until a function of the review is called. NULL
 * when it cannot be read. */
const struct sentence *review_words(const struct review *review, size_t record);

/* Keep predictions of a model in the file at `path`; those that it has are joined by review_work(). One of
 * another model is begun anew. Where there can be none, or another review has it, they are kept until the
 * review is freed. Once, before the first is put; again, it does nothing. */
int review_keep_predictions(struct review *review, const char *path, const char *model,
			    struct err *err);

/* Join a prediction to a record that lacks one. 1; 0 when it does not fit the record; -1 when it could not
 * be kept. The tags of the record, and the journal, stay as they are. */
int review_put_prediction(struct review *review, size_t record, const struct prediction *prediction,
			  struct err *err);

#endif
