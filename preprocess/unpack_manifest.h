/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was unpacked from where: TARGET/tagsight/unpack.jsonl, one line a file:
 *	{"archive","member","path","size","mtime","as_is"}
 * where as_is says that the file was left where the archive has it (--keep-layout).
 * A later run knows by it which members are in place, and which files the user changed since.
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_MANIFEST_H
#define TAGSIGHT_PREPROCESS_UNPACK_MANIFEST_H

#include "lib/base/str_table.h"
#include "preprocess/unpack_target.h"

struct unpack_record {
	const char *archive, *member, *path;
	uint64_t size;
	int64_t mtime;
	bool as_is;
};

/* Strings belong to the arena; a later record of the same path replaces the earlier. */
struct unpack_manifest {
	struct arena arena;
	struct unpack_record *records;
	size_t n, capacity;
	struct str_table members; /* "archive<newline>member<newline>as_is" */
	size_t *of_member;        /* record of a member's id */
	size_t members_capacity;
	struct str_table paths;
	size_t *of_path;          /* record of a path's id */
	size_t paths_capacity;
};

void unpack_manifest_init(struct unpack_manifest *manifest);
void unpack_manifest_release(struct unpack_manifest *manifest);

/* Add what the target's manifest says; lines that are no records are stepped over. */
int unpack_manifest_load(struct unpack_manifest *manifest, struct unpack_target *target,
			 struct err *err);

/* Add a record; its strings are copied. */
int unpack_manifest_add(struct unpack_manifest *manifest, const struct unpack_record *record,
			struct err *err);

/* The record of a member or of a path, or NULL. */
const struct unpack_record *unpack_manifest_member(const struct unpack_manifest *manifest,
						   const char *archive, const char *member,
						   bool as_is);
const struct unpack_record *unpack_manifest_path(const struct unpack_manifest *manifest,
						 const char *path);

/* Replace the target's manifest by the records of the paths. */
int unpack_manifest_save(const struct unpack_manifest *manifest, struct unpack_target *target,
			 struct err *err);

#endif
