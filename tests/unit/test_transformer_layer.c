/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"
#include "inference/core/transformer_layer.h"
#include "lib/base/buf.h"
#include "tests/unit/generated_weights.h"

#include <math.h>

#define HIDDEN 24
#define HEADS 3
#define SIZE (HIDDEN / HEADS)
#define WIDE 40
#define ROWS 9
#define OTHERS 12
#define EPS 1e-12f

/* Two layers of some thirty float32 roundings each. */
#define TOLERANCE 2e-5

static const size_t starts[] = { 0, 4, 5, ROWS };
static const size_t other_starts[] = { 0, 3, 10, OTHERS };

static const struct {
	const char *part;
	int rows, columns; /* 0 columns: a norm */
} parts[] = {
	{ "attention.self.query", HIDDEN, HIDDEN },   { "attention.self.key", HIDDEN, HIDDEN },
	{ "attention.self.value", HIDDEN, HIDDEN },   { "attention.output.dense", HIDDEN, HIDDEN },
	{ "attention.output.LayerNorm", HIDDEN, 0 },  { "intermediate.dense", WIDE, HIDDEN },
	{ "output.dense", HIDDEN, WIDE },             { "output.LayerNorm", HIDDEN, 0 },
};

/* A model with so many layers of a stack that is called "cross". */
static char *make_model(size_t layers)
{
	struct buf spec = BUF_INIT;
	char *path, *model;

	for (size_t layer = 0; layer < layers; layer++)
		for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
			buf_add_format(&spec, "cross.layer.%zu.%s.weight\tf32\t%d", layer, parts[i].part,
				       parts[i].rows);
			if (parts[i].columns)
				buf_add_format(&spec, ",%d\t0\t0.4\n", parts[i].columns);
			else
				buf_add_string(&spec, "\t1\t0.3\n");
			buf_add_format(&spec, "cross.layer.%zu.%s.bias\tf32\t%d\t0\t0.2\n", layer,
				       parts[i].part, parts[i].rows);
		}
	path = temporary_text(spec.data);
	model = generated_weights(path, (const char *const[]){ "cross", NULL }, 3);
	temporary_remove(path);
	buf_release(&spec);
	return model;
}

static void fill(float *out, size_t n, const char *name)
{
	struct generated_tensor tensor = { .elements = n, .scale = 1 };

	snprintf(tensor.name, sizeof(tensor.name), "%s", name);
	generate_floats(&tensor, 0, out);
}

static void plain_linear(const struct linear *linear, const double *x, double *y)
{
	for (size_t i = 0; i < linear->out; i++) {
		y[i] = (double)linear->bias[i];
		for (size_t k = 0; k < linear->in; k++)
			y[i] += (double)linear->weight[i * linear->in + k] * x[k];
	}
}

static void plain_norm(const struct norm *norm, double *x)
{
	double mean = 0, variance = 0;

	for (size_t i = 0; i < HIDDEN; i++)
		mean += x[i] / HIDDEN;
	for (size_t i = 0; i < HIDDEN; i++)
		variance += (x[i] - mean) * (x[i] - mean) / HIDDEN;
	for (size_t i = 0; i < HIDDEN; i++)
		x[i] = (x[i] - mean) / sqrt(variance + (double)EPS) * (double)norm->weight[i] +
		       (double)norm->bias[i];
}

/* One head of one row. */
static void plain_head(const double *query, double keys[][HIDDEN], double values[][HIDDEN], size_t n,
		       double *out)
{
	double weights[OTHERS], sum = 0;

	for (size_t k = 0; k < n; k++) {
		double score = 0;

		for (size_t i = 0; i < SIZE; i++)
			score += query[i] * keys[k][i];
		sum += weights[k] = exp(score / sqrt(SIZE));
	}
	for (size_t i = 0; i < SIZE; i++) {
		out[i] = 0;
		for (size_t k = 0; k < n; k++)
			out[i] += weights[k] / sum * values[k][i];
	}
}

static void plain_row(const struct transformer_layer *layer, double *x, double keys[][HIDDEN],
		      double values[][HIDDEN], size_t n)
{
	double query[HIDDEN], heads[HIDDEN], y[HIDDEN], wide[WIDE];

	plain_linear(&layer->query, x, query);
	for (size_t head = 0; head < HEADS; head++)
		plain_head(query + head * SIZE, (double(*)[HIDDEN])(keys[0] + head * SIZE),
			   (double(*)[HIDDEN])(values[0] + head * SIZE), n, heads + head * SIZE);
	plain_linear(&layer->output, heads, y);
	for (size_t i = 0; i < HIDDEN; i++)
		x[i] += y[i];
	plain_norm(&layer->attention_norm, x);
	plain_linear(&layer->expand, x, wide);
	for (size_t i = 0; i < WIDE; i++)
		wide[i] = wide[i] / 2 * (1 + erf(wide[i] / sqrt(2)));
	plain_linear(&layer->contract, wide, y);
	for (size_t i = 0; i < HIDDEN; i++)
		x[i] += y[i];
	plain_norm(&layer->norm, x);
}

