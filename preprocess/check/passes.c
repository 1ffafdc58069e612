/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/passes.h"

#include "lib/base/file.h"
#include "preprocess/check/findings.h"

#include <string.h>

static struct rule_run *find_run(struct check *check, const char *rule)
{
	for (size_t i = 0; i < check->n_runs; i++)
		if (strcmp(check->runs[i].rule->info.name, rule) == 0)
			return &check->runs[i];
	BUG("a pass names a rule that is not in the tables");
}

static void add(struct finding_sink *sink, const struct finding *finding)
{
	struct pass_sink *pass = (struct pass_sink *)sink;
	struct rule_run *run = find_run(pass->check, finding->rule);
	struct finding_place place = { pass->split_index, finding->file, finding->line,
				       finding->column, finding->record };

	if (finding->level < run->level)
		check_report_milder(pass->check, run, finding->level, &place, finding->fix, "%s",
				    finding->message);
	else
		check_report_at(pass->check, run, &place, finding->fix, "%s", finding->message);
}

struct pass_sink pass_sink(struct check *check, size_t split_index)
{
	return (struct pass_sink){ { add }, check, split_index };
}

bool pass_is_due(const struct check *check, const struct rule_run *run)
{
	const char *text = check->file.split->text;

	if (!file_is_folder(text) && file_size(text) < 0)
		return false;
	for (const struct rule_run *other = check->runs; other < run; other++)
		if (other->enabled && other->rule->file_end == run->rule->file_end)
			return false;
	return true;
}

void pass_failed(struct check *check, const struct err *err)
{
	if (check->failure.kind == ERR_NONE)
		check->failure = *err;
}
