/* SPDX-License-Identifier: Apache-2.0 */
/* The scorers of entities: conlleval, seqeval in both modes, UMT's. */
#include "cmd/eval.h"

#include "lib/corpus/metrics.h"
#include "lib/corpus/span_scores.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

/* A word that conlleval.pl takes for the end of a sentence. */
#define BOUNDARY "-X-"

/* ---- conlleval and seqeval's default mode: token by token ---- */

struct streaming {
	enum tag_rule rule;
	bool latex;
	struct scoring *scoring;
};

static void close_streaming(void *state)
{
	struct streaming *streaming = state;

	scoring_free(streaming->scoring);
	free(streaming);
}

static void *open_streaming(enum tag_rule rule, bool latex)
{
	struct streaming *streaming = calloc(1, sizeof(*streaming));

	if (!streaming)
		return NULL;
	*streaming = (struct streaming){ rule, latex, scoring_new(rule) };
	if (!streaming->scoring) {
		close_streaming(streaming);
		return NULL;
	}
	return streaming;
}

static void *open_conlleval(const struct eval_options *options)
{
	return open_streaming(options->raw ? TAG_CONLLEVAL_RAW : TAG_CONLLEVAL, options->latex);
}

static void *open_seqeval(const struct eval_options *options)
{
	(void)options;
	return open_streaming(TAG_SEQEVAL, false);
}

static int add_streaming(void *state, const struct tag_pair_sentence *sentence, struct err *err)
{
	struct streaming *streaming = state;
	int rc = 0;

	for (size_t i = 0; i < sentence->documents && streaming->rule != TAG_SEQEVAL && rc == 0; i++)
		rc = scoring_add(streaming->scoring, "O", "O");
	for (size_t i = 0; i < sentence->n && rc == 0; i++) {
		if (streaming->rule != TAG_SEQEVAL && sentence->words[i][0] == BOUNDARY[0] &&
		    strcmp(sentence->words[i], BOUNDARY) == 0)
			rc = scoring_break(streaming->scoring);
		else
			rc = scoring_add(streaming->scoring, sentence->gold[i], sentence->guess[i]);
	}
	return rc < 0 ? err_set_memory(err) : 0;
}

static int end_streaming(void *state, struct err *err)
{
	struct streaming *streaming = state;

	return scoring_break(streaming->scoring) < 0 ? err_set_memory(err) : 0;
}

/* seqeval ends every sentence; conlleval knows blank lines, and a file may end without one. */
static int finish_streaming(void *state, bool blank, struct err *err)
{
	struct streaming *streaming = state;

	if ((streaming->rule == TAG_SEQEVAL || blank) && end_streaming(state, err) < 0)
		return -1;
	return scoring_finish(streaming->scoring) < 0 ? err_set_memory(err) : 0;
}

static const struct score_table *streaming_table(const void *state)
{
	const struct streaming *streaming = state;

	return scoring_table(streaming->scoring);
}

/* ---- sets of entities: seqeval's strict mode, UMT ---- */

struct sets {
	bool strict; /* seqeval's */
	enum scheme scheme;
	struct score_table table;
	struct arena arena;
};

static void *open_sets(const struct eval_options *options, bool strict)
{
	struct sets *sets = calloc(1, sizeof(*sets));

	if (!sets)
		return NULL;
	sets->strict = strict;
	sets->scheme = options->scheme;
	score_table_init(&sets->table);
	return sets;
}

static void *open_strict(const struct eval_options *options)
{
	return open_sets(options, true);
}

static void *open_umt(const struct eval_options *options)
{
	return open_sets(options, false);
}

static void close_sets(void *state)
{
	struct sets *sets = state;

	score_table_release(&sets->table);
	arena_release(&sets->arena);
	free(sets);
}

/* Say which tag it is that the scheme lacks: alone it is refused just so. */
static int refuse(struct sets *sets, const char *const *tags, const char *file,
		  const size_t *lines, size_t n, struct err *err)
{
	struct span *spans;
	size_t n_spans;

	if (err->kind != ERR_DATA)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (scheme_strict_spans(sets->scheme, &tags[i], 1, &spans, &n_spans, &sets->arena,
					err) < 0)
			return err_set_at(err, file, lines[i], 0,
					  "the tag '%.80s' has a prefix that seqeval's %s lacks; "
					  "--scheme names another",
					  tags[i], scheme_name(sets->scheme));
	return -1;
}

