/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/crf.h"

#include "lib/base/checked.h"

#include <math.h>
#include <string.h>

/* The first of the highest scores. */
static size_t first_best(const float *scores, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (scores[i] > scores[best])
			best = i;
	return best;
}

/* One step forward: next[to] = max over from of (score + transition) + emission; `back` [to]. */
static void decode_step(const struct crf *crf, const float *scores, const float *emissions,
			float *next, unsigned *back)
{
	size_t n = crf->n_labels;

	for (size_t to = 0; to < n; to++) {
		size_t best = 0;
		float best_score = 0;

		for (size_t from = 0; from < n; from++) {
			float score = scores[from] + crf->transitions[from * n + to] + emissions[to];

			if (from == 0 || score > best_score) {
				best = from;
				best_score = score;
			}
		}
		next[to] = best_score;
		back[to] = (unsigned)best;
	}
}

static bool are_scores(const float *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(values[i] < INFINITY))
			return false;
	return true;
}

bool crf_is_sound(const struct crf *crf)
{
	return are_scores(crf->start, crf->n_labels) && are_scores(crf->end, crf->n_labels) &&
	       are_scores(crf->transitions, crf->n_labels * crf->n_labels);
}

int crf_decode(const struct crf *crf, const float *emissions, size_t n, int *path,
	       struct arena *arena, struct err *err)
{
	size_t labels = crf->n_labels, rows;
	float *scores, *next, *swap;
	unsigned *back;

	if (n == 0)
		return 0;
	if (!size_multiply(n, labels, &rows))
		return err_set_memory(err);
	scores = arena_alloc(arena, labels, sizeof(*scores));
	next = arena_alloc(arena, labels, sizeof(*next));
	back = arena_alloc(arena, rows, sizeof(*back));
	if (!scores || !next || !back)
		return err_set_memory(err);
	for (size_t i = 0; i < labels; i++)
		scores[i] = crf->start[i] + emissions[i];
	for (size_t t = 1; t < n; t++) {
		decode_step(crf, scores, emissions + t * labels, next, back + t * labels);
		swap = scores;
		scores = next;
		next = swap;
	}
	for (size_t i = 0; i < labels; i++)
		scores[i] += crf->end[i];
	path[n - 1] = (int)first_best(scores, labels);
	for (size_t t = n - 1; t > 0; t--)
		path[t - 1] = (int)back[t * labels + (size_t)path[t]];
	return 0;
}

/* log of the sum of exp(values); -inf for values of -inf alone. */
static double log_sum(const double *values, size_t n)
{
	double highest = values[0], sum = 0;

	for (size_t i = 1; i < n; i++)
		if (values[i] > highest)
			highest = values[i];
	if (isinf(highest))
		return highest;
	for (size_t i = 0; i < n; i++)
		sum += exp(values[i] - highest);
	return highest + log(sum);
}

/* alpha[t, to]: log sum over all ways to be at label `to` at step t, its emission included. */
static void forward(const struct crf *crf, const float *emissions, size_t n, double *alpha,
		    double *terms)
{
	size_t labels = crf->n_labels;

	for (size_t i = 0; i < labels; i++)
		alpha[i] = (double)crf->start[i] + emissions[i];
	for (size_t t = 1; t < n; t++)
		for (size_t to = 0; to < labels; to++) {
			for (size_t from = 0; from < labels; from++)
				terms[from] = alpha[(t - 1) * labels + from] +
					      crf->transitions[from * labels + to];
			alpha[t * labels + to] =
				log_sum(terms, labels) + emissions[t * labels + to];
		}
}

/* One step back: beta[from] of step t from beta[to] of step t + 1, whose emissions these are. */
static void backward_step(const struct crf *crf, const float *emissions, const double *beta,
			  double *before, double *terms)
{
	size_t labels = crf->n_labels;

	for (size_t from = 0; from < labels; from++) {
		for (size_t to = 0; to < labels; to++)
			terms[to] = (double)crf->transitions[from * labels + to] + emissions[to] +
				    beta[to];
		before[from] = log_sum(terms, labels);
	}
}

int crf_marginals(const struct crf *crf, const float *emissions, size_t n, float *marginals,
		  double *log_partition, struct arena *arena, struct err *err)
{
	size_t labels = crf->n_labels, rows;
	double *alpha, *beta, *before, *terms, total = 0;

	if (!size_multiply(n, labels, &rows))
		return err_set_memory(err);
	alpha = arena_alloc(arena, rows, sizeof(*alpha));
	beta = arena_alloc(arena, labels, sizeof(*beta));
	before = arena_alloc(arena, labels, sizeof(*before));
	terms = arena_alloc(arena, labels, sizeof(*terms));
	if (!alpha || !beta || !before || !terms)
		return err_set_memory(err);
	if (n > 0)
		forward(crf, emissions, n, alpha, terms);
	for (size_t i = 0; i < labels; i++)
		beta[i] = crf->end[i];
	for (size_t t = n; t-- > 0;) {
		double *swap = beta;

		for (size_t i = 0; i < labels; i++)
			terms[i] = alpha[t * labels + i] + beta[i];
		if (t == n - 1)
			total = log_sum(terms, labels);
		for (size_t i = 0; i < labels; i++)
			marginals[t * labels + i] =
				isinf(total) ? 0 : (float)exp(terms[i] - total);
		backward_step(crf, emissions + t * labels, beta, before, terms);
		beta = before;
		before = swap;
	}
	if (log_partition)
		*log_partition = total;
	return 0;
}
