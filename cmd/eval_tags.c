/* SPDX-License-Identifier: Apache-2.0 */
/* Gold and predicted tags go past all the scorers that are asked for. */
#include "cmd/eval.h"
#include "cmd/eval_resample.h"

#include "lib/base/arena.h"

#include <stdlib.h>
#include <string.h>

const struct eval_scorer *const eval_scorers[] = {
	&eval_conlleval,  &eval_seqeval,	  &eval_strict,		    &eval_umt,
	&eval_nervaluate, &eval_nervaluate_0, &eval_nervaluate_optimal,
	&eval_confusion,  &eval_why,	      NULL
};

#define MAX_RUNS 16

/* One scorer at work. */
struct run {
	const struct eval_scorer *scorer;
	void *state;
	bool refused;
	struct err refusal;
	struct eval_records records; /* counts of each sentence, where they are asked for */
};

/* All scorers of one pair of files. */
struct runs {
	struct run items[MAX_RUNS];
	size_t n;
	bool keep_records, may_refuse;
};

static int open_runs(struct runs *runs, const struct eval_options *options,
		     const struct eval_scorer *const *scorers, struct err *err)
{
	for (; *scorers; scorers++) {
		struct run *run = &runs->items[runs->n];

		if (!eval_wants(options, (*scorers)->name))
			continue;
		if (runs->n == MAX_RUNS)
			BUG("more scorers than room for them");
		run->scorer = *scorers;
		run->state = run->scorer->open(options);
		if (!run->state)
			return err_set_memory(err);
		runs->n++;
	}
	runs->may_refuse = runs->n > 1;
	runs->keep_records = options->bootstrap > 0;
	return 0;
}

static void close_runs(struct runs *runs)
{
	for (size_t i = 0; i < runs->n; i++) {
		runs->items[i].scorer->close(runs->items[i].state);
		eval_records_release(&runs->items[i].records);
	}
}

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
		       struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < sentence->n && renames->n; i++) {
		sentence->gold[i] = rename_tag(renames, sentence->gold[i], arena);
		sentence->guess[i] = rename_tag(renames, sentence->guess[i], arena);
		if (!sentence->gold[i] || !sentence->guess[i])
			return err_set_memory(err);
	}
	return 0;
}

/* What a scorer cannot read ends it; alone, it ends the run. */
static int judge(const struct runs *runs, struct run *run, int rc, struct err *err)
{
	if (rc == 0)
		return 0;
	if (!runs->may_refuse || err->kind != ERR_DATA)
		return -1;
	run->refused = true;
	run->refusal = *err;
	*err = (struct err)ERR_INIT;
	return 0;
}

static int note_record(const struct runs *runs, struct run *run, struct err *err)
{
	if (!runs->keep_records || !run->scorer->table)
		return 0;
	return eval_records_note(&run->records, run->scorer->table(run->state), err);
}

static int end_sentence(const struct runs *runs, struct run *run, struct err *err)
{
	if (run->scorer->end && run->scorer->end(run->state, err) < 0)
		return -1;
	return note_record(runs, run, err);
}

static int feed(struct runs *runs, const struct tag_pair_sentence *sentence, bool first,
		struct err *err)
{
	for (size_t i = 0; i < runs->n; i++) {
		struct run *run = &runs->items[i];

		if (run->refused)
			continue;
		if (!first && end_sentence(runs, run, err) < 0)
			return -1;
		if (judge(runs, run, run->scorer->add(run->state, sentence, err), err) < 0)
			return -1;
	}
	return 0;
}

static int finish_runs(struct runs *runs, bool blank, struct err *err)
{
	for (size_t i = 0; i < runs->n; i++) {
		struct run *run = &runs->items[i];

		if (run->refused)
			continue;
		if (judge(runs, run, run->scorer->finish(run->state, blank, err), err) < 0 ||
		    note_record(runs, run, err) < 0)
			return -1;
	}
	return 0;
}

static int feed_all(struct runs *runs, const struct eval_options *options, struct tag_pairs *pairs,
		    const char *gold, struct err *err)
{
	struct tag_pair_sentence sentence;
	struct arena arena = ARENA_INIT;
	enum read_status status;
	bool first = true;
	int rc = 0;

	while (rc == 0 && (status = tag_pairs_next(pairs, &sentence, err)) == READ_OK) {
		rc = rename_tags(&options->rename, &sentence, &arena, err);
		if (rc == 0)
			rc = feed(runs, &sentence, first, err);
		first = false;
		arena_reset(&arena);
	}
	arena_release(&arena);
	if (rc < 0 || status != READ_EOF)
		return -1;
	if (first)
		return err_set_at(err, gold, 0, 0, "there is no sentence to score");
	return finish_runs(runs, tag_pairs_ended_blank(pairs), err);
}

