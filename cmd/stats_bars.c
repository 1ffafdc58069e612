/* SPDX-License-Identifier: Apache-2.0 */
/* Plots in a terminal, of block elements an eighth of a cell wide. */
#include "cmd/stats_priv.h"

#include "lib/base/utf8.h"

#include <stdint.h>
#include <string.h>

#define LABEL_LIMIT 32
#define LENGTH_BINS 12

/* A plot: for each label a bar a column. */
struct bars {
	FILE *out;
	const struct stats_table *table;
	size_t series, label_width, title_width, width; /* cells; width of the longest bar */
	double largest;                                 /* percent, of the longest bar */
};

static size_t width_of(const char *text)
{
	return utf8_width(text, strlen(text));
}

static void put_blank(FILE *out, size_t n)
{
	fprintf(out, "%*s", (int)n, "");
}

static void put_padded(FILE *out, const char *text, size_t width)
{
	size_t used = width_of(text);

	fputs(text, out);
	put_blank(out, used < width ? width - used : 0);
}

static void put_bar(const struct bars *bars, double share)
{
	static const char *const eighths[] = { "", "▏", "▎", "▍", "▌", "▋", "▊", "▉" };
	size_t parts = bars->largest > 0
			       ? (size_t)(share / bars->largest * 8 * (double)bars->width + 0.5) : 0;

	for (size_t i = 0; i < parts / 8; i++)
		fputs("█", bars->out);
	fputs(eighths[parts % 8], bars->out);
	fprintf(bars->out, " %.1f\n", share);
}

static void put_line(const struct bars *bars, const char *label, size_t series, double share)
{
	put_padded(bars->out, series ? "" : label, bars->label_width);
	fputs("  ", bars->out);
	if (bars->series > 1) {
		put_padded(bars->out, bars->table->columns[series].title, bars->title_width);
		fputs(" ", bars->out);
	}
	put_bar(bars, share);
}

static void start(struct bars *bars, FILE *out, const struct stats_table *table, size_t width)
{
	size_t used;

	*bars = (struct bars){ .out = out, .table = table, .label_width = 5 };
	bars->series = table->n < STATS_SERIES ? table->n : STATS_SERIES;
	for (size_t i = 0; i < bars->series; i++) {
		size_t own = width_of(table->columns[i].title);

		bars->title_width = own > bars->title_width ? own : bars->title_width;
	}
	used = LABEL_LIMIT + bars->title_width + 10;
	bars->width = width > used + 10 ? width - used : 10;
}

static void print_names(struct bars *bars)
{
	bool relations = stats_plots_relations(bars->table);
	const struct str_list *names = &bars->table->bars;

	bars->largest = 0;
	for (size_t r = 0; r < names->n; r++) {
		size_t own = width_of(names->items[r]);

		bars->label_width = own > bars->label_width ? own : bars->label_width;
		for (size_t i = 0; i < bars->series; i++) {
			double share = stats_bar_share(&bars->table->columns[i], relations, names->items[r]);

			bars->largest = share > bars->largest ? share : bars->largest;
		}
	}
	if (names->n == 0)
		return;
	fprintf(bars->out, "\n%s, %% of a split's\n", relations ? "relations" : "types of entities");
	for (size_t r = 0; r < names->n; r++)
		for (size_t i = 0; i < bars->series; i++)
			put_line(bars, names->items[r], i,
				 stats_bar_share(&bars->table->columns[i], relations, names->items[r]));
}

static const struct histogram *histogram_of(const struct bars *bars, size_t series, bool lengths)
{
	const struct split_stats *stats = &bars->table->columns[series].stats;

	return lengths ? &stats->lengths : &stats->entities_of_record;
}

static size_t largest_of(const struct bars *bars, bool lengths)
{
	size_t most = 0;

	for (size_t i = 0; i < bars->series; i++) {
		size_t own = histogram_largest(histogram_of(bars, i, lengths));

		most = own > most ? own : most;
	}
	return most;
}

/* Bins of `step` values; the last one of n takes all that is larger. */
static void print_bins(struct bars *bars, bool lengths, size_t step, size_t n)
{
	bool more = largest_of(bars, lengths) >= n * step;
	char label[64];

	bars->largest = 0;
	for (size_t b = 0; b < n; b++) {
		for (size_t i = 0; i < bars->series; i++) {
			double share = stats_bin_share(histogram_of(bars, i, lengths), b * step,
						       b + 1 == n ? SIZE_MAX : (b + 1) * step);

			bars->largest = share > bars->largest ? share : bars->largest;
		}
	}
	for (size_t b = 0; b < n; b++) {
		if (step > 1)
			snprintf(label, sizeof(label), "%zu-%zu", b * step, (b + 1) * step - 1);
		else
			snprintf(label, sizeof(label), "%zu%s", b, b + 1 == n && more ? "+" : "");
		for (size_t i = 0; i < bars->series; i++)
			put_line(bars, label, i,
				 stats_bin_share(histogram_of(bars, i, lengths), b * step,
						 b + 1 == n ? SIZE_MAX : (b + 1) * step));
	}
}

void stats_print_bars(FILE *out, const struct stats_table *table, size_t width)
{
	size_t step = stats_bin_width(table, LENGTH_BINS), entities = stats_entity_bins(table), most;
	struct bars bars;

	if (table->n == 0)
		return;
	start(&bars, out, table, width);
	print_names(&bars);
	bars.label_width = strlen("100-109");
	most = largest_of(&bars, true);
	if (most == 0)
		return;
	fputs("\ntokens a record, % of records\n", out);
	print_bins(&bars, true, step, most / step + 1);
	if (entities == 0)
		return;
	fputs("\nentities a tweet, % of tweets\n", out);
	print_bins(&bars, false, 1, entities + 1);
}
