/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/crf.h"
#include "lib/base/file.h"
#include "lib/formats/safetensors.h"
#include "tests/unit/test.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

/* All that one case of the golden file holds; NULL where it leaves something out. */
struct crf_case {
	struct crf crf;
	size_t batch, length;
	const float *emissions; /* [batch, length, labels] */
	const int64_t *decoded; /* [batch, length], -1 past the end */
	const unsigned char *mask; /* [batch, length] */
	const float *log_partition; /* [batch] */
	const float *marginals; /* [batch, length, labels] */
};

static const struct tensor *find(const struct safetensors *file, const char *name, const char *part)
{
	char full[256];

	snprintf(full, sizeof(full), "%s/%s", name, part);
	return safetensors_find(file, full);
}

static const void *get(const struct safetensors *file, const char *name, const char *part)
{
	const struct tensor *tensor = find(file, name, part);

	assert_true(!tensor || (uintptr_t)tensor->data % tensor_type_size(tensor->type) == 0);
	return tensor ? tensor->data : NULL;
}

static struct crf_case load_case(const struct safetensors *file, const char *name)
{
	const struct tensor *emissions = find(file, name, "emissions");
	struct crf_case c;

	assert_non_null(emissions);
	assert_int_equal(emissions->n_dims, 3);
	c.batch = emissions->shape[0];
	c.length = emissions->shape[1];
	c.crf.n_labels = emissions->shape[2];
	c.emissions = get(file, name, "emissions");
	c.crf.start = get(file, name, "start_transitions");
	c.crf.end = get(file, name, "end_transitions");
	c.crf.transitions = get(file, name, "transitions");
	c.decoded = get(file, name, "decoded");
	c.mask = get(file, name, "mask");
	c.log_partition = get(file, name, "log_partition");
	c.marginals = get(file, name, "marginals");
	return c;
}

static size_t length_of(const struct crf_case *c, size_t row)
{
	size_t n = 0;

	while (n < c->length && c->mask[row * c->length + n])
		n++;
	return n;
}

/* The goldens are float32 sums, ours are double: hence 2e-6 relative plus 1e-4 for scores and 1e-4 for
 * marginals, where the library's own float32 and float64 differ by 7e-5. Scores of 1e5 and more leave
 * nothing of a marginal's digits in float32. */
static void check_sums(const struct crf_case *c, const char *name, size_t row, const float *marginals,
		       double log_partition)
{
	size_t labels = c->crf.n_labels, n = length_of(c, row) * labels;
	double wanted = c->log_partition[row];

	if (fabs(log_partition - wanted) > 2e-6 * fabs(wanted) + 1e-4)
		fail_msg("%s row %zu: log partition %.9g, not %.9g", name, row, log_partition, wanted);
	for (size_t i = 0; i < n && c->marginals; i++) {
		double got = marginals[i], golden = c->marginals[row * c->length * labels + i];

		if (!(fabs(got - golden) <= 1e-4))
			fail_msg("%s row %zu: marginal %zu is %.9g, not %.9g", name, row, i, got, golden);
	}
}

static void check_case(const struct safetensors *file, const char *name)
{
	struct crf_case c = load_case(file, name);
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	int path[256];
	double log_partition;

	assert_true(c.length <= 256);
	for (size_t row = 0; row < c.batch; row++) {
		const float *emissions = c.emissions + row * c.length * c.crf.n_labels;
		size_t n = length_of(&c, row);
		float *marginals = arena_alloc(&arena, n * c.crf.n_labels, sizeof(*marginals));

		assert_int_equal(crf_decode(&c.crf, emissions, n, path, &arena, &err), 0);
		for (size_t t = 0; t < n; t++)
			if (path[t] != c.decoded[row * c.length + t])
				fail_msg("%s row %zu step %zu: label %d, not %d", name, row, t, path[t],
					 (int)c.decoded[row * c.length + t]);
		assert_int_equal(crf_marginals(&c.crf, emissions, n, marginals, &log_partition, &arena,
					       &err),
				 0);
		if (strcmp(name, "tie_by_rounding") != 0)
			check_sums(&c, name, row, marginals, log_partition);
	}
	arena_release(&arena);
}

