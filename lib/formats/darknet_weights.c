/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/darknet_weights.h"

#include <math.h>
#include <string.h>

#define SHORT_HEADER 16
#define LONG_HEADER 20
#define VERSIONS 1000 /* of either part; a transposed file of old has more */

static uint32_t word_at(const unsigned char *bytes)
{
	return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 |
	       (uint32_t)bytes[3] << 24;
}

int darknet_weights_parse(struct darknet_weights *weights, const unsigned char *bytes, size_t size,
			  const char *path, struct err *err)
{
	*weights = (struct darknet_weights){ .file = { bytes, size }, .path = path };
	if (size < SHORT_HEADER)
		return err_set_at(err, path, 0, 0, "%zu bytes are too few for the header of Darknet weights",
				  size);
	weights->major = (int32_t)word_at(bytes);
	weights->minor = (int32_t)word_at(bytes + 4);
	weights->revision = (int32_t)word_at(bytes + 8);
	weights->seen = word_at(bytes + 12);
	if (weights->major < 0 || weights->minor < 0 || weights->major >= VERSIONS ||
	    weights->minor >= VERSIONS)
		return err_set_at(err, path, 0, 0,
				  "the header gives version %d.%d: these are no Darknet weights, or an old "
				  "transposed file",
				  (int)weights->major, (int)weights->minor);
	weights->header = SHORT_HEADER;
	if (weights->major * 10 + weights->minor >= 2) {
		if (size < LONG_HEADER)
			return err_set_at(err, path, 0, 0, "the header ends after %zu of %d bytes", size,
					  LONG_HEADER);
		weights->seen |= (uint64_t)word_at(bytes + 16) << 32;
		weights->header = LONG_HEADER;
	}
	if ((size - weights->header) % sizeof(float))
		return err_set_at(err, path, 0, 0, "ends within a number, after %zu bytes", size);
	weights->numbers = (size - weights->header) / sizeof(float);
	return 0;
}

int darknet_weights_open(struct darknet_weights *weights, const char *path, struct err *err)
{
	struct file_map file;

	if (file_map_open(&file, path, err) < 0)
		return -1;
	if (darknet_weights_parse(weights, file.data, file.size, path, err) == 0)
		return 0;
	file_map_close(&file);
	return -1;
}

void darknet_weights_close(struct darknet_weights *weights)
{
	file_map_close(&weights->file);
}

int darknet_weights_take(struct darknet_weights *weights, size_t n, float *out, struct err *err)
{
	const unsigned char *from = weights->file.data + weights->header + weights->used * sizeof(float);

	if (n > weights->numbers - weights->used)
		return err_set_at(err, weights->path, 0, 0,
				  "holds %zu numbers, where %zu more are wanted after %zu", weights->numbers,
				  n, weights->used);
	for (size_t i = 0; i < n; i++) {
		uint32_t bits = word_at(from + i * sizeof(float));

		memcpy(&out[i], &bits, sizeof(bits));
		if (!isfinite(out[i]))
			return err_set_at(err, weights->path, 0, 0, "number %zu is not finite",
					  weights->used + i);
	}
	weights->used += n;
	return 0;
}
