/* SPDX-License-Identifier: Apache-2.0 */
/*
 * JSON Lines as the token-classification sets of Hugging Face have them:
 *	{"id", "tokens": [...], "ner_tags": [...]}
 * with tags as strings, or as numbers of a list of labels; and where there are relations
 *	{"tokens": [...], "entities": [{"type", "start", "end"}], "relations": [{"type", "head", "tail"}]}
 * with half-open ranges of words and indices of entities.
 */
#include "lib/formats/json_lines.h"
#include "preprocess/convert/json_source.h"

#include <string.h>

/* The tag of a number, by the list of labels that the user gave. */
static int tag_of_number(const struct convert_options *options, const json_t *value,
			 const char **tag, struct arena *arena, struct err *err)
{
	size_t number;

	if (json_size(value, "a tag", &number, err) < 0)
		return -1;
	if (options->labels.n == 0)
		return err_set(err, ERR_DATA,
			       "tags are numbers: say with --labels what they stand for, O,B-PER,...");
	if (number >= options->labels.n)
		return err_set(err, ERR_DATA, "tag %zu is not one of the %zu of --labels", number,
			       options->labels.n);
	*tag = arena_copy(arena, options->labels.items[number]);
	return *tag ? 0 : err_set_memory(err);
}

static int take_tags(const struct convert_options *options, const json_t *list,
		     struct convert_record *record, struct arena *arena, struct err *err)
{
	if (json_array_size(list) != record->n_words)
		return err_set(err, ERR_DATA, "%zu tags for %zu tokens", json_array_size(list),
			       record->n_words);
	record->tags = arena_alloc(arena, record->n_words + 1, sizeof(*record->tags));
	if (!record->tags)
		return err_set_memory(err);
	for (size_t i = 0; i < record->n_words; i++) {
		const json_t *item = json_array_get(list, i);

		if (json_is_string(item))
			record->tags[i] = arena_copy(arena, json_string_value(item));
		else if (tag_of_number(options, item, &record->tags[i], arena, err) < 0)
			return -1;
		if (!record->tags[i])
			return err_set_memory(err);
	}
	return 0;
}

static int take_entity(const json_t *item, struct convert_record *record, struct arena *arena,
		       struct err *err)
{
	struct convert_span span = { 0 }, *added;

	if (json_field_text(item, "type", &span.type, arena, err) < 0 ||
	    json_size(json_object_get(item, "start"), "the start of an entity", &span.begin, err) < 0 ||
	    json_size(json_object_get(item, "end"), "the end of an entity", &span.end, err) < 0)
		return -1;
	if (!span.type)
		return err_set(err, ERR_DATA, "an entity without a \"type\"");
	if (span.begin >= span.end || span.end > record->n_words)
		return err_set(err, ERR_DATA, "the entity %zu to %zu is not within its %zu tokens",
			       span.begin, span.end, record->n_words);
	added = record_add_span(record, arena);
	if (!added)
		return err_set_memory(err);
	*added = span;
	return 0;
}

static int take_relation(const json_t *item, struct convert_record *record, struct arena *arena,
			 struct err *err)
{
	struct convert_relation relation = { 0 }, *added;

	if (json_field_text(item, "type", &relation.type, arena, err) < 0 ||
	    json_size(json_object_get(item, "head"), "the head of a relation", &relation.head, err) < 0 ||
	    json_size(json_object_get(item, "tail"), "the tail of a relation", &relation.tail, err) < 0)
		return -1;
	if (!relation.type)
		return err_set(err, ERR_DATA, "a relation without a \"type\"");
	if (relation.head >= record->n_spans || relation.tail >= record->n_spans)
		return err_set(err, ERR_DATA, "a relation of entities %zu and %zu, where there are %zu",
			       relation.head, relation.tail, record->n_spans);
	added = record_add_relation(record, arena);
	if (!added)
		return err_set_memory(err);
	*added = relation;
	return 0;
}

static int take_lists(const json_t *object, struct convert_record *record, struct arena *arena,
		      struct err *err)
{
	json_t *entities, *relations;

	if (json_field_list(object, "entities", &entities, err) < 0 ||
	    json_field_list(object, "relations", &relations, err) < 0)
		return -1;
	for (size_t i = 0; i < json_array_size(entities); i++)
		if (take_entity(json_array_get(entities, i), record, arena, err) < 0)
			return -1;
	for (size_t i = 0; i < json_array_size(relations); i++)
		if (take_relation(json_array_get(relations, i), record, arena, err) < 0)
			return -1;
	record->untagged = !entities && !record->tags;
	return 0;
}

static int take_object(struct convert_source *source, const json_t *object,
		       struct convert_record *record, struct arena *arena, struct err *err)
{
	static const char *const keys[] = { "ner_tags", "tags", "labels" };
	json_t *tokens, *tags = NULL;

