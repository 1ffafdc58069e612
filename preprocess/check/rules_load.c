/* SPDX-License-Identifier: Apache-2.0 */
/* Rules that say what public loaders make of the data. */
#include "preprocess/check/passes.h"
#include "preprocess/check/pictures.h"
#include "preprocess/load/load.h"

#include <string.h>

static bool names_loader(const struct str_list *names, const struct loader *loader)
{
	for (size_t i = 0; names && i < names->n; i++)
		if (loader_find(names->items[i]) == loader)
			return true;
	return false;
}

/* The loader of the split's layout speaks by itself, another where the user names it. */
static const struct loader *loader_of(const struct check *check, const struct rule_run *run,
				      const struct split *split)
{
	const struct check_options *options = check->options;
	const struct loader *loader = loader_find(run->rule->info.name);

	if (loader_speaks(loader, split))
		return loader;
	return loader_can_read(loader, split) &&
			       (names_loader(options->only, loader) || names_loader(options->error, loader) ||
				names_loader(options->loaders, loader))
		       ? loader
		       : NULL;
}

static void load_file_end(struct check *check, struct rule_run *run)
{
	const struct loader *loader = loader_of(check, run, check->file.split);
	struct pass_sink sink = pass_sink(check, check->file.split_index);
	struct load_options options = { check->options->objects, check->options->structure,
					check->options->pieces };
	struct err err = ERR_INIT;

	if (loader && load_check(loader, check->file.split, &options, &sink.sink, &err) < 0)
		pass_failed(check, &err);
}

static void load_picture(struct check *check, struct rule_run *run, const struct picture *picture)
{
	const struct split *split = &check->dataset->splits[picture->split_index];
	const struct loader *loader = loader_of(check, run, split);
	struct pass_sink sink = pass_sink(check, picture->split_index);
	const struct picture_file *file = picture->file;
	struct load_picture facts = { .path = file->path,
				      .trouble = file->exists ? file->trouble : "no such file",
				      .width = file->facts.width,
				      .height = file->facts.height,
				      .record = picture->record,
				      .line = picture->line };

	if (loader)
		load_check_picture(loader, split, &facts, &sink.sink);
}

#define LEVELS " What stops it is an error, all else a warning."

const struct rule rules_load[] = {
	{ .info = { "load-hvpnet", LEVEL_ERROR, "what HVPNeT's loader makes of a record",
		    "Of entities it counts a tweet only at an empty line and joins tweets to pictures by "
		    "their order, wants a tab in every other line, takes the second column without its last "
		    "character for the label, and reads 78 pieces. Of relations it evaluates each line as "
		    "Python and writes markers before words, so that an entity at the end gets no closing "
		    "one; the model stops where an opening one is missing or there twice. A picture that "
		    "fails becomes inf.png, a crop that fails stops it." LEVELS },
	  .file_end = load_file_end,
	  .picture = load_picture },
	{ .info = { "load-umt", LEVEL_ERROR, "what UMT's loader makes of a record",
		    "It drops the last character of a label with the line end, whether that is there or not, "
		    "cuts words at blanks, merges tweets that no empty line parts, and reads 126 pieces. A "
		    "picture that fails or has a side below 224 pixels becomes 17_06_4705.jpg." LEVELS },
	  .file_end = load_file_end,
	  .picture = load_picture },
	{ .info = { "load-umgf", LEVEL_ERROR, "what UMGF's loader makes of a record",
		    "It lists the files of words, labels and pictures each by themselves and joins them by "
		    "their order, so that a missing one gives every tweet behind it another's. Of each file "
		    "the first line counts with its line end, which is part of the last label or of the "
		    "picture's name. MISC is not in its map, 126 pieces are read, and it stops where one "
		    "of a picture's four crops cannot be opened." LEVELS },
	  .file_end = load_file_end },
	{ .info = { "load-mkgformer", LEVEL_ERROR, "what MKGformer's loader makes of a record",
		    "Its loader is HVPNeT's, with 126 pieces of a tweet and 78 of a relation's text, and a "
		    "second dict, img2crop, whose keys are pictures' names up to their first dot and whose "
		    "crops hang from the folder of the data." LEVELS },
	  .file_end = load_file_end,
	  .picture = load_picture },
	{ .info = { "load-gmner", LEVEL_ERROR, "what GMNER's loader makes of a record",
		    "It takes the first line of a tweet for its IMGID line and each further line without a "
		    "tab for a word without a label, knows only IOB tags of the types LOC, PER, ORG and OTHER, "
		    "and stops at a tweet without words, at boxes that are no whole numbers and at a file "
		    "of boxes without any. Boxes that no entity is called are voc-name-not-entity." LEVELS },
	  .file_end = load_file_end },
	{ .info = { "load-mega", LEVEL_ERROR, "what MEGA's loader makes of a record",
		    "It evaluates each line as Python, steps over blank ones, reads words of overlapping "
		    "entities twice, and 128 pieces: the place of an entity behind them becomes the last "
		    "piece. All its files of objects and weights are read at its start: name their folders with "
		    "--objects and --structure to have them checked." LEVELS },
	  .file_end = load_file_end },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
