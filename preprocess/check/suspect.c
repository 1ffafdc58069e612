/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/suspect_priv.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/utf8.h"
#include "preprocess/check/rules.h"

#include <stdlib.h>
#include <string.h>

/* What may become a finding: some words of a record. */
struct suspicion {
	size_t record, begin, end, worst; /* words; the worst one is the first of the lowest score */
	const char *type;                 /* of an entity */
	double score;
};

struct judging {
	const struct suspect_options *options;
	bool relations; /* each is a record of one word, whatever the unit */
	struct suspect_data data;
	struct suspicion *found;
	size_t n_found, capacity;
};

static int apply_filter(struct judging *judging, struct err *err)
{
	struct suspect_data *data = &judging->data;
	const struct label_data labels = { data->given, data->rows, data->n_rows, data->labels.n };
	bool *taken = checked_calloc(data->n_rows, sizeof(*taken));
	size_t *issues = NULL, n = 0;
	int rc = -1;

	if (!taken)
		err_set_memory(err);
	else
		rc = label_issues(&labels, judging->options->filter, judging->options->score, &issues, &n,
				  err);
	for (size_t i = 0; i < n; i++)
		taken[issues[i]] = true;
	for (size_t i = 0; rc == 0 && i < data->n_words; i++)
		data->words[i].taken = data->words[i].row != SUSPECT_NONE && taken[data->words[i].row];
	free(issues);
	free(taken);
	return rc;
}

/* Keep the words [begin, end) when they are a finding. */
static int consider(struct judging *judging, size_t record, size_t begin, size_t end,
		    const char *type)
{
	struct suspicion suspicion = { record, begin, end, SUSPECT_NONE, type, 0 };
	bool taken = false;

	for (size_t i = begin; i < end; i++) {
		const struct suspect_word *word = &judging->data.words[i];

		taken = taken || word->taken;
		if (word->score < 0 || (suspicion.worst != SUSPECT_NONE && word->score >= suspicion.score))
			continue;
		suspicion.worst = i;
		suspicion.score = word->score;
	}
	if (suspicion.worst == SUSPECT_NONE ||
	    !(judging->options->filtered ? taken : suspicion.score < judging->options->below))
		return 0;
	if (GROW(judging->found, judging->n_found, judging->capacity) < 0)
		return -1;
	judging->found[judging->n_found++] = suspicion;
	return 0;
}

static const char **record_tags(struct suspect_data *data, const struct suspect_record *record)
{
	size_t n = record->end - record->begin;
	const char **tags = arena_alloc(&data->arena, n + 1, sizeof(*tags));

	for (size_t i = 0; tags && i < n; i++)
		tags[i] = data->words[record->begin + i].tag;
	return tags;
}

/* Learn how the text writes its entities. */
static int learn_scheme(struct suspect_data *data)
{
	for (size_t i = 0; i < data->n_records; i++) {
		const struct suspect_record *record = &data->records[i];
		const char **tags = record_tags(data, record);

		if (!tags)
			return -1;
		entity_reader_add(&data->entities, tags, record->end - record->begin);
	}
	return 0;
}

static int consider_entities(struct judging *judging, size_t number)
{
	struct suspect_data *data = &judging->data;
	const struct suspect_record *record = &data->records[number];
	size_t n = record->end - record->begin, n_spans;
	const char **tags = record_tags(data, record);
	struct span *spans;
	struct err err = ERR_INIT;

	if (!tags || entity_reader_spans(&data->entities, tags, n, &spans, &n_spans, &data->arena, &err) < 0)
		return -1;
	for (size_t i = 0; i < n_spans; i++)
		if (consider(judging, number, record->begin + spans[i].begin,
			     record->begin + spans[i].end, spans[i].type) < 0)
			return -1;
	return 0;
}

static int consider_record(struct judging *judging, size_t number)
{
	const struct suspect_record *record = &judging->data.records[number];

	if (judging->options->unit == SUSPECT_ENTITY && !judging->relations)
		return consider_entities(judging, number);
	if (judging->options->unit == SUSPECT_SENTENCE)
		return consider(judging, number, record->begin, record->end, NULL);
	for (size_t i = record->begin; i < record->end; i++)
		if (consider(judging, number, i, i + 1, NULL) < 0)
			return -1;
	return 0;
}

static int compare_suspicions(const void *a, const void *b)
{
	const struct suspicion *x = a, *y = b;

	if (x->score != y->score)
		return x->score < y->score ? -1 : 1;
	return (x->begin > y->begin) - (x->begin < y->begin);
}

/* ---- findings ---- */

static void describe_subject(const struct judging *judging, const struct suspicion *suspicion,
			     struct buf *out)
{
	const struct suspect_word *words = judging->data.words;
	struct buf text = BUF_INIT;
	char shown[UTF8_SHOWN];

	if (judging->relations) {
		buf_add_format(out, "'%s'", utf8_show(words[suspicion->begin].tag, shown));
		buf_add_format(out, " of '%s'", utf8_show(words[suspicion->begin].text, shown));
	} else if (judging->options->unit == SUSPECT_TOKEN) {
		buf_add_format(out, "'%s'", utf8_show(words[suspicion->begin].tag, shown));
	} else if (judging->options->unit == SUSPECT_SENTENCE) {
		buf_add_string(out, "the sentence");
	} else {
		for (size_t i = suspicion->begin; i < suspicion->end; i++)
			buf_add_format(&text, "%s%s", i > suspicion->begin ? " " : "", words[i].text);
		buf_add_format(out, "'%s'", utf8_show(text.data, shown));
		buf_add_format(out, " as %s", utf8_show(suspicion->type, shown));
	}
	buf_release(&text);
}

