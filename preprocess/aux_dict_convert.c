/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/aux_dict_convert.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_INPUT ((size_t)1 << 30)

/* A whole number from 0 to 2^63 - 1 as it is written in decimal, and in no other way. */
static bool is_line_number(const char *key)
{
	size_t length = strlen(key);

	return length > 0 && length < 19 && strspn(key, "0123456789") == length &&
	       (key[0] != '0' || length == 1);
}

static bool has_line_numbers(const json_t *object)
{
	const char *key;
	json_t *list;

	json_object_foreach((json_t *)object, key, list)
		if (!is_line_number(key))
			return false;
	return true;
}

static int put_json_list(struct aux_dict *dict, const char *key, const json_t *list,
			 const char *name, struct err *err)
{
	size_t n = json_array_size(list);
	const char **names;
	int rc;

	if (!json_is_array(list))
		return err_set_at(err, name, 0, 0, "not a dict of crops: under '%.200s' is no list",
				  key);
	names = checked_calloc(n + 1, sizeof(*names));
	if (!names)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		names[i] = json_string_value(json_array_get(list, i));
		if (!names[i]) {
			free(names);
			return err_set_at(err, name, 0, 0,
					  "not a dict of crops: the list of '%.200s' holds something "
					  "that is no string", key);
		}
	}
	rc = aux_dict_put(dict, key, names, n, err);
	free(names);
	return rc;
}

static int read_json(struct aux_dict *dict, const struct buf *bytes, const char *name,
		     struct err *err)
{
	json_error_t error;
	json_t *object = json_loadb(bytes->data, bytes->length, JSON_REJECT_DUPLICATES, &error);
	const char *key;
	json_t *list;
	int rc = 0;

	if (!object)
		return err_set_at(err, name, error.line > 0 ? (size_t)error.line : 0, 0, "%s",
				  error.text);
	if (!json_is_object(object))
		rc = err_set_at(err, name, 0, 0, "not a dict of crops: it is no JSON object");
	if (rc == 0 && json_object_size(object))
		dict->keys = has_line_numbers(object) ? AUX_KEYS_INTEGER : AUX_KEYS_TEXT;
	json_object_foreach(object, key, list)
		if (rc == 0)
			rc = put_json_list(dict, key, list, name, err);
	json_decref(object);
	return rc;
}

static int read_bare_pickle(struct aux_dict *dict, const struct buf *bytes, const char *name,
			    struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct pickle pickle;
	int rc = pickle_read(&pickle, (const unsigned char *)bytes->data, bytes->length, name, &arena,
			     err);

	if (rc == 0 && pickle.consumed != bytes->length)
		rc = err_set_at(err, name, 0, 0, "bytes follow the end of its pickle");
	if (rc == 0)
		rc = aux_dict_from_value(dict, pickle.root, name, err);
	arena_release(&arena);
	return rc;
}

static int read_torch(struct aux_dict *dict, const struct buf *bytes, const char *name,
		      struct err *err)
{
	struct torch_file file;
	int rc;

	if (torch_file_parse(&file, (const unsigned char *)bytes->data, bytes->length, name, err) < 0)
		return -1;
	rc = aux_dict_from_value(dict, file.root, name, err);
	torch_file_close(&file);
	return rc;
}

static int read_bytes(struct aux_dict *dict, const struct buf *bytes, const char *name,
		      struct err *err)
{
	size_t blanks = 0;

	while (blanks < bytes->length && strchr(" \t\r\n", bytes->data[blanks]))
		blanks++;
	if (blanks < bytes->length && bytes->data[blanks] == '{')
		return read_json(dict, bytes, name, err);
	return torch_file_recognise((const unsigned char *)bytes->data, bytes->length)
		       ? read_torch(dict, bytes, name, err)
		       : read_bare_pickle(dict, bytes, name, err);
}

