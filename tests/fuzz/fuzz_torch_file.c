/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/torch_file.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static volatile unsigned sum;

/* The last element that a tensor reaches. */
static size_t reach(const struct torch_tensor *tensor)
{
	size_t at = tensor->offset;

	for (size_t i = 0; i < tensor->n_dims; i++) {
		if (tensor->shape[i] == 0)
			return SIZE_MAX;
		at += (tensor->shape[i] - 1) * tensor->stride[i];
	}
	return at;
}

/* Reads every byte of every storage and the far end of every tensor. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct torch_file file;
	struct err err = ERR_INIT;

	if (torch_file_parse(&file, data, size, "fuzz", &err) < 0)
		return 0;
	for (const struct torch_storage *storage = file.storages; storage; storage = storage->next)
		for (size_t i = 0; i < storage->n * torch_dtype_size(storage->dtype); i++)
			sum += storage->data[i];
	for (const struct pickle_value *call = file.pickle.calls; call; call = call->next) {
		const struct torch_tensor *tensor = torch_tensor_of(call);

		if (tensor && reach(tensor) != SIZE_MAX)
			sum += tensor->storage->data[reach(tensor) *
						     torch_dtype_size(tensor->storage->dtype)];
	}
	torch_file_close(&file);
	return 0;
}
