/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The little that sentencepiece.c asks of libsentencepiece, which speaks C++. Where the library is
 * installed, sentencepiece_library.cc is compiled and TAGSIGHT_SENTENCEPIECE is defined; elsewhere
 * sentencepiece_missing.c stands in, which loads no model.
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_SENTENCEPIECE_LIBRARY_H
#define TAGSIGHT_INFERENCE_TEXT_SENTENCEPIECE_LIBRARY_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

struct sentencepiece_library;

/* Whether it is the library and not its stand-in. */
bool sentencepiece_library_is_there(void);

/* Load a model from its bytes, which are copied. NULL on failure, with the reason in `reason`. */
struct sentencepiece_library *sentencepiece_library_new(const void *model, size_t size, char *reason,
							size_t reason_size);
void sentencepiece_library_free(struct sentencepiece_library *library);

/* Pieces of the model, and the number of the one for text that it does not know. */
int sentencepiece_library_size(const struct sentencepiece_library *library);
int sentencepiece_library_unknown(const struct sentencepiece_library *library);

/* Takes one piece: its text [length], normalised, and the model's number for it. 0, or -1 to stop. */
typedef int sentencepiece_taker(void *context, const char *piece, size_t length, int number);

/* Give the pieces of a text one by one. 0, or -1 when memory is out or the taker stopped. */
int sentencepiece_library_encode(const struct sentencepiece_library *library, const char *text,
				 size_t length, sentencepiece_taker *take, void *context);

#ifdef __cplusplus
}
#endif

#endif
