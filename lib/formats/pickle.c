/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle_priv.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

#define PICKLE_PROTOCOL 5

/* Opcodes. `code` tells apart those that share a function. */

static int op_proto(struct pickle_machine *machine, unsigned char code)
{
	uint64_t protocol;

	(void)code;
	if (pickle_take_number(machine, 1, &protocol) < 0)
		return -1;
	if (protocol > PICKLE_PROTOCOL)
		return pickle_fail(machine, "pickle protocol %d is not known", (int)protocol);
	return 0;
}

static int op_frame(struct pickle_machine *machine, unsigned char code)
{
	uint64_t length;

	(void)code;
	if (pickle_take_number(machine, 8, &length) < 0)
		return -1;
	if (length > machine->length - machine->position)
		return pickle_fail(machine, "a frame of %llu bytes is longer than the pickle",
			    (unsigned long long)length);
	return 0;
}

static int op_stop(struct pickle_machine *machine, unsigned char code)
{
	(void)code;
	if (machine->n_marks || machine->n_stack != 1)
		return pickle_fail(machine, "the pickle stops with %zu values", machine->n_stack);
	machine->stopped = true;
	return 0;
}

static int op_mark(struct pickle_machine *machine, unsigned char code)
{
	(void)code;
	if (GROW(machine->marks, machine->n_marks, machine->marks_capacity) < 0)
		return err_set_memory(machine->err);
	machine->marks[machine->n_marks++] = machine->n_stack;
	return 0;
}

static int op_constant(struct pickle_machine *machine, unsigned char code)
{
	struct pickle_value *value = pickle_value_new(machine, code == 'N' ? PICKLE_NONE : PICKLE_BOOL);

	if (value)
		value->integer = code == 0x88;
	return pickle_push(machine, value);
}

static int op_integer(struct pickle_machine *machine, unsigned char code)
{
	uint64_t number;
	int width = code == 'J' ? 4 : code == 'M' ? 2 : 1;

	if (pickle_take_number(machine, width, &number) < 0)
		return -1;
	return pickle_push_integer(machine, code == 'J' ? (int32_t)(uint32_t)number : (int64_t)number);
}

static int op_long(struct pickle_machine *machine, unsigned char code)
{
	const unsigned char *bytes;
	uint64_t length, number;

	if (pickle_take_number(machine, code == 0x8a ? 1 : 4, &length) < 0)
		return -1;
	if (length > INT32_MAX)
		return pickle_fail(machine, "a whole number has a negative length");
	bytes = pickle_take(machine, length);
	if (!bytes)
		return -1;
	if (length > 8)
		return pickle_push_text(machine, PICKLE_BIG_INT, bytes, (size_t)length);
	number = length && bytes[length - 1] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = (size_t)length; i-- > 0;)
		number = number << 8 | bytes[i];
	return pickle_push_integer(machine, (int64_t)number);
}

static int op_float(struct pickle_machine *machine, unsigned char code)
{
	const unsigned char *bytes = pickle_take(machine, 8);
	struct pickle_value *value;
	uint64_t bits = 0;

	(void)code;
	value = bytes ? pickle_value_new(machine, PICKLE_FLOAT) : NULL;
	if (!value)
		return -1;
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | bytes[i];
	memcpy(&value->real, &bits, sizeof(bits));
	return pickle_push(machine, value);
}

/* Strings and bytes: the width of the length follows from the opcode. */
static int op_text(struct pickle_machine *machine, unsigned char code)
{
	bool small = code == 'U' || code == 'C' || code == 0x8c, big = code == 0x8d || code == 0x8e;
	bool raw = code == 'B' || code == 'C' || code == 0x8e;
	const unsigned char *bytes;
	uint64_t length;

	if (pickle_take_number(machine, small ? 1 : big ? 8 : 4, &length) < 0)
		return -1;
	bytes = pickle_take(machine, length);
	if (!bytes)
		return -1;
	return pickle_push_text(machine, raw ? PICKLE_BYTES : PICKLE_TEXT, bytes, (size_t)length);
}

static int op_empty(struct pickle_machine *machine, unsigned char code)
{
	enum pickle_kind kind = code == ']'   ? PICKLE_LIST
				: code == ')' ? PICKLE_TUPLE
				: code == '}' ? PICKLE_DICT
					      : PICKLE_SET;

	return pickle_push_container(machine, kind, NULL, 0);
}

