/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/tag_pairs.h"

#include "lib/base/arena.h"
#include "lib/base/utf8.h"
#include "lib/corpus/metrics.h"
#include "lib/formats/json_lines.h"

#include <string.h>

struct eval_options {
	struct common_options common;
	const char *scorer;
	struct str_list rename; /* "FROM=TO" */
	int raw;
};

static const struct option_spec eval_options[] = {
	{ 0, "scorer", OPT_CHOICE, offsetof(struct eval_options, scorer), "NAME",
	  "whose rules to count by", "conlleval|seqeval|all" },
	{ 0, "rename", OPT_LIST, offsetof(struct eval_options, rename), "FROM=TO",
	  "count entities of type FROM as TO, in gold and predicted tags", NULL },
	{ 0, "raw", OPT_FLAG, offsetof(struct eval_options, raw), NULL,
	  "tags are types without B- and I-, as conlleval -r reads them", NULL },
	COMMON_OPTIONS(struct eval_options, "text|json"),
	OPTION_END
};

static const struct command_example eval_examples[] = {
	{ "tagsight predict valid.txt | tagsight eval -", "the last two columns are gold and predicted tag" },
	{ "tagsight eval --scorer conlleval valid.txt predicted.txt", "the output of conlleval.pl" },
	{ "tagsight eval --rename OTHER=MISC valid.txt predicted.txt", "when the two name a type differently" },
	{ "tagsight eval --format json valid.txt predictions.jsonl", "one JSON object a scorer" },
	{ NULL, NULL }
};

#define N_SCORERS 2
static const char *const scorer_names[N_SCORERS] = { "conlleval", "seqeval" };

static enum tag_rule scorer_rule(const struct eval_options *options, size_t scorer)
{
	if (scorer == 1)
		return TAG_SEQEVAL;
	return options->raw ? TAG_CONLLEVAL_RAW : TAG_CONLLEVAL;
}

/* A word that conlleval.pl takes for the end of a sentence. */
#define BOUNDARY "-X-"

static double accuracy(const struct scoring *scoring)
{
	size_t tokens = scoring_tokens(scoring);

	return tokens ? (double)scoring_correct_tags(scoring) / (double)tokens : 0;
}

/* ---- text, to the byte as the originals print it ---- */

static void print_percentages(FILE *out, const struct type_score *score)
{
	double correct = 100 * (double)score->correct, precision = 0, recall = 0, f1 = 0;

	if (score->found)
		precision = correct / (double)score->found;
	if (score->gold)
		recall = correct / (double)score->gold;
	if (precision + recall > 0)
		f1 = 2 * precision * recall / (precision + recall);
	fprintf(out, "precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f", precision, recall, f1);
}

static void print_conlleval_type(FILE *out, const struct type_score *score)
{
	fprintf(out, "%17s: ", score->type);
	print_percentages(out, score);
	fprintf(out, "  %zu\n", score->found);
}

static void print_conlleval(FILE *out, const struct scoring *scoring)
{
	struct type_score total = scoring_total(scoring);
	size_t n, tokens = scoring_tokens(scoring);
	const struct type_score *types = scoring_types(scoring, &n);

	fprintf(out, "processed %zu tokens with %zu phrases; found: %zu phrases; correct: %zu.\n",
		tokens, total.gold, total.found, total.correct);
	if (tokens) {
		fprintf(out, "accuracy: %6.2f%%; ",
			100 * (double)scoring_correct_tags(scoring) / (double)tokens);
		print_percentages(out, &total);
		fputc('\n', out);
	}
	for (size_t i = 0; i < n; i++) {
		print_conlleval_type(out, &types[i]);
		/* The empty name is false to Perl, so the script's test for a repeat passes it. */
		if (!*types[i].type && types[i].gold && types[i].found)
			print_conlleval_type(out, &types[i]);
	}
}

static void print_seqeval_row(FILE *out, size_t width, const char *name, struct ratios ratios,
			      size_t support)
{
	size_t length = utf8_count(name, strlen(name));

	fprintf(out, "%*s%s  %9.4f %9.4f %9.4f %9zu\n", length < width ? (int)(width - length) : 0,
		"", name, ratios.precision, ratios.recall, ratios.f1, support);
}

