/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/folder_writer.h"

#include "lib/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct folder_writer {
	char *path;
	char *temporary; /* NULL once it was renamed */
	struct str_list files;
};

/* True where the rename would meet files. */
static bool is_taken(const char *path)
{
	struct str_list files = STR_LIST_INIT;
	struct err ignored = ERR_INIT;
	bool taken = file_exists(path);

	if (taken && file_is_folder(path))
		taken = file_walk(path, &files, 16, &ignored) < 0 || files.n > 0;
	str_list_release(&files);
	return taken;
}

/* "folder.XXXXXX" beside the folder, whose name may end in a slash. */
static char *temporary_name(const char *path)
{
	size_t length = strlen(path);
	char *name = malloc(length + sizeof(".XXXXXX"));

	while (length > 1 && path[length - 1] == '/')
		length--;
	if (!name)
		return NULL;
	memcpy(name, path, length);
	memcpy(name + length, ".XXXXXX", sizeof(".XXXXXX"));
	return name;
}

struct folder_writer *folder_writer_open(const char *path, struct err *err)
{
	struct folder_writer *folder;
	mode_t mask;

	if (is_taken(path)) {
		err_set(err, ERR_USAGE, "'%s' is there already: name a new or an empty folder", path);
		return NULL;
	}
	folder = calloc(1, sizeof(*folder));
	if (!folder || !(folder->path = strdup(path)) ||
	    !(folder->temporary = temporary_name(path))) {
		err_set_memory(err);
	} else if (file_make_parents(path, err) == 0) {
		if (mkdtemp(folder->temporary)) {
			umask(mask = umask(0));
			chmod(folder->temporary, 0777 & ~mask);
			return folder;
		}
		err_set_errno(err, "make", folder->temporary);
		free(folder->temporary);
		folder->temporary = NULL;
	}
	folder_writer_free(folder);
	return NULL;
}

static char *file_path(const struct folder_writer *folder, const char *name)
{
	return file_join(folder->temporary, name);
}

FILE *folder_writer_file(struct folder_writer *folder, const char *name, struct err *err)
{
	FILE *stream = NULL;
	char *path;
	int fd;

	if (!*name || *name == '.' || strchr(name, '/') || strlen(name) > 200) {
		err_set(err, ERR_DATA, "'%.200s' cannot be the name of a file", name);
		return NULL;
	}
	path = file_path(folder, name);
	if (!path || str_list_add(&folder->files, name) < 0) {
		err_set_memory(err);
		free(path);
		return NULL;
	}
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd >= 0)
		stream = fdopen(fd, "wb");
	if (fd < 0 && errno == EEXIST)
		err_set(err, ERR_DATA, "two records would have the file '%s'", name);
	else if (!stream)
		err_set_errno(err, "write", path);
	if (fd >= 0 && !stream)
		close(fd);
	free(path);
	return stream;
}

int folder_writer_close_file(struct folder_writer *folder, FILE *stream, struct err *err)
{
	bool failed = ferror(stream);

	if (fclose(stream) != 0 || failed)
		return err_set_errno(err, "write into", folder->path);
	return 0;
}

int folder_writer_commit(struct folder_writer *folder, struct err *err)
{
	if (rename(folder->temporary, folder->path) < 0)
		return err_set_errno(err, "rename to", folder->path);
	free(folder->temporary);
	folder->temporary = NULL;
	return 0;
}

void folder_writer_free(struct folder_writer *folder)
{
	if (!folder)
		return;
	for (size_t i = 0; folder->temporary && i < folder->files.n; i++) {
		char *path = file_path(folder, folder->files.items[i]);

		if (path)
			unlink(path);
		free(path);
	}
	if (folder->temporary)
		rmdir(folder->temporary);
	str_list_release(&folder->files);
	free(folder->temporary);
	free(folder->path);
	free(folder);
}