static int op_small_tuple(struct pickle_machine *machine, unsigned char code)
{
	size_t n = code - 0x84u;

	if (pickle_poppable(machine) < n)
		return pickle_fail(machine, "a tuple of %zu needs more values than there are", n);
	machine->n_stack -= n;
	return pickle_push_container(machine, PICKLE_TUPLE, machine->stack + machine->n_stack, n);
}

static int op_collect(struct pickle_machine *machine, unsigned char code)
{
	struct pickle_value **items = NULL;
	size_t n = 0;

	if (pickle_pop_mark(machine, &items, &n) < 0)
		return -1;
	return pickle_push_container(machine, code == 't' ? PICKLE_TUPLE : code == 'l' ? PICKLE_LIST : PICKLE_SET,
			      items, n);
}

/* Put what lies above the mark, or the top `fixed` values when that is not 0, into what lies below. */
static int extend(struct pickle_machine *machine, enum pickle_kind kind, size_t fixed)
{
	struct pickle_value **items = NULL, *to;
	size_t n = fixed;

	if (fixed == 0) {
		if (pickle_pop_mark(machine, &items, &n) < 0)
			return -1;
	} else {
		if (pickle_poppable(machine) < fixed)
			return pickle_fail(machine, "the stack is empty");
		machine->n_stack -= fixed;
		items = machine->stack + machine->n_stack;
	}
	if (pickle_poppable(machine) == 0)
		return pickle_fail(machine, "the stack is empty");
	to = machine->stack[machine->n_stack - 1];
	if (to->kind == PICKLE_OBJECT)
		return 0;
	if (to->kind != kind)
		return pickle_fail(machine, "%s cannot take items meant for %s", pickle_kind_name(to->kind),
			    pickle_kind_name(kind));
	if (kind == PICKLE_DICT && n % 2)
		return pickle_fail(machine, "a key has no value");
	return pickle_add_items(machine, to, items, n);
}

static int op_extend(struct pickle_machine *machine, unsigned char code)
{
	switch (code) {
	case 'a':
		return extend(machine, PICKLE_LIST, 1);
	case 'e':
		return extend(machine, PICKLE_LIST, 0);
	case 's':
		return extend(machine, PICKLE_DICT, 2);
	case 'u':
		return extend(machine, PICKLE_DICT, 0);
	default:
		return extend(machine, PICKLE_SET, 0);
	}
}

static int op_put(struct pickle_machine *machine, unsigned char code)
{
	uint64_t index = machine->n_memo;

	if (code != 0x94 && pickle_take_number(machine, code == 'q' ? 1 : 4, &index) < 0)
		return -1;
	return pickle_memo_put(machine, index);
}

static int op_get(struct pickle_machine *machine, unsigned char code)
{
	uint64_t index;

	if (pickle_take_number(machine, code == 'h' ? 1 : 4, &index) < 0)
		return -1;
	if (index >= machine->memo_capacity || !machine->memo[index])
		return pickle_fail(machine, "memo entry %llu was never set", (unsigned long long)index);
	return pickle_push(machine, machine->memo[index]);
}

static const char *take_line(struct pickle_machine *machine, size_t *length)
{
	const char *line = (const char *)machine->bytes + machine->position;
	const char *end = memchr(line, '\n', machine->length - machine->position);

	if (!end) {
		pickle_fail(machine, "a name has no end");
		return NULL;
	}
	*length = (size_t)(end - line);
	machine->position += *length + 1;
	return line;
}

static int op_global(struct pickle_machine *machine, unsigned char code)
{
	size_t module_length, name_length = 0;
	const char *module = take_line(machine, &module_length);
	const char *name = module ? take_line(machine, &name_length) : NULL;

	(void)code;
	return name ? pickle_push_global(machine, module, module_length, name, name_length) : -1;
}

static int op_stack_global(struct pickle_machine *machine, unsigned char code)
{
	struct pickle_value *name = pickle_pop(machine), *module = name ? pickle_pop(machine) : NULL;

	(void)code;
	if (!module)
		return -1;
	if (module->kind != PICKLE_TEXT || name->kind != PICKLE_TEXT)
		return pickle_fail(machine, "a name is not a string");
	return pickle_push_global(machine, module->text, module->length, name->text, name->length);
}

