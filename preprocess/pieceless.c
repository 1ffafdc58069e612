/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/pieceless.h"

#include <utf8proc.h>

bool pieceless_character(uint32_t c)
{
	if (c > ' ' && c < 0x7f)
		return false;
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_ZS:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
	case UTF8PROC_CATEGORY_MN:
		return true;
	default:
		return c == 0xfffd;
	}
}
