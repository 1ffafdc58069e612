/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"

#include <cblas.h>
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const library_names[] = { "libopenblas.so.0", "libopenblas.so",
					     "libopenblas.dylib" };

static struct blas {
	void *handle;
	__typeof__(&cblas_sgemm) sgemm;
	__typeof__(&openblas_set_num_threads) set_threads;
	__typeof__(&openblas_get_config) config;
	__typeof__(&openblas_get_corename) core_name;
	char error[256];
	char description[128];
} blas;

static pthread_once_t blas_once = PTHREAD_ONCE_INIT;

/* The kernels that OpenBLAS names after the first processor that had these instructions; NULL: let
 * it choose. */
static const char *core_type(void)
{
#if defined(__x86_64__)
	__builtin_cpu_init();
	if (__builtin_cpu_supports("avx512bf16"))
		return "Cooperlake";
	if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
	    __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
		return "SkylakeX";
	if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
		return "Haswell";
#endif
	return NULL;
}

/* A function pointer may not be cast from an object pointer, but POSIX promises that the bytes are
 * the same. */
static bool find_symbol(const char *name, void *function)
{
	void *symbol = dlsym(blas.handle, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

static void blas_load(void)
{
	const char *type = core_type();

	if (type)
		setenv("OPENBLAS_CORETYPE", type, 0);
	for (size_t i = 0; i < sizeof(library_names) / sizeof(*library_names) && !blas.handle; i++)
		blas.handle = dlopen(library_names[i], RTLD_NOW | RTLD_LOCAL);
	if (!blas.handle) {
		snprintf(blas.error, sizeof(blas.error), "%s", dlerror());
	} else if (!find_symbol("cblas_sgemm", &blas.sgemm) ||
		   !find_symbol("openblas_set_num_threads", &blas.set_threads) ||
		   !find_symbol("openblas_get_config", &blas.config) ||
		   !find_symbol("openblas_get_corename", &blas.core_name)) {
		snprintf(blas.error, sizeof(blas.error), "it lacks a function: %s", dlerror());
		dlclose(blas.handle);
		blas.handle = NULL;
	} else {
		const char *config = blas.config();
		const char *version = strchr(config, ' ');
		size_t length = version ? strcspn(version + 1, " ") + 1 : 0;

		snprintf(blas.description, sizeof(blas.description), "OpenBLAS%.*s (%s)",
			 (int)length, version ? version : "", blas.core_name());
	}
}

int blas_open(struct err *err)
{
	pthread_once(&blas_once, blas_load);
	if (blas.handle)
		return 0;
	return err_set(err, ERR_SYSTEM, "cannot load OpenBLAS: %s; install libopenblas0", blas.error);
}

void blas_set_threads(int threads)
{
	if (blas.handle)
		blas.set_threads(threads > 0 ? threads : 1);
}

void blas_sgemm(bool transpose_a, bool transpose_b, int m, int n, int k, float alpha,
		const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc)
{
	blas.sgemm(CblasRowMajor, transpose_a ? CblasTrans : CblasNoTrans,
		   transpose_b ? CblasTrans : CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c,
		   ldc);
}

const char *blas_describe(void)
{
	struct err err = ERR_INIT;

	return blas_open(&err) == 0 ? blas.description : "OpenBLAS (not found)";
}
