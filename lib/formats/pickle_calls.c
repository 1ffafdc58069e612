/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/pickle_priv.h"

#include "lib/base/utf8.h"

#include <string.h>

/* What a name may be used for. */
enum global_use {
	USE_DATA, /* stored, never called: storage classes and dtypes */
	USE_CALL, /* a call is kept as data for the container to understand */
	USE_ORDERED_DICT,
	USE_SET,
	USE_BYTES,
	USE_ENCODE,
	USE_OBJECT, /* a class: its objects are stepped over */
	USE_MADE,   /* a call gives an object, which is stepped over too */
	USE_RECORD  /* a class whose objects are plain data, which is kept */
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
	{ "flair.data.Dictionary", USE_RECORD },
	{ "utils.word_utils.Corpus", USE_RECORD },
	{ "utils.word_utils.Dictionary", USE_RECORD },
};

/* What trainers put beside their tensors: arguments, counters of schedulers, states of generators. None is
 * run, so that a call of one is only its name. */
static const struct global extras[] = {
	{ "argparse.Namespace", USE_OBJECT },
	{ "collections.Counter", USE_MADE },
	{ "collections.defaultdict", USE_MADE },
	{ "collections.deque", USE_MADE },
	{ "builtins.list", USE_DATA },
	{ "__builtin__.list", USE_DATA },
	{ "builtins.dict", USE_DATA },
	{ "__builtin__.dict", USE_DATA },
	{ "builtins.int", USE_DATA },
	{ "__builtin__.int", USE_DATA },
	{ "datetime.datetime", USE_MADE },
	{ "numpy.ndarray", USE_DATA },
	{ "numpy.core.multiarray._reconstruct", USE_MADE },
	{ "numpy._core.multiarray._reconstruct", USE_MADE },
	{ "pathlib.PosixPath", USE_MADE },
	{ "pathlib.WindowsPath", USE_MADE },
};

/* Where the classes are whose objects trainers save whole: embeddings, networks, optimizers. They may be
 * named and instances of them made, but none of them called. */
static const char *const object_modules[] = { "flair.", "transformers.", "pytorch_transformers.",
					      "torch.nn.", "torch._C._nn.", "torch.optim." };

static const struct global *find_global(const struct pickle_machine *machine, const char *name)
{
	static const struct global object = { "", USE_OBJECT };

	for (size_t i = 0; machine->objects && i < sizeof(extras) / sizeof(*extras); i++)
		if (strcmp(extras[i].name, name) == 0)
			return &extras[i];
	for (size_t i = 0; i < sizeof(globals) / sizeof(*globals); i++)
		if (strcmp(globals[i].name, name) == 0 &&
		    (machine->objects || globals[i].use != USE_RECORD))
			return &globals[i];
	for (size_t i = 0; machine->objects && i < sizeof(object_modules) / sizeof(*object_modules); i++)
		if (strncmp(object_modules[i], name, strlen(object_modules[i])) == 0)
			return &object;
	return NULL;
}

int pickle_push_global(struct pickle_machine *machine, const char *module, size_t module_length,
		       const char *name, size_t name_length)
{
	struct pickle_value *value;
	char *full;

	/* A dot in the name would reach through an attribute of something harmless. */
	if (module_length + name_length > 200 || memchr(module, '\0', module_length) ||
	    memchr(name, '\0', name_length) || memchr(name, '.', name_length))
		return pickle_fail(machine, "refused: a name that no PyTorch file needs");
	full = arena_format(machine->arena, "%.*s.%.*s", (int)module_length, module,
			    (int)name_length, name);
	if (!full)
		return err_set_memory(machine->err);
	if (!find_global(machine, full))
		return pickle_fail(
			machine,
			"refused: it asks for '%s', which is not among the harmless names"
			" (nothing was run%s)",
			full, machine->objects ? ": save model.state_dict() alone" : "");
	value = pickle_value_new(machine, PICKLE_GLOBAL);
	if (!value)
		return -1;
	value->text = full;
	value->length = strlen(full);
	return pickle_push(machine, value);
}

/* OrderedDict(), or Python 2's OrderedDict([[key, value], ...]). */
static int call_ordered_dict(struct pickle_machine *machine, const struct pickle_value *arguments)
{
	struct pickle_value *dict = pickle_value_new(machine, PICKLE_DICT);

	if (!dict)
		return -1;
	dict->ordered = true;
	if (arguments->n == 1 && arguments->items[0]->kind == PICKLE_LIST) {
		const struct pickle_value *pairs = arguments->items[0];

		for (size_t i = 0; i < pairs->n; i++) {
			struct pickle_value *pair = pairs->items[i];

			if ((pair->kind != PICKLE_LIST && pair->kind != PICKLE_TUPLE) ||
			    pair->n != 2)
				return pickle_fail(machine, "an OrderedDict is not made of pairs");
			if (pickle_add_items(machine, dict, pair->items, 2) < 0)
				return -1;
		}
	} else if (arguments->n) {
		return pickle_fail(machine, "an OrderedDict is not made of pairs");
	}
	return pickle_push(machine, dict);
}

