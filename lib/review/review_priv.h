/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a review, shared by indexing, joining, editing, seeking and exporting. Of each record
 * an entry of some tens of bytes is kept; its words and tags are read again where they are wanted.
 */
#ifndef TAGSIGHT_REVIEW_REVIEW_PRIV_H
#define TAGSIGHT_REVIEW_REVIEW_PRIV_H

#include "lib/base/arena.h"
#include "lib/corpus/span_match.h"
#include "lib/formats/line_reader.h"
#include "lib/formats/json_lines.h"
#include "lib/review/boxes_priv.h"
#include "lib/review/review.h"
#include "lib/review/scores.h"

#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

/* Where a record is, and what is to be known of it without reading it. */
struct review_entry {
	uint64_t offset;            /* of its first line; 0 for the first line of the file, BOM and all */
	uint64_t id_hash;           /* 0: no id */
	uint64_t prediction;        /* offset of its line */
	uint32_t prediction_length; /* bytes of that line; 0: there is none */
	uint32_t length;            /* bytes, without the last line end */
	const struct review_finding *findings;
	uint32_t line; /* of the id, or of the first word without one; from 1 */
	uint32_t n_tokens;
	uint32_t decided; /* index + 1 into `decided`; 0: the tags of the file stand */
	uint32_t types;   /* bits of the types of gold and prediction */
	float confidence; /* least of its words; 2: there is no prediction */
	float margin;     /* likewise, of the likeliest label over the next one */
	uint16_t differing; /* spans that only the tags or only the prediction have */
	uint8_t state;      /* enum review_state */
	uint8_t worst;      /* level of a finding + 1; 0: there is none */
	bool suspect;       /* a model finds its label unlikely */
	bool scored;        /* counted in the scores */
	bool mistaken;      /* so, and the scores have an entity that only one side has */
	bool live;          /* its prediction is in the file of those made meanwhile */
	bool hard, noted;
};

#define REVIEW_OPENING_BYTES ((size_t)1 << 20) /* of a file that are read at once */
#define REVIEW_FIRST_RECORDS ((size_t)512)     /* whose predictions come first: some screens */

#define NO_CONFIDENCE 2.0F
#define OTHER_TYPES ((uint32_t)1 << 31) /* all types past the first 31, and those not of the data */

/* A record that was read, with all that it points to. */
struct review_slot {
	size_t record; /* SIZE_MAX: none */
	uint64_t used;
	struct arena arena;
	struct review_record value;
	float margin; /* of the scan: see the entry; NO_CONFIDENCE: the prediction has no probabilities */
};

/* What reading changes, so that a review can be looked at through a const pointer. */
struct review_cache {
	struct review_slot slots[REVIEW_CACHED];
	struct review_slot scan; /* the one of long walks */
	uint64_t tick;
	char *window; /* [WINDOW + 1]: bytes of the text, for walks over records in order */
	uint64_t window_begin, window_end;
	char hidden;       /* what stood where a NUL was put behind a record */
	char *hidden_at;   /* NULL: nowhere */
	struct err fault; /* why records cannot be read any more; kind ERR_NONE: they can */
};

/* What an annotator wrote on a record besides its tags. */
struct review_marks {
	bool hard;
	const char *note; /* of the arena; NULL: none */
};

/* How a record stands that was decided on. */
struct review_decision {
	const char *const *tags; /* [n_tokens], of the arena */
	struct review_marks marks;
	bool agreed; /* nobody decided it: all annotators read it so, or this is what they share */
	const struct review_finding *settled; /* that no longer hold; set by review_settle_findings() */
};

/* One edit: what the record was before and is after. */
struct review_change {
	size_t edit; /* number in the journal */
	size_t record;
	const char *what; /* static, or of the arena */
	size_t begin, end;
	const char *const *before, *const *after; /* [n_tokens], of the arena */
	enum review_state state_before, state_after;
	struct review_marks marks_before, marks_after;
	const char *from; /* annotator whose reading was taken, or NULL */
	const struct box_change *box; /* NULL: it is about none */
};

