/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packing with AVX2, which the kernels of both x86 sets share: rows of weights become columns by
 * squares of 8. Included once by each, with PANEL defined.
 */
#include <immintrin.h>
#include <stddef.h>

#define AVX2 __attribute__((target("avx2")))
#define SQUARE ((size_t)8)

/* from [8, 8], rows `stride` apart, to its transpose, rows PANEL apart. */
AVX2 static inline void transpose(const float *from, size_t stride, float *to)
{
	__m256 rows[8], pairs[8];

	for (size_t i = 0; i < 8; i++)
		rows[i] = _mm256_loadu_ps(from + i * stride);
	for (size_t i = 0; i < 8; i += 2) {
		pairs[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
		pairs[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
	}
	for (size_t i = 0; i < 8; i += 4) {
		rows[i] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0x44);
		rows[i + 1] = _mm256_shuffle_ps(pairs[i], pairs[i + 2], 0xee);
		rows[i + 2] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0x44);
		rows[i + 3] = _mm256_shuffle_ps(pairs[i + 1], pairs[i + 3], 0xee);
	}
	for (size_t i = 0; i < 4; i++) {
		_mm256_storeu_ps(to + i * PANEL, _mm256_permute2f128_ps(rows[i], rows[i + 4], 0x20));
		_mm256_storeu_ps(to + (i + 4) * PANEL, _mm256_permute2f128_ps(rows[i], rows[i + 4], 0x31));
	}
}

static void pack_squares(const float *weight, size_t stride, size_t columns, size_t depth,
			 float *packed)
{
	size_t whole_columns = columns / SQUARE * SQUARE, whole_depth = depth / SQUARE * SQUARE;

	for (size_t j = 0; j < whole_columns; j += SQUARE)
		for (size_t k = 0; k < whole_depth; k += SQUARE)
			transpose(weight + j * stride + k, stride, packed + k * PANEL + j);
	for (size_t k = 0; k < depth; k++)
		for (size_t j = k < whole_depth ? whole_columns : 0; j < PANEL; j++)
			packed[k * PANEL + j] = j < columns ? weight[j * stride + k] : 0;
}
