/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MNRE's lines: one relation each, two entities without types. A type is what the relation says of it:
 * /per/org/member_of has a PER and an ORG; where it says nothing (None), it is ENTITY. Lines are
 * written as Python prints a dict, which is what the release is.
 */
#include "lib/base/buf.h"
#include "lib/base/utf8.h"
#include "lib/formats/mnre.h"
#include "preprocess/convert/format.h"
#include "preprocess/layout_text.h"

#include <ctype.h>
#include <string.h>
#include <utf8proc.h>

#define NO_TYPE "ENTITY"

static int mnre_source_open(struct convert_source *source, struct err *err)
{
	source->state = mnre_open(source->path, err);
	return source->state ? 0 : -1;
}

static void mnre_source_close(struct convert_source *source)
{
	mnre_close(source->state);
	source->state = NULL;
}

/* Part number `index` of "/per/org/member_of" in capitals, or NO_TYPE. */
static const char *argument_type(const char *relation, size_t index, struct arena *arena)
{
	const char *at = relation, *end;
	char *type;

	for (size_t i = 0; i <= index; i++) {
		if (!at || *at != '/')
			return NO_TYPE;
		end = strchr(at + 1, '/');
		if (i < index)
			at = end;
	}
	if (!end || end == at + 1)
		return NO_TYPE;
	type = arena_string(arena, at + 1, (size_t)(end - at - 1));
	for (char *c = type; c && *c; c++)
		*c = (char)toupper((unsigned char)*c);
	return type;
}

/* The words [begin, end) with one blank between. */
static const char *joined(const char **words, size_t begin, size_t end, struct arena *arena)
{
	struct buf text = BUF_INIT;
	const char *copy;

	for (size_t i = begin; i < end; i++)
		buf_add_format(&text, "%s%s", i > begin ? " " : "", words[i]);
	copy = text.failed ? NULL : arena_string(arena, text.data, text.length);
	buf_release(&text);
	return copy;
}

static int take_mention(struct convert_source *source, const struct mention *mention,
			const char *relation, size_t index, struct convert_record *record,
			struct arena *arena, struct err *err)
{
	struct convert_span *span = record_add_span(record, arena);
	const char *name;

	if (mention->begin < 0 || mention->end <= mention->begin ||
	    (size_t)mention->end > record->n_words)
		return err_set(err, ERR_DATA, "the entity %ld to %ld is not within its %zu tokens",
			       mention->begin, mention->end, record->n_words);
	if (!span)
		return err_set_memory(err);
	span->begin = (size_t)mention->begin;
	span->end = (size_t)mention->end;
	span->type = argument_type(relation, index, arena);
	name = joined(record->words, span->begin, span->end, arena);
	if (!span->type || !name)
		return err_set_memory(err);
	if (strcmp(name, mention->name) != 0)
		convert_lose(source->losses, LOSS_OTHER, record, "the name '%s', which is not '%s'",
			     mention->name, name);
	return 0;
}

static enum read_status mnre_source_next(struct convert_source *source, struct convert_record *record,
					 struct arena *arena, struct err *err)
{
	struct convert_relation *added;
	struct relation relation;
	enum read_status status = mnre_next(source->state, &relation, arena, err);

	record->line = relation.line_number;
	if (status != READ_OK)
		return status;
	record->words = relation.words;
	record->n_words = relation.n_words;
	record->image = *relation.image ? relation.image : NULL;
	added = record_add_relation(record, arena);
	if (!added)
		return err_set_memory(err), READ_FAIL;
	*added = (struct convert_relation){ 0, 1, relation.relation };
	if (take_mention(source, &relation.head, relation.relation, 0, record, arena, err) < 0 ||
	    take_mention(source, &relation.tail, relation.relation, 1, record, arena, err) < 0) {
		err->line = relation.line_number;
		return err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
	}
	return READ_OK;
}

static int mnre_recognise(const char *head, size_t length)
{
	return layout_sniff(head, length) == LAYOUT_TEXT_RELATIONS ? 2 : 0;
}

/* ---- writing ---- */

