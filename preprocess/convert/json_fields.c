/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/json_fields.h"

#include "lib/formats/json_lines.h"

#include <string.h>

int json_field_text(const json_t *object, const char *key, const char **text, struct arena *arena,
		    struct err *err)
{
	const json_t *value = json_object_get(object, key);

	*text = NULL;
	if (!value || json_is_null(value))
		return 0;
	if (json_is_integer(value))
		*text = arena_format(arena, "%lld", (long long)json_integer_value(value));
	else if (json_is_string(value))
		*text = arena_string(arena, json_string_value(value), json_string_length(value));
	else
		return err_set(err, ERR_DATA, "\"%s\" is no string", key);
	return *text ? 0 : err_set_memory(err);
}

int json_field_list(const json_t *object, const char *key, json_t **list, struct err *err)
{
	*list = json_object_get(object, key);
	if (json_is_null(*list))
		*list = NULL;
	if (*list && !json_is_array(*list))
		return err_set(err, ERR_DATA, "\"%s\" is no list", key);
	return 0;
}

int json_size(const json_t *value, const char *what, size_t *size, struct err *err)
{
	json_int_t number = json_integer_value(value);

	if (!json_is_integer(value) || number < 0)
		return err_set(err, ERR_DATA, "%s is no whole number from 0 on", what);
	*size = (size_t)number;
	return 0;
}

int json_strings(const json_t *list, const char *what, const char ***texts, size_t *n,
		 struct arena *arena, struct err *err)
{
	*n = json_array_size(list);
	*texts = arena_alloc(arena, *n + 1, sizeof(**texts));
	if (!*texts)
		return err_set_memory(err);
	for (size_t i = 0; i < *n; i++) {
		const json_t *item = json_array_get(list, i);

		if (!json_is_string(item))
			return err_set(err, ERR_DATA, "item %zu of %s is no string", i, what);
		(*texts)[i] = arena_string(arena, json_string_value(item), json_string_length(item));
		if (!(*texts)[i])
			return err_set_memory(err);
	}
	return 0;
}

int json_range(size_t from, size_t to, size_t characters, struct err *err)
{
	if (from <= to && to <= characters)
		return 0;
	return err_set(err, ERR_DATA, "the entity %zu to %zu is not within the %zu characters of its text",
		       from, to, characters);
}

int json_add_span(struct convert_record *record, const json_t *from, const json_t *to,
		  const char *type, size_t characters, struct arena *arena, struct err *err)
{
	struct convert_span *span = record_add_span(record, arena);

	if (!span)
		return err_set_memory(err);
	if (json_size(from, "the start of an entity", &span->from, err) < 0 ||
	    json_size(to, "the end of an entity", &span->to, err) < 0)
		return -1;
	if (!type)
		return err_set(err, ERR_DATA, "an entity without a label");
	span->type = arena_copy(arena, type);
	return span->type ? json_range(span->from, span->to, characters, err)
			  : err_set_memory(err);
}

static bool is_known(const char *key, const char *known)
{
	size_t length = strlen(key);

	for (const char *at = known; length && (at = strstr(at, key)); at++)
		if ((at == known || at[-1] == ' ') && (at[length] == ' ' || !at[length]))
			return true;
	return false;
}

static bool is_empty(const json_t *value)
{
	return json_is_null(value) || (json_is_array(value) && json_array_size(value) == 0) ||
	       (json_is_object(value) && json_object_size(value) == 0) ||
	       (json_is_string(value) && json_string_length(value) == 0);
}

void json_other_keys(const json_t *object, const char *known, const struct convert_record *record,
		     struct convert_losses *losses)
{
	const char *key;
	json_t *value;

	if (!losses)
		return;
	json_object_foreach((json_t *)(uintptr_t)object, key, value)
		if (!is_known(key, known) && !is_empty(value))
			convert_lose(losses, LOSS_OTHER, record, "what \"%s\" says", key);
}

int json_add_id(const json_t *item, size_t index, struct str_table *ids, struct arena *arena,
		struct err *err)
{
	const char *id;
	long number;

	if (json_field_text(item, "id", &id, arena, err) < 0)
		return -1;
	if (!id) /* ids are never empty and never hold a line end in front */
		id = arena_format(arena, "\n%zu", index);
	if (!id)
		return err_set_memory(err);
	number = str_table_add(ids, id, strlen(id));
	if (number < 0)
		return err_set_memory(err);
	return (size_t)number == index ? 0 : err_set(err, ERR_DATA, "two entities have the id %s", id);
}

int json_find_id(const json_t *item, const char *key, const struct str_table *ids, size_t *index,
		 struct arena *arena, struct err *err)
{
	const char *id;
	long number;

	if (json_field_text(item, key, &id, arena, err) < 0)
		return -1;
	number = id ? str_table_find(ids, id, strlen(id)) : -1;
	if (number < 0)
		return err_set(err, ERR_DATA, "\"%s\" is %s, which no entity has", key,
			       id ? id : "missing");
	*index = (size_t)number;
	return 0;
}

void json_set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_text(text));
}

void json_set_names(json_t *object, const struct convert_record *record)
{
	json_set_text(object, "id", record->id);
	if (!record_image_implied(record->id, record->image))
		json_set_text(object, "image", record->image);
}

int json_get_names(const json_t *object, struct convert_record *record, struct arena *arena,
		   struct err *err)
{
	if (json_field_text(object, "id", &record->id, arena, err) < 0 ||
	    json_field_text(object, "image", &record->image, arena, err) < 0)
		return -1;
	if (record->id && *record->id && !record->image) {
		record->image = record_image_of_id(record->id, arena);
		if (!record->image)
			return err_set_memory(err);
	}
	return 0;
}

int json_put_line(FILE *stream, json_t *object, struct err *err)
{
	if (!object)
		return err_set_memory(err);
	if (json_line_write(stream, object) < 0)
		return err_set_errno(err, "write", "the output");
	return 0;
}