/* Python 3 spells bytes in protocol 2 as text of code points below 256 and "latin1". */
static int call_encode(struct pickle_machine *machine, const struct pickle_value *arguments)
{
	const struct pickle_value *text = arguments->n == 2 ? arguments->items[0] : NULL;
	const struct pickle_value *codec = text ? arguments->items[1] : NULL;
	size_t length = 0;
	char *bytes;

	if (!text || text->kind != PICKLE_TEXT || codec->kind != PICKLE_TEXT ||
	    (strcmp(codec->text, "latin1") != 0 && strcmp(codec->text, "latin-1") != 0))
		return pickle_fail(machine, "_codecs.encode is known only for latin1 text");
	bytes = arena_alloc(machine->arena, text->length + 1, 1);
	if (!bytes)
		return err_set_memory(machine->err);
	for (size_t i = 0; i < text->length;) {
		uint32_t code_point;

		i += utf8_decode(text->text + i, text->length - i, &code_point);
		if (code_point > 0xff)
			return pickle_fail(machine, "a byte above 255");
		bytes[length++] = (char)code_point;
	}
	return pickle_push_text(machine, PICKLE_BYTES, bytes, length);
}

static int call_kept(struct pickle_machine *machine, const struct pickle_value *function,
		     struct pickle_value *arguments)
{
	struct pickle_value *call = pickle_value_new(machine, PICKLE_CALL);

	if (!call || pickle_add_items(machine, call, &arguments, 1) < 0)
		return -1;
	call->text = function->text;
	call->length = function->length;
	*machine->last_call = call;
	machine->last_call = &call->next;
	return pickle_push(machine, call);
}

static int push_object(struct pickle_machine *machine, const struct pickle_value *class)
{
	struct pickle_value *object = pickle_value_new(machine, PICKLE_OBJECT);

	if (!object)
		return -1;
	object->text = class->text;
	object->length = class->length;
	return pickle_push(machine, object);
}

int pickle_call(struct pickle_machine *machine)
{
	struct pickle_value *arguments = pickle_pop(machine),
			    *function = arguments ? pickle_pop(machine) : NULL;

	if (!function)
		return -1;
	if (function->kind != PICKLE_GLOBAL || arguments->kind != PICKLE_TUPLE)
		return pickle_fail(machine, "a call of %s", pickle_kind_name(function->kind));
	switch (find_global(machine, function->text)->use) {
	case USE_ORDERED_DICT:
		return call_ordered_dict(machine, arguments);
	case USE_SET:
		if (arguments->n != 1 || arguments->items[0]->kind != PICKLE_LIST)
			return pickle_fail(machine, "a set is not made of a list");
		return pickle_push_container(machine, PICKLE_SET, arguments->items[0]->items,
					     arguments->items[0]->n);
	case USE_BYTES:
		if (arguments->n)
			return pickle_fail(machine, "bytes are made of something");
		return pickle_push_text(machine, PICKLE_BYTES, "", 0);
	case USE_ENCODE:
		return call_encode(machine, arguments);
	case USE_CALL:
		return call_kept(machine, function, arguments);
	case USE_MADE:
		return push_object(machine, function);
	case USE_DATA:
	case USE_OBJECT:
	case USE_RECORD:
		break;
	}
	return pickle_fail(machine, "refused: a call of '%s'", function->text);
}

/* The legacy form keeps the source of a network's class beside it: ('module', class, file, source). */
static const struct pickle_value *class_of(const struct pickle_value *value)
{
	const struct pickle_value *id = value->kind == PICKLE_PERSISTENT ? value->items[0] : NULL;

	return id && pickle_is_module(id) ? id->items[1] : value;
}

int pickle_new_object(struct pickle_machine *machine)
{
	struct pickle_value *arguments = pickle_pop(machine);
	struct pickle_value *popped = arguments ? pickle_pop(machine) : NULL;
	const struct pickle_value *class = popped ? class_of(popped) : NULL;
	enum global_use use;

	if (!class)
		return -1;
	if (class->kind != PICKLE_GLOBAL || arguments->kind != PICKLE_TUPLE)
		return pickle_fail(machine, "an object of %s", pickle_kind_name(class->kind));
	use = find_global(machine, class->text)->use;
	if (use != USE_OBJECT && use != USE_RECORD)
		return pickle_fail(machine, "refused: an object of '%s'", class->text);
	return push_object(machine, class);
}

int pickle_build(struct pickle_machine *machine)
{
	struct pickle_value *state = pickle_pop(machine), *to;

	if (!state)
		return -1;
	if (pickle_poppable(machine) == 0)
		return pickle_fail(machine, "the stack is empty");
	to = machine->stack[machine->n_stack - 1];
	if (to->kind == PICKLE_OBJECT) {
		if (find_global(machine, to->text)->use == USE_RECORD)
			to->state = state;
		return 0;
	}
	if (!(to->kind == PICKLE_DICT && to->ordered && state->kind == PICKLE_DICT) &&
	    !(to->kind == PICKLE_CALL && strcmp(to->text, "numpy.dtype") == 0))
		return pickle_fail(machine, "refused: it sets the state of %s",
				   pickle_kind_name(to->kind));
	to->state = state;
	return 0;
}
