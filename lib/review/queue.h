/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which records of a review are shown, and in which order. The queue is made a little at a time, as the
 * records become known; it stays as it is while records are edited, until it is made anew.
 *
 *	queue = review_queue_new(review);
 *	review_filter_add(&filter, review, "PER", &err);
 *	review_queue_make(queue, ORDER_CONFIDENCE, seed, &filter);
 *	while (review_work(review, 0.004) | review_queue_work(queue, 0.004)) ...
 *	record = review_queue_at(queue, 0);
 */
#ifndef TAGSIGHT_REVIEW_QUEUE_H
#define TAGSIGHT_REVIEW_QUEUE_H

#include "lib/review/review.h"
#include "lib/review/scores.h"

#include <stdint.h>

enum review_order {
	ORDER_FILE,
	ORDER_DISAGREEMENT, /* most differing spans first, what was decided after the rest */
	ORDER_CONFIDENCE,   /* the least sure prediction first */
	ORDER_MARGIN,       /* where two labels of a word are nearest to each other first */
	ORDER_SUSPECT,      /* labels that a model finds unlikely, then errors, warnings, notes */
	ORDER_RANDOM,
	REVIEW_ORDERS
};

/* "file", "disagreement", "confidence", "margin", "suspect", "random". */
const char *review_order_name(enum review_order order);

/* False when there is no such order. */
bool review_order_read(const char *name, enum review_order *order);

/* What a record must have, all of it. Strings are of the filter. */
struct review_filter {
	char *text; /* in its id or words, ASCII letters in either case */
	char *type; /* of a span of the tags or the prediction */
	char *rule; /* of a finding, or the beginning of one that ends with '-' */
	bool has_state;
	enum review_state state;
	bool differing, findings, hard, noted;
	float below; /* least confidence; 0: any */
};

#define REVIEW_FILTER_INIT { .text = NULL }

/* Want this as well: a state ("untouched", "accepted", "edited"), "differs", "findings", "hard",
 * "noted", "<0.5", the name of a type of the data, a rule (a name with '-' in it), else a text; or
 * "text:", "type:", "rule:" and what follows. What was wanted of the same kind before goes. */
int review_filter_add(struct review_filter *filter, const struct review *review, const char *what,
		      struct err *err);

/* A copy to be released; -1 when memory is out, then it is empty. */
int review_filter_copy(struct review_filter *to, const struct review_filter *from);
bool review_filter_is_empty(const struct review_filter *filter);

/* "PER, edited, <0.5": append what is wanted. */
void review_filter_say(const struct review_filter *filter, struct buf *out);
void review_filter_release(struct review_filter *filter);

struct review_queue;

/* All records in the order of the file; `review` must outlive it. NULL when memory is out. */
struct review_queue *review_queue_new(struct review *review);
void review_queue_free(struct review_queue *queue);

/* Begin anew with an order and a filter, which is copied. -1 when memory is out. */
int review_queue_make(struct review_queue *queue, enum review_order order, uint64_t seed,
		      const struct review_filter *filter);

/* Take in records that became known, for about so many seconds; false when nothing is left to do until
 * review_work() has done more. */
bool review_queue_work(struct review_queue *queue, double seconds);

/* Records shown so far; the record at a position; the position of a record, SIZE_MAX when it is not
 * shown. */
size_t review_queue_count(const struct review_queue *queue);
size_t review_queue_at(const struct review_queue *queue, size_t position);
size_t review_queue_find(const struct review_queue *queue, size_t record);

/* Show a record that the filter left out at this position. -1 when memory is out. */
int review_queue_insert(struct review_queue *queue, size_t position, size_t record);

/* Show a record at the end if it fits by now, since something was found out about it. -1 when memory is
 * out. */
int review_queue_append(struct review_queue *queue, size_t record);

/* Whether every record was looked at and all are in order. */
bool review_queue_is_whole(const struct review_queue *queue);

enum review_order review_queue_order(const struct review_queue *queue);
const struct review_filter *review_queue_filter(const struct review_queue *queue);

/* A search along the queue that can be interrupted. */
struct review_search {
	enum review_goal goal;
	const char *needle; /* for GOAL_TEXT; borrowed */
	size_t at;          /* position looked at last, at first the one to go from */
	size_t left;        /* positions to look at, the one gone from last */
	bool forward;
	const struct score_goal *scored; /* entities to look for instead of the goal; NULL; borrowed */
};

enum search_status { SEARCH_MORE, SEARCH_FOUND, SEARCH_NOTHING };

struct review_search review_search_from(const struct review_queue *queue, enum review_goal goal,
					const char *needle, size_t position, bool forward);

/* Go on for about so many seconds. SEARCH_FOUND: `at` is the position. */
enum search_status review_search_work(const struct review_queue *queue,
				      struct review_search *search, double seconds);

#endif
