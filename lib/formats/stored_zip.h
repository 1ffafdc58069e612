/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kind of zip that PyTorch writes: every record stored as it is, found through the directory at
 * the end (zip or zip64). The reader works on the bytes of a mapped file and believes no number
 * before it has been checked against them; the writer gives the same bytes for the same input.
 *
 *	header, name, padding | record | descriptor | header, ... | directory | end
 *
 * Records begin at multiples of 64, as PyTorch's do, by an extra field of the needed length.
 */
#ifndef TAGSIGHT_FORMATS_STORED_ZIP_H
#define TAGSIGHT_FORMATS_STORED_ZIP_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STORED_ZIP_ENTRIES 1000000

struct stored_entry {
	const char *name;          /* of the arena */
	const unsigned char *data; /* in the file's bytes */
	size_t size;
	uint32_t crc;
};

struct stored_zip {
	struct stored_entry *entries; /* [n], in the order of the directory; of the arena */
	size_t n;
};

/* Whether the bytes begin as a zip does. */
bool stored_zip_recognise(const unsigned char *bytes, size_t length);

/* Read the directory. Refused: anything compressed or encrypted, two entries of one name or in one
 * place, names that leave the archive, sizes and offsets outside the file, bytes after the end. */
int stored_zip_read(struct stored_zip *zip, const unsigned char *bytes, size_t length,
		    const char *name, struct arena *arena, struct err *err);

/* Compare an entry's bytes with its check sum. */
int stored_entry_verify(const struct stored_entry *entry, const char *name, struct err *err);

/* Append a whole archive of `n` entries (name, data, size; crc is ignored) to `out`; the archive
 * must be the first thing in it. buf.failed tells that memory is out or that it passed 4 GiB. */
void stored_zip_write(struct buf *out, const struct stored_entry *entries, size_t n);

#endif
