/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/check.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/pictures.h"
#include "preprocess/check/rules.h"

#include <stdlib.h>
#include <string.h>

static bool plain_line(const struct text_line *line)
{
	for (size_t i = 0; i < line->length; i++) {
		unsigned char c = (unsigned char)line->text[i];

		if ((c < 0x20 && c != '\t') || c >= 0x7f)
			return false;
	}
	return true;
}

/* Which record a CoNLL line belongs to, as far as the lines before tell. */
static void follow_ids(struct check *check, const struct text_line *line)
{
	const char *id;
	size_t size;

	if (!conll_id_line(line->text, line->length, &id, &size))
		return;
	buf_clear(&check->line_record);
	buf_add_format(&check->line_record, "IMGID:%.*s", (int)size, id);
	check->file.n_ids++;
}

static void on_line(void *context, const struct text_line *line)
{
	struct check *check = context;
	bool ner = check->file.split->task == TASK_NER, plain = plain_line(line);
	bool blank = ner && conll_blank_line(line->text, line->length);

	if (ner) {
		follow_ids(check, line);
	} else {
		buf_clear(&check->line_record);
		buf_add_format(&check->line_record, "%zu", line->number - 1);
	}
	check->record = check->line_record.length ? check->line_record.data : NULL;
	for (size_t i = 0; i < check->n_runs; i++) {
		struct rule_run *run = &check->runs[i];

		if (run->enabled && run->rule->line && !(plain && run->rule->odd_lines_only))
			run->rule->line(check, run, line);
	}
	if (blank)
		buf_clear(&check->line_record);
	check->file.after_blank = blank;
	check->file.n_lines = line->number;
}

/* Remember the picture of a record. */
static int note_picture(struct check *check, const char *id, size_t line)
{
	if (!check->file.has_pictures || !id || !*id)
		return 0;
	return pictures_add(check->pictures, check->file.split, check->file.split_index, id,
			    check->record, line);
}

static int take_sentence(struct check *check, const struct sentence *sentence)
{
	struct file_state *file = &check->file;
	size_t line = sentence->id ? sentence->id_line : sentence->line_number;

	buf_clear(&check->own_record);
	if (sentence->id)
		buf_add_format(&check->own_record, "IMGID:%s", sentence->id);
	check->record = sentence->id ? check->own_record.data : NULL;
	if (file->columns == 0 && sentence->n_tokens)
		file->columns = file->plain && sentence->tokens[0].columns > 1
					? sentence->tokens[0].columns
					: 2;
	if (repeats_sentence(check->repeats, file->split, file->split_index, sentence,
			     &file->repeat) < 0)
		return -1;
	for (size_t i = 0; i < check->n_runs; i++)
		if (check->runs[i].enabled && check->runs[i].rule->sentence)
			check->runs[i].rule->sentence(check, &check->runs[i], sentence);
	return note_picture(check, sentence->id, line);
}

static int take_relation(struct check *check, const struct relation *relation)
{
	struct file_state *file = &check->file;

	buf_clear(&check->own_record);
	buf_add_format(&check->own_record, "%zu", relation->record);
	check->record = check->own_record.data;
	if (repeats_relation(check->repeats, file->split, file->split_index, relation,
			     &file->repeat) < 0)
		return -1;
	for (size_t i = 0; i < check->n_runs; i++)
		if (check->runs[i].enabled && check->runs[i].rule->relation)
			check->runs[i].rule->relation(check, &check->runs[i], relation);
	return note_picture(check, relation->image, relation->line_number);
}

static void take_bad(struct check *check, const struct err *err)
{
	check->record = check->line_record.length ? check->line_record.data : NULL;
	for (size_t i = 0; i < check->n_runs; i++)
		if (check->runs[i].enabled && check->runs[i].rule->bad_record)
			check->runs[i].rule->bad_record(check, &check->runs[i], err);
}

/* After each record: 0 to go on. */
static int next_record(struct check *check, int taken, struct check_summary *summary,
		       struct progress *progress, struct err *err)
{
	summary->records++;
	if (taken < 0 || check->out_of_memory)
		return err_set_memory(err);
	if (progress_step(progress, 1))
		return err_set(err, ERR_STOPPED, "interrupted");
	return 0;
}

static int check_sentences(struct check *check, struct check_summary *summary,
			   struct progress *progress, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct conll_reader *reader = conll_open(check->file.split->text, err);
	struct sentence sentence;
	enum read_status status;
	int rc = -1;

	if (!reader)
		return -1;
	conll_on_line(reader, (struct line_hook){ on_line, check });
	while ((status = conll_next(reader, &sentence, &arena, err)) > READ_EOF) {
		int taken = 0;

		if (status == READ_OK)
			taken = take_sentence(check, &sentence);
		else
			take_bad(check, err);
		if (next_record(check, taken, summary, progress, err) < 0)
			goto out;
		arena_reset(&arena);
	}
	check->file.n_lines = conll_lines(reader);
	check->file.ended_blank = conll_ended_blank(reader);
	rc = status == READ_EOF ? 0 : -1;
out:
	conll_close(reader);
	arena_release(&arena);
	return rc;
}

