/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names that a journal has to do with: its annotator's, and that of the text from where it lies.
 */
#include "lib/review/journal_priv.h"

#include "lib/base/file.h"

#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FIRST_LINE_LIMIT 65536 /* bytes */

bool annotator_is_valid(const char *name)
{
	static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
	size_t length = strlen(name);

	return length > 0 && length <= ANNOTATOR_LIMIT && *name != '.' && strspn(name, allowed) == length;
}

/* The folder of a file by its true path, on the heap; the file itself need not exist. */
static char *true_folder(const char *path)
{
	char *copy = strdup(path), *folder = copy ? realpath(dirname(copy), NULL) : NULL;

	free(copy);
	return folder;
}

/* Where the parts of both paths part ways: behind a '/', in both alike. */
static size_t common_length(const char *from, const char *to)
{
	size_t common = 0;

	for (size_t i = 0; from[i] && from[i] == to[i]; i++)
		if (from[i] == '/')
			common = i + 1;
	return common;
}

char *journal_way(const char *from, const char *to)
{
	char *folder = true_folder(from), *target = realpath(to, NULL);
	struct buf from_folder = BUF_INIT, way = BUF_INIT;
	size_t common;

	if (folder && target) {
		buf_add_format(&from_folder, "%s%s", folder, strcmp(folder, "/") == 0 ? "" : "/");
		common = common_length(from_folder.data, target);
		for (const char *at = from_folder.data + common; (at = strchr(at, '/')); at++)
			buf_add_string(&way, "../");
		buf_add_string(&way, target + common);
	}
	free(folder);
	free(target);
	buf_release(&from_folder);
	return way.length ? buf_detach(&way) : NULL;
}

/* The first line of a file, or as much of it as a first line of ours may have. */
static int first_line(const char *path, struct buf *line, struct err *err)
{
	char bytes[4096];
	FILE *stream = fopen(path, "rbe");
	size_t got;
	char *feed;

	if (!stream)
		return err_set_errno(err, "open", path);
	while (line->length < FIRST_LINE_LIMIT && !memchr(line->data, '\n', line->length) &&
	       (got = fread(bytes, 1, sizeof(bytes), stream)) > 0)
		buf_add(line, bytes, got);
	fclose(stream);
	if (line->failed)
		return err_set_memory(err);
	feed = memchr(line->data, '\n', line->length);
	if (feed)
		line->length = (size_t)(feed - line->data);
	return 0;
}

bool journal_is_one(const char *path)
{
	struct buf line = BUF_INIT;
	struct err ignored = ERR_INIT;
	struct stat stat_;
	/* What is no file, such as a pipe, can be read once only. */
	bool is = stat(path, &stat_) == 0 && S_ISREG(stat_.st_mode) &&
		  first_line(path, &line, &ignored) == 0 && line.length > strlen("{\"journal\":") &&
		  *line.data && journal_line_is_torn_header(line.data, line.length);

	buf_release(&line);
	return is;
}

/* A file's path from the folder of another, if it is there; on the heap. */
static char *beside(const char *path, const char *name)
{
	char *copy = strdup(path), *found = copy && name ? file_join(dirname(copy), name) : NULL;

	free(copy);
	if (found && !file_exists(found)) {
		free(found);
		found = NULL;
	}
	return found;
}

char *journal_find_text(const char *path, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct journal_line line = { .object = NULL };
	char *found = NULL;

	if (first_line(path, &bytes, err) < 0) {
		buf_release(&bytes);
		return NULL;
	}
	switch (journal_line_read(&line, bytes.data, bytes.length, err)) {
	case READ_EOF:
		found = beside(path, line.head.path);
		if (!found)
			found = beside(path, line.head.text);
		if (!found)
			err_set(err, ERR_USAGE,
				"the text '%s' of the journal '%s' is not where it was; put it beside the "
				"journal", line.head.text ? line.head.text : "", path);
		break;
	case READ_OK:
		err_set(err, ERR_DATA, "a journal without its first line");
		/* fall through */
	default:
		err_add_file(err, path);
		break;
	}
	journal_line_release(&line);
	buf_release(&bytes);
	return found;
}
