/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TAGSIGHT_SENTENCEPIECE

#include "inference/text/sentencepiece_library.h"

#include <stdio.h>

bool sentencepiece_library_is_there(void)
{
	return false;
}

struct sentencepiece_library *sentencepiece_library_new(const void *model, size_t size, char *reason,
							size_t reason_size)
{
	(void)model;
	(void)size;
	snprintf(reason, reason_size,
		 "tagsight was built without SentencePiece: install libsentencepiece-dev and build it "
		 "again");
	return NULL;
}

void sentencepiece_library_free(struct sentencepiece_library *library)
{
	(void)library;
}

int sentencepiece_library_size(const struct sentencepiece_library *library)
{
	(void)library;
	return 0;
}

int sentencepiece_library_unknown(const struct sentencepiece_library *library)
{
	(void)library;
	return 0;
}

int sentencepiece_library_encode(const struct sentencepiece_library *library, const char *text,
				 size_t length, sentencepiece_taker *take, void *context)
{
	(void)library;
	(void)text;
	(void)length;
	(void)take;
	(void)context;
	return -1;
}

#endif
