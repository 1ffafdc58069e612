/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/kernels_priv.h"

#define KERNEL_TARGET
#define KERNEL_BYTES 16
#define KERNEL_SET kernels_portable
#define KERNEL_NAME "portable"

#include "inference/core/kernels_body.h"
