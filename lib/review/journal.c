/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/journal_priv.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOURNAL_LIMIT ((size_t)4 << 30) /* bytes of a journal that is read back */

struct journal {
	char *path;
	int fd;
	off_t end; /* bytes that hold whole decisions */
	struct buf added; /* lines that are still to be appended */
};

/* Who is to hear a journal, and whose it should be (NULL: anybody's). */
struct hearing {
	struct journal_listener *listener;
	const char *annotator;
};

static int write_all(int fd, const char *bytes, size_t length)
{
	while (length) {
		ssize_t wrote = write(fd, bytes, length);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return -1;
		bytes += wrote;
		length -= (size_t)wrote;
	}
	return 0;
}

/* Append at the end and sync; what could not be kept whole is taken back. */
static int append_bytes(struct journal *journal, const struct buf *bytes, struct err *err)
{
	if (lseek(journal->fd, journal->end, SEEK_SET) < 0 ||
	    write_all(journal->fd, bytes->data, bytes->length) < 0 || fsync(journal->fd) < 0) {
		err_set_errno(err, "save the edit to", journal->path);
		/* What cannot be taken back now is a torn line, which the next opening mends. */
		if (ftruncate(journal->fd, journal->end) < 0)
			return -1;
		return -1;
	}
	journal->end += (off_t)bytes->length;
	return 0;
}

/* A new file's name must survive a power cut as its bytes do. */
static int sync_folder(const char *path, struct err *err)
{
	char *copy = strdup(path);
	int fd, rc;

	if (!copy)
		return err_set_memory(err);
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd < 0 || fsync(fd) < 0 ? err_set_errno(err, "sync the folder of", path) : 0;
	if (fd >= 0)
		close(fd);
	free(copy);
	return rc;
}

static int write_header(struct journal *journal, const struct journal_head *head, struct err *err)
{
	struct buf line = BUF_INIT;
	int rc;

	if (journal_line_header(&line, journal->path, head) < 0)
		rc = err_set_memory(err);
	else
		rc = append_bytes(journal, &line, err);
	buf_release(&line);
	return rc < 0 ? -1 : sync_folder(journal->path, err);
}

static int check_annotator(const char *annotator, const struct journal_line *line, struct err *err)
{
	const char *own = line->head.annotator;

	if (!annotator || !own || strcmp(annotator, own) == 0)
		return 0;
	return err_set(err, ERR_USAGE, "this is the journal of '%s', not of '%s'", own, annotator);
}

/* Hand one line to the listener. READ_OK and READ_EOF: it is understood. */
static enum read_status hear_line(const struct hearing *hearing, const char *text, size_t length,
				  struct err *err)
{
	struct journal_line line;
	enum read_status status = journal_line_read(&line, text, length, err);

	if (status == READ_OK && hearing->listener->hear(hearing->listener, &line.entry, err) < 0)
		status = READ_FAIL;
	if (status == READ_EOF && check_annotator(hearing->annotator, &line, err) < 0)
		status = READ_FAIL;
	journal_line_release(&line);
	return status;
}

/* Deal with what follows the last line feed: a whole decision is kept, a torn one taken away. */
static int mend_tail(struct journal *journal, const struct hearing *hearing, const char *tail,
		     size_t length, struct buf *note, struct err *err)
{
	struct buf line_feed = BUF_INIT;
	struct err ignored = ERR_INIT;
	int rc;

	if (length == 0)
		return 0;
	switch (hear_line(hearing, tail, length, &ignored)) {
	case READ_FAIL:
		*err = ignored;
		return -1;
	case READ_BAD:
		if (journal->end == 0 && !journal_line_is_torn_header(tail, length)) {
			*err = ignored;
			err_add_file(err, journal->path);
			return -1;
		}
		buf_add_format(note, "cut %zu bytes of an edit that was never finished off '%s'",
			       length, journal->path);
		if (ftruncate(journal->fd, journal->end) < 0 || fsync(journal->fd) < 0)
			return err_set_errno(err, "mend", journal->path);
		return 0;
	case READ_OK:
	case READ_EOF:
		break;
	}
	journal->end += (off_t)length;
	buf_add_char(&line_feed, '\n');
	rc = line_feed.failed ? err_set_memory(err) : append_bytes(journal, &line_feed, err);
	buf_release(&line_feed);
	return rc;
}

