/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels_priv.h"

#if defined(__x86_64__)

#define KERNEL_TARGET __attribute__((target("avx2")))
#define KERNEL_BYTES 32
#define KERNEL_SET kernels_avx2
#define KERNEL_NAME "avx2"

#include "inference/core/kernels_body.h"

#endif
