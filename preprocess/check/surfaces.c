/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/surfaces.h"

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/str_table.h"

#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX
#define TYPES_KEPT 32 /* of one form; a word with more is noise */

struct form {
	struct hash128 key;
	const char *text;
	size_t first; /* of its types; index into `types` */
	size_t split_index, line; /* where the second type came; line 0: not yet */
	const char *record;
};

struct form_type {
	const char *type;
	size_t count;
	size_t next; /* of the same form, NONE at the end */
};

struct surfaces {
	struct str_table names; /* of types */
	struct form *forms;     /* [n_forms] */
	size_t n_forms, forms_capacity;
	uint32_t *slots; /* [n_slots], a power of two: number of a form + 1, 0 when free */
	size_t n_slots;
	struct form_type *types;
	size_t n_types, types_capacity;
	struct arena arena; /* of the texts and records */
	struct buf text;
};

struct surfaces *surfaces_new(void)
{
	struct surfaces *surfaces = calloc(1, sizeof(*surfaces));

	if (!surfaces)
		return NULL;
	str_table_init(&surfaces->names);
	buf_init(&surfaces->text);
	return surfaces;
}

void surfaces_free(struct surfaces *surfaces)
{
	if (!surfaces)
		return;
	str_table_release(&surfaces->names);
	free(surfaces->forms);
	free(surfaces->slots);
	free(surfaces->types);
	arena_release(&surfaces->arena);
	buf_release(&surfaces->text);
	free(surfaces);
}

static uint32_t *find_slot(const struct surfaces *surfaces, const struct hash128 *key)
{
	size_t mask = surfaces->n_slots - 1, slot = (size_t)hash128_place(key) & mask;

	for (; surfaces->slots[slot]; slot = (slot + 1) & mask) {
		const struct hash128 *other = &surfaces->forms[surfaces->slots[slot] - 1].key;

		if (other->a == key->a && other->b == key->b)
			break;
	}
	return &surfaces->slots[slot];
}

static int grow_slots(struct surfaces *surfaces)
{
	size_t n_slots = surfaces->n_slots ? surfaces->n_slots * 2 : 256;
	uint32_t *slots = checked_calloc(n_slots, sizeof(*slots));

	if (!slots || surfaces->n_forms >= UINT32_MAX - 1) {
		free(slots);
		return -1;
	}
	free(surfaces->slots);
	surfaces->slots = slots;
	surfaces->n_slots = n_slots;
	for (size_t i = 0; i < surfaces->n_forms; i++)
		*find_slot(surfaces, &surfaces->forms[i].key) = (uint32_t)i + 1;
	return 0;
}

/* The words of a span, joined by blanks. */
static const char *join_words(struct surfaces *surfaces, const struct sentence *sentence,
			      const struct span *span)
{
	buf_clear(&surfaces->text);
	for (size_t i = span->begin; i < span->end; i++) {
		if (i > span->begin)
			buf_add_char(&surfaces->text, ' ');
		buf_add_string(&surfaces->text, sentence->tokens[i].word);
	}
	return surfaces->text.failed ? NULL : arena_copy(&surfaces->arena, surfaces->text.data);
}

static struct form *find_form(struct surfaces *surfaces, const struct sentence *sentence,
			      const struct span *span, const struct hash128 *key)
{
	struct form form = { .key = *key, .first = NONE };
	uint32_t *slot;

	if (surfaces->n_forms * 2 >= surfaces->n_slots && grow_slots(surfaces) < 0)
		return NULL;
	slot = find_slot(surfaces, key);
	if (*slot)
		return &surfaces->forms[*slot - 1];
	form.text = join_words(surfaces, sentence, span);
	if (!form.text || GROW(surfaces->forms, surfaces->n_forms, surfaces->forms_capacity) < 0)
		return NULL;
	surfaces->forms[surfaces->n_forms] = form;
	*slot = (uint32_t)++surfaces->n_forms;
	return &surfaces->forms[surfaces->n_forms - 1];
}

/* Count one type of a form; *is_second is set when it is the form's second. */
static int count_type(struct surfaces *surfaces, struct form *form, const char *type,
		      bool *is_second)
{
	size_t *link = &form->first, n = 0;
	long name;

	for (; *link != NONE; link = &surfaces->types[*link].next, n++) {
		if (strcmp(surfaces->types[*link].type, type) == 0) {
			surfaces->types[*link].count++;
			*is_second = false;
			return 0;
		}
	}
	*is_second = n == 1;
	if (n == TYPES_KEPT)
		return 0;
	name = str_table_add(&surfaces->names, type, strlen(type));
	if (name < 0)
		return -1;
	*link = surfaces->n_types; /* before the array may move */
	if (GROW(surfaces->types, surfaces->n_types, surfaces->types_capacity) < 0)
		return -1;
	surfaces->types[surfaces->n_types++] = (struct form_type){
		str_table_text(&surfaces->names, (size_t)name), 1, NONE
	};
	return 0;
}

static int add_span(struct surfaces *surfaces, size_t split_index, const struct sentence *sentence,
		    const struct span *span, const struct hash128 *key, const char *record)
{
	struct form *form = find_form(surfaces, sentence, span, key);
	bool is_second;

	if (!form || count_type(surfaces, form, span->type, &is_second) < 0)
		return -1;
	if (!is_second)
		return 0;
	form->split_index = split_index;
	form->line = sentence->tokens[span->begin].line_number;
	form->record = record ? arena_copy(&surfaces->arena, record) : NULL;
	return record && !form->record ? -1 : 0;
}

int surfaces_add(struct surfaces *surfaces, size_t split_index, const struct sentence *sentence,
		 const struct digest *digest, const char *record)
{
	for (size_t i = 0; i < digest->n_spans; i++)
		if (add_span(surfaces, split_index, sentence, &digest->spans[i],
			     &digest->forms[i], record) < 0)
			return -1;
	return 0;
}

static void describe_types(struct surfaces *surfaces, const struct form *form, struct buf *out)
{
	buf_clear(out);
	for (size_t i = form->first; i != NONE; i = surfaces->types[i].next) {
		const struct form_type *type = &surfaces->types[i];

		buf_add_format(out, "%s%.40s ", i == form->first ? "" : ", ", type->type);
		if (type->count == 1)
			buf_add_string(out, "once");
		else
			buf_add_format(out, "%zu times", type->count);
	}
}

bool surfaces_ambiguous(struct surfaces *surfaces, size_t *at, struct ambiguous_surface *out)
{
	const struct form *form;

	while (surfaces && *at < surfaces->n_forms && surfaces->forms[*at].line == 0)
		++*at;
	if (!surfaces || *at >= surfaces->n_forms)
		return false;
	form = &surfaces->forms[*at];
	describe_types(surfaces, form, &surfaces->text);
	out->form = form->text;
	out->types = surfaces->text.data;
	out->split_index = form->split_index;
	out->line = form->line;
	out->record = form->record;
	++*at;
	return !surfaces->text.failed;
}
