/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_priv.h"
#include "preprocess/unpack_name.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "preprocess/layout_listing.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAD_MEMBERS 1000 /* broken headers in a row after which an archive is given up */

static int read_archive(struct unpack *u, struct unpack_reading *reading, int fd, bool *is_archive);

/* A member at the end; NULL with *err set when memory is out. Pointers to others move. */
static struct unpack_member *add_member(struct unpack *u, size_t archive, const char *name)
{
	struct unpack_member *member;

	if (!name || GROW(u->members, u->n_members, u->members_capacity) < 0) {
		err_set_memory(u->err);
		return NULL;
	}
	member = &u->members[u->n_members++];
	memset(member, 0, sizeof(*member));
	member->archive = archive;
	member->name = name;
	return member;
}

static int refuse(struct unpack *u, size_t archive, const char *raw, const char *reason)
{
	const char *name = unpack_printable(u->arena, raw);
	struct unpack_member *member = add_member(u, archive, name);

	if (!member)
		return -1;
	member->action = UNPACK_REFUSE;
	member->reason = arena_copy(u->arena, reason);
	return member->reason ? 0 : err_set_memory(u->err);
}

/* An archive in the archive, one level deep: its members take its place. */
static int read_nested(struct unpack *u, const struct unpack_reading *outer, size_t index, int fd)
{
	struct unpack_member *member = &u->members[index];
	struct unpack_archive inner = { .parent = outer->archive };
	struct unpack_reading reading = { .depth = outer->depth + 1, .archive = u->n_archives };
	const char *base = file_base_name(member->name);
	bool is_archive = false;

	if (outer->depth > 0) {
		progress_note(u->progress, "'%s' in %s is an archive two levels deep and stays packed",
			      member->name, u->archives[outer->archive].label);
		return 0;
	}
	inner.label = arena_format(u->arena, "%s: %s", u->archives[outer->archive].label,
				   member->name);
	inner.stem = unpack_stem(u->arena, member->name);
	inner.folder = base == member->name ? "" :
			       arena_string(u->arena, member->name, (size_t)(base - member->name) - 1);
	if (!inner.label || !inner.stem || !inner.folder ||
	    GROW(u->archives, u->n_archives, u->archives_capacity) < 0)
		return err_set_memory(u->err);
	inner.id = str_hash(inner.label, strlen(inner.label)) ^ u->archives[outer->archive].id;
	u->archives[u->n_archives++] = inner;
	if (read_archive(u, &reading, fd, &is_archive) < 0)
		return -1;
	u->members[index].opened = is_archive;
	if (!is_archive)
		u->n_archives--;
	return 0;
}

/* After a member's bytes are there: what it is, and what is in it. */
static int look_into(struct unpack *u, const struct unpack_reading *reading, size_t index, int fd)
{
	struct unpack_member *member = &u->members[index];

	if (layout_listing_wants_kind(member->name))
		member->kind = unpack_kind_of(fd);
	if (unpack_is_archive_name(member->name))
		return read_nested(u, reading, index, fd);
	return 0;
}

/* Returns 1 when the archive is to be left, 0 to go on, -1 when the run has failed. */
static int stage_member(struct unpack *u, struct unpack_reading *reading, size_t index)
{
	struct unpack_member *member = &u->members[index];
	const char *reason = NULL;
	enum unpack_outcome outcome;
	int fd = unpack_create_stage(u, member, reading->n), rc = -1;

	if (fd < 0)
		return -1;
	outcome = unpack_write(u, reading, fd, &member->size, &reason);
	if (outcome == UNPACK_STAGED) {
		unpack_set_mtime(fd, member->mtime);
		rc = look_into(u, reading, index, fd);
		close(fd);
		return rc;
	}
	close(fd);
	if (member->stage)
		unpack_stage_remove(&u->target, member->stage);
	member->stage = NULL;
	if (outcome == UNPACK_RUN_FAILED)
		return -1;
	member->action = UNPACK_REFUSE;
	member->reason = reason ? reason : "out of memory";
	return outcome == UNPACK_ARCHIVE_BAD;
}

/* When listing, a member's size is what the archive says, and only texts and archives are read. */
static int list_member(struct unpack *u, struct unpack_reading *reading, size_t index,
		       const struct archive_entry *entry)
{
	struct unpack_member *member = &u->members[index];
	uint64_t size = archive_entry_size_is_set((struct archive_entry *)entry) ?
				(uint64_t)archive_entry_size((struct archive_entry *)entry) : 0;
	const char *reason;
	char head[LAYOUT_HEAD];
	ssize_t got;

	if (unpack_is_archive_name(member->name))
		return stage_member(u, reading, index);
	member->size = size;
	reason = unpack_broken_limit(u, reading, size);
	if (reason) {
		member->action = UNPACK_REFUSE;
		member->reason = reason;
		return 1;
	}
	u->bytes += size;
	reading->bytes += size;
	if (layout_listing_wants_kind(member->name)) {
		got = archive_read_data(reading->source.archive, head, sizeof(head));
		member->kind = layout_sniff(head, got > 0 ? (size_t)got : 0);
	}
	return unpack_tell(u, reading) ? unpack_stopped(u) : 0;
}

