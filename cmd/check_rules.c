/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_rules.h"

#include "lib/formats/json_lines.h"
#include "preprocess/check/check.h"

#include <string.h>

static void write_rule(FILE *out, const struct rule_info *info, bool json, bool whole)
{
	if (json)
		json_line_write(out, json_pack("{ss ss ss ss}", "rule", info->name, "level",
					       finding_level_name(info->level), "summary",
					       info->summary, "explanation", info->explanation));
	else if (whole)
		fprintf(out, "%s (%s): %s\n\n%s\n", info->name, finding_level_name(info->level),
			info->summary, info->explanation);
	else
		fprintf(out, "%-24s %-8s %s\n", info->name, finding_level_name(info->level),
			info->summary);
}

int check_rules_list(const struct command *command, const struct common_options *common,
		     const char *name)
{
	bool json = strcmp(common->format, "json") == 0, found = false;
	struct command_output *output;
	struct rule_info info;
	int status = EXIT_OK;

	output = command_output_open(command, common->output, &status);
	if (!output)
		return status;
	for (size_t i = 0; check_rule(i, &info); i++) {
		if (name && strcmp(name, info.name) != 0)
			continue;
		write_rule(command_output_stream(output), &info, json, name != NULL);
		found = true;
	}
	if (!found)
		status = command_usage(command, "'%s' is not a rule", name);
	return command_output_close(command, output, status);
}
