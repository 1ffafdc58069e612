/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pickles of protocol 2 as Python writes them, for dicts of lists of strings: no floats and nothing
 * newer, so that every torch.load(weights_only=True) takes them. The bytes are those of Python's own
 * pickler when no two strings are one object.
 *
 *	pickle_write_begin(&writer, &buf, n);
 *	for (i = 0; i < n; i++) {
 *		pickle_write_entry_begin(&writer);
 *		pickle_write_text(&writer, keys[i]);
 *		pickle_write_list(&writer, names[i], n_names[i]);
 *		pickle_write_entry_end(&writer);
 *	}
 *	pickle_write_end(&writer);
 */
#ifndef TAGSIGHT_FORMATS_PICKLE_WRITE_H
#define TAGSIGHT_FORMATS_PICKLE_WRITE_H

#include "lib/base/buf.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pickle_writer {
	struct buf *out; /* out->failed tells that memory is out */
	size_t memo;
	size_t left;     /* entries of the dict still to come */
	size_t batch;    /* of these, in the group that is open */
	bool alone;      /* the group is one entry: SETITEM without a MARK */
};

/* A dict of `n` entries, each of them a key (a string or an integer) and a list of strings. */
void pickle_write_begin(struct pickle_writer *writer, struct buf *out, size_t n);
void pickle_write_entry_begin(struct pickle_writer *writer);
void pickle_write_integer(struct pickle_writer *writer, int64_t integer);
void pickle_write_text(struct pickle_writer *writer, const char *text);
void pickle_write_list(struct pickle_writer *writer, const char *const *texts, size_t n);
void pickle_write_entry_end(struct pickle_writer *writer);
void pickle_write_end(struct pickle_writer *writer);

#endif
