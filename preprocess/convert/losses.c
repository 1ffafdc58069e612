/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/losses.h"

#include "lib/base/err.h"
#include "preprocess/convert/record.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *name, *one, *several;
} kinds[CONVERT_LOSSES] = {
	[LOSS_RECORD] = { "record", "record that cannot be read", "records that cannot be read" },
	[LOSS_BYTES] = { "bytes", "text that is no UTF-8", "texts that are no UTF-8" },
	[LOSS_WORD] = { "word", "word that cannot be told from its neighbours",
			"words that cannot be told from their neighbours" },
	[LOSS_TEXT] = { "text", "text", "texts" },
	[LOSS_SPACING] = { "spacing", "text with white space that words do not tell",
			   "texts with white space that words do not tell" },
	[LOSS_EMPTY] = { "empty", "record without words", "records without words" },
	[LOSS_COLUMN] = { "column", "record with further columns", "records with further columns" },
	[LOSS_UNTAGGED] = { "untagged", "word without a tag", "words without a tag" },
	[LOSS_TAG] = { "tag", "malformed tag", "malformed tags" },
	[LOSS_TYPE] = { "type", "label that it does not know", "labels that it does not know" },
	[LOSS_SPAN] = { "entity", "entity", "entities" },
	[LOSS_OVERLAP] = { "overlap", "entity that overlaps another", "entities that overlap others" },
	[LOSS_CUT] = { "cut", "entity that cuts a word", "entities that cut a word" },
	[LOSS_DISCONTINUOUS] = { "discontinuous", "entity in several pieces",
				 "entities in several pieces" },
	[LOSS_RELATION] = { "relation", "relation", "relations" },
	[LOSS_BOX] = { "box", "box", "boxes" },
	[LOSS_SCORE] = { "score", "score", "scores" },
	[LOSS_ID] = { "id", "id of a record", "ids of records" },
	[LOSS_IMAGE] = { "image", "name of a picture", "names of pictures" },
	[LOSS_DOCUMENT] = { "document", "start of a document", "starts of documents" },
	[LOSS_OTHER] = { "other", "annotation of another kind", "annotations of other kinds" },
};

void convert_losses_init(struct convert_losses *losses)
{
	memset(losses, 0, sizeof(*losses));
}

void convert_losses_release(struct convert_losses *losses)
{
	arena_release(&losses->arena);
	memset(losses, 0, sizeof(*losses));
}

void convert_lose(struct convert_losses *losses, enum convert_loss kind,
		  const struct convert_record *record, const char *format, ...)
{
	char text[512];
	va_list args;

	if (!losses || losses->n[kind]++)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	losses->first[kind].text = arena_copy(&losses->arena, text);
	losses->first[kind].line = record->line;
	if (record->file)
		losses->first[kind].file = arena_copy(&losses->arena, record->file);
	if (record->id)
		losses->first[kind].record = arena_copy(&losses->arena, record->id);
}

void convert_lose_record(struct convert_losses *losses, const char *file, const struct err *err)
{
	struct convert_record record = { .file = *err->file ? err->file : file, .line = err->line };

	convert_lose(losses, LOSS_RECORD, &record, "%s", err->text);
}

void convert_losses_add(struct convert_losses *losses, const struct convert_losses *from,
			enum convert_loss kind)
{
	struct convert_record place = { .file = from->first[kind].file,
					.line = from->first[kind].line,
					.id = from->first[kind].record };

	if (from->n[kind] == 0)
		return;
	convert_lose(losses, kind, &place, "%s", from->first[kind].text ? from->first[kind].text : "");
	losses->n[kind] += from->n[kind] - 1;
}

size_t convert_losses_total(const struct convert_losses *losses)
{
	size_t total = 0;

	for (size_t i = 0; i < CONVERT_LOSSES; i++)
		total += losses->n[i];
	return total;
}

const char *convert_loss_name(enum convert_loss kind)
{
	return kinds[kind].name;
}

const char *convert_loss_words(enum convert_loss kind, bool several)
{
	return several ? kinds[kind].several : kinds[kind].one;
}
