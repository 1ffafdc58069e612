/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list of all rules and the choice among them.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_RULES_H
#define TAGSIGHT_PREPROCESS_CHECK_RULES_H

#include "preprocess/check/check_priv.h"

/* All rules, those that the options choose enabled, with their levels: heap, [*n]. NULL when a name
 * is unknown (ERR_USAGE) or memory is out. */
struct rule_run *rules_choose(const struct check_options *options, size_t *n, struct err *err);

/* enum digest_need of all that are chosen. */
unsigned rules_needs(const struct rule_run *runs, size_t n);

/* Whether the pictures' names must be kept, and whether their files must be read. */
/* List the chosen rules that look at records and are `anywhere`, or are not, as check->record_runs on
 * the heap. 0, or -1 when memory is out. */
int rules_list_record_runs(struct check *check, bool anywhere);

bool rules_need_pictures(const struct rule_run *runs, size_t n);
bool rules_need_decoding(const struct rule_run *runs, size_t n);

#endif
