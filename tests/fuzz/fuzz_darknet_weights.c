/* SPDX-License-Identifier: Apache-2.0 */
/* Every number of a file of weights is given, or the file is refused as data. */
#include "lib/formats/darknet_weights.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct darknet_weights weights;
	struct err err = ERR_INIT;
	float number;

	if (darknet_weights_parse(&weights, data, size, "input", &err) < 0) {
		if (err.kind != ERR_DATA)
			abort();
		return 0;
	}
	while (darknet_weights_take(&weights, 1, &number, &err) == 0)
		if (!isfinite(number))
			abort();
	if (err.kind != ERR_DATA || weights.used > weights.numbers)
		abort();
	return 0;
}
