/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Matrix products by OpenBLAS, loaded when the first model is. Loading it late has two reasons:
 * commands that multiply nothing need not start its threads, and its list of processors ends where
 * its release does: one that it does not know gets its SSE3 kernels, at an eighth of the speed. The
 * kernels are therefore chosen here, by the instructions that the processor has, and OpenBLAS takes
 * such a choice only from the environment, before it is loaded. A user's own OPENBLAS_CORETYPE wins.
 *
 *	if (blas_open(&err) < 0) ...
 *	blas_sgemm(false, true, rows, outputs, inputs, 1, x, inputs, w, inputs, 0, y, outputs);
 */
#ifndef TAGSIGHT_INFERENCE_CORE_BLAS_H
#define TAGSIGHT_INFERENCE_CORE_BLAS_H

#include "lib/base/err.h"

#include <stdbool.h>

/* Load the library; cheap when it is loaded already; may be called from any thread. */
int blas_open(struct err *err);

/* Threads of one product from now on, at least 1; it has as many as there are processors at first.
 * Set 1 where several threads call blas_sgemm() at once. Nothing happens before blas_open(). */
void blas_set_threads(int threads);

/* c [m, n] = alpha * op(a) [m, k] * op(b) [k, n] + beta * c, row-major; lda, ldb, ldc are the
 * elements from one row to the next as stored. Requires blas_open(). */
void blas_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
		const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);

/* "OpenBLAS 0.3.21 (SkylakeX)"; loads the library. "OpenBLAS (not found)" when there is none. */
const char *blas_describe(void);

#endif
