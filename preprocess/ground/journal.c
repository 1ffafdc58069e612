/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

bool ground_line_fits(const struct ground_plan *plan, size_t picture, const json_t *object)
{
	const char *name = json_get_string(object, "picture", "");

	return picture < plan->n_pictures && strcmp(name, plan->pictures[picture].name) == 0 &&
	       json_is_array(json_object_get(object, "records"));
}

/* Whether all crops that a line speaks of are still there. */
static bool crops_are_there(const struct ground_plan *plan, const json_t *object)
{
	const json_t *record, *box;
	size_t i, k;

	json_array_foreach(json_object_get(object, "records"), i, record) {
		json_array_foreach(json_object_get(record, "boxes"), k, box) {
			char *path = file_join(plan->paths.crops, json_get_string(box, "crop", ""));
			bool there = path && file_size(path) > 0;

			free(path);
			if (!there)
				return false;
		}
	}
	return true;
}

static bool is_header(const struct ground_plan *plan, const json_t *object)
{
	return strcmp(json_get_string(object, "key", ""), plan->key) == 0;
}

/* Count the pictures that an earlier run has done; *end is the offset after the last good line, 0
 * when the journal is of another plan. */
static size_t read_back(const struct ground_plan *plan, long *end)
{
	FILE *stream = fopen(plan->paths.journal, "rbe");
	size_t n = 0, capacity = 0;
	bool good = true;
	char *line = NULL;

	*end = 0;
	for (ssize_t got; stream && good && (got = getline(&line, &capacity, stream)) > 0;) {
		json_t *object = line[got - 1] == '\n' ? json_loadb(line, (size_t)got, 0, NULL) : NULL;

		good = object && (*end == 0 ? is_header(plan, object)
					    : n < ground_share(plan) &&
						      ground_line_fits(plan, ground_shared(plan, n), object) &&
						      crops_are_there(plan, object));
		n += good && *end > 0;
		if (good)
			*end += got;
		json_decref(object);
	}
	free(line);
	if (stream)
		fclose(stream);
	return n;
}

int ground_journal_open(struct ground_journal *journal, const struct ground_plan *plan, bool anew,
			size_t *n_done, struct err *err)
{
	long end = 0;

	journal->path = plan->paths.journal;
	*n_done = anew ? 0 : read_back(plan, &end);
	journal->stream = fopen(journal->path, end ? "r+be" : "wbe");
	if (!journal->stream)
		return err_set_errno(err, "open", journal->path);
	if (end) {
		if (ftruncate(fileno(journal->stream), end) < 0 ||
		    fseek(journal->stream, end, SEEK_SET) < 0)
			return err_set_errno(err, "go on with", journal->path);
		return 0;
	}
	if (json_line_write(journal->stream, json_pack("{s:s}", "key", plan->key)) < 0)
		return err_set_errno(err, "write", journal->path);
	return ground_journal_sync(journal, err);
}

int ground_journal_add(struct ground_journal *journal, json_t *object, struct err *err)
{
	if (json_line_write(journal->stream, object) < 0)
		return err_set_errno(err, "write", journal->path);
	return 0;
}

int ground_journal_sync(struct ground_journal *journal, struct err *err)
{
	if (fflush(journal->stream) != 0 || fdatasync(fileno(journal->stream)) < 0)
		return err_set_errno(err, "write", journal->path);
	return 0;
}

void ground_journal_close(struct ground_journal *journal)
{
	if (journal->stream)
		fclose(journal->stream);
	journal->stream = NULL;
}
