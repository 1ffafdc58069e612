/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives for tests, hostile ones too: libarchive's writer puts down any name and any link.
 *
 *	static const struct item items[] = { { "a/train.txt", AE_IFREG, "text", NULL }, { NULL } };
 *	make_archive("/tmp/x.zip", items);      the format follows the extension
 */
#ifndef TAGSIGHT_TESTS_UNIT_ARCHIVE_MAKER_H
#define TAGSIGHT_TESTS_UNIT_ARCHIVE_MAKER_H

#include "tests/unit/test.h"

#include <archive.h>
#include <archive_entry.h>
#include <locale.h>
#include <string.h>

struct item {
	const char *path;
	unsigned type;    /* AE_IFREG, AE_IFLNK, ...; 0: a hard link */
	const char *text; /* content, or what the link leads to */
	size_t zeros;     /* with a NULL text: this many zero bytes */
};

static inline struct archive *archive_for(const char *path, const char *password)
{
	struct archive *archive = archive_write_new();
	size_t length = strlen(path);

	if (strcmp(path + length - 3, ".gz") == 0) {
		archive_write_set_format_pax_restricted(archive);
		archive_write_add_filter_gzip(archive);
	} else {
		assert_int_equal(archive_write_set_format_filter_by_ext(archive, path), ARCHIVE_OK);
	}
	if (password) {
		assert_int_equal(archive_write_set_options(archive, "zip:encryption=traditional"),
				 ARCHIVE_OK);
		archive_write_set_passphrase(archive, password);
	}
	assert_int_equal(archive_write_open_filename(archive, path), ARCHIVE_OK);
	return archive;
}

static inline void add_item(struct archive *archive, const struct item *item)
{
	struct archive_entry *entry = archive_entry_new();
	size_t length = item->text ? strlen(item->text) : item->zeros;
	static const char zeros[1 << 16];

	archive_entry_set_pathname(entry, item->path);
	archive_entry_set_mtime(entry, 1500000000, 0);
	archive_entry_set_perm(entry, 06755);
	archive_entry_set_filetype(entry, item->type ? item->type : AE_IFREG);
	if (item->type == AE_IFREG)
		archive_entry_set_size(entry, (int64_t)length);
	else if (item->type == AE_IFLNK)
		archive_entry_set_symlink(entry, item->text);
	else if (item->type == 0)
		archive_entry_set_hardlink(entry, item->text);
	assert_true(archive_write_header(archive, entry) >= ARCHIVE_WARN);
	if (item->type == AE_IFREG && item->text)
		archive_write_data(archive, item->text, length);
	for (size_t left = item->type == AE_IFREG && !item->text ? length : 0; left;) {
		size_t part = left < sizeof(zeros) ? left : sizeof(zeros);

		archive_write_data(archive, zeros, part);
		left -= part;
	}
	archive_entry_free(entry);
}

/* In a UTF-8 locale: the writer of 7z cannot name files otherwise. */
static inline void make_archive_with(const char *path, const struct item *items,
				     const char *password)
{
	locale_t utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0), before = uselocale(utf8);
	struct archive *archive = archive_for(path, password);

	for (; items->path; items++)
		add_item(archive, items);
	assert_int_equal(archive_write_close(archive), ARCHIVE_OK);
	archive_write_free(archive);
	uselocale(before);
	freelocale(utf8);
}

static inline void make_archive(const char *path, const struct item *items)
{
	make_archive_with(path, items, NULL);
}

#endif
