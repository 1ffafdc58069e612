/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The config.json that Hugging Face's tools save beside an encoder says what the shapes of its
 * tensors do not: the number of heads and the eps of the layer norms.
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_ENCODER_FILE_H
#define TAGSIGHT_INFERENCE_TEXT_ENCODER_FILE_H

#include "inference/text/encoder.h"

#include <stdbool.h>

/* Whether the JSON text speaks of an encoder with the width and the layers of `config`. */
bool encoder_file_fits(const struct encoder_config *config, const char *text, size_t size);

/* Set what it says, each number checked. What we do not compute is an error: another activation than
 * gelu, relative positions. */
int encoder_file_apply(struct encoder_config *config, const char *text, size_t size, struct err *err);

#endif
