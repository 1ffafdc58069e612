/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle_priv.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define PICKLE_PROTOCOL 5
#define MEMO_GAP 4096

/* What a name may be used for. */
enum global_use {
	USE_DATA,         /* stored, never called: storage classes and dtypes */
	USE_CALL,         /* a call is kept as data for the container to understand */
	USE_ORDERED_DICT,
	USE_SET,
	USE_BYTES,
	USE_ENCODE
};

struct global {
	const char *name;
	enum global_use use;
};

static const struct global globals[] = {
	{ "collections.OrderedDict", USE_ORDERED_DICT },
	{ "builtins.set", USE_SET },
	{ "__builtin__.set", USE_SET },
	{ "builtins.frozenset", USE_SET },
	{ "__builtin__.frozenset", USE_SET },
	{ "builtins.bytes", USE_BYTES },
	{ "__builtin__.bytes", USE_BYTES },
	{ "_codecs.encode", USE_ENCODE },
	{ "torch._utils._rebuild_tensor", USE_CALL },
	{ "torch._utils._rebuild_tensor_v2", USE_CALL },
	{ "torch._utils._rebuild_parameter", USE_CALL },
	{ "torch.Size", USE_CALL },
	{ "torch.device", USE_CALL },
	{ "numpy.core.multiarray.scalar", USE_CALL },
	{ "numpy._core.multiarray.scalar", USE_CALL },
	{ "numpy.dtype", USE_CALL },
	{ "torch.FloatStorage", USE_DATA },
	{ "torch.DoubleStorage", USE_DATA },
	{ "torch.HalfStorage", USE_DATA },
	{ "torch.BFloat16Storage", USE_DATA },
	{ "torch.LongStorage", USE_DATA },
	{ "torch.IntStorage", USE_DATA },
	{ "torch.ShortStorage", USE_DATA },
	{ "torch.CharStorage", USE_DATA },
	{ "torch.ByteStorage", USE_DATA },
	{ "torch.BoolStorage", USE_DATA },
	{ "torch.ComplexFloatStorage", USE_DATA },
	{ "torch.ComplexDoubleStorage", USE_DATA },
	{ "torch.float32", USE_DATA },
	{ "torch.float64", USE_DATA },
	{ "torch.float16", USE_DATA },
	{ "torch.bfloat16", USE_DATA },
	{ "torch.int64", USE_DATA },
	{ "torch.int32", USE_DATA },
	{ "torch.int16", USE_DATA },
	{ "torch.int8", USE_DATA },
	{ "torch.uint8", USE_DATA },
	{ "torch.bool", USE_DATA },
};

struct reader {
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
	bool stopped;
};

