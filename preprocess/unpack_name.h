/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of archive members: made safe, or refused with a reason.
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_NAME_H
#define TAGSIGHT_PREPROCESS_UNPACK_NAME_H

#include "lib/base/arena.h"

#include <stdbool.h>

/* A relative path with single slashes, without "." parts, control characters and invalid bytes
 * written as %XX; "" for the top folder itself. NULL when refused, with *reason set (static), or
 * when memory is out, with *reason NULL. Backslashes count as slashes. */
const char *unpack_clean_name(struct arena *arena, const char *raw, const char **reason);

/* Any bytes as one printable line, for reports. NULL when memory is out. */
const char *unpack_printable(struct arena *arena, const char *raw);

/* Where a link at `name` (clean) leads: relative to its folder, within the archive, clean. NULL as
 * above; the reason then speaks of the link. */
const char *unpack_link_target(struct arena *arena, const char *name, const char *raw,
			       const char **reason);

/* What desktop systems leave in archives. */
bool unpack_is_junk(const char *name);

/* By extension: an archive that may be looked into. */
bool unpack_is_archive_name(const char *name);

/* The file's name without folder and archive extensions: "twitter" of "a/twitter.tar.gz". */
const char *unpack_stem(struct arena *arena, const char *name);

#endif
