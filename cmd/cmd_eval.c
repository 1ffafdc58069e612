/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/eval.h"

#include <stdlib.h>
#include <string.h>

static const struct option_spec eval_options[] = {
	{ 0, "scorer", OPT_CHOICE, offsetof(struct eval_options, scorer), "NAME",
	  "whose rules to count by (default: all, unless --confusion or --why is given)",
	  "conlleval|seqeval|seqeval-strict|umt|nervaluate|nervaluate-0|nervaluate-optimal|mnre|all" },
	{ 0, "scheme", OPT_STRING, offsetof(struct eval_options, scheme_name), "NAME",
	  "scheme of the tags for seqeval-strict: IOB1, IOB2 (default), IOE1, IOE2, IOBES, BILOU", NULL },
	{ 0, "rename", OPT_LIST, offsetof(struct eval_options, rename), "FROM=TO",
	  "count entities of type FROM as TO, in gold and predicted tags", NULL },
	{ 0, "raw", OPT_FLAG, offsetof(struct eval_options, raw), NULL,
	  "tags are types without B- and I-, as conlleval -r reads them", NULL },
	{ 0, "latex", OPT_FLAG, offsetof(struct eval_options, latex), NULL,
	  "print the table of conlleval -l", NULL },
	{ 0, "confusion", OPT_FLAG, offsetof(struct eval_options, confusion), NULL,
	  "which type was taken for which, where the words are the same and where they overlap", NULL },
	{ 0, "why", OPT_FLAG, offsetof(struct eval_options, why), NULL,
	  "list the entities on which scorers disagree, and the rule responsible", NULL },
	{ 0, "bootstrap", OPT_INT, offsetof(struct eval_options, bootstrap), "N",
	  "95 % intervals from N resamples of the records", NULL },
	{ 0, "against", OPT_STRING, offsetof(struct eval_options, against), "FILE",
	  "test the difference to other predictions, of 1000 resamples unless --bootstrap says else", NULL },
	{ 0, "relations", OPT_STRING, offsetof(struct eval_options, relations), "FILE",
	  "the relation map of mnre, a JSON object of names (default: that of MNRE)", NULL },
	COMMON_OPTIONS(struct eval_options, "text|json"),
	OPTION_END
};

static const struct command_example eval_examples[] = {
	{ "tagsight predict valid.txt | tagsight eval -", "the last two columns are gold and predicted tag" },
	{ "tagsight eval --scorer conlleval valid.txt predicted.txt", "the output of conlleval.pl" },
	{ "tagsight eval --scorer seqeval-strict --scheme IOBES gold.txt predicted.txt",
	  "only entities that the scheme allows" },
	{ "tagsight eval --rename OTHER=MISC valid.txt predicted.txt", "when the two name a type differently" },
	{ "tagsight eval --format json valid.txt predictions.jsonl", "one JSON object a scorer" },
	{ "tagsight eval --against baseline.txt gold.txt predicted.txt", "is the difference more than chance" },
	{ "tagsight eval --why train.txt train.txt", "what the scorers make of the gold tags alone" },
	{ "tagsight eval mnre_val.txt relations.jsonl", "relations, as MNRE's code scores them" },
	{ NULL, NULL }
};

#define DEFAULT_RESAMPLES 1000
#define MOST_RESAMPLES 10000000

bool eval_wants(const struct eval_options *options, const char *scorer)
{
	if (strcmp(scorer, eval_confusion.name) == 0)
		return options->confusion;
	if (strcmp(scorer, eval_why.name) == 0)
		return options->why;
	if (!options->scorer)
		return !options->confusion && !options->why;
	return strcmp(options->scorer, "all") == 0 || strcmp(options->scorer, scorer) == 0;
}

bool eval_wants_json(const struct eval_options *options)
{
	return strcmp(options->common.format, "json") == 0;
}

