/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the parts of `tagsight eval` share: the options, the scorers, and the counts of each record from
 * which intervals and tests are drawn.
 *
 * A scorer is shown the sentences one by one and says at the end what it counted:
 *	open; then for each sentence: end (but before the first), add; finish; text or json; close
 */
#ifndef TAGSIGHT_CMD_EVAL_H
#define TAGSIGHT_CMD_EVAL_H

#include "cmd/cmd.h"
#include "cmd/tag_pairs.h"
#include "lib/base/str_list.h"
#include "lib/corpus/confusion.h"
#include "lib/corpus/scheme.h"
#include "lib/corpus/score_table.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct eval_options {
	struct common_options common;
	const char *scorer; /* NULL: all, unless --why or --confusion ask for something else */
	const char *scheme_name;
	const char *against;   /* a second prediction, or NULL */
	const char *relations; /* the relation map, or NULL */
	struct str_list rename; /* "FROM=TO" */
	enum scheme scheme;
	long bootstrap; /* resamples; 0: none */
	int raw, latex, confusion, why;
};

struct eval_scorer {
	const char *name;
	/* A new state; NULL when memory is out. */
	void *(*open)(const struct eval_options *options);
	/* 0, or -1: memory is out, or ERR_DATA when the original takes no such tags. */
	int (*add)(void *state, const struct tag_pair_sentence *sentence, struct err *err);
	/* Between two sentences; NULL: nothing is to do. */
	int (*end)(void *state, struct err *err);
	/* `blank`: a blank line followed the last sentence. */
	int (*finish)(void *state, bool blank, struct err *err);
	/* The counts so far; NULL for a scorer that has others. */
	const struct score_table *(*table)(const void *state);
	/* The rows of the table of all scorers; NULL: it has none. */
	void (*rows)(FILE *out, const char *name, const void *state);
	void (*text)(FILE *out, const void *state);
	void (*json)(FILE *out, const char *name, const void *state);
	void (*close)(void *state);
};

/* NULL-terminated, in the order of `all`. */
extern const struct eval_scorer *const eval_scorers[];
extern const struct eval_scorer eval_conlleval, eval_seqeval, eval_strict, eval_umt, eval_nervaluate,
	eval_nervaluate_0, eval_nervaluate_optimal, eval_confusion, eval_why;

/* Score tags, or relations; `guess` is NULL when `gold` holds both. Returns the exit status. */
int eval_tags(const struct command *command, const struct eval_options *options, const char *gold,
	      const char *guess);
int eval_relations(const struct command *command, const struct eval_options *options,
		   const char *gold, const char *guess);

/* Whether a file holds relations rather than tags, by its first line; standard input counts as tags. */
bool eval_holds_relations(const char *path);

/* Whether a scorer of this name is asked for, "confusion" and "why" among them. */
bool eval_wants(const struct eval_options *options, const char *scorer);
bool eval_wants_json(const struct eval_options *options);

/* ---- printing ---- */

/* A row of the table of all scorers; a NULL name gives its head. */
void eval_print_summary(FILE *out, const char *name, size_t gold, size_t found, double correct,
			struct ratios ratios);

/* The report of scikit-learn and seqeval with four digits; `accuracy` takes the place of the micro
 * average, NULL: it does not. */
void eval_print_report(FILE *out, const struct score_table *table, const double *accuracy);

/* The report of conlleval.pl, and the table of its option -l. */
void eval_print_conlleval(FILE *out, const struct score_table *table);
void eval_print_conlleval_latex(FILE *out, const struct score_table *table);

/* {"scorer","precision","recall","f1","accuracy","support","macro","weighted","types"} */
json_t *eval_table_json(const char *scorer, const struct score_table *table, double accuracy);

/* Add "precision", "recall" and "f1". */
void eval_set_ratios(json_t *object, struct ratios ratios);

/* Types that were taken for others, missed or made up, most often first. */
void eval_print_mistakes(FILE *out, const struct confusion *confusion);

/* {"confusion","pairs":{gold:{predicted:n}},"missed","spurious"} */
void eval_print_confusion_json(FILE *out, const char *name, const struct confusion *confusion);

/* A scorer that could not score, and why. */
void eval_print_refusal(FILE *out, bool json, const char *scorer, const struct err *err);

#endif