	if (json_get_names(object, record, arena, err) < 0 ||
	    json_field_list(object, "tokens", &tokens, err) < 0)
		return -1;
	if (!tokens)
		return err_set(err, ERR_DATA, "no \"tokens\"");
	if (json_strings(tokens, "\"tokens\"", &record->words, &record->n_words, arena, err) < 0)
		return -1;
	for (size_t i = 0; !tags && i < sizeof(keys) / sizeof(*keys); i++)
		if (json_field_list(object, keys[i], &tags, err) < 0)
			return -1;
	if (tags && take_tags(source->options, tags, record, arena, err) < 0)
		return -1;
	json_other_keys(object, "id image tokens ner_tags tags labels entities relations", record,
			source->losses);
	if (tags) {
		record->untagged = false;
		return 0;
	}
	return take_lists(object, record, arena, err);
}

static enum read_status hf_next(struct convert_source *source, struct convert_record *record,
				struct arena *arena, struct err *err)
{
	return json_source_next(source, record, take_object, arena, err);
}

static int hf_recognise(const char *head, size_t length)
{
	(void)length;
	return *head == '{' && strstr(head, "\"tokens\"") && !strstr(head, "\"text\"") ? 2 : 0;
}

/* ---- writing ---- */

static long label_number(const struct convert_options *options, const char *tag)
{
	for (size_t i = 0; i < options->labels.n; i++)
		if (strcmp(options->labels.items[i], tag) == 0)
			return (long)i;
	return -1;
}

static int hf_prepare(const struct convert_options *options, struct convert_record *record,
		      struct convert_losses *losses, struct arena *arena, struct err *err)
{
	const char *other = options->labels.n && label_number(options, "O") < 0
				    ? options->labels.items[0]
				    : "O";

	(void)arena;
	(void)err;
	for (size_t i = 0; record->tags && i < record->n_words; i++) {
		if (!record->tags[i]) {
			convert_lose(losses, LOSS_UNTAGGED, record, "'%s' is taken as O",
				     record->words[i]);
			record->tags[i] = "O";
		}
		if (options->labels.n && label_number(options, record->tags[i]) < 0) {
			convert_lose(losses, LOSS_TYPE, record, "'%s' is not one of --labels, so %s is",
				     record->tags[i], other);
			record->tags[i] = other;
		}
	}
	return 0;
}

static json_t *tag_list(const struct convert_options *options, const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_words; i++)
		json_array_append_new(list, options->labels.n
						    ? json_integer(label_number(options, record->tags[i]))
						    : json_text(record->tags[i]));
	return list;
}

static json_t *entity_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_spans; i++)
		json_array_append_new(list, json_pack("{s:o,s:I,s:I}", "type",
						      json_text(record->spans[i].type), "start",
						      (json_int_t)record->spans[i].begin, "end",
						      (json_int_t)record->spans[i].end));
	return list;
}

static json_t *relation_list(const struct convert_record *record)
{
	json_t *list = json_array();

	for (size_t i = 0; i < record->n_relations; i++)
		json_array_append_new(list, json_pack("{s:o,s:I,s:I}", "type",
						      json_text(record->relations[i].type), "head",
						      (json_int_t)record->relations[i].head, "tail",
						      (json_int_t)record->relations[i].tail));
	return list;
}

static int hf_write(struct convert_sink *sink, struct convert_record *record,
		    struct arena *arena, struct err *err)
{
	json_t *object = json_object(), *tokens = json_array();

	(void)arena;
	json_set_names(object, record);
	for (size_t i = 0; i < record->n_words; i++)
		json_array_append_new(tokens, json_text(record->words[i]));
	json_object_set_new(object, "tokens", tokens);
	if (record->tags) {
		json_object_set_new(object, "ner_tags", tag_list(sink->options, record));
	} else if (!record->untagged) {
		json_object_set_new(object, "entities", entity_list(record));
		json_object_set_new(object, "relations", relation_list(record));
	}
	return json_put_line(sink->stream, object, err);
}

const struct convert_format convert_hf = {
	.name = "hf",
	.extension = "jsonl",
	.summary = "Hugging Face JSON Lines: tokens with ner_tags, or with entities and relations",
	.holds = HOLDS_WORDS | HOLDS_TAGS | HOLDS_SPANS | HOLDS_RELATIONS | HOLDS_IDS |
		 HOLDS_IMAGES | HOLDS_EMPTY | HOLDS_UNTAGGED,
	.recognise = hf_recognise,
	.open = json_source_open,
	.next = hf_next,
	.close = json_source_close,
	.prepare = hf_prepare,
	.write = hf_write,
};