/* EXIT_OK when the options fit together. */
static int check_options(const struct command *command, struct eval_options *options)
{
	for (size_t i = 0; i < options->rename.n; i++)
		if (!strchr(options->rename.items[i], '='))
			return command_usage(command, "'%s' is not of the form FROM=TO",
					     options->rename.items[i]);
	if (options->scheme_name && !scheme_from_name(options->scheme_name, &options->scheme))
		return command_usage(command,
				     "no scheme is called '%s'; there are IOB1, IOB2, IOE1, IOE2, IOBES and BILOU",
				     options->scheme_name);
	if (options->bootstrap < 0 || options->bootstrap > MOST_RESAMPLES)
		return command_usage(command, "--bootstrap takes a number from 1 to %d",
				     MOST_RESAMPLES);
	if (options->against && options->bootstrap == 0)
		options->bootstrap = DEFAULT_RESAMPLES;
	return EXIT_OK;
}

static int eval_files(const struct command *command, struct eval_options *options,
		      const char *gold, const char *guess)
{
	if (options->against && !guess)
		return command_usage(command, "--against wants a gold and a predicted file as well");
	if ((options->scorer && strcmp(options->scorer, "mnre") == 0) || eval_holds_relations(gold))
		return eval_relations(command, options, gold, guess);
	return eval_tags(command, options, gold, guess);
}

static int eval_main(const struct command *command, int argc, char **argv)
{
	struct eval_options options = { .common = COMMON_OPTIONS_INIT, .scheme = SCHEME_IOB2 };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n >= 0)
		status = check_options(command, &options);
	if (n >= 0 && status == EXIT_OK) {
		if (n < 1 || n > 2)
			status = command_usage(command,
					       "name a gold and a predicted file, or one with both");
		else
			status = eval_files(command, &options, argv[0], n == 2 ? argv[1] : NULL);
	}
	str_list_release(&options.rename);
	return status;
}

const struct command cmd_eval = {
	.name = "eval",
	.arguments = "GOLD [PREDICTED]",
	.summary = "score predicted tags or relations as each of the field's scorers does",
	.description =
		"Compares the tags of GOLD and PREDICTED, CoNLL files of the same words whose last "
		"column is the tag; PREDICTED may also be the JSON Lines of tagsight predict. GOLD alone "
		"holds both: in its last two columns, or as \"gold\" and \"tags\".\n\n"
		"The scorers differ on malformed tags: I-X after O, a type that changes inside an "
		"entity, and labels such as X or [CLS]. conlleval, seqeval and seqeval-strict print what the "
		"originals print; umt counts as UMT's ner_evaluate.py does; nervaluate is the Python package "
		"1.x with its four schemas, nervaluate-0 its versions 0.x, and nervaluate-optimal pairs the "
		"entities by the matching that gives most credit, whatever their order. A scorer that takes no such "
		"tags says so, and the others go on.\n\n"
		"Relations are scored by mnre: micro averages without the negative class, the first of NA, na, "
		"no_relation, Other, Others, none and None that the relation map has. GOLD is a file of MNRE or "
		"the JSON Lines of tagsight predict, which hold both relations; PREDICTED is either.\n\n"
		"--why lists each entity that some scorers count and some do not, in gold and predicted tags, with "
		"the tag responsible; its closing table says how many entities each rule adds or takes, compared "
		"with conlleval, so that the columns sum to the difference, for the entities of each side and for "
		"the correct ones. begin-only counts B- tags. "
		"--confusion takes the entities of the scorer named, else of conlleval; overlapping entities are "
		"paired so that most have the same words, then most are paired.\n\n"
		"--bootstrap draws the sentences or relations anew, with replacement, and gives the quantiles "
		"0.025 and 0.975 of the scores. --against compares F1 with other predictions by the same draws. "
		"Its two p values are two-sided: the part of the resamples whose difference is off the one "
		"found by at least as much as that is (paired bootstrap), or that show at least that difference "
		"after the two predictions of each record were swapped by the toss of a coin (approximate "
		"randomisation); one is added to both counts.",
	.options = eval_options,
	.examples = eval_examples,
	.run = eval_main,
};
