/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers that both kinds of plots show. */
#include "cmd/stats_priv.h"

#include <string.h>

#define ENTITY_BINS 8

bool stats_plots_relations(const struct stats_table *table)
{
	return table->types.n == 0;
}

/* The share of a name in all columns, summed. */
static double share_of_all(const struct stats_table *table, const char *name)
{
	double sum = 0;

	for (size_t i = 0; i < table->n; i++)
		sum += stats_bar_share(&table->columns[i], stats_plots_relations(table), name);
	return sum;
}

int stats_order_bars(struct stats_table *table, struct err *err)
{
	const struct str_list *names = stats_plots_relations(table) ? &table->relations : &table->types;
	char **items;

	for (size_t i = 0; i < names->n; i++)
		if (str_list_add(&table->bars, names->items[i]) < 0)
			return err_set_memory(err);
	items = table->bars.items;
	for (size_t i = 1; i < table->bars.n; i++) {
		char *name = items[i];
		size_t at = i;

		for (; at > 0 && share_of_all(table, items[at - 1]) < share_of_all(table, name); at--)
			items[at] = items[at - 1];
		items[at] = name;
	}
	return 0;
}

double stats_bar_share(const struct stats_column *column, bool relations, const char *name)
{
	const struct tally *tally =
		relations ? &column->stats.relations : &column->stats.types[STATS_CONLLEVAL];
	size_t all = tally_total(tally);

	return all ? 100 * (double)tally_get(tally, name) / (double)all : 0;
}

double stats_bin_share(const struct histogram *histogram, size_t first, size_t end)
{
	size_t sum = 0;

	for (size_t i = first; i < end && i < histogram->n; i++)
		sum += histogram->counts[i];
	return histogram->values ? 100 * (double)sum / (double)histogram->values : 0;
}

size_t stats_bin_width(const struct stats_table *table, size_t bins)
{
	static const size_t steps[] = { 1, 2, 5 };
	size_t most = 0;

	for (size_t i = 0; i < table->n; i++) {
		size_t own = histogram_largest(&table->columns[i].stats.lengths);

		most = own > most ? own : most;
	}
	for (size_t scale = 1;; scale *= 10)
		for (size_t s = 0; s < sizeof(steps) / sizeof(*steps); s++)
			if (most / (steps[s] * scale) < bins)
				return steps[s] * scale;
}

size_t stats_entity_bins(const struct stats_table *table)
{
	size_t most = 0;

	for (size_t i = 0; i < table->n; i++) {
		size_t own = histogram_largest(&table->columns[i].stats.entities_of_record);

		most = own > most ? own : most;
	}
	return most < ENTITY_BINS ? most : ENTITY_BINS - 1;
}
