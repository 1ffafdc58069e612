/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A baseline JPEG without its fine detail. Each block's code is that of its mean and those of its
 * frequencies up to an end of block; here the codes of the frequencies are stepped over, several at a
 * time, and an end of block follows each mean. A decoder finds the same means in it, for the price of a
 * few bits a block.
 */
#ifndef TAGSIGHT_IMAGE_JPEG_BASELINE_H
#define TAGSIGHT_IMAGE_JPEG_BASELINE_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* Append the file without detail to `out`. False, and `out` to be thrown away, where anything is not
 * as it is in nearly all files (several scans, restarts, arithmetic codes, no marker behind the coded
 * data, a code that is none): that file is left to the decoder as it stands. */
bool jpeg_baseline_means(struct buf *out, const unsigned char *data, size_t length);

#endif
