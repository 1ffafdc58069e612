/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/nanodet_priv.h"
#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>

/* A cell and a class whose score is above the threshold. */
struct candidate {
	float score;
	int head, cell, class_id;
};

struct candidates {
	struct candidate *items;
	size_t n, capacity;
};

static float logistic(float x)
{
	return 1 / (1 + expf(-x));
}

static int collect_head(const struct nanodet_config *config, const float *logits, int head,
			float threshold, struct candidates *found, struct err *err)
{
	int side = config->side / config->strides[head], cells = side * side;
	/* Most cells fall here, before the exponential; the margin covers its rounding. */
	float least = logf(threshold / (1 - threshold)) - 0.001f;

	for (int class_id = 0; class_id < config->n_classes; class_id++, logits += cells) {
		for (int cell = 0; cell < cells; cell++) {
			float score;

			if (!(logits[cell] > least))
				continue;
			score = logistic(logits[cell]);
			if (!(score > threshold))
				continue;
			if (GROW(found->items, found->n, found->capacity) < 0)
				return err_set_memory(err);
			found->items[found->n++] = (struct candidate){ score, head, cell, class_id };
		}
	}
	return 0;
}

/* Best first; equal scores in the order head, cell, class. */
static int compare_candidates(const void *left, const void *right)
{
	const struct candidate *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	if (a->head != b->head)
		return a->head - b->head;
	return a->cell != b->cell ? a->cell - b->cell : a->class_id - b->class_id;
}

/* The expected bin of the softmax over `bins` logits, `cells` floats apart. */
static float expected_bin(const float *logits, int bins, int cells)
{
	float most = logits[0], sum = 0, weighted = 0;

	for (int bin = 1; bin < bins; bin++)
		most = fmaxf(most, logits[(size_t)bin * (size_t)cells]);
	for (int bin = 0; bin < bins; bin++) {
		float weight = expf(logits[(size_t)bin * (size_t)cells] - most);

		sum += weight;
		weighted += weight * (float)bin;
	}
	return weighted / sum;
}

static float clamp(float value, float most)
{
	return fminf(fmaxf(value, 0), most);
}

static struct detection box_of(const struct nanodet_config *config, const float *head,
			       const struct candidate *candidate)
{
	int stride = config->strides[candidate->head], across = config->side / stride;
	int cells = across * across;
	float x = ((float)(candidate->cell % across) + 0.5f) * (float)stride;
	float y = ((float)(candidate->cell / across) + 0.5f) * (float)stride;
	float most = (float)config->side, sides[4];

	for (int side = 0; side < 4; side++) {
		size_t plane = (size_t)(config->n_classes + side * config->bins);

		sides[side] = (float)stride * expected_bin(head + plane * (size_t)cells + candidate->cell,
							   config->bins, cells);
	}
	return (struct detection){ clamp(x - sides[0], most), clamp(y - sides[1], most),
				   clamp(x + sides[2], most), clamp(y + sides[3], most),
				   candidate->score, candidate->class_id };
}

/* Intersection over union. */
static float overlap_of(const struct detection *a, const struct detection *b)
{
	float width = fminf(a->x1, b->x1) - fmaxf(a->x0, b->x0);
	float height = fminf(a->y1, b->y1) - fmaxf(a->y0, b->y0);
	float shared = width * height;

	if (width <= 0 || height <= 0)
		return 0;
	return shared / ((a->x1 - a->x0) * (a->y1 - a->y0) + (b->x1 - b->x0) * (b->y1 - b->y0) - shared);
}

static bool is_kept(const struct detection *kept, size_t n, const struct detection *box,
		    float overlap)
{
	for (size_t i = 0; i < n; i++)
		if (kept[i].class_id == box->class_id && overlap_of(&kept[i], box) > overlap)
			return false;
	return true;
}

int nanodet_boxes(const struct nanodet_config *config, float *const heads[NANODET_HEADS],
		  float threshold, struct detection **out, size_t *n, struct arena *arena,
		  struct err *err)
{
	struct candidates found = { NULL, 0, 0 };
	struct detection *kept = arena_alloc(arena, NANODET_DETECTIONS, sizeof(*kept));
	int rc = -1;

	*n = 0;
	if (!kept) {
		err_set_memory(err);
		goto out;
	}
	for (int head = 0; head < NANODET_HEADS; head++)
		if (collect_head(config, heads[head], head, threshold, &found, err) < 0)
			goto out;
	if (found.n)
		qsort(found.items, found.n, sizeof(*found.items), compare_candidates);
	for (size_t i = 0; i < found.n && *n < NANODET_DETECTIONS; i++) {
		const struct candidate *candidate = &found.items[i];
		struct detection box = box_of(config, heads[candidate->head], candidate);

		if (is_kept(kept, *n, &box, config->overlap))
			kept[(*n)++] = box;
	}
	*out = kept;
	rc = 0;
out:
	free(found.items);
	return rc;
}
