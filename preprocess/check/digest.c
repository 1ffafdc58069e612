/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/digest.h"

#include "lib/corpus/scheme.h"

#include <stdbool.h>
#include <string.h>

static void add_text(struct hash128 *hash, const char *text)
{
	hash128_add(hash, text, strlen(text));
}

static void add_word(struct hash128 *hash, const struct token *token)
{
	hash128_add(hash, token->word, token->word_length);
}

struct hash128 digest_seed(const struct split *split)
{
	struct hash128 hash = HASH128_INIT;
	char task = (char)split->task;

	hash128_add(&hash, &task, 1);
	add_text(&hash, split->set ? split->set : "");
	return hash;
}

static bool all_outside(const struct sentence *sentence)
{
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (sentence->tokens[i].tag && !tag_is_outside(sentence->tokens[i].tag))
			return false;
	return true;
}

static int digest_spans(struct digest *digest, const struct hash128 *seed,
			const struct sentence *sentence, struct arena *arena)
{
	struct err err = ERR_INIT;
	size_t n, kept = 0;

	if (!digest->tags)
		return 0;
	if (scheme_any_spans(digest->tags, sentence->n_tokens, &digest->spans, &n, arena, &err) < 0)
		return -1;
	digest->forms = arena_alloc(arena, n + 1, sizeof(*digest->forms));
	if (!digest->forms)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct span span = digest->spans[i];

		if (!*span.type)
			continue;
		digest->forms[kept] = *seed;
		for (size_t at = span.begin; at < span.end; at++)
			add_word(&digest->forms[kept], &sentence->tokens[at]);
		digest->spans[kept++] = span;
	}
	digest->n_spans = kept;
	return 0;
}

static int digest_tags(struct digest *digest, const struct sentence *sentence, struct arena *arena)
{
	if (all_outside(sentence))
		return 0;
	digest->tags = span_tags(sentence, arena);
	digest->parsed = arena_alloc(arena, sentence->n_tokens, sizeof(*digest->parsed));
	if (!digest->tags || !digest->parsed)
		return -1;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (!tag_parse(digest->tags[i], &digest->parsed[i]))
			digest->parsed[i] = (struct tag){ 'O', NULL };
	return 0;
}

/* The tags of entities and where they stand. */
static uint64_t hash_labels(const struct digest *digest, size_t n)
{
	struct hash128 hash = HASH128_INIT;

	for (size_t i = 0; digest->tags && i < n; i++) {
		if (digest->parsed[i].type && digest->parsed[i].prefix == 'O')
			continue;
		hash128_add(&hash, (const char *)&i, sizeof(i));
		add_text(&hash, digest->tags[i]);
	}
	return hash.a ^ hash.b;
}

int digest_sentence(struct digest *digest, unsigned needs, const struct hash128 *seed,
		    const struct sentence *sentence, struct arena *arena)
{
	if (digest_tags(digest, sentence, arena) < 0)
		return -1;
	if (needs & NEED_REPEATS) {
		digest->words = *seed;
		for (size_t i = 0; i < sentence->n_tokens; i++)
			add_word(&digest->words, &sentence->tokens[i]);
		digest->labels = hash_labels(digest, sentence->n_tokens);
		digest->places = digest->words;
	}
	if (needs & NEED_ID && sentence->id) {
		digest->id = *seed;
		add_text(&digest->id, sentence->id);
	}
	return needs & NEED_SPANS ? digest_spans(digest, seed, sentence, arena) : 0;
}

void digest_relation(struct digest *digest, unsigned needs, const struct hash128 *seed,
		     const struct relation *relation)
{
	long places[4] = { relation->head.begin, relation->head.end, relation->tail.begin,
			   relation->tail.end };
	struct hash128 labels = HASH128_INIT;

	if (!(needs & NEED_REPEATS))
		return;
	digest->words = *seed;
	for (size_t i = 0; i < relation->n_words; i++)
		add_text(&digest->words, relation->words[i]);
	digest->places = digest->words;
	hash128_add(&digest->places, (const char *)places, sizeof(places));
	add_text(&labels, relation->relation);
	digest->labels = labels.a ^ labels.b;
}
