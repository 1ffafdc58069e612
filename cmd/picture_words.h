/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A picture put in words here and now, for models that read contexts: what the detector that ships sees
 * in it, and what Tesseract reads.
 *
 *	if (picture_words_open(&words, true, true, &err) < 0) ...
 *	picture_words_read(&words, path, texts, &n, &arena, &err);
 *	picture_words_close(&words);
 */
#ifndef TAGSIGHT_CMD_PICTURE_WORDS_H
#define TAGSIGHT_CMD_PICTURE_WORDS_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define PICTURE_TEXTS 2 /* at most: objects, seen text */

struct picture_words {
	struct grounder *grounder; /* NULL: no objects are looked for */
	struct ocr *ocr;           /* NULL: no text is */
};

/* On failure there is nothing to close. */
int picture_words_open(struct picture_words *words, bool objects, bool text, struct err *err);
void picture_words_close(struct picture_words *words);

/* Set up to PICTURE_TEXTS texts, of the arena: the names of the objects, the most prominent first, each
 * once; then the text. A picture that is missing or broken has none, and *fault, of the arena, says why. */
int picture_words_read(struct picture_words *words, const char *path, const char **texts, size_t *n,
		       const char **fault, struct arena *arena, struct err *err);

#endif
