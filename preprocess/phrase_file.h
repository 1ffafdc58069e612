/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Phrases that a user lists for records, whole in memory: JSON Lines as preprocess/phrases.h has them,
 * or lines of "id<TAB>phrase", of several for a record that has several, with "<TAB>kind" behind where
 * it is no noun phrase. Ids are those of the phrases' own lines, or records' names ("IMGID:8").
 *
 *	file = phrase_file_read("mine.tsv", &err);
 *	phrases = phrase_file_find(file, &record, &n);
 *	phrase_file_free(file);
 */
#ifndef TAGSIGHT_PREPROCESS_PHRASE_FILE_H
#define TAGSIGHT_PREPROCESS_PHRASE_FILE_H

#include "lib/base/err.h"
#include "preprocess/phrases.h"

#include <stddef.h>

/* NULL on failure, with the line that is wrong. */
struct phrase_file *phrase_file_read(const char *path, struct err *err);
void phrase_file_free(struct phrase_file *file);

/* The phrases of a record, in the order of the file; 0 when none are listed. */
const struct found_phrase *phrase_file_find(const struct phrase_file *file,
					    const struct record *record, size_t *n);

/* How many ids the file lists, and how many of them no record has asked for; *id is the first of these, the
 * file's. Records are found by one thread. */
size_t phrase_file_ids(const struct phrase_file *file);
size_t phrase_file_strangers(const struct phrase_file *file, const char **id);

#endif
