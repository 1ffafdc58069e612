/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/findings.h"

#include "lib/base/checked.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *copy(struct check *check, const char *text)
{
	char *result = text ? arena_copy(&check->arena, text) : NULL;

	if (text && !result)
		check->out_of_memory = true;
	return result;
}

/* Many findings have a file in common, or the advice. */
static const char *copy_again(struct check *check, const char *text, const char **last)
{
	if (!text)
		return NULL;
	if (!*last || strcmp(text, *last) != 0)
		*last = copy(check, text);
	return *last;
}

/* Room for one more of the rule; one past max_per_rule is counted. */
static bool has_room(struct check *check, struct rule_run *run, enum finding_level level)
{
	if (check->options->max_per_rule && run->given >= check->options->max_per_rule) {
		run->suppressed++;
		if (level < run->level)
			run->suppressed_milder[level]++;
		return false;
	}
	if (GROW(check->findings, check->n_findings, check->capacity) < 0) {
		check->out_of_memory = true;
		return false;
	}
	return true;
}

/* Strings are of the arena, or outlive the run. */
static void store(struct check *check, struct rule_run *run, const struct finding *finding)
{
	check->findings[check->n_findings] = (struct stored_finding){ *finding, run,
								      check->n_findings };
	check->n_findings++;
	run->given++;
}

static void add(struct check *check, struct rule_run *run, enum finding_level level,
		const struct finding_place *place, const char *fix, const char *format, va_list args)
	__attribute__((format(printf, 6, 0)));

static void add(struct check *check, struct rule_run *run, enum finding_level level,
		const struct finding_place *place, const char *fix, const char *format, va_list args)
{
	struct finding finding = { .level = level,
				   .rule = run->rule->info.name,
				   .line = place->line,
				   .column = place->column,
				   .split = place->split_index };
	char message[1024];

	if (!run->enabled || !has_room(check, run, level))
		return;
	vsnprintf(message, sizeof(message), format, args);
	finding.file = copy_again(check, place->file, &check->last_file);
	finding.record = copy(check, place->record);
	finding.message = copy(check, message);
	finding.fix = copy_again(check, fix, &run->last_fix);
	store(check, run, &finding);
}

void findings_add(struct check *check, struct rule_run *run, const struct finding_place *place,
		  const char *fix, const char *format, va_list args)
{
	add(check, run, run->level, place, fix, format, args);
}

void check_report(struct check *check, struct rule_run *run, size_t line, size_t column,
		  const char *fix, const char *format, ...)
{
	const char *own = check->record_file;
	struct finding_place place = { check->file.split_index,
				       own ? own : check->file.split->text, line,
				       own ? 0 : column, check->record };
	va_list args;

	va_start(args, format);
	findings_add(check, run, &place, fix, format, args);
	va_end(args);
}

void check_report_at(struct check *check, struct rule_run *run, const struct finding_place *place,
		     const char *fix, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	findings_add(check, run, place, fix, format, args);
	va_end(args);
}

void check_report_milder(struct check *check, struct rule_run *run, enum finding_level level,
			 const struct finding_place *place, const char *fix, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(check, run, run->raised ? run->level : level, place, fix, format, args);
	va_end(args);
}

static void join_finding(struct check *check, const struct stored_finding *stored)
{
	struct rule_run *run = &check->runs[stored->run->order];
	struct finding finding = stored->finding;

	if (!has_room(check, run, finding.level))
		return;
	finding.file = copy_again(check, finding.file, &check->last_file);
	finding.record = copy(check, finding.record);
	finding.message = copy(check, finding.message);
	finding.fix = copy_again(check, finding.fix, &run->last_fix);
	store(check, run, &finding);
}

static void join_suppressed(struct rule_run *run, const struct rule_run *part)
{
	run->suppressed += part->suppressed;
	for (size_t level = 0; level < LEVEL_ERROR; level++)
		run->suppressed_milder[level] += part->suppressed_milder[level];
}

void findings_join(struct check *check, const struct check *part)
{
	for (size_t i = 0; i < part->n_findings; i++)
		join_finding(check, &part->findings[i]);
	for (size_t i = 0; i < part->n_runs; i++)
		join_suppressed(&check->runs[i], &part->runs[i]);
}

void findings_take_back(struct check *check, struct rule_run *run)
{
	size_t kept = 0;

	for (size_t i = 0; i < check->n_findings; i++) {
		struct stored_finding *stored = &check->findings[i];

		if (stored->run == run && stored->finding.split == check->file.split_index)
			run->given--;
		else
			check->findings[kept++] = *stored;
	}
	check->n_findings = kept;
	run->suppressed = run->suppressed_before;
}

static int compare_size(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

/* By split, the text before the pictures, file, line, column, rule. */
static int compare_findings(const void *a, const void *b)
{
	const struct stored_finding *x = a, *y = b;
	const struct finding *f = &x->finding, *g = &y->finding;
	int order = compare_size(x->finding.split, y->finding.split);

	if (order == 0)
		order = (f->line == 0) - (g->line == 0);
	if (order == 0)
		order = strcmp(f->file, g->file);
	if (order == 0)
		order = compare_size(f->line, g->line);
	if (order == 0)
		order = compare_size(f->column, g->column);
	if (order == 0)
		order = compare_size(x->run->order, y->run->order);
	return order ? order : compare_size(x->number, y->number);
}

static void count(struct check_summary *summary, enum finding_level level, size_t n)
{
	if (level == LEVEL_ERROR)
		summary->errors += n;
	else if (level == LEVEL_WARNING)
		summary->warnings += n;
	else
		summary->notes += n;
}

void findings_give(struct check *check, struct finding_sink *sink, struct check_summary *summary)
{
	if (check->n_findings)
		qsort(check->findings, check->n_findings, sizeof(*check->findings),
		      compare_findings);
	for (size_t i = 0; i < check->n_findings; i++) {
		count(summary, check->findings[i].finding.level, 1);
		sink->add(sink, &check->findings[i].finding);
	}
	for (size_t i = 0; i < check->n_runs; i++) {
		const struct rule_run *run = &check->runs[i];
		size_t milder = 0;

		for (int level = LEVEL_NOTE; level < LEVEL_ERROR; level++) {
			count(summary, level, run->suppressed_milder[level]);
			milder += run->suppressed_milder[level];
		}
		count(summary, run->level, run->suppressed - milder);
		summary->suppressed += run->suppressed;
		if (run->suppressed && check->options->suppressed)
			check->options->suppressed(sink, run->rule->info.name, run->suppressed);
	}
}