static int op_reduce(struct pickle_machine *machine, unsigned char code)
{
	(void)code;
	return pickle_call(machine);
}

static int op_build(struct pickle_machine *machine, unsigned char code)
{
	(void)code;
	return pickle_build(machine);
}

static int refuse_opcode(struct pickle_machine *machine, unsigned char code)
{
	return pickle_fail(machine, "refused: opcode 0x%02x, which no PyTorch file needs", code);
}

static int op_new_object(struct pickle_machine *machine, unsigned char code)
{
	return machine->objects ? pickle_new_object(machine) : refuse_opcode(machine, code);
}

static int op_persistent(struct pickle_machine *machine, unsigned char code)
{
	struct pickle_value *id = pickle_pop(machine);
	struct pickle_value *value = id ? pickle_value_new(machine, PICKLE_PERSISTENT) : NULL;

	(void)code;
	if (!value || pickle_add_items(machine, value, &id, 1) < 0)
		return -1;
	*machine->last_persistent = value;
	machine->last_persistent = &value->next;
	return pickle_push(machine, value);
}

/* All that PyTorch's pickles use in protocols 2 to 5; an opcode without a function is refused. */
static int (*const opcodes[256])(struct pickle_machine *machine, unsigned char code) = {
	[0x80] = op_proto,	 [0x95] = op_frame,	  ['.'] = op_stop,
	['('] = op_mark,	 ['N'] = op_constant,	  [0x88] = op_constant,
	[0x89] = op_constant,	 ['J'] = op_integer,	  ['K'] = op_integer,
	['M'] = op_integer,	 [0x8a] = op_long,	  [0x8b] = op_long,
	['G'] = op_float,	 ['X'] = op_text,	  [0x8c] = op_text,
	[0x8d] = op_text,	 ['T'] = op_text,	  ['U'] = op_text,
	['B'] = op_text,	 ['C'] = op_text,	  [0x8e] = op_text,
	[']'] = op_empty,	 [')'] = op_empty,	  ['}'] = op_empty,
	[0x8f] = op_empty,	 [0x85] = op_small_tuple, [0x86] = op_small_tuple,
	[0x87] = op_small_tuple, ['t'] = op_collect,	  ['l'] = op_collect,
	[0x91] = op_collect,	 ['a'] = op_extend,	  ['e'] = op_extend,
	['s'] = op_extend,	 ['u'] = op_extend,	  [0x90] = op_extend,
	['q'] = op_put,		 ['r'] = op_put,	  [0x94] = op_put,
	['h'] = op_get,		 ['j'] = op_get,	  ['c'] = op_global,
	[0x93] = op_stack_global, ['R'] = op_reduce,	  ['b'] = op_build,
	['Q'] = op_persistent,	 [0x81] = op_new_object,
};

static int run(struct pickle_machine *machine)
{
	while (!machine->stopped) {
		unsigned char code;

		machine->opcode = machine->position;
		if (machine->position == machine->length)
			return pickle_fail(machine, "the pickle has no end");
		code = machine->bytes[machine->position++];
		if (!opcodes[code])
			return refuse_opcode(machine, code);
		if (opcodes[code](machine, code) < 0)
			return -1;
	}
	return 0;
}

/* `machine` has its input. */
static int read(struct pickle *pickle, struct pickle_machine *machine)
{
	int rc;

	memset(pickle, 0, sizeof(*pickle));
	machine->last_call = &pickle->calls;
	machine->last_persistent = &pickle->persistents;
	rc = run(machine);
	if (rc == 0) {
		pickle->root = machine->stack[0];
		pickle->consumed = machine->position;
		rc = pickle_settle(pickle->root, machine->name, machine->err);
	}
	free(machine->stack);
	free(machine->marks);
	free(machine->memo);
	return rc;
}

int pickle_read(struct pickle *pickle, const unsigned char *bytes, size_t length, const char *name,
		struct arena *arena, struct err *err)
{
	struct pickle_machine machine = { .bytes = bytes, .length = length, .name = name,
					  .arena = arena, .err = err };

	return read(pickle, &machine);
}

int pickle_read_with_objects(struct pickle *pickle, const unsigned char *bytes, size_t length,
			     const char *name, struct arena *arena, struct err *err)
{
	struct pickle_machine machine = { .bytes = bytes, .length = length, .name = name,
					  .arena = arena, .err = err, .objects = true };

	return read(pickle, &machine);
}