struct review_stack {
	struct review_change *changes;
	size_t n, capacity;
};

/* A file of JSON Lines that is joined to the records bit by bit. */
struct review_lines {
	struct json_lines lines;
	char *path;
	bool open; /* there is more to read */
	size_t next;        /* record that the next prediction is for, if they are in order */
	size_t strangers;   /* that fit no record */
	size_t known_types; /* of the data when reading began: the spelling depends on them */
	size_t taken;       /* lines that were read */
	uint64_t *begins;   /* [n_begins]: where the lines are that are not blank */
	size_t n_begins, begins_capacity;
	uint64_t scanned; /* bytes that were looked through for them */
	bool in_line, all_scanned;
};

/* The file of predictions made during the review. */
struct review_live {
	int fd;       /* -1: none */
	uint64_t end; /* where the next one goes */
	struct json_lines lines; /* those of an earlier review, while they are joined */
	char *path;
	bool open;
};

/* A record that indexing came to; all is of the review's `reading` arena. */
struct review_found {
	struct sentence sentence; /* its tokens may be left out, but not their number */
	size_t offset, length;    /* bytes of its lines */
	uint32_t types;           /* bits of its types */
};

/* What the records of a text are: tweets or relations. */
struct review_source {
	void *(*open)(const struct text_piece *piece, struct err *err);
	void (*close)(void *reader);
	/* Go on to the next record with review->reader. */
	enum read_status (*next)(struct review *review, struct review_found *found, struct err *err);
	/* Read the record that the piece is again, into slot->value: its sentence and tags. */
	enum read_status (*read)(const struct review *review, const struct review_entry *entry,
				 const struct text_piece *piece, struct review_slot *slot,
				 struct err *err);
	/* Put a prediction into the record of a slot; false when it is about another one. */
	bool (*predict)(const struct review *review, const json_t *object,
			struct review_slot *slot);
	/* Write the record that the piece is as it stands. */
	int (*write)(FILE *out, const struct review_record *record, const struct text_piece *piece,
		     struct err *err);
};

extern const struct review_source review_tweets, review_relation_lines;

bool review_tweet_predict(const struct review *review, const json_t *object,
			  struct review_slot *slot);
bool review_relation_predict(const struct review *review, const json_t *object,
			     struct review_slot *slot);
int review_tweet_write(FILE *out, const struct review_record *record,
		       const struct text_piece *piece, struct err *err);
int review_relation_write(FILE *out, const struct review_record *record,
			  const struct text_piece *piece, struct err *err);

/* An annotator whose journal is shown. */
struct review_annotator {
	char *name;
	struct review_replay *replay; /* decisions whose record is still to be found */
	uint32_t *numbers;            /* [n_numbers] by record: index + 1 into `readings` */
	size_t n_numbers;
	struct review_reading *readings;
	size_t n_readings, capacity;
};

struct review_replay; /* the decisions of the journal that are still to be repeated */

struct review {
	struct arena arena; /* findings, and tags that were decided */
	struct arena scratch;
	char *path;
	FILE *text;
	struct stat stat; /* of the file when it was opened */
	const struct review_source *source;
	void *reader;         /* of the source; NULL: all records are known */
	struct arena reading;        /* of the sentence that is being indexed */
	struct review_entry *entries;
	size_t n_records, capacity;
	size_t bytes_read;
	uint32_t *id_slots; /* [n_id_slots]: record + 1 by the hash of its id, the first of each */
	size_t n_id_slots, n_ids;
	struct review_decision *decided;
	size_t n_decided, decided_capacity;
	char *annotator; /* NULL: nobody in particular */
	bool blind;
	struct str_table tag_names;
	struct entity_types types;
	struct finding_sink sink;
	size_t n_findings; /* that were taken */
	bool (*finding_holds)(const struct review_finding *finding, const struct review_record *record);
	struct review_lines predictions, findings;
	struct review_live live;
	struct review_replay *replay;
	struct journal *journal;
	struct review_stack done, undone;
	struct review_annotator *annotators; /* [n_annotators] */
	size_t n_annotators;
	size_t n_settled; /* records of which it is known how far the annotators agree */
	struct review_measure *measure; /* of their agreement; NULL: not begun */
	struct review_boxes boxes;
	size_t last_edit;
	struct review_totals totals;
	struct review_scores scores;
	struct buf note;
	struct review_cache *cache;
};

