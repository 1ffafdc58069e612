/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

/* Four numbers, which nearly every processor has registers for; aligned as numbers are. */
typedef float four __attribute__((vector_size(16)));

static inline four four_load(const float *from)
{
	four v;

	memcpy(&v, from, sizeof(v));
	return v;
}

static inline void four_store(float *to, four v)
{
	memcpy(to, &v, sizeof(v));
}

static inline four four_positive(four v)
{
	for (int i = 0; i < 4; i++)
		v[i] = v[i] < 0 ? 0 : v[i];
	return v;
}

static inline four four_larger(four a, four b)
{
	for (int i = 0; i < 4; i++)
		b[i] = a[i] > b[i] ? a[i] : b[i];
	return b;
}

#define PRODUCT_TARGET
#define VECTOR four
#define LANES 4
#define VECTOR_LOAD(from) four_load(from)
#define VECTOR_STORE(to, v) four_store(to, v)
#define VECTOR_ALL(number) ((four){ 0 } + (number))
#define VECTOR_PRODUCT(a, b, sum) ((a) * (b) + (sum))
#define VECTOR_POSITIVE(v) four_positive(v)
#define VECTOR_LARGER(a, b) four_larger(a, b)
#define PANEL 8
#define DEPTH 768
#define PRODUCT_KERNEL product_portable
#define PRODUCT_NAME "portable"

#include "inference/core/product_body.h"
