/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/repair/repair.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/hash128.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "preprocess/repair/repair_priv.h"

#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define HELD_BLANKS ((size_t)1 << 12) /* blank lines of relations that are held until more follows */

bool repair_mends(const struct repair *repair, const char *rule)
{
	return repair_wants(repair->options, rule);
}

void repair_note(struct repair *repair, const struct held_line *line, const char *rule, size_t column,
		 const char *before, size_t before_length, const char *after, size_t after_length)
{
	struct repair_change change = { rule,   repair->split->text, line->number,
					column, NULL,                before,
					before_length, after,        after_length };

	repair->changes++;
	if (!repair->sink)
		return;
	if (repair->record.length)
		change.record = repair->record.data;
	repair->sink->change(repair->sink, &change);
}

void repair_remove(struct repair *repair, struct held_line *line, const char *rule)
{
	repair_note(repair, line, rule, 0, line->text, line->length, NULL, 0);
	line->removed = true;
}

/* Give a line out. */
static void give_line(struct repair *repair, const struct held_line *line)
{
	struct buf *after = &repair->out;

	buf_clear(after);
	if (!line->removed) {
		if (line->source > line->old && !repair_mends(repair, "text-bom"))
			buf_add(after, line->old, (size_t)(line->source - line->old));
		buf_add(after, line->text, line->length);
		buf_add_string(after, line->ending);
	}
	/* Blanks that ended the file and are gone leave no line. */
	if (after->length) {
		repair->any = true;
		repair->after_blank = line->kind == LINE_BLANK;
		repair->ended_blank = line->length == 0 && *line->ending;
		repair->ended_line = *line->ending != '\0';
	}
	repair->sink->piece(repair->sink, line->old, line->old_length, after->data, after->length);
	repair->out_of_memory |= after->failed;
}

/* A line that ends nothing, or follows another blank one. */
static bool surplus_blank(const struct repair *repair, const struct held_line *line)
{
	return repair->after_blank && line->kind == LINE_BLANK;
}

/* Whether lines of relations may go: with a dict, their numbers are its keys. */
static bool lines_may_go(const struct repair *repair)
{
	return repair->split->task == TASK_NER || !repair->split->dict ||
	       !file_exists(repair->split->dict);
}

/* Whether the record stood before, its id aside: words and tags as they are now. */
static bool seen_before(struct repair *repair)
{
	struct hash128 hash = HASH128_INIT;
	size_t before = repair->seen.n, n = 0;

	for (size_t i = 0; i < repair->n_lines; i++) {
		const struct held_line *line = &repair->lines[i];

		if (line->removed || (line->kind != LINE_TOKEN && line->kind != LINE_RELATION))
			continue;
		hash128_add(&hash, line->text, line->length);
		n++;
	}
	if (n == 0)
		return false;
	if (str_table_add(&repair->seen, (const char *)&hash, sizeof(hash)) < 0) {
		repair->out_of_memory = true;
		return false;
	}
	return repair->seen.n == before;
}

static void mend_duplicate(struct repair *repair)
{
	if (!repair_mends(repair, "text-duplicate") || !lines_may_go(repair) || !seen_before(repair))
		return;
	for (size_t i = 0; i < repair->n_lines; i++)
		if (!repair->lines[i].removed)
			repair_remove(repair, &repair->lines[i], "text-duplicate");
}

static void mend_sentence(struct repair *repair)
{
	repair_tokens(repair);
	if (!repair->sink) {
		repair_see_tags(repair);
		return;
	}
	repair_tags(repair);
	/* Tags may be O by now that kept their words. */
	if (repair->options->policy == REPAIR_OUTSIDE)
		repair_tokens(repair);
	mend_duplicate(repair);
}

static void mend_relation(struct repair *repair)
{
	for (size_t i = 0; i < repair->n_lines; i++) {
		struct held_line *line = &repair->lines[i];

		if (line->kind == LINE_RELATION)
			repair_relation(repair, line);
		else if (!line->removed && repair->options->unsafe && repair_mends(repair, "re-syntax") &&
			 lines_may_go(repair))
			repair_remove(repair, line, "re-syntax");
	}
	mend_duplicate(repair);
}

