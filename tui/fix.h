/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a finding asks of the tags of its tweet: those that `check --fix` would write, or the label that a
 * model finds likelier. Which rule means what is known here, so that lib/review need not know it.
 *
 *	if (fix_is_known(finding, record) &&
 *	    fix_make(finding, record, scheme, tags, &arena, &err) == 0)
 *		review_fix(review, number, tags, &err);
 */
#ifndef TAGSIGHT_TUI_FIX_H
#define TAGSIGHT_TUI_FIX_H

#include "lib/base/buf.h"
#include "lib/corpus/scheme.h"
#include "lib/review/review.h"

/* Whether a finding still holds of a record as it stands; for review_judge_findings(). */
bool fix_finding_holds(const struct review_finding *finding, const struct review_record *record);

/* Whether other tags mend it. */
bool fix_is_known(const struct review_finding *finding, const struct review_record *record);

/* Write these tags to tags [n_tokens]: they are of the arena, or the record's own. `scheme` is that of the
 * file. Those of the record as they stand when nothing would change. -1 when memory is out. */
int fix_make(const struct review_finding *finding, const struct review_record *record,
	     enum scheme scheme, const char **tags, struct arena *arena, struct err *err);

/* Append what a person can do about a finding that no tags mend; nothing when that is not known. */
void fix_advise(const struct review_finding *finding, struct buf *advice);

#endif
