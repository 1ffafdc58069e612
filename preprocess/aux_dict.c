/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/aux_dict.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/pickle_write.h"
#include "lib/formats/torch_file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_INPUT ((size_t)1 << 30) /* of a dict on standard input */

void aux_dict_init(struct aux_dict *dict, enum aux_keys keys)
{
	memset(dict, 0, sizeof(*dict));
	dict->keys = keys;
	arena_init(&dict->arena);
	str_table_init(&dict->index);
}

void aux_dict_release(struct aux_dict *dict)
{
	free(dict->entries);
	dict->entries = NULL;
	dict->n = dict->capacity = 0;
	arena_release(&dict->arena);
	str_table_release(&dict->index);
}

struct aux_entry *aux_dict_find(const struct aux_dict *dict, const char *key)
{
	long id = str_table_find(&dict->index, key, strlen(key));

	return id < 0 ? NULL : &dict->entries[id];
}

/* The entry of a key, made when it is new; NULL when memory is out. */
static struct aux_entry *take_entry(struct aux_dict *dict, const char *key)
{
	long id = str_table_add(&dict->index, key, strlen(key));

	if (id < 0)
		return NULL;
	if ((size_t)id < dict->n)
		return &dict->entries[id];
	if (GROW(dict->entries, dict->n, dict->capacity) < 0)
		return NULL;
	dict->entries[dict->n] = (struct aux_entry){ str_table_text(&dict->index, (size_t)id),
						     NULL, 0 };
	return &dict->entries[dict->n++];
}

int aux_dict_put(struct aux_dict *dict, const char *key, const char *const *names, size_t n,
		 struct err *err)
{
	const char **copy = arena_alloc(&dict->arena, n + 1, sizeof(*copy));
	struct aux_entry *entry = copy ? take_entry(dict, key) : NULL;

	if (!entry)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		copy[i] = arena_copy(&dict->arena, names[i]);
		if (!copy[i])
			return err_set_memory(err);
	}
	entry->names = copy;
	entry->n = n;
	return 0;
}

static int compare_keys(const void *a, const void *b)
{
	return strcmp(((const struct aux_entry *)a)->key, ((const struct aux_entry *)b)->key);
}

void aux_dict_sort(struct aux_dict *dict)
{
	if (dict->n)
		qsort(dict->entries, dict->n, sizeof(*dict->entries), compare_keys);
}

static int same_names(const struct aux_entry *a, const struct aux_entry *b)
{
	if (a->n != b->n)
		return 0;
	for (size_t i = 0; i < a->n; i++)
		if (strcmp(a->names[i], b->names[i]) != 0)
			return 0;
	return 1;
}

int aux_dict_merge(struct aux_dict *dict, const struct aux_dict *from, struct err *err)
{
	if (dict->keys == AUX_KEYS_NONE)
		dict->keys = from->keys;
	if (from->keys != AUX_KEYS_NONE && from->keys != dict->keys)
		return err_set(err, ERR_DATA,
			       "a dict of picture names and one of line numbers cannot be merged");
	for (size_t i = 0; i < from->n; i++) {
		const struct aux_entry *entry = &from->entries[i];
		const struct aux_entry *old = aux_dict_find(dict, entry->key);

		if (old && old->n && entry->n && !same_names(old, entry))
			return err_set(err, ERR_DATA, "the key '%.200s' has two different lists",
				       entry->key);
		if (old && old->n)
			continue;
		if (aux_dict_put(dict, entry->key, entry->names, entry->n, err) < 0)
			return -1;
	}
	return 0;
}

/* The text of a key in *text, of the arena; the kind of all keys must be one. */
static int read_key(struct aux_dict *dict, const struct pickle_value *key, const char *path,
		    const char **text, struct err *err)
{
	enum aux_keys kind = key->kind == PICKLE_TEXT	? AUX_KEYS_TEXT
			     : key->kind == PICKLE_INT ? AUX_KEYS_INTEGER
						       : AUX_KEYS_NONE;

	if (kind == AUX_KEYS_NONE)
		return err_set_at(err, path, 0, 0, "not a dict of crops: a key is %s",
				  pickle_kind_name(key->kind));
	if (dict->keys == AUX_KEYS_NONE)
		dict->keys = kind;
	if (dict->keys != kind)
		return err_set_at(err, path, 0, 0,
				  "some keys are strings and some are integers");
	if (kind == AUX_KEYS_TEXT && strlen(key->text) != key->length)
		return err_set_at(err, path, 0, 0, "a key holds a NUL");
	*text = kind == AUX_KEYS_TEXT ? key->text
				      : arena_format(&dict->arena, "%" PRId64, key->integer);
	return *text ? 0 : err_set_memory(err);
}

