/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far annotators agree beyond chance, on units that each of them gave one category:
 *
 *	Cohen's kappa (two raters)           (p - e) / (1 - e), p the share of units on which they agree,
 *	                                     e that by chance, from the categories that each of them uses
 *	Fleiss' kappa                        the same over all pairs of raters of a unit, e from the
 *	                                     categories that all of them use together
 *	Krippendorff's alpha (nominal)       1 - D / E, the disagreement seen over that by chance, where
 *	                                     chance draws without putting back
 *
 * All are NAN where chance alone agrees wholly (one category) or there is no unit, and 1 when all
 * agree otherwise.
 */
#ifndef TAGSIGHT_CORPUS_AGREEMENT_H
#define TAGSIGHT_CORPUS_AGREEMENT_H

#include "lib/base/err.h"

#include <stddef.h>

struct ratings {
	const size_t *categories; /* [n_units, n_raters], each below n_categories */
	size_t n_units, n_raters, n_categories;
};

/* The share of units to which raters a and b gave one category; NAN without units. */
double agreement_observed(const struct ratings *ratings, size_t a, size_t b);

/* Each gives 0 and the value in *out, or -1 when memory is out. */
int agreement_cohen(const struct ratings *ratings, size_t a, size_t b, double *out,
		    struct err *err);
/* Two raters or more. */
int agreement_fleiss(const struct ratings *ratings, double *out, struct err *err);
int agreement_krippendorff(const struct ratings *ratings, double *out, struct err *err);

#endif
