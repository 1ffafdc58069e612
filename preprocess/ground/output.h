/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What grounding leaves behind when all pictures are done: one struct ground_output a kind of file.
 * Each is shown every record once, in the order of the text.
 *
 *	const struct ground_output ground_x_output = { begin, add_record, finish, release };
 *
 * with one line in the table of finish.c.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_OUTPUT_H
#define TAGSIGHT_PREPROCESS_GROUND_OUTPUT_H

#include "preprocess/ground/ground_priv.h"

struct ground_context {
	const struct ground_plan *plan;
	const struct grounder *grounder;
	const struct ground_options *options;
};

/* One box of a record, best first. */
struct ground_box {
	const char *phrase; /* "" when none asked for it */
	const char *kind;
	const char *class_name;
	const char *crop;   /* relative to the folder of crops */
	struct box box;     /* whole pixels of the picture */
	float score;
};

/* One record; valid during the call. */
struct ground_result {
	const struct ground_picture *picture;
	bool first;         /* record of its picture */
	const char *name;   /* "IMGID:8", or the number of the line */
	const char *key;    /* of the dict */
	const char *image;  /* file name; "" when there is none */
	int width, height;  /* of the upright picture; 0 where it could not be read */
	const char *fault;  /* why the picture could not be read, or NULL */
	const struct ground_box *boxes; /* [n_boxes] */
	size_t n_boxes;
	const struct ground_box *all; /* [n_all]: those of all records of the picture; for the first one only */
	size_t n_all;
};

struct ground_output {
	/* *state stays NULL where this output is not wanted; then nothing else is called. */
	int (*begin)(const struct ground_context *context, void **state, struct err *err);
	int (*record)(void *state, const struct ground_result *result, struct err *err);
	/* Put the files in place and count in the report what only this output knows. */
	int (*finish)(void *state, struct ground_report *report, struct err *err);
	void (*release)(void *state); /* after a failure, too: drops what is not in place */
};

extern const struct ground_output ground_manifest_output;   /* SET-SPLIT.boxes.jsonl */
extern const struct ground_output ground_dict_output;       /* the .pth; counts crops and without */
extern const struct ground_output ground_img2crop_output;   /* MKGformer's second dict */
extern const struct ground_output ground_voc_output;        /* Pascal VOC files */
extern const struct ground_output ground_types_output;      /* no file; counts them for UMGF */
extern const struct ground_output ground_unreadable_output; /* SET-SPLIT.unreadable.jsonl, inf.png */

#endif
