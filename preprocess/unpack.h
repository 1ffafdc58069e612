/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives of datasets, unpacked without trust and put where the loaders look: tar with any
 * compression, zip, 7z and rar, and archives inside them one level deep.
 *
 * All archives of one run are one release: their tables of contents are recognised together
 * (preprocess/layout), so that texts and pictures may come apart. Members are first written under
 * TARGET/tagsight/unpack, then renamed into HVPNeT's shape (NER_data/SET, NER_data/SET_images,
 * NER_data/SET_xml, RE_data/txt, RE_data/img_org, ...); what belongs to no set goes to other/. Links
 * become copies of what they lead to, so that the target never holds a link of ours. An interrupted
 * run is resumed by the same call.
 *
 *	struct unpack_options options = UNPACK_OPTIONS_INIT;
 *	struct unpack_report report;
 *	options.target = "data";
 *	unpack_report_init(&report);
 *	if (unpack_run(&options, archives, n, &report, progress, &err) < 0) ...
 *	unpack_report_release(&report);
 */
#ifndef TAGSIGHT_PREPROCESS_UNPACK_H
#define TAGSIGHT_PREPROCESS_UNPACK_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"

#include <stdbool.h>
#include <stdint.h>

struct unpack_options {
	const char *target;  /* folder; made when it does not exist */
	long long max_files; /* members of all archives of the run */
	long long max_bytes; /* their unpacked size */
	double max_ratio;    /* unpacked to packed size of one archive, looked at past 100 MB */
	bool keep_layout;    /* put members where their archive has them */
	bool overwrite;      /* replace files that differ from the archive's */
	bool list;           /* write nothing, only report */
};

#define UNPACK_OPTIONS_INIT { NULL, 1000000, 64LL << 30, 200, false, false, false }

enum unpack_action {
	UNPACK_WRITE,  /* written now (or would be, when listing) */
	UNPACK_KEEP,   /* there already, the same */
	UNPACK_IGNORE, /* of no use: .DS_Store, Thumbs.db, __MACOSX */
	UNPACK_REFUSE  /* not unpacked; `reason` says why */
};

/* One member; strings are of the report's arena. */
struct unpack_entry {
	const char *archive; /* "release.zip", "release.zip: inner.zip" */
	const char *member;  /* its name there, unprintable bytes as %XX; "" speaks of the archive */
	const char *path;    /* below the target; NULL when ignored or refused */
	const char *reason;  /* NULL unless refused */
	enum unpack_action action;
	uint64_t size;
};

struct unpack_report {
	struct arena arena;
	struct unpack_entry *entries; /* [n_entries], in the order of the archives */
	size_t n_entries, capacity;
	size_t written, kept, ignored, refused;
	uint64_t bytes;    /* of the files written */
	size_t splits;      /* recognised, 0 with keep_layout */
	const char *layout; /* layout_describe() of them, NULL without any */
};

void unpack_report_init(struct unpack_report *report);
void unpack_report_release(struct unpack_report *report);

/* Unpack `n` archives ("-" is standard input). -1 when the work could not be done or was
 * interrupted; a refused member or a broken archive is an entry of the report, and the rest is
 * unpacked. `report` is filled as far as it went. */
int unpack_run(const struct unpack_options *options, const char *const *archives, size_t n,
	       struct unpack_report *report, struct progress *progress, struct err *err);

/* "write", "keep", "ignore", "refuse". */
const char *unpack_action_name(enum unpack_action action);

#endif
