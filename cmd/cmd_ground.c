/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/data_options.h"
#include "cmd/ground_open.h"
#include "cmd/ground_print.h"
#include "cmd/ground_show.h"
#include "cmd/shard.h"
#include "cmd/version.h"

#include "preprocess/ground/ground.h"

#include <stdlib.h>
#include <string.h>

struct ground_command_options {
	struct common_options common;
	struct layout_options data;
	struct ground_open_options open;
	long top;
	long least_side;
	double least_score, overlap, margin;
	int matches_only;
	int whole_picture, no_whole_picture;
	int again;
	const char *crop_names, *crop_format;
	const char *pth, *voc;
	int as_published;
	const char *shard;
	struct ground_show_options show;
};

static const struct option_spec ground_command_options[] = {
	COMMON_OPTIONS(struct ground_command_options, "text|json"),
	DATA_OPTIONS(struct ground_command_options),
	GROUND_OPEN_OPTIONS(struct ground_command_options),
	{ 0, "top", OPT_INT, offsetof(struct ground_command_options, top), "N",
	  "crops of one record at most (default: 3, all that loaders look at)", NULL },
	{ 0, "min-side", OPT_INT, offsetof(struct ground_command_options, least_side), "PIXELS",
	  "leave out boxes narrower or lower than this (default: 16)", NULL },
	{ 0, "min-score", OPT_DOUBLE, offsetof(struct ground_command_options, least_score), "SCORE",
	  "leave out boxes with less, those that a phrase asks for too (default: 0)", NULL },
	{ 0, "nms", OPT_DOUBLE, offsetof(struct ground_command_options, overlap), "IOU",
	  "leave out a box that overlaps a better one of its record by more (default: 0, keep all)", NULL },
	{ 0, "pad", OPT_DOUBLE, offsetof(struct ground_command_options, margin), "FRACTION",
	  "widen each box on every side by this part of its width and height (default: 0)", NULL },
	{ 0, "matches-only", OPT_FLAG, offsetof(struct ground_command_options, matches_only), NULL,
	  "leave out boxes that no phrase of the record asks for", NULL },
	{ 0, "whole-picture", OPT_FLAG, offsetof(struct ground_command_options, whole_picture), NULL,
	  "where there is no box, take the whole picture as a crop", NULL },
	{ 0, "no-whole-picture", OPT_FLAG, offsetof(struct ground_command_options, no_whole_picture),
	  NULL, "never take it, for places and organisations neither", NULL },
	{ 0, "crop-names", OPT_CHOICE, offsetof(struct ground_command_options, crop_names), "LOADER",
	  "name and choose crops for this loader (default: UMGF in its my_data, else HVPNeT)", "hvpnet|umgf" },
	{ 0, "crop-format", OPT_CHOICE, offsetof(struct ground_command_options, crop_format), "FORMAT",
	  "of the crops (default: png; under UMGF's names jpg, which its loader wants)", "png|jpg" },
	{ 0, "pth", OPT_CHOICE, offsetof(struct ground_command_options, pth), "FORM",
	  "of the dicts (default: zip, PyTorch's since 1.6)", "zip|legacy" },
	{ 0, "voc", OPT_STRING, offsetof(struct ground_command_options, voc), "DIR",
	  "also write the boxes of names there as Pascal VOC XML, a file a picture, as GMNER reads them", NULL },
	{ 0, "as-published", OPT_FLAG, offsetof(struct ground_command_options, as_published), NULL,
	  "cut UMGF's crops as its authors' script did, faults and all; needs a one-stage --model", NULL },
	{ 0, "again", OPT_FLAG, offsetof(struct ground_command_options, again), NULL,
	  "start anew, whatever an earlier run has done or came with the data", NULL },
	{ 0, "shard", OPT_STRING, offsetof(struct ground_command_options, shard), "I/N",
	  "only part I of N of the pictures; without it, the same command joins the parts", NULL },
	GROUND_SHOW_OPTIONS(struct ground_command_options),
	OPTION_END
};

