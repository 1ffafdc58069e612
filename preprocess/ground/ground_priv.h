/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of grounding: a plan of pictures and records, one picture's work, the journal that
 * makes it resumable, and the files that come out at the end.
 */
#ifndef TAGSIGHT_PREPROCESS_GROUND_GROUND_PRIV_H
#define TAGSIGHT_PREPROCESS_GROUND_GROUND_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/sha256.h"
#include "lib/base/str_table.h"
#include "preprocess/ground/ground.h"

#include <jansson.h>
#include <stdint.h>

#define GROUND_NONE UINT32_MAX /* no further record */

/* A record with a place in the dict. Its phrases stay in their file, so that the plan of a long job
 * is small. */
struct ground_record {
	uint64_t phrases; /* offset of its line */
	uint32_t number;  /* in the text, from 0 */
	uint32_t picture;
	uint32_t next;    /* record of the same picture, or GROUND_NONE */
};

struct ground_picture {
	const char *name; /* as the text has it: "8", "twitter_19.jpg" */
	const char *stem; /* what its crops are called after */
	uint32_t first, last; /* records, in the order of the text */
};

/* Where all of it lies; strings are of the plan's arena. `dict` is NULL under UMGF's names. */
struct ground_paths {
	const char *phrases, *boxes, *unreadable, *journal, *done, *lock, *crops, *dict;
	const char *shard_lock; /* NULL without shards, which share the other one */
	const char *img2crop, *img2crop_mark; /* NULL where there is none to make */
};

struct ground_plan {
	struct arena arena;
	const struct dataset *dataset;
	const struct split *split;
	size_t shard, shards; /* as in the options */
	enum crop_names names;   /* chosen */
	enum crop_format format;
	struct ground_paths paths;
	struct str_table stems; /* ids are pictures */
	struct ground_record *records; /* [n_records], in the order of the text */
	size_t n_records, records_capacity;
	struct ground_picture *pictures; /* [n_pictures], by their first record */
	size_t n_pictures, pictures_capacity;
	int phrases_file; /* open for reading, or -1 */
	char key[SHA256_HEX]; /* of the model, the options, the text and the phrases */
};

void ground_plan_release(struct ground_plan *plan);

/* Name the paths. */
int ground_plan_paths(struct ground_plan *plan, const struct dataset *dataset,
		      const struct split *split, const struct ground_options *options, struct err *err);

#define GROUND_SHARD_JOURNAL "%zu-of-%zu.boxes.jsonl.part"
#define GROUND_SHARD_LOCK "%zu-of-%zu.ground.lock"

/* How many pictures are this run's, and the number of one of them. */
size_t ground_share(const struct ground_plan *plan);
size_t ground_shared(const struct ground_plan *plan, size_t i);

/* Put the journals of finished shards of this plan together as its own; *shards says of how many, 0 when
 * there are none. A shard that is not done is ERR_USAGE and named. */
int ground_join_shards(const struct ground_plan *plan, size_t *shards, struct err *err);

/* Remove journals and locks of shards that were joined. */
void ground_remove_shards(const struct ground_plan *plan, size_t shards);

/* Count pictures and unreadable ones in the journal of a shard. */
int ground_count_shard(const struct ground_plan *plan, struct ground_report *report, struct err *err);

/* Remove what a killed run was writing ; only under the lock. */
int ground_sweep(const struct ground_plan *plan, struct err *err);

/* The same for the crops in one folder. */
int ground_sweep_crops(const char *folder, struct err *err);

/* Make the phrases where there are none, read the text and the phrases, compute the key. */
int ground_plan_read(struct ground_plan *plan, const struct dataset *dataset,
		     const struct grounder *grounder, const struct ground_options *options,
		     struct progress *progress, struct err *err);

/* The phrases of a record, read from their file; they belong to the arena. From several threads. */
int ground_plan_phrases(const struct ground_plan *plan, size_t record, struct phrase **phrases,
			size_t *n, struct arena *arena, struct err *err);

/* "IMGID:8", or the number of the line; of the arena, NULL when memory is out. */
const char *ground_record_name(const struct ground_plan *plan, size_t record,
			       struct arena *arena);

/*
 * One picture's work is one JSON object, a line of the journal:
 *	{"picture":"8","image":"8.jpg","fault":null,"width":640,"height":480,"records":[{"record":0,"boxes":[
 *	 {"phrase","kind","box","score","class","crop"}]}]}
 */

/* Decode, ground, choose, cut and write the crops. A picture that cannot be read is no failure: its
 * object has a "fault". NULL when the system or the grounder failed. */
json_t *ground_picture(const struct ground_plan *plan, size_t picture, struct grounder *grounder,
		       const struct ground_options *options, struct arena *arena, struct err *err);

/* Ground the pictures of the plan's share that its journal does not have yet, on several threads; the lines
 * of the journal are in the order of the plan all the same. Counts `resumed` and `seconds`. */
int ground_pictures(const struct ground_plan *plan, struct grounder *grounder,
		    const struct ground_options *options, struct progress *progress,
		    struct ground_report *report, struct err *err);

/* The journal DIR/tagsight/SET-SPLIT.boxes.jsonl.part: a line with the key, then one a picture in
 * the order of the plan. Appended to, synced once a second, renamed never. */
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

/* Whether a line of a journal holds what this plan wants to know of a picture. */
bool ground_line_fits(const struct ground_plan *plan, size_t picture, const json_t *object);

/* The lines of a whole journal, each read when it is asked for. */
struct ground_lines {
	const struct ground_plan *plan;
	FILE *stream;
	uint64_t *offsets; /* [n_pictures + 1] */
	char *text;
	size_t capacity;
	size_t picture;    /* of the line at hand */
	json_t *object;    /* that line, or NULL */
};

/* `lines` needs no release on failure. */
int ground_lines_open(struct ground_lines *lines, const struct ground_plan *plan, struct err *err);
/* The object of a picture, borrowed until the next call; NULL on failure. Asking in the order of
 * the plan is cheapest. */
const json_t *ground_lines_get(struct ground_lines *lines, size_t picture, struct err *err);
void ground_lines_close(struct ground_lines *lines);

/* Make all outputs and the mark of completion out of the whole journal, and drop it. */
int ground_finish(const struct ground_plan *plan, const struct grounder *grounder,
		  const struct ground_options *options, struct ground_report *report,
		  struct err *err);

/* Whether MKGformer's second dict, if there is to be one, came with the data or has these pictures. */
bool ground_img2crop_is_there(const struct ground_plan *plan);

/* Whether some picture has a crop of UMGF's name for persons that no run of ours made. */
bool ground_types_came_along(const struct ground_plan *plan);

/* Take a folder for Pascal VOC files for ours; ERR_USAGE when somebody else's are in it. */
int ground_voc_claim(const char *folder, struct err *err);

/* Whether an earlier run with the same key finished and its files are there; then the report. */
bool ground_was_finished(const struct ground_plan *plan, const struct ground_options *options,
			 struct ground_report *report);

#endif
