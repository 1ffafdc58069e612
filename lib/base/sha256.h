/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 of files and bytes (libmd), as 64 hexadecimal digits: the name by which a manifest knows
 * a model or a picture.
 */
#ifndef TAGSIGHT_BASE_SHA256_H
#define TAGSIGHT_BASE_SHA256_H

#include "lib/base/err.h"

#define SHA256_HEX 65 /* 64 digits and a NUL */

void sha256_bytes(const void *bytes, size_t length, char hex[SHA256_HEX]);
int sha256_file(const char *path, char hex[SHA256_HEX], struct err *err);

#endif
