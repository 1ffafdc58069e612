/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about boxes in Pascal VOC files. */
#include "preprocess/check/passes.h"
#include "preprocess/voc_check.h"

#include <string.h>

static void voc_file_end(struct check *check, struct rule_run *run)
{
	struct pass_sink sink = pass_sink(check, check->file.split_index);
	struct err err = ERR_INIT;

	if (pass_is_due(check, run) && voc_check(check->file.split, &sink.sink, &err) < 0)
		pass_failed(check, &err);
}

/* The splits of a set share their folder of boxes: each folder is looked into once. */
static void orphan_end(struct check *check, struct rule_run *run)
{
	const struct split *splits = check->dataset->splits;

	(void)run;
	for (size_t i = 0; i < check->dataset->n_splits; i++) {
		struct pass_sink sink = pass_sink(check, i);
		struct err err = ERR_INIT;
		bool seen = false;

		for (size_t k = 0; k < i && splits[i].boxes; k++)
			seen |= splits[k].boxes && strcmp(splits[k].boxes, splits[i].boxes) == 0;
		if (!seen && voc_check_orphans(&splits[i], &sink.sink, &err) < 0)
			pass_failed(check, &err);
	}
}

const struct rule rules_voc[] = {
	{ .info = { "voc-syntax", LEVEL_ERROR, "a file of boxes that cannot be read",
		    "It is no well-formed XML, its root is not <annotation>, an object has no name, a box "
		    "lacks a side, or a number is none. GMNER's loader stops at it. A file with a "
		    "document type declaration is refused: such a declaration can make a reader fetch "
		    "other files, or fill its memory." },
	  .file_end = voc_file_end },
	{ .info = { "voc-filename", LEVEL_NOTE, "boxes whose <filename> is of another picture",
		    "Loaders go by the name of the XML file itself, so nothing is lost with them; tools that "
		    "show boxes over pictures, and converters, go by <filename> and find no picture." },
	  .file_end = voc_file_end },
	{ .info = { "voc-name-not-entity", LEVEL_WARNING, "a box that no entity of its tweet is called",
		    "GMNER's loader joins boxes to entities by comparing the name with the entity's words, "
		    "joined by blanks, letter by letter. A box whose name is spelt otherwise is dropped "
		    "without a word, and the entity counts as one that is not in the picture." },
	  .file_end = voc_file_end },
	{ .info = { "voc-box-range", LEVEL_ERROR, "a box that is not one of its picture",
		    "Pixels count from 1, and xmax and ymax are the last ones inside. The box is missing, "
		    "ends before it begins, leaves the picture, or has a fraction, which GMNER's loader "
		    "cannot read. Such a box covers no region, so that its entity is trained as one "
		    "that is not in the picture." },
	  .file_end = voc_file_end },
	{ .info = { "voc-size", LEVEL_WARNING, "boxes of a picture with another size",
		    "<size> is not the size of the picture that is there: the picture was scaled or replaced "
		    "after the boxes were drawn, or a tool turned it by its Exif data, and the boxes lie "
		    "elsewhere." },
	  .file_end = voc_file_end },
	{ .info = { "voc-orphan", LEVEL_NOTE, "boxes without a tweet",
		    "No tweet of the texts in this folder has the picture that these boxes are for: a split "
		    "is not there, or the tweet was removed. No loader looks at the file." },
	  .end = orphan_end },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
