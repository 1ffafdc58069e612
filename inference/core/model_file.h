/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What lies in the folder of a model: vocabulary and configuration, as Hugging Face's tools save them.
 */
#ifndef TAGSIGHT_INFERENCE_CORE_MODEL_FILE_H
#define TAGSIGHT_INFERENCE_CORE_MODEL_FILE_H

/* The path of `name` in the folder of the model's first file ("a.bin,b.bin" has two), on the heap,
 * whether it exists or not; NULL when memory is out. */
char *model_file_beside(const char *model, const char *name);

#endif
