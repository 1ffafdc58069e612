/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stats_priv.h"

#include "lib/base/utf8.h"

#include <stdint.h>
#include <string.h>

#define CELL 32
#define MISSING "-"

/* A row: its title and the text of a cell; false where the column has no such number. */
struct row {
	const char *title;
	bool (*cell)(const struct stats_table *table, const struct stats_column *column, char out[CELL]);
	bool optional; /* left out where all its cells are 0 or missing */
};

const struct split_stats *stats_train(const struct stats_table *table, const struct stats_column *column)
{
	return column->train == SIZE_MAX ? NULL : &table->columns[column->train].stats;
}

static bool put_count(char out[CELL], size_t n)
{
	snprintf(out, CELL, "%zu", n);
	return true;
}

static bool put_number(char out[CELL], double number)
{
	snprintf(out, CELL, "%.2f", number);
	return true;
}

static bool put_share(char out[CELL], size_t part, size_t whole)
{
	if (whole == 0)
		return false;
	snprintf(out, CELL, "%.1f%%", 100 * (double)part / (double)whole);
	return true;
}

#define CELL_FUNCTION(name, expression) \
	static bool name(const struct stats_table *table, const struct stats_column *column, \
			 char out[CELL]) \
	{ \
		const struct split_stats *stats = &column->stats; \
		(void)table; \
		return expression; \
	}

CELL_FUNCTION(records_cell, put_count(out, stats->records))
CELL_FUNCTION(tokens_cell, put_count(out, stats->tokens))
CELL_FUNCTION(mean_cell, put_number(out, histogram_mean(&stats->lengths)))
CELL_FUNCTION(median_cell, put_number(out, histogram_median(&stats->lengths)))
CELL_FUNCTION(p95_cell, put_count(out, histogram_percentile(&stats->lengths, 95)))
CELL_FUNCTION(longest_cell, put_count(out, histogram_largest(&stats->lengths)))
CELL_FUNCTION(words_cell, put_count(out, stats->words.n))
CELL_FUNCTION(conlleval_cell, put_count(out, stats->entities[STATS_CONLLEVAL]))
CELL_FUNCTION(begin_cell, put_count(out, stats->entities[STATS_BEGIN_ONLY]))
CELL_FUNCTION(seqeval_cell, put_count(out, stats->entities[STATS_SEQEVAL]))
CELL_FUNCTION(strict_cell, !stats->strict_fails && put_count(out, stats->entities[STATS_STRICT]))
CELL_FUNCTION(per_record_cell, stats->entities_of_record.values &&
			       put_number(out, histogram_mean(&stats->entities_of_record)))
CELL_FUNCTION(most_cell, put_count(out, histogram_largest(&stats->entities_of_record)))
CELL_FUNCTION(without_cell, stats->entities_of_record.values && stats->entities[STATS_CONLLEVAL] &&
			    put_count(out, histogram_count(&stats->entities_of_record, 0)))
CELL_FUNCTION(surfaces_cell, put_count(out, stats->surfaces.n))
CELL_FUNCTION(named_cell, put_count(out, stats->pictures_named))
CELL_FUNCTION(there_cell, put_count(out, stats->pictures_there))

/* The share of words or names that the train split lacks, of the distinct ones or of all. */
static bool unseen_cell(const struct stats_table *table, const struct stats_column *column, bool words,
			bool distinct, char out[CELL])
{
	const struct split_stats *train = stats_train(table, column), *own = &column->stats;
	const struct tally *tally = words ? &own->words : &own->surfaces;
	struct unseen unseen;

	if (!train)
		return false;
	unseen = tally_unseen(tally, words ? &train->words : &train->surfaces);
	return distinct ? put_share(out, unseen.names, tally->n)
			: put_share(out, unseen.counts, tally_total(tally));
}

static bool new_words_cell(const struct stats_table *table, const struct stats_column *column,
			   char out[CELL])
{
	return unseen_cell(table, column, true, true, out);
}

static bool new_tokens_cell(const struct stats_table *table, const struct stats_column *column,
			    char out[CELL])
{
	return unseen_cell(table, column, true, false, out);
}

