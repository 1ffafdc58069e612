/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_name.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/utf8.h"

#include <ctype.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

#define DEPTH_LIMIT 64
/* Room for what is put in front of a member's name below the target. */
#define PATH_LIMIT (PATH_MAX - 1024)

static void add_printable(struct buf *out, const char *text, size_t length)
{
	for (size_t at = 0; at < length;) {
		uint32_t code_point;
		size_t n = utf8_decode(text + at, length - at, &code_point);

		if (n == 0 || code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0)) {
			n = n ? n : 1;
			for (size_t i = 0; i < n; i++)
				buf_add_format(out, "%%%02X", (unsigned char)text[at + i]);
		} else {
			buf_add(out, text + at, n);
		}
		at += n;
	}
}

static const char *keep(struct arena *arena, struct buf *text)
{
	const char *copy = text->failed ? NULL : arena_string(arena, text->data, text->length);

	buf_release(text);
	return copy;
}

const char *unpack_printable(struct arena *arena, const char *raw)
{
	struct buf text = BUF_INIT;

	add_printable(&text, raw, strlen(raw));
	return keep(arena, &text);
}

static bool is_slash(char c)
{
	return c == '/' || c == '\\';
}

static size_t part_length(const char *text)
{
	return strcspn(text, "/\\");
}

static const char *absolute_reason(const char *raw)
{
	if (is_slash(*raw))
		return "its path is absolute";
	if (isalpha((unsigned char)raw[0]) && raw[1] == ':' && is_slash(raw[2]))
		return "its path begins with a drive";
	return NULL;
}

/* Add one part to `out`; the reason why it cannot be, or NULL. */
static const char *add_part(struct buf *out, const char *part, size_t length)
{
	size_t start;

	if (length == 0 || (length == 1 && *part == '.'))
		return NULL;
	if (length == 2 && part[0] == '.' && part[1] == '.')
		return "its path has '..'";
	if (out->length)
		buf_add_char(out, '/');
	start = out->length;
	add_printable(out, part, length);
	if (out->length - start > NAME_MAX)
		return "a part of its path is longer than 255 bytes";
	if (out->length > PATH_LIMIT)
		return "its path is too long";
	return NULL;
}

const char *unpack_clean_name(struct arena *arena, const char *raw, const char **reason)
{
	struct buf out = BUF_INIT;
	int depth = 0;

	*reason = absolute_reason(raw);
	while (*raw && !*reason) {
		size_t length = part_length(raw);

		*reason = add_part(&out, raw, length);
		if (!*reason && ++depth > DEPTH_LIMIT)
			*reason = "it is nested more than 64 folders deep";
		raw += length;
		while (is_slash(*raw))
			raw++;
	}
	if (*reason) {
		buf_release(&out);
		return NULL;
	}
	return keep(arena, &out);
}

/* Take the last part of `path` away; false when there is none. */
static bool drop_part(struct buf *path)
{
	if (path->length == 0)
		return false;
	while (path->length && path->data[path->length - 1] != '/')
		path->length--;
	path->length -= path->length > 0;
	path->data[path->length] = '\0';
	return true;
}

const char *unpack_link_target(struct arena *arena, const char *name, const char *raw,
			       const char **reason)
{
	struct buf out = BUF_INIT;

	*reason = absolute_reason(raw) ? "it is a link to an absolute path" : NULL;
	buf_add_string(&out, name);
	drop_part(&out);
	while (*raw && !*reason && !out.failed) {
		size_t length = part_length(raw);

		if (length == 2 && raw[0] == '.' && raw[1] == '.') {
			if (!drop_part(&out))
				*reason = "it is a link that leaves the archive";
		} else {
			*reason = add_part(&out, raw, length);
		}
		raw += length;
		while (is_slash(*raw))
			raw++;
	}
	if (*reason) {
		buf_release(&out);
		return NULL;
	}
	return keep(arena, &out);
}

bool unpack_is_junk(const char *name)
{
	const char *base = file_base_name(name);

	return strcmp(base, ".DS_Store") == 0 || strcasecmp(base, "Thumbs.db") == 0 ||
	       strcasecmp(base, "desktop.ini") == 0 || strncmp(base, "._", 2) == 0 ||
	       strncmp(name, "__MACOSX/", 9) == 0 || strstr(name, "/__MACOSX/");
}

static const char *const archive_extensions[] = { ".tar.gz", ".tar.bz2", ".tar.xz", ".tar.zst",
						  ".tar.lz4", ".tar.lzma", ".tar.Z", ".tgz", ".tbz2",
						  ".tbz", ".txz", ".tzst", ".tar", ".zip", ".7z",
						  ".rar", ".gz", ".bz2", ".xz", ".zst", NULL };

/* Length of the extension that makes a name an archive's, 0 when it has none. */
static size_t archive_extension(const char *name)
{
	size_t length = strlen(name);

	for (size_t i = 0; archive_extensions[i]; i++) {
		size_t tail = strlen(archive_extensions[i]);

		if (length > tail && strcasecmp(name + length - tail, archive_extensions[i]) == 0)
			return tail;
	}
	return 0;
}

bool unpack_is_archive_name(const char *name)
{
	return archive_extension(file_base_name(name)) > 0;
}

const char *unpack_stem(struct arena *arena, const char *name)
{
	const char *base = file_base_name(name);

	if (strcmp(name, "-") == 0)
		return "stdin";
	return arena_string(arena, base, strlen(base) - archive_extension(base));
}
