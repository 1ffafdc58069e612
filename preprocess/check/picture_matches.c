/* SPDX-License-Identifier: Apache-2.0 */
/* Which pictures of different splits and data sets are the same. */
#include "preprocess/check/picture_hashes.h"

#include "lib/base/checked.h"
#include "preprocess/check/near_pictures.h"
#include "preprocess/check/same_pictures.h"

#include <stdlib.h>

#define NONE SIZE_MAX

/* The best match in one split of the pictures of one content. */
struct best {
	size_t picture; /* NONE: no match */
	bool same_bytes;
	int distance;
};

struct matching {
	const struct hashed_picture *pictures; /* [n] */
	size_t n;
	size_t *group_of; /* [n] splits, numbered from 0 in the order of data set and split */
	size_t n_groups;
	struct same_pictures same;
	const struct fingerprint **prints;   /* [n], NULL where unread */
	const struct fingerprint **contents; /* [same.n_contents], of their first members */
	struct near_pictures *near;          /* of the contents */
	size_t content;                      /* in hand */
	struct best *bests;                  /* [n_groups], of the content in hand */
	struct picture_match *matches;
	size_t n_matches, capacity;
};

static int compare(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int compare_owners(const struct picture_owner *a, const struct picture_owner *b)
{
	int order = compare(a->dataset, b->dataset);

	return order ? order : compare(a->split, b->split);
}

static int by_owner(const void *a, const void *b)
{
	return compare_owners(*(const struct picture_owner *const *)a,
			      *(const struct picture_owner *const *)b);
}

/* Number the splits: sort all owners, leave each once, look each picture's up. */
static int number_groups(struct matching *matching)
{
	const struct picture_owner **owners = checked_calloc(matching->n, sizeof(*owners));
	size_t kept = 0;

	matching->group_of = checked_calloc(matching->n, sizeof(*matching->group_of));
	if (!owners || !matching->group_of) {
		free(owners);
		return -1;
	}
	for (size_t i = 0; i < matching->n; i++)
		owners[i] = &matching->pictures[i].owner;
	if (matching->n)
		qsort(owners, matching->n, sizeof(*owners), by_owner);
	for (size_t i = 0; i < matching->n; i++)
		if (kept == 0 || compare_owners(owners[kept - 1], owners[i]) != 0)
			owners[kept++] = owners[i];
	matching->n_groups = kept;
	for (size_t i = 0; i < matching->n; i++) {
		const struct picture_owner *owner = &matching->pictures[i].owner;
		const struct picture_owner **found =
			bsearch(&owner, owners, kept, sizeof(*owners), by_owner);

		matching->group_of[i] = (size_t)(found - owners);
	}
	free(owners);
	return 0;
}

static int matching_prepare(struct matching *matching)
{
	size_t n = matching->n;

	if (number_groups(matching) < 0)
		return -1;
	matching->prints = checked_calloc(n, sizeof(*matching->prints));
	matching->bests = checked_calloc(matching->n_groups, sizeof(*matching->bests));
	if (!matching->prints || !matching->bests)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (matching->pictures[i].read)
			matching->prints[i] = &matching->pictures[i].fingerprint;
	if (same_pictures_init(&matching->same, matching->prints, n) < 0)
		return -1;
	matching->contents = checked_calloc(matching->same.n_contents, sizeof(*matching->contents));
	if (!matching->contents)
		return -1;
	for (size_t c = 0; c < matching->same.n_contents; c++)
		matching->contents[c] =
			matching->prints[matching->same.numbers[matching->same.starts[c]]];
	matching->near = near_pictures_new(matching->contents, matching->same.n_contents);
	return matching->near ? 0 : -1;
}

static bool better(const struct best *a, const struct best *b)
{
	if (b->picture == NONE || a->same_bytes != b->same_bytes)
		return b->picture == NONE || a->same_bytes;
	return a->distance < b->distance || (a->distance == b->distance && a->picture < b->picture);
}

/* Hold all pictures of a content against the best matches of the content in hand. */
static void offer_content(struct matching *matching, size_t content)
{
	const struct same_pictures *same = &matching->same;
	struct best offer = { NONE, content == matching->content, 0 };

	if (!offer.same_bytes)
		offer.distance = fingerprint_distance(matching->contents[matching->content],
						      matching->contents[content]);
	for (size_t i = same->starts[content]; i < same->starts[content + 1]; i++) {
		struct best *best = &matching->bests[matching->group_of[same->numbers[i]]];

		offer.picture = same->numbers[i];
		if (better(&offer, best))
			*best = offer;
	}
}

static void on_near(void *context, size_t content)
{
	offer_content(context, content);
}

static int add_matches(struct matching *matching, size_t picture)
{
	for (size_t group = 0; group < matching->n_groups; group++) {
		const struct best *best = &matching->bests[group];

		if (best->picture == NONE || group == matching->group_of[picture])
			continue;
		if (GROW(matching->matches, matching->n_matches, matching->capacity) < 0)
			return -1;
		matching->matches[matching->n_matches++] = (struct picture_match){
			picture, best->picture, best->same_bytes, best->distance
		};
	}
	return 0;
}

static int match_content(struct matching *matching, size_t content)
{
	const struct same_pictures *same = &matching->same;

	matching->content = content;
	for (size_t group = 0; group < matching->n_groups; group++)
		matching->bests[group].picture = NONE;
	offer_content(matching, content);
	near_pictures_each(matching->near, content, on_near, matching);
	for (size_t i = same->starts[content]; i < same->starts[content + 1]; i++)
		if (add_matches(matching, same->numbers[i]) < 0)
			return -1;
	return 0;
}

/* By picture; those of one picture stay in the order of splits. */
static int sort_matches(struct matching *matching)
{
	size_t *starts = checked_calloc(matching->n + 1, sizeof(*starts));
	struct picture_match *sorted = checked_calloc(matching->n_matches, sizeof(*sorted));

	if (!starts || !sorted) {
		free(starts);
		free(sorted);
		return -1;
	}
	for (size_t i = 0; i < matching->n_matches; i++)
		starts[matching->matches[i].picture + 1]++;
	for (size_t i = 0; i < matching->n; i++)
		starts[i + 1] += starts[i];
	for (size_t i = 0; i < matching->n_matches; i++)
		sorted[starts[matching->matches[i].picture]++] = matching->matches[i];
	free(starts);
	free(matching->matches);
	matching->matches = sorted;
	return 0;
}

static void matching_release(struct matching *matching)
{
	free(matching->group_of);
	free(matching->prints);
	free(matching->contents);
	free(matching->bests);
	near_pictures_free(matching->near);
	same_pictures_release(&matching->same);
}

int picture_hashes_match(const struct picture_hashes *hashes, struct picture_match **matches,
			 size_t *n, struct err *err)
{
	struct matching matching = { .same = SAME_PICTURES_INIT };
	int rc;

	matching.pictures = picture_hashes_list(hashes, &matching.n);
	rc = matching_prepare(&matching);
	for (size_t content = 0; rc == 0 && content < matching.same.n_contents; content++)
		rc = match_content(&matching, content);
	if (rc == 0)
		rc = sort_matches(&matching);
	matching_release(&matching);
	if (rc < 0) {
		free(matching.matches);
		return err_set_memory(err);
	}
	*matches = matching.matches;
	*n = matching.n_matches;
	return 0;
}
