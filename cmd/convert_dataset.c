/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/convert.h"

#include "lib/base/arena.h"
#include "lib/base/file.h"
#include "preprocess/layout.h"

#include <string.h>

/* What one split is called in the output: "train.jsonl", with the set in front where there are several. */
static const char *output_path(const struct convert_job *job, const struct dataset *dataset,
			       const struct split *split, struct arena *arena)
{
	const char *name = *split->name ? split->name : "data", *extension = job->to->extension;
	bool several = false;

	for (size_t i = 0; i < dataset->n_splits; i++)
		several |= strcmp(dataset->splits[i].set, split->set) != 0 ||
			   dataset->splits[i].task != split->task;
	return arena_format(arena, "%s/%s%s%s%s%s", job->output, several ? split->set : "",
			    several ? "/" : "", name, *extension ? "." : "", extension);
}

static const struct convert_format *format_of_split(const struct split *split)
{
	if (split->task == TASK_RE)
		return convert_format_find("mnre");
	return convert_format_find(file_is_folder(split->text) ? "umgf" : "conll");
}

static int fill_job(const struct convert_job *all, const struct dataset *dataset, size_t index,
		    struct convert_job *job, struct arena *arena, struct err *err)
{
	const struct split *split = &dataset->splits[index];

	*job = *all;
	job->input = job->name = split->text;
	job->from = format_of_split(split);
	job->output = output_path(all, dataset, split, arena);
	if (!job->output)
		return err_set_memory(err);
	for (size_t i = 0; i < dataset->n_splits; i++)
		if (i < index && strcmp(output_path(all, dataset, &dataset->splits[i], arena), job->output) == 0)
			return err_set(err, ERR_USAGE, "'%s' and '%s' would both be '%s': convert them one by one",
				       dataset->splits[i].text, split->text, job->output);
	if (file_exists(job->output))
		return err_set(err, ERR_USAGE, "'%s' is there already: name a new folder", job->output);
	return 0;
}

/* One pass over all splits: to count, or to write. */
static int run_splits(const struct command *command, const struct convert_command *options,
		      const struct convert_job *all, const struct dataset *dataset,
		      const struct convert_options *choice, bool count)
{
	struct arena arena = ARENA_INIT;
	int status = EXIT_OK;

	for (size_t i = 0; i < dataset->n_splits && status <= EXIT_PROBLEMS; i++) {
		struct convert_options own = *choice;
		struct err err = ERR_INIT;
		struct convert_job job;
		int one;

		if (fill_job(all, dataset, i, &job, &arena, &err) < 0 ||
		    (!count && file_make_parents(job.output, &err) < 0)) {
			status = command_fail(command, &err);
			break;
		}
		job.count_only = count;
		if (!own.images && dataset->splits[i].images && file_is_folder(dataset->splits[i].images))
			own.images = dataset->splits[i].images;
		one = convert_run_job(command, options, &job, &own);
		status = one > status ? one : status;
	}
	arena_release(&arena);
	return status;
}

int convert_dataset(const struct command *command, const struct convert_command *options,
		    const struct convert_job *job, const struct convert_options *choice)
{
	static const struct layout_options defaults;
	struct dataset dataset = DATASET_INIT;
	struct buf text = BUF_INIT;
	struct err err = ERR_INIT;
	int status = EXIT_OK;

	if (layout_recognise(&dataset, job->input, &defaults, &err) < 0)
		return command_fail(command, &err);
	layout_describe(&dataset, &text);
	command_note(command, &options->common, "'%s' is %s", job->input, text.data);
	buf_release(&text);
	if (!job->lossy)
		status = run_splits(command, options, job, &dataset, choice, true);
	if (status == EXIT_OK)
		status = run_splits(command, options, job, &dataset, choice, false);
	dataset_release(&dataset);
	return status;
}
