/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest written anew with the edits of its boxes.
 */
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/review/review_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define REAL_DIGITS 9 /* as manifest_write() has it */

struct rewriting {
	struct review *review;
	FILE *out;
	struct arena arena; /* of a line */
	struct boxes_report *report; /* NULL: the boxes are only to be met */
};

static int add_line(struct rewriting *to, const char *line, size_t length)
{
	fwrite(line, 1, length, to->out);
	return 0;
}

static json_t *sides(const struct box *box)
{
	return json_pack("[f,f,f,f]", (double)box->x0, (double)box->y0, (double)box->x1,
			 (double)box->y1);
}

/* Write the object with what was decided, and the end that its line had. */
static int add_changed(struct rewriting *to, json_t *object, const struct box_state *now, bool feed)
{
	if (json_object_set_new(object, "box", sides(&now->box)) < 0 ||
	    json_object_set_new(object, "phrase", json_text(now->phrase)) < 0 ||
	    (now->kind && json_object_set_new(object, "kind", json_text(now->kind)) < 0) ||
	    json_dumpf(object, to->out,
		       JSON_COMPACT | JSON_PRESERVE_ORDER | JSON_REAL_PRECISION(REAL_DIGITS)) < 0)
		return -1;
	if (feed)
		fputc('\n', to->out);
	return 0;
}

/* Write a line that is a box, if it is to stand. -1 when memory is out. */
static int rewrite_box(struct rewriting *to, json_t *object, const struct manifest_entry *entry,
		       const char *line, size_t length)
{
	const struct box_name name = { entry->image, entry->phrase, entry->box };
	struct box_state now;

	if (!to->report) {
		review_boxes_meet(to->review, &name);
		return 0;
	}
	if (!review_box_state(to->review, &name, &now)) {
		to->report->fewer++;
		return 0;
	}
	to->report->boxes++;
	if (memcmp(&now.box, &name.box, sizeof(now.box)) == 0 && strcmp(now.phrase, name.phrase) == 0)
		return add_line(to, line, length);
	to->report->changed++;
	return add_changed(to, object, &now, line[length - 1] == '\n');
}

static int rewrite_line(struct rewriting *to, const char *line, size_t length)
{
	json_t *object = json_loadb(line, length, 0, NULL);
	struct err ignored = ERR_INIT;
	struct manifest_entry entry;
	int rc;

	arena_reset(&to->arena);
	if (json_is_object(object) && manifest_read(object, &entry, &to->arena, &ignored) == 0)
		rc = rewrite_box(to, object, &entry, line, length);
	else
		rc = to->report ? add_line(to, line, length) : 0;
	json_decref(object);
	return rc;
}

static int rewrite(struct rewriting *to, const char *manifest, struct err *err)
{
	FILE *in = fopen(manifest, "rbe");
	char *line = NULL;
	size_t capacity = 0;
	ssize_t length;
	int rc = 0;

	if (!in)
		return err_set_errno(err, "open", manifest);
	while (rc == 0 && (length = getline(&line, &capacity, in)) > 0)
		if (rewrite_line(to, line, (size_t)length) < 0)
			rc = err_set_memory(err);
	if (rc == 0 && (ferror(in) || !feof(in)))
		rc = err_set_errno(err, "read", manifest);
	free(line);
	fclose(in);
	return rc;
}

static int check_target(const char *manifest, const char *path, int mode, struct err *err)
{
	struct stat from, to;

	if (stat(manifest, &from) < 0)
		return err_set_errno(err, "open", manifest);
	if (!S_ISREG(from.st_mode))
		return err_set(err, ERR_USAGE, "'%s' is not a regular file", manifest);
	if (stat(path, &to) < 0)
		return 0;
	if (to.st_dev == from.st_dev && to.st_ino == from.st_ino)
		return err_set(err, ERR_USAGE,
			       "'%s' is the manifest, which is never edited; choose another name", path);
	if (!S_ISREG(to.st_mode))
		return err_set(err, ERR_USAGE, "'%s' is not a regular file", path);
	if (mode != REVIEW_REPLACE)
		return err_set(err, ERR_USAGE, "'%s' exists; ':write-boxes! FILE' replaces it", path);
	return 0;
}

int review_write_boxes(struct review *review, const char *manifest, const char *path, int mode,
		       struct boxes_report *report, struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;
	struct rewriting to = { review, NULL, ARENA_INIT, NULL };
	int rc;

	memset(report, 0, sizeof(*report));
	if (review_make_ready(review, err) < 0 || check_target(manifest, path, mode, err) < 0 ||
	    file_writer_open(&writer, path, err) < 0)
		return -1;
	to.out = writer.stream;
	review_boxes_begin(review);
	rc = rewrite(&to, manifest, err);
	to.report = report;
	if (rc == 0 && rewrite(&to, manifest, err) == 0 && file_writer_commit(&writer, err) == 0)
		report->lost = review_boxes_lost(review);
	else
		rc = -1;
	arena_release(&to.arena);
	file_writer_abort(&writer);
	return rc;
}
