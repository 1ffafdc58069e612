/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Read the text in hand of a run, in blocks on several threads, and show it to the rules.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_READ_TEXT_H
#define TAGSIGHT_PREPROCESS_CHECK_READ_TEXT_H

#include "preprocess/check/check_priv.h"

/* On up to `jobs` threads (0: one a processor); what is found does not depend on them. check->file
 * has what file_end may know. 0, or -1 when the text cannot be read, memory is out or the user
 * stopped. */
int check_read_text(struct check *check, int jobs, struct check_summary *summary,
		    struct progress *progress, struct err *err);

#endif
