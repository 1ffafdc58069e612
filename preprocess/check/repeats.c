/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/repeats.h"

#include "preprocess/check/seen.h"

#include <stdlib.h>

/* A text is in `first` where it stood first in its set. It is in `later` for each other split, and,
 * with the places of its entities, for each other pair of entities. */
struct repeats {
	struct seen first, later;
	struct seen ids; /* of the split `ids_split` */
	size_t ids_split;
};

struct repeats *repeats_new(void)
{
	return calloc(1, sizeof(struct repeats));
}

void repeats_free(struct repeats *repeats)
{
	if (!repeats)
		return;
	seen_release(&repeats->first);
	seen_release(&repeats->later);
	seen_release(&repeats->ids);
	free(repeats);
}

static void note_same(struct repeat *out, const struct seen_entry *entry, uint64_t labels)
{
	out->same_split = entry->line;
	out->same_labels = entry->mark == labels;
}

/* The key of a text within one split. */
static struct hash128 within_split(const struct digest *digest, size_t split_index)
{
	struct hash128 key = digest->places;

	hash128_add(&key, (const char *)&split_index, sizeof(split_index));
	return key;
}

static bool same_key(const struct hash128 *a, const struct hash128 *b)
{
	return a->a == b->a && a->b == b->b;
}

int repeats_words(struct repeats *repeats, size_t line, size_t split_index,
		  const struct digest *digest, struct repeat *out)
{
	bool has_places = !same_key(&digest->places, &digest->words), is_new;
	const struct seen_entry *entry;
	struct hash128 key;

	entry = seen_add(&repeats->first, &digest->words, digest->labels, line, split_index,
			 &is_new);
	if (!entry)
		return -1;
	if (!is_new && entry->split_index != split_index) {
		out->other_split = entry->line;
		out->other_index = entry->split_index;
	} else if (!has_places) {
		if (!is_new)
			note_same(out, entry, digest->labels);
		return 0;
	}
	key = within_split(digest, split_index);
	entry = seen_add(&repeats->later, &key, digest->labels, line, split_index, &is_new);
	if (entry && !is_new)
		note_same(out, entry, digest->labels);
	return entry ? 0 : -1;
}

int repeats_id(struct repeats *repeats, size_t line, size_t split_index,
	       const struct digest *digest, struct repeat *out)
{
	const struct seen_entry *entry;
	bool is_new;

	if (repeats->ids_split != split_index) {
		seen_clear(&repeats->ids);
		repeats->ids_split = split_index;
	}
	entry = seen_add(&repeats->ids, &digest->id, 0, line, split_index, &is_new);
	if (entry && !is_new)
		out->same_id = entry->line;
	return entry ? 0 : -1;
}

void repeats_prefetch(const struct repeats *repeats, const struct digest *digest)
{
	seen_prefetch(&repeats->first, &digest->words);
	seen_prefetch(&repeats->ids, &digest->id);
}
