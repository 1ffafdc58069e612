/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/queue_priv.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define STEPS_A_LOOK 64 /* records between two looks at the clock */

struct review_queue {
	struct review *review;
	enum review_order order;
	uint64_t seed;
	struct review_filter filter;
	bool all;                 /* every record in the order of the file: there are no items */
	struct queue_item *items; /* [n] */
	size_t n, capacity;
	size_t examined; /* records that were looked at */
	size_t sorted;   /* items that are in order */
	bool final;      /* they were sorted when all was known */
	bool failed;     /* memory is out */
	struct queue_sort sort;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

struct review_queue *review_queue_new(struct review *review)
{
	struct review_queue *queue = calloc(1, sizeof(*queue));

	if (queue) {
		queue->review = review;
		queue->all = true;
	}
	return queue;
}

void review_queue_free(struct review_queue *queue)
{
	if (!queue)
		return;
	queue_sort_release(&queue->sort);
	review_filter_release(&queue->filter);
	free(queue->items);
	free(queue);
}

int review_queue_make(struct review_queue *queue, enum review_order order, uint64_t seed,
		      const struct review_filter *filter)
{
	struct review_filter copy;

	if (review_filter_copy(&copy, filter) < 0)
		return -1;
	review_filter_release(&queue->filter);
	queue_sort_release(&queue->sort);
	queue->filter = copy;
	queue->order = order;
	queue->seed = seed;
	queue->all = order == ORDER_FILE && review_filter_is_empty(filter);
	queue->n = queue->examined = queue->sorted = 0;
	queue->final = queue->failed = false;
	return 0;
}

/* Records whose place is known by now: where findings or predictions decide, these come first. */
static size_t settled(const struct review_queue *queue)
{
	const struct review *review = queue->review;
	bool joined = queue->order == ORDER_DISAGREEMENT || queue->order == ORDER_CONFIDENCE ||
		      queue->order == ORDER_MARGIN || queue->order == ORDER_SUSPECT || review_filter_is_joined(&queue->filter);

	if (!joined || review_is_complete(review))
		return review->n_records;
	if (review->reader || review->replay || review->findings.open)
		return 0;
	return review->predictions.next;
}

static void examine(struct review_queue *queue)
{
	size_t record = queue->examined++;

	if (!review_filter_fits(&queue->filter, queue->review, record))
		return;
	if (GROW(queue->items, queue->n, queue->capacity) < 0) {
		queue->failed = true;
		return;
	}
	queue->items[queue->n++] = (struct queue_item){
		queue_key(queue->review, record, queue->order, queue->seed), (uint32_t)record
	};
}

/* Sort what there is at first, and once more when nothing is left to come. In between the order stays
 * as it is, so that nothing jumps about. */
static bool wants_sort(const struct review_queue *queue)
{
	if (queue->order == ORDER_FILE || queue->n == 0 || queue->final)
		return false;
	return queue->sorted == 0 || review_is_complete(queue->review);
}

static void begin_sort(struct review_queue *queue)
{
	queue->final = review_is_complete(queue->review);
	if (queue_sort_begin(&queue->sort, queue->items, queue->n) < 0)
		queue->failed = true;
	queue->sorted = queue->n;
}

/* Do one thing; false when nothing can be done now. */
static bool step(struct review_queue *queue)
{
	if (queue->all || queue->failed)
		return false;
	if (queue->sort.pass)
		queue_sort_step(&queue->sort);
	else if (queue->examined < settled(queue))
		examine(queue);
	else if (wants_sort(queue))
		begin_sort(queue);
	else
		return false;
	return true;
}

bool review_queue_work(struct review_queue *queue, double seconds)
{
	double end = now() + seconds;
	bool more = true;

	while (more) {
		for (int i = 0; more && i < STEPS_A_LOOK; i++) {
			more = step(queue);
			if (queue->sort.pass)
				break;
		}
		if (now() >= end)
			break;
	}
	return more;
}

size_t review_queue_count(const struct review_queue *queue)
{
	return queue->all ? queue->review->n_records : queue->n;
}

size_t review_queue_at(const struct review_queue *queue, size_t position)
{
	return queue->all ? position : queue->items[position].record;
}

size_t review_queue_find(const struct review_queue *queue, size_t record)
{
	if (queue->all)
		return record < queue->review->n_records ? record : SIZE_MAX;
	for (size_t i = 0; i < queue->n; i++)
		if (queue->items[i].record == record)
			return i;
	return SIZE_MAX;
}

int review_queue_insert(struct review_queue *queue, size_t position, size_t record)
{
	while (queue->sort.pass)
		queue_sort_step(&queue->sort);
	if (queue->all || GROW(queue->items, queue->n, queue->capacity) < 0)
		return -1;
	memmove(queue->items + position + 1, queue->items + position,
		(queue->n - position) * sizeof(*queue->items));
	queue->items[position] = (struct queue_item){ 0, (uint32_t)record };
	queue->n++;
	queue->sorted++;
	return 0;
}

int review_queue_append(struct review_queue *queue, size_t record)
{
	if (queue->all || queue->failed || record >= queue->examined ||
	    !review_filter_fits(&queue->filter, queue->review, record) ||
	    review_queue_find(queue, record) != SIZE_MAX)
		return 0;
	if (review_queue_insert(queue, queue->n, record) < 0)
		return -1;
	queue->items[queue->n - 1].key =
		queue_key(queue->review, record, queue->order, queue->seed);
	return 0;
}

bool review_queue_is_whole(const struct review_queue *queue)
{
	if (!review_is_complete(queue->review))
		return false;
	return queue->all || queue->failed ||
	       (queue->examined == queue->review->n_records && !queue->sort.pass &&
		!wants_sort(queue));
}

enum review_order review_queue_order(const struct review_queue *queue)
{
	return queue->order;
}

const struct review_filter *review_queue_filter(const struct review_queue *queue)
{
	return &queue->filter;
}

struct review_search review_search_from(const struct review_queue *queue, enum review_goal goal,
					const char *needle, size_t position, bool forward)
{
	return (struct review_search){ goal, needle, position, review_queue_count(queue), forward,
				       NULL };
}

static bool is_found(const struct review_search *search, const struct review *review, size_t record)
{
	return search->scored ? review_has_scored(review, record, search->scored)
			      : review_fits(review, record, search->goal, search->needle);
}

enum search_status review_search_work(const struct review_queue *queue,
				      struct review_search *search, double seconds)
{
	double end = now() + seconds;
	size_t n = review_queue_count(queue);

	for (size_t steps = 1; search->left; steps++) {
		search->left--;
		search->at = (search->forward ? search->at + 1 : search->at + n - 1) % n;
		if (is_found(search, queue->review, review_queue_at(queue, search->at)))
			return SEARCH_FOUND;
		if (steps % STEPS_A_LOOK == 0 && now() >= end)
			return search->left ? SEARCH_MORE : SEARCH_NOTHING;
	}
	return SEARCH_NOTHING;
}
