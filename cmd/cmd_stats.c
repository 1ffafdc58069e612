/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/stats.h"

#include <stdlib.h>
#include <string.h>

struct stats_options {
	struct common_options common;
	struct layout_options data;
};

static const struct option_spec stats_options[] = {
	DATA_OPTIONS(struct stats_options),
	COMMON_OPTIONS(struct stats_options, "text|json"),
	OPTION_END
};

static const struct command_example stats_examples[] = {
	{ "tagsight stats data", "one column a split" },
	{ "tagsight stats --format json train.txt", "one JSON object a file" },
	{ NULL, NULL }
};

/* One column of the table. */
struct column {
	char *title, *file;
	struct split_stats stats;
};

struct table {
	struct column *columns;
	size_t n, capacity;
};

static void table_release(struct table *table)
{
	for (size_t i = 0; i < table->n; i++) {
		free(table->columns[i].title);
		free(table->columns[i].file);
		stats_release(&table->columns[i].stats);
	}
	free(table->columns);
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

static int add_column(struct table *table, const struct split *split, struct progress *progress,
		      struct err *err)
{
	struct column *column;

	if (GROW(table->columns, table->n, table->capacity) < 0)
		return err_set_memory(err);
	column = &table->columns[table->n++];
	memset(column, 0, sizeof(*column));
	column->title = make_title(split);
	column->file = strdup(split->text);
	if (!column->title || !column->file)
		return err_set_memory(err);
	return stats_count(&column->stats, split, progress, err);
}

/* ---- JSON ---- */

static json_t *tally_json(const struct tally *tally, const struct str_list *names)
{
	json_t *object = json_object();

	for (size_t i = 0; i < names->n; i++) {
		size_t count = tally_get(tally, names->items[i]);
		json_t *key = json_text(names->items[i]);

		if (count)
			json_object_set_new(object, json_string_value(key),
					    json_integer((json_int_t)count));
		json_decref(key);
	}
	return object;
}

static void print_json(FILE *out, const struct column *column, const struct str_list *types,
		       const struct str_list *relations)
{
	const struct split_stats *stats = &column->stats;

	json_line_write(
		out,
		json_pack("{so sI sI s{sI sI} so so s{sI sI}}", "file", json_text(column->file),
			  "records", (json_int_t)stats->records, "tokens", (json_int_t)stats->tokens,
			  "entities", "conlleval", (json_int_t)stats->entities, "begin-only",
			  (json_int_t)stats->begin_only, "types", tally_json(&stats->types, types),
			  "relations", tally_json(&stats->relations, relations), "images", "named",
			  (json_int_t)stats->pictures_named, "present",
			  (json_int_t)stats->pictures_there));
}

/* ---- the table ---- */

enum row { ROW_RECORDS, ROW_TOKENS, ROW_ENTITIES, ROW_BEGIN_ONLY, ROW_NAMED, ROW_THERE, ROWS };

static const char *const row_titles[ROWS] = {
	"records", "tokens", "entities (conlleval)", "entities (B- alone)", "pictures named",
	"pictures present"
};

static size_t row_value(const struct split_stats *stats, enum row row)
{
	const size_t values[ROWS] = { stats->records,    stats->tokens,         stats->entities,
				      stats->begin_only, stats->pictures_named, stats->pictures_there };

	return values[row];
}

static void print_title(FILE *out, const char *title, size_t width)
{
	size_t used = utf8_width(title, strlen(title));

	fprintf(out, "%s%*s", title, used < width ? (int)(width - used) : 0, "");
}

static void print_cell(FILE *out, const struct column *column, size_t value)
{
	fprintf(out, "  %*zu", (int)utf8_width(column->title, strlen(column->title)), value);
}

static void print_row(FILE *out, const struct table *table, enum row row, size_t width)
{
	size_t sum = 0;

	for (size_t i = 0; i < table->n; i++)
		sum += row_value(&table->columns[i].stats, row);
	if (sum == 0 && row > ROW_TOKENS)
		return;
	print_title(out, row_titles[row], width);
	for (size_t i = 0; i < table->n; i++)
		print_cell(out, &table->columns[i], row_value(&table->columns[i].stats, row));
	fputc('\n', out);
}

static void print_tally_rows(FILE *out, const struct table *table, const struct str_list *names,
			     size_t offset, size_t width)
{
	for (size_t r = 0; r < names->n; r++) {
		fputs("  ", out);
		print_title(out, *names->items[r] ? names->items[r] : "(no type)", width - 2);
		for (size_t i = 0; i < table->n; i++) {
			const char *stats = (const char *)&table->columns[i].stats;

			print_cell(out, &table->columns[i],
				   tally_get((const struct tally *)(stats + offset),
					     names->items[r]));
		}
		fputc('\n', out);
	}
}

static size_t title_width(const struct str_list *types, const struct str_list *relations)
{
	const struct str_list *lists[] = { types, relations };
	size_t width = 0;

	for (size_t row = 0; row < ROWS; row++)
		width = strlen(row_titles[row]) > width ? strlen(row_titles[row]) : width;
	for (size_t l = 0; l < 2; l++) {
		for (size_t i = 0; i < lists[l]->n; i++) {
			const char *name = lists[l]->items[i];
			size_t needed = utf8_width(name, strlen(name)) + 2;

			width = needed > width ? needed : width;
		}
	}
	return width;
}

static void print_table(FILE *out, const struct table *table, const struct str_list *types,
			const struct str_list *relations)
{
	size_t width = title_width(types, relations);

	print_title(out, "", width);
	for (size_t i = 0; i < table->n; i++)
		fprintf(out, "  %s", table->columns[i].title);
	fputc('\n', out);
	for (enum row row = ROW_RECORDS; row <= ROW_BEGIN_ONLY; row++)
		print_row(out, table, row, width);
	print_tally_rows(out, table, types, offsetof(struct split_stats, types), width);
	if (relations->n)
		fputs("relations\n", out);
	print_tally_rows(out, table, relations, offsetof(struct split_stats, relations), width);
	print_row(out, table, ROW_NAMED, width);
	print_row(out, table, ROW_THERE, width);
}

/* ---- the run ---- */

/* The names of all columns' tallies, each once, sorted. */
static int collect_names(const struct table *table, size_t offset, struct str_list *names)
{
	struct str_table seen;
	int rc = 0;

	str_table_init(&seen);
	for (size_t i = 0; i < table->n && rc == 0; i++) {
		const char *stats = (const char *)&table->columns[i].stats;
		const struct tally *tally = (const struct tally *)(stats + offset);

		for (size_t id = 0; id < tally->names.n && rc == 0; id++) {
			const char *name = str_table_text(&tally->names, id);
			size_t before = seen.n;

			if (str_table_add(&seen, name, strlen(name)) < 0)
				rc = -1;
			else if (seen.n > before)
				rc = str_list_add(names, name);
		}
	}
	str_table_release(&seen);
	str_list_sort(names);
	return rc;
}

static int print_all(const struct command *command, const struct stats_options *options,
		     const struct table *table)
{
	struct str_list types = STR_LIST_INIT, relations = STR_LIST_INIT;
	struct command_output *output = NULL;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (collect_names(table, offsetof(struct split_stats, types), &types) < 0 ||
	    collect_names(table, offsetof(struct split_stats, relations), &relations) < 0) {
		err_set_memory(&err);
		status = command_fail(command, &err);
		goto out;
	}
	output = command_output_open(command, options->common.output, &status);
	if (!output)
		goto out;
	if (strcmp(options->common.format, "json") == 0)
		for (size_t i = 0; i < table->n; i++)
			print_json(command_output_stream(output), &table->columns[i], &types,
				   &relations);
	else
		print_table(command_output_stream(output), table, &types, &relations);
	for (size_t i = 0; i < table->n; i++)
		if (table->columns[i].stats.skipped)
			status = EXIT_PROBLEMS;
	status = command_output_close(command, output, status);
out:
	str_list_release(&types);
	str_list_release(&relations);
	return status;
}

static int count_path(const struct command *command, const struct stats_options *options,
		      const char *path, struct table *table)
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
	struct table table = { NULL, 0, 0 };
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n == 0)
		return command_usage(command, "no data is named");
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
		"rules of conlleval, and by B- tags alone: the two differ where a file has I- after O, "
		"and so do the numbers in papers.\n\n"
		"A record that cannot be read is stepped over and makes the exit status 1.",
	.options = stats_options,
	.examples = stats_examples,
	.run = stats_main,
};
