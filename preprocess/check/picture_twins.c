/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/picture_twins.h"

#include "lib/base/checked.h"
#include "preprocess/check/near_pictures.h"
#include "preprocess/check/same_pictures.h"

#include <stdlib.h>

struct nearest {
	const struct fingerprint *const *contents;
	size_t content;  /* in hand */
	size_t other;    /* of those before, the nearest so far; SIZE_MAX: none */
	int distance;
};

static void on_near(void *context, size_t other)
{
	struct nearest *nearest = context;
	int distance;

	if (other >= nearest->content)
		return;
	distance = fingerprint_distance(nearest->contents[nearest->content],
					nearest->contents[other]);
	if (nearest->other == SIZE_MAX || distance < nearest->distance ||
	    (distance == nearest->distance && other < nearest->other)) {
		nearest->other = other;
		nearest->distance = distance;
	}
}

static void set_twins(struct picture *pictures, const struct same_pictures *same, size_t content,
		      const struct picture *alike)
{
	const size_t *numbers = same->numbers + same->starts[content];
	size_t n = same->starts[content + 1] - same->starts[content];

	pictures[numbers[0]].twin = alike;
	for (size_t i = 0; i < n; i++)
		pictures[numbers[i]].n_same = n;
	for (size_t i = 1; i < n; i++) {
		pictures[numbers[i]].twin = &pictures[numbers[0]];
		pictures[numbers[i]].same_bytes = true;
	}
}

static void find_twins(struct picture *pictures, const struct same_pictures *same,
		       const struct near_pictures *near, const struct fingerprint *const *contents)
{
	for (size_t content = 0; content < same->n_contents; content++) {
		struct nearest nearest = { contents, content, SIZE_MAX, 0 };
		const struct picture *alike = NULL;

		near_pictures_each(near, content, on_near, &nearest);
		if (nearest.other != SIZE_MAX)
			alike = &pictures[same->numbers[same->starts[nearest.other]]];
		set_twins(pictures, same, content, alike);
	}
}

int picture_twins_find(struct picture *pictures, size_t n, size_t set)
{
	const struct fingerprint **prints = checked_calloc(n, sizeof(*prints)), **contents = NULL;
	struct same_pictures same = SAME_PICTURES_INIT;
	struct near_pictures *near = NULL;
	int rc = -1;

	if (!prints)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (pictures[i].set == set && pictures[i].file->decoded)
			prints[i] = &pictures[i].file->facts.print;
	if (same_pictures_init(&same, prints, n) < 0)
		goto out;
	contents = checked_calloc(same.n_contents, sizeof(*contents));
	if (!contents)
		goto out;
	for (size_t c = 0; c < same.n_contents; c++)
		contents[c] = prints[same.numbers[same.starts[c]]];
	near = near_pictures_new(contents, same.n_contents);
	if (!near)
		goto out;
	find_twins(pictures, &same, near, contents);
	rc = 0;
out:
	near_pictures_free(near);
	same_pictures_release(&same);
	free(contents);
	free(prints);
	return rc;
}
