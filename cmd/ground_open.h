/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What finds the boxes of `tagsight ground`. Put GROUND_OPEN_OPTIONS(struct x) into the table and a
 * `struct ground_open_options open;` into the struct.
 */
#ifndef TAGSIGHT_CMD_GROUND_OPEN_H
#define TAGSIGHT_CMD_GROUND_OPEN_H

#include "cmd/cmd.h"
#include "lib/corpus/grounding.h"

struct ground_open_options {
	const char *model, *boxes; /* NULL: the detector that ships */
	double threshold;
	const char *config, *names;  /* NULL: beside the model */
	const char *words, *anchors; /* NULL: the model's usual ones */
	long query_cap;              /* 0: as in training */
};

#define GROUND_OPEN_OPTION(type, name, kind, field, argument, help) \
	{ 0, name, kind, offsetof(type, open) + offsetof(struct ground_open_options, field), argument, \
	  help, NULL }

#define GROUND_OPEN_OPTIONS(type) \
	{ 'm', "model", OPT_STRING, offsetof(type, open) + offsetof(struct ground_open_options, model), \
	  "FILE", "what finds boxes (default: the detector that ships)", NULL }, \
	GROUND_OPEN_OPTION(type, "boxes", OPT_STRING, boxes, "FILE", \
			   "no model: the boxes of another tool, as JSON Lines, COCO or a folder of VOC XML"), \
	GROUND_OPEN_OPTION(type, "threshold", OPT_DOUBLE, threshold, "SCORE", \
			   "least score of a box that no phrase asks for (default: the model's own)"), \
	GROUND_OPEN_OPTION(type, "config", OPT_STRING, config, "FILE", \
			   "the cfg of Darknet weights (default: beside them)"), \
	GROUND_OPEN_OPTION(type, "names", OPT_STRING, names, "FILE", \
			   "the classes of Darknet weights, one a line (default: beside them, or COCO's)"), \
	GROUND_OPEN_OPTION(type, "vocab", OPT_STRING, words, "FILE", \
			   "of a one-stage model, its vocab.txt or corpus.pth (default: beside the model)"), \
	GROUND_OPEN_OPTION(type, "anchors", OPT_STRING, anchors, "SET", \
			   "of a one-stage model: flickr, coco, referit or 18 numbers (default: flickr with " \
			   "a BERT, coco with an LSTM, as the original)"), \
	GROUND_OPEN_OPTION(type, "query-cap", OPT_INT, query_cap, "N", \
			   "of a one-stage model: pieces or words of a phrase that are read (default: 20)")

/* EXIT_OK, or the status of a wrong use, which has been reported. */
int ground_open_check(const struct command *command, const struct ground_open_options *options);

/* NULL on failure; grounder->free() ends it. Boxes of a file that are none are told of on stderr. */
struct grounder *ground_open(const struct command *command, const struct common_options *common,
			     const struct ground_open_options *options, struct err *err);

/* After grounding: say so where a file of boxes has none for any of the pictures. */
void ground_open_tell_strangers(const struct command *command, const struct common_options *common,
				const struct ground_open_options *options, const struct grounder *grounder);

/* Take the anchors and the query cap of UMGF's script where the user gives none. */
void ground_open_as_published(struct ground_open_options *options);

#endif
