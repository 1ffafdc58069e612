/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/sha256.h"

#include "lib/base/file.h"

#include <sha2.h>

void sha256_bytes(const void *bytes, size_t length, char hex[SHA256_HEX])
{
	SHA2_CTX context;

	SHA256Init(&context);
	SHA256Update(&context, bytes, length);
	SHA256End(&context, hex);
}

int sha256_file(const char *path, char hex[SHA256_HEX], struct err *err)
{
	struct file_map map;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	sha256_bytes(map.data, map.size, hex);
	file_map_close(&map);
	return 0;
}
