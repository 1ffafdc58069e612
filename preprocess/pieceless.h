/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Characters of which BERT's tokenizer leaves nothing: a word of these alone yields no word piece, and
 * its label is lost.
 */
#ifndef TAGSIGHT_PREPROCESS_PIECELESS_H
#define TAGSIGHT_PREPROCESS_PIECELESS_H

#include <stdbool.h>
#include <stdint.h>

/* Control and invalid ones (unassigned, private, surrogate, U+FFFD) are dropped, blanks only part words,
 * and marks go with the accents. */
bool pieceless_character(uint32_t c);

#endif
