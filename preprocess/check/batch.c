/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/batch_priv.h"
#include "preprocess/check/rules.h"

#include "lib/base/checked.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "lib/formats/umgf_text.h"

#include <stdlib.h>
#include <string.h>

#define BATCH_RECORDS 8192
#define BATCH_TOKENS ((size_t)1 << 18)
#define BATCH_MEMORY ((size_t)1 << 20) /* what a batch mostly takes, kept from one to the next */

static void list_line_runs(struct batch *batch, bool all)
{
	for (size_t i = 0; i < batch->check.n_runs; i++) {
		struct rule_run *run = &batch->check.runs[i];

		if (run->enabled && run->rule->line && (run->rule->lines == 0) == all)
			batch->line_runs[batch->n_line_runs++] = run;
	}
}

int batch_init(struct batch *batch, const struct check *whole)
{
	memset(batch, 0, sizeof(*batch));
	buf_init(&batch->line_record);
	batch->check = (struct check){ .options = whole->options,
				       .dataset = whole->dataset,
				       .n_runs = whole->n_runs,
				       .needs = whole->needs };
	batch->check.runs = checked_calloc(whole->n_runs, sizeof(*batch->check.runs));
	batch->line_runs = checked_calloc(whole->n_runs, sizeof(struct rule_run *));
	if (!batch->check.runs || !batch->line_runs ||
	    !arena_alloc_raw(&batch->arena, 1, BATCH_MEMORY)) {
		batch_release(batch);
		return -1;
	}
	for (size_t i = 0; i < whole->n_runs; i++) {
		batch->check.runs[i] = whole->runs[i];
		batch->check.runs[i].state = NULL;
	}
	if (rules_list_record_runs(&batch->check, true) < 0) {
		batch_release(batch);
		return -1;
	}
	list_line_runs(batch, true);
	batch->n_all_lines = batch->n_line_runs;
	list_line_runs(batch, false);
	return 0;
}

void batch_release(struct batch *batch)
{
	batch_close(batch);
	free(batch->check.runs);
	free(batch->check.record_runs);
	free(batch->check.findings);
	arena_release(&batch->check.arena);
	arena_release(&batch->arena);
	free(batch->records);
	free(batch->line_runs);
	buf_release(&batch->line_record);
}

/* ---- lines ---- */

static bool plain_byte(char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\t' || c == '\n';
}

/* The high bits of those bytes that are `c`. */
static uint64_t bytes_that_are(uint64_t eight, char c)
{
	uint64_t low = 0x7f7f7f7f7f7f7f7fu, x = eight ^ 0x0101010101010101u * (unsigned char)c;

	return ~(((x & low) + low) | x | low);
}

/* Whether all eight are plain, at once: a byte below 0x20 borrows from its high bit, and tabs and line
 * ends are made printable before. */
static bool plain_eight(const char *text)
{
	uint64_t ones = 0x0101010101010101u, eight, fine;

	memcpy(&eight, text, sizeof(eight));
	fine = bytes_that_are(eight, '\t') | bytes_that_are(eight, '\n');
	eight |= fine >> 2;
	return !((eight | (eight - ones * 0x20) | (eight + ones)) & ones << 7);
}

static const char *find_odd(const char *from, const char *end)
{
	while (end - from >= 8 && plain_eight(from))
		from += 8;
	while (from < end && plain_byte(*from))
		from++;
	return from;
}

/* Printable ASCII and tabs alone. Of a piece in memory, each byte is looked at once. */
static bool plain_line(struct batch *batch, const struct text_line *line)
{
	const char *behind = line->text + line->length;

	if (!batch->odd)
		return find_odd(line->text, behind) == behind;
	if (batch->odd < line->text)
		batch->odd = find_odd(line->text, batch->end);
	return batch->odd >= behind;
}

/* Which record a line belongs to, as far as the lines before tell. */
static void name_line(struct batch *batch, const struct text_line *line)
{
	const char *id;
	size_t size;

	if (batch->check.file.split->task == TASK_RE) {
		buf_clear(&batch->line_record);
		buf_add_format(&batch->line_record, "%zu", line->number - 1);
	} else if (conll_id_line(line->text, line->length, &id, &size)) {
		buf_clear(&batch->line_record);
		buf_add_string(&batch->line_record, "IMGID:");
		buf_add(&batch->line_record, id, size);
		batch->check.file.n_ids++;
	}
	batch->check.record = batch->line_record.length ? batch->line_record.data : NULL;
}

