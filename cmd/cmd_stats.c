/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/stats_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/str_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

struct stats_options {
	struct common_options common;
	struct layout_options data;
	const char *plot;
};

static const struct option_spec stats_options[] = {
	{ 0, "plot", OPT_STRING, offsetof(struct stats_options, plot), "FILE",
	  "also draw types, lengths and entities a tweet as SVG; - draws bars below the table", NULL },
	DATA_OPTIONS(struct stats_options),
	COMMON_OPTIONS(struct stats_options, "text|json|latex"),
	OPTION_END
};

static const struct command_example stats_examples[] = {
	{ "tagsight stats data", "one column a split" },
	{ "tagsight stats --format json train.txt", "one JSON object a file" },
	{ "tagsight stats --format latex data", "a tabular for a paper, with booktabs" },
	{ "tagsight stats --plot figure.svg data", "a figure for a paper" },
	{ "tagsight stats --plot - data", "the same as bars in the terminal" },
	{ NULL, NULL }
};

static void table_release(struct stats_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		free(table->columns[i].title);
		free(table->columns[i].file);
		free(table->columns[i].set);
		free(table->columns[i].split);
		stats_release(&table->columns[i].stats);
	}
	free(table->columns);
	str_list_release(&table->types);
	str_list_release(&table->relations);
	str_list_release(&table->bars);
}

/* "twitter2015 train", or the name of a lone file. */
static char *make_title(const struct split *split)
{
	struct buf title = BUF_INIT;

	if (split->set && *split->set && split->name && *split->name)
		buf_add_format(&title, "%s %s", split->set, split->name);
	else
		buf_add_string(&title, file_base_name(split->text));
	return buf_detach(&title);
}

static int add_column(struct stats_table *table, const struct split *split, struct progress *progress,
		      struct err *err)
{
	struct stats_column *column;

	if (GROW(table->columns, table->n, table->capacity) < 0)
		return err_set_memory(err);
	column = &table->columns[table->n++];
	memset(column, 0, sizeof(*column));
	column->title = make_title(split);
	column->file = strdup(split->text);
	column->set = strdup(split->set ? split->set : "");
	column->split = strdup(split->name ? split->name : "");
	column->task = split->task;
	if (!column->title || !column->file || !column->set || !column->split)
		return err_set_memory(err);
	return stats_count(&column->stats, split, progress, err);
}

/* Find the train split of each column's set. */
static void find_train(struct stats_table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		struct stats_column *column = &table->columns[i];

		column->train = SIZE_MAX;
		for (size_t k = 0; k < table->n && strcmp(column->split, "train") != 0; k++) {
			const struct stats_column *other = &table->columns[k];

			if (other->task == column->task && strcmp(other->split, "train") == 0 &&
			    strcmp(other->set, column->set) == 0)
				column->train = k;
		}
	}
}

/* ---- the run ---- */

/* Add the names of a tally that are not in `seen`. */
static int collect_names(const struct tally *tally, struct str_table *seen, struct str_list *names)
{
	for (size_t id = 0; id < tally->names.n; id++) {
		const char *name = str_table_text(&tally->names, id);
		size_t before = seen->n;

		if (str_table_add(seen, name, strlen(name)) < 0)
			return -1;
		if (seen->n > before && str_list_add(names, name) < 0)
			return -1;
	}
	return 0;
}

static int collect_all(struct stats_table *table, struct err *err)
{
	struct str_table types, relations;
	int rc = 0;

	str_table_init(&types);
	str_table_init(&relations);
	for (size_t i = 0; i < table->n && rc == 0; i++) {
		const struct split_stats *stats = &table->columns[i].stats;

		for (size_t rule = 0; rule < STATS_RULES && rc == 0; rule++)
			rc = collect_names(&stats->types[rule], &types, &table->types);
		if (rc == 0)
			rc = collect_names(&stats->relations, &relations, &table->relations);
	}
	str_table_release(&types);
	str_table_release(&relations);
	str_list_sort(&table->types);
	str_list_sort(&table->relations);
	return rc < 0 ? err_set_memory(err) : 0;
}