/* Hear all whole lines of `content`; *rest is what is left. */
static int hear_lines(const char *path, const struct buf *content, const struct hearing *hearing,
		      const char **rest, struct err *err)
{
	const char *at = content->data, *end = content->data + content->length, *feed;
	size_t line = 1;

	for (; (feed = memchr(at, '\n', (size_t)(end - at))); at = feed + 1, line++) {
		enum read_status status = hear_line(hearing, at, (size_t)(feed - at), err);

		if (status == READ_OK || (status == READ_EOF && line == 1))
			continue;
		if (status == READ_EOF)
			err_set(err, ERR_DATA, "a second first line");
		err->line = line;
		err_add_file(err, path);
		return -1;
	}
	*rest = at;
	return 0;
}

static int replay(struct journal *journal, const struct buf *content, const struct hearing *hearing,
		  struct buf *note, struct err *err)
{
	const char *rest;

	if (hear_lines(journal->path, content, hearing, &rest, err) < 0)
		return -1;
	journal->end = rest - content->data;
	return mend_tail(journal, hearing, rest, content->length - (size_t)journal->end, note, err);
}

struct journal *journal_open(const char *path, const struct journal_head *head,
			     struct journal_listener *listener, struct buf *note, struct err *err)
{
	const struct hearing hearing = { listener, head->annotator };
	struct journal *journal = calloc(1, sizeof(*journal));
	struct buf content = BUF_INIT;
	int rc = -1;

	if (!journal || !(journal->path = strdup(path))) {
		free(journal);
		err_set_memory(err);
		return NULL;
	}
	journal->fd = -1;
	buf_init(&journal->added);
	if (file_make_parents(path, err) < 0 || file_lock(path, &journal->fd, err) < 0) {
		if (err->kind == ERR_SYSTEM)
			err_set(err, ERR_SYSTEM, "no journal can be kept here: %s", err->text);
		goto out;
	}
	if (file_read_all(path, &content, JOURNAL_LIMIT, err) < 0 ||
	    replay(journal, &content, &hearing, note, err) < 0)
		goto out;
	rc = journal->end == 0 ? write_header(journal, head, err) : 0;
out:
	buf_release(&content);
	if (rc == 0)
		return journal;
	journal_close(journal);
	return NULL;
}

int journal_read(const char *path, struct journal_listener *listener, struct err *err)
{
	const struct hearing hearing = { listener, NULL };
	struct buf content = BUF_INIT;
	struct err ignored = ERR_INIT;
	const char *rest;
	size_t left;
	int rc = -1;

	if (file_read_all(path, &content, JOURNAL_LIMIT, err) < 0 ||
	    hear_lines(path, &content, &hearing, &rest, err) < 0)
		goto out;
	left = content.length - (size_t)(rest - content.data);
	if (left && hear_line(&hearing, rest, left, &ignored) == READ_FAIL)
		*err = ignored;
	else
		rc = 0;
out:
	buf_release(&content);
	return rc;
}

int journal_append(struct journal *journal, const struct journal_entry *entry, struct err *err)
{
	struct buf line = BUF_INIT;
	int rc = journal_flush(journal, err); /* what came before goes before */

	if (rc == 0 && journal_line_write(&line, entry) < 0)
		rc = err_set_memory(err);
	else if (rc == 0)
		rc = append_bytes(journal, &line, err);
	buf_release(&line);
	return rc;
}

int journal_add(struct journal *journal, const struct journal_entry *entry, struct err *err)
{
	return journal_line_write(&journal->added, entry) < 0 ? err_set_memory(err) : 0;
}

int journal_flush(struct journal *journal, struct err *err)
{
	int rc = journal->added.length ? append_bytes(journal, &journal->added, err) : 0;

	buf_clear(&journal->added);
	return rc;
}

const char *journal_path(const struct journal *journal)
{
	return journal->path;
}

void journal_close(struct journal *journal)
{
	if (!journal)
		return;
	file_unlock(journal->fd);
	buf_release(&journal->added);
	free(journal->path);
	free(journal);
}
