/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels_priv.h"

#if defined(__x86_64__)

#define KERNEL_TARGET __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl")))
#define KERNEL_BYTES 64
#define KERNEL_SET kernels_avx512
#define KERNEL_NAME "avx512"

#include "inference/core/kernels_body.h"

#endif
