/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/base64.h"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_add(struct buf *out, const void *bytes, size_t length)
{
	const unsigned char *at = bytes;

	if (buf_reserve(out, length / 3 * 4 + 4) < 0)
		return;
	for (; length > 0; at += 3, length -= length < 3 ? length : 3) {
		unsigned second = length > 1 ? at[1] : 0, third = length > 2 ? at[2] : 0;
		char group[4] = { digits[at[0] >> 2], digits[(at[0] & 3) << 4 | second >> 4],
				  length > 1 ? digits[(second & 15) << 2 | third >> 6] : '=',
				  length > 2 ? digits[third & 63] : '=' };

		buf_add(out, group, sizeof(group));
	}
}
