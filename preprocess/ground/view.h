/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What grounding found, record by record, to be shown: the text, its phrases, and the boxes of the
 * manifest, joined by the record's name. A manifest may have its lines in any order; of each, 16 bytes are
 * kept.
 *
 *	struct ground_view *view = ground_view_open(&dataset, split, &err);
 *	while ((status = ground_view_next(view, &record, &arena, &err)) > READ_EOF) {
 *		if (status == READ_OK) show(&record);
 *		arena_reset(&arena);
 *	}
 *	ground_view_close(view);
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_VIEW_H
#define TAGSIGHT_PREPROCESS_GROUND_VIEW_H

#include "lib/corpus/grounding.h"
#include "preprocess/records.h"

#include <stdbool.h>

struct viewed_phrase {
	const char *text;
	enum phrase_kind kind;
	size_t begin, end; /* words of the record, end exclusive; both 0 where the text does not have it */
	size_t boxes;      /* how many it got */
};

struct viewed_box {
	struct manifest_entry entry; /* its score is a finite number */
	size_t phrase;               /* index, or GROUNDED_NO_PHRASE */
};

/* All of it belongs to the arena. */
struct viewed_record {
	struct record record;
	struct viewed_phrase *phrases; /* [n_phrases] */
	size_t n_phrases;
	struct viewed_box *boxes; /* [n_boxes], in the order of the manifest */
	size_t n_boxes;
};

struct ground_view;

/* Open a split's text, its phrases (made for the while, as ground would, where there is no file of them) and
 * its manifest. NULL on failure; a manifest that is not there is none. */
struct ground_view *ground_view_open(const struct dataset *dataset, const struct split *split,
				     struct err *err);
void ground_view_close(struct ground_view *view);

/* Whether an earlier run left a manifest. */
bool ground_view_has_manifest(const struct ground_view *view);

/* Lines of the manifest that cannot be read, so far; *first says why the first cannot, and where. */
size_t ground_view_bad_lines(const struct ground_view *view, const struct err **first);

/* The next record of the text. READ_BAD: it was stepped over, *err says why. READ_FAIL where the phrases are
 * those of another text. */
enum read_status ground_view_next(struct ground_view *view, struct viewed_record *out,
				  struct arena *arena, struct err *err);

#endif