static void count_line(struct file_state *file, const struct text_line *line, bool blank)
{
	file->spaced_lines += blank && line->length > 0;
	if (*line->ending == '\r' && file->cr_lines++ == 0)
		file->first_cr_line = line->number;
}

/* A line that no rule is to see and that starts no record, as most are. */
static bool dull_line(struct batch *batch, const struct text_line *line)
{
	return line->length && *line->text > ' ' && *line->text != 'I' && *line->ending != '\r' &&
	       batch->conll && batch->n_all_lines == 0 && plain_line(batch, line);
}

static void on_line(void *context, const struct text_line *line)
{
	struct batch *batch = context;
	struct check *check = &batch->check;
	unsigned kinds;
	bool blank;

	if (dull_line(batch, line)) {
		batch->after_blank = false;
		return;
	}
	blank = conll_blank_line(line->text, line->length);
	kinds = (blank ? LINE_BLANK : 0) | (plain_line(batch, line) ? 0 : LINE_ODD);

	name_line(batch, line);
	count_line(&check->file, line, blank);
	check->file.after_blank = batch->after_blank;
	for (size_t i = 0; i < (kinds ? batch->n_line_runs : batch->n_all_lines); i++) {
		struct rule_run *run = batch->line_runs[i];

		if (i < batch->n_all_lines || run->rule->lines & kinds)
			run->rule->line(check, run, line);
	}
	if (blank && check->file.split->task == TASK_NER)
		buf_clear(&batch->line_record);
	batch->after_blank = blank;
}

/* ---- records ---- */

void batch_set_record(struct check *check, const struct batch_record *record)
{
	check->record = record->name;
	check->record_file = record->file;
	check->digest = &record->digest;
}

static struct batch_record *new_record(struct batch *batch)
{
	struct batch_record *record;

	if (GROW(batch->records, batch->n, batch->capacity) < 0)
		return NULL;
	record = &batch->records[batch->n++];
	memset(record, 0, sizeof(*record));
	return record;
}

static const char *id_name(struct arena *arena, const char *id)
{
	size_t mark = strlen("IMGID:"), length = strlen(id);
	char *name = arena_alloc(arena, mark + length + 1, 1);

	if (!name)
		return NULL;
	memcpy(name, "IMGID:", mark);
	memcpy(name + mark, id, length);
	return name;
}

static int take_sentence(struct batch *batch, const struct sentence *sentence)
{
	struct batch_record *record = new_record(batch);
	struct sentence *kept = arena_alloc(&batch->arena, 1, sizeof(*kept));
	struct check *check = &batch->check;

	if (!record || !kept)
		return -1;
	*kept = *sentence;
	record->sentence = kept;
	record->file = kept->file;
	if (sentence->id && !(record->name = id_name(&batch->arena, sentence->id)))
		return -1;
	if (digest_sentence(&record->digest, check->needs, &batch->seed, kept,
			    &batch->arena) < 0)
		return -1;
	if (record->digest.tags)
		tags_seen_add(&check->file.tags, kept, record->digest.parsed);
	batch_set_record(check, record);
	for (size_t i = 0; i < check->n_record_runs; i++) {
		struct rule_run *run = check->record_runs[i];

		if (run->rule->sentence)
			run->rule->sentence(check, run, kept);
	}
	return check->out_of_memory ? -1 : 0;
}

static int take_relation(struct batch *batch, const struct relation *relation)
{
	struct batch_record *record = new_record(batch);
	struct relation *kept = arena_alloc(&batch->arena, 1, sizeof(*kept));
	struct check *check = &batch->check;

	if (!record || !kept)
		return -1;
	*kept = *relation;
	record->relation = kept;
	record->name = arena_format(&batch->arena, "%zu", relation->record);
	if (!record->name)
		return -1;
	digest_relation(&record->digest, check->needs, &batch->seed, kept);
	batch_set_record(check, record);
	for (size_t i = 0; i < check->n_record_runs; i++) {
		struct rule_run *run = check->record_runs[i];

		if (run->rule->relation)
			run->rule->relation(check, run, kept);
	}
	return check->out_of_memory ? -1 : 0;
}

/* A line that is too long was not shown, so the name of a relation is had from its number. */
static const char *bad_name(struct batch *batch, const struct err *err)
{
	if (batch->check.file.split->task == TASK_RE)
		return arena_format(&batch->arena, "%zu", err->line - 1);
	return arena_copy(&batch->arena, batch->line_record.data);
}

