/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a text with what the predictions say of them: suspect_read.c and suspect_relations.c fill
 * it, suspect.c judges. A relation counts as a record of one word.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_SUSPECT_PRIV_H
#define TAGSIGHT_PREPROCESS_CHECK_SUSPECT_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/str_table.h"
#include "lib/corpus/entity_reader.h"
#include "lib/formats/json_lines.h"
#include "preprocess/check/suspect.h"

#define SUSPECT_NONE SIZE_MAX

struct suspect_word {
	const char *text, *tag; /* in the arena */
	size_t line, column;    /* of the tag; column 0: only the line is known */
	size_t row;             /* in the judged words, or SUSPECT_NONE */
	double score;           /* below 0: it was not judged */
	const char *likelier;   /* the likeliest label, when that is not the tag */
	double probability;     /* of that */
	bool taken;             /* by the filter */
};

struct suspect_record {
	const char *name; /* "IMGID:8", or NULL */
	const char *file; /* of this record alone, or NULL */
	size_t begin, end; /* words */
};

struct suspect_data {
	struct suspect_word *words;
	size_t n_words, words_capacity;
	struct suspect_record *records;
	size_t n_records, records_capacity;
	struct entity_reader entities; /* how to read the tags */
	struct str_table labels; /* in the order of the columns */
	/* The judged words: their labels, and their rows [n_rows, labels.n]. */
	size_t *given;
	double *rows;
	size_t n_rows, given_capacity, rows_capacity;
	struct arena arena;
};

void suspect_release(struct suspect_data *data);

/* Add a record, then its words; strings are copied, `name` and `file` may be NULL. -1 or NULL when memory
 * is out. */
int suspect_add_record(struct suspect_data *data, const char *name, const char *file);
struct suspect_word *suspect_add_word(struct suspect_data *data, const char *text, const char *tag,
				      size_t line, size_t column);

/* Score the word by a row [labels.n], and keep that. -1 when memory is out. */
int suspect_judge(struct suspect_data *data, enum label_score method, struct suspect_word *word,
		  size_t label, const double *row);

/* Count a word whose tag the predictions do not name. */
void suspect_note_unnamed(struct suspect_counts *counts, const char *tag);

/* Put the place in the predictions on an error that has none. Returns -1. */
int suspect_place(struct err *err, const struct json_lines *lines);

/* Read a text of sentences or of relations with its predictions. */
int suspect_read_sentences(struct suspect_data *data, const struct suspect_options *options,
			   const struct split *split, struct suspect_counts *counts,
			   struct progress *progress, struct err *err);
int suspect_read_relations(struct suspect_data *data, const struct suspect_options *options,
			   const struct split *split, struct suspect_counts *counts,
			   struct progress *progress, struct err *err);

#endif
