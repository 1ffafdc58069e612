/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checkpoints with the reproducible weights of the golden outputs. A spec has one tensor a line: name,
 * type, shape, mean and scale between tabs; {a..b} in a name stands for each number from a to b. Element i
 * is mean + scale * v, with v from -1 to 1 made of the name, the seed and i by FNV-1a and SplitMix64.
 *
 *	char *path = generated_weights("spec.tsv", (const char *const[]){ "image_model.", NULL }, 1);
 *	...
 *	temporary_remove(path);
 */
#ifndef TAGSIGHT_TESTS_UNIT_GENERATED_WEIGHTS_H
#define TAGSIGHT_TESTS_UNIT_GENERATED_WEIGHTS_H

#include "lib/formats/safetensors.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <string.h>

#define GOLDEN_RATIO 0x9E3779B97F4A7C15u

struct generated_tensor {
	char name[200];
	size_t n_dims, shape[SAFETENSORS_DIMS], elements;
	float mean, scale;
};

static inline uint64_t fnv1a64(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	uint64_t hash = 0xCBF29CE484222325u;

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * 0x100000001B3u;
	return hash;
}

static inline void generate_floats(const struct generated_tensor *tensor, uint64_t seed, float *out)
{
	uint64_t start = fnv1a64(tensor->name, strlen(tensor->name)) + seed * GOLDEN_RATIO;

	for (size_t i = 0; i < tensor->elements; i++) {
		uint64_t z = start + (i + 1) * GOLDEN_RATIO;
		float value;

		z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
		z = (z ^ z >> 27) * 0x94D049BB133111EBu;
		z ^= z >> 31;
		value = (float)((double)(z >> 40) / 8388608 - 1);
		value *= tensor->scale; /* rounded before the sum: no fused product here */
		out[i] = tensor->mean + value;
	}
}

/* False for a line that is no float tensor. */
static inline bool generated_parse(char *line, struct generated_tensor *tensor)
{
	char shape[100];

	memset(tensor, 0, sizeof(*tensor));
	tensor->elements = 1;
	if (sscanf(line, "%199s f32 %99s %f %f", tensor->name, shape, &tensor->mean,
		   &tensor->scale) != 4)
		return false;
	for (char *part = shape; part; part = strchr(part, ',')) {
		part += *part == ',';
		tensor->shape[tensor->n_dims] = strtoul(part, NULL, 10);
		tensor->elements *= tensor->shape[tensor->n_dims++];
	}
	return true;
}

static inline bool generated_wanted(const char *name, const char *const *prefixes)
{
	for (; *prefixes; prefixes++)
		if (strncmp(name, *prefixes, strlen(*prefixes)) == 0)
			return true;
	return false;
}

static inline void generated_add(struct safetensors_writer *writer, const struct generated_tensor *tensor,
				 uint64_t seed)
{
	float *values = malloc(tensor->elements * sizeof(*values));
	struct err err = ERR_INIT;

	assert_non_null(values);
	generate_floats(tensor, seed, values);
	assert_int_equal(safetensors_add(writer, tensor->name, TENSOR_F32, tensor->n_dims,
					 tensor->shape, values, &err), 0);
	free(values);
}

/* Add the tensors that a line stands for, if they are wanted. */
static inline void generated_line(struct safetensors_writer *writer, const char *line,
				  const char *const *prefixes, uint64_t seed)
{
	const char *range = strchr(line, '{'), *end = range ? strchr(range, '}') : NULL;
	struct generated_tensor tensor;
	int first, last;
	char one[400];

	if (end && sscanf(range, "{%d..%d}", &first, &last) == 2) {
		for (; first <= last; first++) {
			snprintf(one, sizeof(one), "%.*s%d%s", (int)(range - line), line, first, end + 1);
			generated_line(writer, one, prefixes, seed);
		}
		return;
	}
	snprintf(one, sizeof(one), "%s", line);
	if (generated_wanted(one, prefixes) && generated_parse(one, &tensor))
		generated_add(writer, &tensor, seed);
}

/* Add the float tensors of a spec, with `before` put before their names, if they then begin with one of
 * `prefixes`, which end with NULL. */
static inline void generated_spec(struct safetensors_writer *writer, const char *spec, const char *before,
				  const char *const *prefixes, uint64_t seed)
{
	FILE *stream = fopen(spec, "r");
	char line[400], named[500];

	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream)) {
		snprintf(named, sizeof(named), "%s%s", before, line);
		generated_line(writer, named, prefixes, seed);
	}
	fclose(stream);
}

/* Those of one spec as a temporary safetensors file. */
static inline char *generated_weights(const char *spec, const char *const *prefixes, uint64_t seed)
{
	char *path = temporary_text("");
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);

	assert_non_null(writer);
	generated_spec(writer, spec, "", prefixes, seed);
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);
	return path;
}

#endif
