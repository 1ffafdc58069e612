/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/torch_priv.h"

#include "lib/formats/stored_zip.h"

#include <string.h>

/* The entry FOLDER/name, or NULL. */
static const struct stored_entry *find_entry(const struct stored_zip *zip, const char *folder,
					     size_t folder_length, const char *name)
{
	for (size_t i = 0; i < zip->n; i++) {
		const char *full = zip->entries[i].name;

		if (strncmp(full, folder, folder_length) == 0 && full[folder_length] == '/' &&
		    strcmp(full + folder_length + 1, name) == 0)
			return &zip->entries[i];
	}
	return NULL;
}

/* The one entry FOLDER/data.pkl; the folder is called as the file was when it was saved. */
static const struct stored_entry *find_pickle(const struct stored_zip *zip, size_t *folder_length,
					      const char *name, struct err *err)
{
	const struct stored_entry *found = NULL;

	for (size_t i = 0; i < zip->n; i++) {
		const char *slash = strchr(zip->entries[i].name, '/');

		if (!slash || strcmp(slash, "/data.pkl") != 0)
			continue;
		if (found) {
			err_set_at(err, name, 0, 0, "refused: the zip holds two pickles, '%s' and '%s'",
				   found->name, zip->entries[i].name);
			return NULL;
		}
		found = &zip->entries[i];
		*folder_length = (size_t)(slash - found->name);
	}
	if (!found)
		err_set_at(err, name, 0, 0, "not a PyTorch file: the zip holds no data.pkl");
	return found;
}

static int check_records(const struct stored_zip *zip, const char *folder, size_t folder_length,
			 const char *name, struct err *err)
{
	const struct stored_entry *order = find_entry(zip, folder, folder_length, "byteorder");

	if (find_entry(zip, folder, folder_length, "constants.pkl"))
		return err_set_at(err, name, 0, 0,
				  "a TorchScript archive holds code, not a state dict; save "
				  "module.state_dict() instead");
	if (order && (order->size != 6 || memcmp(order->data, "little", 6) != 0))
		return err_set_at(err, name, 0, 0,
				  "written on a big-endian machine; load and save it on a "
				  "little-endian one");
	return 0;
}

/* Find each storage's record FOLDER/data/KEY; a table would be built for many, so walk both in the
 * order of the file, where PyTorch writes them in the order of use. */
static int find_records(struct torch_file *file, const struct stored_zip *zip, const char *folder,
			size_t folder_length, const char *name, struct err *err)
{
	size_t guess = 0;

	for (struct torch_storage *storage = file->storages; storage; storage = storage->next) {
		const struct stored_entry *entry = NULL;
		size_t bytes = storage->n * torch_dtype_size(storage->dtype);

		for (size_t tried = 0; tried < zip->n && !entry; tried++) {
			const struct stored_entry *candidate = &zip->entries[guess++ % zip->n];
			const char *full = candidate->name;

			if (strncmp(full, folder, folder_length) == 0 &&
			    strncmp(full + folder_length, "/data/", 6) == 0 &&
			    strcmp(full + folder_length + 6, storage->key) == 0)
				entry = candidate;
		}
		if (!entry)
			return err_set_at(err, name, 0, 0, "the storage '%.100s' is missing",
					  storage->key);
		if (entry->size < bytes)
			return err_set_at(err, name, 0, 0,
					  "the storage '%.100s' should hold %zu bytes and holds %zu",
					  storage->key, bytes, entry->size);
		if (stored_entry_verify(entry, name, err) < 0)
			return -1;
		storage->data = entry->data;
	}
	return 0;
}

int torch_read_pickle(struct torch_file *file, struct pickle *pickle, const unsigned char *bytes,
		      size_t length, const char *name, struct err *err)
{
	return file->objects
		       ? pickle_read_with_objects(pickle, bytes, length, name, &file->arena, err)
		       : pickle_read(pickle, bytes, length, name, &file->arena, err);
}

