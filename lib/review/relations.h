/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of relations, MNRE lines, under review: everything that lib/review/review.h has works on it
 * but what is about tags, and these do what is about relations.
 *
 *	review = review_open_relations("ours_train.txt", &err);
 *	review_set_relation(review, 7, "/per/org/member_of", &err);
 *	review_flip(review, 7, &err);
 *	review_export(review, "ours_train.reviewed.txt", REVIEW_NEW_FILE, &err);
 *
 * In the exported file only the value of 'relation' is another one, and those of 'h' and 't' have
 * changed places where a record is flipped.
 */
#ifndef TAGSIGHT_REVIEW_RELATIONS_H
#define TAGSIGHT_REVIEW_RELATIONS_H

#include "lib/corpus/relation.h"
#include "lib/review/review.h"

#define RELATION_NAME_LIMIT 256 /* bytes */

struct review_candidate {
	const char *relation;
	float probability; /* in [0, 1] */
};

/* What of a record is about its relation. */
struct review_relation {
	struct mention head, tail; /* as they stand; spans are the file's and may be out of range */
	const char *relation;      /* as it stands */
	bool flipped;              /* head and tail are those of the file the other way round */
	const char *gold;          /* of the file */
	const char *predicted;     /* for head and tail as in the file; NULL: no prediction */
	float confidence;          /* of the predicted one */
	const struct review_candidate *candidates; /* [n_candidates], the most probable first; the
						    * predicted one is among them */
	size_t n_candidates;
};

struct review *review_open_relations(const char *path, struct err *err);
bool review_has_relations(const struct review *review);

/* Whether the prediction says something else than the record has now. Direction matters to all
 * relations but "None". */
bool review_relation_differs(const struct review_relation *relation);

/* The words of a mention that are in the sentence. False when there are none. */
bool review_mention_words(const struct sentence *sentence, const struct mention *mention,
			  size_t *begin, size_t *end);

/* Whether it can stand in a file: UTF-8 without control characters, neither empty nor past
 * RELATION_NAME_LIMIT. NULL cannot. */
bool relation_name_is_valid(const char *name);

/* Edits, as those of review.h: 1 done, 0 nothing to change (or a tweet), -1 not journalled. */
int review_set_relation(struct review *review, size_t record, const char *relation,
			struct err *err);
int review_flip(struct review *review, size_t record, struct err *err);

#endif
