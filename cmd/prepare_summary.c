/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/prepare.h"

#include "lib/base/checked.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <string.h>

#define SKIPPED_SHOWN 10

const char *prepare_stage_name(enum prepare_stage stage)
{
	static const char *const names[] = { "unpack", "check", "predict", "phrases", "ground" };

	return names[stage];
}

void prepare_summary_init(struct prepare_summary *summary)
{
	memset(summary, 0, sizeof(*summary));
	str_table_init(&summary->rules);
	str_list_init(&summary->skipped);
}

void prepare_summary_release(struct prepare_summary *summary)
{
	str_table_release(&summary->rules);
	str_list_release(&summary->skipped);
	free(summary->by_rule);
	prepare_summary_init(summary);
}

static int count_rule(struct prepare_summary *summary, const struct finding *finding)
{
	long id = str_table_find(&summary->rules, finding->rule, strlen(finding->rule));

	if (id < 0) {
		id = str_table_add(&summary->rules, finding->rule, strlen(finding->rule));
		if (id < 0 || GROW(summary->by_rule, (size_t)id, summary->by_rule_capacity) < 0)
			return -1;
		summary->by_rule[id] = (struct prepare_rule){ finding->level, 0 };
	}
	summary->by_rule[id].n++;
	return 0;
}

/* Errors whose picture or record the later stages go without. */
static bool is_left_out(const char *rule)
{
	return strncmp(rule, "image-", 6) == 0 || strcmp(rule, "text-long-line") == 0 ||
	       strcmp(rule, "re-syntax") == 0;
}

int prepare_summary_count(struct prepare_summary *summary, const struct finding *finding)
{
	struct buf line = BUF_INIT;

	if (count_rule(summary, finding) < 0)
		return -1;
	if (finding->level != LEVEL_ERROR || !is_left_out(finding->rule))
		return 0;
	buf_add_string(&line, finding->file);
	if (finding->line)
		buf_add_format(&line, ":%zu", finding->line);
	buf_add_format(&line, ": %s", finding->message);
	return str_list_add_nodup(&summary->skipped, buf_detach(&line));
}

bool prepare_summary_problems(const struct prepare_summary *summary)
{
	return summary->check.errors || summary->files_refused || summary->predict.skipped ||
	       summary->phrases.skipped || summary->ground.unreadable;
}

static size_t predicted(const struct prepare_summary *summary)
{
	return summary->predict.records + summary->predicted_before;
}

static const char *plural(size_t n)
{
	return n == 1 ? "" : "s";
}

/* Rules by level, errors first, then in the order in which they were found. */
static void print_rules(const struct prepare_summary *summary, FILE *out)
{
	for (int level = LEVEL_ERROR; level >= LEVEL_NOTE; level--)
		for (size_t id = 0; id < summary->rules.n; id++)
			if ((int)summary->by_rule[id].level == level)
				fprintf(out, "            %5zu %-8s %s\n", summary->by_rule[id].n,
					finding_level_name(summary->by_rule[id].level),
					str_table_text(&summary->rules, id));
}

static void print_times(const struct prepare_summary *summary, FILE *out)
{
	const char *separator = " (";
	double total = 0;

	for (int stage = 0; stage < PREPARE_STAGES; stage++)
		total += summary->seconds[stage];
	fprintf(out, "  time      %.1f s", total);
	for (int stage = 0; stage < PREPARE_STAGES; stage++) {
		if (!summary->ran[stage])
			continue;
		fprintf(out, "%s%s %.1f", separator, prepare_stage_name(stage),
			summary->seconds[stage]);
		separator = ", ";
	}
	fputs(strcmp(separator, ", ") == 0 ? ")\n" : "\n", out);
}

static void print_skipped(const struct prepare_summary *summary, FILE *out)
{
	size_t n = summary->skipped.n;

	for (size_t i = 0; i < n && i < SKIPPED_SHOWN; i++)
		fprintf(out, "  %-9s %s\n", i ? "" : "skipped", summary->skipped.items[i]);
	if (n > SKIPPED_SHOWN)
		fprintf(out, "            and %zu more, in --format json\n", n - SKIPPED_SHOWN);
}

/* A word of a command as a shell reads it back. */
static void print_word(const char *word, FILE *out)
{
	if (strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-+:,@%") ==
	    strlen(word)) {
		fputs(word, out);
		return;
	}
	fputc('\'', out);
	for (; *word; word++)
		fputs(*word == '\'' ? "'\\''" : (char[]){ *word, '\0' }, out);
	fputc('\'', out);
}

static void print_data(const struct prepare_summary *summary, FILE *out)
{
	if (summary->archives)
		fprintf(out, "  archives  %zu: %zu file%s written, %zu there already, %zu refused\n",
			summary->archives, summary->files_written, plural(summary->files_written),
			summary->files_kept, summary->files_refused);
	fprintf(out, "  records   %zu in %zu split%s: %zu tweet%s with tags, %zu with relations\n",
		summary->tweets + summary->relations, summary->splits, plural(summary->splits),
		summary->tweets, plural(summary->tweets), summary->relations);
}

