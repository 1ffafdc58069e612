/* SPDX-License-Identifier: Apache-2.0 */
/*
 * doccano's JSON Lines. Of sequence labelling
 *	{"id", "text", "label": [[from, to, "PER"], ...]}      (older: "labels")
 * and of relation extraction
 *	{"id", "text", "entities": [{"id", "label", "start_offset", "end_offset"}, ...],
 *	 "relations": [{"id", "from_id", "to_id", "type"}, ...]}
 * with half-open ranges of code points. doccano keeps other keys as metadata and gives them back, an
 * "id" as well; it refuses empty texts and labels.
 */
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/json_source.h"

#include <string.h>

static int take_labels(const json_t *labels, struct convert_record *record, size_t characters,
		       struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < json_array_size(labels); i++) {
		const json_t *item = json_array_get(labels, i);

		if (!json_is_array(item) || json_array_size(item) != 3)
			return err_set(err, ERR_DATA, "label %zu is not [start, end, name]", i);
		if (json_add_span(record, json_array_get(item, 0), json_array_get(item, 1),
			     json_string_value(json_array_get(item, 2)), characters, arena, err) < 0)
			return -1;
	}
	return 0;
}

/* Entities, whose ids become numbers in the table, those of their spans. */
static int take_entities(const json_t *entities, struct convert_record *record, size_t characters,
			 struct str_table *ids, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < json_array_size(entities); i++) {
		const json_t *item = json_array_get(entities, i);

		if (json_add_id(item, i, ids, arena, err) < 0 ||
		    json_add_span(record, json_object_get(item, "start_offset"),
			     json_object_get(item, "end_offset"),
			     json_get_string(item, "label", NULL), characters, arena, err) < 0)
			return -1;
	}
	return 0;
}

static int take_relations(const json_t *relations, const struct str_table *ids,
			  struct convert_record *record, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < json_array_size(relations); i++) {
		const json_t *item = json_array_get(relations, i);
		struct convert_relation *relation = record_add_relation(record, arena);

		if (!relation)
			return err_set_memory(err);
		if (json_field_text(item, "type", &relation->type, arena, err) < 0 ||
		    json_find_id(item, "from_id", ids, &relation->head, arena, err) < 0 ||
		    json_find_id(item, "to_id", ids, &relation->tail, arena, err) < 0)
			return -1;
		if (!relation->type)
			return err_set(err, ERR_DATA, "a relation without a \"type\"");
	}
	return 0;
}

static int take_graph(const json_t *entities, const json_t *relations, struct convert_record *record,
		      size_t characters, struct arena *arena, struct err *err)
{
	struct str_table ids;
	int rc;

	str_table_init(&ids);
	rc = take_entities(entities, record, characters, &ids, arena, err);
	if (rc == 0)
		rc = take_relations(relations, &ids, record, arena, err);
	str_table_release(&ids);
	return rc;
}

static int take_object(struct convert_source *source, const json_t *object,
		       struct convert_record *record, struct arena *arena, struct err *err)
{
	json_t *labels, *older, *entities, *relations;
	size_t characters;

	if (json_get_names(object, record, arena, err) < 0 ||
	    json_field_text(object, "text", &record->text, arena, err) < 0 ||
	    json_field_list(object, "label", &labels, err) < 0 ||
	    json_field_list(object, "labels", &older, err) < 0 ||
	    json_field_list(object, "entities", &entities, err) < 0 ||
	    json_field_list(object, "relations", &relations, err) < 0)
		return -1;
	if (!record->text)
		return err_set(err, ERR_DATA, "no \"text\"");
	labels = labels ? labels : older;
	record->untagged = !labels && !entities;
	characters = utf8_count(record->text, strlen(record->text));
	json_other_keys(object, "id image text label labels entities relations", record,
			source->losses);
	if (entities)
		return take_graph(entities, relations, record, characters, arena, err);
	return take_labels(labels, record, characters, arena, err);
}

static enum read_status doccano_next(struct convert_source *source, struct convert_record *record,
				struct arena *arena, struct err *err)
{
	return json_source_next(source, record, take_object, arena, err);
}

static int doccano_recognise(const char *head, size_t length)
{
	(void)length;
	if (*head != '{' || !strstr(head, "\"text\""))
		return 0;
	return strstr(head, "\"label\"") || strstr(head, "\"labels\"") ||
			       strstr(head, "\"start_offset\"")
		       ? 2
		       : 1;
}

/* ---- writing ---- */

static json_t *label_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_spans; i++)
		json_array_append_new(list, json_pack("[I,I,o]", (json_int_t)record->spans[i].from,
						      (json_int_t)record->spans[i].to,
						      json_text(record->spans[i].type)));
	return list;
}

static json_t *entity_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_spans; i++)
		json_array_append_new(list, json_pack("{s:I,s:o,s:I,s:I}", "id", (json_int_t)i + 1,
						      "label", json_text(record->spans[i].type),
						      "start_offset",
						      (json_int_t)record->spans[i].from, "end_offset",
						      (json_int_t)record->spans[i].to));
	return list;
}

static json_t *relation_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_relations; i++) {
		const struct convert_relation *relation = &record->relations[i];

		json_array_append_new(list, json_pack("{s:I,s:I,s:I,s:o}", "id", (json_int_t)i + 1,
						      "from_id", (json_int_t)relation->head + 1,
						      "to_id", (json_int_t)relation->tail + 1, "type",
						      json_text(relation->type)));
	}
	return list;
}

static int doccano_write(struct convert_sink *sink, struct convert_record *record,
			 struct arena *arena, struct err *err)
{
	json_t *object = json_object();

	(void)arena;
	json_set_names(object, record);
	json_set_text(object, "text", record->text);
	if (sink->relations && !record->untagged) { /* an importer wants one form in all lines */
		json_object_set_new(object, "entities", entity_list(record));
		json_object_set_new(object, "relations", relation_list(record));
	} else if (!record->untagged) {
		json_object_set_new(object, "label", label_list(record));
	}
	return json_put_line(sink->stream, object, err);
}

const struct convert_format convert_doccano = {
	.name = "doccano",
	.extension = "jsonl",
	.summary = "doccano's JSON Lines, of sequence labelling or relation extraction",
	.holds = HOLDS_TEXT | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_CUT_WORDS | HOLDS_RELATIONS |
		 HOLDS_IDS | HOLDS_IMAGES | HOLDS_UNTAGGED,
	.recognise = doccano_recognise,
	.open = json_source_open,
	.next = doccano_next,
	.close = json_source_close,
	.write = doccano_write,
};