static void print_seqeval(FILE *out, const struct scoring *scoring)
{
	struct type_score total = scoring_total(scoring);
	size_t n, width = strlen("weighted avg");
	const struct type_score *types = scoring_types(scoring, &n);

	for (size_t i = 0; i < n; i++) {
		size_t length = utf8_count(types[i].type, strlen(types[i].type));

		width = length > width ? length : width;
	}
	fprintf(out, "%*s  %9s %9s %9s %9s\n\n", (int)width, "", "precision", "recall", "f1-score",
		"support");
	for (size_t i = 0; i < n; i++)
		print_seqeval_row(out, width, types[i].type, score_ratios(&types[i]),
				  types[i].gold);
	fputc('\n', out);
	print_seqeval_row(out, width, "micro avg", score_ratios(&total), total.gold);
	print_seqeval_row(out, width, "macro avg", scoring_macro(scoring), total.gold);
	print_seqeval_row(out, width, "weighted avg", scoring_weighted(scoring), total.gold);
}

/* ---- JSON ---- */

static void set_score(json_t *object, const struct type_score *score)
{
	struct ratios ratios = score_ratios(score);

	json_object_set_new(object, "precision", json_real(ratios.precision));
	json_object_set_new(object, "recall", json_real(ratios.recall));
	json_object_set_new(object, "f1", json_real(ratios.f1));
}

static void print_json(FILE *out, const char *name, const struct scoring *scoring)
{
	struct type_score total = scoring_total(scoring);
	json_t *object = json_object(), *types = json_object();
	const struct type_score *scores;
	size_t n;

	scores = scoring_types(scoring, &n);
	for (size_t i = 0; i < n; i++) {
		json_t *type = json_object(), *key = json_text(scores[i].type);

		set_score(type, &scores[i]);
		json_object_set_new(type, "support", json_integer((json_int_t)scores[i].gold));
		json_object_set_new(types, json_string_value(key), type);
		json_decref(key);
	}
	json_object_set_new(object, "scorer", json_string(name));
	set_score(object, &total);
	json_object_set_new(object, "accuracy", json_real(accuracy(scoring)));
	json_object_set_new(object, "support", json_integer((json_int_t)total.gold));
	json_object_set_new(object, "types", types);
	json_line_write(out, object);
}

/* ---- the run ---- */

/* The tag with its type renamed: `tag` itself when no rule fits, else in `arena`. NULL when memory is
 * out. */
static const char *rename_tag(const struct str_list *renames, const char *tag, struct arena *arena)
{
	const char *type = strchr(tag, '-');

	type = type ? type + 1 : tag;
	for (size_t i = 0; i < renames->n; i++) {
		const char *rule = renames->items[i], *equals = strchr(rule, '=');
		size_t from = (size_t)(equals - rule);

		if (strlen(type) == from && memcmp(type, rule, from) == 0)
			return arena_format(arena, "%.*s%s", (int)(type - tag), tag, equals + 1);
	}
	return tag;
}

static int rename_tags(const struct str_list *renames, const struct tag_pair_sentence *sentence,
		       struct arena *arena)
{
	for (size_t i = 0; i < sentence->n && renames->n; i++) {
		sentence->gold[i] = rename_tag(renames, sentence->gold[i], arena);
		sentence->guess[i] = rename_tag(renames, sentence->guess[i], arena);
		if (!sentence->gold[i] || !sentence->guess[i])
			return -1;
	}
	return 0;
}

static const struct type_score *find_type(const struct type_score *types, size_t n,
					  const char *type)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(types[i].type, type) == 0)
			return &types[i];
	return NULL;
}

/* Twitter2015 says OTHER where Twitter2017 and the models of the field say MISC. */
static void note_other(const struct command *command, const struct eval_options *options,
		       const struct scoring *scoring)
{
	size_t n;
	const struct type_score *types = scoring_types(scoring, &n);
	const struct type_score *other = find_type(types, n, "OTHER");
	const struct type_score *misc = find_type(types, n, "MISC");

	if (other && misc && !other->found && !misc->gold)
		command_note(command, &options->common,
			     "the gold tags say OTHER and the predicted ones MISC, the same type under "
			     "two names; --rename OTHER=MISC counts them as one");
}

static int add_sentence(struct scoring *scoring, enum tag_rule rule,
			const struct tag_pair_sentence *sentence)
{
	int rc = 0;

	for (size_t i = 0; i < sentence->n && rc == 0; i++) {
		if (rule != TAG_SEQEVAL && strcmp(sentence->words[i], BOUNDARY) == 0)
			rc = scoring_break(scoring);
		else
			rc = scoring_add(scoring, sentence->gold[i], sentence->guess[i]);
	}
	return rc;
}

/* seqeval ends every sentence; conlleval knows blank lines, and a file may end without one. */
static int finish(struct scoring *scoring, enum tag_rule rule, bool ended_blank)
{
	if ((rule == TAG_SEQEVAL || ended_blank) && scoring_break(scoring) < 0)
		return -1;
	return scoring_finish(scoring);
}

