/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An inert reader of Python pickles: the bytes become a tree of values and nothing else happens. No
 * name is looked up and no function is called; a call of one of a few harmless functions is kept as
 * data, any other name is refused, as is every opcode that PyTorch's files have no use for.
 *
 *	struct pickle pickle;
 *	if (pickle_read(&pickle, bytes, length, name, &arena, &err) == 0)
 *		walk(pickle.root);
 *
 * All values belong to the arena. The tree is safe to walk by recursion: it has no cycles, at most
 * PICKLE_DEPTH levels, and at most PICKLE_VALUES values even where one value is met many times.
 */
#ifndef TAGSIGHT_FORMATS_PICKLE_H
#define TAGSIGHT_FORMATS_PICKLE_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PICKLE_DEPTH 200
#define PICKLE_VALUES ((size_t)1 << 22)

enum pickle_kind {
	PICKLE_NONE,
	PICKLE_BOOL,
	PICKLE_INT,
	PICKLE_BIG_INT,    /* beyond 64 bits: `text` holds two's complement, low byte first */
	PICKLE_FLOAT,
	PICKLE_TEXT,       /* valid UTF-8, may hold NUL */
	PICKLE_BYTES,
	PICKLE_LIST,
	PICKLE_TUPLE,
	PICKLE_SET,
	PICKLE_DICT,       /* items are key, value, key, value; no key twice */
	PICKLE_GLOBAL,     /* a harmless name, `text` is "torch.FloatStorage" */
	PICKLE_CALL,       /* `text` is the function, items[0] its tuple of arguments */
	PICKLE_PERSISTENT, /* items[0] is the id that the container must understand */
	PICKLE_OBJECT      /* of the class `text`, one of a trainer's; nothing was made of it */
};

struct pickle_value {
	enum pickle_kind kind;
	bool ordered;      /* a dict that was an OrderedDict */
	uint8_t mark;      /* of the reader's own walk */
	uint16_t depth;    /* levels below and with this one */
	size_t offset;     /* of the opcode that made it, in the pickle */
	union {
		int64_t integer; /* also of a bool */
		double real;
		struct {
			const char *text; /* NUL-terminated for convenience */
			size_t length;
		};
	};
	struct pickle_value **items;
	size_t n, capacity;
	struct pickle_value *state; /* what BUILD set on an OrderedDict, a call, or an object that is
				     * plain data; else NULL */
	struct pickle_value *next;  /* the call or persistent id made after this one */
	void *meaning;              /* what the container made of a call or persistent id */
	size_t size;                /* values met when all below is walked */
};

struct pickle {
	struct pickle_value *root;
	struct pickle_value *calls;       /* in the order of the file, linked by `next` */
	struct pickle_value *persistents; /* the same */
	size_t consumed;                  /* bytes up to and with STOP */
};

/* Read the pickle that begins at `bytes`; more bytes may follow it. `name` is the file's, for
 * messages, which tell the offset of the opcode. */
int pickle_read(struct pickle *pickle, const unsigned char *bytes, size_t length, const char *name,
		struct arena *arena, struct err *err);

/* The same, but objects of the classes of a few libraries, which trainers save whole beside their
 * tensors, are stepped over. */
int pickle_read_with_objects(struct pickle *pickle, const unsigned char *bytes, size_t length,
			     const char *name, struct arena *arena, struct err *err);

/* The value under a text key of a dict, or NULL. */
struct pickle_value *pickle_get(const struct pickle_value *dict, const char *key);

/* Whether a persistent id is that of a network's class in a file of the legacy form. */
bool pickle_is_module(const struct pickle_value *id);

/* "a list", "an int", ...: for messages. */
const char *pickle_kind_name(enum pickle_kind kind);

/* Whether two values that may be dict keys are the same key. */
bool pickle_same_key(const struct pickle_value *a, const struct pickle_value *b);

#endif
