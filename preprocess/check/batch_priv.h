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
	const char *name; /* "IMGID:8"; NULL when there is none */
	struct digest digest;
};

#endif
