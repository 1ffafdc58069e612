/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to unpack*.c: the state of one run. unpack_read.c goes through the archives,
 * unpack_stage.c writes their members to the stage, unpack_place.c decides where they go and
 * unpack.c puts them there.
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_PRIV_H
#define TAGSIGHT_PREPROCESS_UNPACK_PRIV_H

#include "preprocess/layout_text.h"
#include "preprocess/unpack.h"
#include "preprocess/unpack_manifest.h"
#include "preprocess/unpack_source.h"
#include "preprocess/unpack_target.h"

#include <stddef.h>

#define UNPACK_BUFFER ((size_t)1 << 20)
#define UNPACK_TOP SIZE_MAX /* the parent of an archive that was given */

/* Strings are of the report's arena. */
struct unpack_archive {
	const char *label;  /* "release.zip: inner.zip" */
	const char *stem;   /* "inner" */
	size_t parent;      /* the archive that it was a member of, or UNPACK_TOP */
	const char *folder; /* where in the parent it was, "" at its top */
	uint64_t id;        /* names its staged files */
	bool lone;          /* no archive but one compressed file */
	const char *prefix; /* in front of its members' names; set by unpack_place() */
	size_t first, n;    /* its members in the order of unpack_place() */
};

struct unpack_member {
	size_t archive;
	const char *name;     /* clean; printable when refused */
	const char *link;     /* clean name that a link leads to, in the same archive; else NULL */
	const char *stage;    /* its staged file; NULL without */
	const char *kept;     /* its path below the target, already there by the manifest; else NULL */
	const char *full;     /* prefix and name */
	const char *path;     /* its place below the target */
	const char *reason;   /* why it is refused */
	enum unpack_action action;
	enum layout_text kind;
	bool opened;          /* an archive whose members stand for it */
	uint64_t size;
	int64_t mtime;
};

struct unpack {
	const struct unpack_options *options;
	struct unpack_report *report;
	struct arena *arena; /* the report's */
	struct progress *progress;
	struct err *err;
	struct unpack_target target;
	struct unpack_manifest manifest;
	struct unpack_archive *archives;
	size_t n_archives, archives_capacity;
	struct unpack_member *members;
	size_t n_members, members_capacity;
	uint64_t bytes; /* unpacked so far, to hold against max_bytes */
	bool full;      /* a limit of the whole run was reached */
	char *buffer;   /* UNPACK_BUFFER bytes of scratch */
};

/* One archive being read. */
struct unpack_reading {
	struct unpack_source source;
	size_t archive;    /* its index */
	int depth;         /* 0 for an archive that was given */
	size_t n;          /* members seen */
	uint64_t bytes;    /* unpacked from it */
	uint64_t consumed; /* told to progress */
};

/* What became of a member's bytes. */
enum unpack_outcome { UNPACK_STAGED, UNPACK_MEMBER_BAD, UNPACK_ARCHIVE_BAD, UNPACK_RUN_FAILED };

/* Read all members of the archives given; what is unpacked lies in the stage then. */
int unpack_read(struct unpack *u, const char *const *archives, size_t n);

/* Give every member its full name, then its place; recognises the release. */
int unpack_place(struct unpack *u);

/* Set *err to ERR_STOPPED. */
int unpack_stopped(struct unpack *u);

/* Tell how far the archive file is read; true when the user wants to stop. */
bool unpack_tell(struct unpack *u, struct unpack_reading *reading);

/* The limit that `size` more bytes of the archive would break, or NULL. */
const char *unpack_broken_limit(struct unpack *u, const struct unpack_reading *reading,
				uint64_t size);

/* Open where a member's bytes go: a staged file, or one without a name when only listing. `number`
 * is the member's in its archive. */
int unpack_create_stage(struct unpack *u, struct unpack_member *member, size_t number);

/* Unpack the current member of the archive into `fd`. */
enum unpack_outcome unpack_write(struct unpack *u, struct unpack_reading *reading, int fd,
				 uint64_t *size, const char **reason);

/* What a file is by its first bytes; -1 counts as empty. */
enum layout_text unpack_kind_of(int fd);

/* The last thing that a staged file gets: see unpack_target.h. */
void unpack_set_mtime(int fd, int64_t mtime);

/* Copy all of `from` into the file `to`; *size is what was copied, at most max_bytes. */
int unpack_copy(struct unpack *u, int from, int to, uint64_t *size);

#endif
