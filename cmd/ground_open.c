/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ground_open.h"

#include "cmd/models.h"
#include "inference/core/blas.h"
#include "inference/systems/grounder_open.h"
#include "inference/systems/onestage_published.h"
#include "preprocess/ground/box_file_grounder.h"

#include <stdlib.h>

#define BAD_BOXES_TOLD 10

/* The boxes of a file that are none; the first are told of one by one. */
struct bad_boxes {
	const struct command *command;
	const struct common_options *common;
	size_t n;
};

int ground_open_check(const struct command *command, const struct ground_open_options *options)
{
	if (options->model && options->boxes)
		return command_usage(command, "--model and --boxes exclude each other");
	if (!options->model && (options->config || options->names))
		return command_usage(command, "--config and --names are of Darknet weights; give these by --model");
	if (!options->model && (options->words || options->anchors || options->query_cap))
		return command_usage(command, "--vocab, --anchors and --query-cap are of a one-stage model; give it "
					      "by --model");
	if (options->threshold < 0 || options->threshold >= 1)
		return command_usage(command, "--threshold must be at least 0 and below 1");
	if (options->query_cap < 0)
		return command_usage(command, "--query-cap must not be below 0");
	return EXIT_OK;
}

void ground_open_as_published(struct ground_open_options *options)
{
	if (!options->anchors)
		options->anchors = ONESTAGE_PUBLISHED_ANCHORS;
	if (!options->query_cap)
		options->query_cap = ONESTAGE_PUBLISHED_CAP;
}

static void tell_bad_box(void *context, const struct err *err)
{
	struct bad_boxes *bad = context;
	char text[1400];

	if (bad->n++ < BAD_BOXES_TOLD)
		command_note(bad->command, bad->common, "left out: %s",
			     err_format(err, text, sizeof(text)));
}

static struct grounder *open_boxes(const struct command *command, const struct common_options *common,
				   const struct ground_open_options *options, struct err *err)
{
	struct bad_boxes bad = { command, common, 0 };
	const struct box_file_options given = { (float)options->threshold, tell_bad_box, &bad };
	struct grounder *grounder = box_file_grounder_new(options->boxes, &given, err);

	if (bad.n > BAD_BOXES_TOLD)
		command_note(command, common, "left out %zu boxes of '%s' in all", bad.n, options->boxes);
	return grounder;
}

static struct grounder *open_model(const struct ground_open_options *options, struct err *err)
{
	const struct grounder_options given = { .threshold = options->threshold,
					       .config = options->config,
					       .names = options->names,
					       .words = options->words,
					       .anchors = options->anchors,
					       .query_cap = (size_t)options->query_cap };
	char *path = models_find(options->model ? options->model : "detector", err);
	struct grounder *grounder = path ? grounder_open(path, &given, err) : NULL;

	/* Each thread has its own picture. */
	if (grounder)
		blas_set_threads(1);
	free(path);
	return grounder;
}

struct grounder *ground_open(const struct command *command, const struct common_options *common,
			     const struct ground_open_options *options, struct err *err)
{
	return options->boxes ? open_boxes(command, common, options, err) : open_model(options, err);
}

void ground_open_tell_strangers(const struct command *command, const struct common_options *common,
				const struct ground_open_options *options, const struct grounder *grounder)
{
	const char *stranger = options->boxes ? box_file_grounder_stranger(grounder) : NULL;

	if (stranger && !*stranger)
		command_note(command, common, "'%s' holds no boxes", options->boxes);
	else if (stranger)
		command_note(command, common,
			     "no picture of the data has boxes in '%s', which names others, such as '%.80s'; "
			     "call them there as the files are called",
			     options->boxes, stranger);
}
