/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Walks by recursion, as the reader promises that one may. */
static size_t walk(const struct pickle_value *value)
{
	size_t n = 1;

	for (size_t i = 0; i < value->n; i++)
		n += walk(value->items[i]);
	if (value->state)
		n += walk(value->state);
	return n;
}

/* What is read without objects is read with them too. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct pickle pickle, with_objects;
	struct err err = ERR_INIT;
	int rc = pickle_read(&pickle, data, size, "fuzz", &arena, &err);
	int rc_objects =
		pickle_read_with_objects(&with_objects, data, size, "fuzz", &arena, &err);

	if (rc == 0 && (walk(pickle.root) > PICKLE_VALUES || pickle.consumed > size || rc_objects < 0))
		__builtin_trap();
	if (rc_objects == 0 &&
	    (walk(with_objects.root) > PICKLE_VALUES || with_objects.consumed > size))
		__builtin_trap();
	arena_release(&arena);
	return 0;
}
