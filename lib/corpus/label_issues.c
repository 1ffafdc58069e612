/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/label_issues.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* cleanlab's slack where probabilities are compared, and the least threshold of a label. */
#define SLACK 1e-6
#define LEAST_THRESHOLD (2 * SLACK)
#define UNREACHED 2.0
/* A divisor that is 0 becomes this. */
#define TINY 1e-100
/* Labels that fewer tokens carry than this are left alone, and as many stay unpruned. */
#define KEPT_OF_LABEL 1

static const char *const filter_names[LABEL_FILTERS] = {
	"prune_by_noise_rate", "prune_by_class",      "both",
	"confident_learning",  "predicted_neq_given", "low_self_confidence",
	"low_normalized_margin", "low_memory"
};

bool label_filter_from_name(const char *name, enum label_filter *filter)
{
	for (enum label_filter i = 0; i < LABEL_FILTERS; i++) {
		if (strcmp(filter_names[i], name) != 0)
			continue;
		*filter = i;
		return true;
	}
	return false;
}

static const double *row_of(const struct label_data *data, size_t token)
{
	return data->probabilities + token * data->n_labels;
}

/* The likeliest label, the first of equal ones. */
static size_t likeliest(const double *row, size_t n)
{
	size_t best = 0;

	for (size_t k = 1; k < n; k++)
		if (row[k] > row[best])
			best = k;
	return best;
}

static size_t count_label(const struct label_data *data, size_t label)
{
	size_t n = 0;

	for (size_t i = 0; i < data->n; i++)
		n += data->labels[i] == label;
	return n;
}

void label_thresholds(const struct label_data *data, double *thresholds)
{
	for (size_t k = 0; k < data->n_labels; k++) {
		size_t carriers = 0;
		double sum = 0;

		for (size_t i = 0; i < data->n; i++) {
			if (data->labels[i] != k)
				continue;
			sum += row_of(data, i)[k];
			carriers++;
		}
		thresholds[k] = carriers ? fmax(sum / (double)carriers, LEAST_THRESHOLD) : UNREACHED;
	}
}

/* The label that the model is confident of, or n_labels for none: of several, the likeliest of all. */
static size_t confident_label(const struct label_data *data, size_t token, const double *thresholds)
{
	const double *row = row_of(data, token);
	size_t found = 0, first = data->n_labels;

	for (size_t k = 0; k < data->n_labels; k++) {
		if (!(row[k] >= thresholds[k] - SLACK))
			continue;
		if (found++ == 0)
			first = k;
	}
	return found > 1 ? likeliest(row, data->n_labels) : first;
}

/* ---- the joint ---- */

struct fraction {
	double value; /* what rounding took away */
	size_t index;
};

