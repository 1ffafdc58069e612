/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How far the annotators of an adjudication agree: their tags of all words are gathered record by
 * record, and measured at the end. Nothing they decided changes while a review is open.
 */
#include "lib/review/annotators.h"

#include "lib/base/checked.h"
#include "lib/corpus/agreement.h"
#include "lib/review/review_priv.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RATINGS_LIMIT ((size_t)1 << 24) /* words times annotators that are kept */
#define ANNOTATORS_LIMIT 16

/* Spans of a pair of annotators. */
struct pair_spans {
	size_t a, b, same;
};

struct review_measure {
	size_t n_records; /* that were gathered */
	struct str_table categories;
	size_t *ratings; /* [n_ratings] */
	size_t n_ratings, capacity;
	struct pair_spans pairs[ANNOTATORS_LIMIT][ANNOTATORS_LIMIT];
	bool given_up, done;
	struct review_agreement result;
};

void review_measure_free(struct review_measure *measure)
{
	if (!measure)
		return;
	str_table_release(&measure->categories);
	free(measure->ratings);
	free(measure);
}

static size_t count_spans(const char *const *tags, size_t n)
{
	struct tag_span span;
	size_t count = 0;

	for (size_t at = 0; tags_next_span(tags, n, at, &span); at = span.end)
		count++;
	return count;
}

static size_t count_same(const char *const *a, const char *const *b, size_t n)
{
	struct tag_span span;
	size_t count = 0;

	for (size_t at = 0; tags_next_span(a, n, at, &span); at = span.end)
		count += tags_have_span(b, n, &span);
	return count;
}

static void gather_spans(struct review_measure *measure, const struct review_record *record)
{
	size_t n = record->sentence.n_tokens;

	for (size_t a = 0; a < record->n_readings; a++)
		for (size_t b = a + 1; b < record->n_readings; b++) {
			struct pair_spans *pair = &measure->pairs[a][b];

			pair->a += count_spans(record->readings[a].tags, n);
			pair->b += count_spans(record->readings[b].tags, n);
			pair->same += count_same(record->readings[a].tags, record->readings[b].tags, n);
		}
}

static int gather_tags(struct review_measure *measure, const struct review_record *record)
{
	for (size_t i = 0; i < record->sentence.n_tokens; i++)
		for (size_t a = 0; a < record->n_readings; a++) {
			const char *tag = record->readings[a].tags[i];
			long category = str_table_add(&measure->categories, tag, strlen(tag));

			if (category < 0 ||
			    GROW(measure->ratings, measure->n_ratings, measure->capacity) < 0)
				return -1;
			measure->ratings[measure->n_ratings++] = (size_t)category;
		}
	return 0;
}

/* The mean of what is defined. */
struct mean {
	double sum;
	size_t n;
};

static void add_to_mean(struct mean *mean, double value)
{
	if (isnan(value))
		return;
	mean->sum += value;
	mean->n++;
}

static double mean_of(const struct mean *mean)
{
	return mean->n ? mean->sum / (double)mean->n : (double)NAN;
}

static int measure_pairs(const struct review_measure *measure, const struct ratings *ratings,
			 struct review_agreement *out, struct err *err)
{
	struct mean observed = { 0 }, cohen = { 0 }, f1 = { 0 };

	for (size_t a = 0; a < ratings->n_raters; a++)
		for (size_t b = a + 1; b < ratings->n_raters; b++) {
			const struct pair_spans *pair = &measure->pairs[a][b];
			double kappa;

			if (agreement_cohen(ratings, a, b, &kappa, err) < 0)
				return -1;
			add_to_mean(&cohen, kappa);
			add_to_mean(&observed, agreement_observed(ratings, a, b));
			if (pair->a + pair->b)
				add_to_mean(&f1, 2 * (double)pair->same / (double)(pair->a + pair->b));
		}
	out->observed = mean_of(&observed);
	out->cohen = mean_of(&cohen);
	out->f1 = mean_of(&f1);
	return 0;
}

/* All is gathered: measure it. */
static int finish(struct review_measure *measure, size_t n_annotators)
{
	const struct ratings ratings = { measure->ratings, measure->n_ratings / n_annotators,
					 n_annotators, measure->categories.n };
	struct review_agreement *out = &measure->result;
	struct err ignored = ERR_INIT;

	out->n_annotators = n_annotators;
	out->records = measure->n_records;
	out->units = ratings.n_units;
	if (agreement_fleiss(&ratings, &out->fleiss, &ignored) < 0 ||
	    agreement_krippendorff(&ratings, &out->krippendorff, &ignored) < 0)
		return -1;
	return measure_pairs(measure, &ratings, out, &ignored);
}

static int measure_record(struct review *review, struct review_measure *measure)
{
	const struct review_record *record = review_scan(review, measure->n_records);

	if (!record)
		return -1;
	measure->n_records++;
	gather_spans(measure, record);
	return gather_tags(measure, record);
}

/* Whether there is room for the tags of all words. */
static bool fits(const struct review *review)
{
	size_t words = 0;

	for (size_t i = 0; i < review->n_records; i++)
		words += review->entries[i].n_tokens;
	return words <= RATINGS_LIMIT / review->n_annotators;
}

static bool begin(struct review *review)
{
	if (review->n_annotators < 2 || review->n_annotators > ANNOTATORS_LIMIT || review->reader ||
	    review_is_replaying(review))
		return false;
	review->measure = calloc(1, sizeof(*review->measure));
	if (!review->measure)
		return false;
	str_table_init(&review->measure->categories);
	review->measure->given_up = !fits(review);
	return true;
}

bool review_measure_step(struct review *review)
{
	struct review_measure *measure;
	int rc = 0;

	if (!review->measure && !begin(review))
		return false;
	measure = review->measure;
	if (measure->done || measure->given_up)
		return false;
	if (measure->n_records < review->n_records) {
		rc = measure_record(review, measure);
	} else {
		rc = finish(measure, review->n_annotators);
		measure->done = rc == 0;
	}
	measure->given_up = rc < 0;
	if (measure->done || measure->given_up) {
		free(measure->ratings);
		measure->ratings = NULL;
	}
	return true;
}

bool review_agreement(const struct review *review, struct review_agreement *out)
{
	if (!review->measure || !review->measure->done)
		return false;
	*out = review->measure->result;
	return true;
}