/* Options of the library out of those of the command; 0, or the status of a wrong use. */
static int read_options(const struct command *command,
			const struct ground_command_options *given, struct ground_options *options)
{
	struct err err = ERR_INIT;

	if (given->top < 1 || given->top > 1000)
		return command_usage(command, "--top must be from 1 to 1000");
	if (given->least_side < 1)
		return command_usage(command, "--min-side must be at least 1");
	if (!(given->least_score >= 0 && given->least_score <= 1))
		return command_usage(command, "--min-score must be from 0 to 1");
	if (!(given->overlap >= 0 && given->overlap <= 1))
		return command_usage(command, "--nms must be from 0 to 1");
	if (!(given->margin >= 0 && given->margin <= 10))
		return command_usage(command, "--pad must be from 0 to 10");
	if (given->whole_picture && given->no_whole_picture)
		return command_usage(command, "--whole-picture and --no-whole-picture exclude each other");
	if (given->common.jobs < 0 || given->common.jobs > 256)
		return command_usage(command, "-j must be from 0 to 256");
	if (given->shard && shard_parse(given->shard, &options->shard, &options->shards, &err) < 0)
		return command_fail(command, &err);
	if (options->shards > GROUND_SHARDS)
		return command_usage(command, "--shard takes at most %d parts", GROUND_SHARDS);
	if (given->shard && given->show.report)
		return command_usage(command, "--report wants all pictures: give it when the shards are joined");
	options->top = (size_t)given->top;
	options->least_side = given->least_side;
	options->least_score = given->least_score;
	options->overlap = given->overlap;
	options->margin = given->margin;
	options->matches_only = given->matches_only;
	options->whole_picture = given->no_whole_picture ? WHOLE_NEVER
				 : given->whole_picture	 ? WHOLE_FOR_ALL
							 : WHOLE_FOR_PLACES;
	options->names = !given->crop_names ? CROPS_BY_LAYOUT
			 : strcmp(given->crop_names, "umgf") == 0 ? CROPS_UMGF : CROPS_HVPNET;
	options->format = !given->crop_format ? CROPS_AS_NAMED
			  : strcmp(given->crop_format, "jpg") == 0 ? CROPS_JPEG : CROPS_PNG;
	options->legacy = given->pth && strcmp(given->pth, "legacy") == 0;
	options->voc = given->voc;
	options->as_published = given->as_published;
	options->anew = given->again;
	options->jobs = (int)given->common.jobs;
	options->threshold = given->open.threshold;
	options->version = tagsight_version;
	return EXIT_OK;
}

extern const struct command cmd_ground;

static struct grounder *open_grounder(const void *context, struct err *err)
{
	const struct ground_command_options *given = context;

	return ground_open(&cmd_ground, &given->common, &given->open, err);
}

static int ground_all(const struct command *command, const struct ground_command_options *given,
		      const struct ground_options *options, const struct dataset *dataset,
		      struct grounder *grounder, FILE *out)
{
	const struct ground_print print = { dataset, options, given->shard, out };
	struct progress *progress = command_progress(command, &given->common);
	int status = EXIT_OK;

	for (size_t i = 0; i < dataset->n_splits; i++) {
		const struct split *split = &dataset->splits[i];
		struct ground_report report;
		struct err err = ERR_INIT;

		if (ground_split(dataset, split, grounder, options, progress, &report, &err) < 0)
			return command_fail(command, &err);
		if (ground_print(command, &given->common, &print, split, &report, &err) < 0)
			return command_fail(command, &err);
		if (report.unreadable)
			status = EXIT_PROBLEMS;
	}
	return status;
}

static int worse(int a, int b)
{
	return a > b ? a : b;
}

static int ground_run(const struct command *command, int argc, char **argv)
{
	struct ground_command_options given = { .common = COMMON_OPTIONS_INIT, .top = 3,
						.least_side = 16,
						.show = GROUND_SHOW_OPTIONS_INIT };
	struct ground_options options = GROUND_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct command_output *output = NULL;
	struct grounder *grounder;
	struct err err = ERR_INIT;
	int status = EXIT_OK;
	int n = command_parse(command, &given, &given.common, argc, argv, &status);

	if (n < 0)
		return status;
	if (n != 1 || strcmp(argv[0], "-") == 0)
		return command_usage(command, "give one folder or file");
	status = read_options(command, &given, &options);
	if (status == EXIT_OK)
		status = ground_open_check(command, &given.open);
	if (given.as_published)
		ground_open_as_published(&given.open);
	if (status == EXIT_OK)
		status = ground_show_check(command, &given.show);
	if (status != EXIT_OK)
		return status;
	if (data_options_open(command, &given.common, &given.data, argv[0], &dataset,
			      &status) < 0)
		return status;
	if (given.show.explain || given.show.report_only) {
		status = given.show.explain ?
				 ground_explain(command, &given.common, &given.show, &options, &dataset,
						open_grounder, &given) :
				 ground_show_report(command, &given.common, &given.show, &dataset);
		dataset_release(&dataset);
		return status;
	}
	grounder = open_grounder(&given, &err);
	if (!grounder)
		status = command_fail(command, &err);
	else
		output = command_output_open(command, given.common.output, &status);
	if (output)
		status = ground_all(command, &given, &options, &dataset, grounder,
				    command_output_stream(output));
	if (output && !given.shard)
		ground_open_tell_strangers(command, &given.common, &given.open, grounder);
	if (given.show.report && (status == EXIT_OK || status == EXIT_PROBLEMS))
		status = worse(status,
			       ground_show_report(command, &given.common, &given.show, &dataset));
	if (grounder)
		grounder->free(grounder);
	dataset_release(&dataset);
	return command_output_close(command, output, status);
}

