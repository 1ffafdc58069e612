/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/word_corpus.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The same bytes are the dictionary, and their end a phrase. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t tail = size < 64 ? size : 64;
	struct word_corpus corpus;
	struct err err = ERR_INIT;
	char phrase[65] = "";
	int *ids, n;

	if (word_corpus_parse(&corpus, data, size, "fuzz", &err) < 0)
		return 0;
	memcpy(phrase, data + size - tail, tail);
	n = word_corpus_encode(&corpus, phrase, 1 + size % 20, &ids, &err);
	for (int i = 0; i < n; i++)
		if (ids[i] < 0 || (size_t)ids[i] >= corpus.size)
			abort();
	free(ids);
	word_corpus_release(&corpus);
	return 0;
}