static int extract(struct sets *sets, const char *const *tags, const char *file,
		   const size_t *lines, size_t n, struct span **spans, size_t *n_spans,
		   struct err *err)
{
	if (!sets->strict)
		return span_extract(SPAN_UMT, tags, n, spans, n_spans, &sets->arena, err);
	if (scheme_strict_spans(sets->scheme, tags, n, spans, n_spans, &sets->arena, err) < 0)
		return refuse(sets, tags, file, lines, n, err);
	return 0;
}

static int add_sets(void *state, const struct tag_pair_sentence *sentence, struct err *err)
{
	struct sets *sets = state;
	struct span *gold, *guess;
	size_t n_gold, n_guess;

	arena_reset(&sets->arena);
	if (extract(sets, sentence->gold, sentence->gold_file, sentence->gold_lines, sentence->n,
		    &gold, &n_gold, err) < 0 ||
	    extract(sets, sentence->guess, sentence->guess_file, sentence->guess_lines,
		    sentence->n, &guess, &n_guess, err) < 0)
		return -1;
	sets->table.tokens += sentence->n;
	for (size_t i = 0; i < sentence->n; i++)
		sets->table.correct_tags += strcmp(sentence->gold[i], sentence->guess[i]) == 0;
	if (span_scores_add(&sets->table, gold, n_gold, guess, n_guess) < 0)
		return err_set_memory(err);
	return 0;
}

static int finish_sets(void *state, bool blank, struct err *err)
{
	struct sets *sets = state;

	(void)blank;
	(void)err;
	score_table_finish(&sets->table);
	return 0;
}

static const struct score_table *sets_table(const void *state)
{
	const struct sets *sets = state;

	return &sets->table;
}

/* ---- text, JSON ---- */

static void text_conlleval(FILE *out, const void *state)
{
	const struct streaming *streaming = state;

	if (streaming->latex)
		eval_print_conlleval_latex(out, streaming_table(state));
	else
		eval_print_conlleval(out, streaming_table(state));
}

static void row_of(FILE *out, const char *name, const struct score_table *table)
{
	struct type_score total = score_table_total(table);

	eval_print_summary(out, name, total.gold, total.found, (double)total.correct,
			   score_ratios(&total));
}

static void rows_streaming(FILE *out, const char *name, const void *state)
{
	row_of(out, name, streaming_table(state));
}

static void rows_sets(FILE *out, const char *name, const void *state)
{
	row_of(out, name, sets_table(state));
}

static void text_seqeval(FILE *out, const void *state)
{
	eval_print_report(out, streaming_table(state), NULL);
}

static void text_sets(FILE *out, const void *state)
{
	eval_print_report(out, sets_table(state), NULL);
}

static void json_streaming(FILE *out, const char *name, const void *state)
{
	const struct score_table *table = streaming_table(state);

	json_line_write(out, eval_table_json(name, table, score_table_accuracy(table)));
}

static void json_sets(FILE *out, const char *name, const void *state)
{
	const struct score_table *table = sets_table(state);

	json_line_write(out, eval_table_json(name, table, score_table_accuracy(table)));
}

const struct eval_scorer eval_conlleval = {
	.name = "conlleval",
	.open = open_conlleval,
	.add = add_streaming,
	.end = end_streaming,
	.finish = finish_streaming,
	.table = streaming_table,
	.rows = rows_streaming,
	.text = text_conlleval,
	.json = json_streaming,
	.close = close_streaming,
};

const struct eval_scorer eval_seqeval = {
	.name = "seqeval",
	.open = open_seqeval,
	.add = add_streaming,
	.end = end_streaming,
	.finish = finish_streaming,
	.table = streaming_table,
	.rows = rows_streaming,
	.text = text_seqeval,
	.json = json_streaming,
	.close = close_streaming,
};

const struct eval_scorer eval_strict = {
	.name = "seqeval-strict",
	.open = open_strict,
	.add = add_sets,
	.finish = finish_sets,
	.table = sets_table,
	.rows = rows_sets,
	.text = text_sets,
	.json = json_sets,
	.close = close_sets,
};

const struct eval_scorer eval_umt = {
	.name = "umt",
	.open = open_umt,
	.add = add_sets,
	.finish = finish_sets,
	.table = sets_table,
	.rows = rows_sets,
	.text = text_sets,
	.json = json_sets,
	.close = close_sets,
};
