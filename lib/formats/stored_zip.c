/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/stored_zip.h"

#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LOCAL_MAGIC 0x04034b50u
#define ENTRY_MAGIC 0x02014b50u
#define DESCRIPTOR_MAGIC 0x08074b50u
#define END_MAGIC 0x06054b50u
#define END64_MAGIC 0x06064b50u
#define LOCATOR_MAGIC 0x07064b50u
#define LOCAL_SIZE 30
#define ENTRY_SIZE 46
#define END_SIZE 22
#define END64_SIZE 56
#define LOCATOR_SIZE 20
#define ALIGNMENT 64

#define FLAG_ENCRYPTED 0x0001
#define FLAG_DESCRIPTOR 0x0008
#define FLAG_PATCH 0x0020
#define FLAG_STRONG 0x0040
#define FLAG_UTF8 0x0800
#define FLAG_MASKED 0x2000

static uint16_t get16(const unsigned char *bytes)
{
	return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t get32(const unsigned char *bytes)
{
	return get16(bytes) | (uint32_t)get16(bytes + 2) << 16;
}

static uint64_t get64(const unsigned char *bytes)
{
	return get32(bytes) | (uint64_t)get32(bytes + 4) << 32;
}

/* The file while its directory is read. */
struct scan {
	const unsigned char *bytes;
	size_t length;
	const char *name;
	struct arena *arena;
	struct err *err;
	uint64_t n, size, offset; /* of the directory */
};

static int fail(const struct scan *scan, const char *text)
{
	return err_set_at(scan->err, scan->name, 0, 0, "broken zip: %s", text);
}

bool stored_zip_recognise(const unsigned char *bytes, size_t length)
{
	return length >= 4 && get32(bytes) == LOCAL_MAGIC;
}

/* The zip64 record, whose numbers replace those of the plain end where these are all ones. */
static int read_end64(struct scan *scan, size_t end)
{
	const unsigned char *locator = scan->bytes + end - LOCATOR_SIZE, *record;
	uint64_t at = get64(locator + 8), n, size, offset;

	if (at > end - LOCATOR_SIZE || end - LOCATOR_SIZE - at < END64_SIZE)
		return fail(scan, "its zip64 record lies outside the file");
	record = scan->bytes + at;
	if (get32(record) != END64_MAGIC)
		return fail(scan, "its zip64 record is missing");
	n = get64(record + 32);
	size = get64(record + 40);
	offset = get64(record + 48);
	if (get64(record + 24) != n || get32(record + 16) || get32(record + 20))
		return fail(scan, "it spans several disks");
	if ((scan->n != 0xffff && scan->n != n) || (scan->size != 0xffffffff && scan->size != size) ||
	    (scan->offset != 0xffffffff && scan->offset != offset))
		return fail(scan, "its two end records disagree");
	scan->n = n;
	scan->size = size;
	scan->offset = offset;
	return 0;
}

static int find_end(struct scan *scan)
{
	size_t end, lowest;

	if (scan->length < END_SIZE)
		return fail(scan, "it is too short");
	end = scan->length - END_SIZE;
	lowest = end > 0xffff ? end - 0xffff : 0;
	while (get32(scan->bytes + end) != END_MAGIC ||
	       get16(scan->bytes + end + 20) != scan->length - end - END_SIZE) {
		if (end == lowest)
			return fail(scan, "its directory is missing; the file may be cut short");
		end--;
	}
	scan->n = get16(scan->bytes + end + 10);
	scan->size = get32(scan->bytes + end + 12);
	scan->offset = get32(scan->bytes + end + 16);
	if (get16(scan->bytes + end + 4) || get16(scan->bytes + end + 6) ||
	    get16(scan->bytes + end + 8) != scan->n)
		return fail(scan, "it spans several disks");
	if (end >= LOCATOR_SIZE && get32(scan->bytes + end - LOCATOR_SIZE) == LOCATOR_MAGIC &&
	    read_end64(scan, end) < 0)
		return -1;
	if (scan->offset > end || scan->size > end - scan->offset)
		return fail(scan, "its directory lies outside the file");
	if (scan->n > STORED_ZIP_ENTRIES || scan->n > scan->size / ENTRY_SIZE)
		return fail(scan, "its directory is too short for its entries");
	return 0;
}

/* The numbers of an entry that did not fit in 32 bits stand in an extra field, in this order. */
static int read_extra64(const struct scan *scan, const unsigned char *extra, size_t length,
			uint64_t *numbers[3])
{
	while (length >= 4) {
		size_t size = get16(extra + 2), at = 4;

		if (size > length - 4)
			break;
		if (get16(extra) == 1) {
			for (int i = 0; i < 3; i++) {
				if (*numbers[i] != 0xffffffff)
					continue;
				if (at + 8 > 4 + size)
					return fail(scan, "an entry's zip64 field is too short");
				*numbers[i] = get64(extra + at);
				at += 8;
			}
			return 0;
		}
		extra += 4 + size;
		length -= 4 + size;
	}
	return 0;
}

/* A name that stays inside: relative, no "..", no backslash, no NUL. */
static bool name_is_safe(const char *name, size_t length)
{
	if (length == 0 || name[0] == '/' || memchr(name, '\0', length) ||
	    memchr(name, '\\', length))
		return false;
	for (const char *part = name; part;) {
		if (strncmp(part, "..", 2) == 0 && (part[2] == '/' || part[2] == '\0'))
			return false;
		part = strchr(part, '/');
		part = part ? part + 1 : NULL;
	}
	return true;
}

/* Find the data of an entry behind its local header. */
static int locate(const struct scan *scan, struct stored_entry *entry, uint64_t offset,
		  uint64_t size)
{
	const unsigned char *local;
	uint64_t start;
	size_t name_length = strlen(entry->name);

	if (offset > scan->offset || scan->offset - offset < LOCAL_SIZE)
		return fail(scan, "an entry begins outside the file");
	local = scan->bytes + offset;
	if (get32(local) != LOCAL_MAGIC)
		return fail(scan, "an entry's header is missing");
	start = offset + LOCAL_SIZE + get16(local + 26) + get16(local + 28);
	if (start > scan->offset || size > scan->offset - start)
		return fail(scan, "an entry is longer than the file");
	if (get16(local + 26) != name_length ||
	    memcmp(local + LOCAL_SIZE, entry->name, name_length) != 0)
		return fail(scan, "an entry has two names");
	if (get16(local + 6) & FLAG_ENCRYPTED || get16(local + 8) != 0)
		return fail(scan, "an entry's two headers disagree");
	entry->data = scan->bytes + start;
	entry->size = (size_t)size;
	return 0;
}

static int read_entry(const struct scan *scan, size_t *at, struct stored_entry *entry)
{
	const unsigned char *header = scan->bytes + *at;
	size_t left = (size_t)(scan->offset + scan->size) - *at, name_length, extra_length, total;
	uint64_t packed, size, offset, *numbers[3] = { &size, &packed, &offset };

	if (left < ENTRY_SIZE || get32(header) != ENTRY_MAGIC)
		return fail(scan, "an entry of its directory is missing");
	name_length = get16(header + 28);
	extra_length = get16(header + 30);
	total = ENTRY_SIZE + name_length + extra_length + get16(header + 32);
	if (total > left)
		return fail(scan, "an entry of its directory is cut short");
	entry->crc = get32(header + 16);
	packed = get32(header + 20);
	size = get32(header + 24);
	offset = get32(header + 42);
	if (read_extra64(scan, header + ENTRY_SIZE + name_length, extra_length, numbers) < 0)
		return -1;
	entry->name = arena_string(scan->arena, (const char *)header + ENTRY_SIZE, name_length);
	if (!entry->name)
		return err_set_memory(scan->err);
	if (!name_is_safe(entry->name, name_length))
		return fail(scan, "an entry's name leaves the archive");
	if (get16(header + 8) & (FLAG_ENCRYPTED | FLAG_PATCH | FLAG_STRONG | FLAG_MASKED))
		return fail(scan, "an entry is encrypted");
	if (get16(header + 10) != 0 || packed != size)
		return err_set_at(scan->err, scan->name, 0, 0,
				  "'%s' in the zip is compressed, which PyTorch never does; pack "
				  "it again without compression (zip -0)", entry->name);
	*at += total;
	return locate(scan, entry, offset, size);
}

static int compare_places(const void *left, const void *right)
{
	const struct stored_entry *const *a = left, *const *b = right;

	return (*a)->data < (*b)->data ? -1 : (*a)->data > (*b)->data;
}

/* No two entries of one name, none over another's bytes. */
static int check_apart(const struct scan *scan, const struct stored_zip *zip)
{
	const struct stored_entry **order = checked_calloc(zip->n, sizeof(*order));
	struct str_table names;
	int rc = 0;

	if (!order)
		return err_set_memory(scan->err);
	str_table_init(&names);
	for (size_t i = 0; i < zip->n && rc == 0; i++) {
		const char *name = zip->entries[i].name;
		long id = str_table_add(&names, name, strlen(name));

		order[i] = &zip->entries[i];
		if (id < 0)
			rc = err_set_memory(scan->err);
		else if ((size_t)id != i)
			rc = err_set_at(scan->err, scan->name, 0, 0,
					"refused: the zip holds two records '%s'", name);
	}
	if (rc == 0 && zip->n)
		qsort(order, zip->n, sizeof(*order), compare_places);
	for (size_t i = 1; i < zip->n && rc == 0; i++)
		if (order[i]->data < order[i - 1]->data + order[i - 1]->size)
			rc = fail(scan, "two entries share bytes");
	str_table_release(&names);
	free(order);
	return rc;
}

int stored_zip_read(struct stored_zip *zip, const unsigned char *bytes, size_t length,
		    const char *name, struct arena *arena, struct err *err)
{
	struct scan scan = { bytes, length, name, arena, err, 0, 0, 0 };
	size_t at;

	if (find_end(&scan) < 0)
		return -1;
	zip->n = (size_t)scan.n;
	zip->entries = arena_alloc(arena, zip->n + 1, sizeof(*zip->entries));
	if (!zip->entries)
		return err_set_memory(err);
	at = (size_t)scan.offset;
	for (size_t i = 0; i < zip->n; i++)
		if (read_entry(&scan, &at, &zip->entries[i]) < 0)
			return -1;
	if (at != scan.offset + scan.size)
		return fail(&scan, "its directory is longer than its entries");
	return check_apart(&scan, zip);
}

static uint32_t crc_of(const unsigned char *data, size_t size)
{
	return (uint32_t)crc32_z(0, data, size);
}

int stored_entry_verify(const struct stored_entry *entry, const char *name, struct err *err)
{
	if (crc_of(entry->data, entry->size) == entry->crc)
		return 0;
	return err_set_at(err, name, 0, 0, "the check sum of '%s' is wrong: the file is damaged",
			  entry->name);
}

static void put16(struct buf *out, unsigned number)
{
	unsigned char bytes[2] = { number & 0xff, number >> 8 & 0xff };

	buf_add(out, bytes, 2);
}

static void put32(struct buf *out, uint32_t number)
{
	put16(out, number & 0xffff);
	put16(out, number >> 16);
}

static void put64(struct buf *out, uint64_t number)
{
	put32(out, (uint32_t)number);
	put32(out, (uint32_t)(number >> 32));
}

/* The check sum and the sizes, in the directory and behind the record. */
static void put_sizes(struct buf *out, const struct stored_entry *entry)
{
	put32(out, crc_of(entry->data, entry->size));
	put32(out, (uint32_t)entry->size);
	put32(out, (uint32_t)entry->size);
}

/* No time is written, so that the same input gives the same bytes. The header leaves the sizes to
 * the descriptor behind the record, as PyTorch's does. */
static void put_record(struct buf *out, const struct stored_entry *entry)
{
	size_t at = out->length + LOCAL_SIZE + strlen(entry->name) + 4;
	size_t padding = (ALIGNMENT - at % ALIGNMENT) % ALIGNMENT;

	put32(out, LOCAL_MAGIC);
	put16(out, 0);
	put16(out, FLAG_UTF8 | FLAG_DESCRIPTOR);
	for (int i = 0; i < 9; i++)
		put16(out, 0);
	put16(out, (unsigned)strlen(entry->name));
	put16(out, (unsigned)padding + 4);
	buf_add_string(out, entry->name);
	/* PyTorch's padding: an extra field of the kind "FB", filled with Z. */
	buf_add(out, "FB", 2);
	put16(out, (unsigned)padding);
	for (size_t i = 0; i < padding; i++)
		buf_add_char(out, 'Z');
	buf_add(out, entry->data, entry->size);
	put32(out, DESCRIPTOR_MAGIC);
	put_sizes(out, entry);
}

static void put_directory_entry(struct buf *out, const struct stored_entry *entry, uint32_t offset)
{
	put32(out, ENTRY_MAGIC);
	put16(out, 0);
	put16(out, 0);
	put16(out, FLAG_UTF8 | FLAG_DESCRIPTOR);
	put16(out, 0);
	put32(out, 0);
	put_sizes(out, entry);
	put16(out, (unsigned)strlen(entry->name));
	for (int i = 0; i < 4; i++)
		put16(out, 0);
	put32(out, 0);
	put32(out, offset);
	buf_add_string(out, entry->name);
}

static void put_end(struct buf *out, size_t n, size_t directory)
{
	size_t size = out->length - directory, end64 = out->length;

	put32(out, END64_MAGIC);
	put64(out, END64_SIZE - 12);
	put16(out, 0x031e);
	put16(out, 45);
	put32(out, 0);
	put32(out, 0);
	put64(out, n);
	put64(out, n);
	put64(out, size);
	put64(out, directory);
	put32(out, LOCATOR_MAGIC);
	put32(out, 0);
	put64(out, end64);
	put32(out, 1);
	put32(out, END_MAGIC);
	put32(out, 0);
	put16(out, (unsigned)n);
	put16(out, (unsigned)n);
	put32(out, (uint32_t)size);
	put32(out, (uint32_t)directory);
	put16(out, 0);
}

void stored_zip_write(struct buf *out, const struct stored_entry *entries, size_t n)
{
	uint32_t *offsets = checked_calloc(n, sizeof(*offsets));
	size_t directory;

	if (!offsets) {
		out->failed = true;
		return;
	}
	for (size_t i = 0; i < n; i++) {
		size_t size = entries[i].size;

		/* Plain zip fields hold 32 bits; a dict of 4 GiB is no dict. */
		if (size > UINT32_MAX || out->length > UINT32_MAX)
			out->failed = true;
		offsets[i] = (uint32_t)out->length;
		put_record(out, &entries[i]);
	}
	directory = out->length;
	for (size_t i = 0; i < n; i++)
		put_directory_entry(out, &entries[i], offsets[i]);
	put_end(out, n, directory);
	free(offsets);
}