/* `sentence` is as far as it was read; NULL for a relation. */
static int take_bad(struct batch *batch, const struct sentence *sentence, const struct err *err)
{
	struct batch_record *record = new_record(batch);
	struct err *kept = arena_alloc(&batch->arena, 1, sizeof(*kept));
	struct check *check = &batch->check;

	if (!record || !kept)
		return -1;
	*kept = *err;
	record->bad = kept;
	record->file = sentence ? sentence->file : NULL;
	if ((batch->mnre || batch->line_record.length) && !(record->name = bad_name(batch, err)))
		return -1;
	batch_set_record(check, record);
	for (size_t i = 0; i < check->n_record_runs; i++) {
		struct rule_run *run = check->record_runs[i];

		if (run->rule->bad_record)
			run->rule->bad_record(check, run, kept);
	}
	return check->out_of_memory ? -1 : 0;
}

/* ---- pieces ---- */

int batch_open(struct batch *batch, const struct file_state *text, const struct text_piece *piece,
	       struct err *err)
{
	struct line_hook hook = { on_line, batch };

	batch->text = text;
	batch->seed = digest_seed(text->split);
	batch->after_blank = true;
	batch->odd = piece->rest ? NULL : find_odd(piece->bytes, piece->bytes + piece->length);
	batch->end = piece->bytes + piece->length;
	buf_clear(&batch->line_record);
	if (text->split->task == TASK_NER) {
		batch->conll = conll_open_piece(piece, err);
		if (batch->conll)
			conll_on_line(batch->conll, hook);
		return batch->conll ? 0 : -1;
	}
	batch->mnre = mnre_open_piece(piece, err);
	if (batch->mnre)
		mnre_on_line(batch->mnre, hook);
	return batch->mnre ? 0 : -1;
}

int batch_open_folder(struct batch *batch, const struct file_state *text, struct err *err)
{
	batch->text = text;
	batch->seed = digest_seed(text->split);
	buf_clear(&batch->line_record);
	batch->umgf = umgf_text_open(text->split->text, err);
	return batch->umgf ? 0 : -1;
}

void batch_close(struct batch *batch)
{
	conll_close(batch->conll);
	mnre_close(batch->mnre);
	umgf_text_close(batch->umgf);
	batch->conll = NULL;
	batch->mnre = NULL;
	batch->umgf = NULL;
}

/* Forget the batch before. */
static void start(struct batch *batch)
{
	struct check *check = &batch->check;

	check->file = *batch->text;
	check->n_findings = 0;
	check->last_file = NULL;
	for (size_t i = 0; i < check->n_runs; i++) {
		check->runs[i].given = check->runs[i].suppressed = 0;
		check->runs[i].last_fix = NULL;
	}
	arena_reset(&check->arena);
	arena_reset(&batch->arena);
	batch->n = 0;
}

static enum read_status next_sentence(struct batch *batch, size_t *n_tokens, struct err *err)
{
	struct sentence sentence;
	enum read_status status;
	int rc = 0;

	status = batch->umgf ? umgf_text_next(batch->umgf, &sentence, &batch->arena, err)
			     : conll_next(batch->conll, &sentence, &batch->arena, err);

	if (status == READ_OK)
		rc = take_sentence(batch, &sentence);
	else if (status == READ_BAD)
		rc = take_bad(batch, &sentence, err);
	*n_tokens = sentence.n_tokens;
	if (rc == 0)
		return status;
	err_set_memory(err);
	return READ_FAIL;
}

static enum read_status next_relation(struct batch *batch, size_t *n_tokens, struct err *err)
{
	struct relation relation;
	enum read_status status = mnre_next(batch->mnre, &relation, &batch->arena, err);
	int rc = 0;

	if (status == READ_OK)
		rc = take_relation(batch, &relation);
	else if (status == READ_BAD)
		rc = take_bad(batch, NULL, err);
	*n_tokens = relation.n_words;
	if (rc == 0)
		return status;
	err_set_memory(err);
	return READ_FAIL;
}

enum read_status batch_fill(struct batch *batch, struct err *err)
{
	enum read_status status = READ_OK;
	size_t tokens = 0, n = 0;

	start(batch);
	while (status > READ_EOF && batch->n < BATCH_RECORDS && tokens < BATCH_TOKENS) {
		status = batch->mnre ? next_relation(batch, &n, err)
				     : next_sentence(batch, &n, err);
		if (status > READ_EOF)
			tokens += n;
	}
	if (batch->conll) {
		batch->check.file.n_lines = conll_lines(batch->conll);
		batch->check.file.ended_blank = conll_ended_blank(batch->conll);
	} else if (batch->mnre) {
		batch->check.file.n_lines = mnre_lines(batch->mnre);
	}
	return status > READ_EOF ? READ_OK : status;
}
