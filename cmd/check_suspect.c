/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/check_suspect.h"

#include "preprocess/check/suspect.h"

#include <string.h>

static enum suspect_unit unit_of(const char *name)
{
	if (strcmp(name, "entity") == 0)
		return SUSPECT_ENTITY;
	return strcmp(name, "sentence") == 0 ? SUSPECT_SENTENCE : SUSPECT_TOKEN;
}

static void note_counts(const struct command *command, const struct common_options *common,
			const struct suspect_counts *counts)
{
	command_note(command, common,
		     "the scores mean little if the model was trained on these labels: predict each part "
		     "of the data with a model trained on the others");
	if (counts->bounded)
		command_note(command, common,
			     "%zu words are scored by the most that their label can have, 1 less the "
			     "confidence of the predicted one; 'tagsight predict --format json "
			     "--probabilities' gives more",
			     counts->bounded);
	if (counts->unpredicted)
		command_note(command, common, "%zu of %zu records have no prediction", counts->unpredicted,
			     counts->records);
	if (counts->unseen)
		command_note(command, common, "%zu words were not seen by the model", counts->unseen);
	if (counts->unnamed)
		command_note(command, common,
			     "%zu words have a tag that is no label of the predictions, such as '%s'",
			     counts->unnamed, counts->unnamed_tag);
}

int check_suspect(const struct command *command, const struct common_options *common,
		  const struct suspect_choice *choice, const struct check_options *check,
		  const struct dataset *dataset, struct check_printer *printer,
		  struct check_summary *summary)
{
	struct suspect_options options = SUSPECT_OPTIONS_INIT;
	struct suspect_counts counts;
	struct err err = ERR_INIT;

	options.predictions = choice->predictions;
	options.unit = unit_of(choice->unit);
	options.below = choice->below;
	label_score_from_name(choice->score, &options.score);
	options.filtered = choice->filter && label_filter_from_name(choice->filter, &options.filter);
	if (suspect_run(&options, check, dataset, &printer->sink, summary, &counts,
			command_progress(command, common), &err) < 0)
		return command_fail(command, &err);
	note_counts(command, common, &counts);
	return EXIT_OK;
}
