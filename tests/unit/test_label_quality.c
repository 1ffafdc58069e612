/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scores and issues of labels against what cleanlab gave: the goldens of the research data and the
 * fixture that is committed.
 */
#include "lib/corpus/label_issues.h"
#include "lib/corpus/label_quality.h"

#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* The scores of a token take three roundings more or less than NumPy's. */
#define TOLERANCE 1e-12

/* A case of a golden, all sentences joined. */
struct sample {
	json_t *golden;
	size_t *labels, *starts; /* starts [n_sentences + 1] */
	double *probabilities;
	size_t n_sentences;
	struct label_data data;
};

static void sample_fill(struct sample *sample, const json_t *labels, const json_t *probabilities)
{
	size_t at = 0, k = sample->data.n_labels;

	for (size_t i = 0; i < sample->n_sentences; i++) {
		const json_t *sentence = json_array_get(labels, i);

		sample->starts[i] = at;
		for (size_t j = 0; j < json_array_size(sentence); j++, at++) {
			const json_t *row = json_array_get(json_array_get(probabilities, i), j);

			sample->labels[at] = (size_t)json_integer_value(json_array_get(sentence, j));
			for (size_t l = 0; l < k; l++)
				sample->probabilities[at * k + l] =
					json_number_value(json_array_get(row, l));
		}
	}
	sample->starts[sample->n_sentences] = at;
}

static void sample_open(struct sample *sample, json_t *golden)
{
	const json_t *labels = json_object_get(golden, "labels");
	const json_t *probabilities = json_object_get(golden, "probabilities");
	size_t n = 0;

	sample->golden = golden;
	sample->n_sentences = json_array_size(labels);
	for (size_t i = 0; i < sample->n_sentences; i++)
		n += json_array_size(json_array_get(labels, i));
	sample->data.n = n;
	sample->data.n_labels = json_array_size(json_array_get(json_array_get(probabilities, 0), 0));
	sample->labels = calloc(n, sizeof(*sample->labels));
	sample->starts = calloc(sample->n_sentences + 1, sizeof(*sample->starts));
	sample->probabilities = calloc(n * sample->data.n_labels, sizeof(*sample->probabilities));
	sample_fill(sample, labels, probabilities);
	sample->data.labels = sample->labels;
	sample->data.probabilities = sample->probabilities;
}

static void sample_close(struct sample *sample)
{
	free(sample->labels);
	free(sample->starts);
	free(sample->probabilities);
}

static void assert_near(double got, const json_t *expected, const char *what)
{
	double wanted = json_number_value(expected);

	if (!json_is_number(expected) || !(fabs(got - wanted) <= TOLERANCE))
		fail_msg("%s: %.17g where cleanlab gives %.17g", what, got, wanted);
}

/* The tokens below a threshold, ascending and then in order. */
static void check_below(const struct sample *sample, const double *scores, const json_t *expected,
			double threshold)
{
	size_t n = 0;
	double before = -1;

	for (size_t t = 0; t < sample->data.n; t++)
		n += scores[t] < threshold;
	assert_int_equal(json_array_size(expected), n);
	for (size_t i = 0; i < n; i++) {
		const json_t *pair = json_array_get(expected, i);
		size_t sentence = (size_t)json_integer_value(json_array_get(pair, 0));
		size_t token = sample->starts[sentence] +
			       (size_t)json_integer_value(json_array_get(pair, 1));

		assert_true(scores[token] < threshold && scores[token] >= before - TOLERANCE);
		before = scores[token];
	}
}

static void check_sentences(const struct sample *sample, const double *scores, const json_t *expected)
{
	static const struct {
		const char *key;
		double temperature;
	} softmins[] = { { "softmin", 0.05 },
			 { "softmin_t0.5", 0.5 },
			 { "softmin_t0", 0 },
			 { "softmin_tinf", INFINITY } };

	for (size_t i = 0; i < sample->n_sentences; i++) {
		const double *own = scores + sample->starts[i];
		size_t n = sample->starts[i + 1] - sample->starts[i];

		assert_near(label_scores_min(own, n),
			    json_array_get(json_object_get(expected, "min"), i), "min");
		for (size_t s = 0; s < sizeof(softmins) / sizeof(*softmins); s++)
			assert_near(label_scores_softmin(own, n, softmins[s].temperature),
				    json_array_get(json_object_get(expected, softmins[s].key), i),
				    softmins[s].key);
	}
}

static void check_scores(const struct sample *sample, enum label_score method)
{
	const json_t *expected = json_object_get(json_object_get(sample->golden, "scores"),
						 label_score_name(method));
	double *scores = calloc(sample->data.n, sizeof(*scores));
	size_t t = 0;

	for (size_t i = 0; i < sample->n_sentences; i++) {
		const json_t *tokens = json_array_get(json_object_get(expected, "token"), i);

		for (size_t j = 0; j < json_array_size(tokens); j++, t++) {
			scores[t] = label_score(method, sample->labels[t],
						sample->probabilities + t * sample->data.n_labels,
						sample->data.n_labels);
			assert_near(scores[t], json_array_get(tokens, j), label_score_name(method));
		}
	}
	assert_int_equal(t, sample->data.n);
	check_sentences(sample, scores, expected);
	check_below(sample, scores, json_object_get(expected, "issues_below_0.1"), 0.1);
	check_below(sample, scores, json_object_get(expected, "issues_below_0.5"), 0.5);
	free(scores);
}

