/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/entity_reader.h"

#include <string.h>

void entity_reader_add(struct entity_reader *reader, const char *const *tags, size_t n)
{
	scheme_guess_add(&reader->guess, tags, n);
	for (size_t i = 0; i < n; i++)
		if (tags[i][0] && strchr("ESLU", tags[i][0]) && tags[i][1] == '-')
			reader->more = true;
}

int entity_reader_spans(const struct entity_reader *reader, const char *const *tags, size_t n,
			struct span **out, size_t *n_out, struct arena *arena, struct err *err)
{
	if (!reader->more)
		return span_extract(SPAN_CONLLEVAL, tags, n, out, n_out, arena, err);
	return scheme_spans(scheme_guess_likely(&reader->guess), tags, n, out, n_out, NULL, arena, err);
}
