/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/annotations.h"

#include "lib/base/checked.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "lib/review/relations.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define BETWEEN_FIELDS '\x1f'

static void keep_line(void *context, const struct text_line *line)
{
	struct annotations *file = context;

	if (GROW(file->line_starts, file->n_lines, file->lines_capacity) < 0) {
		file->bytes.failed = true;
		return;
	}
	file->line_starts[file->n_lines++] = file->bytes.length;
	buf_add(&file->bytes, line->text, line->text ? line->length : 0);
	buf_add_string(&file->bytes, line->ending);
}

/* Where the line after number `line` starts. */
static size_t line_end(const struct annotations *file, size_t line)
{
	return line < file->n_lines ? file->line_starts[line] : file->bytes.length;
}

/* Number the records that are alike, so that each key is one record's. */
static int add_key(struct annotations *file, struct annotation *record, struct buf *key)
{
	size_t before = file->bare.n;
	long bare = str_table_add(&file->bare, key->data, key->length);

	if (key->failed || bare < 0)
		return -1;
	if (file->bare.n > before) {
		if (GROW(file->equal, before, file->equal_capacity) < 0)
			return -1;
		file->equal[bare] = 0;
	}
	buf_add_format(key, "%c%zu", BETWEEN_FIELDS, file->equal[bare]++);
	if (key->failed || str_table_add(&file->keys, key->data, key->length) < 0)
		return -1;
	record->key = str_table_text(&file->keys, file->keys.n - 1);
	return 0;
}

static int name_record(struct annotations *file, struct annotation *record)
{
	record->name = record->id && file->task == TASK_NER
			       ? arena_format(&file->arena, "IMGID:%s", record->id)
			       : arena_format(&file->arena, "record %zu", file->n);
	return record->name ? 0 : -1;
}

static int keep_record(struct annotations *file, struct annotation *record, const char *more)
{
	struct buf key = BUF_INIT;
	int rc = -1;

	buf_add_string(&key, record->id ? record->id : "");
	for (size_t i = 0; i < record->n_words; i++) {
		buf_add_char(&key, BETWEEN_FIELDS);
		buf_add_string(&key, record->words[i]);
	}
	buf_add_string(&key, more);
	if (name_record(file, record) == 0 && GROW(file->records, file->n, file->capacity) == 0 &&
	    add_key(file, record, &key) == 0) {
		file->records[file->n++] = *record;
		rc = 0;
	}
	buf_release(&key);
	return rc;
}

static int keep_sentence(struct annotations *file, const struct sentence *sentence, struct err *err)
{
	size_t n = sentence->n_tokens, first = sentence->id_line ? sentence->id_line : sentence->line_number;
	size_t *lines = arena_alloc(&file->arena, n + 1, sizeof(*lines));
	struct annotation record = { .id = sentence->id, .n_words = n, .line = first };

	record.words = arena_alloc(&file->arena, n + 1, sizeof(*record.words));
	record.tags = arena_alloc(&file->arena, n + 1, sizeof(*record.tags));
	record.lines = lines;
	if (!lines || !record.words || !record.tags)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++) {
		const struct token *token = &sentence->tokens[i];

		if (!token->tag)
			return err_set_at(err, file->path, token->line_number, 0,
					  "the line has no tag, a last column after the word");
		record.words[i] = token->word;
		record.tags[i] = token->tag;
		lines[i] = token->line_number;
	}
	entity_reader_add(&file->entities, record.tags, n);
	record.begin = file->line_starts[first - 1];
	record.end = line_end(file, n ? lines[n - 1] : first);
	return keep_record(file, &record, "") < 0 ? err_set_memory(err) : 0;
}

static int keep_relation(struct annotations *file, const struct relation *relation, struct err *err)
{
	struct annotation record = { .id = relation->image,
				     .words = relation->words,
				     .n_words = relation->n_words,
				     .relation = relation->relation,
				     .head = relation->head.name,
				     .tail = relation->tail.name,
				     .line = relation->line_number };
	const char *pair = arena_format(&file->arena, "%c%ld %ld %ld %ld", BETWEEN_FIELDS,
					relation->head.begin, relation->head.end,
					relation->tail.begin, relation->tail.end);

	record.begin = file->line_starts[relation->line_number - 1];
	record.end = line_end(file, relation->line_number);
	return !pair || keep_record(file, &record, pair) < 0 ? err_set_memory(err) : 0;
}

/* After a record or what was none: go on? */
static int step(struct annotations *file, enum read_status status, struct progress *progress,
		struct err *err)
{
	char text[1400];

