/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle_priv.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>

enum { MARK_NEW, MARK_OPEN, MARK_DONE };

/* One value on the way down, and which of its children comes next. */
struct step {
	struct pickle_value *value;
	size_t child;
};

static const char *const kind_names[] = {
	[PICKLE_NONE] = "None",	      [PICKLE_BOOL] = "a bool",	   [PICKLE_INT] = "an int",
	[PICKLE_BIG_INT] = "a big int", [PICKLE_FLOAT] = "a float", [PICKLE_TEXT] = "a string",
	[PICKLE_BYTES] = "bytes",     [PICKLE_LIST] = "a list",	   [PICKLE_TUPLE] = "a tuple",
	[PICKLE_SET] = "a set",	      [PICKLE_DICT] = "a dict",	   [PICKLE_GLOBAL] = "a class",
	[PICKLE_CALL] = "an object",  [PICKLE_PERSISTENT] = "a storage",
	[PICKLE_OBJECT] = "an object",
};

const char *pickle_kind_name(enum pickle_kind kind)
{
	return kind_names[kind];
}

bool pickle_can_be_key(const struct pickle_value *value)
{
	if (value->kind == PICKLE_TUPLE) {
		for (size_t i = 0; i < value->n; i++)
			if (!pickle_can_be_key(value->items[i]))
				return false;
		return true;
	}
	return value->kind <= PICKLE_BYTES || value->kind == PICKLE_GLOBAL;
}

/* Equal floats have equal bits here: there is one zero, and a NaN equals itself, so that many of them
 * make no long chain. */
static uint64_t float_bits(double real)
{
	double one_zero = real + 0.0;
	uint64_t bits;

	memcpy(&bits, &one_zero, sizeof(bits));
	return bits;
}

/* A bool is a whole number among keys. */
static enum pickle_kind key_kind(const struct pickle_value *value)
{
	return value->kind == PICKLE_BOOL ? PICKLE_INT : value->kind;
}

bool pickle_same_key(const struct pickle_value *a, const struct pickle_value *b)
{
	if (key_kind(a) != key_kind(b))
		return false;
	switch (key_kind(a)) {
	case PICKLE_NONE:
		return true;
	case PICKLE_INT:
		return a->integer == b->integer;
	case PICKLE_FLOAT:
		return float_bits(a->real) == float_bits(b->real);
	case PICKLE_TUPLE:
		if (a->n != b->n)
			return false;
		for (size_t i = 0; i < a->n; i++)
			if (!pickle_same_key(a->items[i], b->items[i]))
				return false;
		return true;
	default:
		return a->length == b->length && memcmp(a->text, b->text, a->length) == 0;
	}
}

static uint64_t key_hash(const struct pickle_value *value)
{
	uint64_t hash = 0;

	switch (key_kind(value)) {
	case PICKLE_NONE:
		return 1;
	case PICKLE_FLOAT:
		hash = float_bits(value->real);
		return str_hash((const char *)&hash, sizeof(hash));
	case PICKLE_INT:
		return str_hash((const char *)&value->integer, sizeof(value->integer));
	case PICKLE_TUPLE:
		for (size_t i = 0; i < value->n; i++)
			hash = hash * 0x9e3779b97f4a7c15u + key_hash(value->items[i]);
		return hash;
	default:
		return str_hash(value->text, value->length);
	}
}

/* Keep one of each key: the place of the first, the value of the last, as Python does. `stride` is
 * 2 in a dict, 1 in a set. */
static int unite_keys(struct pickle_value *value, size_t stride, struct err *err)
{
	size_t n_slots = 8, kept = 0;
	size_t *slots;

	while (n_slots < value->n / stride * 2)
		n_slots *= 2;
	slots = checked_calloc(n_slots, sizeof(*slots));
	if (!slots)
		return err_set_memory(err);
	for (size_t i = 0; i < value->n; i += stride) {
		struct pickle_value *key = value->items[i];
		size_t slot = key_hash(key) & (n_slots - 1);

		while (slots[slot] && !pickle_same_key(value->items[slots[slot] - 1], key))
			slot = (slot + 1) & (n_slots - 1);
		if (!slots[slot]) {
			slots[slot] = kept + 1;
			value->items[kept] = key;
			kept += stride;
		}
		if (stride == 2)
			value->items[slots[slot]] = value->items[i + 1];
	}
	value->n = kept;
	free(slots);
	return 0;
}

/* Children below the value are settled: what it is then. */
static int settle_one(struct pickle_value *value, const char *name, struct err *err)
{
	size_t stride = value->kind == PICKLE_DICT ? 2 : 1;

	value->mark = MARK_DONE;
	value->size = 1;
	for (size_t i = 0; i <= value->n; i++) {
		const struct pickle_value *child = i < value->n ? value->items[i] : value->state;

		if (!child)
			continue;
		if (child->depth >= value->depth)
			value->depth = child->depth;
		value->size += child->size;
		if (value->size > PICKLE_VALUES)
			return err_set_at(err, name, 0, 0,
					  "refused: values repeat in one another until they are "
					  "more than %zu, at byte %zu of the pickle",
					  PICKLE_VALUES, value->offset);
	}
	value->depth++;
	if (value->kind != PICKLE_DICT && value->kind != PICKLE_SET)
		return 0;
	for (size_t i = 0; i < value->n; i += stride)
		if (!pickle_can_be_key(value->items[i]))
			return err_set_at(err, name, 0, 0,
					  "%s cannot be a key, at byte %zu of the pickle",
					  pickle_kind_name(value->items[i]->kind),
					  value->items[i]->offset);
	return unite_keys(value, stride, err);
}

/* The next child of the value on top of the way that was not settled yet. */
static struct pickle_value *next_child(struct step *top)
{
	struct pickle_value *value = top->value;

	while (top->child <= value->n) {
		size_t i = top->child++;
		struct pickle_value *child = i < value->n ? value->items[i] : value->state;

		if (child && child->mark != MARK_DONE)
			return child;
	}
	return NULL;
}

int pickle_settle(struct pickle_value *root, const char *name, struct err *err)
{
	struct step way[PICKLE_DEPTH];
	size_t depth = 1;

	way[0] = (struct step){ root, 0 };
	root->mark = MARK_OPEN;
	while (depth) {
		struct pickle_value *child = next_child(&way[depth - 1]);

		if (!child) {
			if (settle_one(way[--depth].value, name, err) < 0)
				return -1;
			continue;
		}
		if (child->mark == MARK_OPEN)
			return err_set_at(err, name, 0, 0,
					  "refused: %s holds itself, at byte %zu of the pickle",
					  pickle_kind_name(child->kind), child->offset);
		if (depth == PICKLE_DEPTH)
			return err_set_at(err, name, 0, 0,
					  "refused: values are nested more than %d deep, at byte "
					  "%zu of the pickle", PICKLE_DEPTH, child->offset);
		child->mark = MARK_OPEN;
		way[depth++] = (struct step){ child, 0 };
	}
	return 0;
}

bool pickle_is_module(const struct pickle_value *id)
{
	return id->kind == PICKLE_TUPLE && id->n == 4 && id->items[0]->kind == PICKLE_TEXT &&
	       strcmp(id->items[0]->text, "module") == 0 && id->items[1]->kind == PICKLE_GLOBAL;
}

struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key)
{
	if (dict->kind != PICKLE_DICT)
		return NULL;
	for (size_t i = 0; i + 1 < dict->n; i += 2)
		if (dict->items[i]->kind == PICKLE_TEXT && strcmp(dict->items[i]->text, key) == 0)
			return dict->items[i + 1];
	return NULL;
}
