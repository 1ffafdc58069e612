/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the queue: filters, orders, searches.
 */
#ifndef TAGSIGHT_REVIEW_QUEUE_PRIV_H
#define TAGSIGHT_REVIEW_QUEUE_PRIV_H

#include "lib/review/queue.h"
#include "lib/review/review_priv.h"
#include "lib/review/tags.h"

/* A record with what it is sorted by, the least first. */
struct queue_item {
	uint32_t key, record;
};

/* A sort that goes in steps: by the lower halves of the keys, then by the upper ones, each time leaving
 * equal ones as they are. */
struct queue_sort {
	struct queue_item *items; /* [n], sorted at the end; not owned */
	struct queue_item *spare; /* [n] */
	uint32_t *places;         /* [2, 65536] */
	size_t n;
	int pass; /* 0: nothing is being sorted */
};

int queue_sort_begin(struct queue_sort *sort, struct queue_item *items, size_t n);
void queue_sort_step(struct queue_sort *sort);
void queue_sort_release(struct queue_sort *sort);

/* What a record is sorted by. */
uint32_t queue_key(const struct review *review, size_t record, enum review_order order,
		   uint64_t seed);

/* Whether it is about predictions or findings. */
bool review_filter_is_joined(const struct review_filter *filter);
bool review_filter_fits(const struct review_filter *filter, const struct review *review,
			size_t record);

#endif
