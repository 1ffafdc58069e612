/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/checkpoint.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sum;

/* Gathers every tensor that is not too large for a fuzzer. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct checkpoint checkpoint;
	struct err err = ERR_INIT;

	if (checkpoint_parse(&checkpoint, data, size, "fuzz", &err) < 0)
		return 0;
	for (size_t i = 0; i < checkpoint.n; i++) {
		const struct checkpoint_tensor *tensor = &checkpoint.tensors[i];
		size_t bytes = tensor->elements * tensor_type_size(tensor->type);
		unsigned char *out = tensor->elements < 1 << 20 ? malloc(bytes + 1) : NULL;

		if (checkpoint_find(&checkpoint, tensor->name) != tensor)
			abort();
		if (!out)
			continue;
		checkpoint_gather(tensor, out);
		for (size_t k = 0; k < bytes; k++)
			sum += out[k];
		free(out);
	}
	checkpoint_close(&checkpoint);
	return 0;
}
