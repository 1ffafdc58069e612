/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_manifest.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/formats/json_lines.h"
#include "preprocess/unpack_name.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANIFEST "tagsight/unpack.jsonl"
#define MANIFEST_NAME "unpack.jsonl"
#define MANIFEST_PART "unpack.jsonl.part"

void unpack_manifest_init(struct unpack_manifest *manifest)
{
	memset(manifest, 0, sizeof(*manifest));
}

void unpack_manifest_release(struct unpack_manifest *manifest)
{
	arena_release(&manifest->arena);
	free(manifest->records);
	str_table_release(&manifest->members);
	str_table_release(&manifest->paths);
	free(manifest->of_member);
	free(manifest->of_path);
	unpack_manifest_init(manifest);
}

/* Point the table's entry for `key` at record number `record`. */
static int point(struct str_table *table, size_t **of, size_t *capacity, const char *key,
		 size_t length, size_t record)
{
	size_t before = table->n;
	long id = str_table_add(table, key, length);

	if (id < 0 || ((size_t)id == before && GROW(*of, before, *capacity) < 0))
		return -1;
	(*of)[id] = record;
	return 0;
}

static int point_member(struct unpack_manifest *manifest, const struct unpack_record *record)
{
	struct buf key = BUF_INIT;
	int rc;

	buf_add_format(&key, "%s\n%s\n%d", record->archive, record->member, record->as_is);
	rc = key.failed ? -1 :
			  point(&manifest->members, &manifest->of_member,
				&manifest->members_capacity, key.data, key.length, manifest->n);
	buf_release(&key);
	return rc;
}

int unpack_manifest_add(struct unpack_manifest *manifest, const struct unpack_record *record,
			struct err *err)
{
	struct unpack_record copy = *record;

	copy.archive = arena_copy(&manifest->arena, record->archive);
	copy.member = arena_copy(&manifest->arena, record->member);
	copy.path = arena_copy(&manifest->arena, record->path);
	if (!copy.archive || !copy.member || !copy.path ||
	    GROW(manifest->records, manifest->n, manifest->capacity) < 0 ||
	    point_member(manifest, &copy) < 0 ||
	    point(&manifest->paths, &manifest->of_path, &manifest->paths_capacity, copy.path,
		  strlen(copy.path), manifest->n) < 0)
		return err_set_memory(err);
	manifest->records[manifest->n++] = copy;
	return 0;
}

/* A record as a file says it; false when it is none or its path is not one of ours. */
static bool parse_record(struct arena *arena, const json_t *object, struct unpack_record *record)
{
	const char *reason, *clean;

	record->archive = json_get_string(object, "archive", NULL);
	record->member = json_get_string(object, "member", NULL);
	record->path = json_get_string(object, "path", NULL);
	record->size = (uint64_t)json_integer_value(json_object_get(object, "size"));
	record->mtime = json_integer_value(json_object_get(object, "mtime"));
	record->as_is = json_is_true(json_object_get(object, "as_is"));
	if (!record->archive || !record->member || !record->path)
		return false;
	clean = unpack_clean_name(arena, record->path, &reason);
	return clean && *clean && strcmp(clean, record->path) == 0;
}

static int load_lines(struct unpack_manifest *manifest, struct json_lines *reader, struct err *err)
{
	struct err ignored = ERR_INIT;
	enum read_status status;
	json_t *object;
	int rc = 0;

	while (rc == 0 && (status = json_lines_next(reader, &object, &ignored)) != READ_EOF) {
		struct unpack_record record;

		if (status == READ_FAIL) {
			*err = ignored;
			return -1;
		}
		if (status == READ_OK && parse_record(&manifest->arena, object, &record))
			rc = unpack_manifest_add(manifest, &record, err);
		json_decref(object);
	}
	return rc;
}

int unpack_manifest_load(struct unpack_manifest *manifest, struct unpack_target *target,
			 struct err *err)
{
	struct json_lines reader = { .name = MANIFEST };
	int fd = unpack_target_read(target, MANIFEST), rc;

	if (fd < 0)
		return 0;
	reader.stream = fdopen(fd, "rb");
	if (!reader.stream) {
		close(fd);
		return err_set_memory(err);
	}
	rc = load_lines(manifest, &reader, err);
	json_lines_close(&reader);
	return rc;
}

const struct unpack_record *unpack_manifest_member(const struct unpack_manifest *manifest,
						   const char *archive, const char *member,
						   bool as_is)
{
	struct buf key = BUF_INIT;
	long id;

	if (manifest->n == 0)
		return NULL;
	buf_add_format(&key, "%s\n%s\n%d", archive, member, as_is);
	id = str_table_find(&manifest->members, key.data, key.length);
	buf_release(&key);
	return id < 0 ? NULL : &manifest->records[manifest->of_member[id]];
}

const struct unpack_record *unpack_manifest_path(const struct unpack_manifest *manifest,
						 const char *path)
{
	long id = str_table_find(&manifest->paths, path, strlen(path));

	return id < 0 ? NULL : &manifest->records[manifest->of_path[id]];
}

static void write_records(const struct unpack_manifest *manifest, FILE *stream)
{
	for (size_t i = 0; i < manifest->paths.n; i++) {
		const struct unpack_record *record = &manifest->records[manifest->of_path[i]];
		json_t *object = json_object();

		json_object_set_new(object, "archive", json_text(record->archive));
		json_object_set_new(object, "member", json_text(record->member));
		json_object_set_new(object, "path", json_text(record->path));
		json_object_set_new(object, "size", json_integer((json_int_t)record->size));
		json_object_set_new(object, "mtime", json_integer((json_int_t)record->mtime));
		if (record->as_is)
			json_object_set_new(object, "as_is", json_true());
		json_line_write(stream, object);
	}
}

int unpack_manifest_save(const struct unpack_manifest *manifest, struct unpack_target *target,
			 struct err *err)
{
	FILE *stream = NULL;
	bool bad;
	int fd;

	unlinkat(target->work, MANIFEST_PART, 0);
	fd = openat(target->work, MANIFEST_PART, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0666);
	if (fd >= 0)
		stream = fdopen(fd, "wb");
	if (!stream) {
		if (fd >= 0)
			close(fd);
		return err_set_errno(err, "create the manifest in", target->path);
	}
	write_records(manifest, stream);
	bad = fflush(stream) != 0 || ferror(stream) || fsync(fd) < 0;
	if (fclose(stream) != 0 || bad ||
	    renameat(target->work, MANIFEST_PART, target->work, MANIFEST_NAME) < 0)
		return err_set_errno(err, "write the manifest in", target->path);
	return 0;
}
