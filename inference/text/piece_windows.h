/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts that are longer than an encoder reads at once, as flair reads them: windows that overlap, each
 * between the two tokens that stand around a text. Where two windows overlap, the first gives up half
 * of the overlap's pieces to the next.
 *
 *	for (size_t w = 0; w < piece_windows(&rules, n); w++)
 *		read(piece_window_start(&rules, w), piece_window_end(&rules, n, w));
 */
#ifndef TAGSIGHT_INFERENCE_TEXT_PIECE_WINDOWS_H
#define TAGSIGHT_INFERENCE_TEXT_PIECE_WINDOWS_H

#include <stddef.h>

struct window_rules {
	size_t room;    /* pieces of a window, without the two around them */
	size_t overlap; /* of a window and the next; even, below room */
};

/* Those of an encoder for `positions` pieces, the two included; at least WINDOW_POSITIONS. */
#define WINDOW_POSITIONS 8
struct window_rules window_rules_of(size_t positions);

/* Windows of a text of n pieces; at least one. */
size_t piece_windows(const struct window_rules *rules, size_t n);

/* The pieces of window w of a text of n. */
size_t piece_window_start(const struct window_rules *rules, size_t w);
size_t piece_window_end(const struct window_rules *rules, size_t n, size_t w);

/* The window that a piece's state is taken from. */
size_t piece_window_of(const struct window_rules *rules, size_t n, size_t piece);

#endif
