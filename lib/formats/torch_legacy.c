/* SPDX-License-Identifier: Apache-2.0 */
/*
 * torch.save() before 1.6: a pickle of the magic number, one of the version (1001), one of what the
 * machine was like, one of the object, one of the list of storage keys; then for each key in that
 * order an element count of 8 bytes and the elements.
 */
#include "lib/formats/torch_priv.h"

#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>

#define LEGACY_VERSION 1001

/* 0x1950a86a20f9469cfc6c, low byte first. */
static const unsigned char magic[10] = { 0x6c, 0xfc, 0x9c, 0x46, 0xf9,
					 0x20, 0x6a, 0xa8, 0x50, 0x19 };

/* Pickles of the magic number, the version and the machine that PyTorch says it wrote on: a
 * little-endian one whose short, int and long have 2, 4 and 4 bytes, whatever they have. */
static const char header[] =
	"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19."
	"\x80\x02M\xe9\x03."
	"\x80\x02}q\0(X\x10\0\0\0protocol_versionq\1M\xe9\x03"
	"X\x0d\0\0\0little_endianq\2\x88"
	"X\x0a\0\0\0type_sizesq\3}q\4(X\5\0\0\0shortq\5K\2"
	"X\3\0\0\0intq\6K\4X\4\0\0\0longq\7K\4uu.";

static const char no_storages[] = "\x80\x02]q\0.";

struct scan {
	const unsigned char *bytes;
	size_t length, position;
	const char *name;
	struct err *err;
};

bool torch_legacy_recognise(const unsigned char *bytes, size_t length)
{
	/* PROTO, a number, then LONG1 of ten bytes, with or without FRAME between. */
	for (size_t at = 2; at + 12 <= length && at <= 11; at++)
		if (bytes[0] == 0x80 && bytes[at] == 0x8a && bytes[at + 1] == sizeof(magic))
			return memcmp(bytes + at + 2, magic, sizeof(magic)) == 0;
	return false;
}

/* The data follows the pickles, so no more bytes are offered than a pickle may have. */
static int next_pickle(struct scan *scan, struct torch_file *file, struct pickle *pickle)
{
	size_t left = scan->length - scan->position;

	if (torch_read_pickle(file, pickle, scan->bytes + scan->position,
			      left < TORCH_PICKLE_LIMIT ? left : TORCH_PICKLE_LIMIT, scan->name,
			      scan->err) < 0)
		return -1;
	scan->position += pickle->consumed;
	return 0;
}

static int check_header(struct scan *scan, struct torch_file *file)
{
	const struct pickle_value *order;
	struct pickle pickle;

	if (next_pickle(scan, file, &pickle) < 0)
		return -1;
	if (next_pickle(scan, file, &pickle) < 0)
		return -1;
	if (pickle.root->kind != PICKLE_INT || pickle.root->integer != LEGACY_VERSION)
		return err_set_at(scan->err, scan->name, 0, 0,
				  "a PyTorch file of an unknown version");
	if (next_pickle(scan, file, &pickle) < 0)
		return -1;
	order = pickle_get(pickle.root, "little_endian");
	if (!order || order->kind != PICKLE_BOOL || !order->integer)
		return err_set_at(scan->err, scan->name, 0, 0,
				  "not known to be little-endian; load and save it on a "
				  "little-endian machine");
	return 0;
}

static int read_data(struct scan *scan, struct torch_storage *storage)
{
	size_t size = torch_dtype_size(storage->dtype), left = scan->length - scan->position;
	const unsigned char *bytes = scan->bytes + scan->position;
	uint64_t n = 0;

	if (left < 8)
		return err_set_at(scan->err, scan->name, 0, 0, "the file ends before its storages");
	for (int i = 7; i >= 0; i--)
		n = n << 8 | bytes[i];
	if (n != storage->n)
		return err_set_at(scan->err, scan->name, 0, 0,
				  "the storage '%.100s' has two different lengths", storage->key);
	if (storage->n > (left - 8) / size)
		return err_set_at(scan->err, scan->name, 0, 0,
				  "the storage '%.100s' is cut short", storage->key);
	if (storage->data)
		return err_set_at(scan->err, scan->name, 0, 0,
				  "refused: the storage '%.100s' is listed twice", storage->key);
	storage->data = bytes + 8;
	scan->position += 8 + storage->n * size;
	return 0;
}

/* Give each storage its data in the order of the key list. */
static int read_list(struct scan *scan, struct torch_storage **storages,
		     const struct str_table *keys, const struct pickle_value *list)
{
	if (list->kind != PICKLE_LIST)
		return err_set_at(scan->err, scan->name, 0, 0, "its list of storages is missing");
	for (size_t i = 0; i < list->n; i++) {
		const struct pickle_value *key = list->items[i];
		long id = key->kind == PICKLE_TEXT ? str_table_find(keys, key->text, key->length)
						   : -1;

		if (id < 0)
			return err_set_at(scan->err, scan->name, 0, 0,
					  "its list names a storage that its pickle does not have");
		if (read_data(scan, storages[id]) < 0)
			return -1;
	}
	for (size_t i = 0; i < keys->n; i++)
		if (!storages[i]->data)
			return err_set_at(scan->err, scan->name, 0, 0,
					  "the storage '%.100s' is missing", storages[i]->key);
	if (scan->position != scan->length)
		return err_set_at(scan->err, scan->name, 0, 0, "bytes follow the last storage");
	return 0;
}

static int read_storages(struct scan *scan, struct torch_file *file)
{
	struct torch_storage **storages = NULL;
	struct str_table keys;
	struct pickle list;
	size_t n = 0;
	int rc = -1;

	str_table_init(&keys);
	for (struct torch_storage *storage = file->storages; storage; storage = storage->next)
		n++;
	storages = calloc(n + 1, sizeof(*storages));
	if (!storages) {
		err_set_memory(scan->err);
		goto out;
	}
	for (struct torch_storage *storage = file->storages; storage; storage = storage->next) {
		storages[storage->number] = storage;
		if (str_table_add(&keys, storage->key, strlen(storage->key)) < 0) {
			err_set_memory(scan->err);
			goto out;
		}
	}
	if (next_pickle(scan, file, &list) == 0)
		rc = read_list(scan, storages, &keys, list.root);
out:
	str_table_release(&keys);
	free(storages);
	return rc;
}

int torch_legacy_read(struct torch_file *file, const unsigned char *bytes, size_t length,
		      const char *name, struct err *err)
{
	struct scan scan = { bytes, length, 0, name, err };

	file->form = "legacy";
	if (check_header(&scan, file) < 0 || next_pickle(&scan, file, &file->pickle) < 0 ||
	    torch_read_storages(file, name, err) < 0 || read_storages(&scan, file) < 0)
		return -1;
	return torch_read_tensors(file, name, err);
}

int torch_legacy_write(struct buf *out, const struct buf *pickle, struct err *err)
{
	buf_add(out, header, sizeof(header) - 1);
	buf_add(out, pickle->data, pickle->length);
	buf_add(out, no_storages, sizeof(no_storages) - 1);
	return pickle->failed || out->failed ? err_set_memory(err) : 0;
}
