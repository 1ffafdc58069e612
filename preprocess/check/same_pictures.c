/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/same_pictures.h"

#include "lib/base/checked.h"

#include <stdlib.h>

struct member {
	const struct fingerprint *print;
	size_t number, first; /* the first of the same content */
};

static int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

static int by_content(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = compare(x->print->content, y->print->content);

	if (order == 0)
		order = compare(x->print->bytes, y->print->bytes);
	return order ? order : compare(x->number, y->number);
}

static int by_first(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int order = compare(x->first, y->first);

	return order ? order : compare(x->number, y->number);
}

static struct member *sorted_members(const struct fingerprint *const *prints, size_t n,
				     size_t *n_members)
{
	struct member *members = checked_calloc(n, sizeof(*members));
	size_t kept = 0;

	for (size_t i = 0; members && i < n; i++)
		if (prints[i])
			members[kept++] = (struct member){ prints[i], i, i };
	*n_members = kept;
	if (kept)
		qsort(members, kept, sizeof(*members), by_content);
	for (size_t i = 1; i < kept; i++)
		if (fingerprint_same_bytes(members[i - 1].print, members[i].print))
			members[i].first = members[i - 1].first;
	if (kept)
		qsort(members, kept, sizeof(*members), by_first);
	return members;
}

int same_pictures_init(struct same_pictures *same, const struct fingerprint *const *prints, size_t n)
{
	struct member *members;
	size_t kept;

	*same = (struct same_pictures)SAME_PICTURES_INIT;
	members = sorted_members(prints, n, &kept);
	same->numbers = checked_calloc(kept, sizeof(*same->numbers));
	same->starts = checked_calloc(kept + 1, sizeof(*same->starts));
	if (!members || !same->numbers || !same->starts) {
		free(members);
		return -1;
	}
	for (size_t i = 0; i < kept; i++) {
		same->numbers[i] = members[i].number;
		if (i == 0 || members[i].first != members[i - 1].first)
			same->starts[same->n_contents++] = i;
	}
	same->starts[same->n_contents] = kept;
	free(members);
	return 0;
}

void same_pictures_release(struct same_pictures *same)
{
	free(same->numbers);
	free(same->starts);
	*same = (struct same_pictures)SAME_PICTURES_INIT;
}
