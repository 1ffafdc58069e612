/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/agreement.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const size_t *unit_of(const struct ratings *ratings, size_t unit)
{
	return ratings->categories + unit * ratings->n_raters;
}

double agreement_observed(const struct ratings *ratings, size_t a, size_t b)
{
	size_t same = 0;

	for (size_t i = 0; i < ratings->n_units; i++)
		same += unit_of(ratings, i)[a] == unit_of(ratings, i)[b];
	return ratings->n_units ? (double)same / (double)ratings->n_units : NAN;
}

/* 0/0 where chance alone agrees wholly. */
static double beyond_chance(double seen, double chance)
{
	return chance < 1 ? (seen - chance) / (1 - chance) : NAN;
}

static void count_rater(const struct ratings *ratings, size_t rater, size_t *counts)
{
	memset(counts, 0, ratings->n_categories * sizeof(*counts));
	for (size_t i = 0; i < ratings->n_units; i++)
		counts[unit_of(ratings, i)[rater]]++;
}

int agreement_cohen(const struct ratings *ratings, size_t a, size_t b, double *out, struct err *err)
{
	size_t *own = checked_calloc(ratings->n_categories, sizeof(*own));
	size_t *other = checked_calloc(ratings->n_categories, sizeof(*other));
	double n = (double)ratings->n_units, chance = 0;
	int rc = 0;

	*out = NAN;
	if (!own || !other) {
		rc = err_set_memory(err);
	} else if (ratings->n_units) {
		count_rater(ratings, a, own);
		count_rater(ratings, b, other);
		for (size_t k = 0; k < ratings->n_categories; k++)
			chance += (double)own[k] * (double)other[k];
		/* Whole numbers are compared, so that one category used by both is seen exactly. */
		if (chance < n * n)
			*out = beyond_chance(agreement_observed(ratings, a, b), chance / (n * n));
	}
	free(own);
	free(other);
	return rc;
}

/* What both measures over all raters need. */
struct sums {
	size_t *counts;  /* [n_categories] of one unit, zero between units */
	size_t *totals;  /* [n_categories] */
	double agreeing; /* ordered pairs of raters of a unit that agree, over all units */
	double squares;  /* of the totals, summed */
	double pairs;    /* ordered pairs of ratings of one category, over all units */
};

static void add_unit(const struct ratings *ratings, size_t unit, struct sums *sums)
{
	const size_t *categories = unit_of(ratings, unit);

	for (size_t r = 0; r < ratings->n_raters; r++)
		sums->agreeing += 2 * (double)sums->counts[categories[r]]++;
	for (size_t r = 0; r < ratings->n_raters; r++) {
		sums->totals[categories[r]]++;
		sums->counts[categories[r]] = 0;
	}
}

static int sum_units(const struct ratings *ratings, struct sums *sums, struct err *err)
{
	memset(sums, 0, sizeof(*sums));
	sums->counts = checked_calloc(ratings->n_categories, sizeof(*sums->counts));
	sums->totals = checked_calloc(ratings->n_categories, sizeof(*sums->totals));
	if (!sums->counts || !sums->totals)
		return err_set_memory(err);
	for (size_t i = 0; i < ratings->n_units; i++)
		add_unit(ratings, i, sums);
	for (size_t k = 0; k < ratings->n_categories; k++) {
		double total = (double)sums->totals[k];

		sums->squares += total * total;
		sums->pairs += total * (total - 1);
	}
	return 0;
}

static void sums_release(struct sums *sums)
{
	free(sums->counts);
	free(sums->totals);
}

int agreement_fleiss(const struct ratings *ratings, double *out, struct err *err)
{
	double raters = (double)ratings->n_raters, all = raters * (double)ratings->n_units;
	struct sums sums;
	int rc = sum_units(ratings, &sums, err);

	*out = NAN;
	if (rc == 0 && ratings->n_units && sums.squares < all * all)
		*out = beyond_chance(sums.agreeing / (all * (raters - 1)), sums.squares / (all * all));
	sums_release(&sums);
	return rc;
}

int agreement_krippendorff(const struct ratings *ratings, double *out, struct err *err)
{
	double raters = (double)ratings->n_raters, all = raters * (double)ratings->n_units;
	struct sums sums;
	int rc = sum_units(ratings, &sums, err);

	*out = NAN;
	if (rc == 0 && ratings->n_units && sums.pairs < all * (all - 1))
		*out = beyond_chance(sums.agreeing / (all * (raters - 1)),
				     sums.pairs / (all * (all - 1)));
	sums_release(&sums);
	return rc;
}
