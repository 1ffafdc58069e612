/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes as text, as RFC 4648 writes base64: for data URLs.
 */
#ifndef TAGSIGHT_BASE_BASE64_H
#define TAGSIGHT_BASE_BASE64_H

#include "lib/base/buf.h"

#include <stddef.h>

/* Append 4 characters for each 3 bytes, with "=" for what the last 3 lack. */
void base64_add(struct buf *out, const void *bytes, size_t length);

#endif