static bool new_surfaces_cell(const struct stats_table *table, const struct stats_column *column,
			      char out[CELL])
{
	return unseen_cell(table, column, false, true, out);
}

static bool new_mentions_cell(const struct stats_table *table, const struct stats_column *column,
			      char out[CELL])
{
	return unseen_cell(table, column, false, false, out);
}

static const struct row size_rows[] = {
	{ "records", records_cell, false },
	{ "tokens", tokens_cell, false },
	{ "tokens a record, mean", mean_cell, true },
	{ "  median", median_cell, true },
	{ "  95 of 100 have at most", p95_cell, true },
	{ "  most", longest_cell, true },
	{ "words, distinct", words_cell, true },
	{ "  not in train", new_words_cell, true },
	{ "  tokens not in train", new_tokens_cell, true },
};

static const struct row entity_rows[] = {
	{ "entities (conlleval)", conlleval_cell, true },
	{ "entities (B- alone)", begin_cell, true },
	{ "entities (seqeval)", seqeval_cell, true },
	{ "entities (strict IOB2)", strict_cell, true },
};

static const struct row name_rows[] = {
	{ "entities a tweet, mean", per_record_cell, true },
	{ "  most", most_cell, true },
	{ "tweets without entities", without_cell, true },
	{ "names, distinct", surfaces_cell, true },
	{ "  not in train", new_surfaces_cell, true },
	{ "  mentions not in train", new_mentions_cell, true },
};

static const struct row picture_rows[] = {
	{ "pictures named", named_cell, true },
	{ "pictures present", there_cell, true },
};

#define N_ROWS(rows) (sizeof(rows) / sizeof(*(rows)))

/* The form of the table: columns of blanks, or LaTeX with the rules of booktabs. */
struct form {
	FILE *out;
	const struct stats_table *table;
	bool latex;
	size_t width; /* of the titles */
};

/* Text with what LaTeX takes for its own escaped. */
static void put_latex(FILE *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("&%$#_{}", *text))
			fprintf(out, "\\%c", *text);
		else if (*text == '\\')
			fputs("\\textbackslash{}", out);
		else if (*text == '~' || *text == '^')
			fprintf(out, "\\%c{}", *text);
		else
			fputc(*text, out);
	}
}

/* Two blanks in front of a title put it below the one before. */
static void put_title(const struct form *form, const char *title)
{
	size_t used = utf8_width(title, strlen(title));

	if (!form->latex) {
		fprintf(form->out, "%s%*s", title, used < form->width ? (int)(form->width - used) : 0, "");
		return;
	}
	for (; strncmp(title, "  ", 2) == 0; title += 2)
		fputs("\\quad ", form->out);
	put_latex(form->out, title);
}

/* Wide enough for the title and for most numbers. */
static int cell_width(const struct stats_column *column)
{
	size_t width = utf8_width(column->title, strlen(column->title));

	return width < 7 ? 7 : (int)width;
}

static void put_cell(const struct form *form, const struct stats_column *column, const char *text)
{
	int used = (int)utf8_width(text, strlen(text));

	if (form->latex) {
		fputs(" & ", form->out);
		put_latex(form->out, text);
	} else {
		fprintf(form->out, "  %*s%s", cell_width(column) - used, "", text);
	}
}

static void end_row(const struct form *form)
{
	fputs(form->latex ? " \\\\\n" : "\n", form->out);
}

static bool is_empty_row(const struct stats_table *table, const struct row *row)
{
	char cell[CELL];

	for (size_t i = 0; i < table->n; i++)
		if (row->cell(table, &table->columns[i], cell) && strspn(cell, "0.") != strlen(cell))
			return false;
	return true;
}

static void print_rows(const struct form *form, const struct row *rows, size_t n)
{
	const struct stats_table *table = form->table;
	char cell[CELL];

	for (size_t r = 0; r < n; r++) {
		if (rows[r].optional && is_empty_row(table, &rows[r]))
			continue;
		put_title(form, rows[r].title);
		for (size_t i = 0; i < table->n; i++)
			put_cell(form, &table->columns[i],
				 rows[r].cell(table, &table->columns[i], cell) ? cell : MISSING);
		end_row(form);
	}
}

