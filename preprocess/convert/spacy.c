/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spaCy's JSON Lines, as Prodigy reads and writes them:
 *	{"text", "tokens": [{"text", "start", "end", "id", "ws"}], "spans": [{"start", "end",
 *	 "token_start", "token_end", "label"}], "relations": [{"head", "child", "label", "head_span",
 *	 "child_span"}], "meta": {"id", "image"}}
 * with half-open ranges of code points, and of tokens the index of the last one. Plain {"text",
 * "spans"} is read as well.
 */
#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "preprocess/convert/json_source.h"

#include <string.h>

static int take_token(const json_t *token, size_t i, struct convert_record *record,
		      struct arena *arena, struct err *err)
{
	size_t before = i ? record->to[i - 1] : 0;

	if (json_size(json_object_get(token, "start"), "the start of a token", &record->from[i], err) < 0 ||
	    json_size(json_object_get(token, "end"), "the end of a token", &record->to[i], err) < 0)
		return -1;
	if (record->from[i] < before || record->to[i] < record->from[i])
		return err_set(err, ERR_DATA, "token %zu begins before the one in front of it ends", i);
	record->words[i] = arena_copy(arena, json_get_string(token, "text", ""));
	return record->words[i] ? 0 : err_set_memory(err);
}

/* That each token is what the text has at its place; one walk over both. */
static int check_tokens(const struct convert_record *record, struct err *err)
{
	const char *at = record->text;
	size_t characters = 0;

	for (size_t i = 0; i < record->n_words; i++) {
		size_t length = strlen(record->words[i]);

		at += record_byte(at, record->from[i] - characters);
		if (strncmp(at, record->words[i], length) != 0 ||
		    utf8_count(at, length) != record->to[i] - record->from[i])
			return err_set(err, ERR_DATA, "token %zu is not what the text has at %zu to %zu", i,
				       record->from[i], record->to[i]);
		at += length;
		characters = record->to[i];
	}
	return 0;
}

static int take_tokens(const json_t *tokens, struct convert_record *record, struct arena *arena,
		       struct err *err)
{
	size_t n = json_array_size(tokens);

	record->words = arena_alloc(arena, n + 1, sizeof(*record->words));
	record->from = arena_alloc(arena, n + 1, sizeof(*record->from));
	record->to = arena_alloc(arena, n + 1, sizeof(*record->to));
	if (!record->words || !record->from || !record->to)
		return err_set_memory(err);
	record->n_words = n;
	for (size_t i = 0; i < n; i++)
		if (take_token(json_array_get(tokens, i), i, record, arena, err) < 0)
			return -1;
	if (check_tokens(record, err) < 0)
		return -1;
	record_place_spans(record);
	return 0;
}

/* The entity at a place, or a new one without a label of its own. */
static int find_span(const json_t *place, struct convert_record *record, size_t characters,
		     size_t *index, struct arena *arena, struct err *err)
{
	size_t from, to;

	if (json_size(json_object_get(place, "start"), "the start of a span", &from, err) < 0 ||
	    json_size(json_object_get(place, "end"), "the end of a span", &to, err) < 0)
		return -1;
	for (*index = 0; *index < record->n_spans; (*index)++)
		if (record->spans[*index].from == from && record->spans[*index].to == to)
			return 0;
	return json_add_span(record, json_object_get(place, "start"), json_object_get(place, "end"),
			     json_get_string(place, "label", "ENTITY"), characters, arena, err);
}

#define RELATIONS_LIMIT 10000 /* of one text: each looks through its entities */

static int take_relations(const json_t *list, struct convert_record *record, size_t characters,
			  struct arena *arena, struct err *err)
{
	if (json_array_size(list) > RELATIONS_LIMIT)
		return err_set(err, ERR_DATA, "more than the %d relations allowed in one text",
			       RELATIONS_LIMIT);
	for (size_t i = 0; i < json_array_size(list); i++) {
		const json_t *item = json_array_get(list, i);
		struct convert_relation *relation = record_add_relation(record, arena);

		if (!relation)
			return err_set_memory(err);
		if (json_field_text(item, "label", &relation->type, arena, err) < 0 ||
		    find_span(json_object_get(item, "head_span"), record, characters, &relation->head,
			      arena, err) < 0 ||
		    find_span(json_object_get(item, "child_span"), record, characters,
			      &relation->tail, arena, err) < 0)
			return -1;
		if (!relation->type)
			return err_set(err, ERR_DATA, "a relation without a \"label\"");
	}
	return 0;
}

static void check_answer(const json_t *object, const struct convert_record *record,
			 struct convert_losses *losses)
{
	const char *answer = json_get_string(object, "answer", "accept");

