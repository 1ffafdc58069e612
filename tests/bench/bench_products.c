/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How near the products come to what one core can do at most:
 *
 *	bench_products [REPEAT]
 *
 * Prints one JSON line for the peak, which is fused products on registers alone, and one for each shape
 * of BERT-base and ResNet-50: {"what", "gflops", "of_peak"}. Times are of the thread's processor, so that
 * other programs on the machine matter little; the fastest of REPEAT rounds counts.
 */
#include "inference/core/blas.h"
#include "inference/core/product.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <time.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct shape {
	const char *what;
	size_t rows, out, runs, run;
	bool packed;
	enum product_end end;
};

static const struct shape shapes[] = {
	{ "BERT query, 384 pieces", 384, 768, 1, 768, false, PRODUCT_PLAIN },
	{ "BERT query, 768 pieces", 768, 768, 1, 768, false, PRODUCT_PLAIN },
	{ "BERT expand, 384 pieces", 384, 3072, 1, 768, false, PRODUCT_GELU },
	{ "BERT expand, 768 pieces", 768, 3072, 1, 768, false, PRODUCT_GELU },
	{ "BERT expand, 40 pieces", 40, 3072, 1, 768, false, PRODUCT_GELU },
	{ "BERT contract, 384 pieces", 384, 768, 1, 3072, false, PRODUCT_PLAIN },
	{ "BERT contract, 768 pieces", 768, 768, 1, 3072, false, PRODUCT_PLAIN },
	{ "ResNet stem, 1 picture", 12544, 64, 7, 21, true, PRODUCT_RELU },
	{ "ResNet 1 x 1, 64 to 256, 1 picture", 3136, 256, 1, 64, true, PRODUCT_RELU },
	{ "ResNet 1 x 1, 256 to 64, 1 picture", 3136, 64, 1, 256, true, PRODUCT_RELU },
	{ "ResNet 3 x 3, 64, 1 picture", 3136, 64, 3, 192, true, PRODUCT_RELU },
	{ "ResNet 3 x 3, 128, 1 picture", 784, 128, 3, 384, true, PRODUCT_RELU },
	{ "ResNet 3 x 3, 256, 4 pictures", 784, 256, 3, 768, true, PRODUCT_RELU },
	{ "ResNet 3 x 3, 512, 4 pictures", 196, 512, 3, 1536, true, PRODUCT_RELU },
	{ "ResNet 1 x 1, 2048 to 512, 4 pictures", 196, 512, 1, 2048, true, PRODUCT_RELU },
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

#define STEPS 4000000

#if defined(__x86_64__)
/* Ten sums at once hide the latency of a fused product. */
__attribute__((target("avx512f"))) static double peak_avx512(float *out)
{
	__m512 sums[10];
	double start = now();

	for (int i = 0; i < 10; i++)
		sums[i] = _mm512_set1_ps(out[i]);
	for (int step = 0; step < STEPS; step++)
#pragma GCC unroll 10
		for (int i = 0; i < 10; i++)
			sums[i] = _mm512_fmadd_ps(sums[i], _mm512_set1_ps(0.999f), _mm512_set1_ps(1e-3f));
	for (int i = 0; i < 10; i++)
		_mm512_storeu_ps(out + 16 * i, sums[i]);
	return 2e-9 * 160 * STEPS / (now() - start);
}

__attribute__((target("avx2,fma"))) static double peak_avx2(float *out)
{
	__m256 sums[10];
	double start = now();

	for (int i = 0; i < 10; i++)
		sums[i] = _mm256_set1_ps(out[i]);
	for (int step = 0; step < STEPS; step++)
#pragma GCC unroll 10
		for (int i = 0; i < 10; i++)
			sums[i] = _mm256_fmadd_ps(sums[i], _mm256_set1_ps(0.999f), _mm256_set1_ps(1e-3f));
	for (int i = 0; i < 10; i++)
		_mm256_storeu_ps(out + 8 * i, sums[i]);
	return 2e-9 * 80 * STEPS / (now() - start);
}
#endif

/* In GFLOP/s; 0 where it is not known how to reach it. */
static double peak(void)
{
	float out[160] = { 0 };

#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx512f"))
		return peak_avx512(out);
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return peak_avx2(out);
#endif
	(void)out;
	return 0;
}

static float *numbers(size_t n)
{
	float *x = aligned_alloc(64, (n * sizeof(*x) + 63) / 64 * 64);

	if (!x)
		exit(3);
	for (size_t i = 0; i < n; i++)
		x[i] = (float)(i % 17) / 17 - 0.5f;
	return x;
}

/* Rows overlap as those of a convolution do where there are several runs. */
static double gflops(const struct shape *shape, long repeat)
{
	size_t depth = shape->runs * shape->run, step = shape->runs > 1 ? shape->run / shape->runs : depth;
	size_t offsets[7];
	float *x = numbers(shape->rows * step + 8 * depth), *weight = numbers(shape->out * depth);
	float *y = numbers(shape->rows * shape->out), *packed, *bias = numbers(shape->out);
	struct product product = { .out = shape->out, .runs = shape->runs, .run = shape->run,
				   .offsets = offsets, .weight = weight, .bias = bias, .end = shape->end };
	double least = 1e9;

	for (size_t i = 0; i < shape->runs; i++)
		offsets[i] = i * depth;
	packed = numbers(product_packed_size(shape->out, depth));
	product_pack(weight, shape->out, depth, packed);
	product.packed = shape->packed ? packed : NULL;
	for (long i = 0; i < repeat; i++) {
		double start = now();

		product_run(&product, x, &(struct product_rows){ shape->rows, step, NULL }, y,
			    &(struct product_rows){ shape->rows, shape->out, NULL });
		least = now() - start < least ? now() - start : least;
	}
	free(x), free(y), free(weight), free(packed), free(bias);
	return 2e-9 * (double)(shape->rows * shape->out * depth) / least;
}

static void print(const char *what, double value, double most)
{
	json_line_write(stdout, json_pack("{s:s, s:f, s:f}", "what", what, "gflops", value, "of_peak",
					  most > 0 ? value / most : 0));
}

int main(int argc, char **argv)
{
	long repeat = argc > 1 ? strtol(argv[1], NULL, 10) : 7;
	double most = 0;

	for (int i = 0; i < 5; i++) {
		double value = peak();

		most = value > most ? value : most;
	}
	print(product_kernel_name(), most, most);
	for (size_t i = 0; i < sizeof(shapes) / sizeof(*shapes); i++)
		print(shapes[i].what, gflops(&shapes[i], repeat), most);
	return 0;
}
