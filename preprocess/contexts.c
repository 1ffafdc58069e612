/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/contexts.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/line_reader.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LINE_LIMIT ((size_t)1 << 20)

/* The length of a name without the extension of a picture. */
static size_t stem_length(const char *name, size_t length)
{
	static const char *const extensions[] = { ".jpg", ".jpeg", ".png", ".gif", ".webp" };

	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++) {
		size_t size = strlen(extensions[i]);

		if (length > size && strncasecmp(name + length - size, extensions[i], size) == 0)
			return length - size;
	}
	return length;
}

/* The list of a name, a new one where there is none; NULL when memory is out. */
static struct context_list *list_of(struct contexts *contexts, const char *name, size_t length)
{
	size_t before = contexts->names.n;
	long id = str_table_add(&contexts->names, name, stem_length(name, length));

	if (id < 0)
		return NULL;
	if ((size_t)id == before) {
		if (GROW(contexts->lists, before, contexts->capacity) < 0)
			return NULL;
		contexts->lists[before] = (struct context_list){ NULL, 0, 0 };
	}
	return &contexts->lists[id];
}

/* Blank texts say nothing. */
static int add_text(struct contexts *contexts, struct context_list *list, const char *text,
		    size_t length)
{
	char *copy;

	while (length && strchr(" \r", text[length - 1]))
		length--;
	if (length == 0)
		return 0;
	if (list->n == list->capacity) {
		size_t capacity = list->capacity ? 2 * list->capacity : 4;
		const char **texts = arena_alloc(&contexts->arena, capacity, sizeof(*texts));

		if (!texts)
			return -1;
		if (list->n)
			memcpy(texts, list->texts, list->n * sizeof(*texts));
		list->texts = texts;
		list->capacity = capacity;
	}
	copy = arena_string(&contexts->arena, text, length);
	list->texts[list->n++] = copy;
	return copy ? 0 : -1;
}

static int read_columns(struct contexts *contexts, const struct text_line *line, const char *path,
			struct err *err)
{
	const char *at = line->text, *end = line->text + line->length;
	const char *tab = memchr(at, '\t', line->length);
	struct context_list *list;

	if (!tab || tab == at)
		return err_set_at(err, path, line->number, 0,
				  "a line is a name, a tab and a text, or a JSON object");
	list = list_of(contexts, at, (size_t)(tab - at));
	if (!list)
		return err_set_memory(err);
	for (at = tab + 1; at <= end; at = tab + 1) {
		tab = memchr(at, '\t', (size_t)(end - at));
		if (!tab)
			tab = end;
		if (add_text(contexts, list, at, (size_t)(tab - at)) < 0)
			return err_set_memory(err);
	}
	return 0;
}

/* How the strings of an array become texts. */
enum joining { EACH, TOGETHER };

static int add_value(struct contexts *contexts, struct context_list *list, const json_t *value,
		     enum joining joining)
{
	struct buf text = BUF_INIT;
	int rc = 0;

	if (json_is_string(value))
		return add_text(contexts, list, json_string_value(value), json_string_length(value));
	for (size_t i = 0; i < json_array_size(value) && rc == 0; i++) {
		const char *part = json_string_value(json_array_get(value, i));

		if (joining == EACH)
			rc = add_text(contexts, list, part, strlen(part));
		else
			buf_add_format(&text, "%s%s", text.length ? " " : "", part);
	}
	if (rc == 0)
		rc = text.failed ? -1 : add_text(contexts, list, text.data, text.length);
	buf_release(&text);
	return rc;
}

/* A string, or an array of strings. */
static bool is_textual(const json_t *value)
{
	if (!json_is_array(value))
		return json_is_string(value);
	for (size_t i = 0; i < json_array_size(value); i++)
		if (!json_is_string(json_array_get(value, i)))
			return false;
	return true;
}

static const struct {
	const char *key;
	enum joining joining;
} keys[] = {
	{ "contexts", EACH }, { "captions", EACH }, { "caption", EACH },
	{ "objects", TOGETHER }, { "ocr", TOGETHER },
};

static int read_object(struct contexts *contexts, const json_t *object, const char *path,
		       size_t number, struct err *err)
{
	const json_t *name = json_object_get(object, "id");
	struct context_list *list;

	if (!name)
		name = json_object_get(object, "image");
	if (!json_is_string(name))
		return err_set_at(err, path, number, 0, "its object has no 'id' and no 'image'");
	list = list_of(contexts, json_string_value(name), json_string_length(name));
	if (!list)
		return err_set_memory(err);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const json_t *value = json_object_get(object, keys[i].key);

		if (value && !json_is_null(value) && !is_textual(value))
			return err_set_at(err, path, number, 0, "'%s' is no string and no array of strings",
					  keys[i].key);
		if (value && add_value(contexts, list, value, keys[i].joining) < 0)
			return err_set_memory(err);
	}
	return 0;
}

static int read_json(struct contexts *contexts, const struct text_line *line, const char *path,
		     struct err *err)
{
	json_error_t error;
	json_t *object = json_loadb(line->text, line->length, JSON_REJECT_DUPLICATES, &error);
	int rc;

	if (!object)
		return err_set_at(err, path, line->number, 0, "not JSON: %s", error.text);
	rc = read_object(contexts, object, path, line->number, err);
	json_decref(object);
	return rc;
}

static int read_line(struct contexts *contexts, const struct text_line *line, const char *path,
		     struct err *err)
{
	size_t blanks = 0;

	while (blanks < line->length && strchr(" \t", line->text[blanks]))
		blanks++;
	if (blanks == line->length)
		return 0;
	return line->text[blanks] == '{' ? read_json(contexts, line, path, err)
					 : read_columns(contexts, line, path, err);
}

int contexts_read(struct contexts *contexts, const char *path, struct err *err)
{
	struct line_reader *reader = line_reader_open(path, LINE_LIMIT, err);
	struct text_line line;
	enum read_status status = READ_OK;

	if (!reader)
		return -1;
	*contexts = (struct contexts){ .arena = ARENA_INIT };
	str_table_init(&contexts->names);
	while (status == READ_OK) {
		status = line_reader_next(reader, &line, err);
		if (status == READ_OK && read_line(contexts, &line, path, err) < 0)
			status = READ_FAIL;
	}
	line_reader_close(reader);
	if (status == READ_EOF)
		return 0;
	err_add_file(err, path);
	contexts_release(contexts);
	return -1;
}

void contexts_release(struct contexts *contexts)
{
	str_table_release(&contexts->names);
	free(contexts->lists);
	arena_release(&contexts->arena);
	memset(contexts, 0, sizeof(*contexts));
}

const char *const *contexts_find(const struct contexts *contexts, const char *name, size_t *n)
{
	long id = contexts->names.n
			  ? str_table_find(&contexts->names, name, stem_length(name, strlen(name)))
			  : -1;

	*n = id < 0 ? 0 : contexts->lists[id].n;
	return *n ? contexts->lists[id].texts : NULL;
}
