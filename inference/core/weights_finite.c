/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/weights.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Bits of the exponent of a 16-bit float, all of which are set in infinities and NaNs. */
#define F16_EXPONENT 0x7c00
#define BF16_EXPONENT 0x7f80

static bool is_finite(enum tensor_type type, const unsigned char *data, size_t i)
{
	uint16_t half;
	float single;
	double wide;

	switch (type) {
	case TENSOR_F16:
	case TENSOR_BF16:
		memcpy(&half, data + i * sizeof(half), sizeof(half));
		half &= type == TENSOR_F16 ? F16_EXPONENT : BF16_EXPONENT;
		return half != (type == TENSOR_F16 ? F16_EXPONENT : BF16_EXPONENT);
	case TENSOR_F32:
		memcpy(&single, data + i * sizeof(single), sizeof(single));
		return isfinite(single);
	case TENSOR_F64:
		memcpy(&wide, data + i * sizeof(wide), sizeof(wide));
		return isfinite(wide);
	default:
		return true;
	}
}

static int check_tensor(const struct weights *weights, const struct checkpoint_tensor *tensor,
			const unsigned char *elements, struct err *err)
{
	for (size_t i = 0; i < tensor->elements; i++)
		if (!is_finite(tensor->type, elements, i))
			return err_set_at(err, weights->path, 0, 0,
					  "number %zu of tensor '%.200s' is not finite", i,
					  tensor->name);
	return 0;
}

/* The same of a tensor of strides: its elements are set side by side first. */
static int check_strided(const struct weights *weights, const struct checkpoint_tensor *tensor,
			 struct err *err)
{
	unsigned char *elements = checked_calloc(tensor->elements, tensor_type_size(tensor->type));
	int rc = elements ? 0 : err_set_memory(err);

	if (rc == 0) {
		checkpoint_gather(tensor, elements);
		rc = check_tensor(weights, tensor, elements, err);
	}
	free(elements);
	return rc;
}

int weights_check_part_finite(const struct weights *weights, const char *prefix, size_t *numbers,
			      struct err *err)
{
	*numbers = 0;
	for (size_t i = 0; i < weights->file.n; i++) {
		const struct checkpoint_tensor *tensor = &weights->file.tensors[i];

		if (strncmp(tensor->name, prefix, strlen(prefix)) != 0)
			continue;
		if (tensor->contiguous ? check_tensor(weights, tensor, tensor->data, err) < 0
				       : check_strided(weights, tensor, err) < 0)
			return -1;
		*numbers += tensor->elements;
	}
	return 0;
}

int weights_check_finite(const struct weights *weights, size_t *numbers, struct err *err)
{
	return weights_check_part_finite(weights, "", numbers, err);
}