	if (file->bytes.failed)
		return err_set_memory(err);
	if (status == READ_BAD && file->skipped++ == 0)
		progress_note(progress, "a record is stepped over: %s",
			      err_format(err, text, sizeof(text)));
	return progress_step(progress, 1) ? err_set(err, ERR_STOPPED, "interrupted") : 0;
}

static int read_sentences(struct annotations *file, struct conll_reader *reader,
			  struct progress *progress, struct err *err)
{
	struct sentence sentence;
	enum read_status status = READ_EOF;
	int rc = reader ? 0 : -1;

	if (reader)
		conll_on_line(reader, (struct line_hook){ keep_line, file });
	while (rc == 0 && (status = conll_next(reader, &sentence, &file->arena, err)) > READ_EOF) {
		if (status == READ_OK)
			rc = keep_sentence(file, &sentence, err);
		if (rc == 0)
			rc = step(file, status, progress, err);
	}
	conll_close(reader);
	return status == READ_FAIL ? -1 : rc;
}

static int read_relations(struct annotations *file, struct mnre_reader *reader,
			  struct progress *progress, struct err *err)
{
	struct relation relation;
	enum read_status status = READ_EOF;
	int rc = reader ? 0 : -1;

	if (reader)
		mnre_on_line(reader, (struct line_hook){ keep_line, file });
	while (rc == 0 && (status = mnre_next(reader, &relation, &file->arena, err)) > READ_EOF) {
		if (status == READ_OK)
			rc = keep_relation(file, &relation, err);
		if (rc == 0)
			rc = step(file, status, progress, err);
	}
	mnre_close(reader);
	return status == READ_FAIL ? -1 : rc;
}

/* Write the text of a journal as the journal leaves it. */
static int write_journal_text(FILE *out, const struct annotations *file, struct progress *progress,
			      struct err *err)
{
	char *text = journal_find_text(file->path, err);
	struct review *review = NULL;
	struct buf note = BUF_INIT;
	int rc = -1;

	if (text)
		review = file->task == TASK_RE ? review_open_relations(text, err)
					       : review_open(text, err);
	if (review && review_read_journal(review, file->path, &note, err) == 0)
		rc = review_write(review, out, err);
	if (note.length)
		progress_note(progress, "%s", note.data);
	buf_release(&note);
	review_free(review);
	free(text);
	return rc;
}

static int read_journal(struct annotations *file, struct progress *progress, struct err *err)
{
	struct text_piece piece = { file->path, "", 0, 0, NULL };
	char *bytes = NULL;
	size_t length = 0;
	FILE *out = open_memstream(&bytes, &length);
	int rc = out ? write_journal_text(out, file, progress, err) : err_set_memory(err);

	if (out && fclose(out) != 0 && rc == 0)
		rc = err_set_memory(err);
	if (rc == 0 && length) {
		piece.rest = fmemopen(bytes, length, "r");
		if (!piece.rest)
			rc = err_set_memory(err);
		else if (file->task == TASK_RE)
			rc = read_relations(file, mnre_open_piece(&piece, err), progress, err);
		else
			rc = read_sentences(file, conll_open_piece(&piece, err), progress, err);
		if (piece.rest)
			fclose(piece.rest);
	}
	free(bytes);
	return rc;
}

void annotations_init(struct annotations *file, const char *path, enum task task)
{
	memset(file, 0, sizeof(*file));
	buf_init(&file->bytes);
	file->path = path;
	file->task = task;
}

int annotations_read(struct annotations *file, const char *path, enum task task,
		     struct progress *progress, struct err *err)
{
	int rc;

	annotations_init(file, path, task);
	if (journal_is_one(path))
		rc = read_journal(file, progress, err);
	else if (task == TASK_NER)
		rc = read_sentences(file, conll_open(path, err), progress, err);
	else
		rc = read_relations(file, mnre_open(path, err), progress, err);
	for (size_t i = 0; i < file->n; i++)
		file->records[i].next = i + 1 < file->n ? file->records[i + 1].begin
							: file->bytes.length;
	return rc;
}

void annotations_release(struct annotations *file)
{
	free(file->records);
	free(file->line_starts);
	free(file->equal);
	buf_release(&file->bytes);
	str_table_release(&file->keys);
	str_table_release(&file->bare);
	arena_release(&file->arena);
}

size_t annotations_find(const struct annotations *file, const char *key)
{
	long id = str_table_find(&file->keys, key, strlen(key));

	return id < 0 ? SIZE_MAX : (size_t)id;
}
