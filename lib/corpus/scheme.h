/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The six schemes in which entities are written as one tag a word: where an entity starts, goes on,
 * ends or stands alone.
 *
 *	IOB1   I-X; B-X only where an entity follows another of its type at once
 *	IOB2   B-X at each start, I-X after it (what the field calls BIO)
 *	IOE1   I-X; E-X only at an end that another entity of its type follows at once
 *	IOE2   I-X; E-X at each end
 *	IOBES  B-X, I-X, E-X; S-X for one word (BIOES)
 *	BILOU  B-X, I-X, L-X; U-X for one word
 *
 *	struct scheme_guess guess = SCHEME_GUESS_INIT;
 *	scheme_guess_add(&guess, tags, n);                       for each sentence
 *	if (scheme_guess_result(&guess, &scheme))
 *		scheme_spans(scheme, tags, n, &spans, &n_spans, NULL, &arena, &err);
 */
#ifndef TAGSIGHT_CORPUS_SCHEME_H
#define TAGSIGHT_CORPUS_SCHEME_H

#include "lib/base/arena.h"
#include "lib/base/err.h"
#include "lib/corpus/span.h"

#include <stdbool.h>
#include <stddef.h>

enum scheme { SCHEME_IOB1, SCHEME_IOB2, SCHEME_IOE1, SCHEME_IOE2, SCHEME_IOBES, SCHEME_BILOU, SCHEMES };

/* "IOB1", "IOB2", "IOE1", "IOE2", "IOBES", "BILOU". */
const char *scheme_name(enum scheme scheme);

/* By name in any case; BIO and IOB are IOB2, BIOES is IOBES, BIOLU and BIOUL are BILOU. False when
 * unknown. */
bool scheme_from_name(const char *name, enum scheme *scheme);

/*
 * Entities by the definition of the scheme. What the scheme does not allow is read as it is meant:
 * an I, E or L without an entity of its type starts one, B, S and U always do, E, L, S and U end it;
 * what is no tag at all counts as O. *malformed (may be NULL) is the number of tags that differ from
 * those which the scheme has for these entities. *out is an array of the arena whose types point into
 * the tags. 0, or -1 when memory is out.
 */
int scheme_spans(enum scheme scheme, const char *const *tags, size_t n, struct span **out,
		 size_t *n_out, size_t *malformed, struct arena *arena, struct err *err);

/* The same entities where the scheme is not asked for: what a prefix does is so in all six. */
int scheme_any_spans(const char *const *tags, size_t n, struct span **out, size_t *n_out,
		     struct arena *arena, struct err *err);

/*
 * Entities as seqeval 1.2.2 reads them in strict mode, its quirks included: hyphens are stripped at
 * both ends of a type, "BPER" is B with type PER, and one-word entities of IOE1 that E marks are lost.
 * A prefix that is none, or none of the scheme, is ERR_DATA. Types belong to the arena.
 */
int scheme_strict_spans(enum scheme scheme, const char *const *tags, size_t n, struct span **out,
			size_t *n_out, struct arena *arena, struct err *err);

/* Write the tags [n] of entities that are in order and do not overlap; "O" elsewhere. The strings
 * belong to the arena or are static. 0, or -1 when memory is out. */
int scheme_encode(enum scheme scheme, const struct span *spans, size_t n_spans, const char **tags,
		  size_t n, struct arena *arena, struct err *err);

/* How well tags fit each scheme. */
struct scheme_guess {
	size_t violations[SCHEMES]; /* tags that the scheme does not allow where they stand */
	size_t tags;                /* of entities, all told */
};

#define SCHEME_GUESS_INIT { { 0 }, 0 }

/* Add a sentence. What is no tag of any scheme counts as O. */
void scheme_guess_add(struct scheme_guess *guess, const char *const *tags, size_t n);

/* Add `times` times a step from one tag's prefix to the next one's, where at least one is of an
 * entity; 'O' stands before the first tag of a sentence and behind the last. `same` says that both are
 * of entities of one type. */
void scheme_guess_step(struct scheme_guess *guess, char before, char now, bool same, size_t times);

/* The scheme that all tags fit, IOB2 before the others; false when none does or there are no
 * entities. */
bool scheme_guess_result(const struct scheme_guess *guess, enum scheme *scheme);

/* The scheme that the fewest tags violate, IOB2 before the others. */
enum scheme scheme_guess_likely(const struct scheme_guess *guess);

#endif
