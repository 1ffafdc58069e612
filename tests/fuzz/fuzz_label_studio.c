/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/fuzz/fuzz_convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	fuzz_begin("in", "between");
	fuzz_put(fuzz_paths[0], data, size);
	fuzz_convert(fuzz_paths[0], "label-studio", size);
	return 0;
}