static void print_check(const struct prepare_summary *summary, FILE *out)
{
	const struct check_summary *check = &summary->check;

	fprintf(out, "  findings  %zu error%s, %zu warning%s, %zu note%s\n", check->errors,
		plural(check->errors), check->warnings, plural(check->warnings), check->notes,
		plural(check->notes));
	print_rules(summary, out);
}

/* " (N of them by an earlier run)". */
static void print_before(size_t n, FILE *out)
{
	if (n)
		fprintf(out, " (%zu of them by an earlier run)", n);
	fputc('\n', out);
}

static void print_predict(const struct prepare_summary *summary, FILE *out)
{
	size_t n = predicted(summary);

	fprintf(out, "  tags      predicted for %zu tweet%s", n, plural(n));
	print_before(summary->predicted_before, out);
}

static void print_ground(const struct prepare_summary *summary, FILE *out)
{
	const struct ground_report *ground = &summary->ground;

	fprintf(out, "  pictures  %zu", ground->pictures);
	print_before(ground->resumed, out);
	if (ground->unreadable)
		fprintf(out, "            %zu of them missing or unreadable\n", ground->unreadable);
	fprintf(out, "  crops     %zu, named in the dict files of %zu record%s; %zu %s none\n",
		ground->crops, ground->records, plural(ground->records), ground->without,
		ground->without == 1 ? "has" : "have");
}

static void print_text(const struct prepare_summary *summary, FILE *out)
{
	fprintf(out, "%s\n", summary->folder);
	print_data(summary, out);
	if (summary->ran[PREPARE_CHECK])
		print_check(summary, out);
	if (summary->ran[PREPARE_PREDICT])
		print_predict(summary, out);
	if (summary->ran[PREPARE_PHRASES])
		fprintf(out, "  phrases   %zu\n", summary->phrases.phrases);
	if (summary->ran[PREPARE_GROUND])
		print_ground(summary, out);
	print_skipped(summary, out);
	print_times(summary, out);
	fputs("next: tagsight review ", out);
	print_word(summary->folder, out);
	fputc('\n', out);
}

static void set_size(json_t *object, const char *key, size_t value)
{
	json_object_set_new(object, key, json_integer((json_int_t)value));
}

static json_t *findings_object(const struct prepare_summary *summary)
{
	json_t *findings = json_object(), *rules = json_object();

	set_size(findings, "errors", summary->check.errors);
	set_size(findings, "warnings", summary->check.warnings);
	set_size(findings, "notes", summary->check.notes);
	for (size_t id = 0; id < summary->rules.n; id++)
		set_size(rules, str_table_text(&summary->rules, id), summary->by_rule[id].n);
	json_object_set_new(findings, "rules", rules);
	return findings;
}

static json_t *seconds_object(const struct prepare_summary *summary)
{
	json_t *seconds = json_object();

	for (int stage = 0; stage < PREPARE_STAGES; stage++)
		if (summary->ran[stage])
			json_object_set_new(seconds, prepare_stage_name(stage),
					    json_real(summary->seconds[stage]));
	return seconds;
}

static void print_json(const struct prepare_summary *summary, FILE *out)
{
	json_t *object = json_object(), *skipped = json_array();

	json_object_set_new(object, "folder", json_text(summary->folder));
	set_size(object, "archives", summary->archives);
	set_size(object, "written", summary->files_written);
	set_size(object, "kept", summary->files_kept);
	set_size(object, "refused", summary->files_refused);
	set_size(object, "splits", summary->splits);
	set_size(object, "tweets", summary->tweets);
	set_size(object, "relations", summary->relations);
	json_object_set_new(object, "findings", findings_object(summary));
	set_size(object, "predicted", predicted(summary));
	set_size(object, "predicted_before", summary->predicted_before);
	set_size(object, "phrases", summary->phrases.phrases);
	set_size(object, "pictures", summary->ground.pictures);
	set_size(object, "pictures_before", summary->ground.resumed);
	set_size(object, "unreadable", summary->ground.unreadable);
	set_size(object, "crops", summary->ground.crops);
	set_size(object, "without_crops", summary->ground.without);
	for (size_t i = 0; i < summary->skipped.n; i++)
		json_array_append_new(skipped, json_text(summary->skipped.items[i]));
	json_object_set_new(object, "skipped", skipped);
	json_object_set_new(object, "seconds", seconds_object(summary));
	json_line_write(out, object);
}

void prepare_summary_print(const struct prepare_summary *summary, bool json, FILE *out)
{
	if (json)
		print_json(summary, out);
	else
		print_text(summary, out);
}
