/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/phrases.h"

#include "lib/base/buf.h"
#include "lib/corpus/scheme.h"
#include "preprocess/chunker.h"
#include "preprocess/chunker_words.h"
#include "preprocess/phrase_file.h"

#include <stdbool.h>
#include <string.h>

#define N_TYPES 4

/* The phrases of one record while they are collected. */
struct collection {
	const struct record *record;
	struct found_phrase *found;
	size_t n;
	struct arena *arena;
};

static const char *join_words(const struct collection *collection, size_t begin, size_t end)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (size_t i = begin; i < end; i++)
		buf_add_format(&text, "%s%s", i > begin ? " " : "", collection->record->words[i]);
	copy = text.failed ? NULL : arena_string(collection->arena, text.data, text.length);
	buf_release(&text);
	return copy;
}

static bool is_there(const struct collection *collection, size_t begin, size_t end)
{
	for (size_t i = 0; i < collection->n; i++)
		if (collection->found[i].begin == begin && collection->found[i].end == end)
			return true;
	return false;
}

static bool is_covered(const struct collection *collection, size_t begin, size_t end)
{
	for (size_t i = 0; i < collection->n; i++)
		if (collection->found[i].begin <= begin && end <= collection->found[i].end)
			return true;
	return false;
}

static int add_phrase(struct collection *collection, enum phrase_kind kind, size_t begin,
		      size_t end, struct err *err)
{
	const char *text;

	if (begin >= end || is_there(collection, begin, end))
		return 0;
	text = join_words(collection, begin, end);
	if (!text)
		return err_set_memory(err);
	collection->found[collection->n++] = (struct found_phrase){ text, kind, begin, end };
	return 0;
}

