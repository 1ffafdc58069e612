/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/surfaces.h"

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/str_table.h"
#include "lib/corpus/span.h"

#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

struct form {
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
	struct str_table keys; /* set, newline, form */
	struct str_table names; /* of types */
	struct form *forms; /* [n_forms], by key */
	size_t n_forms, forms_capacity;
	struct form_type *types;
	size_t n_types, types_capacity;
	struct arena arena;   /* of the records */
	struct arena scratch; /* of one sentence */
	struct buf key;
};

struct surfaces *surfaces_new(void)
{
	struct surfaces *surfaces = calloc(1, sizeof(*surfaces));

	if (!surfaces)
		return NULL;
	str_table_init(&surfaces->keys);
	str_table_init(&surfaces->names);
	buf_init(&surfaces->key);
	return surfaces;
}

void surfaces_free(struct surfaces *surfaces)
{
	if (!surfaces)
		return;
	str_table_release(&surfaces->keys);
	str_table_release(&surfaces->names);
	free(surfaces->forms);
	free(surfaces->types);
	arena_release(&surfaces->arena);
	arena_release(&surfaces->scratch);
	buf_release(&surfaces->key);
	free(surfaces);
}

static struct form *find_form(struct surfaces *surfaces)
{
	long id = -1;

	if (!surfaces->key.failed)
		id = str_table_add(&surfaces->keys, surfaces->key.data, surfaces->key.length);
	if (id < 0)
		return NULL;
	if ((size_t)id == surfaces->n_forms) {
		if (GROW(surfaces->forms, surfaces->n_forms, surfaces->forms_capacity) < 0)
			return NULL;
		surfaces->forms[surfaces->n_forms++] = (struct form){ NONE, 0, 0, NULL };
	}
	return &surfaces->forms[id];
}

/* Count one type of a form; *is_second is set when it is the form's second. */
static int count_type(struct surfaces *surfaces, struct form *form, const char *type,
		      bool *is_second)
{
	size_t *link = &form->first, n = 0;
	long name = str_table_add(&surfaces->names, type, strlen(type));

	if (name < 0)
		return -1;
	type = str_table_text(&surfaces->names, (size_t)name);
	for (; *link != NONE; link = &surfaces->types[*link].next, n++) {
		if (surfaces->types[*link].type == type) {
			surfaces->types[*link].count++;
			*is_second = false;
			return 0;
		}
	}
	*link = surfaces->n_types; /* before the array may move */
	*is_second = n == 1;
	if (GROW(surfaces->types, surfaces->n_types, surfaces->types_capacity) < 0)
		return -1;
	surfaces->types[surfaces->n_types++] = (struct form_type){ type, 1, NONE };
	return 0;
}

static int add_span(struct surfaces *surfaces, const struct split *split, size_t split_index,
		    const struct sentence *sentence, const struct span *span, const char *record)
{
	struct form *form;
	bool is_second;

	buf_clear(&surfaces->key);
	buf_add_format(&surfaces->key, "%s\n", split->set ? split->set : "");
	for (size_t i = span->begin; i < span->end; i++) {
		if (i > span->begin)
			buf_add_char(&surfaces->key, ' ');
		buf_add_string(&surfaces->key, sentence->tokens[i].word);
	}
	form = find_form(surfaces);
	if (!form || count_type(surfaces, form, span->type, &is_second) < 0)
		return -1;
	if (!is_second)
		return 0;
	form->split_index = split_index;
	form->line = sentence->tokens[span->begin].line_number;
	form->record = record ? arena_copy(&surfaces->arena, record) : NULL;
	return record && !form->record ? -1 : 0;
}

int surfaces_add(struct surfaces *surfaces, const struct split *split, size_t split_index,
		 const struct sentence *sentence, const char *record)
{
	struct err err = ERR_INIT;
	const char **tags;
	struct span *spans;
	size_t n;
	int rc = 0;

	arena_reset(&surfaces->scratch);
	tags = span_tags(sentence, &surfaces->scratch);
	if (!tags || span_extract(SPAN_CONLLEVAL, tags, sentence->n_tokens, &spans, &n,
				  &surfaces->scratch, &err) < 0)
		return -1;
	for (size_t i = 0; i < n && rc == 0; i++)
		if (*spans[i].type)
			rc = add_span(surfaces, split, split_index, sentence, &spans[i], record);
	return rc;
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
	describe_types(surfaces, form, &surfaces->key);
	out->form = strchr(str_table_text(&surfaces->keys, *at), '\n') + 1;
	out->types = surfaces->key.data;
	out->split_index = form->split_index;
	out->line = form->line;
	out->record = form->record;
	++*at;
	return !surfaces->key.failed;
}
