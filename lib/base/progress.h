/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How long work tells how far it is and learns that it should stop. The library only calls back;
 * cmd/ draws on stderr. A NULL progress is allowed everywhere and never stops.
 *
 *	progress_begin(progress, "unpack", n_bytes);
 *	for (...)
 *		if (progress_step(progress, bytes))
 *			return err_set(err, ERR_STOPPED, "interrupted");
 *	progress_end(progress);
 */
#ifndef TAGSIGHT_BASE_PROGRESS_H
#define TAGSIGHT_BASE_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	/* Called from any one thread at a time. `done` of `total` (0 when unknown) units. */
	void (*begin)(struct progress *progress, const char *what, const char *unit);
	void (*update)(struct progress *progress);
	void (*end)(struct progress *progress);
	/* A line for the user that is no result: a skipped record, a recognised layout. */
	void (*note)(struct progress *progress, const char *text);
	bool (*stopped)(struct progress *progress); /* from several threads at once, too */
	uint64_t done;
	uint64_t skipped; /* of `done`: what an earlier run did, which tells nothing of the speed */
	uint64_t total;
};

/* Units: "tweets", "pictures", "bytes", ... */
void progress_begin(struct progress *progress, const char *what, const char *unit, uint64_t total);

/* Returns true when the user wants to stop. */
bool progress_step(struct progress *progress, uint64_t units);
void progress_skip(struct progress *progress, uint64_t units);
bool progress_stopped(struct progress *progress);
void progress_end(struct progress *progress);
void progress_note(struct progress *progress, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
