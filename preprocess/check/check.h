/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rules about a dataset: texts, tags, relations, pictures. Each rule is one row of a table in the
 * file of its group (rules_text.c, rules_conll.c, ...); a run reads every text once, shows it to the
 * rules, then decodes the pictures on several threads. Findings come out by split, file and line
 * whatever the number of threads.
 *
 *	struct check_options options = CHECK_OPTIONS_INIT;
 *	check_run(&options, &dataset, &sink, &summary, progress, &err);
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_H
#define TAGSIGHT_PREPROCESS_CHECK_H

#include "lib/base/err.h"
#include "lib/base/progress.h"
#include "lib/base/str_list.h"
#include "lib/corpus/dataset.h"
#include "lib/corpus/finding.h"

#include <stdbool.h>
#include <stddef.h>

struct check_options {
	/* Names of rules, or of groups ("tag-"). NULL or empty: all, none, none. */
	const struct str_list *only, *except, *error;
	const struct str_list *types; /* entity types besides those of the field; may be NULL */
	size_t max_per_rule;          /* findings given of one rule; 0: all */
	int jobs;                     /* threads; 0: one a processor */
	bool images_given;            /* the user named the folder of the pictures */
	bool whole;                   /* all texts of the data are checked: what none names is left over */
	/* After all findings: `n` of this rule were kept back. May be NULL. */
	void (*suppressed)(struct finding_sink *sink, const char *rule, size_t n);
	const struct piece_counter *pieces; /* of the loaders' tokenizer; may be NULL */
	const char *objects, *structure; /* MEGA's folders, as struct load_options has them; may be NULL */
	const struct str_list *loaders; /* public loaders ("umt") to ask, besides that of the layout; may be NULL */
};

#define CHECK_OPTIONS_INIT { .only = NULL }

struct check_summary {
	size_t files, records; /* texts and what they hold; pictures are not counted */
	size_t errors, warnings, notes; /* findings, those kept back included */
	size_t suppressed;              /* of these, kept back because of max_per_rule */
};

/* Check every split. 0 when the run went to its end, whatever was found; -1 when a rule is not known
 * (ERR_USAGE), a text cannot be read, memory is out or the user stopped. */
int check_run(const struct check_options *options, const struct dataset *dataset,
	      struct finding_sink *sink, struct check_summary *summary, struct progress *progress,
	      struct err *err);

/* What there is to know of a rule. */
struct rule_info {
	const char *name;
	enum finding_level level;
	const char *summary;     /* one line */
	const char *explanation; /* one paragraph: what it does to a loader, what to do */
};

/* Rule number `index` in the order of the groups; false past the last. */
bool check_rule(size_t index, struct rule_info *info);

#endif
