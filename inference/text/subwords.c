/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/subwords.h"

#include "lib/base/checked.h"

#include <stdlib.h>

void subwords_release(struct subwords *subwords)
{
	free(subwords->items);
	buf_release(&subwords->text);
	*subwords = (struct subwords)SUBWORDS_INIT;
}

void subwords_clear(struct subwords *subwords)
{
	subwords->n = 0;
	buf_clear(&subwords->text);
}

int subwords_add(struct subwords *subwords, int id, const char *text, size_t length,
		 struct err *err)
{
	size_t start = subwords->text.length;

	buf_add(&subwords->text, text, length);
	if (subwords->text.failed || GROW(subwords->items, subwords->n, subwords->capacity) < 0)
		return err_set_memory(err);
	subwords->items[subwords->n++] = (struct subword){ id, start, length };
	return 0;
}