static void check_joint(const struct sample *sample, const double *thresholds, bool calibrate,
			const char *key)
{
	const json_t *expected = json_object_get(sample->golden, key);
	size_t k = sample->data.n_labels, *joint = calloc(k * k, sizeof(*joint));
	struct err err = ERR_INIT;

	assert_int_equal(label_joint(&sample->data, thresholds, calibrate, joint, &err), 0);
	assert_int_equal(json_array_size(expected), k);
	for (size_t i = 0; i < k * k; i++)
		assert_int_equal(joint[i], json_integer_value(json_array_get(
						   json_array_get(expected, i / k), i % k)));
	free(joint);
}

/* The order among equal scores is NumPy's own, so the lists are compared as sets. */
static void check_filter(const struct sample *sample, enum label_filter filter, enum label_score rank,
			 const json_t *expected)
{
	bool *wanted = calloc(sample->data.n, sizeof(*wanted));
	size_t *issues, n;
	double before = -1;
	struct err err = ERR_INIT;

	for (size_t i = 0; i < json_array_size(expected); i++) {
		const json_t *pair = json_array_get(expected, i);

		wanted[sample->starts[json_integer_value(json_array_get(pair, 0))] +
		       (size_t)json_integer_value(json_array_get(pair, 1))] = true;
	}
	assert_int_equal(label_issues(&sample->data, filter, rank, &issues, &n, &err), 0);
	assert_int_equal(n, json_array_size(expected));
	for (size_t i = 0; i < n; i++) {
		double score = label_score(rank, sample->labels[issues[i]],
					   sample->probabilities + issues[i] * sample->data.n_labels,
					   sample->data.n_labels);

		assert_true(wanted[issues[i]]);
		assert_true(score >= before);
		before = score;
	}
	free(issues);
	free(wanted);
}

static void check_filters(const struct sample *sample)
{
	const json_t *filters = json_object_get(sample->golden, "find_label_issues"), *expected;
	const char *name;

	/* All but the one that is no value of its filter_by. */
	assert_int_equal(json_object_size(filters), LABEL_FILTERS - 1);
	check_filter(sample, LABEL_LOW_MEMORY, LABEL_SELF_CONFIDENCE,
		     json_object_get(sample->golden, "find_label_issues_low_memory"));
	json_object_foreach((json_t *)(uintptr_t)filters, name, expected)
	{
		enum label_filter filter;

		assert_true(label_filter_from_name(name, &filter));
		check_filter(sample, filter, LABEL_SELF_CONFIDENCE, expected);
	}
	check_filter(sample, LABEL_PRUNE_BY_NOISE_RATE, LABEL_NORMALIZED_MARGIN,
		     json_object_get(sample->golden,
				     "find_label_issues_default_by_normalized_margin"));
}

static void check_case(json_t *golden)
{
	struct sample sample;
	double *thresholds;

	sample_open(&sample, golden);
	thresholds = calloc(sample.data.n_labels, sizeof(*thresholds));
	for (enum label_score method = 0; method < LABEL_SCORES; method++)
		check_scores(&sample, method);
	label_thresholds(&sample.data, thresholds);
	for (size_t i = 0; i < sample.data.n_labels; i++)
		assert_near(thresholds[i],
			    json_array_get(json_object_get(golden, "confident_thresholds"), i),
			    "threshold");
	check_joint(&sample, thresholds, true, "confident_joint");
	check_joint(&sample, thresholds, false, "uncalibrated_confident_joint");
	check_filters(&sample);
	free(thresholds);
	sample_close(&sample);
}

static void check_golden(const char *path, size_t least)
{
	json_t *golden = json_load_file(path, 0, NULL);
	json_t *cases = json_object_get(golden, "cases");

	assert_non_null(golden);
	assert_true(json_array_size(cases) >= least);
	for (size_t i = 0; i < json_array_size(cases); i++)
		check_case(json_array_get(cases, i));
	json_decref(golden);
}

static void test_research_golden(void **state)
{
	char path[4096];

	(void)state;
	snprintf(path, sizeof(path), "%s/oracle/label_quality/golden.json", shared_folder());
	check_golden(path, 5);
}

static void test_fixture(void **state)
{
	(void)state;
	check_golden("tests/oracle/label_quality/golden.json", 4);
}

static void test_names(void **state)
{
	enum label_score method;
	enum label_filter filter;

	(void)state;
	assert_true(label_score_from_name("normalized_margin", &method));
	assert_int_equal(method, LABEL_NORMALIZED_MARGIN);
	assert_false(label_score_from_name("margin", &method));
	assert_true(label_filter_from_name("both", &filter));
	assert_int_equal(filter, LABEL_BOTH);
	assert_false(label_filter_from_name("", &filter));
}

/* One label alone, no token at all. */
static void test_degenerate(void **state)
{
	const double one = 1;
	const size_t zero = 0;
	struct label_data data = { &zero, &one, 1, 1 };
	struct err err = ERR_INIT;
	size_t *issues, n;

	(void)state;
	for (enum label_score method = 0; method < LABEL_SCORES; method++)
		assert_true(isfinite(label_score(method, 0, &one, 1)));
	for (enum label_filter filter = 0; filter < LABEL_FILTERS; filter++) {
		data.n = 1;
		assert_int_equal(label_issues(&data, filter, LABEL_SELF_CONFIDENCE, &issues, &n, &err), 0);
		assert_int_equal(n, 0);
		free(issues);
		data.n = 0;
		assert_int_equal(label_issues(&data, filter, LABEL_SELF_CONFIDENCE, &issues, &n, &err), 0);
		assert_int_equal(n, 0);
		free(issues);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fixture),
		cmocka_unit_test(test_research_golden),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_degenerate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
