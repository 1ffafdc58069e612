/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/vocabulary.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#define HASH_WORD 0xcbf29ce484222325u
#define HASH_INSIDE 0x84222325cbf29ce4u /* begins the hash of a piece that had "##" */
#define LONGEST_ENDS 256                /* more characters than any piece that can match */

static uint64_t hash_byte(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 0x100000001b3u;
}

static size_t first_slot(const struct vocabulary *vocabulary, uint64_t hash)
{
	return (size_t)(hash ^ (hash >> 32)) & (vocabulary->n_slots - 1);
}

const char *vocabulary_line(const struct vocabulary *vocabulary, size_t id, size_t *length)
{
	const char *line = vocabulary->text + vocabulary->starts[id];

	*length = vocabulary->starts[id + 1] - vocabulary->starts[id] - 1;
	if (*length && line[*length - 1] == '\r')
		--*length;
	return line;
}

/* The line of an id without "##" and without its end. */
static const char *line_of(const struct vocabulary *vocabulary, size_t id, size_t *length,
			   bool *inside)
{
	const char *line = vocabulary_line(vocabulary, id, length);

	*inside = *length > 2 && line[0] == '#' && line[1] == '#';
	*length -= *inside ? 2 : 0;
	return line + (*inside ? 2 : 0);
}

/* The slot that holds the piece, or the free one where it belongs. */
static size_t find_slot(const struct vocabulary *vocabulary, const char *piece, size_t length,
			bool inside, uint64_t hash)
{
	size_t slot = first_slot(vocabulary, hash), other_length;
	bool other_inside;

	for (; vocabulary->slots[slot]; slot = (slot + 1) & (vocabulary->n_slots - 1)) {
		const char *other = line_of(vocabulary, vocabulary->slots[slot] - 1, &other_length,
					    &other_inside);

		if (other_length == length && other_inside == inside &&
		    memcmp(other, piece, length) == 0)
			break;
	}
	return slot;
}

static uint64_t hash_piece(const char *piece, size_t length, bool inside)
{
	uint64_t hash = inside ? HASH_INSIDE : HASH_WORD;

	for (size_t i = 0; i < length; i++)
		hash = hash_byte(hash, piece[i]);
	return hash;
}

/* Count the lines, then note where each starts. The last may lack its newline: it ends as if it had one. */
static int find_lines(struct vocabulary *vocabulary, size_t size)
{
	const char *text = vocabulary->text, *newline;
	size_t n = 0, at = 0;

	for (size_t i = 0; i < size; i++)
		n += text[i] == '\n' || i + 1 == size;
	vocabulary->starts = checked_calloc(n + 1, sizeof(*vocabulary->starts));
	if (!vocabulary->starts)
		return -1;
	vocabulary->n = n;
	for (size_t id = 0; id < n; id++) {
		vocabulary->starts[id] = (uint32_t)at;
		newline = memchr(text + at, '\n', size - at);
		at = (newline ? (size_t)(newline - text) : size) + 1;
	}
	vocabulary->starts[n] = (uint32_t)at;
	return 0;
}

static int fill_slots(struct vocabulary *vocabulary)
{
	size_t length;
	bool inside;

	for (vocabulary->n_slots = 64; vocabulary->n_slots < 2 * vocabulary->n;)
		vocabulary->n_slots *= 2;
	vocabulary->slots = checked_calloc(vocabulary->n_slots, sizeof(*vocabulary->slots));
	if (!vocabulary->slots)
		return -1;
	for (size_t id = 0; id < vocabulary->n; id++) {
		const char *piece = line_of(vocabulary, id, &length, &inside);
		uint64_t hash = hash_piece(piece, length, inside);

		vocabulary->slots[find_slot(vocabulary, piece, length, inside, hash)] =
			(uint32_t)id + 1;
		if (length > vocabulary->longest)
			vocabulary->longest = length;
	}
	return 0;
}

int vocabulary_init(struct vocabulary *vocabulary, const char *text, size_t size, struct err *err)
{
	memset(vocabulary, 0, sizeof(*vocabulary));
	if (size == 0 || size > INT32_MAX)
		return err_set(err, ERR_DATA, "a vocabulary of %zu bytes", size);
	vocabulary->text = text;
	if (find_lines(vocabulary, size) == 0 && fill_slots(vocabulary) == 0)
		return 0;
	vocabulary_release(vocabulary);
	return err_set_memory(err);
}

void vocabulary_release(struct vocabulary *vocabulary)
{
	free(vocabulary->starts);
	free(vocabulary->slots);
	memset(vocabulary, 0, sizeof(*vocabulary));
}

int vocabulary_find(const struct vocabulary *vocabulary, const char *piece, size_t length)
{
	bool inside = length > 2 && piece[0] == '#' && piece[1] == '#';

	piece += inside ? 2 : 0;
	length -= inside ? 2 : 0;
	return (int)vocabulary->slots[find_slot(vocabulary, piece, length, inside,
						hash_piece(piece, length, inside))] -
	       1;
}

int vocabulary_longest(const struct vocabulary *vocabulary, const char *text, const uint32_t *ends,
		       size_t n_ends, bool inside, size_t *end)
{
	uint64_t hashes[LONGEST_ENDS], hash = inside ? HASH_INSIDE : HASH_WORD;
	size_t n = 0, at = 0;
	int id;

	for (; n < n_ends && n < LONGEST_ENDS && ends[n] <= vocabulary->longest; n++) {
		for (; at < ends[n]; at++)
			hash = hash_byte(hash, text[at]);
		hashes[n] = hash;
	}
	while (n-- > 0) {
		id = (int)vocabulary->slots[find_slot(vocabulary, text, ends[n], inside, hashes[n])] -
		     1;
		if (id >= 0) {
			*end = n;
			return id;
		}
	}
	return -1;
}