/* One layer as its formulas say, in float64. */
static void plain_layer(const struct transformer_layer *layer, double x[][HIDDEN],
			double others[][HIDDEN], const size_t *key_starts)
{
	static double keys[OTHERS][HIDDEN], values[OTHERS][HIDDEN];

	for (size_t row = 0; row < key_starts[3]; row++) {
		plain_linear(&layer->key, others[row], keys[row]);
		plain_linear(&layer->value, others[row], values[row]);
	}
	for (size_t s = 0; s < 3; s++)
		for (size_t row = starts[s]; row < starts[s + 1]; row++)
			plain_row(layer, x[row], keys + key_starts[s], values + key_starts[s],
				  key_starts[s + 1] - key_starts[s]);
}

static void check(bool cross)
{
	const struct transformer_batch batch = { 3, starts, NULL, NULL };
	static float x[ROWS * HIDDEN], others[OTHERS * HIDDEN];
	static double plain[ROWS][HIDDEN], plain_others[OTHERS][HIDDEN];
	const struct transformer_batch cross_batch = { 3, starts, others, other_starts };
	const struct transformer_batch *used = cross ? &cross_batch : &batch;
	struct transformer_stack stack;
	struct scratch scratch = SCRATCH_INIT;
	struct err err = ERR_INIT;
	struct weights weights;
	char *model = make_model(2);

	assert_int_equal(blas_open(&err), 0);
	assert_int_equal(weights_open(&weights, model, &err), 0);
	assert_int_equal(transformer_stack_get(&stack, &weights, "cross", HIDDEN, HEADS, EPS, &err), 0);
	assert_int_equal(stack.n, 2);
	fill(x, ROWS * HIDDEN, "x");
	fill(others, OTHERS * HIDDEN, "others");
	for (size_t i = 0; i < ROWS * HIDDEN; i++)
		plain[i / HIDDEN][i % HIDDEN] = (double)x[i];
	for (size_t i = 0; i < OTHERS * HIDDEN; i++)
		plain_others[i / HIDDEN][i % HIDDEN] = (double)others[i];
	assert_int_equal(transformer_stack_run(&stack, used, x, &scratch, &err), 0);
	for (size_t i = 0; i < stack.n; i++)
		plain_layer(&stack.layers[i], plain, cross ? plain_others : plain,
			    cross ? other_starts : starts);
	for (size_t i = 0; i < ROWS * HIDDEN; i++)
		if (!(fabs((double)x[i] - plain[i / HIDDEN][i % HIDDEN]) < TOLERANCE))
			fail_msg("number %zu is %g, not %g", i, (double)x[i],
				 plain[i / HIDDEN][i % HIDDEN]);
	scratch_release(&scratch);
	weights_close(&weights);
	temporary_remove(model);
}

static void test_own_rows(void **state)
{
	(void)state;
	check(false);
}

static void test_rows_from_elsewhere(void **state)
{
	(void)state;
	check(true);
}

static void test_refuses_other_tensors(void **state)
{
	struct transformer_stack stack;
	struct err err = ERR_INIT;
	struct weights weights;
	char *model = make_model(TRANSFORMER_LAYERS + 1);

	(void)state;
	assert_int_equal(weights_open(&weights, model, &err), 0);
	assert_int_equal(transformer_stack_get(&stack, &weights, "self", HIDDEN, HEADS, EPS, &err), -1);
	assert_non_null(strstr(err.text, "'self.layer.0.attention.self.query.weight'"));
	assert_int_equal(transformer_stack_get(&stack, &weights, "cross", HIDDEN, HEADS, EPS, &err), -1);
	assert_non_null(strstr(err.text, "more than 12 layers"));
	weights_close(&weights);
	temporary_remove(model);
	model = make_model(1);
	assert_int_equal(weights_open(&weights, model, &err), 0);
	assert_int_equal(transformer_stack_get(&stack, &weights, "cross", 2 * HIDDEN, HEADS, EPS, &err),
			 -1);
	assert_non_null(strstr(err.text, "'cross.layer.0.attention.self.query.weight'"));
	weights_close(&weights);
	temporary_remove(model);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_own_rows),
		cmocka_unit_test(test_rows_from_elsewhere),
		cmocka_unit_test(test_refuses_other_tensors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
