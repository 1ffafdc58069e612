/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Passes: checks of a whole split that know nothing of rules and runs, serve several rules at once
 * and give their findings, which name the rule, to a sink. This joins them to a run.
 *
 *	static void file_end(struct check *check, struct rule_run *run)
 *	{
 *		struct pass_sink sink = pass_sink(check, check->file.split_index);
 *
 *		if (pass_is_due(check, run) && x_check(check->file.split, &sink.sink, &err) < 0) ...
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PASSES_H
#define TAGSIGHT_PREPROCESS_CHECK_PASSES_H

#include "preprocess/check/check_priv.h"

struct pass_sink {
	struct finding_sink sink;
	struct check *check;
	size_t split_index;
};

struct pass_sink pass_sink(struct check *check, size_t split_index);

/* Of the rules whose file_end is one function, the first that is chosen makes the pass; none does of a
 * text that cannot be read twice. */
bool pass_is_due(const struct check *check, const struct rule_run *run);

/* Remember the failure of a pass, which ends the run after the split. */
void pass_failed(struct check *check, const struct err *err);

#endif
