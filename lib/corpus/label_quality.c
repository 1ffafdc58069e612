/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/label_quality.h"

#include <math.h>
#include <string.h>

/* cleanlab clips what it divides by, from below. */
#define DIVISOR_FLOOR 1e-6

static const char *const names[LABEL_SCORES] = { "self_confidence", "normalized_margin",
						 "confidence_weighted_entropy" };

const char *label_score_name(enum label_score method)
{
	return names[method];
}

bool label_score_from_name(const char *name, enum label_score *method)
{
	for (enum label_score i = 0; i < LABEL_SCORES; i++) {
		if (strcmp(names[i], name) != 0)
			continue;
		*method = i;
		return true;
	}
	return false;
}

static double largest_other(size_t label, const double *probabilities, size_t n_labels)
{
	double largest = 0;

	for (size_t i = 0; i < n_labels; i++)
		if (i != label && probabilities[i] > largest)
			largest = probabilities[i];
	return largest;
}

static double normalized_entropy(const double *probabilities, size_t n_labels)
{
	double sum = 0;

	for (size_t i = 0; i < n_labels; i++)
		if (probabilities[i] > 0)
			sum += probabilities[i] * log(probabilities[i]);
	return n_labels > 1 ? -sum / log((double)n_labels) : 0;
}

static double weighted_entropy(double confidence, const double *probabilities, size_t n_labels)
{
	double ratio = normalized_entropy(probabilities, n_labels) / fmax(confidence, DIVISOR_FLOOR);

	return log(ratio + 1) / fmax(ratio, DIVISOR_FLOOR);
}

double label_score(enum label_score method, size_t label, const double *probabilities,
		   size_t n_labels)
{
	double confidence = probabilities[label];

	switch (method) {
	case LABEL_NORMALIZED_MARGIN:
		return (confidence - largest_other(label, probabilities, n_labels) + 1) / 2;
	case LABEL_CONFIDENCE_WEIGHTED_ENTROPY:
		return weighted_entropy(confidence, probabilities, n_labels);
	case LABEL_SELF_CONFIDENCE:
	case LABEL_SCORES:
		break;
	}
	return confidence;
}

double label_scores_min(const double *scores, size_t n)
{
	double least = scores[0];

	for (size_t i = 1; i < n; i++)
		least = fmin(least, scores[i]);
	return least;
}

static double mean(const double *scores, size_t n)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += scores[i];
	return sum / (double)n;
}

double label_scores_softmin(const double *scores, size_t n, double temperature)
{
	double least = label_scores_min(scores, n), weights = 0, sum = 0;

	if (temperature == 0)
		return least;
	if (isinf(temperature))
		return mean(scores, n);
	for (size_t i = 0; i < n; i++) {
		double weight = exp((least - scores[i]) / temperature);

		weights += weight;
		sum += weight * scores[i];
	}
	return sum / weights;
}
