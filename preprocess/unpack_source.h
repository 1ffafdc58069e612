/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An archive opened for reading with libarchive, restricted to the formats and compressions that
 * releases use: no format that reads other files (mtree), no compression that starts a program.
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_SOURCE_H
#define TAGSIGHT_PREPROCESS_UNPACK_SOURCE_H

#include "lib/base/err.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>
#include <stdint.h>

struct unpack_source {
	struct archive *archive;
	int fd;              /* borrowed */
	uint64_t size;       /* bytes of the archive file */
	bool started;        /* a header was read */
};

/* Open the archive in `fd`, which stays the caller's. */
int unpack_source_open(struct unpack_source *source, int fd, struct err *err);
void unpack_source_close(struct unpack_source *source);

/* The next member's header, borrowed until the next call. READ_BAD: this one is broken, the next may
 * be read. READ_FAIL: no more can be read; *err says why, also when the file is no archive. */
enum read_status unpack_source_next(struct unpack_source *source, struct archive_entry **entry,
				    struct err *err);

/* The member's name as UTF-8 where libarchive knows how, else its bytes; never NULL. */
const char *unpack_source_name(struct archive_entry *entry);

/* One compressed file that is no archive: its name is the caller's business. */
bool unpack_source_is_raw(const struct unpack_source *source);

/* Packed bytes read so far. */
uint64_t unpack_source_consumed(const struct unpack_source *source);

#endif
