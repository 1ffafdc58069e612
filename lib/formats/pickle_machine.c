/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle_priv.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdarg.h>
#include <string.h>

#define MEMO_GAP 4096

int pickle_fail(struct pickle_machine *machine, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return err_set_at(machine->err, machine->name, 0, 0, "%s, at byte %zu of the pickle", text,
			  machine->opcode);
}

/* The next `n` bytes, or NULL. */
const unsigned char *pickle_take(struct pickle_machine *machine, uint64_t n)
{
	const unsigned char *bytes = machine->bytes + machine->position;

	if (n > machine->length - machine->position) {
		pickle_fail(machine, "the pickle ends early: %llu bytes wanted, %zu left",
			    (unsigned long long)n, machine->length - machine->position);
		return NULL;
	}
	machine->position += (size_t)n;
	return bytes;
}

/* A little-endian number of `width` bytes, at most 8. */
int pickle_take_number(struct pickle_machine *machine, int width, uint64_t *number)
{
	const unsigned char *bytes = pickle_take(machine, (uint64_t)width);

	if (!bytes)
		return -1;
	*number = 0;
	for (int i = width - 1; i >= 0; i--)
		*number = *number << 8 | bytes[i];
	return 0;
}

struct pickle_value *pickle_value_new(struct pickle_machine *machine, enum pickle_kind kind)
{
	struct pickle_value *value;

	if (++machine->n_values > PICKLE_VALUES) {
		pickle_fail(machine, "the pickle makes more than %zu values", PICKLE_VALUES);
		return NULL;
	}
	value = arena_alloc(machine->arena, 1, sizeof(*value));
	if (!value) {
		err_set_memory(machine->err);
		return NULL;
	}
	value->kind = kind;
	value->offset = machine->opcode;
	return value;
}

int pickle_push(struct pickle_machine *machine, struct pickle_value *value)
{
	if (!value)
		return -1;
	if (GROW(machine->stack, machine->n_stack, machine->stack_capacity) < 0)
		return err_set_memory(machine->err);
	machine->stack[machine->n_stack++] = value;
	return 0;
}

/* Values that may be popped: those above the newest mark. */
size_t pickle_poppable(const struct pickle_machine *machine)
{
	size_t floor = machine->n_marks ? machine->marks[machine->n_marks - 1] : 0;

	return machine->n_stack - floor;
}

struct pickle_value *pickle_pop(struct pickle_machine *machine)
{
	if (pickle_poppable(machine) == 0) {
		pickle_fail(machine, "the stack is empty");
		return NULL;
	}
	return machine->stack[--machine->n_stack];
}

/* The values above the newest mark, which is dropped; *items stays valid until the next push. */
int pickle_pop_mark(struct pickle_machine *machine, struct pickle_value ***items, size_t *n)
{
	if (machine->n_marks == 0)
		return pickle_fail(machine, "no MARK was set");
	*n = pickle_poppable(machine);
	machine->n_marks--;
	machine->n_stack -= *n;
	*items = *n ? machine->stack + machine->n_stack : NULL;
	return 0;
}

int pickle_add_items(struct pickle_machine *machine, struct pickle_value *to,
		     struct pickle_value **items, size_t n)
{
	size_t wanted = to->n + n;

	if (wanted > to->capacity) {
		size_t capacity = to->capacity * 2 > wanted ? to->capacity * 2 : wanted;
		struct pickle_value **grown = arena_alloc(machine->arena, capacity, sizeof(*grown));

		if (!grown)
			return err_set_memory(machine->err);
		if (to->n)
			memcpy(grown, to->items, to->n * sizeof(*grown));
		to->items = grown;
		to->capacity = capacity;
	}
	if (n)
		memcpy(to->items + to->n, items, n * sizeof(*items));
	to->n = wanted;
	return 0;
}

int pickle_push_container(struct pickle_machine *machine, enum pickle_kind kind,
			  struct pickle_value **items, size_t n)
{
	struct pickle_value *value = pickle_value_new(machine, kind);

	if (!value || pickle_add_items(machine, value, items, n) < 0)
		return -1;
	return pickle_push(machine, value);
}

int pickle_push_text(struct pickle_machine *machine, enum pickle_kind kind, const void *bytes,
		     size_t length)
{
	struct pickle_value *value = pickle_value_new(machine, kind);

	if (!value)
		return -1;
	if (kind == PICKLE_TEXT && utf8_valid_prefix(bytes, length) != length)
		return pickle_fail(machine, "a string is not UTF-8");
	value->text = arena_string(machine->arena, bytes, length);
	value->length = length;
	if (!value->text)
		return err_set_memory(machine->err);
	return pickle_push(machine, value);
}

int pickle_push_integer(struct pickle_machine *machine, int64_t integer)
{
	struct pickle_value *value = pickle_value_new(machine, PICKLE_INT);

	if (value)
		value->integer = integer;
	return pickle_push(machine, value);
}

/* Picklers number the memo from 0 on, so an index far beyond the entries so far is a lie. */
int pickle_memo_put(struct pickle_machine *machine, uint64_t index)
{
	size_t old = machine->memo_capacity;

	if (pickle_poppable(machine) == 0)
		return pickle_fail(machine, "nothing to put in the memo");
	if (index > machine->n_memo + MEMO_GAP)
		return pickle_fail(machine, "memo entry %llu after %zu entries",
				   (unsigned long long)index, machine->n_memo);
	if (index >= old) {
		size_t wanted = index * 2 + 64;
		struct pickle_value **grown =
			checked_realloc(machine->memo, wanted, sizeof(*grown));

		if (!grown)
			return err_set_memory(machine->err);
		memset(grown + old, 0, (wanted - old) * sizeof(*grown));
		machine->memo = grown;
		machine->memo_capacity = wanted;
	}
	machine->memo[index] = machine->stack[machine->n_stack - 1];
	machine->n_memo++;
	return 0;
}