/* The record in hand is complete. */
static void give_record(struct repair *repair)
{
	if (!repair->overlong && repair->split->task == TASK_NER)
		mend_sentence(repair);
	else if (!repair->overlong && repair->sink)
		mend_relation(repair);
	for (size_t i = 0; i < repair->n_lines && repair->sink; i++) {
		struct held_line *line = &repair->lines[i];

		if (!line->removed && surplus_blank(repair, line) && repair->split->task == TASK_NER &&
		    repair_mends(repair, "conll-empty-sentence"))
			repair_remove(repair, line, "conll-empty-sentence");
		give_line(repair, line);
	}
	repair->n_lines = 0;
	repair->bytes = 0;
	arena_reset(&repair->arena);
}

static void end_record(struct repair *repair)
{
	give_record(repair);
	repair->overlong = false;
	buf_clear(&repair->record);
}

static void name_record(struct repair *repair, const struct held_line *line)
{
	const char *id;
	size_t size;

	if (line->kind != LINE_ID || !conll_id_line(line->text, line->length, &id, &size))
		return;
	buf_clear(&repair->record);
	buf_add_format(&repair->record, "IMGID:%.*s", (int)size, id);
}

/* Keep a line, with the byte order mark before it. NULL when memory is out. */
static struct held_line *hold(struct repair *repair, const struct text_line *line, bool mark)
{
	size_t before = mark ? strlen(BYTE_ORDER_MARK) : 0, ending = strlen(line->ending);
	char *old = arena_alloc(&repair->arena, before + line->length + ending + 1, 1);
	struct held_line *held;

	if (!old || GROW(repair->lines, repair->n_lines, repair->capacity) < 0) {
		repair->out_of_memory = true;
		return NULL;
	}
	memcpy(old, BYTE_ORDER_MARK, before);
	memcpy(old + before, line->text, line->length);
	memcpy(old + before + line->length, line->ending, ending);
	held = &repair->lines[repair->n_lines++];
	*held = (struct held_line){ .old = old,
				    .old_length = before + line->length + ending,
				    .source = old + before,
				    .source_length = line->length,
				    .text = old + before,
				    .length = line->length,
				    .ending = line->ending,
				    .number = line->number };
	repair->bytes += held->old_length;
	return held;
}

static void take_conll_line(struct repair *repair, const struct text_line *line, bool mark)
{
	struct held_line *held;

	if (repair->n_lines &&
	    repair_mended_kind(repair, line->text, line->length) == LINE_ID)
		end_record(repair);
	held = hold(repair, line, mark);
	if (!held)
		return;
	repair_line(repair, held);
	name_record(repair, held);
	if (held->kind == LINE_BLANK || held->kind == LINE_DOCUMENT)
		end_record(repair);
	else if (repair->n_lines > CONLL_TOKEN_LIMIT || repair->bytes > CONLL_SENTENCE_LIMIT)
		repair->overlong = true;
	if (repair->overlong)
		give_record(repair);
}

static void take_relation_line(struct repair *repair, const struct text_line *line, bool mark)
{
	struct held_line *held;

	if (repair->n_lines > HELD_BLANKS)
		end_record(repair);
	buf_clear(&repair->record);
	buf_add_format(&repair->record, "%zu", line->number - 1);
	held = hold(repair, line, mark);
	if (!held)
		return;
	repair_line(repair, held);
	if (held->kind != LINE_BLANK)
		end_record(repair);
}

/* The last lines of a file of relations are blank ones, which nothing follows. */
static void drop_last_blanks(struct repair *repair)
{
	buf_clear(&repair->record);
	if (!repair_mends(repair, "re-syntax"))
		return;
	for (size_t i = 0; i < repair->n_lines; i++)
		repair_remove(repair, &repair->lines[i], "re-syntax");
}

static void add_final_blank(struct repair *repair)
{
	struct held_line end = { .number = repair->last_line + 1 };
	const char *after = repair->ended_line ? "\n" : "\n\n";

	if (!repair->any || repair->ended_blank || !repair_mends(repair, "conll-no-final-blank"))
		return;
	repair_note(repair, &end, "conll-no-final-blank", 0, NULL, 0, after, strlen(after));
	repair->sink->piece(repair->sink, "", 0, after, strlen(after));
}

