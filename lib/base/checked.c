/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/checked.h"

#include <stdlib.h>

void *checked_realloc(void *old, size_t n, size_t element)
{
	size_t bytes;

	if (!size_multiply(n, element, &bytes))
		return NULL;
	return realloc(old, bytes ? bytes : 1);
}

void *checked_calloc(size_t n, size_t element)
{
	return calloc(n ? n : 1, element ? element : 1);
}

int checked_grow(void **array, size_t used, size_t *capacity, size_t element)
{
	size_t wanted;
	void *grown;

	if (used < *capacity)
		return 0;
	wanted = *capacity ? *capacity + *capacity / 2 + 1 : 16;
	if (wanted < *capacity)
		return -1;
	grown = checked_realloc(*array, wanted, element);
	if (!grown)
		return -1;
	*array = grown;
	*capacity = wanted;
	return 0;
}
