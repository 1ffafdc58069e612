/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/layout_listing.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/str_list.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WALK_DEPTH 12
/* More than any release has; the rest is left out of the search, which is not linear in them. */
#define TEXTS 65536
#define UNNAMED_TEXTS 4096 /* texts whose name says no split */
#define PICTURE_FOLDERS 4096

void layout_listing_init(struct layout_listing *listing)
{
	memset(listing, 0, sizeof(*listing));
}

void layout_listing_release(struct layout_listing *listing)
{
	arena_release(&listing->arena);
	str_table_release(&listing->names);
	str_table_release(&listing->pictures);
	str_table_release(&listing->tweets);
	free(listing->texts);
	layout_listing_init(listing);
}

bool layout_listing_wants_kind(const char *path)
{
	return layout_may_be_text(path) && !layout_is_umgf_file(path);
}

static size_t folder_length(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? (size_t)(slash - path) : 0;
}

/* The path itself and each folder above it that is not there yet. */
static int add_names(struct str_table *names, const char *path)
{
	size_t length = strlen(path);

	while (length && str_table_find(names, path, length) < 0) {
		if (str_table_add(names, path, length) < 0)
			return -1;
		while (length && path[length - 1] != '/')
			length--;
		length -= length > 0;
	}
	return 0;
}

static int add_text(struct layout_listing *listing, const char *path, enum layout_text kind)
{
	struct layout_text_file *text;

	if (GROW(listing->texts, listing->n_texts, listing->texts_capacity) < 0)
		return -1;
	text = &listing->texts[listing->n_texts];
	text->path = arena_copy(&listing->arena, path);
	text->kind = kind;
	if (!text->path)
		return -1;
	listing->n_texts++;
	return 0;
}

static bool has_room(const struct layout_listing *listing, const char *path)
{
	return listing->n_texts < (layout_split_of_file(path) ? TEXTS : UNNAMED_TEXTS);
}

int layout_listing_add(struct layout_listing *listing, const char *path, enum layout_text kind,
		       struct err *err)
{
	int rc = 0;

	if (!listing->on_disk)
		rc = add_names(&listing->names, path);
	if (rc == 0 && layout_is_picture(path) && listing->pictures.n < PICTURE_FOLDERS)
		rc = str_table_add(&listing->pictures, path, folder_length(path)) < 0 ? -1 : 0;
	else if (rc == 0 && layout_is_umgf_file(path))
		rc = str_table_add(&listing->tweets, path, folder_length(path)) < 0 ? -1 : 0;
	else if (rc == 0 && layout_listing_wants_kind(path) && has_room(listing, path))
		rc = add_text(listing, path, kind);
	return rc < 0 ? err_set_memory(err) : 0;
}

bool layout_listing_has(const struct layout_listing *listing, const char *path)
{
	return listing->on_disk ? file_exists(path) :
				  str_table_find(&listing->names, path, strlen(path)) >= 0;
}

/* Up to LAYOUT_HEAD bytes of a regular file; a file that cannot be read counts as empty here and is
 * reported by whoever reads it. A pipe is not touched, for what is read of it is gone. */
static size_t read_head(const char *path, char *head)
{
	size_t length = 0;
	struct stat st;
	int fd;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return 0;
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return 0;
	while (length < LAYOUT_HEAD) {
		ssize_t got = read(fd, head + length, LAYOUT_HEAD - length);

		if (got <= 0)
			break;
		length += (size_t)got;
	}
	close(fd);
	return length;
}

enum layout_text layout_sniff_file(const char *path)
{
	char head[LAYOUT_HEAD];

	return layout_sniff(head, read_head(path, head));
}

static int add_file(struct layout_listing *listing, const char *path, struct err *err)
{
	enum layout_text kind = LAYOUT_TEXT_OTHER;

	if (layout_listing_wants_kind(path)) {
		if (!has_room(listing, path))
			return 0;
		kind = layout_sniff_file(path);
	}
	return layout_listing_add(listing, path, kind, err);
}

enum entry_kind { ENTRY_OTHER, ENTRY_FILE, ENTRY_FOLDER };

/* Links count as what they lead to, except that a link to a folder is not entered. */
static enum entry_kind entry_kind(const struct dirent *entry, const char *path)
{
	struct stat st;

	if (entry->d_type == DT_REG)
		return ENTRY_FILE;
	if (entry->d_type == DT_DIR)
		return ENTRY_FOLDER;
	if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK)
		return ENTRY_OTHER;
	if (stat(path, &st) < 0)
		return ENTRY_OTHER;
	if (S_ISREG(st.st_mode))
		return ENTRY_FILE;
	if (S_ISDIR(st.st_mode) && entry->d_type == DT_UNKNOWN && lstat(path, &st) == 0 &&
	    S_ISDIR(st.st_mode))
		return ENTRY_FOLDER;
	return ENTRY_OTHER;
}

static bool is_entered(const char *name, bool at_top)
{
	return !layout_is_picture_folder(name) &&
	       !(at_top && (strcmp(name, "tagsight") == 0 || strcmp(name, "other") == 0));
}

static int list_folder(struct layout_listing *listing, const char *folder, struct str_list *folders,
		       bool at_top, struct err *err)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	if (!dir)
		return at_top ? err_set_errno(err, "open the folder", folder) : 0;
	while (rc == 0 && (entry = readdir(dir))) {
		enum entry_kind kind;
		char *path;

		if (entry->d_name[0] == '.')
			continue;
		path = file_join(folder, entry->d_name);
		if (!path) {
			rc = err_set_memory(err);
			break;
		}
		kind = entry_kind(entry, path);
		if (kind == ENTRY_FILE)
			rc = add_file(listing, path, err);
		else if (kind == ENTRY_FOLDER && is_entered(entry->d_name, at_top) &&
			 str_list_add(folders, path) < 0)
			rc = err_set_memory(err);
		free(path);
	}
	closedir(dir);
	return rc;
}

static int walk(struct layout_listing *listing, const char *folder, int depth, struct err *err)
{
	struct str_list folders = STR_LIST_INIT;
	int rc = list_folder(listing, folder, &folders, depth == 0, err);

	for (size_t i = 0; rc == 0 && depth < WALK_DEPTH && i < folders.n; i++)
		rc = walk(listing, folders.items[i], depth + 1, err);
	str_list_release(&folders);
	return rc;
}

int layout_listing_walk(struct layout_listing *listing, const char *folder, struct err *err)
{
	listing->on_disk = true;
	return walk(listing, folder, 0, err);
}
