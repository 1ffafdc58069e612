/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the scorers see other entities in the same tags, and which rule it is that parts them. On tags
 * of IOB2 without a mistake they all agree.
 *
 *	struct scorer_view gold = SCORER_VIEW_INIT(SCHEME_IOB2), guess = gold, both = gold;
 *	scorer_entities(&gold, tags, n, &entities, &n_entities, &arena, &err);
 *	scorer_entities(&guess, other_tags, n, &others, &n_others, &arena, &err);
 *	scorer_entities_in_both(&both, entities, n_entities, others, n_others);
 */
#ifndef TAGSIGHT_CORPUS_SCORER_DIFFERENCES_H
#define TAGSIGHT_CORPUS_SCORER_DIFFERENCES_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/scheme.h"
#include "lib/corpus/span.h"

#include <stdbool.h>
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

/* What was counted so far, of one side of the files or of what both have. */
struct scorer_view {
	enum scheme scheme;       /* of READING_STRICT */
	unsigned refused;         /* bits of readings that met a tag they do not take: left out since */
	size_t counts[READINGS];  /* entities */
	/* What each rule adds to what READING_CONLLEVAL counts: its column sums to the difference. */
	long long added[DIFFERENCE_RULES][READINGS];
};

#define SCORER_VIEW_INIT(of_scheme) { .scheme = of_scheme }

/* An entity that at least one reading has. */
struct scorer_entity {
	struct span span;
	unsigned counted; /* bits: 1 << reading */
	bool disputed;    /* other readings have it not; only then are these set: */
	enum difference_rule rule;
	const char *reason; /* "I-LOC after O"; of the arena */
};

/* The entities of one sentence, by place; *out is an array of the arena, whose types live as long as
 * tags and arena. They are counted in the view. 0, or -1 when memory is out. */
int scorer_entities(struct scorer_view *view, const char *const *tags, size_t n,
		    struct scorer_entity **out, size_t *n_out, struct arena *arena, struct err *err);

/* Count what each reading has on both sides of a sentence, the correct entities; what is disputed goes
 * to the rule of the gold side, else of the other. */
void scorer_entities_in_both(struct scorer_view *view, const struct scorer_entity *gold,
			     size_t n_gold, const struct scorer_entity *guess, size_t n_guess);

#endif