struct review *review_open_source(const char *path, const struct review_source *source,
				  struct err *err);

/* What is decided about a record, as it is kept and compared: the tags of a tweet, the relation and the
 * direction of a relation. NULL where there is no prediction. */
enum review_side { SIDE_STANDING, SIDE_GOLD, SIDE_PREDICTED };
const char *const *review_values(const struct review_record *record, enum review_side side,
				 size_t *n);

/* The values of a relation, for the journal and out of it. */
#define RELATION_VALUES 2
void review_relation_values(const char *values[RELATION_VALUES], const char *relation,
			    bool flipped);
bool review_values_flipped(const char *const *values);

/* The values of a side of a relation that a review read; NULL: no prediction. */
const char *const *review_relation_side(const struct review_relation *relation,
					enum review_side side);

/* Add where head and tail are in the file, as the digest of a relation's words has it. */
void review_add_places(const struct review_relation *relation, struct buf *out);

/* How much a prediction differs from the record: spans, or 1 for a relation. */
size_t review_differing(const struct review_record *record);

/* The bits of the types of the record as it stands and of its prediction. */
uint32_t review_record_bits(const struct review *review, const struct review_record *record);

/* Index one more record, or come to the end of the text. -1 with the fault set. */
int review_index_step(struct review *review);

/* Whether the text is as it was when it was opened; -1 with the fault set. */
int review_text_check(const struct review *review);

/* Remember why nothing can be read any more. Returns -1. */
int review_fail(const struct review *review, const struct err *err);

/* Read a record for a short look: valid until the next scan. NULL when it cannot be read. */
const struct review_record *review_scan(const struct review *review, size_t record);

/* The lines of a record as they stand, with a NUL behind them: valid until the next call. NULL for one
 * that is too large for a quick look, or cannot be read. */
const char *review_bytes(const struct review *review, size_t record);

/* Whether a record is what review_seek() looks for. */
bool review_fits(const struct review *review, size_t record, enum review_goal goal,
		 const char *needle);

/* Forget what was read of a record: it is to be read anew. */
void review_forget(const struct review *review, size_t record);
void review_forget_all(const struct review *review);

void review_cache_release(struct review_cache *cache);

/* Have the tags of a record stand; room was made by review_make_decided(). */
int review_make_decided(struct review *review, size_t record);
void review_decide(struct review *review, size_t record, const struct review_decision *decision,
		   enum review_state state);

/* Sort the findings of a record that was decided, which is not tallied now, into those that hold and those
 * that do not. Whether it must be read anew. */
bool review_settle_findings(struct review *review, size_t record);

/* A copy of tags that lives as long as the review; NULL when memory is out. */
const char *const *review_keep_tags(struct review *review, const char *const *tags, size_t n);

/* Take an entry out of the totals before it is changed, and count it in again after. */
void review_tally(struct review *review, const struct review_entry *entry, bool in);

/* Spans that only one of both has. */
size_t review_count_differences(const char *const *a, const char *const *b, size_t n);

/* The bits of a type, and of the types of tags. */
uint32_t review_type_bit(const struct review *review, const char *type);
uint32_t review_type_bits(const struct review *review, const char *const *tags, size_t n);

/* The entities of both sides of a record, and which stands for which: arrays of an arena. */
struct score_pairs {
	struct span *gold, *guess; /* [n_gold], [n_guess] */
	size_t n_gold, n_guess, n;
	struct span_pair *items; /* [n] */
};

bool score_is_predicted(const struct review_record *record);
int score_pairs_of(const struct review_record *record, struct score_pairs *pairs,
		   struct arena *arena, struct err *err);