static void describe(const struct judging *judging, const struct suspicion *suspicion,
		     struct buf *out)
{
	const struct suspect_word *worst = &judging->data.words[suspicion->worst];
	char shown[UTF8_SHOWN];

	describe_subject(judging, suspicion, out);
	buf_add_format(out, " scores %.3g", suspicion->score);
	if (judging->options->unit != SUSPECT_TOKEN && suspicion->end > suspicion->begin + 1)
		buf_add_format(out, " for '%s'", utf8_show(worst->text, shown));
	if (worst->likelier) {
		buf_add_format(out, ": '%s' is likelier", utf8_show(worst->likelier, shown));
		buf_add_format(out, ", %.3f", worst->probability);
	} else {
		buf_add_format(out, ": no label is likelier than '%s'", utf8_show(worst->tag, shown));
	}
}

static int give_finding(const struct judging *judging, const struct suspicion *suspicion,
			enum finding_level level, const struct split *split,
			struct finding_sink *sink, struct err *err)
{
	static const char *const units[] = { "token", "entity", "sentence" };
	const struct suspect_record *record = &judging->data.records[suspicion->record];
	const struct suspect_word *worst = &judging->data.words[suspicion->worst];
	const struct suspect_word *place = judging->options->unit == SUSPECT_ENTITY
						   ? &judging->data.words[suspicion->begin]
						   : worst;
	const struct finding_label label = { judging->relations ? "relation" : units[judging->options->unit],
					     label_score_name(judging->options->score),
					     suspicion->score, worst->text, worst->tag,
					     worst->likelier ? worst->likelier : worst->tag,
					     worst->probability };
	struct buf message = BUF_INIT;
	struct finding finding = { .level = level,
				   .rule = "label-suspect",
				   .file = record->file ? record->file : split->text,
				   .line = place->line,
				   .column = place->column,
				   .record = record->name,
				   .label = &label };

	describe(judging, suspicion, &message);
	if (message.failed)
		return err_set_memory(err);
	finding.message = message.data;
	sink->add(sink, &finding);
	buf_release(&message);
	return 0;
}

static int give_findings(struct judging *judging, const struct check_options *check,
			 enum finding_level level, const struct split *split,
			 struct finding_sink *sink, struct check_summary *summary, struct err *err)
{
	size_t shown = judging->n_found;

	if (check->max_per_rule && shown > check->max_per_rule)
		shown = check->max_per_rule;
	if (judging->n_found)
		qsort(judging->found, judging->n_found, sizeof(*judging->found), compare_suspicions);
	for (size_t i = 0; i < shown; i++)
		if (give_finding(judging, &judging->found[i], level, split, sink, err) < 0)
			return -1;
	summary->suppressed = judging->n_found - shown;
	if (summary->suppressed && check->suppressed)
		check->suppressed(sink, "label-suspect", summary->suppressed);
	*(level == LEVEL_ERROR	   ? &summary->errors
	  : level == LEVEL_WARNING ? &summary->warnings
				   : &summary->notes) = judging->n_found;
	return 0;
}

/* The rule's level in this run. */
static int find_level(const struct check_options *check, enum finding_level *level, struct err *err)
{
	size_t n;
	struct rule_run *runs = rules_choose(check, &n, err);

	if (!runs)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (strcmp(runs[i].rule->info.name, "label-suspect") == 0)
			*level = runs[i].level;
	free(runs);
	return 0;
}

static const struct split *find_split(const struct dataset *dataset, struct err *err)
{
	if (dataset->n_splits == 1)
		return &dataset->splits[0];
	err_set(err, ERR_USAGE, dataset->n_splits ? "the predictions are of one text: choose it with --split "
						     "and --task"
						   : "the data have no text");
	return NULL;
}

int suspect_run(const struct suspect_options *options, const struct check_options *check,
		const struct dataset *dataset, struct finding_sink *sink,
		struct check_summary *summary, struct suspect_counts *counts,
		struct progress *progress, struct err *err)
{
	const struct split *split = find_split(dataset, err);
	struct judging judging = { .options = options };
	enum finding_level level = LEVEL_WARNING;
	int rc;

	memset(summary, 0, sizeof(*summary));
	memset(counts, 0, sizeof(*counts));
	if (!split || find_level(check, &level, err) < 0)
		return -1;
	judging.relations = split->task == TASK_RE;
	progress_begin(progress, "suspect", "records", 0);
	rc = judging.relations
		     ? suspect_read_relations(&judging.data, options, split, counts, progress, err)
		     : suspect_read_sentences(&judging.data, options, split, counts, progress, err);
	progress_end(progress);
	if (rc == 0 && options->filtered)
		rc = apply_filter(&judging, err);
	if (rc == 0 && options->unit == SUSPECT_ENTITY && !judging.relations && learn_scheme(&judging.data) < 0)
		rc = err_set_memory(err);
	for (size_t i = 0; rc == 0 && i < judging.data.n_records; i++)
		rc = consider_record(&judging, i) < 0 ? err_set_memory(err) : 0;
	summary->files = 1;
	summary->records = counts->records;
	if (rc == 0)
		rc = give_findings(&judging, check, level, split, sink, summary, err);
	free(judging.found);
	suspect_release(&judging.data);
	return rc;
}
