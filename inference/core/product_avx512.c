/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/product_priv.h"

#if defined(__x86_64__)

#define PANEL 64

#include "inference/core/product_x86.h"

#define PRODUCT_TARGET __attribute__((target("avx512f")))
#define VECTOR __m512
#define LANES 16
#define VECTOR_LOAD(from) _mm512_loadu_ps(from)
#define VECTOR_STORE(to, v) _mm512_storeu_ps(to, v)
#define VECTOR_ALL(number) _mm512_set1_ps(number)
#define VECTOR_PRODUCT(a, b, sum) _mm512_fmadd_ps(a, b, sum)
#define VECTOR_POSITIVE(v) _mm512_max_ps(_mm512_setzero_ps(), v)
#define VECTOR_LARGER(a, b) _mm512_max_ps(a, b)
#define DEPTH 192
#define PRODUCT_PACK pack_squares
#define PRODUCT_KERNEL product_avx512
#define PRODUCT_NAME "avx512"

#include "inference/core/product_body.h"

#endif