static int score_all(const struct eval_options *options, struct tag_pairs *pairs,
		     struct scoring **scorings, struct err *err)
{
	struct tag_pair_sentence sentence;
	struct arena arena = ARENA_INIT;
	enum read_status status;
	bool first = true;
	int rc = 0;

	while (rc == 0 && (status = tag_pairs_next(pairs, &sentence, err)) == READ_OK) {
		rc = rename_tags(&options->rename, &sentence, &arena);
		for (size_t i = 0; i < N_SCORERS && rc == 0; i++) {
			if (!first)
				rc = scoring_break(scorings[i]);
			if (rc == 0)
				rc = add_sentence(scorings[i], scorer_rule(options, i), &sentence);
		}
		first = false;
		arena_reset(&arena);
	}
	arena_release(&arena);
	if (rc == 0 && status != READ_EOF)
		return -1;
	for (size_t i = 0; i < N_SCORERS && rc == 0; i++)
		rc = finish(scorings[i], scorer_rule(options, i), tag_pairs_ended_blank(pairs));
	return rc < 0 ? err_set_memory(err) : 0;
}

static void print_scores(FILE *out, const struct eval_options *options,
			 struct scoring *const *scorings)
{
	bool all = strcmp(options->scorer, "all") == 0;
	bool json = strcmp(options->common.format, "json") == 0;

	for (size_t i = 0; i < N_SCORERS; i++) {
		if (!all && strcmp(options->scorer, scorer_names[i]) != 0)
			continue;
		if (json) {
			print_json(out, scorer_names[i], scorings[i]);
			continue;
		}
		if (all)
			fprintf(out, "%s== %s\n", i ? "\n" : "", scorer_names[i]);
		if (scorer_rule(options, i) != TAG_SEQEVAL)
			print_conlleval(out, scorings[i]);
		else
			print_seqeval(out, scorings[i]);
	}
}

static int eval_files(const struct command *command, const struct eval_options *options,
		      const char *gold, const char *guess)
{
	struct scoring *scorings[N_SCORERS] = { NULL };
	struct command_output *output = NULL;
	struct err err = ERR_INIT;
	struct tag_pairs *pairs = tag_pairs_open(gold, guess, &err);
	int status = EXIT_OK;

	if (!pairs)
		return command_fail(command, &err);
	for (size_t i = 0; i < N_SCORERS; i++) {
		scorings[i] = scoring_new(scorer_rule(options, i));
		if (!scorings[i]) {
			err_set_memory(&err);
			goto fail;
		}
	}
	if (score_all(options, pairs, scorings, &err) < 0)
		goto fail;
	note_other(command, options, scorings[0]);
	output = command_output_open(command, options->common.output, &status);
	if (output) {
		print_scores(command_output_stream(output), options, scorings);
		status = command_output_close(command, output, status);
	}
	goto out;
fail:
	status = command_fail(command, &err);
out:
	for (size_t i = 0; i < N_SCORERS; i++)
		scoring_free(scorings[i]);
	tag_pairs_close(pairs);
	return status;
}

static int eval_main(const struct command *command, int argc, char **argv)
{
	struct eval_options options = { .common = COMMON_OPTIONS_INIT, .scorer = "all" };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		goto out;
	for (size_t i = 0; i < options.rename.n; i++) {
		if (strchr(options.rename.items[i], '='))
			continue;
		status = command_usage(command, "'%s' is not of the form FROM=TO",
				       options.rename.items[i]);
		goto out;
	}
	if (n < 1 || n > 2)
		status = command_usage(command,
				       "name a gold and a predicted file, or one with both");
	else
		status = eval_files(command, &options, argv[0], n == 2 ? argv[1] : NULL);
out:
	str_list_release(&options.rename);
	return status;
}

const struct command cmd_eval = {
	.name = "eval",
	.arguments = "GOLD [PREDICTED]",
	.summary = "score predicted tags by the rules of conlleval and seqeval",
	.description =
		"Compares the tags of GOLD and PREDICTED, CoNLL files of the same words whose last "
		"column is the tag; PREDICTED may also be the JSON Lines of tagsight predict. GOLD alone "
		"holds both: in its last two columns, or as \"gold\" and \"tags\".\n\n"
		"The two scorers differ on malformed tags: I-X after O, a type that changes inside an "
		"entity, and labels such as X or [CLS]. The text of each is what the original prints.",
	.options = eval_options,
	.examples = eval_examples,
	.run = eval_main,
};
