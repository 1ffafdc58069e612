/* SPDX-License-Identifier: Apache-2.0 */
/* Counts as conlleval.pl prints them, to the byte. */
#include "cmd/eval.h"

struct percentages {
	double precision, recall, f1;
};

static struct percentages percentages(const struct type_score *score)
{
	double correct = 100 * (double)score->correct;
	struct percentages out = { 0, 0, 0 };

	if (score->found)
		out.precision = correct / (double)score->found;
	if (score->gold)
		out.recall = correct / (double)score->gold;
	if (out.precision + out.recall > 0)
		out.f1 = 2 * out.precision * out.recall / (out.precision + out.recall);
	return out;
}

static void print_percentages(FILE *out, const struct type_score *score)
{
	struct percentages values = percentages(score);

	fprintf(out, "precision: %6.2f%%; recall: %6.2f%%; FB1: %6.2f", values.precision,
		values.recall, values.f1);
}

/* The empty name is false to Perl, so the script's test for a repeat passes it. */
static int times_listed(const struct type_score *score)
{
	return !*score->type && score->gold && score->found ? 2 : 1;
}

void eval_print_conlleval(FILE *out, const struct score_table *table)
{
	struct type_score total = score_table_total(table);

	fprintf(out, "processed %zu tokens with %zu phrases; found: %zu phrases; correct: %zu.\n",
		table->tokens, total.gold, total.found, total.correct);
	if (table->tokens) {
		fprintf(out, "accuracy: %6.2f%%; ",
			100 * (double)table->correct_tags / (double)table->tokens);
		print_percentages(out, &total);
		fputc('\n', out);
	}
	for (size_t i = 0; i < table->n; i++)
		for (int n = times_listed(&table->scores[i]); n > 0; n--) {
			fprintf(out, "%17s: ", table->scores[i].type);
			print_percentages(out, &table->scores[i]);
			fprintf(out, "  %zu\n", table->scores[i].found);
		}
}

void eval_print_conlleval_latex(FILE *out, const struct score_table *table)
{
	struct type_score total = score_table_total(table);
	struct percentages values = percentages(&total);

	fputs("        & Precision &  Recall  & F$_{\\beta=1} \\\\\\hline", out);
	for (size_t i = 0; i < table->n; i++) {
		struct percentages of_type = percentages(&table->scores[i]);

		for (int n = times_listed(&table->scores[i]); n > 0; n--)
			fprintf(out, "\n%-7s &  %6.2f\\%% & %6.2f\\%% & %6.2f \\\\",
				table->scores[i].type, of_type.precision, of_type.recall,
				of_type.f1);
	}
	fprintf(out, "\\hline\nOverall &  %6.2f\\%% & %6.2f\\%% & %6.2f \\\\\\hline\n",
		values.precision, values.recall, values.f1);
}
