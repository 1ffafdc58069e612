/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/file.h"
#include "lib/formats/conll.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The character between the columns of a record: that of its first line that has two. */
static char separator(const struct review_record *record)
{
	for (size_t i = 0; i < record->sentence.n_tokens; i++)
		if (record->sentence.tokens[i].columns > 1)
			return memchr(record->sentence.tokens[i].line, '\t',
				      record->sentence.tokens[i].line_length)
				       ? '\t'
				       : ' ';
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

/* Write the record's lines in `piece` with its tags as they stand; what is between lines, and lines
 * whose tag was not changed, byte for byte. */
int review_tweet_write(FILE *out, const struct review_record *record,
			const struct text_piece *piece, struct err *err)
{
	struct line_reader *lines = line_reader_open_piece(piece, CONLL_LINE_LIMIT, err);
	const struct sentence *sentence = &record->sentence;
	const char *at = piece->bytes;
	struct text_line line;

	if (!lines)
		return -1;
	while (line_reader_next(lines, &line, err) == READ_OK) {
		size_t word = line.number - sentence->line_number;

		if (line.number < sentence->line_number || word >= sentence->n_tokens ||
		    strcmp(record->tags[word], record->gold[word]) == 0)
			continue;
		fwrite(at, 1, (size_t)(line.text - at), out);
		write_tagged(out, record, line.text, line.length, record->tags[word]);
		at = line.text + line.length;
	}
	line_reader_close(lines);
	fwrite(at, 1, (size_t)(piece->bytes + piece->length - at), out);
	return 0;
}

static int changed(struct err *err, const struct review *review)
{
	return err_set(err, ERR_DATA,
		       "'%s' has changed since it was opened; open it again (the edits are in the "
		       "journal)", review->path);
}

/* Get `length` bytes of the text. */
static int get_bytes(const struct review *review, uint64_t offset, size_t length, char *bytes,
		     struct err *err)
{
	for (size_t got = 0; got < length;) {
		ssize_t n = pread(fileno(review->text), bytes + got, length - got,
				  (off_t)(offset + got));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_set_errno(err, "read", review->path);
		if (n == 0)
			return changed(err, review);
		got += (size_t)n;
	}
	return 0;
}

/* Copy the text from one offset to another. */
static int copy_bytes(FILE *out, const struct review *review, uint64_t from, uint64_t to,
		      struct err *err)
{
	char bytes[16384];

	while (from < to) {
		size_t length = to - from < sizeof(bytes) ? (size_t)(to - from) : sizeof(bytes);

		if (get_bytes(review, from, length, bytes, err) < 0)
			return -1;
		fwrite(bytes, 1, length, out);
		from += length;
	}
	return 0;
}

static int copy_record(FILE *out, const struct review *review, size_t number, struct err *err)
{
	const struct review_entry *entry = &review->entries[number];
	const struct review_record *record = review_record(review, number);
	char *bytes = malloc(entry->length);
	struct text_piece piece = { review->path, bytes, entry->length, entry->line - 1, NULL };
	int rc = -1;

	if (!bytes)
		rc = err_set_memory(err);
	else if (review_fault(review, err) == 0 &&
		 get_bytes(review, entry->offset, entry->length, bytes, err) == 0)
		rc = review->source->write(out, record, &piece, err);
	free(bytes);
	return rc;
}

static int write_text(FILE *out, const struct review *review, struct err *err)
{
	uint64_t at = 0;

	for (size_t i = 0; i < review->n_records; i++) {
		const struct review_entry *entry = &review->entries[i];

		if (!entry->decided)
			continue;
		if (copy_bytes(out, review, at, entry->offset, err) < 0 ||
		    copy_record(out, review, i, err) < 0)
			return -1;
		at = entry->offset + entry->length;
	}
	if (copy_bytes(out, review, at, (uint64_t)review->stat.st_size, err) < 0)
		return -1;
	return review_text_check(review) < 0 ? changed(err, review) : 0;
}

int review_write(struct review *review, FILE *out, struct err *err)
{
	return review_make_ready(review, err) < 0 ? -1 : write_text(out, review, err);
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
		return err_set(err, ERR_USAGE, "'%s' exists; ':write! FILE' or --force replaces it", path);
	return 0;
}

int review_export(struct review *review, const char *path, enum review_export_mode mode,
		  struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;
	int rc = -1;

	if (review_make_ready(review, err) < 0 || check_target(review, path, mode, err) < 0 ||
	    file_writer_open(&writer, path, err) < 0)
		return -1;
	if (write_text(writer.stream, review, err) == 0 && file_writer_commit(&writer, err) == 0) {
		review->totals.unsaved = 0;
		rc = 0;
	}
	file_writer_abort(&writer);
	return rc;
}
