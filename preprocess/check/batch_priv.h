/* SPDX-License-Identifier: Apache-2.0 */
/* What reading and merging of a batch share. */
#ifndef TAGSIGHT_PREPROCESS_CHECK_BATCH_PRIV_H
#define TAGSIGHT_PREPROCESS_CHECK_BATCH_PRIV_H

#include "preprocess/check/batch.h"

/* One of the three; all is of the batch's arena. */
struct batch_record {
	const struct sentence *sentence;
	const struct relation *relation;
	const struct err *bad;
	const char *file; /* of this record alone; NULL: the text is one file */
	const char *name; /* "IMGID:8"; NULL when there is none */
	struct digest digest;
};

/* The record that a rule is shown next. */
void batch_set_record(struct check *check, const struct batch_record *record);

#endif
