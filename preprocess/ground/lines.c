/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/checked.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

/* Note where each line begins, and that there are as many as pictures. */
static int find_lines(struct ground_lines *lines, struct err *err)
{
	size_t n = lines->plan->n_pictures;
	uint64_t offset = 0;
	ssize_t got;

	/* The first line is the key. */
	for (size_t i = 0; i <= n; i++) {
		got = getline(&lines->text, &lines->capacity, lines->stream);
		if (got <= 0)
			return err_set(err, ERR_DATA, "'%s' ends too early; run again with --again",
				       lines->plan->paths.journal);
		offset += (uint64_t)got;
		lines->offsets[i] = offset;
	}
	return 0;
}

int ground_lines_open(struct ground_lines *lines, const struct ground_plan *plan, struct err *err)
{
	memset(lines, 0, sizeof(*lines));
	lines->plan = plan;
	lines->stream = fopen(plan->paths.journal, "rbe");
	if (!lines->stream)
		return err_set_errno(err, "open", plan->paths.journal);
	lines->offsets = checked_calloc(plan->n_pictures + 1, sizeof(*lines->offsets));
	if (lines->offsets ? find_lines(lines, err) == 0 : err_set_memory(err) == 0)
		return 0;
	ground_lines_close(lines);
	return -1;
}

/* The line at the stream's place as an object of this picture, or NULL. */
static json_t *read_object(struct ground_lines *lines, size_t picture)
{
	ssize_t got = getline(&lines->text, &lines->capacity, lines->stream);
	json_t *object = got > 0 ? json_loadb(lines->text, (size_t)got, 0, NULL) : NULL;

	if (object && ground_line_fits(lines->plan, picture, object))
		return object;
	json_decref(object);
	return NULL;
}

const json_t *ground_lines_get(struct ground_lines *lines, size_t picture, struct err *err)
{
	off_t offset = (off_t)lines->offsets[picture];

	if (lines->object && lines->picture == picture)
		return lines->object;
	json_decref(lines->object);
	lines->object = NULL;
	if (ftello(lines->stream) != offset && fseeko(lines->stream, offset, SEEK_SET) < 0) {
		err_set_errno(err, "read", lines->plan->paths.journal);
		return NULL;
	}
	lines->object = read_object(lines, picture);
	lines->picture = picture;
	if (!lines->object)
		err_set_at(err, lines->plan->paths.journal, picture + 2, 0,
			   "changed while it was in use; run again with --again");
	return lines->object;
}

void ground_lines_close(struct ground_lines *lines)
{
	if (lines->stream)
		fclose(lines->stream);
	json_decref(lines->object);
	free(lines->offsets);
	free(lines->text);
	memset(lines, 0, sizeof(*lines));
}
