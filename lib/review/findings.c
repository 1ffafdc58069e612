/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

/* Whether a finding names a line of the file under review; its folder may be called otherwise. */
static bool about_text(const struct review *review, const struct finding *finding)
{
	return finding->line && finding->file &&
	       strcmp(file_base_name(finding->file), file_base_name(review->path)) == 0;
}

/* The record that a finding is about, by its line in the text file or its name, or SIZE_MAX. */
static size_t record_of(const struct review *review, const struct finding *finding)
{
	const char *record = finding->record;

	if (about_text(review, finding))
		return review_record_by_line(review, finding->line);
	if (!record || strncmp(record, "IMGID:", strlen("IMGID:")) != 0)
		return SIZE_MAX;
	return review_record_by_id(review, record + strlen("IMGID:"));
}

/* The word that a finding is about: the lines of a record follow each other. */
static size_t word_of(const struct review *review, const struct review_entry *entry,
		      const struct finding *finding)
{
	size_t first = entry->line + (entry->id_hash ? 1 : 0);

	if (!about_text(review, finding) || finding->line < first ||
	    finding->line - first >= entry->n_tokens)
		return SIZE_MAX;
	return finding->line - first;
}

static bool is_of_model(const char *rule)
{
	return strcmp(rule, "label-suspect") == 0;
}

/* A finding and its place among all, by which those of a record are in order. */
struct kept_finding {
	struct review_finding finding; /* first */
	size_t number;
};

static size_t number_of(const struct review_finding *finding)
{
	return finding ? ((const struct kept_finding *)finding)->number : SIZE_MAX;
}

/* Put a finding at the end of a list and return where the next one goes. */
static const struct review_finding **put(const struct review_finding **end,
					 const struct review_finding *finding)
{
	*end = finding;
	return (const struct review_finding **)(uintptr_t)&finding->next;
}

void review_judge_findings(struct review *review,
			   bool (*holds)(const struct review_finding *finding,
					 const struct review_record *record))
{
	review->finding_holds = holds;
}

static void weigh(struct review_entry *entry, const struct review_finding *finding)
{
	if (entry->worst < (uint8_t)finding->level + 1)
		entry->worst = (uint8_t)((uint8_t)finding->level + 1);
	entry->suspect |= is_of_model(finding->rule);
}

bool review_settle_findings(struct review *review, size_t record)
{
	struct review_entry *entry = &review->entries[record];
	struct review_decision *decision = &review->decided[entry->decided - 1];
	const struct review_finding *open = entry->findings, *settled = decision->settled;
	const struct review_finding **holding = &entry->findings, **others = &decision->settled;
	const struct review_record *read;

	if (!review->finding_holds || (!open && !settled))
		return false;
	read = review_record(review, record);
	entry->worst = 0;
	entry->suspect = false;
	while (open || settled) {
		const struct review_finding **first =
			number_of(open) < number_of(settled) ? &open : &settled;
		const struct review_finding *finding = *first;

		*first = finding->next;
		if (review->finding_holds(finding, read)) {
			holding = put(holding, finding);
			weigh(entry, finding);
		} else {
			others = put(others, finding);
		}
	}
	*holding = *others = NULL;
	return true;
}

/* Behind those that the record has. */
static void append(struct review *review, size_t at, const struct review_finding *finding)
{
	struct review_entry *entry = &review->entries[at];
	const struct review_finding **last = &entry->findings;

	while (*last)
		last = (const struct review_finding **)(uintptr_t)&(*last)->next;
	*last = finding;
	review_tally(review, entry, false);
	weigh(entry, finding);
	if (entry->decided)
		review_settle_findings(review, at);
	review_tally(review, entry, true);
	review_forget(review, at);
}

/* Rules are few: each name is kept once. */
static const char *rule_name(struct review *review, const char *rule)
{
	long number = str_table_add(&review->tag_names, rule, strlen(rule));

	return number < 0 ? NULL : str_table_text(&review->tag_names, (size_t)number);
}

