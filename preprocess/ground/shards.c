/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The journals of all shards of a plan, open side by side. */
struct shards {
	const struct ground_plan *plan;
	size_t n;
	FILE **streams; /* [n] */
	char *line;     /* the last that was read */
	size_t capacity;
};

size_t ground_share(const struct ground_plan *plan)
{
	if (plan->shards == 0)
		return plan->n_pictures;
	return plan->n_pictures / plan->shards + (plan->shard < plan->n_pictures % plan->shards);
}

size_t ground_shared(const struct ground_plan *plan, size_t i)
{
	return plan->shards ? i * plan->shards + plan->shard : i;
}

/* On the heap; NULL when memory is out. */
static char *journal_path(const struct ground_plan *plan, size_t shard, size_t shards)
{
	char kind[80];

	snprintf(kind, sizeof(kind), GROUND_SHARD_JOURNAL, shard + 1, shards);
	return dataset_work_path(plan->dataset, plan->split, kind);
}

/* The next line of a shard's journal as an object, NULL at the end or where it is cut short. */
static json_t *next_object(struct shards *all, size_t shard)
{
	ssize_t got = getline(&all->line, &all->capacity, all->streams[shard]);

	return got > 0 && all->line[got - 1] == '\n' ? json_loadb(all->line, (size_t)got, 0, NULL) : NULL;
}

static bool has_key(struct shards *all, size_t shard)
{
	json_t *object = next_object(all, shard);
	bool same = strcmp(json_get_string(object, "key", ""), all->plan->key) == 0;

	json_decref(object);
	return same;
}

/* Open one; a missing one or one of another plan stays NULL. */
static int open_shard(struct shards *all, size_t shard, struct err *err)
{
	char *path = journal_path(all->plan, shard, all->n);

	if (!path)
		return err_set_memory(err);
	all->streams[shard] = fopen(path, "rbe");
	free(path);
	if (all->streams[shard] && !has_key(all, shard)) {
		fclose(all->streams[shard]);
		all->streams[shard] = NULL;
	}
	return 0;
}

static void close_shards(struct shards *all)
{
	for (size_t i = 0; all->streams && i < all->n; i++)
		if (all->streams[i])
			fclose(all->streams[i]);
	free(all->streams);
	free(all->line);
}

/* Open the journals of `n` shards; *found counts those that are of this plan. */
static int open_shards(struct shards *all, const struct ground_plan *plan, size_t n, size_t *found,
		       struct err *err)
{
	*all = (struct shards){ .plan = plan, .n = n, .streams = checked_calloc(n, sizeof(FILE *)) };
	*found = 0;
	if (!all->streams)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		if (open_shard(all, i, err) < 0)
			return -1;
		*found += all->streams[i] != NULL;
	}
	return 0;
}

/* Append the line of every picture, each from its shard, in the order of the plan. */
static int copy_lines(struct shards *all, FILE *out, struct err *err)
{
	for (size_t i = 0; i < all->plan->n_pictures; i++) {
		size_t shard = i % all->n;
		json_t *object = all->streams[shard] ? next_object(all, shard) : NULL;
		bool fits = object && ground_line_fits(all->plan, i, object);

		json_decref(object);
		if (!fits)
			return err_set(err, ERR_USAGE,
				       "shard %zu/%zu of %s %s is not done: run it with --shard %zu/%zu, or "
				       "all anew with --again",
				       shard + 1, all->n, all->plan->split->set, all->plan->split->name,
				       shard + 1, all->n);
		if (fputs(all->line, out) < 0)
			return err_set_errno(err, "write", all->plan->paths.journal);
	}
	return 0;
}

static int write_journal(struct shards *all, struct err *err)
{
	struct file_writer writer;
	int rc = -1;

	if (file_writer_open(&writer, all->plan->paths.journal, err) < 0)
		return -1;
	if (json_line_write(writer.stream, json_pack("{s:s}", "key", all->plan->key)) < 0)
		err_set_errno(err, "write", all->plan->paths.journal);
	else
		rc = copy_lines(all, writer.stream, err);
	if (rc == 0)
		rc = file_writer_commit(&writer, err);
	file_writer_abort(&writer);
	return rc;
}

/* Into how many shards this plan was divided; 0: into none. */
static int find_shards(const struct ground_plan *plan, size_t *shards, struct err *err)
{
	*shards = 0;
	for (size_t n = 1; n <= GROUND_SHARDS && *shards == 0; n++) {
		struct shards all;
		size_t found = 0;
		char *first = journal_path(plan, 0, n), *last = journal_path(plan, n - 1, n);
		bool some = first && last && (file_exists(first) || file_exists(last));
		int rc = first && last ? 0 : err_set_memory(err);

		free(first);
		free(last);
		if (some) {
			rc = open_shards(&all, plan, n, &found, err);
			close_shards(&all);
		}
		if (rc < 0)
			return -1;
		if (found)
			*shards = n;
	}
	return 0;
}

int ground_join_shards(const struct ground_plan *plan, size_t *shards, struct err *err)
{
	struct shards all;
	size_t found;
	int rc;

	if (find_shards(plan, shards, err) < 0)
		return -1;
	if (*shards == 0)
		return 0;
	rc = open_shards(&all, plan, *shards, &found, err);
	if (rc == 0)
		rc = write_journal(&all, err);
	close_shards(&all);
	return rc;
}

void ground_remove_shards(const struct ground_plan *plan, size_t shards)
{
	for (size_t i = 0; i < shards; i++) {
		char *path = journal_path(plan, i, shards), kind[80];

		if (path)
			unlink(path);
		free(path);
		snprintf(kind, sizeof(kind), GROUND_SHARD_LOCK, i + 1, shards);
		path = dataset_work_path(plan->dataset, plan->split, kind);
		if (path)
			unlink(path);
		free(path);
	}
}

int ground_count_shard(const struct ground_plan *plan, struct ground_report *report, struct err *err)
{
	struct json_lines lines;
	enum read_status status;
	json_t *object;

	report->pictures = report->unreadable = 0;
	if (json_lines_open(&lines, plan->paths.journal, err) < 0)
		return -1;
	while ((status = json_lines_next(&lines, &object, err)) == READ_OK) {
		report->pictures += lines.line > 1;
		report->unreadable += json_is_string(json_object_get(object, "fault"));
		json_decref(object);
	}
	json_lines_close(&lines);
	return status == READ_EOF ? 0 : -1;
}