	if (strcmp(answer, "accept") != 0)
		convert_lose(losses, LOSS_OTHER, record, "the answer '%s'", answer);
}

static int take_object(struct convert_source *source, const json_t *object,
		       struct convert_record *record, struct arena *arena, struct err *err)
{
	const json_t *meta = json_object_get(object, "meta");
	json_t *tokens, *spans, *relations;
	size_t characters;

	if (json_get_names(meta, record, arena, err) < 0 ||
	    json_field_text(object, "text", &record->text, arena, err) < 0 ||
	    json_field_list(object, "tokens", &tokens, err) < 0 ||
	    json_field_list(object, "spans", &spans, err) < 0 ||
	    json_field_list(object, "relations", &relations, err) < 0)
		return -1;
	if (!record->text)
		return err_set(err, ERR_DATA, "no \"text\"");
	characters = utf8_count(record->text, strlen(record->text));
	record->untagged = !spans;
	for (size_t i = 0; i < json_array_size(spans); i++) {
		const json_t *item = json_array_get(spans, i);

		if (json_add_span(record, json_object_get(item, "start"),
				  json_object_get(item, "end"), json_get_string(item, "label", NULL),
				  characters, arena, err) < 0)
			return -1;
	}
	if (take_relations(relations, record, characters, arena, err) < 0)
		return -1;
	check_answer(object, record, source->losses);
	json_other_keys(object,
			"text tokens spans relations meta answer _input_hash _task_hash _timestamp "
			"_session_id _annotator_id _view_id _is_binary", record, source->losses);
	json_other_keys(meta, "id image", record, source->losses);
	return tokens ? take_tokens(tokens, record, arena, err) : 0;
}

static enum read_status spacy_next(struct convert_source *source, struct convert_record *record,
				   struct arena *arena, struct err *err)
{
	return json_source_next(source, record, take_object, arena, err);
}

static int spacy_recognise(const char *head, size_t length)
{
	(void)length;
	return *head == '{' && strstr(head, "\"text\"") &&
			       (strstr(head, "\"spans\"") || strstr(head, "\"tokens\""))
		       ? 3
		       : 0;
}

/* ---- writing ---- */

static json_t *token_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_words; i++) {
		bool space = i + 1 < record->n_words && record->from[i + 1] > record->to[i];

		json_array_append_new(list, json_pack("{s:o,s:I,s:I,s:I,s:b}", "text",
						      json_text(record->words[i]), "start",
						      (json_int_t)record->from[i], "end",
						      (json_int_t)record->to[i], "id", (json_int_t)i,
						      "ws", (int)space));
	}
	return list;
}

static json_t *span_object(const struct convert_span *span)
{
	return json_pack("{s:I,s:I,s:I,s:I,s:o}", "start", (json_int_t)span->from, "end",
			 (json_int_t)span->to, "token_start", (json_int_t)span->begin, "token_end",
			 (json_int_t)span->end - 1, "label", json_text(span->type));
}

static json_t *span_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_spans; i++)
		json_array_append_new(list, span_object(&record->spans[i]));
	return list;
}

static json_t *relation_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_relations; i++) {
		const struct convert_span *head = &record->spans[record->relations[i].head];
		const struct convert_span *tail = &record->spans[record->relations[i].tail];

		json_array_append_new(
			list, json_pack("{s:I,s:I,s:o,s:o,s:o}", "head", (json_int_t)head->end - 1,
					"child", (json_int_t)tail->end - 1, "label",
					json_text(record->relations[i].type), "head_span",
					span_object(head), "child_span", span_object(tail)));
	}
	return list;
}

static int spacy_write(struct convert_sink *sink, struct convert_record *record,
		       struct arena *arena, struct err *err)
{
	json_t *object = json_object(), *meta = json_object();

	(void)arena;
	json_set_names(meta, record);
	json_set_text(object, "text", record->text);
	json_object_set_new(object, "tokens", token_list(record));
	if (!record->untagged)
		json_object_set_new(object, "spans", span_list(record));
	if (record->n_relations)
		json_object_set_new(object, "relations", relation_list(record));
	if (json_object_size(meta))
		json_object_set(object, "meta", meta);
	json_decref(meta);
	return json_put_line(sink->stream, object, err);
}

const struct convert_format convert_spacy = {
	.name = "spacy",
	.extension = "jsonl",
	.summary = "spaCy's and Prodigy's JSON Lines: text, tokens, spans, relations",
	.holds = HOLDS_WORDS | HOLDS_TEXT | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_RELATIONS |
		 HOLDS_IDS | HOLDS_IMAGES | HOLDS_EMPTY | HOLDS_UNTAGGED,
	.recognise = spacy_recognise,
	.open = json_source_open,
	.next = spacy_next,
	.close = json_source_close,
	.write = spacy_write,
};
