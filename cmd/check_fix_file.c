/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_fix_priv.h"

#include "lib/base/utf8.h"
#include "preprocess/repair/repair_pictures.h"
#include "preprocess/repair/unified_diff.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t mend_number(const char *rule)
{
	struct repair_info info;
	size_t i = 0;

	while (repair_rule(i, &info) && strcmp(info.rule, rule) != 0)
		i++;
	return i < MENDS ? i : MENDS - 1;
}

/* ---- what is shown ---- */

static void write_shown(FILE *out, const char *text, size_t length)
{
	char shown[UTF8_SHOWN], *copy = text ? strndup(text, length) : NULL;

	if (!text)
		fputs("nothing", out);
	else
		fprintf(out, "'%s'", copy ? utf8_show(copy, shown) : "");
	free(copy);
}

static void write_change(FILE *out, const struct repair_change *change)
{
	fputs(change->file, out);
	if (change->line)
		fprintf(out, ":%zu", change->line);
	if (change->column)
		fprintf(out, ":%zu", change->column);
	fputs(": fixed: ", out);
	write_shown(out, change->before, change->before_length);
	fputs(" becomes ", out);
	write_shown(out, change->after, change->after_length);
	fprintf(out, " [%s]\n", change->rule);
}

void fix_on_change(struct repair_sink *sink, const struct repair_change *change)
{
	struct fix *fix = (struct fix *)sink;
	size_t number = mend_number(change->rule), most = fix->options->max_per_rule;

	repair_change_write(fix->staged_log, change);
	fix->file_shown[number]++;
	if (fix->staged_text && (!most || fix->shown[number] + fix->file_shown[number] <= most))
		write_change(fix->staged_text, change);
}

void fix_on_piece(struct repair_sink *sink, const char *before, size_t before_length, const char *after,
		  size_t after_length)
{
	struct fix *fix = (struct fix *)sink;

	if (fix->diff)
		unified_diff_add(fix->diff, before, before_length, after, after_length);
	if (fix->target.writer.stream)
		fwrite(after, 1, after_length, fix->target.writer.stream);
}

/* ---- the log ---- */

/* Append a staged stream to another one. */
static int append(FILE *from, FILE *to, const char *name, struct err *err)
{
	char block[4096];
	size_t got;

	errno = 0;
	if (fflush(from) != 0 || ferror(from) || fseek(from, 0, SEEK_SET) != 0)
		return err_set_errno(err, "write", "a temporary file");
	while ((got = fread(block, 1, sizeof(block), from)) > 0)
		fwrite(block, 1, got, to);
	if (ferror(from) || ferror(to))
		return err_set_errno(err, "write", name);
	return 0;
}

static char *log_path(const struct fix *fix)
{
	const char *folder = fix->options->common->output;
	char *work = file_join(folder ? folder : fix->dataset->root, "tagsight");
	char *path = work ? file_join(work, "repairs.jsonl") : NULL;

	free(work);
	return path;
}

/* The log is safe on disk before the file that it speaks of appears. */
static int append_log(struct fix *fix, struct err *err)
{
	char *path = log_path(fix);
	FILE *log = NULL;
	int rc = -1;

	if (!path)
		return err_set_memory(err);
	if (file_make_parents(path, err) < 0)
		goto out;
	log = fopen(path, "abe");
	if (!log) {
		err_set_errno(err, "open", path);
		goto out;
	}
	rc = append(fix->staged_log, log, path, err);
	if (rc == 0 && (fflush(log) != 0 || fsync(fileno(log)) < 0))
		rc = err_set_errno(err, "write", path);
out:
	if (log && fclose(log) != 0 && rc == 0)
		rc = err_set_errno(err, "write", path);
	free(path);
	return rc;
}

/* ---- one text ---- */

static int open_staged(struct fix *fix, struct err *err)
{
	bool text = !fix->json && !fix->options->dry_run;

	fix->staged_log = tmpfile();
	fix->staged_text = text ? tmpfile() : NULL;
	memset(fix->file_shown, 0, sizeof(fix->file_shown));
	if (!fix->staged_log || (text && !fix->staged_text))
		return err_set_errno(err, "create", "a temporary file");
	return 0;
}

