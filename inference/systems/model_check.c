/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/model_check.h"

#include "inference/systems/registry.h"
#include "inference/vision/nanodet.h"
#include "lib/formats/safetensors.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* Bits of the exponent of a 16-bit float, all of which are set in infinities and NaNs. */
#define F16_EXPONENT 0x7c00
#define BF16_EXPONENT 0x7f80

static bool is_finite(const struct tensor *tensor, size_t i)
{
	uint16_t half;
	float single;
	double wide;

	switch (tensor->type) {
	case TENSOR_F16:
	case TENSOR_BF16:
		memcpy(&half, tensor->data + i * sizeof(half), sizeof(half));
		half &= tensor->type == TENSOR_F16 ? F16_EXPONENT : BF16_EXPONENT;
		return half != (tensor->type == TENSOR_F16 ? F16_EXPONENT : BF16_EXPONENT);
	case TENSOR_F32:
		memcpy(&single, tensor->data + i * sizeof(single), sizeof(single));
		return isfinite(single);
	case TENSOR_F64:
		memcpy(&wide, tensor->data + i * sizeof(wide), sizeof(wide));
		return isfinite(wide);
	default:
		return true;
	}
}

static int check_numbers(const struct safetensors *file, const char *path,
			 struct model_summary *summary, struct err *err)
{
	for (size_t t = 0; t < file->n; t++) {
		const struct tensor *tensor = &file->tensors[t];

		for (size_t i = 0; i < tensor->elements; i++)
			if (!is_finite(tensor, i))
				return err_set_at(err, path, 0, 0,
						  "number %zu of tensor '%.200s' is not finite", i,
						  tensor->name);
		summary->numbers += tensor->elements;
	}
	summary->tensors = file->n;
	return 0;
}

static bool tags_sentences(const char *name)
{
	for (size_t i = 0; systems[i]; i++)
		if (strcmp(systems[i]->name, name) == 0)
			return true;
	return false;
}

static int check_system(const char *path, struct model_summary *summary, struct err *err)
{
	if (tags_sentences(summary->system)) {
		struct predictor *predictor = predictor_open(path, NULL, 1, err);

		if (!predictor)
			return -1;
		predictor->free(predictor);
		summary->loads = true;
	} else if (strcmp(summary->system, "nanodet") == 0) {
		struct nanodet_model *model = nanodet_model_new(path, err);

		if (!model)
			return -1;
		nanodet_model_free(model);
		summary->loads = true;
	}
	return 0;
}

int model_check(const char *path, struct model_summary *summary, struct err *err)
{
	struct safetensors file;
	const char *system;
	int rc;

	memset(summary, 0, sizeof(*summary));
	if (safetensors_open(&file, path, err) < 0)
		return -1;
	system = safetensors_metadata(&file, "system");
	snprintf(summary->system, sizeof(summary->system), "%s", system ? system : "");
	rc = check_numbers(&file, path, summary, err);
	safetensors_close(&file);
	return rc < 0 ? -1 : check_system(path, summary, err);
}