static int mnre_prepare(const struct convert_options *options, struct convert_record *record,
			struct convert_losses *losses, struct arena *arena, struct err *err)
{
	(void)options;
	(void)err;
	if (!record->n_relations && record->n_words)
		convert_lose(losses, LOSS_TEXT, record, "it has no relation, and each line is one");
	for (size_t i = 0; losses && i < record->n_spans; i++) {
		const char *type = NULL;

		for (size_t k = 0; !type && k < record->n_relations; k++) {
			const struct convert_relation *relation = &record->relations[k];

			if (relation->head == i || relation->tail == i)
				type = argument_type(relation->type, relation->head != i, arena);
		}
		if (!type)
			convert_lose(losses, LOSS_SPAN, record, "'%s' is in no relation",
				     record->spans[i].type);
		else if (strcmp(type, record->spans[i].type) != 0)
			convert_lose(losses, LOSS_TYPE, record,
				     "'%s' of an entity, which its relation does not say",
				     record->spans[i].type);
	}
	return 0;
}

/* What Python's repr() writes as an escape. */
static bool is_printable(uint32_t c)
{
	switch (utf8proc_category((utf8proc_int32_t)c)) {
	case UTF8PROC_CATEGORY_CC:
	case UTF8PROC_CATEGORY_CF:
	case UTF8PROC_CATEGORY_CS:
	case UTF8PROC_CATEGORY_CO:
	case UTF8PROC_CATEGORY_CN:
	case UTF8PROC_CATEGORY_ZL:
	case UTF8PROC_CATEGORY_ZP:
		return false;
	case UTF8PROC_CATEGORY_ZS:
		return c == ' ';
	default:
		return true;
	}
}

static void put_escape(FILE *out, uint32_t c)
{
	if (c == '\n' || c == '\r' || c == '\t')
		fprintf(out, "\\%c", c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
	else if (c < 0x100)
		fprintf(out, "\\x%02x", (unsigned)c);
	else if (c < 0x10000)
		fprintf(out, "\\u%04x", (unsigned)c);
	else
		fprintf(out, "\\U%08x", (unsigned)c);
}

static void put_literal(FILE *out, const char *text)
{
	char quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
	size_t length = strlen(text);

	putc(quote, out);
	for (size_t at = 0, n; at < length; at += n) {
		uint32_t c;

		n = utf8_decode(text + at, length - at, &c);
		n = n ? n : 1;
		if (c == (uint32_t)quote || c == '\\')
			fprintf(out, "\\%c", (char)c);
		else if (!is_printable(c))
			put_escape(out, c);
		else
			fwrite(text + at, 1, n, out);
	}
	putc(quote, out);
}

static int put_mention(FILE *out, char key, const struct convert_record *record, size_t index,
		       struct arena *arena, struct err *err)
{
	const struct convert_span *span = &record->spans[index];
	const char *name = joined(record->words, span->begin, span->end, arena);

	if (!name)
		return err_set_memory(err);
	fprintf(out, "'%c': {'name': ", key);
	put_literal(out, name);
	fprintf(out, ", 'pos': [%zu, %zu]}, ", span->begin, span->end);
	return 0;
}

static int mnre_write(struct convert_sink *sink, struct convert_record *record,
		      struct arena *arena, struct err *err)
{
	FILE *out = sink->stream;

	for (size_t i = 0; i < record->n_relations; i++) {
		fputs("{'token': [", out);
		for (size_t k = 0; k < record->n_words; k++) {
			fputs(k ? ", " : "", out);
			put_literal(out, record->words[k]);
		}
		fputs("], ", out);
		if (put_mention(out, 'h', record, record->relations[i].head, arena, err) < 0 ||
		    put_mention(out, 't', record, record->relations[i].tail, arena, err) < 0)
			return -1;
		fputs("'img_id': ", out);
		put_literal(out, record->image ? record->image : "");
		fputs(", 'relation': ", out);
		put_literal(out, record->relations[i].type);
		fputs("}\n", out);
	}
	return ferror(out) ? err_set_errno(err, "write", "the output") : 0;
}

const struct convert_format convert_mnre = {
	.name = "mnre",
	.extension = "txt",
	.summary = "MNRE's and HVPNeT's relations: a Python dict a line, two entities each",
	.holds = HOLDS_WORDS | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_RELATIONS | HOLDS_IMAGES,
	.recognise = mnre_recognise,
	.open = mnre_source_open,
	.next = mnre_source_next,
	.close = mnre_source_close,
	.prepare = mnre_prepare,
	.write = mnre_write,
};
