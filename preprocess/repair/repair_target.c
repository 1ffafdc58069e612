/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/repair/repair_target.h"

#include "lib/base/buf.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BACKUPS 1000

/* The path below the root, or as much of it as leads down. */
static const char *below_root(const char *path, const char *root)
{
	size_t length = root ? strlen(root) : 0;

	if (length && strncmp(path, root, length) == 0 &&
	    (path[length] == '/' || root[length - 1] == '/'))
		path += length;
	for (;;) {
		const char *up;

		while (*path == '/')
			path++;
		up = strstr(path, "../");
		if (!up || (up > path && up[-1] != '/'))
			return path;
		path = up + strlen("../");
	}
}

static bool same_file(const char *a, const char *b)
{
	struct stat first, second;

	return stat(a, &first) == 0 && stat(b, &second) == 0 && first.st_dev == second.st_dev &&
	       first.st_ino == second.st_ino;
}

static int choose_path(struct repair_target *target, const char *root, const char *folder,
		       struct err *err)
{
	target->in_place = !folder;
	target->path = folder ? file_join(folder, below_root(target->source, root))
			      : strdup(target->source);
	if (!target->path)
		return err_set_memory(err);
	if (folder && same_file(target->path, target->source))
		return err_set(err, ERR_USAGE,
			       "'%s' is the folder of the originals; name another one, or none to have "
			       "them kept as NAME.orig",
			       folder);
	return folder ? file_make_parents(target->path, err) : 0;
}

int repair_target_open(struct repair_target *target, const char *source, const char *root,
		       const char *folder, struct err *err)
{
	struct stat st;

	*target = (struct repair_target){ .writer = FILE_WRITER_INIT };
	if (stat(source, &st) < 0)
		return err_set_errno(err, "stat", source);
	if (!S_ISREG(st.st_mode))
		return err_set(err, ERR_USAGE, "cannot mend '%s': it is no regular file", source);
	target->source = strdup(source);
	if (!target->source) {
		err_set_memory(err);
		goto fail;
	}
	if (choose_path(target, root, folder, err) < 0 ||
	    file_writer_open(&target->writer, target->path, err) < 0)
		goto fail;
	if (fchmod(fileno(target->writer.stream), st.st_mode & 0777) < 0) {
		err_set_errno(err, "set the permissions of", target->path);
		goto fail;
	}
	return 0;
fail:
	repair_target_release(target);
	return -1;
}

static int copy_file(const char *source, const char *name, struct err *err)
{
	struct file_map map;
	int rc;

	if (file_map_open(&map, source, err) < 0)
		return -1;
	rc = file_write_all(name, map.data, map.size, err);
	file_map_close(&map);
	return rc;
}

/* Give the original a second name: 1 when that is taken. Where files cannot have two, it is copied. */
static int link_original(const char *source, const char *name, struct err *err)
{
	if (link(source, name) == 0)
		return 0;
	if (errno == EEXIST || file_exists(name))
		return 1;
	return copy_file(source, name, err);
}

static int keep_original(struct repair_target *target, struct err *err)
{
	struct buf name = BUF_INIT;
	int rc = 1;

	for (int i = 0; i < BACKUPS && rc > 0; i++) {
		buf_clear(&name);
		buf_add_format(&name, i ? "%s.orig.%d" : "%s.orig", target->source, i);
		if (name.failed)
			rc = err_set_memory(err);
		else
			rc = link_original(target->source, name.data, err);
	}
	if (rc > 0)
		rc = err_set(err, ERR_USAGE, "'%s' has %d copies .orig already; remove some",
			     target->source, BACKUPS);
	if (rc == 0)
		target->backup = buf_detach(&name);
	buf_release(&name);
	return rc;
}

int repair_target_commit(struct repair_target *target, struct err *err)
{
	if (target->in_place && keep_original(target, err) < 0)
		return -1;
	if (file_writer_commit(&target->writer, err) == 0)
		return 0;
	if (target->backup)
		unlink(target->backup);
	return -1;
}

void repair_target_release(struct repair_target *target)
{
	file_writer_abort(&target->writer);
	free(target->source);
	free(target->path);
	free(target->backup);
	*target = (struct repair_target){ .writer = FILE_WRITER_INIT };
}

static int rename_in_place(const char *path, const char *renamed, struct err *err)
{
	int rc = link_original(path, renamed, err);

	if (rc > 0)
		return err_set(err, ERR_USAGE, "cannot rename '%s': '%s' is there already", path, renamed);
	if (rc == 0 && unlink(path) < 0)
		rc = err_set_errno(err, "remove", path);
	return rc;
}

int repair_rename(const char *path, const char *renamed, const char *root, const char *folder,
		  struct err *err)
{
	char *copy;
	int rc;

	if (!folder)
		return rename_in_place(path, renamed, err);
	copy = file_join(folder, below_root(renamed, root));
	if (!copy)
		return err_set_memory(err);
	rc = file_make_parents(copy, err);
	if (rc == 0 && file_exists(copy))
		rc = err_set(err, ERR_USAGE, "'%s' is there already", copy);
	if (rc == 0)
		rc = copy_file(path, copy, err);
	free(copy);
	return rc;
}
