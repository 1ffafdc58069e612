/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/wordpiece.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is a vocabulary, a NUL and a text; without a NUL it is a text for a small vocabulary.
 * Every id must be one of the vocabulary. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char small[] = "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\nb\n##a\n##b\nab\n##ab\n.\ne\n";
	const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
	const char *vocabulary = nul ? (const char *)data : small;
	size_t vocabulary_size = nul ? (size_t)(nul - data) : sizeof(small) - 1;
	const uint8_t *text = nul ? nul + 1 : data;
	const struct wordpiece_rules rules = { .lower_case = size % 2 == 0, .fast = size % 3 == 0,
					       .alone = size % 5 == 0 };
	struct err err = ERR_INIT;
	struct wordpiece *wordpiece =
		wordpiece_new(vocabulary, vocabulary_size, &rules, &err);
	struct pieces pieces = PIECES_INIT;

	if (!wordpiece || size == 0) {
		wordpiece_free(wordpiece);
		return 0;
	}
	if (wordpiece_encode(wordpiece, (const char *)text, (size_t)(data + size - text), &pieces,
			     &err) < 0)
		__builtin_trap();
	for (size_t i = 0; i < pieces.n; i++)
		if (pieces.ids[i] < 0 || (size_t)pieces.ids[i] >= wordpiece_size(wordpiece))
			__builtin_trap();
	pieces_release(&pieces);
	wordpiece_free(wordpiece);
	return 0;
}
