/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What would be lost in a conversion: counted by kind before anything is written, each kind with the
 * place and the words of its first case.
 *
 *	struct convert_losses losses;
 *	convert_losses_init(&losses);
 *	convert_lose(&losses, LOSS_OVERLAP, record, "'%s' overlaps '%s'", a, b);
 *	convert_losses_release(&losses);
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_LOSSES_H
#define TAGSIGHT_PREPROCESS_CONVERT_LOSSES_H

#include "lib/base/arena.h"

#include <stdbool.h>
#include <stddef.h>

struct convert_record;
struct err;

enum convert_loss {
	LOSS_RECORD,        /* it cannot be read */
	LOSS_BYTES,         /* a word, tag or name that is no UTF-8 */
	LOSS_WORD,          /* a word that the format cannot write, or would not find again */
	LOSS_TEXT,          /* what was written, in a format of boxes alone */
	LOSS_SPACING,       /* a text that is more than its words with one blank between them */
	LOSS_EMPTY,         /* a record without words */
	LOSS_COLUMN,        /* columns besides word and tag */
	LOSS_UNTAGGED,      /* a word without a tag among words with tags */
	LOSS_TAG,           /* a tag that its scheme does not allow where it stands */
	LOSS_TYPE,          /* a type that the format or its loader does not know */
	LOSS_SPAN,          /* an entity */
	LOSS_OVERLAP,       /* entities that overlap */
	LOSS_CUT,           /* an entity that begins or ends within a word */
	LOSS_DISCONTINUOUS, /* an entity in several pieces */
	LOSS_RELATION,
	LOSS_BOX,
	LOSS_SCORE,
	LOSS_ID,
	LOSS_IMAGE,
	LOSS_DOCUMENT,      /* where a document starts */
	LOSS_OTHER,         /* an annotation of a kind that no other format here knows */
	CONVERT_LOSSES
};

struct convert_losses {
	size_t n[CONVERT_LOSSES];
	struct {
		const char *file, *record; /* record may be NULL */
		size_t line;
		const char *text;
	} first[CONVERT_LOSSES];
	struct arena arena;
};

void convert_losses_init(struct convert_losses *losses);
void convert_losses_release(struct convert_losses *losses);

/* Count one loss; `losses` NULL does nothing. `record` needs its place and id alone. */
void convert_lose(struct convert_losses *losses, enum convert_loss kind,
		  const struct convert_record *record, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Count a record that cannot be read. */
void convert_lose_record(struct convert_losses *losses, const char *file, const struct err *err);

/* Add those of one kind that were counted elsewhere. */
void convert_losses_add(struct convert_losses *losses, const struct convert_losses *from,
			enum convert_loss kind);

size_t convert_losses_total(const struct convert_losses *losses);

/* "overlapping-entities", and what a sentence calls one or several of them. */
const char *convert_loss_name(enum convert_loss kind);
const char *convert_loss_words(enum convert_loss kind, bool several);

#endif
