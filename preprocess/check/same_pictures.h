/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pictures put together by the bytes of their files, so that what follows looks at each content once
 * however many names it has.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_SAME_PICTURES_H
#define TAGSIGHT_PREPROCESS_CHECK_SAME_PICTURES_H

#include "lib/image/fingerprint.h"

#include <stddef.h>

struct same_pictures {
	size_t *numbers; /* by content, the members of one in rising order */
	size_t *starts;  /* [n_contents + 1]: content c is numbers[starts[c]] to [starts[c + 1]] */
	size_t n_contents;
};

#define SAME_PICTURES_INIT { NULL, NULL, 0 }

/* Sort `n` pictures; a NULL print is left out. Contents come in the order of their first members. 0, or
 * -1 when memory is out; release it in both cases. */
int same_pictures_init(struct same_pictures *same, const struct fingerprint *const *prints, size_t n);
void same_pictures_release(struct same_pictures *same);

#endif