/* ---- types and relations ---- */

/* The tally of column `i` whose names make the rows. */
static const struct tally *tally_of(const struct stats_table *table, size_t i, enum stats_rule rule,
				    bool relations)
{
	const struct split_stats *stats = &table->columns[i].stats;

	return relations ? &stats->relations : &stats->types[rule];
}

static void print_name(const struct form *form, const char *title, const char *name, enum stats_rule rule,
		       bool relations)
{
	const struct stats_table *table = form->table;
	char cell[CELL];

	put_title(form, title);
	for (size_t i = 0; i < table->n; i++) {
		bool fails = rule == STATS_STRICT && table->columns[i].stats.strict_fails;

		put_count(cell, tally_get(tally_of(table, i, rule, relations), name));
		put_cell(form, &table->columns[i], fails ? MISSING : cell);
	}
	end_row(form);
}

/* Whether a rule counts a type as conlleval does, in all columns. */
static bool counts_alike(const struct stats_table *table, const char *name, enum stats_rule rule)
{
	for (size_t i = 0; i < table->n; i++)
		if (tally_get(tally_of(table, i, rule, false), name) !=
		    tally_get(tally_of(table, i, STATS_CONLLEVAL, false), name))
			return false;
	return true;
}

static void name_title(const char *name, char *out, size_t size)
{
	snprintf(out, size, "  %s", *name ? name : "(no type)");
}

static void print_types(const struct form *form)
{
	static const char *const titles[] = { "", "    B- alone", "    seqeval", "    strict IOB2" };
	const struct str_list *types = &form->table->types;
	char title[256];

	for (size_t t = 0; t < types->n; t++) {
		name_title(types->items[t], title, sizeof(title));
		print_name(form, title, types->items[t], STATS_CONLLEVAL, false);
		for (enum stats_rule rule = STATS_BEGIN_ONLY; rule < STATS_RULES; rule++)
			if (!counts_alike(form->table, types->items[t], rule))
				print_name(form, titles[rule], types->items[t], rule, false);
	}
}

static void print_relations(const struct form *form)
{
	const struct str_list *relations = &form->table->relations;
	char title[256];

	if (relations->n) {
		put_title(form, "relations");
		for (size_t i = 0; form->latex && i < form->table->n; i++)
			put_cell(form, &form->table->columns[i], "");
		end_row(form);
	}
	for (size_t r = 0; r < relations->n; r++) {
		name_title(relations->items[r], title, sizeof(title));
		print_name(form, title, relations->items[r], STATS_CONLLEVAL, true);
	}
}

static size_t title_width(const struct stats_table *table)
{
	const struct str_list *lists[] = { &table->types, &table->relations };
	size_t width = strlen("  95 of 100 have at most");

	for (size_t l = 0; l < 2; l++) {
		for (size_t i = 0; i < lists[l]->n; i++) {
			const char *name = lists[l]->items[i];
			size_t needed = utf8_width(name, strlen(name)) + 2;

			width = needed > width ? needed : width;
		}
	}
	return width;
}

void stats_print_table(FILE *out, const struct stats_table *table, bool latex)
{
	const struct form form = { out, table, latex, title_width(table) };

	if (latex)
		fprintf(out, "\\begin{tabular}{l*{%zu}{r}}\n\\toprule\n", table->n);
	put_title(&form, "");
	for (size_t i = 0; i < table->n; i++)
		put_cell(&form, &table->columns[i], table->columns[i].title);
	end_row(&form);
	if (latex)
		fputs("\\midrule\n", out);
	print_rows(&form, size_rows, N_ROWS(size_rows));
	print_rows(&form, entity_rows, N_ROWS(entity_rows));
	print_types(&form);
	print_relations(&form);
	print_rows(&form, name_rows, N_ROWS(name_rows));
	print_rows(&form, picture_rows, N_ROWS(picture_rows));
	if (latex)
		fputs("\\bottomrule\n\\end{tabular}\n", out);
}
