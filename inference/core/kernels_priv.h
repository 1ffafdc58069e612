/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of each instruction set, for the choice in kernels.c.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_KERNELS_PRIV_H
#define TAGSIGHT_INFERENCE_CORE_KERNELS_PRIV_H

#include "inference/core/kernels.h"

extern const struct kernels kernels_portable;
#if defined(__x86_64__)
extern const struct kernels kernels_avx2, kernels_avx512;
#endif

#endif
