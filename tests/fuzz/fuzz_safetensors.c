/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/safetensors.h"

#include <limits.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads every byte that a tensor claims, so that a lie about sizes is an over-read. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct safetensors file;
	struct err err = ERR_INIT;
	unsigned sum = 0;

	if (safetensors_parse(&file, data, size, "fuzz", &err) < 0)
		return 0;
	for (size_t i = 0; i < file.n; i++)
		for (size_t j = 0; j < file.tensors[i].size; j++)
			sum += file.tensors[i].data[j];
	safetensors_close(&file);
	/* The sum is looked at so that no compiler leaves the reads out. */
	return sum == UINT_MAX ? -1 : 0;
}