static void end_text(struct repair *repair)
{
	if (repair->split->task == TASK_RE && repair->n_lines && repair->sink)
		drop_last_blanks(repair);
	if (repair->n_lines)
		end_record(repair);
	buf_clear(&repair->record);
	if (repair->split->task == TASK_NER && repair->sink)
		add_final_blank(repair);
}

/* Whether the file starts with a byte order mark, which the line reader steps over. */
static int starts_with_mark(const char *path, bool *mark, struct err *err)
{
	char head[3] = { 0 };
	FILE *stream = fopen(path, "rbe");

	if (!stream)
		return err_set_errno(err, "open", path);
	*mark = fread(head, 1, 3, stream) == 3 && memcmp(head, BYTE_ORDER_MARK, 3) == 0;
	fclose(stream);
	return 0;
}

static int read_lines(struct repair *repair, struct line_reader *reader, bool mark,
		      struct progress *progress, struct err *err)
{
	enum read_status status;
	struct text_line line;

	while ((status = line_reader_next(reader, &line, err)) == READ_OK) {
		repair->last_line = line.number;
		if (repair->split->task == TASK_NER)
			take_conll_line(repair, &line, mark && line.number == 1);
		else
			take_relation_line(repair, &line, mark && line.number == 1);
		if (repair->out_of_memory)
			return err_set_memory(err);
		if (progress_step(progress, 1))
			return err_set(err, ERR_STOPPED, "interrupted");
	}
	if (status != READ_EOF)
		return -1;
	if (repair->last_line == 0 && mark && repair->sink)
		repair->sink->piece(repair->sink, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK),
				    BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK));
	end_text(repair);
	return repair->out_of_memory ? err_set_memory(err) : 0;
}

static void repair_release(struct repair *repair)
{
	arena_release(&repair->arena);
	free(repair->lines);
	buf_release(&repair->record);
	buf_release(&repair->out);
	str_table_release(&repair->seen);
}

/* Go over the text once: with a sink to mend it, without one to look at its tags. */
static int run(const struct split *split, const struct repair_options *options,
	       struct repair_sink *sink, struct tags_seen *tags, size_t *n_changes,
	       struct progress *progress, struct err *err)
{
	struct repair repair = { .options = options,
				 .split = split,
				 .sink = sink,
				 .scheme = repair_scheme(tags),
				 .after_blank = true };
	struct line_reader *reader;
	bool mark = false;
	int rc = -1;

	buf_init(&repair.record);
	buf_init(&repair.out);
	if (starts_with_mark(split->text, &mark, err) < 0)
		return -1;
	reader = line_reader_open(split->text,
				  split->task == TASK_NER ? CONLL_LINE_LIMIT : MNRE_LINE_LIMIT, err);
	if (reader)
		rc = read_lines(&repair, reader, mark, progress, err);
	*tags = repair.tags;
	*n_changes = repair.changes;
	line_reader_close(reader);
	repair_release(&repair);
	return rc;
}

int repair_text(const struct split *split, const struct repair_options *options,
		struct repair_sink *sink, size_t *n_changes, struct progress *progress,
		struct err *err)
{
	struct tags_seen tags = { .closed = 0 };
	int rc = 0;

	*n_changes = 0;
	progress_begin(progress, "mend", "lines", 0);
	if (split->task == TASK_NER)
		rc = run(split, options, NULL, &tags, n_changes, progress, err);
	if (rc == 0)
		rc = run(split, options, sink, &tags, n_changes, progress, err);
	progress_end(progress);
	return rc;
}

int repair_text_scheme(const struct split *split, enum scheme *scheme, struct err *err)
{
	struct repair_options options = REPAIR_OPTIONS_INIT;
	struct tags_seen tags = { .closed = 0 };
	size_t n_changes;

	if (run(split, &options, NULL, &tags, &n_changes, NULL, err) < 0)
		return -1;
	*scheme = repair_scheme(&tags);
	return 0;
}