static const struct command_example ground_examples[] = {
	{ "tagsight ground DIR", "crops, dicts and manifests for every split" },
	{ "tagsight ground DIR --split train --matches-only", "only what the tweets speak of" },
	{ "tagsight ground DIR --explain IMGID:8 -o 8.png", "one record's boxes, drawn and told" },
	{ "tagsight ground DIR --boxes detections.json", "crops and dicts of boxes that another tool found" },
	{ "tagsight ground DIR --report boxes.html", "a page to look through them at a glance" },
	{ NULL, NULL },
};

const struct command cmd_ground = {
	.name = "ground",
	.arguments = "DATA",
	.summary = "find the phrases in the pictures: crops and dict files",
	.description =
		"For every picture the phrases of its tweets are looked for (see 'tagsight help "
		"phrases'; the file of phrases is made when it is not there). Of each record the best "
		"boxes become crops, named ID_pred_yolo_crop_N.png and cut from the picture itself, "
		"which is turned upright first where Exif says so (its boxes are pixels of that): "
		"first those that a phrase asks for, then what else the detector sees, last the "
		"whole picture, of class whole-picture, for the name of a place or an organisation "
		"that no box shows. A record without a box has an empty list in the dict: the loaders "
		"look at the whole picture in any case (--whole-picture makes it a crop all the same). "
		"A picture that cannot be "
		"read is named and has an empty list too; HVPNeT's loader opens inf.png in its place, "
		"and a black one is made where it is missing.\n\n"
		"Written: the folder of crops and the .pth dict where the loaders of this layout look "
		"for them, and DIR/tagsight/SET-SPLIT.boxes.jsonl, which says of each crop which "
		"phrase, box, score and model made it. Where a layout has no place for crops, all of "
		"it is under DIR/tagsight.\n\n"
		"In MKGformer's layout its second dict, img2crop, is made as well, one for all splits of "
		"tweets: a picture's crops, as the folder of the data leads to them. --voc DIR writes the boxes "
		"of names as Pascal VOC files, where GMNER's loader finds an entity by its text.\n\n"
		"UMGF opens four crops of each picture, ID/crop_TYPE_ID.jpg, and no dict: in its my_data, or with "
		"--crop-names umgf, the best box of the words person, location, organization and "
		"miscellaneous (or of other phrases of these kinds, where the file of phrases has some) is "
		"cut, and the whole picture where there is none. --as-published repeats what its authors' "
		"script cuts, out of the network's square of 256 pixels, by the ReferIt model's anchors; "
		"where that cuts nothing, there is no crop.\n\n"
		"A dict that came with the data is kept with its crops unless --again is given.\n\n"
		"Stopped by Ctrl-C or worse, the same command goes on where it was and ends with the "
		"same bytes; another model, other options, texts or phrases begin anew.\n\n"
		"--boxes takes JSON Lines or an array of {\"image\",\"box\":[x0,y0,x1,y1]} with \"score\", "
		"\"class\" and \"phrase\" where they are known (a manifest is such a file), COCO's results or "
		"instances, or a folder of Pascal VOC files; which it is, the content tells. A box whose "
		"phrase or class is a phrase of the record goes to it.\n\n"
		"Several processes or hosts on one folder: 'tagsight phrases DIR' once, then --shard I/N in each; "
		"when all have ended well, the same command without --shard joins what they did, to the same bytes "
		"as if it had been alone:\n\n"
		"parallel tagsight ground DIR --shard {}/8 ::: $(seq 8) && tagsight ground DIR\n\n"
		"parallel -S host1,host2 --wd . tagsight ground DIR --shard {}/8 ::: $(seq 8)\n\n"
		"sbatch --array=1-8 --wrap 'tagsight ground DIR --shard $SLURM_ARRAY_TASK_ID/8'\n\n"
		"--explain tells what one record got, by the manifest, or by grounding it alone where no run "
		"has left one: RECORD is IMGID:8, 8, or the number of a relation's line. With -o FILE.png or "
		"FILE.jpg the boxes are drawn as well; a terminal shows the picture itself.\n\n"
		"--report writes pages of HTML that need no network: each record with a small "
		"picture, its boxes on it, and the text with its phrases in the colours of their "
		"boxes; those without a box are grey.",
	.options = ground_command_options,
	.examples = ground_examples,
	.run = ground_run,
};
