/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Make a record ready for a format: tags become entities or entities tags, a text gets words or words
 * a text, and what the format cannot hold is counted and taken out.
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_PREPARE_H
#define TAGSIGHT_PREPROCESS_CONVERT_PREPARE_H

#include "preprocess/convert/format.h"

/* How tags are read and written in one conversion. */
struct convert_plan {
	const struct convert_format *from, *to;
	const struct convert_options *options;
	enum scheme read;  /* scheme of the tags that are read */
	enum scheme write; /* and of those that are written */
	bool relations;    /* some record has one: formats of two forms write that with relations */
	bool keep_tags;    /* tags are written as they were read */
};

/* `losses` NULL: they were counted before. */
int convert_prepare(const struct convert_plan *plan, struct convert_record *record,
		    struct convert_losses *losses, struct arena *arena, struct err *err);

/* Add the number of entities that a record's tags stand for to *n. */
int convert_count_spans(const struct convert_plan *plan, const struct convert_record *record,
			size_t *n, struct arena *arena, struct err *err);

/* For formats where the id (or the picture's name in its place) is a line, and blanks at its ends are not of
 * it: what else it holds is a loss, and is taken out of it. */
int convert_prepare_id_line(struct convert_record *record, struct convert_losses *losses,
			    struct arena *arena, struct err *err);

#endif
