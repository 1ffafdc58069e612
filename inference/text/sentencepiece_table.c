/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/sentencepiece_model.h"

#include "lib/base/checked.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LEAF_LIMIT 31  /* rules of which each begins with the one before; the library has room for 32 */
#define DEPTH_LIMIT 256 /* bytes of a rule */
#define OPEN 255       /* the mark of a node whose children are being looked at */

/* A unit is the label of the byte that leads to it (bits 0 to 7, and 31 in a value), whether a value
 * follows (bit 8), and how far its children are (bits 9 to 31). */
struct trie {
	const unsigned char *units; /* [n], uint32, not aligned */
	size_t n;
	size_t texts;         /* bytes of them */
	unsigned char *marks; /* [n]: 0 unseen, OPEN, or 1 + the most values on a way below */
};

static uint32_t unit_at(const struct trie *trie, size_t number)
{
	const unsigned char *at = trie->units + number * sizeof(uint32_t);

	return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static size_t children_of(size_t number, uint32_t unit)
{
	return number ^ (size_t)(unit >> 10) << ((unit & 0x200) >> 6);
}

/* Whether the value of the node whose children begin at `node` is the offset of a text. */
static bool is_text(const struct trie *trie, size_t node)
{
	return node < trie->n && (unit_at(trie, node) & 0x7fffffff) < trie->texts;
}

/* Whether all below a node lies within the units; notes the most values on a way down. */
static bool is_sound(struct trie *trie, size_t node, unsigned depth)
{
	unsigned most = 0;

	/* Each of 256 bytes may be looked up here. */
	if ((node | 0xff) >= trie->n || depth > DEPTH_LIMIT || trie->marks[node] == OPEN)
		return false;
	if (trie->marks[node])
		return true;
	trie->marks[node] = OPEN;
	for (size_t byte = 1; byte < 256; byte++) {
		uint32_t unit = unit_at(trie, node ^ byte);
		size_t next = children_of(node ^ byte, unit);
		bool leaf = unit & 0x100;
		unsigned below;

		if ((unit & 0x800000ff) != byte)
			continue;
		if (!is_sound(trie, next, depth + 1) || (leaf && !is_text(trie, next)))
			return false;
		below = trie->marks[next] - 1u + leaf;
		most = below > most ? below : most;
	}
	trie->marks[node] = (unsigned char)(most + 1);
	return most <= LEAF_LIMIT;
}

int sentencepiece_table_check(const unsigned char *table, size_t size, struct err *err)
{
	struct trie trie = { table, size / sizeof(uint32_t), 0, NULL };
	size_t bytes;
	bool sound;

	if (size == 0)
		return 0;
	bytes = size > sizeof(uint32_t) ? unit_at(&trie, 0) : size;
	if (bytes >= size - sizeof(uint32_t) || bytes % sizeof(uint32_t) || table[size - 1] != '\0')
		return err_set(err, ERR_DATA, "the table of the SentencePiece model's normaliser is cut off");
	trie = (struct trie){ table + sizeof(uint32_t), bytes / sizeof(uint32_t),
			      size - sizeof(uint32_t) - bytes, NULL };
	trie.marks = checked_calloc(trie.n, 1);
	if (!trie.marks)
		return err_set_memory(err);
	sound = trie.n && is_sound(&trie, children_of(0, unit_at(&trie, 0)), 0);
	free(trie.marks);
	return sound ? 0 : err_set(err, ERR_DATA, "the table of the SentencePiece model's normaliser is broken");
}
