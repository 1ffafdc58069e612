/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of the pickle reader share: the opcodes (pickle.c), the machine that they work on
 * (pickle_machine.c), names and calls (pickle_calls.c), and the walk that makes the result safe
 * (pickle_settle.c).
 */
#ifndef TAGSIGHT_FORMATS_PICKLE_PRIV_H
#define TAGSIGHT_FORMATS_PICKLE_PRIV_H

#include "lib/formats/pickle.h"

#include <stdbool.h>
#include <stdint.h>

/* Refuse cycles, deep nesting, values repeated beyond all measure and keys that cannot be keys; let
 * the last of equal keys win. */
int pickle_settle(struct pickle_value *root, const char *name, struct err *err);

/* Whether a value of this kind may be a dict key or a member of a set. */
bool pickle_can_be_key(const struct pickle_value *value);

/* What runs the opcodes of one pickle. Its values and strings belong to the arena. */
struct pickle_machine {
	const unsigned char *bytes;
	size_t length, position, opcode; /* `opcode` is where the running one began */
	const char *name;
	struct arena *arena;
	struct err *err;
	struct pickle_value **stack;
	size_t n_stack, stack_capacity;
	size_t *marks; /* heights of the stack */
	size_t n_marks, marks_capacity;
	struct pickle_value **memo;
	size_t n_memo, memo_capacity, n_values;
	struct pickle_value **last_call, **last_persistent;
	bool objects; /* are stepped over; else refused */
	bool stopped;
};

/* An error at the opcode that runs now; returns -1. */
int pickle_fail(struct pickle_machine *machine, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The next `n` bytes, or NULL. */
const unsigned char *pickle_take(struct pickle_machine *machine, uint64_t n);
/* A little-endian number of `width` bytes, at most 8. */
int pickle_take_number(struct pickle_machine *machine, int width, uint64_t *number);

struct pickle_value *pickle_value_new(struct pickle_machine *machine, enum pickle_kind kind);
int pickle_push(struct pickle_machine *machine, struct pickle_value *value); /* NULL fails */
int pickle_push_container(struct pickle_machine *machine, enum pickle_kind kind,
			  struct pickle_value **items, size_t n);
int pickle_push_text(struct pickle_machine *machine, enum pickle_kind kind, const void *bytes,
		     size_t length);
int pickle_push_integer(struct pickle_machine *machine, int64_t integer);
int pickle_add_items(struct pickle_machine *machine, struct pickle_value *to,
		     struct pickle_value **items, size_t n);

/* Values that may be popped: those above the newest mark. */
size_t pickle_poppable(const struct pickle_machine *machine);
struct pickle_value *pickle_pop(struct pickle_machine *machine); /* NULL: the stack is empty */
/* The values above the newest mark, which is dropped; *items stays valid until the next push. */
int pickle_pop_mark(struct pickle_machine *machine, struct pickle_value ***items, size_t *n);

/* Remember the value on top under this number. */
int pickle_memo_put(struct pickle_machine *machine, uint64_t index);

/* Push MODULE.NAME as data when it is among the harmless names, else refuse it. */
int pickle_push_global(struct pickle_machine *machine, const char *module, size_t module_length,
		       const char *name, size_t name_length);
/* What a call of a harmless name means: plain values for a few, else a value of kind PICKLE_CALL.
 * Nothing is ever run. Pops the arguments and the name. */
int pickle_call(struct pickle_machine *machine);
/* Push an object that is stepped over. Pops the arguments and the class. */
int pickle_new_object(struct pickle_machine *machine);
/* Keep the state on top with the value below it, or drop it where that is stepped over. */
int pickle_build(struct pickle_machine *machine);

#endif
