/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folders that grounding fills under names that others use as well. A file in each says that what is there is
 * ours and may be replaced, which is never true of what came with the data.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_CLAIM_H
#define TAGSIGHT_PREPROCESS_GROUND_CLAIM_H

#include "lib/base/err.h"

#include <stdbool.h>

bool ground_folder_is_ours(const char *folder);

/* Make the folder where it is missing, and mark it. */
int ground_claim_folder(const char *folder, struct err *err);

#endif
