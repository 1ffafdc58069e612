/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ground_show.h"
#include "cmd/version.h"

#include "preprocess/ground/sheet.h"

#include <string.h>

int ground_show_check(const struct command *command, const struct ground_show_options *options)
{
	if (options->side < 32 || options->side > 2000)
		return command_usage(command, "--report-side must be from 32 to 2000");
	if (options->page < 1)
		return command_usage(command, "--report-page must be at least 1");
	if (options->report_only && !options->report)
		return command_usage(command, "--report-only needs --report FILE");
	if (options->report && options->explain)
		return command_usage(command, "give --explain or --report, not both");
	if (options->report && strcmp(options->report, "-") == 0)
		return command_usage(command, "--report takes the name of a file, for it may have several pages");
	return EXIT_OK;
}

int ground_show_report(const struct command *command, const struct common_options *common,
		       const struct ground_show_options *options, const struct dataset *dataset)
{
	struct ground_sheet_options sheet = { (int)options->side, 72, (size_t)options->page,
					      (int)common->jobs, tagsight_version };
	struct ground_sheet_report report;
	struct err err = ERR_INIT;

	if (ground_sheet(dataset, options->report, &sheet, command_progress(command, common), &report,
			 &err) < 0)
		return command_fail(command, &err);
	command_note(command, common, "'%s': %zu records on %zu page%s, %zu boxes, %zu records without one, "
				      "%zu without a picture", options->report, report.records, report.pages,
		     report.pages == 1 ? "" : "s", report.boxes, report.without, report.unreadable);
	return report.bad_lines || report.skipped ? EXIT_PROBLEMS : EXIT_OK;
}
