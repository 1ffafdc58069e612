/* SPDX-License-Identifier: Apache-2.0 */
/* The first byte chooses the reader, the rest is the file. */
#include "lib/formats/mega_features.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must_be_finite(const float *values, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!isfinite(values[i]))
			abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static float objects[MEGA_OBJECTS * MEGA_FEATURES], weights[MEGA_ROWS * MEGA_OBJECTS];
	struct err err = ERR_INIT;
	char path[64];
	int fd;

	if (size == 0)
		return 0;
	fd = memfd_create("input", MFD_CLOEXEC);
	if (fd < 0 || write(fd, data + 1, size - 1) != (ssize_t)(size - 1))
		abort();
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (data[0] & 1 ? mega_objects_read(path, objects, &err) == 0
			: mega_structure_read(path, weights, &err) == 0) {
		must_be_finite(objects, MEGA_OBJECTS * MEGA_FEATURES);
		must_be_finite(weights, MEGA_ROWS * MEGA_OBJECTS);
	}
	close(fd);
	return 0;
}
