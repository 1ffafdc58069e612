/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"

#include "lib/base/checked.h"
#include "lib/base/unfinished.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int file_map_open(struct file_map *map, const char *path, struct err *err)
{
	struct stat st;
	int fd, rc = -1;
	void *data;

	map->data = (const unsigned char *)"";
	map->size = 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a pipe is refused, not waited for */
	if (fd < 0)
		return err_set_errno(err, "open", path);
	if (fstat(fd, &st) < 0) {
		err_set_errno(err, "stat", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, ERR_SYSTEM, "cannot map '%s': not a regular file", path);
		goto out;
	}
	rc = 0;
	if (st.st_size == 0)
		goto out;
	data = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
	if (data == MAP_FAILED) {
		rc = err_set_errno(err, "map", path);
		goto out;
	}
	map->data = data;
	map->size = (size_t)st.st_size;
out:
	close(fd);
	return rc;
}

void file_map_close(struct file_map *map)
{
	if (map->size)
		munmap((void *)(uintptr_t)map->data, map->size);
	map->data = (const unsigned char *)"";
	map->size = 0;
}

static int read_stream(FILE *stream, const char *path, struct buf *buf, size_t limit,
		       struct err *err)
{
	size_t start = buf->length;

	for (;;) {
		size_t room, got;

		if (buf_reserve(buf, (size_t)64 << 10) < 0)
			return err_set_memory(err);
		room = buf->capacity - buf->length - 1;
		got = fread(buf->data + buf->length, 1, room, stream);
		buf->length += got;
		buf->data[buf->length] = '\0';
		if (buf->length - start > limit)
			return err_set_at(err, path, 0, 0, "larger than the %zu bytes allowed here",
					  limit);
		if (got < room)
			break;
	}
	return ferror(stream) ? err_set_errno(err, "read", path) : 0;
}

int file_read_all(const char *path, struct buf *buf, size_t limit, struct err *err)
{
	FILE *stream;
	int rc;

	if (strcmp(path, "-") == 0)
		return read_stream(stdin, "standard input", buf, limit, err);
	stream = fopen(path, "rbe");
	if (!stream)
		return err_set_errno(err, "open", path);
	rc = read_stream(stream, path, buf, limit, err);
	fclose(stream);
	return rc;
}

/* A device or a pipe, which a rename would replace by a file. */
static bool is_special(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && !S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode);
}

int file_writer_open(struct file_writer *writer, const char *path, struct err *err)
{
	bool special = is_special(path);

	*writer = (struct file_writer)FILE_WRITER_INIT;
	writer->path = strdup(path);
	writer->temporary = special ? NULL : unfinished_name(path);
	if (!writer->path || (!special && !writer->temporary)) {
		file_writer_abort(writer);
		return err_set_memory(err);
	}
	writer->stream = fopen(special ? path : writer->temporary, "wbe");
	if (!writer->stream) {
		err_set_errno(err, "create", path);
		file_writer_abort(writer);
		return -1;
	}
	return 0;
}

int file_writer_commit(struct file_writer *writer, struct err *err)
{
	FILE *stream = writer->stream;
	bool bad;

	writer->stream = NULL;
	errno = 0;
	bad = fflush(stream) != 0 || ferror(stream) ||
	      (writer->temporary && !writer->unsynced && fsync(fileno(stream)) < 0);
	if (fclose(stream) != 0 || bad) {
		err_set_errno(err, "write", writer->path);
		if (writer->temporary)
			unlink(writer->temporary);
		file_writer_abort(writer);
		return -1;
	}
	if (writer->temporary && rename(writer->temporary, writer->path) < 0) {
		err_set_errno(err, "rename a new file to", writer->path);
		unlink(writer->temporary);
		file_writer_abort(writer);
		return -1;
	}
	file_writer_abort(writer);
	return 0;
}

void file_writer_abort(struct file_writer *writer)
{
	if (writer->stream) {
		fclose(writer->stream);
		if (writer->temporary)
			unlink(writer->temporary);
	}
	free(writer->path);
	free(writer->temporary);
	*writer = (struct file_writer)FILE_WRITER_INIT;
}

int file_writer_sweep(const char *folder, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return errno == ENOENT ? 0 : err_set_errno(err, "open the folder", folder);
	while (rc == 0 && (entry = readdir(dir))) {
		char *path;

		if (!unfinished_is_stale(entry->d_name))
			continue;
		path = file_join(folder, entry->d_name);
		if (!path)
			rc = err_set_memory(err);
		else if (unlink(path) < 0 && errno != ENOENT)
			rc = err_set_errno(err, "remove", path);
		free(path);
	}
	closedir(dir);
	return rc;
}