static int score_files(struct runs *runs, const struct eval_options *options,
		       const struct eval_scorer *const *scorers, const char *gold,
		       const char *guess, struct err *err)
{
	struct tag_pairs *pairs = tag_pairs_open(gold, guess, err);
	int rc;

	if (!pairs)
		return -1;
	rc = open_runs(runs, options, scorers, err);
	if (rc == 0)
		rc = feed_all(runs, options, pairs, gold, err);
	tag_pairs_close(pairs);
	return rc;
}

/* ---- results ---- */

/* Twitter2015 says OTHER where Twitter2017 and the models of the field say MISC. */
static void note_other(const struct command *command, const struct eval_options *options,
		       const struct runs *runs)
{
	for (size_t i = 0; i < runs->n; i++) {
		const struct run *run = &runs->items[i];
		const struct score_table *table =
			run->scorer->table ? run->scorer->table(run->state) : NULL;
		const struct type_score *other, *misc;

		if (!table || run->refused)
			continue;
		other = score_table_find(table, "OTHER");
		misc = score_table_find(table, "MISC");
		if (other && misc && !other->found && !misc->gold)
			command_note(command, &options->common,
				     "the gold tags say OTHER and the predicted ones MISC, the same type under "
				     "two names; --rename OTHER=MISC counts them as one");
		return;
	}
}

static void print_side_by_side(FILE *out, const struct runs *runs)
{
	fputs("== side by side\n", out);
	eval_print_summary(out, NULL, 0, 0, 0, (struct ratios){ 0, 0, 0 });
	for (size_t i = 0; i < runs->n; i++) {
		const struct run *run = &runs->items[i];

		if (run->scorer->rows && !run->refused)
			run->scorer->rows(out, run->scorer->name, run->state);
	}
}

static void print_runs(FILE *out, const struct eval_options *options, const struct runs *runs)
{
	bool json = eval_wants_json(options);
	bool all = !json && eval_wants(options, eval_conlleval.name) &&
		   eval_wants(options, eval_seqeval.name);

	if (all)
		print_side_by_side(out, runs);
	for (size_t i = 0; i < runs->n; i++) {
		const struct run *run = &runs->items[i];
		const char *name = run->scorer->name;

		if (!json && runs->n > 1)
			fprintf(out, "%s== %s\n", i || all ? "\n" : "", name);
		if (run->refused)
			eval_print_refusal(out, json, name, &run->refusal);
		else if (json)
			run->scorer->json(out, name, run->state);
		else
			run->scorer->text(out, run->state);
	}
}

/* Intervals, and the test against the other prediction when there is one. */
static int print_resamples(FILE *out, const struct eval_options *options, const struct runs *runs,
			   const struct runs *others, struct err *err)
{
	struct eval_resamples resamples;
	size_t printed = 0;

	eval_resamples_init(&resamples, options);
	for (size_t i = 0; i < runs->n; i++) {
		const struct run *run = &runs->items[i];

		if (run->refused || !run->scorer->table)
			continue;
		if (eval_print_intervals(out, &resamples, run->scorer->name, &run->records,
					 printed++ == 0, err) < 0)
			return -1;
	}
	printed = 0;
	for (size_t i = 0; i < others->n; i++) {
		const struct run *run = &runs->items[i], *other = &others->items[i];

		if (run->refused || other->refused || !run->scorer->table)
			continue;
		if (eval_print_comparison(out, &resamples, run->scorer->name, &run->records,
					  &other->records, printed++ == 0, err) < 0)
			return -1;
	}
	return 0;
}

static int print_results(const struct command *command, const struct eval_options *options,
			 const struct runs *runs, const struct runs *others)
{
	struct err err = ERR_INIT;
	int status = EXIT_OK;
	struct command_output *output =
		command_output_open(command, options->common.output, &status);

	if (!output)
		return status;
	print_runs(command_output_stream(output), options, runs);
	if (options->bootstrap > 0 &&
	    print_resamples(command_output_stream(output), options, runs, others, &err) < 0)
		status = command_fail(command, &err);
	return command_output_close(command, output, status);
}

int eval_tags(const struct command *command, const struct eval_options *options, const char *gold,
	      const char *guess)
{
	struct runs runs = { .n = 0 }, others = { .n = 0 };
	struct err err = ERR_INIT;
	int status;

	if (score_files(&runs, options, eval_scorers, gold, guess, &err) < 0 ||
	    (options->against &&
	     score_files(&others, options, eval_scorers, gold, options->against, &err) < 0)) {
		status = command_fail(command, &err);
	} else {
		note_other(command, options, &runs);
		status = print_results(command, options, &runs, &others);
	}
	close_runs(&runs);
	close_runs(&others);
	return status;
}
