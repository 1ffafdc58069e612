/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte says which format the rest is in. */
#include "tests/fuzz/fuzz_convert.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const from[] = { "hf", "spacy", "automm", "mnre", "conll", "coco", "manifest",
					    "automm-csv" };
	const char *format;

	if (size == 0)
		return 0;
	format = from[*data % (sizeof(from) / sizeof(*from))];
	if (!convert_format_find(format))
		return 0;
	fuzz_begin("in", "between");
	fuzz_put(fuzz_paths[0], data + 1, size - 1);
	fuzz_convert(fuzz_paths[0], format, size);
	return 0;
}