int file_write_all(const char *path, const void *bytes, size_t length, struct err *err)
{
	struct file_writer writer;

	if (file_writer_open(&writer, path, err) < 0)
		return -1;
	fwrite(bytes, 1, length, writer.stream);
	return file_writer_commit(&writer, err);
}

static int make_folder(const char *path, struct err *err)
{
	if (mkdir(path, 0777) == 0 || (errno == EEXIST && file_is_folder(path)))
		return 0;
	return err_set_errno(err, "create the folder", path);
}

/* Make every folder whose name ends before a slash at or after `path + 1`. */
static int make_prefixes(char *path, struct err *err)
{
	for (char *slash = path; (slash = strchr(slash + 1, '/'));) {
		int rc;

		*slash = '\0';
		rc = make_folder(path, err);
		*slash = '/';
		if (rc < 0)
			return -1;
	}
	return 0;
}

int file_make_folders(const char *path, struct err *err)
{
	if (file_make_parents(path, err) < 0)
		return -1;
	return *path ? make_folder(path, err) : 0;
}

int file_make_parents(const char *path, struct err *err)
{
	char *copy = strdup(path);
	int rc;

	if (!copy)
		return err_set_memory(err);
	rc = *copy ? make_prefixes(copy, err) : 0;
	free(copy);
	return rc;
}

bool file_exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

bool file_is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int64_t file_size(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return -1;
	return st.st_size;
}

char *file_join(const char *folder, const char *name)
{
	struct buf path = BUF_INIT;

	if (folder && *folder) {
		buf_add_string(&path, folder);
		if (path.length && path.data[path.length - 1] != '/')
			buf_add_char(&path, '/');
	}
	buf_add_string(&path, name);
	return buf_detach(&path);
}

const char *file_base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

const char *file_extension(const char *path)
{
	const char *name = file_base_name(path), *dot = strrchr(name, '.');

	return dot && dot != name ? dot + 1 : "";
}

#define WALK_DEPTH 64

static int walk_folder(const char *root, const char *relative, int depth, struct str_list *out,
		       size_t limit, struct err *err);

static int walk_entry(const char *root, const char *relative, const struct dirent *entry,
		      int depth, struct str_list *out, size_t limit, struct err *err)
{
	char *name = file_join(relative, entry->d_name), *path = name ? file_join(root, name) : NULL;
	struct stat st;
	int rc = 0;

	if (!path)
		rc = err_set_memory(err);
	else if (lstat(path, &st) < 0)
		rc = errno == ENOENT ? 0 : err_set_errno(err, "stat", path);
	else if (S_ISDIR(st.st_mode))
		rc = walk_folder(root, name, depth + 1, out, limit, err);
	else if (S_ISREG(st.st_mode) || (S_ISLNK(st.st_mode) && file_size(path) >= 0))
		rc = str_list_add(out, name) < 0 ? err_set_memory(err) : 0;
	if (rc == 0 && out->n > limit)
		rc = err_set(err, ERR_DATA, "'%s' holds more than %zu files", root, limit);
	free(path);
	free(name);
	return rc;
}

static int walk_folder(const char *root, const char *relative, int depth, struct str_list *out,
		       size_t limit, struct err *err)
{
	char *path = *relative ? file_join(root, relative) : strdup(root);
	struct dirent *entry;
	DIR *dir;
	int rc = 0;

	if (!path)
		return err_set_memory(err);
	if (depth > WALK_DEPTH) {
		rc = err_set(err, ERR_DATA, "'%s' is nested more than %d folders deep", path,
			     WALK_DEPTH);
		goto out;
	}
	dir = opendir(path);
	if (!dir) {
		rc = err_set_errno(err, "open the folder", path);
		goto out;
	}
	while (rc == 0 && (entry = readdir(dir)))
		if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
			rc = walk_entry(root, relative, entry, depth, out, limit, err);
	closedir(dir);
out:
	free(path);
	return rc;
}

int file_walk(const char *folder, struct str_list *out, size_t limit, struct err *err)
{
	if (walk_folder(folder, "", 0, out, limit, err) < 0)
		return -1;
	str_list_sort(out);
	return 0;
}

static int lock(const char *path, int kind, int *fd, struct err *err)
{
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (*fd < 0)
		return err_set_errno(err, "create the lock", path);
	if (flock(*fd, kind | LOCK_NB) == 0)
		return 0;
	close(*fd);
	*fd = -1;
	if (errno == EWOULDBLOCK)
		return err_set(err, ERR_USAGE,
			       "'%s' is locked by another tagsight; wait for it to end", path);
	return err_set_errno(err, "lock", path);
}

int file_lock(const char *path, int *fd, struct err *err)
{
	return lock(path, LOCK_EX, fd, err);
}

int file_lock_shared(const char *path, int *fd, struct err *err)
{
	return lock(path, LOCK_SH, fd, err);
}

void file_unlock(int fd)
{
	if (fd >= 0)
		close(fd);
}
