/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/queue_priv.h"

#include "lib/base/checked.h"
#include "lib/base/random.h"

#include <stdlib.h>
#include <string.h>

#define HALF 65536 /* values of half a key */

static const char *const order_names[REVIEW_ORDERS] = { "file", "disagreement", "confidence",
							"margin", "suspect", "random" };

const char *review_order_name(enum review_order order)
{
	return order_names[order];
}

bool review_order_read(const char *name, enum review_order *order)
{
	for (int i = 0; i < REVIEW_ORDERS; i++)
		if (strcmp(name, order_names[i]) == 0) {
			*order = (enum review_order)i;
			return true;
		}
	return false;
}

/* Floats from 0 to 2 as whole numbers of the same order, up to 2^30. */
static uint32_t float_key(float number)
{
	uint32_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

/* 0 for labels that a model doubts, then by the worst finding, 4 for none. */
static uint32_t suspicion(const struct review_entry *entry)
{
	return entry->suspect ? 0 : 4 - (uint32_t)entry->worst;
}

uint32_t queue_key(const struct review *review, size_t record, enum review_order order,
		   uint64_t seed)
{
	const struct review_entry *entry = &review->entries[record];
	struct random_stream random;

	switch (order) {
	case ORDER_DISAGREEMENT:
		return ((uint32_t)(entry->state != STATE_UNTOUCHED) << 16) |
		       (UINT16_MAX - (uint32_t)entry->differing);
	case ORDER_CONFIDENCE:
		return float_key(entry->confidence);
	case ORDER_MARGIN:
		return float_key(entry->margin);
	case ORDER_SUSPECT:
		return suspicion(entry) << 29 | float_key(entry->confidence) >> 2;
	case ORDER_RANDOM:
		random = random_stream(seed, "order");
		random.state += record;
		return (uint32_t)(random_next(&random) >> 32);
	case ORDER_FILE:
	case REVIEW_ORDERS:
		break;
	}
	return 0;
}

int queue_sort_begin(struct queue_sort *sort, struct queue_item *items, size_t n)
{
	queue_sort_release(sort);
	sort->spare = checked_realloc(NULL, n ? n : 1, sizeof(*sort->spare));
	sort->places = checked_calloc((size_t)2 * HALF, sizeof(*sort->places));
	if (!sort->spare || !sort->places) {
		queue_sort_release(sort);
		return -1;
	}
	sort->items = items;
	sort->n = n;
	sort->pass = 1;
	return 0;
}

static void count(struct queue_sort *sort)
{
	uint32_t *low = sort->places, *high = low + HALF;
	uint32_t at_low = 0, at_high = 0;

	for (size_t i = 0; i < sort->n; i++) {
		low[sort->items[i].key % HALF]++;
		high[sort->items[i].key / HALF]++;
	}
	for (size_t i = 0; i < HALF; i++) {
		uint32_t n_low = low[i], n_high = high[i];

		low[i] = at_low;
		high[i] = at_high;
		at_low += n_low;
		at_high += n_high;
	}
}

void queue_sort_step(struct queue_sort *sort)
{
	uint32_t *low = sort->places, *high = low + HALF;

	switch (sort->pass++) {
	case 1:
		count(sort);
		return;
	case 2:
		for (size_t i = 0; i < sort->n; i++)
			sort->spare[low[sort->items[i].key % HALF]++] = sort->items[i];
		return;
	default:
		for (size_t i = 0; i < sort->n; i++)
			sort->items[high[sort->spare[i].key / HALF]++] = sort->spare[i];
		queue_sort_release(sort);
	}
}

void queue_sort_release(struct queue_sort *sort)
{
	free(sort->spare);
	free(sort->places);
	*sort = (struct queue_sort){ .pass = 0 };
}
