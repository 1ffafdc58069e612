/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_source.h"

#include "lib/base/utf8.h"

#include <string.h>
#include <sys/stat.h>

#define READ_BLOCK ((size_t)1 << 17)

static const char *reason(struct archive *archive)
{
	const char *text = archive_error_string(archive);

	return text ? text : "unknown reason";
}

static void allow_formats(struct archive *archive)
{
	archive_read_support_format_tar(archive);
	archive_read_support_format_zip(archive);
	archive_read_support_format_7zip(archive);
	archive_read_support_format_rar(archive);
	archive_read_support_format_rar5(archive);
	archive_read_support_format_empty(archive);
	archive_read_support_format_raw(archive);
	archive_read_support_filter_gzip(archive);
	archive_read_support_filter_bzip2(archive);
	archive_read_support_filter_compress(archive);
	archive_read_support_filter_xz(archive);
	archive_read_support_filter_lzma(archive);
	archive_read_support_filter_lzip(archive);
	archive_read_support_filter_zstd(archive);
	archive_read_support_filter_lz4(archive);
}

int unpack_source_open(struct unpack_source *source, int fd, struct err *err)
{
	struct stat st;

	memset(source, 0, sizeof(*source));
	source->fd = fd;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
		source->size = (uint64_t)st.st_size;
	source->archive = archive_read_new();
	if (!source->archive)
		return err_set_memory(err);
	allow_formats(source->archive);
	if (archive_read_open_fd(source->archive, fd, READ_BLOCK) == ARCHIVE_OK)
		return 0;
	err_set(err, ERR_DATA, "%s", reason(source->archive));
	unpack_source_close(source);
	return -1;
}

void unpack_source_close(struct unpack_source *source)
{
	if (source->archive)
		archive_read_free(source->archive);
	source->archive = NULL;
}

/* Without an archive's signature libarchive falls back to "raw": bytes that a filter has unpacked
 * are a compressed file, others are no archive. */
static enum read_status check_format(struct unpack_source *source, struct err *err)
{
	int format = archive_format(source->archive);

	if (format == ARCHIVE_FORMAT_EMPTY) {
		err_set(err, ERR_DATA, "the archive is empty");
		return READ_FAIL;
	}
	if (format == ARCHIVE_FORMAT_RAW &&
	    archive_filter_code(source->archive, 0) == ARCHIVE_FILTER_NONE) {
		err_set(err, ERR_DATA, "not an archive that is known (tar, zip, 7z, rar)");
		return READ_FAIL;
	}
	return READ_OK;
}

enum read_status unpack_source_next(struct unpack_source *source, struct archive_entry **entry,
				    struct err *err)
{
	int rc = archive_read_next_header(source->archive, entry);

	switch (rc) {
	case ARCHIVE_EOF:
		if (source->started)
			return READ_EOF;
		err_set(err, ERR_DATA, "the archive is empty");
		return READ_FAIL;
	case ARCHIVE_OK:
	case ARCHIVE_WARN:
		if (!source->started && check_format(source, err) != READ_OK)
			return READ_FAIL;
		source->started = true;
		return READ_OK;
	case ARCHIVE_RETRY:
	case ARCHIVE_FAILED:
		err_set(err, ERR_DATA, "%s", reason(source->archive));
		return READ_BAD;
	default:
		if (source->started)
			err_set(err, ERR_DATA, "the rest cannot be read: %s", reason(source->archive));
		else
			err_set(err, ERR_DATA, "not an archive that can be read: %s",
				reason(source->archive));
		return READ_FAIL;
	}
}

const char *unpack_source_name(struct archive_entry *entry)
{
	const char *raw = archive_entry_pathname(entry), *utf8;

	if (raw && utf8_valid_prefix(raw, strlen(raw)) == strlen(raw))
		return raw;
	utf8 = archive_entry_pathname_utf8(entry);
	return utf8 ? utf8 : raw ? raw : "";
}

bool unpack_source_is_raw(const struct unpack_source *source)
{
	return archive_format(source->archive) == ARCHIVE_FORMAT_RAW;
}

uint64_t unpack_source_consumed(const struct unpack_source *source)
{
	int64_t bytes = archive_filter_bytes(source->archive, -1);

	return bytes > 0 ? (uint64_t)bytes : 0;
}