static void check_goldens(const char *folder)
{
	char *tensors = file_join(folder, "golden.safetensors"), *json = file_join(folder, "golden.json");
	json_t *golden = json_load_file(json, 0, NULL), *item;
	struct safetensors file;
	struct err err = ERR_INIT;
	size_t i;

	assert_non_null(golden);
	assert_int_equal(safetensors_open(&file, tensors, &err), 0);
	json_array_foreach(json_object_get(golden, "cases"), i, item) {
		const char *name = json_string_value(json_object_get(item, "name"));

		/* A mask with gaps has no meaning for a sequence. */
		if (strcmp(name, "mask_with_holes") != 0)
			check_case(&file, name);
	}
	assert_true(i > 2);
	safetensors_close(&file);
	json_decref(golden);
	free(tensors);
	free(json);
}

static void test_agrees_with_the_library(void **state)
{
	char *folder = file_join(shared_folder(), "oracle/crf");

	(void)state;
	check_goldens(folder);
	free(folder);
}

/* Score of one path, and the sum over all of them, the slow way. */
static double path_score(const struct crf *crf, const float *emissions, size_t n, size_t path)
{
	size_t labels = crf->n_labels, before = 0;
	double score = 0;

	for (size_t t = 0; t < n; t++, path /= labels) {
		size_t label = path % labels;

		score += emissions[t * labels + label];
		score += t ? crf->transitions[before * labels + label] : crf->start[label];
		before = label;
	}
	return score + crf->end[before];
}

static void test_agrees_with_all_paths(void **state)
{
	static const float start[3] = { 0.5f, -INFINITY, 0 }, end[3] = { 0, 1, -2 };
	static const float transitions[9] = { 0, 1, -1, 2, -10000, 0.25f, -0.5f, 0, 1 };
	static const float emissions[12] = { 1, 9, 0, -1, 0.5f, 2, 0, 0, 0, 3, -INFINITY, 1 };
	const struct crf crf = { 3, start, end, transitions };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	double sum = 0, best = -INFINITY, log_partition, wanted[12] = { 0 };
	size_t best_path = 0;
	float marginals[12];
	int path[4];

	(void)state;
	for (size_t p = 0; p < 81; p++) {
		double score = path_score(&crf, emissions, 4, p);

		sum += exp(score);
		if (score > best) {
			best = score;
			best_path = p;
		}
		for (size_t t = 0, rest = p; t < 4; t++, rest /= 3)
			wanted[t * 3 + rest % 3] += exp(score);
	}
	assert_int_equal(crf_decode(&crf, emissions, 4, path, &arena, &err), 0);
	assert_int_equal(crf_marginals(&crf, emissions, 4, marginals, &log_partition, &arena, &err), 0);
	for (size_t t = 0; t < 4; t++, best_path /= 3)
		assert_int_equal(path[t], best_path % 3);
	assert_true(fabs(log_partition - log(sum)) < 1e-12);
	for (size_t i = 0; i < 12; i++)
		assert_true(fabs(marginals[i] - wanted[i] / sum) < 1e-7);
	arena_release(&arena);
}

static void test_first_label_wins_ties(void **state)
{
	static const float zeros[16] = { 0 };
	const struct crf crf = { 4, zeros, zeros, zeros };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	int path[3] = { 9, 9, 9 };

	(void)state;
	assert_int_equal(crf_decode(&crf, zeros, 3, path, &arena, &err), 0);
	assert_true(path[0] == 0 && path[1] == 0 && path[2] == 0);
	assert_int_equal(crf_decode(&crf, zeros, 0, path, &arena, &err), 0);
	arena_release(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees_with_all_paths),
		cmocka_unit_test(test_first_label_wins_ties),
		cmocka_unit_test(test_agrees_with_the_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
