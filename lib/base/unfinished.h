/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a file is called while it is written: NAME.PID-HOST.part, where HOST is eight hexadecimal digits
 * of the host's name, so that hosts that share a folder keep out of each other's way.
 */
#ifndef TAGSIGHT_BASE_UNFINISHED_H
#define TAGSIGHT_BASE_UNFINISHED_H

#include <stdbool.h>

/* The name for this process; on the heap, NULL when memory is out. */
char *unfinished_name(const char *path);

/* Whether `rest` is ".PID-HOST.part", of any process and host. */
bool unfinished_ends(const char *rest);

/* Whether a file of this name was left by a process of this host that has ended, or that had the
 * number of this one. */
bool unfinished_is_stale(const char *name);

#endif
