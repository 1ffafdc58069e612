/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_target.h"

#include "lib/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define OPEN_FOLDER (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void target_init(struct unpack_target *target, const char *path)
{
	memset(target, 0, sizeof(*target));
	target->path = path;
	target->root = target->work = target->stage = target->folder = -1;
}

static DIR *list_folder(int folder)
{
	int fd = openat(folder, ".", OPEN_FOLDER);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);

	if (!dir)
		close_fd(&fd);
	return dir;
}

static bool is_dots(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

static bool is_empty(int folder)
{
	DIR *dir = list_folder(folder);
	struct dirent *entry;
	bool empty = dir != NULL;

	while (empty && (entry = readdir(dir)))
		empty = is_dots(entry->d_name);
	if (dir)
		closedir(dir);
	return empty;
}

/* The folder `name` in `parent`, made when it is missing. */
static int enter(int parent, const char *name, bool make)
{
	if (make && mkdirat(parent, name, 0777) < 0 && errno != EEXIST)
		return -1;
	return openat(parent, name, OPEN_FOLDER);
}

/* A system that fails is ERR_SYSTEM; something in the way is the data's. */
static int fail(const struct unpack_target *target, const char *path, struct err *err)
{
	switch (errno) {
	case ELOOP:
	case ENOTDIR:
	case EISDIR:
	case EEXIST:
	case ENAMETOOLONG:
		return err_set(err, ERR_DATA,
			       "a link or another kind of file is in its way at '%s' in '%s'", path,
			       target->path);
	default:
		return err_set(err, ERR_SYSTEM, "cannot write '%s' in '%s': %s", path, target->path,
			       strerror(errno));
	}
}

int unpack_target_open(struct unpack_target *target, const char *path, struct err *err)
{
	target_init(target, path);
	if (file_make_folders(path, err) < 0)
		return -1;
	target->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target->root < 0)
		return err_set_errno(err, "open the folder", path);
	target->work = enter(target->root, "tagsight", true);
	if (target->work >= 0)
		target->stage = enter(target->work, "unpack", true);
	if (target->stage < 0) {
		fail(target, "tagsight/unpack", err);
		err->kind = ERR_SYSTEM;
		goto fail;
	}
	if (flock(target->stage, LOCK_EX | LOCK_NB) == 0) {
		target->fresh = is_empty(target->stage);
		return 0;
	}
	if (errno == EWOULDBLOCK)
		err_set(err, ERR_USAGE, "another tagsight is unpacking into '%s'; wait for it to end",
			path);
	else
		err_set_errno(err, "lock", path);
fail:
	close_fd(&target->stage);
	unpack_target_close(target);
	return -1;
}

int unpack_target_look(struct unpack_target *target, const char *path, struct err *err)
{
	target_init(target, path);
	target->root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (target->root < 0 && errno != ENOENT)
		return err_set_errno(err, "open the folder", path);
	return 0;
}

void unpack_target_close(struct unpack_target *target)
{
	if (target->stage >= 0)
		unlinkat(target->work, "unpack", AT_REMOVEDIR);
	close_fd(&target->stage);
	if (target->work >= 0)
		unlinkat(target->root, "tagsight", AT_REMOVEDIR);
	close_fd(&target->work);
	close_fd(&target->folder);
	close_fd(&target->root);
}

/* The folder that holds `path`, kept open until another is asked for; *name is the last part. -1 when
 * it cannot be reached, errno set. */
static int open_parent(struct unpack_target *target, const char *path, bool make, const char **name)
{
	size_t length = (size_t)(file_base_name(path) - path), at = 0;
	char part[NAME_MAX + 1];
	int folder;

	*name = path + length;
	if (length == 0 || target->root < 0)
		return target->root;
	if (length >= sizeof(target->folder_path))
		return errno = ENAMETOOLONG, -1;
	if (target->folder >= 0 && strlen(target->folder_path) == length &&
	    memcmp(target->folder_path, path, length) == 0)
		return target->folder;
	close_fd(&target->folder);
	for (folder = target->root; at < length; at += strlen(part) + 1) {
		int next;

		snprintf(part, sizeof(part), "%.*s", (int)strcspn(path + at, "/"), path + at);
		next = enter(folder, part, make);
		if (folder != target->root)
			close(folder);
		if (next < 0)
			return -1;
		folder = next;
	}
	memcpy(target->folder_path, path, length);
	target->folder_path[length] = '\0';
	return target->folder = folder;
}

bool unpack_target_stat(struct unpack_target *target, const char *path, struct stat *st)
{
	const char *name;
	int folder = open_parent(target, path, false, &name);

	return folder >= 0 && fstatat(folder, name, st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int open_file(int folder, const char *name)
{
	struct stat st;
	int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0 && (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)))
		close_fd(&fd);
	return fd;
}

int unpack_target_read(struct unpack_target *target, const char *path)
{
	const char *name;
	int folder = open_parent(target, path, false, &name);

	return folder < 0 ? -1 : open_file(folder, name);
}

int unpack_stage_create(struct unpack_target *target, const char *name, struct err *err)
{
	int flags = O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int fd = openat(target->stage, name, flags, 0666);

	/* What an interrupted run left is taken away, never written through: it may be a link. */
	if (fd < 0 && errno == EEXIST && unlinkat(target->stage, name, 0) == 0)
		fd = openat(target->stage, name, flags, 0666);
	if (fd < 0)
		err_set_errno(err, "create a file below", target->path);
	return fd;
}

bool unpack_stage_has(struct unpack_target *target, const char *name, uint64_t size, int64_t mtime)
{
	struct stat st;

	return !target->fresh && fstatat(target->stage, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       S_ISREG(st.st_mode) &&
	       st.st_nlink == 1 && (uint64_t)st.st_size == size && st.st_mtim.tv_sec == mtime &&
	       st.st_mtim.tv_nsec == 0;
}

int unpack_stage_read(struct unpack_target *target, const char *name)
{
	return open_file(target->stage, name);
}

void unpack_stage_remove(struct unpack_target *target, const char *name)
{
	unlinkat(target->stage, name, 0);
}

void unpack_stage_clear(struct unpack_target *target)
{
	DIR *dir = list_folder(target->stage);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (!is_dots(entry->d_name))
			unlinkat(target->stage, entry->d_name, 0);
	if (dir)
		closedir(dir);
}

/* rename() that leaves what is there; file systems without it get the same in two steps. */
static int rename_new(int from, const char *name, int to, const char *base)
{
	struct stat st;

	if (renameat2(from, name, to, base, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (fstatat(to, base, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return errno = EEXIST, -1;
	return renameat(from, name, to, base);
}

int unpack_target_install(struct unpack_target *target, const char *name, const char *path,
			  bool replace, struct err *err)
{
	const char *base;
	int folder = open_parent(target, path, true, &base), rc;

	if (folder < 0)
		return fail(target, path, err);
	rc = replace ? renameat(target->stage, name, folder, base) :
		       rename_new(target->stage, name, folder, base);
	if (rc < 0 && errno == EEXIST && !replace)
		return 1;
	return rc < 0 ? fail(target, path, err) : 0;
}
