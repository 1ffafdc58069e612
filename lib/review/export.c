/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/file.h"
#include "lib/formats/conll.h"

#include <string.h>

/* A walk over the lines of the original beside the tokens of the review. */
struct export_walk {
	const struct review *review;
	size_t record, token; /* the next token */
};

/* The next token in file order, or NULL after the last; *record is the one that it is of. */
static const struct token *next_token(const struct export_walk *walk,
				      const struct review_record **record)
{
	if (walk->record == walk->review->n_records)
		return NULL;
	*record = &walk->review->records[walk->record];
	return &(*record)->sentence.tokens[walk->token];
}

static void step(struct export_walk *walk)
{
	const struct review *review = walk->review;

	walk->token++;
	while (walk->record < review->n_records &&
	       walk->token >= review->records[walk->record].sentence.n_tokens) {
		walk->record++;
		walk->token = 0;
	}
}

/* The character between the columns of a record: that of its first line that has two. */
static char separator(const struct review_record *record)
{
	for (size_t i = 0; i < record->sentence.n_tokens; i++)
		if (record->sentence.tokens[i].columns > 1)
			return strchr(record->sentence.tokens[i].line, '\t') ? '\t' : ' ';
	return '\t';
}

/* A token line with another tag in its last column; a line of one column gets a second one. */
static void write_tagged(FILE *out, const struct review_record *record, const char *line,
			 size_t length, const char *tag)
{
	size_t columns = conll_columns(line, length), size;
	const char *column;

	conll_column(line, length, columns - 1, &column, &size);
	if (columns > 1) {
		fwrite(line, 1, (size_t)(column - line), out);
		fputs(tag, out);
		fwrite(column + size, 1, (size_t)(line + length - (column + size)), out);
	} else {
		fwrite(line, 1, (size_t)(column + size - line), out);
		fputc(separator(record), out);
		fputs(tag, out);
	}
}

/* Write one line of the original, which is at `bytes`. */
static void write_line(FILE *out, struct export_walk *walk, const struct text_line *line,
		       const char *bytes)
{
	const struct review_record *record;
	const struct token *token = next_token(walk, &record);
	size_t at = walk->token;

	if (!token || token->line_number != line->number) {
		fwrite(bytes, 1, line->length, out);
	} else {
		if (strcmp(record->tags[at], record->gold[at]) == 0)
			fwrite(bytes, 1, line->length, out);
		else
			write_tagged(out, record, bytes, line->length, record->tags[at]);
		step(walk);
	}
	fputs(line->ending, out);
}

static int changed(struct err *err, const struct review *review)
{
	return err_set(err, ERR_DATA,
		       "'%s' has changed since it was opened; open it again (the edits are in the "
		       "journal)", review->path);
}

static int write_lines(FILE *out, const struct review *review, const struct file_map *map,
		       struct line_reader *lines, struct err *err)
{
	struct export_walk walk = { .review = review };
	struct err ignored = ERR_INIT;
	enum read_status status;
	struct text_line line;
	size_t at = 0;

	if (map->size >= 3 && memcmp(map->data, "\xef\xbb\xbf", 3) == 0)
		at = fwrite("\xef\xbb\xbf", 1, 3, out);
	if (review->n_records && review->records[0].sentence.n_tokens == 0)
		step(&walk);
	while ((status = line_reader_next(lines, &line, &ignored)) > READ_EOF) {
		if (line.length + strlen(line.ending) > map->size - at)
			return changed(err, review);
		write_line(out, &walk, &line, (const char *)map->data + at);
		at += line.length + strlen(line.ending);
	}
	if (status == READ_FAIL) {
		*err = ignored;
		return -1;
	}
	return at == map->size && walk.record == review->n_records ? 0 : changed(err, review);
}

static int check_target(const struct review *review, const char *path,
			enum review_export_mode mode, struct err *err)
{
	const struct stat *then = &review->stat;
	struct stat now, target;

	if (stat(review->path, &now) < 0)
		return err_set_errno(err, "open", review->path);
	if (now.st_size != then->st_size || now.st_mtim.tv_sec != then->st_mtim.tv_sec ||
	    now.st_mtim.tv_nsec != then->st_mtim.tv_nsec)
		return changed(err, review);
	if (stat(path, &target) < 0)
		return 0;
	if (target.st_dev == now.st_dev && target.st_ino == now.st_ino)
		return err_set(err, ERR_USAGE,
			       "'%s' is the original, which is never written; choose another name",
			       path);
	if (!S_ISREG(target.st_mode))
		return err_set(err, ERR_USAGE, "'%s' is not a regular file", path);
	if (mode != REVIEW_REPLACE)
		return err_set(err, ERR_USAGE, "'%s' exists; ':write! FILE' replaces it", path);
	return 0;
}

int review_export(struct review *review, const char *path, enum review_export_mode mode,
		  struct err *err)
{
	struct file_map map = { .size = 0 };
	struct line_reader *lines = NULL;
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	if (check_target(review, path, mode, err) < 0 || file_map_open(&map, review->path, err) < 0)
		return -1;
	lines = line_reader_open(review->path, CONLL_LINE_LIMIT, err);
	if (!lines || file_writer_open(&writer, path, err) < 0)
		goto out;
	if (write_lines(writer.stream, review, &map, lines, err) < 0 ||
	    file_writer_commit(&writer, err) < 0)
		goto out;
	review->unsaved = 0;
	rc = 0;
out:
	file_writer_abort(&writer);
	line_reader_close(lines);
	file_map_close(&map);
	return rc;
}