int aux_dict_read_any(struct aux_dict *dict, const char *path, struct err *err)
{
	const char *name = strcmp(path, "-") == 0 ? "standard input" : path;
	struct buf bytes = BUF_INIT;
	int rc = file_read_all(path, &bytes, LONGEST_INPUT, err);

	aux_dict_init(dict, AUX_KEYS_NONE);
	if (rc == 0 && bytes.length == 0)
		rc = err_set_at(err, name, 0, 0, "the file is empty");
	if (rc == 0)
		rc = read_bytes(dict, &bytes, name, err);
	buf_release(&bytes);
	if (rc < 0)
		aux_dict_release(dict);
	return rc;
}

/* A crop's name as the changes have it, of the arena. */
static const char *changed_name(const char *name, const struct aux_dict_changes *changes,
				struct arena *arena)
{
	const char *extension = file_extension(name);
	size_t stem = strlen(name) - strlen(extension);

	if (changes->crop_extension && *extension)
		return arena_format(arena, "%s%.*s%s", changes->prefix ? changes->prefix : "",
				    (int)stem, name, changes->crop_extension);
	return arena_format(arena, "%s%s", changes->prefix ? changes->prefix : "", name);
}

/* Add the changed entry to `out`, which may have its key already. */
static int put_changed(struct aux_dict *out, const struct aux_entry *entry,
		       const struct aux_dict_changes *changes, struct err *err)
{
	const char **names = arena_alloc(&out->arena, entry->n + 1, sizeof(*names));
	const char *key = arena_string(&out->arena, entry->key,
				       changes->img2crop ? strcspn(entry->key, ".")
							 : strlen(entry->key));
	struct aux_dict one;
	int rc;

	if (!names || !key)
		return err_set_memory(err);
	if (out->keys == AUX_KEYS_INTEGER && !is_line_number(key))
		return err_set(err, ERR_DATA, "the key '%.200s' is no line number", key);
	for (size_t i = 0; i < entry->n; i++) {
		names[i] = changed_name(entry->names[i], changes, &out->arena);
		if (!names[i])
			return err_set_memory(err);
	}
	aux_dict_init(&one, out->keys);
	rc = aux_dict_put(&one, key, names, entry->n, err);
	if (rc == 0)
		rc = aux_dict_merge(out, &one, err);
	aux_dict_release(&one);
	return rc;
}

int aux_dict_change(struct aux_dict *dict, const struct aux_dict_changes *changes, struct err *err)
{
	struct aux_dict out;
	int rc = 0;

	if (changes->img2crop && dict->keys == AUX_KEYS_INTEGER)
		return err_set(err, ERR_DATA, "its keys are line numbers, and MKGformer's are picture "
					      "names; make it from the manifest (tagsight convert "
					      "boxes.jsonl --to img2crop)");
	aux_dict_init(&out, changes->keys == AUX_KEYS_NONE ? dict->keys : changes->keys);
	out.form = dict->form;
	for (size_t i = 0; i < dict->n && rc == 0; i++)
		rc = put_changed(&out, &dict->entries[i], changes, err);
	if (rc < 0) {
		aux_dict_release(&out);
		return -1;
	}
	aux_dict_release(dict);
	*dict = out;
	return 0;
}

json_t *aux_dict_json(const struct aux_dict *dict)
{
	json_t *object = json_object();

	for (size_t i = 0; i < dict->n; i++) {
		const struct aux_entry *entry = &dict->entries[i];
		json_t *list = json_array();

		for (size_t k = 0; k < entry->n; k++)
			json_array_append_new(list, json_text(entry->names[k]));
		json_object_set_new(object, entry->key, list);
	}
	return object;
}

int aux_dict_write_json(const struct aux_dict *dict, const char *path, struct err *err)
{
	struct file_writer writer = FILE_WRITER_INIT;

	if (file_writer_open(&writer, path, err) < 0)
		return -1;
	json_line_write(writer.stream, aux_dict_json(dict));
	return file_writer_commit(&writer, err);
}
