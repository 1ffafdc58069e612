/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/rules.h"

#include "lib/base/checked.h"
#include "preprocess/load/load.h"

#include <stdlib.h>
#include <string.h>

static const struct rule *const groups[] = { rules_text, rules_conll, rules_tag, rules_re,
					     rules_image, rules_image_set, rules_dict,
					     rules_voc, rules_load, rules_label };

#define N_GROUPS (sizeof(groups) / sizeof(*groups))

static const struct rule *rule_at(size_t index)
{
	for (size_t g = 0; g < N_GROUPS; g++)
		for (const struct rule *rule = groups[g]; rule->info.name; rule++)
			if (index-- == 0)
				return rule;
	return NULL;
}

bool check_rule(size_t index, struct rule_info *info)
{
	const struct rule *rule = rule_at(index);

	if (rule)
		*info = rule->info;
	return rule != NULL;
}

/* A name, or the start of names up to a hyphen: "tag-". */
static bool names_rule(const char *name, const char *rule)
{
	size_t length = strlen(name);

	if (length && name[length - 1] == '-')
		return strncmp(name, rule, length) == 0;
	return strcmp(name, rule) == 0;
}

static bool chosen(const struct str_list *names, const char *rule)
{
	for (size_t i = 0; names && i < names->n; i++)
		if (names_rule(names->items[i], rule))
			return true;
	return false;
}

static int check_names(const struct str_list *names, struct err *err)
{
	for (size_t i = 0; names && i < names->n; i++) {
		const struct rule *rule;
		size_t index = 0;

		while ((rule = rule_at(index)) && !names_rule(names->items[i], rule->info.name))
			index++;
		if (!rule)
			return err_set(err, ERR_USAGE,
				       "'%s' is not a rule; 'tagsight check --rules' lists them",
				       names->items[i]);
	}
	return 0;
}

struct rule_run *rules_choose(const struct check_options *options, size_t *n, struct err *err)
{
	struct rule_run *runs;
	size_t count = 0;

	if (check_names(options->only, err) < 0 || check_names(options->except, err) < 0 ||
	    check_names(options->error, err) < 0)
		return NULL;
	while (rule_at(count))
		count++;
	for (size_t i = 0; options->loaders && i < options->loaders->n; i++)
		if (!loader_find(options->loaders->items[i]))
			return err_set(err, ERR_USAGE, "'%s' is no loader: take %s",
				       options->loaders->items[i], LOADER_NAMES),
			       NULL;
	runs = checked_calloc(count, sizeof(*runs));
	if (!runs) {
		err_set_memory(err);
		return NULL;
	}
	for (size_t i = 0; i < count; i++) {
		const struct rule *rule = rule_at(i);
		const char *name = rule->info.name;

		runs[i].rule = rule;
		runs[i].order = i;
		runs[i].raised = chosen(options->error, name);
		runs[i].level = runs[i].raised ? LEVEL_ERROR : rule->info.level;
		runs[i].enabled = !chosen(options->except, name);
		if (options->only && options->only->n && !chosen(options->only, name))
			runs[i].enabled = false;
	}
	*n = count;
	return runs;
}

unsigned rules_needs(const struct rule_run *runs, size_t n)
{
	unsigned needs = 0;

	for (size_t i = 0; i < n; i++)
		if (runs[i].enabled)
			needs |= runs[i].rule->needs;
	return needs;
}

static bool is_about_pictures(const struct rule_run *run)
{
	return run->enabled && (run->rule->picture || run->rule->pictures_end);
}

int rules_list_record_runs(struct check *check, bool anywhere)
{
	check->record_runs = checked_calloc(check->n_runs, sizeof(*check->record_runs));
	for (size_t i = 0; check->record_runs && i < check->n_runs; i++) {
		const struct rule *rule = check->runs[i].rule;

		if (check->runs[i].enabled && rule->anywhere == anywhere &&
		    (rule->sentence || rule->relation || rule->bad_record))
			check->record_runs[check->n_record_runs++] = &check->runs[i];
	}
	return check->record_runs ? 0 : -1;
}

bool rules_need_pictures(const struct rule_run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_about_pictures(&runs[i]))
			return true;
	return false;
}

bool rules_need_decoding(const struct rule_run *runs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (is_about_pictures(&runs[i]) && !runs[i].rule->names_only)
			return true;
	return false;
}

void *check_state(struct check *check, struct rule_run *run, size_t size)
{
	if (!run->state)
		run->state = calloc(1, size);
	if (!run->state)
		check->out_of_memory = true;
	return run->state;
}
