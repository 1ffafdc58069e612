/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/batch_priv.h"

#include "preprocess/check/findings.h"
#include "preprocess/check/pictures.h"

#define AHEAD 8 /* records whose place in an index is fetched meanwhile */

static void merge_file(struct file_state *whole, const struct file_state *part)
{
	whole->n_lines = part->n_lines;
	whole->ended_blank = part->ended_blank;
	whole->n_ids += part->n_ids;
	if (whole->cr_lines == 0)
		whole->first_cr_line = part->first_cr_line;
	whole->cr_lines += part->cr_lines;
	whole->spaced_lines += part->spaced_lines;
	tags_seen_join(&whole->tags, &part->tags);
}

static int look_back(struct check *check, const struct batch_record *record)
{
	const struct sentence *sentence = record->sentence;
	size_t line = sentence ? sentence->line_number : record->relation->line_number;
	size_t n = sentence ? sentence->n_tokens : record->relation->n_words;
	struct repeat *repeat = &check->file.repeat;

	if (record->file)
		line = sentence->record + 1;
	*repeat = (struct repeat){ 0, false, 0, 0, 0 };
	if (n && check->needs & NEED_REPEATS &&
	    repeats_words(check->repeats, line, check->file.split_index, &record->digest, repeat) < 0)
		return -1;
	if (!sentence || !sentence->id || !*sentence->id || !(check->needs & NEED_ID))
		return 0;
	return repeats_id(check->repeats, record->file ? line : sentence->id_line, check->file.split_index,
			  &record->digest, repeat);
}

static int note_picture(struct check *check, const char *id, size_t line)
{
	if (!check->file.has_pictures || !id || !*id)
		return 0;
	return pictures_add(check->pictures, check->file.split, check->file.split_index, id,
			    check->record, line);
}

static int show_sentence(struct check *check, const struct sentence *sentence)
{
	for (size_t i = 0; i < check->n_record_runs; i++) {
		struct rule_run *run = check->record_runs[i];

		if (run->rule->sentence)
			run->rule->sentence(check, run, sentence);
	}
	return note_picture(check, sentence->id,
			    sentence->id ? sentence->id_line : sentence->line_number);
}

static int show_relation(struct check *check, const struct relation *relation)
{
	for (size_t i = 0; i < check->n_record_runs; i++) {
		struct rule_run *run = check->record_runs[i];

		if (run->rule->relation)
			run->rule->relation(check, run, relation);
	}
	return note_picture(check, relation->image, relation->line_number);
}

static void show_bad(struct check *check, const struct err *bad)
{
	for (size_t i = 0; i < check->n_record_runs; i++) {
		struct rule_run *run = check->record_runs[i];

		if (run->rule->bad_record)
			run->rule->bad_record(check, run, bad);
	}
}

static int show(struct check *check, const struct batch_record *record)
{
	batch_set_record(check, record);
	if (record->bad) {
		show_bad(check, record->bad);
		return 0;
	}
	if (look_back(check, record) < 0)
		return -1;
	return record->sentence ? show_sentence(check, record->sentence)
				: show_relation(check, record->relation);
}

void batch_merge(struct batch *batch, struct check *whole, struct check_summary *summary)
{
	merge_file(&whole->file, &batch->check.file);
	findings_join(whole, &batch->check);
	for (size_t i = 0; i < batch->n; i++) {
		if (i + AHEAD < batch->n)
			repeats_prefetch(whole->repeats, &batch->records[i + AHEAD].digest);
		if (show(whole, &batch->records[i]) < 0)
			whole->out_of_memory = true;
	}
	whole->digest = NULL;
	whole->record = whole->record_file = NULL;
	summary->records += batch->n;
}
