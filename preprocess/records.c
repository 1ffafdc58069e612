/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/records.h"

#include "lib/formats/mnre.h"

#include <string.h>

int records_open(struct records *records, const struct split *split, struct err *err)
{
	memset(records, 0, sizeof(*records));
	records->split = split;
	if (split->task == TASK_NER)
		return sentence_reader_open(&records->sentences, split->text, err);
	records->mnre = mnre_open(split->text, err);
	return records->mnre ? 0 : -1;
}

void records_close(struct records *records)
{
	if (records->mnre)
		mnre_close(records->mnre);
	sentence_reader_close(&records->sentences);
	memset(records, 0, sizeof(*records));
}

static enum read_status next_relation(struct records *records, struct record *record,
				      struct arena *arena, struct err *err)
{
	struct relation *relation = arena_alloc(arena, 1, sizeof(*relation));
	enum read_status status;

	if (!relation)
		return err_set_memory(err), READ_FAIL;
	status = mnre_next(records->mnre, relation, arena, err);
	if (status != READ_OK)
		return status;
	record->relation = relation;
	record->id = relation->image;
	record->number = relation->record;
	record->name = arena_format(arena, "%zu", relation->record);
	record->words = relation->words;
	record->n_words = relation->n_words;
	return record->name ? READ_OK : (err_set_memory(err), READ_FAIL);
}

static enum read_status next_sentence(struct records *records, struct record *record,
				      struct arena *arena, struct err *err)
{
	struct sentence *sentence = arena_alloc(arena, 1, sizeof(*sentence));
	enum read_status status;

	if (!sentence)
		return err_set_memory(err), READ_FAIL;
	status = sentence_reader_next(&records->sentences, sentence, arena, err);
	if (status != READ_OK)
		return status;
	record->sentence = sentence;
	record->id = sentence->id;
	record->number = sentence->record;
	record->name = sentence->id ? arena_format(arena, "IMGID:%s", sentence->id)
				    : arena_format(arena, "%zu", sentence->record);
	record->n_words = sentence->n_tokens;
	record->words = arena_alloc(arena, sentence->n_tokens + 1, sizeof(*record->words));
	if (!record->name || !record->words)
		return err_set_memory(err), READ_FAIL;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		record->words[i] = sentence->tokens[i].word;
	return READ_OK;
}

enum read_status records_next(struct records *records, struct record *record, struct arena *arena,
			      struct err *err)
{
	memset(record, 0, sizeof(*record));
	return records->mnre ? next_relation(records, record, arena, err)
			     : next_sentence(records, record, arena, err);
}
