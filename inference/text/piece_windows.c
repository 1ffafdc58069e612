/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/piece_windows.h"

struct window_rules window_rules_of(size_t positions)
{
	/* Even, so that the halves are equal. */
	return (struct window_rules){ positions - 2, positions / 4 * 2 };
}

size_t piece_windows(const struct window_rules *rules, size_t n)
{
	size_t step = rules->room - rules->overlap;

	return n <= rules->room ? 1 : 1 + (n - rules->room + step - 1) / step;
}

size_t piece_window_start(const struct window_rules *rules, size_t w)
{
	return w * (rules->room - rules->overlap);
}

size_t piece_window_end(const struct window_rules *rules, size_t n, size_t w)
{
	size_t end = piece_window_start(rules, w) + rules->room;

	return end < n ? end : n;
}

size_t piece_window_of(const struct window_rules *rules, size_t n, size_t piece)
{
	size_t half = rules->overlap / 2, last = piece_windows(rules, n) - 1;
	size_t w = piece < half ? 0 : (piece - half) / (rules->room - rules->overlap);

	return w < last ? w : last;
}
