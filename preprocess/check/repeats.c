/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/repeats.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

struct first_time {
	size_t line, split_index;
	uint64_t labels; /* hash */
};

struct text_set {
	struct str_table texts;
	struct first_time *first; /* [texts.n] by id */
	size_t n, capacity;
};

struct repeats {
	struct text_set within; /* key: split, words, places of the entities */
	struct text_set across; /* key: set, words */
	struct buf key, labels;
};

struct repeats *repeats_new(void)
{
	struct repeats *repeats = calloc(1, sizeof(*repeats));

	if (!repeats)
		return NULL;
	str_table_init(&repeats->within.texts);
	str_table_init(&repeats->across.texts);
	buf_init(&repeats->key);
	buf_init(&repeats->labels);
	return repeats;
}

void repeats_free(struct repeats *repeats)
{
	if (!repeats)
		return;
	str_table_release(&repeats->within.texts);
	str_table_release(&repeats->across.texts);
	free(repeats->within.first);
	free(repeats->across.first);
	buf_release(&repeats->key);
	buf_release(&repeats->labels);
	free(repeats);
}

/* The first time of the key, which is `now` when the key is new (then *is_new). NULL when memory is
 * out. */
static const struct first_time *look_up(struct text_set *set, const struct buf *key,
					const struct first_time *now, bool *is_new)
{
	long id = key->failed ? -1 : str_table_add(&set->texts, key->data, key->length);

	if (id < 0)
		return NULL;
	*is_new = (size_t)id == set->n;
	if (*is_new) {
		if (GROW(set->first, set->n, set->capacity) < 0)
			return NULL;
		set->first[set->n++] = *now;
	}
	return &set->first[id];
}

static int look_within(struct repeats *repeats, const struct first_time *now, struct repeat *out)
{
	const struct first_time *first;
	bool is_new;

	first = look_up(&repeats->within, &repeats->key, now, &is_new);
	if (!first)
		return -1;
	if (!is_new) {
		out->same_split = first->line;
		out->same_labels = first->labels == now->labels;
	}
	return 0;
}

static int look_across(struct repeats *repeats, const struct first_time *now, struct repeat *out)
{
	const struct first_time *first;
	bool is_new;

	first = look_up(&repeats->across, &repeats->key, now, &is_new);
	if (!first)
		return -1;
	if (!is_new && first->split_index != now->split_index) {
		out->other_split = first->line;
		out->other_index = first->split_index;
	}
	return 0;
}

/* Words and sets are joined by bytes that cannot be in them. */
static void start_key(struct repeats *repeats, const struct split *split)
{
	buf_clear(&repeats->key);
	buf_add_format(&repeats->key, "%d%s\n", (int)split->task, split->set ? split->set : "");
}

static void add_word(struct repeats *repeats, const char *word)
{
	buf_add(&repeats->key, word, strlen(word) + 1);
}

int repeats_sentence(struct repeats *repeats, const struct split *split, size_t split_index,
		     const struct sentence *sentence, struct repeat *out)
{
	struct first_time now = { sentence->line_number, split_index, 0 };

	*out = (struct repeat){ 0, false, 0, 0 };
	if (sentence->n_tokens == 0)
		return 0;
	start_key(repeats, split);
	buf_clear(&repeats->labels);
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const char *tag = sentence->tokens[i].tag;

		add_word(repeats, sentence->tokens[i].word);
		buf_add(&repeats->labels, tag ? tag : "", tag ? strlen(tag) + 1 : 1);
	}
	now.labels = str_hash(repeats->labels.data, repeats->labels.length);
	if (look_across(repeats, &now, out) < 0)
		return -1;
	buf_add_format(&repeats->key, "\n%zu", split_index);
	return look_within(repeats, &now, out);
}

int repeats_relation(struct repeats *repeats, const struct split *split, size_t split_index,
		     const struct relation *relation, struct repeat *out)
{
	struct first_time now = { relation->line_number, split_index,
				  str_hash(relation->relation, strlen(relation->relation)) };

	*out = (struct repeat){ 0, false, 0, 0 };
	if (relation->n_words == 0)
		return 0;
	start_key(repeats, split);
	for (size_t i = 0; i < relation->n_words; i++)
		add_word(repeats, relation->words[i]);
	if (look_across(repeats, &now, out) < 0)
		return -1;
	buf_add_format(&repeats->key, "\n%zu %ld %ld %ld %ld", split_index, relation->head.begin,
		       relation->head.end, relation->tail.begin, relation->tail.end);
	return look_within(repeats, &now, out);
}
