/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels.h"

#include "inference/core/kernels_priv.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>

static bool always(void)
{
	return true;
}

#if defined(__x86_64__)
static bool have_avx512(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
	       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
}

static bool have_avx2(void)
{
	__builtin_cpu_init();
	return __builtin_cpu_supports("avx2");
}
#endif

static const struct {
	const struct kernels *kernels;
	bool (*supported)(void);
} sets[] = {
#if defined(__x86_64__)
	{ &kernels_avx512, have_avx512 },
	{ &kernels_avx2, have_avx2 },
#endif
	{ &kernels_portable, always },
};

const struct kernels *kernels(void)
{
	static _Atomic(const struct kernels *) fastest;
	const struct kernels *found = atomic_load_explicit(&fastest, memory_order_relaxed);
	size_t i = 0;

	if (found)
		return found;
	while (!sets[i].supported())
		i++;
	atomic_store_explicit(&fastest, sets[i].kernels, memory_order_relaxed);
	return sets[i].kernels;
}

const struct kernels *kernels_named(const char *name)
{
	for (size_t i = 0; i < sizeof(sets) / sizeof(*sets); i++)
		if (strcmp(sets[i].kernels->name, name) == 0)
			return sets[i].supported() ? sets[i].kernels : NULL;
	return NULL;
}
