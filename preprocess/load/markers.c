/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/load/markers.h"

#include "preprocess/load/load_priv.h"

#include <string.h>

const char *const marker_names[MARKERS] = { "<s>", "</s>", "<o>", "</o>" };

void markers_place(struct markers *markers, const struct load *load, const struct relation *relation)
{
	const long places[MARKERS] = { relation->head.begin, relation->head.end,
				       relation->tail.begin, relation->tail.end };
	size_t pieces = 0;

	memset(markers, 0, sizeof(*markers));
	for (size_t i = 0; i < relation->n_words; i++) {
		for (int m = 0; m < MARKERS; m++) {
			if (places[m] != (long)i)
				continue;
			markers->written[m] = true;
			markers->order[m] = markers->n++;
			markers->pieces[m] = pieces++;
		}
		pieces += load_pieces(load, relation->words[i], strlen(relation->words[i]));
	}
}

bool markers_cross(const struct markers *markers)
{
	const size_t *at = markers->order;
	bool head_first = at[MARKER_HEAD] < at[MARKER_TAIL];
	size_t first_end = at[head_first ? MARKER_HEAD_END : MARKER_TAIL_END];
	size_t second = at[head_first ? MARKER_TAIL : MARKER_HEAD];
	size_t second_end = at[head_first ? MARKER_TAIL_END : MARKER_HEAD_END];

	return markers->n == MARKERS && second < first_end && first_end < second_end;
}
