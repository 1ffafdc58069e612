/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The findings of a run until they are given out: kept up to max_per_rule of each rule, put in
 * order at the end.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_FINDINGS_H
#define TAGSIGHT_PREPROCESS_CHECK_FINDINGS_H

#include "preprocess/check/check_priv.h"

#include <stdarg.h>

struct stored_finding {
	struct finding finding; /* its strings are of the arena, or static */
	struct rule_run *run;
	size_t number; /* in order of arrival */
};

/* Where a finding is when it is not at the record in hand. */
struct finding_place {
	size_t split_index;
	const char *file;
	size_t line, column;
	const char *record; /* may be NULL */
};

void findings_add(struct check *check, struct rule_run *run, const struct finding_place *place,
		  const char *fix, const char *format, va_list args);

/* As check_report(), at another place. */
void check_report_at(struct check *check, struct rule_run *run, const struct finding_place *place,
		     const char *fix, const char *format, ...)
	__attribute__((format(printf, 5, 6)));

/* As check_report_at(), for a finding of a level below the rule's own; the user's --error still holds. */
void check_report_milder(struct check *check, struct rule_run *run, enum finding_level level,
			 const struct finding_place *place, const char *fix, const char *format, ...)
	__attribute__((format(printf, 6, 7)));

/* Take over the findings of a part of the text, which come behind all so far. */
void findings_join(struct check *check, const struct check *part);

/* Take back what the rule found in the text in hand. */
void findings_take_back(struct check *check, struct rule_run *run);

/* Give all out in order, then what was kept back, and count them. */
void findings_give(struct check *check, struct finding_sink *sink, struct check_summary *summary);

#endif