static int check_relations(struct check *check, struct check_summary *summary,
			   struct progress *progress, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct mnre_reader *reader = mnre_open(check->file.split->text, err);
	struct relation relation;
	enum read_status status;
	int rc = -1;

	if (!reader)
		return -1;
	mnre_on_line(reader, (struct line_hook){ on_line, check });
	while ((status = mnre_next(reader, &relation, &arena, err)) > READ_EOF) {
		int taken = 0;

		if (status == READ_OK)
			taken = take_relation(check, &relation);
		else
			take_bad(check, err);
		if (next_record(check, taken, summary, progress, err) < 0)
			goto out;
		arena_reset(&arena);
	}
	rc = status == READ_EOF ? 0 : -1;
out:
	mnre_close(reader);
	arena_release(&arena);
	return rc;
}

static bool plain_layout(const struct split *split)
{
	return !split->layout || strcmp(split->layout, "conll") == 0 ||
	       strcmp(split->layout, "mnre") == 0;
}

/* A folder that only happens to be near the text: outside of the data that the user named, and no
 * layout speaks for it. */
static bool doubtful_folder(const struct check *check)
{
	const char *root = check->dataset->root, *images = check->file.split->images;
	size_t length = root ? strlen(root) : 0;

	if (!check->file.plain || check->options->images_given)
		return false;
	return strncmp(images, root ? root : "", length) != 0 || strstr(images, "..");
}

static void settle_pictures(struct check *check, struct progress *progress)
{
	const struct split *split = check->file.split;
	bool none = check->pictures && split->images && !check->file.has_pictures;

	if (check->file.has_pictures && doubtful_folder(check))
		none = pictures_forget_missing(check->pictures, check->file.split_index);
	if (none)
		progress_note(progress, "no pictures of '%s' are checked: there are none in '%s'",
			      split->text, split->images);
}

static int check_split(struct check *check, size_t index, struct check_summary *summary,
		       struct progress *progress, struct err *err)
{
	const struct split *split = &check->dataset->splits[index];
	int rc;

	check->file = (struct file_state){ .split = split,
					   .split_index = index,
					   .after_blank = true,
					   .plain = plain_layout(split) };
	check->file.has_pictures = check->pictures && split->images && file_is_folder(split->images);
	check->record = NULL;
	buf_clear(&check->line_record);
	for (size_t i = 0; i < check->n_runs; i++)
		check->runs[i].suppressed_before = check->runs[i].suppressed;
	rc = split->task == TASK_NER ? check_sentences(check, summary, progress, err)
				     : check_relations(check, summary, progress, err);
	if (rc < 0)
		return -1;
	settle_pictures(check, progress);
	check->record = NULL;
	for (size_t i = 0; i < check->n_runs; i++)
		if (check->runs[i].enabled && check->runs[i].rule->file_end)
			check->runs[i].rule->file_end(check, &check->runs[i]);
	if (check->failure.kind != ERR_NONE) {
		*err = check->failure;
		return -1;
	}
	summary->files++;
	return check->out_of_memory ? err_set_memory(err) : 0;
}

static int check_pictures(struct check *check, struct progress *progress, struct err *err)
{
	const struct picture *pictures;
	size_t n;

	if (!check->pictures)
		return 0;
	if (pictures_decode(check->pictures, check->options->jobs, progress, err) < 0)
		return -1;
	pictures = pictures_list(check->pictures, &n);
	for (size_t p = 0; p < n; p++)
		for (size_t i = 0; i < check->n_runs && !pictures[p].forgotten; i++)
			if (check->runs[i].enabled && check->runs[i].rule->picture)
				check->runs[i].rule->picture(check, &check->runs[i], &pictures[p]);
	return check->out_of_memory ? err_set_memory(err) : 0;
}

static int check_texts(struct check *check, struct check_summary *summary,
		       struct progress *progress, struct err *err)
{
	int rc = 0;

	progress_begin(progress, "check", "records", 0);
	for (size_t i = 0; i < check->dataset->n_splits && rc == 0; i++)
		rc = check_split(check, i, summary, progress, err);
	progress_end(progress);
	for (size_t i = 0; i < check->n_runs && rc == 0; i++)
		if (check->runs[i].enabled && check->runs[i].rule->end)
			check->runs[i].rule->end(check, &check->runs[i]);
	return rc;
}

static void check_release(struct check *check)
{
	for (size_t i = 0; i < check->n_runs; i++) {
		if (check->runs[i].state && check->runs[i].rule->release)
			check->runs[i].rule->release(check->runs[i].state);
		free(check->runs[i].state);
	}
	free(check->runs);
	free(check->findings);
	repeats_free(check->repeats);
	pictures_free(check->pictures);
	buf_release(&check->line_record);
	buf_release(&check->own_record);
	arena_release(&check->arena);
}

int check_run(const struct check_options *options, const struct dataset *dataset,
	      struct finding_sink *sink, struct check_summary *summary, struct progress *progress,
	      struct err *err)
{
	struct check check = { .options = options, .dataset = dataset };
	int rc = -1;

	memset(summary, 0, sizeof(*summary));
	buf_init(&check.line_record);
	buf_init(&check.own_record);
	check.runs = rules_choose(options, &check.n_runs, err);
	if (!check.runs)
		goto out;
	check.repeats = repeats_new();
	if (!check.repeats || (rules_need_pictures(check.runs, check.n_runs) &&
			       !(check.pictures = pictures_new()))) {
		err_set_memory(err);
		goto out;
	}
	if (check_texts(&check, summary, progress, err) < 0 ||
	    check_pictures(&check, progress, err) < 0)
		goto out;
	if (check.out_of_memory) {
		err_set_memory(err);
		goto out;
	}
	findings_give(&check, sink, summary);
	rc = 0;
out:
	check_release(&check);
	return rc;
}
