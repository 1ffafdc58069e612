/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/product_priv.h"

#if defined(__x86_64__)

#define PANEL 16

#include "inference/core/product_x86.h"

#define PRODUCT_TARGET __attribute__((target("avx2,fma")))
#define VECTOR __m256
#define LANES 8
#define VECTOR_LOAD(from) _mm256_loadu_ps(from)
#define VECTOR_STORE(to, v) _mm256_storeu_ps(to, v)
#define VECTOR_ALL(number) _mm256_set1_ps(number)
#define VECTOR_PRODUCT(a, b, sum) _mm256_fmadd_ps(a, b, sum)
#define VECTOR_POSITIVE(v) _mm256_max_ps(_mm256_setzero_ps(), v)
#define VECTOR_LARGER(a, b) _mm256_max_ps(a, b)
#define DEPTH 768
#define PRODUCT_PACK pack_squares
#define PRODUCT_KERNEL product_avx2
#define PRODUCT_NAME "avx2"

#include "inference/core/product_body.h"

#endif
