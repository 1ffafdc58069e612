/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The column of annotations that both forms of AutoMM's table have: JSON,
 * [{"entity_group", "start", "end"}, ...], with half-open ranges of code points.
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_AUTOMM_H
#define TAGSIGHT_PREPROCESS_CONVERT_AUTOMM_H

#include "preprocess/convert/format.h"

/* Read the entities of a record whose text is there; NULL: none were looked for. */
int automm_take_annotations(const char *json, struct convert_record *record, struct arena *arena,
			    struct err *err);

/* The record's entities, on the heap; NULL when memory is out. */
char *automm_annotations(const struct convert_record *record);

#endif
