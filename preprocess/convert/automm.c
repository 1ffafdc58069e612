/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table that AutoGluon's AutoMM learns entities from, as JSON Lines that pandas reads:
 *	{"text_snippet", "image", "entity_annotations": "[{\"entity_group\", \"start\", \"end\"}, ...]"}
 * The annotations are JSON within a string, as it wants them; a list is read as well. Every further
 * column would be learnt from, so there is no id: the picture's name is all that tells a record.
 */
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/automm.h"
#include "preprocess/convert/json_source.h"

#include <stdlib.h>
#include <string.h>

static int take_spans(const json_t *list, struct convert_record *record, struct arena *arena,
		      struct err *err)
{
	size_t characters = utf8_count(record->text, strlen(record->text));

	if (!json_is_array(list))
		return err_set(err, ERR_DATA, "\"entity_annotations\" is no list");
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);

		if (json_add_span(record, json_object_get(item, "start"),
				  json_object_get(item, "end"),
				  json_get_string(item, "entity_group", NULL), characters, arena,
				  err) < 0)
			return -1;
	}
	return 0;
}

int automm_take_annotations(const char *json, struct convert_record *record, struct arena *arena,
			    struct err *err)
{
	json_t *list;
	int rc;

	record->untagged = !json;
	if (!json)
		return 0;
	list = json_loads(json, JSON_REJECT_DUPLICATES, NULL);
	rc = take_spans(list, record, arena, err);
	json_decref(list);
	return rc;
}

static int take_object(struct convert_source *source, const json_t *object,
		       struct convert_record *record, struct arena *arena, struct err *err)
{
	const json_t *annotations;

	if (json_field_text(object, "text_snippet", &record->text, arena, err) < 0 ||
	    json_field_text(object, "image", &record->image, arena, err) < 0)
		return -1;
	if (!record->text)
		return err_set(err, ERR_DATA, "no \"text_snippet\"");
	json_other_keys(object, "text_snippet image entity_annotations", record, source->losses);
	annotations = json_object_get(object, "entity_annotations");
	if (json_is_array(annotations))
		return take_spans(annotations, record, arena, err);
	if (annotations && !json_is_string(annotations) && !json_is_null(annotations))
		return err_set(err, ERR_DATA, "\"entity_annotations\" is no list");
	return automm_take_annotations(json_string_value(annotations), record, arena, err);
}

static enum read_status automm_next(struct convert_source *source, struct convert_record *record,
				    struct arena *arena, struct err *err)
{
	return json_source_next(source, record, take_object, arena, err);
}

static int automm_recognise(const char *head, size_t length)
{
	(void)length;
	return *head == '{' && strstr(head, "\"text_snippet\"") ? 3 : 0;
}

char *automm_annotations(const struct convert_record *record)
{
	json_t *list = json_array();
	char *text;

	for (size_t i = 0; i < record->n_spans; i++)
		json_array_append_new(list, json_pack("{s:o,s:I,s:I}", "entity_group",
						      json_text(record->spans[i].type), "start",
						      (json_int_t)record->spans[i].from, "end",
						      (json_int_t)record->spans[i].to));
	text = json_dumps(list, JSON_COMPACT | JSON_PRESERVE_ORDER);
	json_decref(list);
	return text;
}

static int automm_write(struct convert_sink *sink, struct convert_record *record,
			struct arena *arena, struct err *err)
{
	char *annotations = record->untagged ? NULL : automm_annotations(record);
	json_t *object = json_object();

	(void)arena;
	json_set_text(object, "text_snippet", record->text);
	json_set_text(object, "image", record->image);
	json_set_text(object, "entity_annotations", annotations);
	free(annotations);
	return json_put_line(sink->stream, object, err);
}

const struct convert_format convert_automm = {
	.name = "automm",
	.extension = "jsonl",
	.summary = "AutoGluon AutoMM's table as JSON Lines: text_snippet, image, entity_annotations",
	.holds = HOLDS_TEXT | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_CUT_WORDS | HOLDS_IMAGES |
		 HOLDS_EMPTY | HOLDS_UNTAGGED,
	.recognise = automm_recognise,
	.open = json_source_open,
	.next = automm_next,
	.close = json_source_close,
	.write = automm_write,
};
