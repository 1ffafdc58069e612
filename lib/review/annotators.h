/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Adjudication: what several annotators decided on one text, side by side, and a final version of it.
 * Their journals are read and left as they are.
 *
 *	review = review_open("train.txt", &err);
 *	review_add_annotator(review, "anna", "train.txt.anna.journal.jsonl", &err);
 *	review_add_annotator(review, "ben", "train.txt.ben.journal.jsonl", &err);
 *	review_attach_journal(review, "train.txt.adjudicated.journal.jsonl", &note, &err);
 *	review_take_span(review, 7, 1, 3, &err);          as ben has it
 *
 * Each record then has a reading of each annotator: the tags of the file where they decided nothing.
 * A record on which all agree stands as they have it, and is accepted; of the others, the spans that
 * all have stand until they are decided. Both are written into the journal, as "agreed", and are not
 * edits: they cannot be undone, and are made anew while nobody decided on the record.
 */
#ifndef TAGSIGHT_REVIEW_ANNOTATORS_H
#define TAGSIGHT_REVIEW_ANNOTATORS_H

#include "lib/review/review.h"
#include "lib/review/tags.h"

/* Show the decisions of an annotator; before review_attach_journal(). -1 when the journal cannot be
 * read (file and line), or the text is one of relations. */
int review_add_annotator(struct review *review, const char *name, const char *journal,
			 struct err *err);

/* Take the reading of annotator number `annotator`, from 0: of the whole record, or of the span at a word
 * (where there is none, the record's own span at the word goes). As the edits of review.h. */
int review_take(struct review *review, size_t record, size_t annotator, struct err *err);
int review_take_span(struct review *review, size_t record, size_t annotator, size_t word,
		     struct err *err);

/* Whether all readings of a record have this span. */
bool review_all_have(const struct review_record *record, const struct tag_span *span);

/* How far the annotators agree over all words, as `tagsight agree` counts it; means over the pairs
 * where there are more than two. NAN where a measure is not defined. */
struct review_agreement {
	size_t n_annotators, records, units; /* units are words */
	double observed, cohen, fleiss, krippendorff;
	double f1; /* of spans, of one annotator against the other */
};

/* False while it is not known: review_work() counts it last of all; never for a text of more than
 * some million words. */
bool review_agreement(const struct review *review, struct review_agreement *out);

#endif
