/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text and the file of its phrases, one line a record, read side by side: grounding keeps only
 * where each line lies.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_PLAN_PHRASES_H
#define TAGSIGHT_PREPROCESS_GROUND_PLAN_PHRASES_H

#include "preprocess/ground/ground_priv.h"
#include "preprocess/records.h"

#include <sys/types.h>

/* Read both to the end and call `add` with each record that has a picture and the offset of its
 * line of phrases. Fails where a line is wrong or of another record. */
int ground_plan_match(struct ground_plan *plan,
		      int (*add)(struct ground_plan *plan, const struct record *record,
				 off_t phrases, struct err *err),
		      struct err *err);

#endif