static enum phrase_kind kind_of_type(const char *type)
{
	static const struct {
		const char *prefix;
		enum phrase_kind kind;
	} kinds[] = {
		{ "PER", PHRASE_PERSON },
		{ "LOC", PHRASE_LOCATION },
		{ "GPE", PHRASE_LOCATION },
		{ "ORG", PHRASE_ORGANIZATION },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (strncmp(type, kinds[i].prefix, 3) == 0)
			return kinds[i].kind;
	return PHRASE_MISC;
}

static int add_names(struct collection *collection, const char *const *tags, struct err *err)
{
	struct span *spans;
	size_t n;

	if (scheme_any_spans(tags, collection->record->n_words, &spans, &n, collection->arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (add_phrase(collection, kind_of_type(spans[i].type), spans[i].begin,
			       spans[i].end, err) < 0)
			return -1;
	return 0;
}

/* A mention whose span is out of range is left out: the checks speak of it. */
static int add_mention(struct collection *collection, const struct mention *mention,
		       struct err *err)
{
	size_t n = collection->record->n_words;

	if (mention->begin < 0 || mention->end <= mention->begin || (size_t)mention->end > n)
		return 0;
	return add_phrase(collection, PHRASE_MISC, (size_t)mention->begin, (size_t)mention->end,
			  err);
}

/* Where a noun phrase ends that ends in a name found already: "my cat" of "my cat Tom", for the noun
 * is what can be seen. A name with its article, "the Thames", leaves nothing. */
static size_t end_before_name(const struct collection *collection, const unsigned char *classes,
			      size_t begin, size_t end)
{
	for (size_t i = 0; i < collection->n; i++) {
		size_t name = collection->found[i].begin;

		if (collection->found[i].end == end && name > begin && name < end)
			return classes[name - 1] == WORD_NOUN ? name : begin;
	}
	return end;
}

/* The chunks of the record's words; `classes` [n_words] say what each word is. */
static int find_chunks(const struct collection *collection, struct chunk **chunks, size_t *n,
		       unsigned char **classes, struct err *err)
{
	size_t n_words = collection->record->n_words;

	*classes = arena_alloc(collection->arena, n_words + 1, 1);
	*chunks = arena_alloc(collection->arena, n_words + 1, sizeof(**chunks));
	if (!*classes || !*chunks)
		return err_set_memory(err);
	*n = chunk_noun_phrases(collection->record->words, n_words, *classes, *chunks);
	/* "'s hat" is looked for as "hat". */
	for (size_t i = 0; i < *n; i++)
		(*chunks)[i].begin += collection->record->words[(*chunks)[i].begin][0] == '\'';
	return 0;
}

/* Noun phrases, but for what names cover. */
static int add_noun_phrases(struct collection *collection, struct err *err)
{
	unsigned char *classes;
	struct chunk *chunks;
	size_t n;

	if (find_chunks(collection, &chunks, &n, &classes, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		size_t begin = chunks[i].begin;
		size_t end = end_before_name(collection, classes, begin, chunks[i].end);

		if (chunks[i].is_thing && !is_covered(collection, begin, end) &&
		    add_phrase(collection, PHRASE_NOUN, begin, end, err) < 0)
			return -1;
	}
	return 0;
}

/* Each noun phrase and behind it its head noun, names or not. */
static int add_phrases_and_nouns(struct collection *collection, struct err *err)
{
	unsigned char *classes;
	struct chunk *chunks;
	size_t n;

	if (find_chunks(collection, &chunks, &n, &classes, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		size_t head = chunks[i].end;

		if (!chunks[i].is_thing)
			continue;
		while (head > chunks[i].begin && classes[head - 1] != WORD_NOUN)
			head--;
		if (add_phrase(collection, PHRASE_NOUN, chunks[i].begin, chunks[i].end, err) < 0)
			return -1;
		if (head > chunks[i].begin &&
		    add_phrase(collection, PHRASE_NOUN, head - 1, head, err) < 0)
			return -1;
	}
	return 0;
}

/* UMGF's script asks for these in every picture. */
static void add_types(struct collection *collection)
{
	static const struct found_phrase types[N_TYPES] = {
		{ "location", PHRASE_LOCATION, 0, 0 },
		{ "organization", PHRASE_ORGANIZATION, 0, 0 },
		{ "person", PHRASE_PERSON, 0, 0 },
		{ "miscellaneous", PHRASE_MISC, 0, 0 },
	};

	for (size_t i = 0; i < N_TYPES; i++)
		collection->found[collection->n++] = types[i];
}

static int add_relation(struct collection *collection, struct err *err)
{
	const struct relation *relation = collection->record->relation;

	if (!relation)
		return 0;
	if (add_mention(collection, &relation->head, err) < 0)
		return -1;
	return add_mention(collection, &relation->tail, err);
}

static int add_entities(struct collection *collection, const char *const *tags, struct err *err)
{
	const struct sentence *sentence = collection->record->sentence;

	if (!sentence)
		return add_relation(collection, err);
	if (!tags)
		tags = span_tags(sentence, collection->arena);
	return tags ? add_names(collection, tags, err) : err_set_memory(err);
}

static void add_from_file(struct collection *collection, const struct phrase_file *file)
{
	size_t n;
	const struct found_phrase *listed = phrase_file_find(file, collection->record, &n);

	for (size_t i = 0; i < n; i++)
		if (listed[i].begin == listed[i].end || !is_there(collection, listed[i].begin, listed[i].end))
			collection->found[collection->n++] = listed[i];
}

static int add_source(struct collection *collection, enum phrase_source source,
		      const struct phrases_choice *choice, const char *const *tags, struct err *err)
{
	switch (source) {
	case PHRASES_ENTITIES:
		return add_entities(collection, tags, err);
	case PHRASES_NOUN_PHRASES:
		return add_noun_phrases(collection, err);
	case PHRASES_HVPNET:
		return add_phrases_and_nouns(collection, err);
	case PHRASES_UMGF:
		add_types(collection);
		return 0;
	case PHRASES_MNRE:
		return add_relation(collection, err);
	default:
		add_from_file(collection, choice->file);
		return 0;
	}
}

int phrases_of_record(const struct record *record, const struct phrases_choice *choice,
		      const char *const *tags, struct found_phrase **out, size_t *n,
		      struct arena *arena, struct err *err)
{
	struct collection collection = { .record = record, .arena = arena };
	size_t listed = 0;

	if (choice->file)
		phrase_file_find(choice->file, record, &listed);
	/* Names do not overlap among themselves, nor do chunks, so words bound both; each source
	 * comes once. */
	collection.found = arena_alloc(arena, 4 * record->n_words + N_TYPES + 4 + listed,
				       sizeof(*collection.found));
	if (!collection.found)
		return err_set_memory(err);
	for (size_t i = 0; i < choice->n; i++)
		if (add_source(&collection, choice->sources[i], choice, tags, err) < 0)
			return -1;
	*out = collection.found;
	*n = collection.n;
	return 0;
}