/* Columns of the terminal, or of a page. */
static size_t screen_width(FILE *out)
{
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) == 0 && size.ws_col)
		return size.ws_col;
	return 100;
}

static int write_plot(const struct stats_options *options, const struct stats_table *table,
		      struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;

	if (file_writer_open(&writer, options->plot, err) < 0)
		return -1;
	stats_write_svg(writer.stream, table);
	return file_writer_commit(&writer, err);
}

static int print_all(const struct command *command, const struct stats_options *options,
		     struct stats_table *table)
{
	bool bars = options->plot && strcmp(options->plot, "-") == 0;
	struct command_output *output;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	find_train(table);
	if (collect_all(table, &err) < 0 || (options->plot && stats_order_bars(table, &err) < 0) ||
	    (options->plot && !bars && write_plot(options, table, &err) < 0))
		return command_fail(command, &err);
	output = command_output_open(command, options->common.output, &status);
	if (!output)
		return status;
	if (strcmp(options->common.format, "json") == 0)
		stats_print_json(command_output_stream(output), table);
	else
		stats_print_table(command_output_stream(output), table,
				  strcmp(options->common.format, "latex") == 0);
	if (bars)
		stats_print_bars(command_output_stream(output), table,
				 screen_width(command_output_stream(output)));
	for (size_t i = 0; i < table->n; i++)
		if (table->columns[i].stats.skipped)
			status = EXIT_PROBLEMS;
	return command_output_close(command, output, status);
}

static int count_path(const struct command *command, const struct stats_options *options,
		      const char *path, struct stats_table *table)
{
	struct dataset dataset = DATASET_INIT;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (data_options_open(command, &options->common, &options->data, path, &dataset,
			      &status) < 0)
		return status;
	for (size_t i = 0; i < dataset.n_splits && status == EXIT_OK; i++)
		if (add_column(table, &dataset.splits[i],
			       command_progress(command, &options->common), &err) < 0)
			status = command_fail(command, &err);
	dataset_release(&dataset);
	return status;
}

static int stats_main(const struct command *command, int argc, char **argv)
{
	struct stats_options options = { .common = COMMON_OPTIONS_INIT };
	struct stats_table table = { .types = STR_LIST_INIT, .relations = STR_LIST_INIT,
				     .bars = STR_LIST_INIT };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n == 0)
		return command_usage(command, "no data is named");
	if (options.plot && strcmp(options.plot, "-") == 0 && strcmp(options.common.format, "text") != 0)
		return command_usage(command, "--plot - draws below the table of --format text");
	for (int i = 0; i < n && status == EXIT_OK; i++)
		status = count_path(command, &options, argv[i], &table);
	if (status == EXIT_OK)
		status = print_all(command, &options, &table);
	table_release(&table);
	return status;
}

const struct command cmd_stats = {
	.name = "stats",
	.arguments = "DATA...",
	.summary = "count records, tokens, entities, relations and pictures",
	.description =
		"Counts what every text of DATA holds, one column a split. Entities are counted by the "
		"rules of conlleval, by B- tags alone, by seqeval's default mode and by its strict mode with "
		"IOB2: they differ where a file has I- after O, and so do the numbers in papers. A type's "
		"rows by other rules stand there where they differ.\n\n"
		"Words are distinct as they are spelt, names as the words of an entity (or of a relation's head "
		"and tail). 'Not in train' is the share that the train split of the same set lacks, of the "
		"distinct ones and of all tokens or mentions. A percentile is the least length that so many "
		"records do not exceed.\n\n"
		"--plot writes an SVG of three panels in colours that the colour-blind can tell apart, for up to "
		"eight splits.\n\n"
		"A record that cannot be read is stepped over and makes the exit status 1.",
	.options = stats_options,
	.examples = stats_examples,
	.run = stats_main,
};
