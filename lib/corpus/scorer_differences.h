/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the scorers see other entities in the same tags, and which rule it is that parts them. On tags
 * of IOB2 without a mistake they all agree.
 *
 *	struct scorer_view view = SCORER_VIEW_INIT(SCHEME_IOB2);
 *	scorer_differences(&view, tags, n, &differences, &n_differences, &arena, &err);
 */
#ifndef TAGSIGHT_CORPUS_SCORER_DIFFERENCES_H
#define TAGSIGHT_CORPUS_SCORER_DIFFERENCES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/scheme.h"
#include "lib/corpus/span.h"

#include <stddef.h>

/* Ways to read entities out of tags. */
enum scorer_reading {
	READING_CONLLEVAL, READING_SEQEVAL, READING_STRICT, READING_UMT, READING_BEGIN_ONLY, READINGS
};

/* "conlleval", "seqeval", "seqeval-strict", "umt", "begin-only". */
const char *scorer_reading_name(enum scorer_reading reading);

enum difference_rule {
	DIFFERENCE_ORPHAN,      /* I-X after O or at the start */
	DIFFERENCE_TYPE_CHANGE, /* I-X right after a tag of another type */
	DIFFERENCE_LABEL,       /* a label without a prefix: X, [CLS], PAD */
	DIFFERENCE_PREFIX,      /* a prefix that is neither B nor I */
	DIFFERENCE_TYPE_NAME,   /* the same words, but the type is cut out of the tag another way */
	DIFFERENCE_OTHER,
	DIFFERENCE_RULES
};

/* "orphan-inside", "type-change", "bare-label", "prefix", "type-name", "other". */
const char *difference_rule_name(enum difference_rule rule);

/* What was counted so far, by one side of the files. */
struct scorer_view {
	enum scheme scheme;       /* of READING_STRICT */
	unsigned refused;         /* bits of readings that met a tag they do not take: left out since */
	size_t counts[READINGS];  /* entities */
	/* What each rule adds to what READING_CONLLEVAL counts: its column sums to the difference. */
	long long added[DIFFERENCE_RULES][READINGS];
};

#define SCORER_VIEW_INIT(of_scheme) { .scheme = of_scheme }

/* An entity that some readings have and some have not. */
struct scorer_difference {
	struct span span;
	unsigned counted; /* bits: 1 << reading */
	enum difference_rule rule;
	const char *reason; /* "I-LOC after O"; of the arena */
};

/* The differences of one sentence, by place; *out is an array of the arena, whose types live as long
 * as tags and arena. 0, or -1 when memory is out. */
int scorer_differences(struct scorer_view *view, const char *const *tags, size_t n,
		       struct scorer_difference **out, size_t *n_out, struct arena *arena,
		       struct err *err);

#endif