/* Count a record that has a prediction in; or out, as it was counted: whether it was. */
void review_score(struct review *review, size_t record, const struct review_record *read);
bool review_unscore(struct review *review, size_t record, const struct review_record *read);

/* Count a record whose prediction was joined in, now or later. */
void review_score_joined(struct review *review, size_t record, const struct review_record *read);

void review_scores_init(struct review_scores *scores);
void review_scores_release(struct review_scores *scores);

/* Count all records out. */
void review_scores_clear(struct review *review);

/* Look at some more records that were not counted when their prediction came; false when none is left. */
bool review_scores_step(struct review *review);
bool review_scores_left(const struct review *review);

/* Join one more prediction, or finding; false when nothing is left. */
bool review_predictions_step(struct review *review);
bool review_findings_step(struct review *review);
void review_lines_close(struct review_lines *lines);

/* A line of a file of predictions, and whether it is the file of live ones. */
struct review_line {
	uint64_t begin;
	uint32_t length;
	bool live;
};

/* Whether the prediction is about this record, which is in the slot for scans then. */
bool review_prediction_fits(struct review *review, size_t record, const json_t *object);

/* Join what is in the slot for scans. */
void review_join_prediction(struct review *review, size_t record, const struct review_line *line);

/* Join one more prediction of an earlier review; false when nothing is left. */
bool review_live_step(struct review *review);
void review_live_close(struct review_live *live);

/* Read the prediction of an entry into the slot; false when it is about another record. */
bool review_load_prediction(const struct review *review, const struct review_entry *entry,
			    struct review_slot *slot);

/* Look for the lines of a bit more of the predictions; false when nothing is left. */
bool review_prediction_lines_step(struct review *review);

/* Where the prediction of a record that was not joined yet is if all go on in order. */
bool review_guess_prediction(const struct review *review, size_t record,
			     struct review_entry *guessed);

/* Join it before its turn, for the record is to be edited. */
void review_join_guess(struct review *review, size_t record);

/* Begin to read the predictions again: some came before the record, or the type of the data, that
 * they are for was known. */
void review_predictions_again(struct review *review);

/* Repeat a bit of the journal; false when nothing is left, or nothing can be done before more of the
 * text is known. */
bool review_replay_step(struct review *review);
void review_replay_free(struct review_replay *replay);

/* The journal of an annotator, to be repeated by review_replay_step() as well. */
int review_replay_annotator(struct review *review, size_t annotator, const char *path, struct err *err);

/* Whether decisions are still to be repeated. */
bool review_is_replaying(const struct review *review);

/* Keep how a record stands by an annotator. */
int review_keep_reading(struct review *review, size_t annotator, size_t record,
			const struct review_reading *reading);

/* Fill in the readings of a record that is being read. -1 when memory is out. */
int review_load_readings(const struct review *review, size_t number, struct review_slot *slot);

bool review_is_settled(const struct review *review);

/* Settle one more record; false when all are. Then measure one more; false when all are. */
bool review_settle_step(struct review *review);
bool review_measure_step(struct review *review);
void review_annotators_free(struct review *review);
void review_measure_free(struct review_measure *measure);

/* Spans that not all readings have. */
size_t review_count_readings(const struct review_record *record);
bool review_readings_differ_at(const struct review_record *record, size_t word);

#define WHAT_AGREED "agreed" /* see journal.h */

/* Index and repeat whatever an edit must wait for. */
int review_make_ready(struct review *review, struct err *err);

/* SHA-256 of the words of a record, as the journal defines it; -1 when memory is out. */
int review_words_sha256(const struct review_record *record, char hex[SHA256_HEX]);

int review_stack_push(struct review_stack *stack, const struct review_change *change);

/* The first record with this id that is known, or SIZE_MAX. */
size_t review_record_by_id(const struct review *review, const char *id);

/* The first one from `begin` and before `end` that may have it. */
size_t review_next_with_id(const struct review *review, size_t begin, size_t end, const char *id);

/* The record whose lines hold `line` of the text file, or SIZE_MAX. */
size_t review_record_by_line(const struct review *review, size_t line);

#endif
