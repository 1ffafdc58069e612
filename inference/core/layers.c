/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/layers.h"

#include "inference/core/blas.h"
#include "inference/core/kernels.h"
#include "inference/core/product.h"

#include <math.h>
#include <stdio.h>

struct name {
	char text[200];
};

static struct name part(const char *stem, const char *kind)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s.%s", stem, kind);
	return name;
}

int linear_get_unbiased(struct linear *linear, struct weights *weights, const char *name, size_t in,
			size_t out, struct err *err)
{
	*linear = (struct linear){ .in = in, .out = out };
	return weights_get(weights, part(name, "weight").text, SHAPE(out, in), &linear->weight, err);
}

int linear_get(struct linear *linear, struct weights *weights, const char *name, size_t in,
	       size_t out, struct err *err)
{
	if (linear_get_unbiased(linear, weights, name, in, out, err) < 0)
		return -1;
	return weights_get(weights, part(name, "bias").text, SHAPE(out), &linear->bias, err);
}

static void multiply(const struct linear *linear, const float *x, size_t rows, float *y,
		     size_t stride)
{
	blas_sgemm(false, true, (int)rows, (int)linear->out, (int)linear->in, 1, x, (int)linear->in,
		   linear->weight, (int)linear->in, 0, y, (int)stride);
}

static void run_product(const struct linear *linear, const float *bias, enum product_end end,
			const float *x, size_t rows, float *y, size_t stride)
{
	const struct product product = { .out = linear->out,
					 .runs = 1,
					 .run = linear->in,
					 .weight = linear->weight,
					 .bias = bias,
					 .end = end };

	product_run(&product, x, &(struct product_rows){ rows, linear->in, NULL }, y,
		    &(struct product_rows){ rows, stride, NULL });
}

void linear_multiply(const struct linear *linear, const float *x, size_t rows, float *y,
		     size_t stride)
{
	if (product_is_fast())
		run_product(linear, NULL, PRODUCT_PLAIN, x, rows, y, stride);
	else
		multiply(linear, x, rows, y, stride);
}

void linear_run(const struct linear *linear, const float *x, size_t rows, float *y, size_t stride)
{
	if (product_is_fast()) {
		run_product(linear, linear->bias, PRODUCT_PLAIN, x, rows, y, stride);
		return;
	}
	multiply(linear, x, rows, y, stride);
	for (size_t row = 0; linear->bias && row < rows; row++)
		kernels()->add(y + row * stride, linear->bias, linear->out);
}

void linear_run_gelu(const struct linear *linear, const float *x, size_t rows, float *y)
{
	if (product_is_fast()) {
		run_product(linear, linear->bias, PRODUCT_GELU, x, rows, y, linear->out);
		return;
	}
	multiply(linear, x, rows, y, linear->out);
	kernels()->gelu(y, linear->bias, rows, linear->out);
}

int norm_get(struct norm *norm, struct weights *weights, const char *name, size_t width, float eps,
	     struct err *err)
{
	*norm = (struct norm){ .width = width, .eps = eps };
	if (weights_get(weights, part(name, "weight").text, SHAPE(width), &norm->weight, err) < 0)
		return -1;
	return weights_get(weights, part(name, "bias").text, SHAPE(width), &norm->bias, err);
}

void norm_run(const struct norm *norm, float *x, size_t rows)
{
	kernels()->layer_norm(x, norm->weight, norm->bias, norm->eps, rows, norm->width);
}

void norm_run_sum(const struct norm *norm, float *x, const float *addend, const float *addend_bias,
		  size_t rows)
{
	if (addend_bias) {
		kernels()->add_norm(x, addend, addend_bias, norm->weight, norm->bias, norm->eps, rows,
				    norm->width);
		return;
	}
	kernels()->add(x, addend, rows * norm->width);
	norm_run(norm, x, rows);
}

void tanh_run(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = tanhf(x[i]);
}

void sigmoid_run(float *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		x[i] = 1 / (1 + expf(-x[i]));
}

void relu_run(float *x, size_t n)
{
	kernels()->leaky(x, 0, 0, n);
}

void softmax_row(float *x, size_t n)
{
	double sum = 0, most = -INFINITY;

	for (size_t i = 0; i < n; i++)
		most = fmax(most, (double)x[i]);
	for (size_t i = 0; i < n; i++)
		sum += exp((double)x[i] - most);
	for (size_t i = 0; i < n; i++) {
		double p = exp((double)x[i] - most) / sum;

		x[i] = p >= 0 && p <= 1 ? (float)p : 0;
	}
}
