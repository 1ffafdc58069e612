/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What readers of JSON Lines have in common: a line is one record.
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_JSON_SOURCE_H
#define TAGSIGHT_PREPROCESS_CONVERT_JSON_SOURCE_H

#include "preprocess/convert/json_fields.h"

int json_source_open(struct convert_source *source, struct err *err);
void json_source_close(struct convert_source *source);

/* The next line as `take` makes a record of it; what it fails on with ERR_DATA is READ_BAD. */
enum read_status json_source_next(struct convert_source *source, struct convert_record *record,
				  int (*take)(struct convert_source *source, const json_t *object,
					      struct convert_record *record, struct arena *arena,
					      struct err *err),
				  struct arena *arena, struct err *err);

#endif
