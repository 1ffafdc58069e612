/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of grounding: a plan of pictures and records, one picture's work, the journal that
 * makes it resumable, and the files that come out at the end.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_PRIV_H
#define TAGSIGHT_PREPROCESS_GROUND_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/sha256.h"
#include "preprocess/ground.h"

#include <jansson.h>

/* A record with a place in the dict. */
struct ground_record {
	const char *name; /* "IMGID:8", or the line number */
	const char *key;  /* of the dict */
	size_t picture;
	const struct phrase *phrases;
	size_t n_phrases;
};

struct ground_picture {
	const char *name; /* as the text has it: "8", "twitter_19.jpg" */
	const char *stem; /* what its crops are called after */
	size_t *records;  /* [n], in the order of the text */
	size_t n, capacity;
};

/* Where all of it lies; strings are of the plan's arena. */
struct ground_paths {
	const char *phrases, *boxes, *journal, *done, *lock, *crops, *dict;
};

struct ground_plan {
	struct arena arena;
	const struct split *split;
	struct ground_paths paths;
	struct ground_record *records; /* [n_records], in the order of the text */
	size_t n_records, records_capacity;
	struct ground_picture *pictures; /* [n_pictures], by their first record */
	size_t n_pictures, pictures_capacity;
	char key[SHA256_HEX]; /* of the model, the options, the text and the phrases */
};

void ground_plan_release(struct ground_plan *plan);

/* Name the paths. */
int ground_plan_paths(struct ground_plan *plan, const struct dataset *dataset,
		      const struct split *split, struct err *err);

/* Remove what a killed run was writing (NAME.PID.part); only under the lock. */
int ground_sweep(const struct ground_plan *plan, struct err *err);

/* Make the phrases where there are none, read the text and the phrases, compute the key. */
int ground_plan_read(struct ground_plan *plan, const struct dataset *dataset,
		     const struct grounder *grounder, const struct ground_options *options,
		     struct progress *progress, struct err *err);

/*
 * One picture's work is one JSON object, a line of the journal:
 *	{"picture":"8","image":"8.jpg","fault":null,"records":[{"record":0,"boxes":[
 *	 {"phrase","kind","box","score","class","crop"}]}]}
 */

/* Decode, ground, choose, cut and write the crops. A picture that cannot be read is no failure: its
 * object has a "fault". NULL when the system or the grounder failed. */
json_t *ground_picture(const struct ground_plan *plan, size_t picture, struct grounder *grounder,
		       const struct ground_options *options, struct arena *arena, struct err *err);

/* The journal DIR/tagsight/SET-SPLIT.boxes.jsonl.part: a line with the key, then one a picture in
 * the order of the plan. Appended to, synced once a batch, renamed never. */
struct ground_journal {
	FILE *stream;
	const char *path;
};

/* Open for appending. What an earlier run left is kept up to the first line that is cut short, not
 * of this plan, or whose crops are gone; *n_done pictures are left to that run. */
int ground_journal_open(struct ground_journal *journal, const struct ground_plan *plan, bool anew,
			size_t *n_done, struct err *err);
/* Append one picture's object; the reference is the journal's from now on. */
int ground_journal_add(struct ground_journal *journal, json_t *object, struct err *err);
int ground_journal_sync(struct ground_journal *journal, struct err *err);
void ground_journal_close(struct ground_journal *journal);

/* Call `visit` with each picture's object, in order. */
int ground_journal_read(const struct ground_plan *plan,
			int (*visit)(void *context, size_t picture, const json_t *object,
				     struct err *err),
			void *context, struct err *err);

/* Make manifest, dict and the mark of completion out of the whole journal, and drop it. */
int ground_finish(const struct ground_plan *plan, const struct grounder *grounder,
		  const struct ground_options *options, struct ground_report *report,
		  struct err *err);

/* Whether an earlier run with the same key finished and its files are there; then the report. */
bool ground_was_finished(const struct ground_plan *plan, struct ground_report *report);

#endif