/* Text that the review keeps; NULL stays NULL. */
static const char *keep(struct review *review, const char *text)
{
	return text ? arena_copy(&review->arena, text) : NULL;
}

static const struct finding_label *keep_label(struct review *review,
					      const struct finding_label *label)
{
	struct finding_label *kept = label ? arena_alloc(&review->arena, 1, sizeof(*kept)) : NULL;

	if (!kept)
		return NULL;
	*kept = *label;
	kept->unit = kept->method = NULL;
	kept->word = keep(review, label->word);
	kept->given = keep(review, label->given);
	kept->likelier = keep(review, label->likelier);
	return kept->word && kept->given && kept->likelier ? kept : NULL;
}

static void add_finding(struct finding_sink *sink, const struct finding *finding)
{
	struct review *review = (struct review *)((char *)sink - offsetof(struct review, sink));
	size_t at = record_of(review, finding);
	struct kept_finding *place;
	struct review_finding *kept;

	if (at == SIZE_MAX || (review->blind && is_of_model(finding->rule)))
		return;
	place = arena_alloc(&review->arena, 1, sizeof(*place));
	if (!place)
		return;
	place->number = review->n_findings++;
	kept = &place->finding;
	kept->level = finding->level;
	kept->word = word_of(review, &review->entries[at], finding);
	kept->rule = rule_name(review, finding->rule);
	kept->message = arena_copy(&review->arena, finding->message);
	kept->fix = keep(review, finding->fix);
	kept->label = keep_label(review, finding->label);
	if (kept->rule && kept->message)
		append(review, at, kept);
}

struct finding_sink *review_finding_sink(struct review *review)
{
	review->sink.add = add_finding;
	return &review->sink;
}

static enum finding_level level_of(const char *name)
{
	if (strcmp(name, "error") == 0)
		return LEVEL_ERROR;
	return strcmp(name, "warning") == 0 ? LEVEL_WARNING : LEVEL_NOTE;
}

static size_t line_of(const json_t *object)
{
	json_int_t line = json_integer_value(json_object_get(object, "line"));

	return line > 0 ? (size_t)line : 0;
}

static void take(struct review *review, const json_t *object)
{
	struct finding_sink *sink = review_finding_sink(review);
	struct finding_label label = {
		.word = json_get_string(object, "word", NULL),
		.given = json_get_string(object, "given", NULL),
		.likelier = json_get_string(object, "likelier", NULL),
	};
	struct finding finding = {
		.level = level_of(json_get_string(object, "level", "")),
		.rule = json_get_string(object, "rule", NULL),
		.file = json_get_string(object, "file", NULL),
		.line = line_of(object),
		.record = json_get_string(object, "record", NULL),
		.message = json_get_string(object, "message", NULL),
		.fix = json_get_string(object, "fix", NULL),
		.label = label.likelier ? &label : NULL,
	};

	if (finding.rule && finding.message)
		sink->add(sink, &finding);
}

bool review_findings_step(struct review *review)
{
	struct review_lines *findings = &review->findings;
	struct err err = ERR_INIT;
	enum read_status status;
	json_t *object;

	if (!findings->open)
		return false;
	status = json_lines_next(&findings->lines, &object, &err);
	if (status == READ_OK)
		take(review, object);
	json_decref(object);
	if (status == READ_FAIL)
		review_fail(review, &err);
	if (status <= READ_EOF)
		review_lines_close(findings);
	return true;
}

int review_read_findings(struct review *review, const char *path, struct err *err)
{
	struct review_lines *findings = &review->findings;

	review_lines_close(findings);
	findings->path = strdup(path);
	if (!findings->path)
		return err_set_memory(err);
	if (json_lines_open(&findings->lines, findings->path, err) < 0) {
		review_lines_close(findings);
		return -1;
	}
	findings->open = true;
	while (!review->reader && findings->open && findings->lines.end < REVIEW_OPENING_BYTES)
		review_findings_step(review);
	return review_fault(review, err);
}
