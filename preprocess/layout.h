/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which public layout a folder, a file or an archive has, and where its splits, pictures, crops and
 * dicts are: HVPNeT's NER and RE, MKGformer, GMNER, UMT, UMGF's my_data, MNRE's own, and plain CoNLL
 * with or without a folder of pictures. The name of the top folder means nothing; what a text is,
 * its first bytes say.
 *
 *	struct dataset dataset = DATASET_INIT;
 *	if (layout_recognise(&dataset, "data", NULL, &err) < 0) ...
 *	dataset_release(&dataset);
 */
#ifndef TAGSIGHT_PREPROCESS_LAYOUT_H
#define TAGSIGHT_PREPROCESS_LAYOUT_H

#include "lib/corpus/dataset.h"
#include "preprocess/layout_listing.h"

#define LAYOUT_NAMES "hvpnet-ner|hvpnet-re|mkgformer|gmner|umt|umgf|mnre|conll"

/* What the user knows better; NULL leaves a field to be recognised. */
struct layout_options {
	const char *layout; /* one of LAYOUT_NAMES: read every text as this layout would */
	const char *task;   /* "ner" or "re": a lone file is read so; of a folder, only these splits */
	const char *split;  /* only this split; names a lone file's. "val" and "dev" mean "valid" */
	const char *images; /* folder of the pictures; RE's train, val and test folders are found in it */
	const char *crops;  /* folder of the crops; {train,val,test}/crops are found in it */
};

/* Recognise a folder, a text file or "-" (standard input, which is not read). The caller releases
 * `dataset`. Nothing recognised is ERR_DATA and says what was looked for. */
int layout_recognise(struct dataset *dataset, const char *path, const struct layout_options *options,
		     struct err *err);

/* The same from a listing, whose paths are relative: paths in `dataset` are then relative too, and
 * `name` stands for the folder (a set whose text is at the top is called so). */
int layout_recognise_listing(struct dataset *dataset, const struct layout_listing *listing,
			     const char *name, const struct layout_options *options,
			     struct err *err);

/* The name of a split in the files of a loader: HVPNeT's pictures and NER dicts say train, val, test,
 * its RE dicts train, dev, test. A lone file's empty name counts as "train". */
const char *layout_split_val(const char *split);
const char *layout_split_dev(const char *split);

struct buf;

/* Append "umt twitter2015 (train, valid), hvpnet-re mnre (train)": one part a set. */
void layout_describe(const struct dataset *dataset, struct buf *out);

/* "ner" or "re". */
const char *layout_task_name(enum task task);

#endif
