/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the loaders that people run make of a split: each emulation reads the text as that loader
 * does, by its own code, and names the records at which it stops, that it loses or cuts, or for
 * which it takes another picture. Nothing of the loader is run.
 *
 *	const struct loader *loader = loader_find("load-hvpnet");
 *	if (loader_speaks(loader, split) && load_check(loader, split, &options, sink, &err) < 0) ...
 *
 * A finding that stops the loader is an error, all others are warnings. Its message begins with what
 * happens: "crashes", "is lost", "loses ...", "gets ...".
 */
#ifndef TAGSIGHT_PREPROCESS_LOAD_H
#define TAGSIGHT_PREPROCESS_LOAD_H

#include "lib/corpus/dataset.h"
#include "lib/corpus/finding.h"

#include <stdbool.h>
#include <stddef.h>

struct loader;

#define LOADER_NAMES "hvpnet, umt, umgf, mkgformer, gmner or mega"

/* By the name of its rule, or of itself ("hvpnet"); NULL when there is none. */
const struct loader *loader_find(const char *name);

/* Whether the split is laid out for this loader; one that can read splits of the task at all. */
bool loader_speaks(const struct loader *loader, const struct split *split);
bool loader_can_read(const struct loader *loader, const struct split *split);

/* Counts the word pieces of a word; the caller's struct begins with this. */
struct piece_counter {
	size_t (*count)(const struct piece_counter *counter, const char *word, size_t length);
};

/* What a loader reads besides the split's own files; NULL: not to be looked at. */
struct load_options {
	const char *objects;   /* MEGA: folder of the features of objects, or of such folders by split */
	const char *structure; /* MEGA: the same of structural weights */
	const struct piece_counter *pieces; /* the loader's tokenizer; NULL: the fewest pieces that any
					     * vocabulary gives are counted */
};

/* Report what becomes of each record. -1 when the text cannot be read or memory is out. */
int load_check(const struct loader *loader, const struct split *split,
	       const struct load_options *options, struct finding_sink *sink, struct err *err);

/* A picture that a record of the split names, as far as it was decoded. */
struct load_picture {
	const char *path;
	const char *trouble;   /* NULL when it can be decoded */
	int width, height;     /* 0 where unknown */
	const char *record;    /* the first that names it */
	size_t line;           /* of that record */
};

/* Report what the loader does with it. */
void load_check_picture(const struct loader *loader, const struct split *split,
			const struct load_picture *picture, struct finding_sink *sink);

#endif
