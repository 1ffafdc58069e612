/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define RATIO_FREE ((uint64_t)100 << 20) /* bytes that any archive may hold, however well packed */

int unpack_stopped(struct unpack *u)
{
	return err_set(u->err, ERR_STOPPED, "interrupted; the same command goes on from here");
}

bool unpack_tell(struct unpack *u, struct unpack_reading *reading)
{
	uint64_t consumed = reading->depth ? 0 : unpack_source_consumed(&reading->source), step = 0;

	if (consumed > reading->source.size)
		consumed = reading->source.size;
	if (consumed > reading->consumed) {
		step = consumed - reading->consumed;
		reading->consumed = consumed;
	}
	return progress_step(u->progress, step);
}

const char *unpack_broken_limit(struct unpack *u, const struct unpack_reading *reading,
				uint64_t size)
{
	uint64_t all = u->bytes + size, here = reading->bytes + size;
	uint64_t packed = unpack_source_consumed(&reading->source);

	if (all < size || all > (uint64_t)u->options->max_bytes) {
		u->full = true;
		return "the archives hold more bytes than --max-bytes allows";
	}
	if (here > RATIO_FREE && (double)here > u->options->max_ratio * (double)(packed ? packed : 1))
		return "the archive expands more than --max-ratio allows, as a bomb does";
	return NULL;
}

static int write_at(int fd, const void *bytes, size_t length, int64_t offset)
{
	const char *at = bytes;

	while (length) {
		ssize_t put = pwrite(fd, at, length, offset);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		at += put;
		offset += put;
		length -= (size_t)put;
	}
	return 0;
}

enum unpack_outcome unpack_write(struct unpack *u, struct unpack_reading *reading, int fd,
				 uint64_t *size, const char **reason)
{
	struct archive *archive = reading->source.archive;
	const void *block;
	size_t length;
	int64_t offset;
	bool ends_in_hole = false;
	int rc;

	*size = 0;
	while ((rc = archive_read_data_block(archive, &block, &length, &offset)) == ARCHIVE_OK) {
		uint64_t end = (uint64_t)offset + length;

		if (offset < 0 || end < length || end < *size) {
			*reason = "its blocks overlap";
			return UNPACK_MEMBER_BAD;
		}
		*reason = unpack_broken_limit(u, reading, end);
		if (*reason)
			return UNPACK_ARCHIVE_BAD;
		if (write_at(fd, block, length, offset) < 0) {
			err_set_errno(u->err, "write below", u->target.path);
			return UNPACK_RUN_FAILED;
		}
		*size = end;
		ends_in_hole = length == 0;
		if (unpack_tell(u, reading)) {
			unpack_stopped(u);
			return UNPACK_RUN_FAILED;
		}
	}
	if (rc != ARCHIVE_EOF) {
		const char *text = archive_error_string(archive);

		*reason = arena_format(u->arena, "its content cannot be read: %s", text ? text : "unknown");
		return rc == ARCHIVE_FATAL ? UNPACK_ARCHIVE_BAD : UNPACK_MEMBER_BAD;
	}
	if (ends_in_hole && ftruncate(fd, (off_t)*size) < 0) {
		err_set_errno(u->err, "write below", u->target.path);
		return UNPACK_RUN_FAILED;
	}
	reading->bytes += *size;
	u->bytes += *size;
	return UNPACK_STAGED;
}

enum layout_text unpack_kind_of(int fd)
{
	char head[LAYOUT_HEAD];
	ssize_t got = fd < 0 ? 0 : pread(fd, head, sizeof(head), 0);

	return layout_sniff(head, got > 0 ? (size_t)got : 0);
}

void unpack_set_mtime(int fd, int64_t mtime)
{
	struct timespec times[2] = { { 0, UTIME_OMIT }, { mtime, 0 } };

	futimens(fd, times);
}

int unpack_create_stage(struct unpack *u, struct unpack_member *member, size_t number)
{
	FILE *scratch;
	int fd;

	if (u->options->list) {
		scratch = tmpfile();
		fd = scratch ? fcntl(fileno(scratch), F_DUPFD_CLOEXEC, 0) : -1;
		if (scratch)
			fclose(scratch);
		return fd < 0 ? err_set_errno(u->err, "create a temporary file for", member->name) : fd;
	}
	member->stage = arena_format(u->arena, "%016llx-%zx",
				     (unsigned long long)u->archives[member->archive].id, number);
	if (!member->stage)
		return err_set_memory(u->err);
	return unpack_stage_create(&u->target, member->stage, u->err);
}

int unpack_copy(struct unpack *u, int from, int to, uint64_t *size)
{
	*size = 0;
	for (;;) {
		ssize_t got = read(from, u->buffer, UNPACK_BUFFER);

		if (got < 0 && errno == EINTR && !progress_stopped(u->progress))
			continue;
		if (got < 0 && errno == EINTR)
			return unpack_stopped(u);
		if (got < 0)
			return err_set_errno(u->err, "read for", u->target.path);
		if (got == 0)
			return 0;
		if (*size + (uint64_t)got > (uint64_t)u->options->max_bytes)
			return err_set(u->err, ERR_DATA, "more bytes than --max-bytes allows");
		if (write_at(to, u->buffer, (size_t)got, (int64_t)*size) < 0)
			return err_set_errno(u->err, "write below", u->target.path);
		*size += (uint64_t)got;
		if (progress_step(u->progress, 0))
			return unpack_stopped(u);
	}
}