static int read_zip(struct torch_file *file, const unsigned char *bytes, size_t length,
		    const char *name, struct err *err)
{
	const struct stored_entry *pickle;
	struct stored_zip zip;
	size_t folder_length = 0;

	file->form = "zip";
	if (stored_zip_read(&zip, bytes, length, name, &file->arena, err) < 0)
		return -1;
	pickle = find_pickle(&zip, &folder_length, name, err);
	if (!pickle || check_records(&zip, pickle->name, folder_length, name, err) < 0)
		return -1;
	if (pickle->size > TORCH_PICKLE_LIMIT)
		return err_set_at(err, name, 0, 0, "its pickle of %zu bytes is longer than the %zu allowed",
				  pickle->size, TORCH_PICKLE_LIMIT);
	if (stored_entry_verify(pickle, name, err) < 0 ||
	    torch_read_pickle(file, &file->pickle, pickle->data, pickle->size, name, err) < 0)
		return -1;
	if (file->pickle.consumed != pickle->size)
		return err_set_at(err, name, 0, 0, "bytes follow the end of its pickle");
	if (torch_read_storages(file, name, err) < 0 ||
	    find_records(file, &zip, pickle->name, folder_length, name, err) < 0)
		return -1;
	return torch_read_tensors(file, name, err);
}

bool torch_file_recognise(const unsigned char *bytes, size_t length)
{
	return stored_zip_recognise(bytes, length) || torch_legacy_recognise(bytes, length);
}

static int parse(struct torch_file *file, const unsigned char *bytes, size_t length,
		 const char *name, struct err *err)
{
	int rc;

	if (stored_zip_recognise(bytes, length))
		rc = read_zip(file, bytes, length, name, err);
	else if (torch_legacy_recognise(bytes, length))
		rc = torch_legacy_read(file, bytes, length, name, err);
	else
		rc = err_set_at(err, name, 0, 0, "not a PyTorch file (neither its zip nor its legacy form)");
	if (rc < 0) {
		arena_release(&file->arena);
		return -1;
	}
	file->root = file->pickle.root;
	return 0;
}

int torch_file_parse(struct torch_file *file, const unsigned char *bytes, size_t length,
		     const char *name, struct err *err)
{
	*file = (struct torch_file){ .objects = false };
	return parse(file, bytes, length, name, err);
}

int torch_checkpoint_parse(struct torch_file *file, const unsigned char *bytes, size_t length,
			   const char *name, struct err *err)
{
	*file = (struct torch_file){ .objects = true };
	return parse(file, bytes, length, name, err);
}

int torch_file_open(struct torch_file *file, const char *path, struct err *err)
{
	struct file_map map;

	if (file_map_open(&map, path, err) < 0)
		return -1;
	if (torch_file_parse(file, map.data, map.size, path, err) < 0) {
		file_map_close(&map);
		return -1;
	}
	file->map = map;
	return 0;
}

void torch_file_close(struct torch_file *file)
{
	arena_release(&file->arena);
	if (file->map.data)
		file_map_close(&file->map);
	file->root = NULL;
}

int torch_file_write(struct buf *out, const char *folder, const struct buf *pickle,
		     struct err *err)
{
	struct buf pickle_name = BUF_INIT, version_name = BUF_INIT;
	struct stored_entry entries[2] = {
		{ NULL, (const unsigned char *)pickle->data, pickle->length, 0 },
		{ NULL, (const unsigned char *)"3\n", 2, 0 },
	};
	int rc = 0;

	buf_add_format(&pickle_name, "%s/data.pkl", folder);
	buf_add_format(&version_name, "%s/version", folder);
	entries[0].name = pickle_name.data;
	entries[1].name = version_name.data;
	if (strlen(folder) > 1000)
		rc = err_set(err, ERR_USAGE, "the name '%.40s...' is too long", folder);
	else
		stored_zip_write(out, entries, 2);
	if (rc == 0 && (pickle->failed || pickle_name.failed || version_name.failed || out->failed))
		rc = err_set_memory(err);
	buf_release(&pickle_name);
	buf_release(&version_name);
	return rc;
}
