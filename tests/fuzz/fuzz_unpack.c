/* SPDX-License-Identifier: Apache-2.0 */
/* The input is an archive, unpacked into a folder of its own; anything beside that folder, or any
 * link in it, is a failure. */
#include "preprocess/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[64], archive[96], target[96];

static void remove_root(void)
{
	rmdir(root);
}

static void make_root(void)
{
	if (*root)
		return;
	snprintf(root, sizeof(root), "%s/tagsight-fuzz-XXXXXX",
		 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
	if (!mkdtemp(root))
		abort();
	snprintf(archive, sizeof(archive), "%s/archive.tar", root);
	snprintf(target, sizeof(target), "%s/target", root);
	atexit(remove_root);
}

static void write_archive(const uint8_t *data, size_t size)
{
	int fd = open(archive, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

static int check_and_remove(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st, (void)ftw;
	if (type == FTW_SL || type == FTW_SLN || (type == FTW_F && !S_ISREG(st->st_mode)))
		abort();
	return remove(path);
}

static void check_root(void)
{
	DIR *dir = opendir(root);
	struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' && strcmp(entry->d_name, "archive.tar") != 0 &&
		    strcmp(entry->d_name, "target") != 0)
			abort();
	if (dir)
		closedir(dir);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct unpack_options options = UNPACK_OPTIONS_INIT;
	const char *archives[] = { archive };
	struct unpack_report report;
	struct err err = ERR_INIT;

	make_root();
	write_archive(data, size);
	options.target = target;
	options.max_files = 200;
	options.max_bytes = 1 << 20;
	options.keep_layout = size % 3 == 0;
	options.list = size % 7 == 0;
	unpack_report_init(&report);
	unpack_run(&options, archives, 1, &report, NULL, &err);
	unpack_report_release(&report);
	unlink(archive);
	check_root();
	if (access(target, F_OK) == 0 &&
	    nftw(target, check_and_remove, 16, FTW_DEPTH | FTW_PHYS) != 0)
		abort();
	return 0;
}
