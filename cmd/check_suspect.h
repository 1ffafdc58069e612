/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `tagsight check --suspect PREDICTIONS DATA`: labels that a model doubts. Put
 * SUSPECT_OPTIONS(struct x) into the table and a `struct suspect_choice suspect;` into the struct.
 */
#ifndef TAGSIGHT_CMD_CHECK_SUSPECT_H
#define TAGSIGHT_CMD_CHECK_SUSPECT_H

#include "cmd/check_print.h"
#include "cmd/cmd.h"
#include "lib/corpus/label_issues.h"

struct suspect_choice {
	const char *predictions; /* NULL: the option was not given */
	const char *unit, *score, *filter;
	double below;
};

#define SUSPECT_CHOICE_INIT { NULL, "token", "self_confidence", NULL, 0.1 }

#define SUSPECT_OPTION(type, name, kind, field, argument, help, choices) \
	{ 0, name, kind, offsetof(type, suspect) + offsetof(struct suspect_choice, field), argument, \
	  help, choices }

#define SUSPECT_OPTIONS(type) \
	SUSPECT_OPTION(type, "suspect", OPT_STRING, predictions, "FILE", \
		       "instead of the rules, rank the labels that predictions doubt, lowest score first", \
		       NULL), \
	SUSPECT_OPTION(type, "suspect-unit", OPT_CHOICE, unit, "UNIT", \
		       "what is ranked; entities and sentences score as their worst word", \
		       "token|entity|sentence"), \
	SUSPECT_OPTION(type, "suspect-score", OPT_CHOICE, score, "METHOD", \
		       "score of a label", LABEL_SCORE_NAMES), \
	SUSPECT_OPTION(type, "suspect-below", OPT_DOUBLE, below, "SCORE", \
		       "show what scores less (default: 0.1)", NULL), \
	SUSPECT_OPTION(type, "suspect-filter", OPT_CHOICE, filter, "NAME", \
		       "show what this filter of confident learning takes, whatever its score", \
		       LABEL_FILTER_NAMES)

/* Judge the one text of the dataset. `printer` and `check` are the command's own. Returns an exit
 * status; *summary is filled on EXIT_OK. */
int check_suspect(const struct command *command, const struct common_options *common,
		  const struct suspect_choice *choice, const struct check_options *check,
		  const struct dataset *dataset, struct check_printer *printer,
		  struct check_summary *summary);

#endif