static int read_entry(struct aux_dict *dict, const struct pickle_value *key,
		      const struct pickle_value *list, const char *path, struct err *err)
{
	const char *text, **names;

	if (read_key(dict, key, path, &text, err) < 0)
		return -1;
	if (list->kind != PICKLE_LIST && list->kind != PICKLE_TUPLE)
		return err_set_at(err, path, 0, 0,
				  "not a dict of crops: under '%.200s' is %s, not a list", text,
				  pickle_kind_name(list->kind));
	names = arena_alloc(&dict->arena, list->n + 1, sizeof(*names));
	if (!names)
		return err_set_memory(err);
	for (size_t i = 0; i < list->n; i++) {
		const struct pickle_value *name = list->items[i];

		if (name->kind != PICKLE_TEXT || strlen(name->text) != name->length)
			return err_set_at(err, path, 0, 0,
					  "not a dict of crops: the list of '%.200s' holds %s", text,
					  name->kind == PICKLE_TEXT ? "a NUL"
								    : pickle_kind_name(name->kind));
		names[i] = name->text;
	}
	return aux_dict_put(dict, text, names, list->n, err);
}

int aux_dict_from_value(struct aux_dict *dict, const struct pickle_value *value, const char *name,
			struct err *err)
{
	if (value->kind != PICKLE_DICT)
		return err_set_at(err, name, 0, 0, "not a dict of crops: it holds %s",
				  pickle_kind_name(value->kind));
	for (size_t i = 0; i + 1 < value->n; i += 2)
		if (read_entry(dict, value->items[i], value->items[i + 1], name, err) < 0)
			return -1;
	return 0;
}

/* A dict on standard input stays in `bytes` while the file is open. */
static int open_dict(struct torch_file *file, const char *path, struct buf *bytes, struct err *err)
{
	if (strcmp(path, "-") != 0)
		return torch_file_open(file, path, err);
	if (file_read_all(path, bytes, LONGEST_INPUT, err) < 0)
		return -1;
	return torch_file_parse(file, (const unsigned char *)(bytes->data ? bytes->data : ""),
				bytes->length, "standard input", err);
}

int aux_dict_read(struct aux_dict *dict, const char *path, struct err *err)
{
	struct buf bytes = BUF_INIT;
	struct torch_file file;
	int rc;

	if (open_dict(&file, path, &bytes, err) < 0) {
		buf_release(&bytes);
		return -1;
	}
	aux_dict_init(dict, AUX_KEYS_NONE);
	dict->form = strcmp(file.form, "legacy") == 0 ? TORCH_LEGACY : TORCH_ZIP;
	rc = aux_dict_from_value(dict, file.root, path, err);
	torch_file_close(&file);
	buf_release(&bytes);
	if (rc < 0)
		aux_dict_release(dict);
	return rc;
}

static int write_pickle(const struct aux_dict *dict, struct buf *out, struct err *err)
{
	struct pickle_writer writer;

	pickle_write_begin(&writer, out, dict->n);
	for (size_t i = 0; i < dict->n; i++) {
		const struct aux_entry *entry = &dict->entries[i];
		char *end;

		pickle_write_entry_begin(&writer);
		if (dict->keys == AUX_KEYS_INTEGER) {
			errno = 0;
			pickle_write_integer(&writer, strtoll(entry->key, &end, 10));
			if (errno || *end || end == entry->key)
				return err_set(err, ERR_DATA, "the key '%.200s' is no line number",
					       entry->key);
		} else {
			pickle_write_text(&writer, entry->key);
		}
		pickle_write_list(&writer, entry->names, entry->n);
		pickle_write_entry_end(&writer);
	}
	pickle_write_end(&writer);
	return 0;
}

int aux_dict_write(const struct aux_dict *dict, const char *path, struct err *err)
{
	struct buf pickle = BUF_INIT, file = BUF_INIT, folder = BUF_INIT;
	const char *name = file_base_name(path), *extension = file_extension(path);
	int rc;

	buf_add(&folder, name, strlen(name) - (*extension ? strlen(extension) + 1 : 0));
	rc = write_pickle(dict, &pickle, err);
	if (rc == 0 && folder.failed)
		rc = err_set_memory(err);
	if (rc == 0)
		rc = dict->form == TORCH_LEGACY
			     ? torch_legacy_write(&file, &pickle, err)
			     : torch_file_write(&file, folder.data, &pickle, err);
	if (rc == 0)
		rc = file_write_all(path, file.data, file.length, err);
	buf_release(&folder);
	buf_release(&file);
	buf_release(&pickle);
	return rc;
}
