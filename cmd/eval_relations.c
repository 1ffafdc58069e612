/* SPDX-License-Identifier: Apache-2.0 */
/* Relations as the code around MNRE scores them. */
#include "cmd/eval.h"
#include "cmd/eval_resample.h"
#include "cmd/relation_pairs.h"

#include "lib/base/checked.h"
#include "lib/corpus/relation_scores.h"
#include "lib/corpus/schema.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

/* The scores of one pair of files. */
struct scored {
	struct relation_scores *scores;
	struct eval_records records;
	struct confusion confusion;
};

bool eval_holds_relations(const char *path)
{
	return relation_pairs_likely(path);
}

/* The names of a relation map, in its order. */
static struct relation_scores *scores_of_map(const char *path, struct err *err)
{
	struct relation_scores *scores = NULL;
	json_error_t error;
	json_t *map = json_load_file(path, 0, &error), *value;
	const char **names = NULL, *name;
	size_t n = 0;

	if (!map || !json_is_object(map) || !json_object_size(map)) {
		err_set_at(err, path, 0, 0, "no relation map, a JSON object from name to number%s%s",
			   map ? "" : ": ", map ? "" : error.text);
		goto out;
	}
	names = checked_calloc(json_object_size(map), sizeof(*names));
	if (names) {
		json_object_foreach(map, name, value)
			names[n++] = name;
		scores = relation_scores_new(names, n);
	}
	if (!scores)
		err_set_memory(err);
out:
	free(names);
	json_decref(map);
	return scores;
}

static int open_scores(struct scored *scored, const struct eval_options *options, struct err *err)
{
	if (options->relations) {
		scored->scores = scores_of_map(options->relations, err);
		return scored->scores ? 0 : -1;
	}
	scored->scores = relation_scores_new(schema_relations, SCHEMA_RELATIONS);
	return scored->scores ? 0 : err_set_memory(err);
}

/* Say where the relation stands that the map lacks. */
static int blame(struct relation_scores *scores, const struct relation_pair *pair, struct err *err)
{
	bool gold = relation_scores_add(scores, pair->gold, pair->gold, err) < 0;

	if (err->kind != ERR_DATA)
		return -1;
	return err_set_at(err, gold ? pair->gold_file : pair->guess_file,
			  gold ? pair->gold_line : pair->guess_line, 0,
			  "the relation map has no '%.80s'; --relations names another map",
			  gold ? pair->gold : pair->guess);
}

static int add_pair(struct scored *scored, const struct eval_options *options,
		    const struct relation_pair *pair, struct err *err)
{
	if (relation_scores_add(scored->scores, pair->gold, pair->guess, err) < 0)
		return blame(scored->scores, pair, err);
	if (options->confusion && confusion_add(&scored->confusion, pair->gold, pair->guess) < 0)
		return err_set_memory(err);
	if (options->bootstrap == 0)
		return 0;
	return eval_records_note(&scored->records, relation_scores_table(scored->scores), err);
}

static int score_files(struct scored *scored, const struct eval_options *options, const char *gold,
		       const char *guess, struct err *err)
{
	struct relation_pairs *pairs = relation_pairs_open(gold, guess, err);
	enum read_status status = READ_FAIL;
	struct relation_pair pair;
	int rc;

	if (!pairs)
		return -1;
	rc = open_scores(scored, options, err);
	while (rc == 0 && (status = relation_pairs_next(pairs, &pair, err)) == READ_OK)
		rc = add_pair(scored, options, &pair, err);
	relation_pairs_close(pairs);
	if (rc < 0 || status != READ_EOF)
		return -1;
	if (!relation_scores_table(scored->scores)->tokens)
		return err_set_at(err, gold, 0, 0, "there is no relation to score");
	return 0;
}

static void release(struct scored *scored)
{
	relation_scores_free(scored->scores);
	eval_records_release(&scored->records);
	confusion_release(&scored->confusion);
}

/* scikit-learn takes the micro average for the accuracy where no record has the negative class. */
static void print_text(FILE *out, const struct relation_scores *scores)
{
	const struct score_table *table = relation_scores_table(scores);
	double accuracy = score_table_accuracy(table);

	eval_print_report(out, table, relation_scores_negative_seen(scores) ? NULL : &accuracy);
	fprintf(out, "\naccuracy %.4f over %zu relations; the rest without %s\n", accuracy,
		table->tokens,
		relation_scores_negative(scores) ? relation_scores_negative(scores)
						 : "a negative class");
}

static int print_results(FILE *out, const struct eval_options *options,
			 const struct scored *scored, const struct scored *other, struct err *err)
{
	const struct score_table *table = relation_scores_table(scored->scores);
	struct eval_resamples resamples;

	if (eval_wants_json(options))
		json_line_write(out, eval_table_json("mnre", table, score_table_accuracy(table)));
	else
		print_text(out, scored->scores);
	if (options->confusion && eval_wants_json(options)) {
		eval_print_confusion_json(out, "relations", &scored->confusion);
	} else if (options->confusion) {
		fputs("\n== confusion\n", out);
		eval_print_mistakes(out, &scored->confusion);
	}
	if (options->bootstrap == 0)
		return 0;
	eval_resamples_init(&resamples, options);
	if (eval_print_intervals(out, &resamples, "mnre", &scored->records, true, err) < 0)
		return -1;
	if (!options->against)
		return 0;
	return eval_print_comparison(out, &resamples, "mnre", &scored->records, &other->records,
				     true, err);
}

int eval_relations(const struct command *command, const struct eval_options *options,
		   const char *gold, const char *guess)
{
	struct scored scored = { .scores = NULL }, other = { .scores = NULL };
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (options->why || (options->scorer && !eval_wants(options, "mnre")))
		return command_usage(command, "'%s' holds relations, which --scorer mnre scores",
				     gold);
	if (score_files(&scored, options, gold, guess, &err) < 0 ||
	    (options->against && score_files(&other, options, gold, options->against, &err) < 0)) {
		status = command_fail(command, &err);
		goto out;
	}
	output = command_output_open(command, options->common.output, &status);
	if (!output)
		goto out;
	if (print_results(command_output_stream(output), options, &scored, &other, &err) < 0)
		status = command_fail(command, &err);
	status = command_output_close(command, output, status);
out:
	release(&scored);
	release(&other);
	return status;
}