static int fail_at(struct reader *reader, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

static int fail_at(struct reader *reader, const char *format, ...)
{
	char text[512];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	return err_set_at(reader->err, reader->name, 0, 0, "%s, at byte %zu of the pickle", text,
			  reader->opcode);
}

/* The next `n` bytes, or NULL. */
static const unsigned char *take(struct reader *reader, uint64_t n)
{
	const unsigned char *bytes = reader->bytes + reader->position;

	if (n > reader->length - reader->position) {
		fail_at(reader, "the pickle ends early: %llu bytes wanted, %zu left",
		     (unsigned long long)n, reader->length - reader->position);
		return NULL;
	}
	reader->position += (size_t)n;
	return bytes;
}

/* A little-endian number of `width` bytes, at most 8. */
static int take_number(struct reader *reader, int width, uint64_t *number)
{
	const unsigned char *bytes = take(reader, (uint64_t)width);

	if (!bytes)
		return -1;
	*number = 0;
	for (int i = width - 1; i >= 0; i--)
		*number = *number << 8 | bytes[i];
	return 0;
}

static struct pickle_value *value_new(struct reader *reader, enum pickle_kind kind)
{
	struct pickle_value *value;

	if (++reader->n_values > PICKLE_VALUES) {
		fail_at(reader, "the pickle makes more than %zu values", PICKLE_VALUES);
		return NULL;
	}
	value = arena_alloc(reader->arena, 1, sizeof(*value));
	if (!value) {
		err_set_memory(reader->err);
		return NULL;
	}
	value->kind = kind;
	value->offset = reader->opcode;
	return value;
}

static int push(struct reader *reader, struct pickle_value *value)
{
	if (!value)
		return -1;
	if (GROW(reader->stack, reader->n_stack, reader->stack_capacity) < 0)
		return err_set_memory(reader->err);
	reader->stack[reader->n_stack++] = value;
	return 0;
}

/* Values that may be popped: those above the newest mark. */
static size_t poppable(const struct reader *reader)
{
	size_t floor = reader->n_marks ? reader->marks[reader->n_marks - 1] : 0;

	return reader->n_stack - floor;
}

static struct pickle_value *pop(struct reader *reader)
{
	if (poppable(reader) == 0) {
		fail_at(reader, "the stack is empty");
		return NULL;
	}
	return reader->stack[--reader->n_stack];
}

/* The values above the newest mark, which is dropped; *items stays valid until the next push. */
static int pop_mark(struct reader *reader, struct pickle_value ***items, size_t *n)
{
	if (reader->n_marks == 0)
		return fail_at(reader, "no MARK was set");
	*n = poppable(reader);
	reader->n_marks--;
	reader->n_stack -= *n;
	*items = *n ? reader->stack + reader->n_stack : NULL;
	return 0;
}

static int add_items(struct reader *reader, struct pickle_value *to, struct pickle_value **items,
		     size_t n)
{
	size_t wanted = to->n + n;

	if (wanted > to->capacity) {
		size_t capacity = to->capacity * 2 > wanted ? to->capacity * 2 : wanted;
		struct pickle_value **grown = arena_alloc(reader->arena, capacity, sizeof(*grown));

		if (!grown)
			return err_set_memory(reader->err);
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

static int push_container(struct reader *reader, enum pickle_kind kind, struct pickle_value **items,
			  size_t n)
{
	struct pickle_value *value = value_new(reader, kind);

	if (!value || add_items(reader, value, items, n) < 0)
		return -1;
	return push(reader, value);
}

static int push_text(struct reader *reader, enum pickle_kind kind, const void *bytes, size_t length)
{
	struct pickle_value *value = value_new(reader, kind);

	if (!value)
		return -1;
	if (kind == PICKLE_TEXT && utf8_valid_prefix(bytes, length) != length)
		return fail_at(reader, "a string is not UTF-8");
	value->text = arena_string(reader->arena, bytes, length);
	value->length = length;
	if (!value->text)
		return err_set_memory(reader->err);
	return push(reader, value);
}

static int push_integer(struct reader *reader, int64_t integer)
{
	struct pickle_value *value = value_new(reader, PICKLE_INT);

	if (value)
		value->integer = integer;
	return push(reader, value);
}

/* Opcodes. `code` tells apart those that share a function. */

static int op_proto(struct reader *reader, unsigned char code)
{
	uint64_t protocol;

	(void)code;
	if (take_number(reader, 1, &protocol) < 0)
		return -1;
	if (protocol > PICKLE_PROTOCOL)
		return fail_at(reader, "pickle protocol %d is not known", (int)protocol);
	return 0;
}

static int op_frame(struct reader *reader, unsigned char code)
{
	uint64_t length;

	(void)code;
	if (take_number(reader, 8, &length) < 0)
		return -1;
	if (length > reader->length - reader->position)
		return fail_at(reader, "a frame of %llu bytes is longer than the pickle",
			    (unsigned long long)length);
	return 0;
}

static int op_stop(struct reader *reader, unsigned char code)
{
	(void)code;
	if (reader->n_marks || reader->n_stack != 1)
		return fail_at(reader, "the pickle stops with %zu values", reader->n_stack);
	reader->stopped = true;
	return 0;
}

static int op_mark(struct reader *reader, unsigned char code)
{
	(void)code;
	if (GROW(reader->marks, reader->n_marks, reader->marks_capacity) < 0)
		return err_set_memory(reader->err);
	reader->marks[reader->n_marks++] = reader->n_stack;
	return 0;
}

static int op_constant(struct reader *reader, unsigned char code)
{
	struct pickle_value *value = value_new(reader, code == 'N' ? PICKLE_NONE : PICKLE_BOOL);

	if (value)
		value->integer = code == 0x88;
	return push(reader, value);
}

static int op_integer(struct reader *reader, unsigned char code)
{
	uint64_t number;
	int width = code == 'J' ? 4 : code == 'M' ? 2 : 1;

	if (take_number(reader, width, &number) < 0)
		return -1;
	return push_integer(reader, code == 'J' ? (int32_t)(uint32_t)number : (int64_t)number);
}

static int op_long(struct reader *reader, unsigned char code)
{
	const unsigned char *bytes;
	uint64_t length, number;

	if (take_number(reader, code == 0x8a ? 1 : 4, &length) < 0)
		return -1;
	if (length > INT32_MAX)
		return fail_at(reader, "a whole number has a negative length");
	bytes = take(reader, length);
	if (!bytes)
		return -1;
	if (length > 8)
		return push_text(reader, PICKLE_BIG_INT, bytes, (size_t)length);
	number = length && bytes[length - 1] & 0x80 ? UINT64_MAX : 0;
	for (size_t i = (size_t)length; i-- > 0;)
		number = number << 8 | bytes[i];
	return push_integer(reader, (int64_t)number);
}

static int op_float(struct reader *reader, unsigned char code)
{
	const unsigned char *bytes = take(reader, 8);
	struct pickle_value *value;
	uint64_t bits = 0;

	(void)code;
	value = bytes ? value_new(reader, PICKLE_FLOAT) : NULL;
	if (!value)
		return -1;
	for (int i = 0; i < 8; i++)
		bits = bits << 8 | bytes[i];
	memcpy(&value->real, &bits, sizeof(bits));
	return push(reader, value);
}

/* Strings and bytes: the width of the length follows from the opcode. */
static int op_text(struct reader *reader, unsigned char code)
{
	bool small = code == 'U' || code == 'C' || code == 0x8c, big = code == 0x8d || code == 0x8e;
	bool raw = code == 'B' || code == 'C' || code == 0x8e;
	const unsigned char *bytes;
	uint64_t length;

	if (take_number(reader, small ? 1 : big ? 8 : 4, &length) < 0)
		return -1;
	bytes = take(reader, length);
	if (!bytes)
		return -1;
	return push_text(reader, raw ? PICKLE_BYTES : PICKLE_TEXT, bytes, (size_t)length);
}

static int op_empty(struct reader *reader, unsigned char code)
{
	enum pickle_kind kind = code == ']'   ? PICKLE_LIST
				: code == ')' ? PICKLE_TUPLE
				: code == '}' ? PICKLE_DICT
					      : PICKLE_SET;

	return push_container(reader, kind, NULL, 0);
}

static int op_small_tuple(struct reader *reader, unsigned char code)
{
	size_t n = code - 0x84u;

	if (poppable(reader) < n)
		return fail_at(reader, "a tuple of %zu needs more values than there are", n);
	reader->n_stack -= n;
	return push_container(reader, PICKLE_TUPLE, reader->stack + reader->n_stack, n);
}

static int op_collect(struct reader *reader, unsigned char code)
{
	struct pickle_value **items = NULL;
	size_t n = 0;

	if (pop_mark(reader, &items, &n) < 0)
		return -1;
	return push_container(reader, code == 't' ? PICKLE_TUPLE : code == 'l' ? PICKLE_LIST : PICKLE_SET,
			      items, n);
}

/* Put what lies above the mark, or the top `fixed` values when that is not 0, into what lies below. */
static int extend(struct reader *reader, enum pickle_kind kind, size_t fixed)
{
	struct pickle_value **items = NULL, *to;
	size_t n = fixed;

	if (fixed == 0) {
		if (pop_mark(reader, &items, &n) < 0)
			return -1;
	} else {
		if (poppable(reader) < fixed)
			return fail_at(reader, "the stack is empty");
		reader->n_stack -= fixed;
		items = reader->stack + reader->n_stack;
	}
	if (poppable(reader) == 0)
		return fail_at(reader, "the stack is empty");
	to = reader->stack[reader->n_stack - 1];
	if (to->kind != kind)
		return fail_at(reader, "%s cannot take items meant for %s", pickle_kind_name(to->kind),
			    pickle_kind_name(kind));
	if (kind == PICKLE_DICT && n % 2)
		return fail_at(reader, "a key has no value");
	return add_items(reader, to, items, n);
}

static int op_extend(struct reader *reader, unsigned char code)
{
	switch (code) {
	case 'a':
		return extend(reader, PICKLE_LIST, 1);
	case 'e':
		return extend(reader, PICKLE_LIST, 0);
	case 's':
		return extend(reader, PICKLE_DICT, 2);
	case 'u':
		return extend(reader, PICKLE_DICT, 0);
	default:
		return extend(reader, PICKLE_SET, 0);
	}
}

/* Picklers number the memo from 0 on, so an index far beyond the entries so far is a lie. */
static int memo_put(struct reader *reader, uint64_t index)
{
	size_t old = reader->memo_capacity;

	if (poppable(reader) == 0)
		return fail_at(reader, "nothing to put in the memo");
	if (index > reader->n_memo + MEMO_GAP)
		return fail_at(reader, "memo entry %llu after %zu entries",
			       (unsigned long long)index, reader->n_memo);
	if (index >= old) {
		size_t wanted = index * 2 + 64;
		struct pickle_value **grown = checked_realloc(reader->memo, wanted, sizeof(*grown));

		if (!grown)
			return err_set_memory(reader->err);
		memset(grown + old, 0, (wanted - old) * sizeof(*grown));
		reader->memo = grown;
		reader->memo_capacity = wanted;
	}
	reader->memo[index] = reader->stack[reader->n_stack - 1];
	reader->n_memo++;
	return 0;
}

static int op_put(struct reader *reader, unsigned char code)
{
	uint64_t index = reader->n_memo;

	if (code != 0x94 && take_number(reader, code == 'q' ? 1 : 4, &index) < 0)
		return -1;
	return memo_put(reader, index);
}

static int op_get(struct reader *reader, unsigned char code)
{
	uint64_t index;

	if (take_number(reader, code == 'h' ? 1 : 4, &index) < 0)
		return -1;
	if (index >= reader->memo_capacity || !reader->memo[index])
		return fail_at(reader, "memo entry %llu was never set", (unsigned long long)index);
	return push(reader, reader->memo[index]);
}

static const struct global *find_global(const char *name)
{
	for (size_t i = 0; i < sizeof(globals) / sizeof(*globals); i++)
		if (strcmp(globals[i].name, name) == 0)
			return &globals[i];
	return NULL;
}

static int push_global(struct reader *reader, const char *module, size_t module_length,
		       const char *name, size_t name_length)
{
	struct pickle_value *value;
	char *full;

	/* A dot in the name would reach through an attribute of something harmless. */
	if (module_length + name_length > 200 || memchr(module, '\0', module_length) ||
	    memchr(name, '\0', name_length) || memchr(name, '.', name_length))
		return fail_at(reader, "refused: a name that no PyTorch file needs");
	full = arena_format(reader->arena, "%.*s.%.*s", (int)module_length, module, (int)name_length,
			    name);
	if (!full)
		return err_set_memory(reader->err);
	if (!find_global(full))
		return fail_at(reader, "refused: it asks for '%s', which is not among the harmless names"
				    " (nothing was run)", full);
	value = value_new(reader, PICKLE_GLOBAL);
	if (!value)
		return -1;
	value->text = full;
	value->length = strlen(full);
	return push(reader, value);
}

static const char *take_line(struct reader *reader, size_t *length)
{
	const char *line = (const char *)reader->bytes + reader->position;
	const char *end = memchr(line, '\n', reader->length - reader->position);

	if (!end) {
		fail_at(reader, "a name has no end");
		return NULL;
	}
	*length = (size_t)(end - line);
	reader->position += *length + 1;
	return line;
}

static int op_global(struct reader *reader, unsigned char code)
{
	size_t module_length, name_length = 0;
	const char *module = take_line(reader, &module_length);
	const char *name = module ? take_line(reader, &name_length) : NULL;

	(void)code;
	return name ? push_global(reader, module, module_length, name, name_length) : -1;
}

static int op_stack_global(struct reader *reader, unsigned char code)
{
	struct pickle_value *name = pop(reader), *module = name ? pop(reader) : NULL;

	(void)code;
	if (!module)
		return -1;
	if (module->kind != PICKLE_TEXT || name->kind != PICKLE_TEXT)
		return fail_at(reader, "a name is not a string");
	return push_global(reader, module->text, module->length, name->text, name->length);
}

/* OrderedDict(), or Python 2's OrderedDict([[key, value], ...]). */
static int call_ordered_dict(struct reader *reader, const struct pickle_value *arguments)
{
	struct pickle_value *dict = value_new(reader, PICKLE_DICT);

	if (!dict)
		return -1;
	dict->ordered = true;
	if (arguments->n == 1 && arguments->items[0]->kind == PICKLE_LIST) {
		const struct pickle_value *pairs = arguments->items[0];

		for (size_t i = 0; i < pairs->n; i++) {
			struct pickle_value *pair = pairs->items[i];

			if ((pair->kind != PICKLE_LIST && pair->kind != PICKLE_TUPLE) || pair->n != 2)
				return fail_at(reader, "an OrderedDict is not made of pairs");
			if (add_items(reader, dict, pair->items, 2) < 0)
				return -1;
		}
	} else if (arguments->n) {
		return fail_at(reader, "an OrderedDict is not made of pairs");
	}
	return push(reader, dict);
}

/* Python 3 spells bytes in protocol 2 as text of code points below 256 and "latin1". */
static int call_encode(struct reader *reader, const struct pickle_value *arguments)
{
	const struct pickle_value *text = arguments->n == 2 ? arguments->items[0] : NULL;
	const struct pickle_value *codec = text ? arguments->items[1] : NULL;
	size_t length = 0;
	char *bytes;

	if (!text || text->kind != PICKLE_TEXT || codec->kind != PICKLE_TEXT ||
	    (strcmp(codec->text, "latin1") != 0 && strcmp(codec->text, "latin-1") != 0))
		return fail_at(reader, "_codecs.encode is known only for latin1 text");
	bytes = arena_alloc(reader->arena, text->length + 1, 1);
	if (!bytes)
		return err_set_memory(reader->err);
	for (size_t i = 0; i < text->length;) {
		uint32_t code_point;

		i += utf8_decode(text->text + i, text->length - i, &code_point);
		if (code_point > 0xff)
			return fail_at(reader, "a byte above 255");
		bytes[length++] = (char)code_point;
	}
	return push_text(reader, PICKLE_BYTES, bytes, length);
}

static int call_kept(struct reader *reader, const struct pickle_value *function,
		     struct pickle_value *arguments)
{
	struct pickle_value *call = value_new(reader, PICKLE_CALL);

	if (!call || add_items(reader, call, &arguments, 1) < 0)
		return -1;
	call->text = function->text;
	call->length = function->length;
	*reader->last_call = call;
	reader->last_call = &call->next;
	return push(reader, call);
}

static int op_reduce(struct reader *reader, unsigned char code)
{
	struct pickle_value *arguments = pop(reader), *function = arguments ? pop(reader) : NULL;

	(void)code;
	if (!function)
		return -1;
	if (function->kind != PICKLE_GLOBAL || arguments->kind != PICKLE_TUPLE)
		return fail_at(reader, "a call of %s", pickle_kind_name(function->kind));
	switch (find_global(function->text)->use) {
	case USE_ORDERED_DICT:
		return call_ordered_dict(reader, arguments);
	case USE_SET:
		if (arguments->n != 1 || arguments->items[0]->kind != PICKLE_LIST)
			return fail_at(reader, "a set is not made of a list");
		return push_container(reader, PICKLE_SET, arguments->items[0]->items,
				      arguments->items[0]->n);
	case USE_BYTES:
		if (arguments->n)
			return fail_at(reader, "bytes are made of something");
		return push_text(reader, PICKLE_BYTES, "", 0);
	case USE_ENCODE:
		return call_encode(reader, arguments);
	case USE_CALL:
		return call_kept(reader, function, arguments);
	case USE_DATA:
		break;
	}
	return fail_at(reader, "refused: a call of '%s'", function->text);
}

static int op_build(struct reader *reader, unsigned char code)
{
	struct pickle_value *state = pop(reader), *to;

	(void)code;
	if (!state)
		return -1;
	if (poppable(reader) == 0)
		return fail_at(reader, "the stack is empty");
	to = reader->stack[reader->n_stack - 1];
	if (!(to->kind == PICKLE_DICT && to->ordered && state->kind == PICKLE_DICT) &&
	    !(to->kind == PICKLE_CALL && strcmp(to->text, "numpy.dtype") == 0))
		return fail_at(reader, "refused: it sets the state of %s", pickle_kind_name(to->kind));
	to->state = state;
	return 0;
}

static int op_persistent(struct reader *reader, unsigned char code)
{
	struct pickle_value *id = pop(reader);
	struct pickle_value *value = id ? value_new(reader, PICKLE_PERSISTENT) : NULL;

	(void)code;
	if (!value || add_items(reader, value, &id, 1) < 0)
		return -1;
	*reader->last_persistent = value;
	reader->last_persistent = &value->next;
	return push(reader, value);
}

/* All that PyTorch's pickles use in protocols 2 to 5; an opcode without a function is refused. */
static int (*const opcodes[256])(struct reader *reader, unsigned char code) = {
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
	['Q'] = op_persistent,
};

static int run(struct reader *reader)
{
	while (!reader->stopped) {
		unsigned char code;

		reader->opcode = reader->position;
		if (reader->position == reader->length)
			return fail_at(reader, "the pickle has no end");
		code = reader->bytes[reader->position++];
		if (!opcodes[code])
			return fail_at(reader, "refused: opcode 0x%02x, which no PyTorch file needs",
				    code);
		if (opcodes[code](reader, code) < 0)
			return -1;
	}
	return 0;
}

int pickle_read(struct pickle *pickle, const unsigned char *bytes, size_t length, const char *name,
		struct arena *arena, struct err *err)
{
	struct reader reader = { .bytes = bytes, .length = length, .name = name, .arena = arena,
				 .err = err };
	int rc;

	memset(pickle, 0, sizeof(*pickle));
	reader.last_call = &pickle->calls;
	reader.last_persistent = &pickle->persistents;
	rc = run(&reader);
	if (rc == 0) {
		pickle->root = reader.stack[0];
		pickle->consumed = reader.position;
		rc = pickle_settle(pickle->root, name, err);
	}
	free(reader.stack);
	free(reader.marks);
	free(reader.memo);
	return rc;
}