/* What an earlier run has put in place, or an interrupted one has staged, is not unpacked again. */
static bool is_done(struct unpack *u, const struct unpack_reading *reading,
		    struct unpack_member *member,
		    struct archive_entry *entry)
{
	const struct unpack_record *record = unpack_manifest_member(
		&u->manifest, u->archives[member->archive].label, member->name,
		u->options->keep_layout);
	uint64_t size = (uint64_t)archive_entry_size(entry);
	struct stat st;

	if (!archive_entry_size_is_set(entry))
		return false;
	if (record && record->size == size && record->mtime == member->mtime &&
	    unpack_target_stat(&u->target, record->path, &st) && S_ISREG(st.st_mode) &&
	    (uint64_t)st.st_size == size && st.st_mtim.tv_sec == member->mtime) {
		member->kept = arena_copy(u->arena, record->path);
		member->size = size;
		return member->kept != NULL;
	}
	if (u->options->list)
		return false;
	member->stage = arena_format(u->arena, "%016llx-%zx",
				     (unsigned long long)u->archives[member->archive].id, reading->n);
	member->size = size;
	return member->stage && unpack_stage_has(&u->target, member->stage, size, member->mtime);
}

static int read_file(struct unpack *u, struct unpack_reading *reading, size_t index,
		     struct archive_entry *entry)
{
	struct unpack_member *member = &u->members[index];
	int fd, rc;

	if (archive_entry_is_encrypted(entry)) {
		member->action = UNPACK_REFUSE;
		member->reason = "it is encrypted; unpack it with its password first";
		return 0;
	}
	if (!is_done(u, reading, member, entry))
		return u->options->list ? list_member(u, reading, index, entry) :
					  stage_member(u, reading, index);
	fd = member->kept ? unpack_target_read(&u->target, member->kept) :
			    unpack_stage_read(&u->target, member->stage);
	rc = look_into(u, reading, index, fd);
	if (fd >= 0)
		close(fd);
	return rc < 0 ? -1 : unpack_tell(u, reading) ? unpack_stopped(u) : 0;
}

/* The clean name that a link leads to; NULL for a regular file, or with *reason when refused. */
static const char *link_of(struct unpack *u, const char *name, struct archive_entry *entry,
			   const char **reason)
{
	const char *target = archive_entry_hardlink(entry);

	*reason = NULL;
	if (target) {
		const char *clean = unpack_clean_name(u->arena, target, reason);

		if (*reason)
			*reason = "it is a link that leaves the archive";
		return clean;
	}
	if (archive_entry_filetype(entry) != AE_IFLNK)
		return NULL;
	target = archive_entry_symlink(entry);
	if (!target) {
		*reason = "it is a link whose target cannot be read";
		return NULL;
	}
	return unpack_link_target(u->arena, name, target, reason);
}

static const char *type_reason(struct archive_entry *entry)
{
	switch (archive_entry_filetype(entry)) {
	case AE_IFCHR:
	case AE_IFBLK:
		return "it is a device";
	case AE_IFIFO:
		return "it is a pipe";
	case AE_IFSOCK:
		return "it is a socket";
	default:
		return NULL;
	}
}

/* As stage_member(). */
static int read_member(struct unpack *u, struct unpack_reading *reading,
		       struct archive_entry *entry)
{
	struct unpack_archive *archive = &u->archives[reading->archive];
	bool lone = unpack_source_is_raw(&reading->source);
	const char *raw = lone ? archive->stem : unpack_source_name(entry);
	const char *reason = NULL, *name = unpack_clean_name(u->arena, raw, &reason), *link;
	bool folder = archive_entry_filetype(entry) == AE_IFDIR && !archive_entry_hardlink(entry);
	struct unpack_member *member;

	archive->lone = lone;
	if (!name)
		return reason ? refuse(u, reading->archive, raw, reason) : err_set_memory(u->err);
	if (folder)
		return 0;
	if (!*name)
		return refuse(u, reading->archive, raw, "it has no name that can be read");
	link = link_of(u, name, entry, &reason);
	if (!reason && !link)
		reason = type_reason(entry);
	if (reason)
		return refuse(u, reading->archive, raw, reason);
	member = add_member(u, reading->archive, name);
	if (!member)
		return -1;
	member->link = link;
	member->mtime = archive_entry_mtime_is_set(entry) ? archive_entry_mtime(entry) : 0;
	if (unpack_is_junk(name))
		member->action = UNPACK_IGNORE;
	if (link || member->action == UNPACK_IGNORE)
		return 0;
	return read_file(u, reading, u->n_members - 1, entry);
}