static void close_staged(struct fix *fix)
{
	if (fix->staged_log)
		fclose(fix->staged_log);
	if (fix->staged_text)
		fclose(fix->staged_text);
	fix->staged_log = fix->staged_text = NULL;
}

/* The file has changed, or would: tell. */
static int count_file(struct fix *fix, size_t n_changes, struct err *err)
{
	fix->n_mended++;
	fix->n_changes += n_changes;
	for (size_t i = 0; i < MENDS; i++) {
		fix->shown[i] += fix->file_shown[i];
		fix->counts[i] += fix->file_shown[i];
	}
	if (fix->target.backup)
		command_note(fix->command, fix->options->common, "the original of '%s' is '%s'",
			     fix->target.path, fix->target.backup);
	if (fix->json)
		return append(fix->staged_log, fix->out, "standard output", err);
	return fix->staged_text ? append(fix->staged_text, fix->out, "standard output", err) : 0;
}

int fix_text(struct fix *fix, const struct split *split, struct err *err)
{
	bool dry = fix->options->dry_run;
	size_t n_changes = 0;
	int rc = -1;

	if (open_staged(fix, err) < 0)
		goto out;
	if (dry && !fix->json) {
		fix->diff = unified_diff_new(fix->out, split->text);
		if (!fix->diff) {
			err_set_memory(err);
			goto out;
		}
	}
	if (!dry && repair_target_open(&fix->target, split->text, fix->dataset->root,
				       fix->options->common->output, err) < 0)
		goto out;
	rc = repair_text(split, &fix->repair, &fix->sink, &n_changes,
			 command_progress(fix->command, fix->options->common), err);
	if (rc == 0 && n_changes && !dry)
		rc = append_log(fix, err) < 0 ? -1 : repair_target_commit(&fix->target, err);
	if (rc == 0 && n_changes)
		rc = count_file(fix, n_changes, err);
out:
	if (unified_diff_free(fix->diff, err) < 0)
		rc = -1;
	fix->diff = NULL;
	repair_target_release(&fix->target);
	close_staged(fix);
	return rc;
}

/* ---- pictures ---- */

static void note_picture(struct fix *fix, const struct picture_mend *mend)
{
	struct repair_change change = { .rule = mend->rule,
					.file = mend->path,
					.record = mend->record,
					.before = mend->before,
					.before_length = strlen(mend->before),
					.after = mend->after,
					.after_length = strlen(mend->after) };

	fix_on_change(&fix->sink, &change);
}

/* No diff holds a picture: what would be done to it is told beside the diff. */
static void tell_trial(const struct fix *fix, const struct picture_mend *mend)
{
	static const char *const deeds[] = { "", "be turned without loss", "be written anew",
					     "be renamed" };

	if (!fix->json && fix->options->dry_run)
		command_note(fix->command, fix->options->common, "'%s' would %s [%s]", mend->path,
			     deeds[mend->kind], mend->rule);
}

static int write_picture(struct fix *fix, const struct picture_mend *mend, struct err *err)
{
	const char *folder = fix->options->common->output;

	if (mend->kind == PICTURE_RENAME)
		return append_log(fix, err) < 0 ? -1
						: repair_rename(mend->path, mend->renamed,
								fix->dataset->root, folder, err);
	if (repair_target_open(&fix->target, mend->path, fix->dataset->root, folder, err) < 0 ||
	    repair_picture_write(mend, fix->target.writer.stream, err) < 0)
		return -1;
	return append_log(fix, err) < 0 ? -1 : repair_target_commit(&fix->target, err);
}

static int fix_picture(void *context, const struct picture_mend *mend, struct err *err)
{
	struct fix *fix = context;
	int rc = open_staged(fix, err);

	if (rc == 0) {
		note_picture(fix, mend);
		tell_trial(fix, mend);
	}
	if (rc == 0 && !fix->options->dry_run)
		rc = write_picture(fix, mend, err);
	if (rc == 0)
		rc = count_file(fix, 1, err);
	repair_target_release(&fix->target);
	close_staged(fix);
	return rc;
}

int fix_pictures(struct fix *fix, const struct split *split, struct err *err)
{
	size_t before = fix->pictures.n;
	int rc = repair_pictures(split, &fix->repair, &fix->pictures, fix_picture, fix,
				 command_progress(fix->command, fix->options->common), err);

	fix->n_files += fix->pictures.n - before;
	return rc;
}