static int compare_fractions(const void *a, const void *b)
{
	const struct fraction *x = a, *y = b;

	if (x->value != y->value)
		return x->value < y->value ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

/* Round n numbers so that they sum to their rounded sum: those furthest off give or take one, until
 * it fits. `order` is room for n. */
static void round_keeping_sum(const double *numbers, size_t n, size_t *out, struct fraction *order)
{
	double sum = 0, rounded = 0;
	long missing;

	for (size_t i = 0; i < n; i++) {
		sum += numbers[i];
		rounded += rint(numbers[i]);
		out[i] = (size_t)rint(numbers[i]);
		order[i] = (struct fraction){ numbers[i] - rint(numbers[i]), i };
	}
	missing = (long)(rint(sum) - rounded);
	qsort(order, n, sizeof(*order), compare_fractions);
	for (size_t i = 0; missing > 0 && i < n; i++, missing--)
		out[order[n - 1 - i].index]++;
	for (size_t i = 0; missing < 0 && i < n; i++, missing++)
		out[order[i].index]--;
}

static size_t sum_row(const size_t *row, size_t n)
{
	size_t sum = 0;

	for (size_t k = 0; k < n; k++)
		sum += row[k];
	return sum;
}

/* Numbers summed as NumPy does it: halves that are to be rounded hang on the last bit. */
static double sum_pairwise(const double *numbers, size_t n)
{
	double parts[8] = { 0 }, sum = 0;
	size_t half = n / 2 - n / 2 % 8, at = 0;

	if (n > 128)
		return sum_pairwise(numbers, half) + sum_pairwise(numbers + half, n - half);
	for (; n - at >= 8; at += 8)
		for (size_t k = 0; k < 8; k++)
			parts[k] += numbers[at + k];
	if (at)
		sum = ((parts[0] + parts[1]) + (parts[2] + parts[3])) +
		      ((parts[4] + parts[5]) + (parts[6] + parts[7]));
	for (; at < n; at++)
		sum += numbers[at];
	return sum;
}

/* Scale each row to the tokens that carry its label, then all to the number of tokens. `scaled` has
 * them column by column, as NumPy has them in memory when it sums. */
static int calibrate_joint(const struct label_data *data, size_t *joint, struct err *err)
{
	size_t n = data->n_labels, room;
	struct fraction *order = checked_calloc(n, sizeof(*order));
	double *scaled = size_multiply(n, n, &room) ? checked_calloc(room, sizeof(*scaled)) : NULL;
	double *line = checked_calloc(n, sizeof(*line)), sum;
	int rc = 0;

	if (!order || !scaled || !line) {
		rc = err_set_memory(err);
		goto out;
	}
	for (size_t i = 0; i < n; i++) {
		double row = fmax((double)sum_row(joint + i * n, n), TINY);
		double carriers = (double)count_label(data, i);

		for (size_t j = 0; j < n; j++)
			scaled[j * n + i] = (double)joint[i * n + j] / row * carriers;
	}
	sum = fmax(sum_pairwise(scaled, room), TINY);
	for (size_t i = 0; i < n; i++) {
		for (size_t j = 0; j < n; j++)
			line[j] = scaled[j * n + i] / sum * (double)data->n;
		round_keeping_sum(line, n, joint + i * n, order);
	}
out:
	free(order);
	free(line);
	free(scaled);
	return rc;
}

int label_joint(const struct label_data *data, const double *thresholds, bool calibrate,
		size_t *joint, struct err *err)
{
	size_t n = data->n_labels;

	memset(joint, 0, n * n * sizeof(*joint));
	for (size_t i = 0; i < data->n; i++) {
		size_t label = confident_label(data, i, thresholds);

		if (label < n)
			joint[data->labels[i] * n + label]++;
	}
	for (size_t k = 0; k < n; k++)
		if (joint[k * n + k] == 0)
			joint[k * n + k] = 1;
	return calibrate ? calibrate_joint(data, joint, err) : 0;
}

/* ---- the filters ---- */

struct filtering {
	const struct label_data *data;
	double *thresholds; /* [n_labels] */
	size_t *joint;      /* [n_labels, n_labels], calibrated */
	bool *taken;        /* [n] */
	struct fraction *order; /* [n]: room to sort tokens */
};

/* Take the `wanted` tokens with the least values of the `n` in order. */
static void take_least(struct filtering *filtering, bool *taken, size_t n, size_t wanted)
{
	qsort(filtering->order, n, sizeof(*filtering->order), compare_fractions);
	for (size_t i = 0; i < n && i < wanted; i++)
		taken[filtering->order[i].index] = true;
}

/* Lay out the tokens that carry `label` by p[label] - p[other], or by p[label] when they are one. */
static size_t order_by_margin(struct filtering *filtering, size_t label, size_t other)
{
	const struct label_data *data = filtering->data;
	size_t n = 0;

	for (size_t i = 0; i < data->n; i++) {
		const double *row = row_of(data, i);
		double value = row[label];

		if (data->labels[i] != label)
			continue;
		if (other != label)
			value = -(row[other] - row[label]);
		filtering->order[n++] = (struct fraction){ value, i };
	}
	return n;
}

/* The counts of the joint are made to leave a token to each label: what its diagonal must grow is
 * taken evenly from the rest of its row that is not 0. */
static void keep_some(const struct filtering *filtering, size_t label, size_t *row)
{
	size_t n = filtering->data->n_labels, others = 0;
	const size_t *counts = filtering->joint + label * n;
	double grown, share;

	for (size_t k = 0; k < n; k++)
		others += counts[k] != 0;
	grown = counts[label] < KEPT_OF_LABEL ? (double)(KEPT_OF_LABEL - counts[label]) : 0;
	share = grown / fmax((double)others - 1, 1);
	for (size_t k = 0; k < n; k++)
		row[k] = (size_t)fmax((double)counts[k] - share, 0);
	row[label] = counts[label] + (size_t)grown;
}

static void prune_label(struct filtering *filtering, size_t label, size_t *row, bool by_class)
{
	const struct label_data *data = filtering->data;
	size_t carriers = count_label(data, label), n;

	if (carriers <= KEPT_OF_LABEL)
		return;
	keep_some(filtering, label, row);
	if (by_class) {
		n = order_by_margin(filtering, label, label);
		take_least(filtering, filtering->taken, n, carriers > row[label] ? carriers - row[label] : 0);
		return;
	}
	for (size_t other = 0; other < data->n_labels; other++) {
		if (other == label || row[other] == 0)
			continue;
		n = order_by_margin(filtering, label, other);
		take_least(filtering, filtering->taken, n, row[other]);
	}
}

static int prune(struct filtering *filtering, bool by_class, struct err *err)
{
	size_t *row = checked_calloc(filtering->data->n_labels, sizeof(*row));

	if (!row)
		return err_set_memory(err);
	for (size_t label = 0; label < filtering->data->n_labels; label++)
		prune_label(filtering, label, row, by_class);
	free(row);
	return 0;
}

static int prune_both(struct filtering *filtering, struct err *err)
{
	size_t n = filtering->data->n;
	bool *first = checked_calloc(n, sizeof(*first));

	if (!first)
		return err_set_memory(err);
	if (prune(filtering, true, err) < 0) {
		free(first);
		return -1;
	}
	memcpy(first, filtering->taken, n * sizeof(*first));
	memset(filtering->taken, 0, n * sizeof(*filtering->taken));
	if (prune(filtering, false, err) < 0) {
		free(first);
		return -1;
	}
	for (size_t i = 0; i < n; i++)
		filtering->taken[i] = filtering->taken[i] && first[i];
	free(first);
	return 0;
}

/* Whether the given label is the likeliest, or as good as that. */
static bool given_is_likeliest(const struct label_data *data, size_t token)
{
	const double *row = row_of(data, token);
	size_t given = data->labels[token];

	for (size_t k = 0; k < data->n_labels; k++)
		if (k < given ? row[k] >= row[given] + SLACK : row[k] > row[given] + SLACK)
			return false;
	return true;
}

static void drop_likeliest(struct filtering *filtering)
{
	for (size_t i = 0; i < filtering->data->n; i++)
		if (given_is_likeliest(filtering->data, i))
			filtering->taken[i] = false;
}

static void take_off_diagonal(struct filtering *filtering)
{
	const struct label_data *data = filtering->data;

	for (size_t i = 0; i < data->n; i++) {
		size_t label = confident_label(data, i, filtering->thresholds);

		filtering->taken[i] = label < data->n_labels && label != data->labels[i];
	}
}

static void take_unlikely(struct filtering *filtering)
{
	const struct label_data *data = filtering->data;

	for (size_t i = 0; i < data->n; i++)
		filtering->taken[i] = likeliest(row_of(data, i), data->n_labels) != data->labels[i];
}

/* Lay out all tokens, or those that are taken, by their score. */
static size_t order_by_score(struct filtering *filtering, enum label_score method, bool all)
{
	const struct label_data *data = filtering->data;
	size_t n = 0;

	for (size_t i = 0; i < data->n; i++)
		if (all || filtering->taken[i])
			filtering->order[n++] = (struct fraction){
				label_score(method, data->labels[i], row_of(data, i), data->n_labels), i
			};
	return n;
}

static void take_lowest(struct filtering *filtering, enum label_score method)
{
	size_t wanted = 0, n;

	take_off_diagonal(filtering);
	drop_likeliest(filtering);
	for (size_t i = 0; i < filtering->data->n; i++) {
		wanted += filtering->taken[i];
		filtering->taken[i] = false;
	}
	n = order_by_score(filtering, method, true);
	take_least(filtering, filtering->taken, n, wanted);
}

/* cleanlab's batched count knows no label that is not reached: one that no token carries has the least
 * threshold. */
static size_t count_confident_others(const struct filtering *filtering)
{
	const struct label_data *data = filtering->data;
	size_t n = 0;

	for (size_t i = 0; i < data->n; i++) {
		const double *row = row_of(data, i);
		size_t best = likeliest(row, data->n_labels);
		double threshold = filtering->thresholds[best];

		if (threshold == UNREACHED)
			threshold = LEAST_THRESHOLD;
		n += best != data->labels[i] && row[best] >= threshold - SLACK;
	}
	return n;
}

static int filter_tokens(struct filtering *filtering, enum label_filter filter, enum label_score rank,
			 struct err *err)
{
	size_t n;
	int rc = 0;

	label_thresholds(filtering->data, filtering->thresholds);
	switch (filter) {
	case LABEL_PRUNE_BY_NOISE_RATE:
	case LABEL_PRUNE_BY_CLASS:
	case LABEL_BOTH:
		rc = label_joint(filtering->data, filtering->thresholds, true, filtering->joint, err);
		if (rc == 0)
			rc = filter == LABEL_BOTH ? prune_both(filtering, err)
						  : prune(filtering, filter == LABEL_PRUNE_BY_CLASS, err);
		break;
	case LABEL_CONFIDENT_LEARNING:
		take_off_diagonal(filtering);
		break;
	case LABEL_PREDICTED_NEQ_GIVEN:
		take_unlikely(filtering);
		break;
	case LABEL_LOW_SELF_CONFIDENCE:
		take_lowest(filtering, LABEL_SELF_CONFIDENCE);
		return 0;
	case LABEL_LOW_NORMALIZED_MARGIN:
		take_lowest(filtering, LABEL_NORMALIZED_MARGIN);
		return 0;
	case LABEL_LOW_MEMORY:
		n = order_by_score(filtering, rank, true);
		take_least(filtering, filtering->taken, n, count_confident_others(filtering));
		break;
	case LABEL_FILTERS:
		BUG("no such filter");
	}
	drop_likeliest(filtering);
	return rc;
}

static int give_issues(struct filtering *filtering, enum label_score rank, size_t **issues,
		       size_t *n_issues, struct err *err)
{
	size_t n = order_by_score(filtering, rank, false);

	*issues = checked_calloc(n, sizeof(**issues));
	if (!*issues)
		return err_set_memory(err);
	qsort(filtering->order, n, sizeof(*filtering->order), compare_fractions);
	for (size_t i = 0; i < n; i++)
		(*issues)[i] = filtering->order[i].index;
	*n_issues = n;
	return 0;
}

int label_issues(const struct label_data *data, enum label_filter filter, enum label_score rank,
		 size_t **issues, size_t *n_issues, struct err *err)
{
	struct filtering filtering = { .data = data };
	size_t square;
	int rc = -1;

	*issues = NULL;
	*n_issues = 0;
	if (!size_multiply(data->n_labels, data->n_labels, &square))
		return err_set_memory(err);
	filtering.thresholds = checked_calloc(data->n_labels, sizeof(*filtering.thresholds));
	filtering.joint = checked_calloc(square, sizeof(*filtering.joint));
	filtering.taken = checked_calloc(data->n, sizeof(*filtering.taken));
	filtering.order = checked_calloc(data->n, sizeof(*filtering.order));
	if (!filtering.thresholds || !filtering.joint || !filtering.taken || !filtering.order)
		err_set_memory(err);
	else if (filter_tokens(&filtering, filter, rank, err) == 0)
		rc = give_issues(&filtering, rank, issues, n_issues, err);
	free(filtering.thresholds);
	free(filtering.joint);
	free(filtering.taken);
	free(filtering.order);
	return rc;
}