/* Returns 1 when the archive is to be left. */
static int count_member(struct unpack *u, struct unpack_reading *reading)
{
	reading->n++;
	if (u->n_members < (size_t)u->options->max_files && reading->n <= (size_t)u->options->max_files)
		return 0;
	u->full = true;
	if (refuse(u, reading->archive, "",
		   "the archives hold more members than --max-files allows; the rest is left") < 0)
		return -1;
	return 1;
}

/* A broken header. */
static int read_bad(struct unpack *u, struct unpack_reading *reading, size_t *n_bad,
		    const struct err *bad)
{
	if (++*n_bad > BAD_MEMBERS)
		return refuse(u, reading->archive, "", "too many broken members; the rest is left") < 0 ?
			       -1 : 1;
	return refuse(u, reading->archive, "", bad->text);
}

static int read_members(struct unpack *u, struct unpack_reading *reading, bool *is_archive)
{
	struct archive_entry *entry;
	struct err bad = ERR_INIT;
	enum read_status status;
	size_t n_bad = 0;
	int rc = 0;

	while (rc == 0 && (status = unpack_source_next(&reading->source, &entry, &bad)) != READ_EOF) {
		if (status == READ_FAIL) {
			*is_archive = reading->source.started && reading->n > 0;
			return *is_archive || reading->depth == 0 ?
				       refuse(u, reading->archive, "", bad.text) : 0;
		}
		rc = count_member(u, reading);
		if (rc == 0)
			rc = status == READ_BAD ? read_bad(u, reading, &n_bad, &bad) :
						  read_member(u, reading, entry);
		if (status == READ_OK)
			n_bad = 0;
	}
	*is_archive = true;
	return rc < 0 ? -1 : 0;
}

static int read_archive(struct unpack *u, struct unpack_reading *reading, int fd, bool *is_archive)
{
	struct err bad = ERR_INIT;
	int rc;

	*is_archive = false;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_set_errno(u->err, "read", u->archives[reading->archive].label);
	if (unpack_source_open(&reading->source, fd, &bad) < 0)
		return reading->depth ? 0 : refuse(u, reading->archive, "", bad.text);
	rc = read_members(u, reading, is_archive);
	unpack_source_close(&reading->source);
	if (rc == 0 && reading->depth == 0 && reading->source.size > reading->consumed)
		progress_step(u->progress, reading->source.size - reading->consumed);
	return rc;
}

/* zip, 7z and rar are read from their end, so what comes through a pipe is kept in a file first. */
static int spool(struct unpack *u)
{
	FILE *scratch = tmpfile();
	uint64_t size;
	int fd = -1;

	if (!scratch)
		return err_set_errno(u->err, "create a temporary file for", "standard input");
	if (unpack_copy(u, STDIN_FILENO, fileno(scratch), &size) == 0) {
		fd = fcntl(fileno(scratch), F_DUPFD_CLOEXEC, 0);
		if (fd < 0)
			err_set_errno(u->err, "read", "standard input");
	}
	fclose(scratch);
	return fd;
}

static int open_given(struct unpack *u, const char *path)
{
	struct stat st;
	int fd;

	if (strcmp(path, "-") == 0)
		return spool(u);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return err_set_errno(u->err, "open", path);
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(u->err, ERR_USAGE, "'%s' is no file; name the archive itself", path);
}

static uint64_t size_of(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static int read_given(struct unpack *u, const char *path)
{
	struct unpack_archive archive = { .parent = UNPACK_TOP, .folder = "" };
	struct unpack_reading reading = { .archive = u->n_archives };
	int fd = open_given(u, path), rc;
	bool is_archive;

	if (fd < 0)
		return -1;
	archive.label = unpack_printable(u->arena,
					 strcmp(path, "-") == 0 ? "stdin" : file_base_name(path));
	archive.stem = unpack_stem(u->arena, path);
	if (!archive.label || !archive.stem ||
	    GROW(u->archives, u->n_archives, u->archives_capacity) < 0) {
		close(fd);
		return err_set_memory(u->err);
	}
	archive.id = str_hash(archive.label, strlen(archive.label)) ^ size_of(fd) << 20;
	u->archives[u->n_archives++] = archive;
	rc = read_archive(u, &reading, fd, &is_archive);
	close(fd);
	return rc;
}

int unpack_read(struct unpack *u, const char *const *archives, size_t n)
{
	uint64_t total = 0;
	int rc = 0;

	for (size_t i = 0; i < n; i++) {
		int64_t size = file_size(archives[i]);

		total += size > 0 ? (uint64_t)size : 0;
	}
	progress_begin(u->progress, u->options->list ? "list" : "unpack", "bytes", total);
	for (size_t i = 0; rc == 0 && !u->full && i < n; i++)
		rc = read_given(u, archives[i]);
	progress_end(u->progress);
	return rc;
}
