/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A whole annotated file in memory, with the bytes of each record: what comparing and merging the
 * work of several annotators needs. A record is a tweet of a CoNLL file or a line of an MNRE file.
 *
 *	struct annotations file;
 *	if (annotations_read(&file, "train.txt", TASK_NER, progress, &err) == 0)
 *		at = annotations_find(&other, file.records[0].key);
 *	annotations_release(&file);
 *
 * Two records of two files are the same when their keys are: id, words, for relations the two
 * entities, and which of equal ones it is.
 */
#ifndef TAGSIGHT_PREPROCESS_ANNOTATIONS_H
#define TAGSIGHT_PREPROCESS_ANNOTATIONS_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/entity_reader.h"

#include <stddef.h>

/* Strings and arrays belong to the arena of the file. */
struct annotation {
	const char *id;        /* of the tweet or the picture; NULL without one */
	const char *name;      /* for people: "IMGID:8", or "record 3" from 0 */
	const char *key;
	const char **words;    /* [n_words] */
	size_t n_words;
	const char **tags;     /* [n_words]; NULL for a relation */
	const size_t *lines;   /* [n_words] line numbers; NULL for a relation */
	const char *relation;  /* NULL for a tweet */
	const char *head, *tail; /* names; NULL for a tweet */
	size_t line;           /* of the record, from 1 */
	size_t begin, end;     /* its bytes, from the id to the end of the last line */
	size_t next;           /* where the next record begins: blank lines may lie between */
};

struct annotations {
	const char *path; /* borrowed */
	enum task task;
	struct annotation *records; /* [n] */
	size_t n, capacity;
	struct buf bytes;         /* of the whole file */
	size_t *line_starts;      /* [n_lines + 1] places in the bytes */
	size_t n_lines, lines_capacity;
	struct entity_reader entities; /* how to read the tags */
	size_t skipped;           /* records that could not be read; the first is told to the progress */
	struct str_table keys;    /* the id of a key is the number of its record */
	struct str_table bare;    /* keys before equal ones are told apart */
	size_t *equal;            /* [bare.n] how many there are */
	size_t equal_capacity;
	struct arena arena;
};

/* An empty file of that name. */
void annotations_init(struct annotations *file, const char *path, enum task task);

/* Read `path` ("-" is standard input). 0, or -1; release in either case. A word without a tag is
 * ERR_DATA. A BOM is no part of the bytes. The journal of a review (see lib/review/journal.h) is read
 * as the file that it makes of its text. */
int annotations_read(struct annotations *file, const char *path, enum task task,
		     struct progress *progress, struct err *err);
void annotations_release(struct annotations *file);

/* The number of the record with this key, or SIZE_MAX. */
size_t annotations_find(const struct annotations *file, const char *key);

#endif
