/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The input is a model; what is not refused must take apart a text. Every number must be one of the
 * model's. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "RT @user : a</s> Caf\xc3\xa9 \xef\xac\x81ne \xe2\x91\xa0 ab<unk>\xff";
	struct err err = ERR_INIT;
	struct sentencepiece *sentencepiece = sentencepiece_new(data, size, &err);
	struct subwords subwords = SUBWORDS_INIT;

	if (!sentencepiece)
		return 0;
	if (sentencepiece_encode(sentencepiece, text, strlen(text), &subwords, &err) < 0)
		__builtin_trap();
	for (size_t i = 0; i < subwords.n; i++)
		if (subwords.items[i].id < 0 ||
		    (size_t)subwords.items[i].id >= sentencepiece_size(sentencepiece))
			__builtin_trap();
	subwords_release(&subwords);
	sentencepiece_free(sentencepiece);
	return 0;
}
