/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/stats_priv.h"

#include "lib/formats/json_lines.h"

static json_t *count(size_t n)
{
	return json_integer((json_int_t)n);
}

static json_t *tally_json(const struct tally *tally, const struct str_list *names)
{
	json_t *object = json_object();

	for (size_t i = 0; i < names->n; i++) {
		size_t n = tally_get(tally, names->items[i]);
		json_t *key = json_text(names->items[i]);

		if (n)
			json_object_set_new(object, json_string_value(key), count(n));
		json_decref(key);
	}
	return object;
}

static bool has_rule(const struct split_stats *stats, enum stats_rule rule)
{
	return rule != STATS_STRICT || !stats->strict_fails;
}

static json_t *entities_json(const struct split_stats *stats)
{
	json_t *object = json_object();

	for (enum stats_rule rule = 0; rule < STATS_RULES; rule++)
		json_object_set_new(object, stats_rule_name(rule),
				    has_rule(stats, rule) ? count(stats->entities[rule]) : json_null());
	return object;
}

static json_t *types_json(const struct split_stats *stats, const struct str_list *names)
{
	json_t *object = json_object();

	for (enum stats_rule rule = 0; rule < STATS_RULES; rule++)
		json_object_set_new(object, stats_rule_name(rule),
				    has_rule(stats, rule) ? tally_json(&stats->types[rule], names)
							  : json_null());
	return object;
}

static json_t *histogram_json(const struct histogram *histogram)
{
	json_t *counts = json_array();

	for (size_t i = 0; i < histogram->n; i++)
		json_array_append_new(counts, count(histogram->counts[i]));
	return json_pack("{s:f, s:f, s:I, s:I, s:I, s:I, s:I, s:o}", "mean", histogram_mean(histogram),
			 "median", histogram_median(histogram), "p25",
			 (json_int_t)histogram_percentile(histogram, 25), "p75",
			 (json_int_t)histogram_percentile(histogram, 75), "p95",
			 (json_int_t)histogram_percentile(histogram, 95), "p99",
			 (json_int_t)histogram_percentile(histogram, 99), "max",
			 (json_int_t)histogram_largest(histogram), "counts", counts);
}

/* What is not in the train split is null where there is none to compare with. */
static json_t *vocabulary_json(const struct tally *tally, const struct tally *train)
{
	struct unseen unseen = { 0, 0 };

	if (train)
		unseen = tally_unseen(tally, train);
	return json_pack("{s:I, s:I, s:o, s:o}", "distinct", (json_int_t)tally->n, "total",
			 (json_int_t)tally_total(tally), "not_in_train",
			 train ? count(unseen.names) : json_null(), "total_not_in_train",
			 train ? count(unseen.counts) : json_null());
}

static void print_column(FILE *out, const struct stats_table *table, const struct stats_column *column)
{
	const struct split_stats *stats = &column->stats, *train = stats_train(table, column);
	json_t *object = json_object();

	json_object_set_new(object, "file", json_text(column->file));
	json_object_set_new(object, "records", count(stats->records));
	json_object_set_new(object, "tokens", count(stats->tokens));
	json_object_set_new(object, "entities", entities_json(stats));
	json_object_set_new(object, "types", tally_json(&stats->types[STATS_CONLLEVAL], &table->types));
	json_object_set_new(object, "relations", tally_json(&stats->relations, &table->relations));
	json_object_set_new(object, "images",
			    json_pack("{s:I, s:I}", "named", (json_int_t)stats->pictures_named, "present",
				      (json_int_t)stats->pictures_there));
	json_object_set_new(object, "set", json_text(column->set));
	json_object_set_new(object, "split", json_text(column->split));
	json_object_set_new(object, "skipped", count(stats->skipped));
	json_object_set_new(object, "types_by_rule", types_json(stats, &table->types));
	json_object_set_new(object, "length", histogram_json(&stats->lengths));
	json_object_set_new(object, "entities_per_record", histogram_json(&stats->entities_of_record));
	json_object_set_new(object, "words", vocabulary_json(&stats->words, train ? &train->words : NULL));
	json_object_set_new(object, "surfaces",
			    vocabulary_json(&stats->surfaces, train ? &train->surfaces : NULL));
	json_line_write(out, object);
}

void stats_print_json(FILE *out, const struct stats_table *table)
{
	for (size_t i = 0; i < table->n; i++)
		print_column(out, table, &table->columns[i]);
}
