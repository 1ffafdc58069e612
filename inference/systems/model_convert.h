/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One self-contained file of a model: the tensors that its system uses, its labels, vocabulary and limits,
 * and where it came from. Such a file needs no options and starts without converting anything.
 *
 *	predictor = predictor_open(path, NULL, &options, &err);
 *	model_convert(predictor, PRECISION_KEEP, "model.safetensors", &err);
 */
#ifndef TAGSIGHT_INFERENCE_SYSTEMS_MODEL_CONVERT_H
#define TAGSIGHT_INFERENCE_SYSTEMS_MODEL_CONVERT_H

#include "lib/base/err.h"
#include "lib/corpus/prediction.h"

/* How the large matrices are stored: as they are, or rounded, int8 with one scale a row. Vectors and small
 * matrices (biases, norms, a CRF) become float32 always. */
enum model_precision { PRECISION_KEEP, PRECISION_FP32, PRECISION_BF16, PRECISION_INT8 };

/* Write a model that predictor_open() gave to `path`, by rename; the same model gives the same bytes. */
int model_convert(struct predictor *predictor, enum model_precision precision, const char *path,
		  struct err *err);

#endif
