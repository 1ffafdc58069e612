/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of tagged tweets, or of relations (lib/review/relations.h), under review: its records, what a
 * model and the checks say about each, the edits, and their undo. The file itself is never written; each
 * edit goes to the journal before it counts, and review_export() makes a new file.
 *
 *	review = review_open("train.txt", &err);
 *	review_read_predictions(review, "predictions.jsonl", &note, &err);
 *	review_attach_journal(review, "train.txt.journal.jsonl", &note, &err);
 *	review_finish(review, &err);
 *	review_set(review, 7, 3, 5, "PER", &err);
 *	review_undo(review, &record, &err);
 *	review_export(review, "train-reviewed.txt", REVIEW_NEW_FILE, &err);
 *	review_free(review);
 *
 * A file of a megabyte is all there when it is opened. Of a larger one the beginning is, and the rest
 * comes by review_work(), a little at a time, or by review_finish(). Of a record that nobody looks at
 * some tens of bytes are kept; its words are read again from the file, which must stay as it is.
 *
 * Everything that a record points to belongs to the review. Words and records count from 0.
 */
#ifndef TAGSIGHT_REVIEW_REVIEW_H
#define TAGSIGHT_REVIEW_REVIEW_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/corpus/finding.h"
#include "lib/corpus/label_probabilities.h"
#include "lib/corpus/sentence.h"
#include "lib/review/journal.h"
#include "lib/review/types.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct review_finding {
	enum finding_level level;
	const char *rule, *message;
	const char *fix; /* NULL when there is no advice */
	size_t word;     /* that it is about; SIZE_MAX when it is about none */
	const struct finding_label *label; /* of label-suspect: what a model thinks; or NULL */
	const struct review_finding *next;
};

struct review_relation;

/* What one of the annotators of an adjudication made of a record. */
struct review_reading {
	const char *annotator;
	const char *const *tags; /* [n_tokens]; of the file where nothing was decided */
	enum review_state state;
	bool hard;
	const char *note;
};

struct review_record {
	struct sentence sentence;
	const char *const *gold;      /* [n_tokens] tags of the file; "O" where it has no column */
	const char *const *tags;      /* [n_tokens] tags as they stand */
	const char *const *predicted; /* [n_tokens] in the data's spelling; NULL: no prediction */
	const float *confidence;      /* [n_tokens] of the predicted tags, in [0, 1]; or NULL */
	const struct label_probabilities *probabilities; /* of all labels, in the model's spelling; NULL:
							  * the predictions do not say */
	const struct review_finding *findings; /* that hold, see review_judge_findings() */
	enum review_state state;
	bool hard;        /* marked as hard to decide */
	const char *note; /* that a person wrote on it; NULL: none */
	/* NULL for a tweet. Of a relation, the sentence is its words and the name of its picture, `tags`
	 * and `gold` mark its head and tail as spans, and there are no predicted tags. */
	const struct review_relation *relation;
	const struct review_reading *readings; /* [n_readings]; see annotators.h */
	size_t n_readings;
};

struct review;

/* Open a text file and read its beginning. NULL on failure. */
struct review *review_open(const char *path, struct err *err);
void review_free(struct review *review);

/* Go on for about so many seconds with what opening left: more of the text, the journal, findings,
 * predictions. False when all is there, or the review has a fault. */
bool review_work(struct review *review, double seconds);

/* Do all that is left. -1 when the review has a fault. */
int review_finish(struct review *review, struct err *err);

/* Whether review_count() is the number of all records, and whether nothing at all is left to do. */
bool review_is_indexed(const struct review *review);
bool review_is_complete(const struct review *review);

/* -1 with *err set when something went wrong behind the scenes and no more records can be read or
 * edited: the text or the predictions have changed, the journal does not fit. */
int review_fault(const struct review *review, struct err *err);

/* Add what was found out since to `note`: predictions and decisions that fit no record. */
void review_take_note(struct review *review, struct buf *note);

/* Join the predictions of a JSON Lines file by order and words. `note` gets a sentence about those
 * that fit no record, at once or by review_take_note(). */
int review_read_predictions(struct review *review, const char *path, struct buf *note,
			    struct err *err);

/* Take findings about the records, from a file as `tagsight check --format json` writes it, or from
 * the rules themselves through the sink, which is valid as long as the review. */
int review_read_findings(struct review *review, const char *path, struct err *err);
struct finding_sink *review_finding_sink(struct review *review);

/* Have the findings of a record that was edited judged anew: those that no longer hold are left out of
 * it and of all counts, until an undo brings them back. Without this all hold. Call it first. */
void review_judge_findings(struct review *review,
			   bool (*holds)(const struct review_finding *finding,
					 const struct review_record *record));

/* Say whose decisions these are, before the journal is attached. -1 (ERR_USAGE) when the name is none
 * (see annotator_is_valid()). */
int review_set_annotator(struct review *review, const char *name, struct err *err);

/* Leave out what models think of the records: findings that come from one. Call it first. */
void review_make_blind(struct review *review);

/* Open the journal, repeat its edits, and keep all further ones there. Call it last: predictions do
 * not change what was decided. */
int review_attach_journal(struct review *review, const char *path, struct buf *note,
			  struct err *err);

/* Repeat the edits of a journal and leave it as it is, whoever has it open: for export. Edits made
 * afterwards are kept nowhere. */
int review_read_journal(struct review *review, const char *path, struct buf *note, struct err *err);

/* Records known so far. */
size_t review_count(const struct review *review);

/* A record, read from the text if it is not at hand. It and what it points to stay until
 * REVIEW_CACHED - 1 others were asked for, it is edited, or review_work() is called. One that cannot
 * be read has no words; review_fault() says why. */
#define REVIEW_CACHED 128
const struct review_record *review_record(const struct review *review, size_t record);

/* What is known of a record without reading it. */
struct review_summary {
	enum review_state state;
	size_t differing;  /* spans that only the tags or only the prediction have, or not all readings */
	unsigned worst;    /* level of its worst finding + 1; 0: it has none */
	bool suspect;      /* a finding says that a model thinks otherwise */
	bool predicted;
	bool hard, noted;
	float confidence;  /* least of its words; 2 without a prediction */
};

void review_summary(const struct review *review, size_t record, struct review_summary *summary);

const char *review_text_path(const struct review *review);
const struct entity_types *review_types(const struct review *review);

/* Whether a prediction has other spans, or another relation, than the record has now, or the readings
 * differ. */
bool review_disagrees(const struct review_record *record);

struct review_totals {
	size_t disagreeing, open, with_findings, decided, hard, unreadable, unsaved;
};

/* Counts over the records so far; `open` disagree and nothing was decided; `unreadable` were left out of
 * the review, `unsaved` counts edits since the last export. */
void review_totals(const struct review *review, struct review_totals *totals);

/*
 * Each edit returns 1 when it was done and journalled, 0 when it would change nothing, and -1 when
 * the journal could not take it: then nothing has changed.
 */
int review_set(struct review *review, size_t record, size_t begin, size_t end, const char *type,
	       struct err *err);
int review_clear(struct review *review, size_t record, size_t begin, size_t end, struct err *err);

/* Make two spans of the one at a word: the second begins there. 0 when none holds the word, or one
 * begins there already. */
int review_split(struct review *review, size_t record, size_t word, struct err *err);

/* Take the tags [n_tokens] that mend a finding. -1 (ERR_USAGE) when one that is new is no tag. */
int review_fix(struct review *review, size_t record, const char *const *tags, struct err *err);

/* Take what the prediction says: for the whole record, or for the span at a word (where it has
 * none, the record's own span at the word goes). 0 also when there is no prediction. */
int review_accept_prediction(struct review *review, size_t record, struct err *err);
int review_accept_span(struct review *review, size_t record, size_t word, struct err *err);

/* Take the tags of the file and mark the record as accepted; in an adjudication, the tags as they
 * stand. */
int review_accept_gold(struct review *review, size_t record, struct err *err);

/* Mark the record as hard to decide, or take the mark off: 1 either way. Tags and state stay. */
int review_toggle_hard(struct review *review, size_t record, struct err *err);

/* Write a note on the record, in place of the one it has; "" takes it off. -1 (ERR_USAGE) when it is no
 * UTF-8, has control characters, or is longer than NOTE_LIMIT bytes. */
#define NOTE_LIMIT 1000
int review_set_note(struct review *review, size_t record, const char *note, struct err *err);

/* Take the last edit back, or repeat the last one taken back; *record is the one it was about. */
int review_undo(struct review *review, size_t *record, struct err *err);
int review_redo(struct review *review, size_t *record, struct err *err);

/* What review_seek() looks for. */
enum review_goal {
	GOAL_DISAGREEMENT, /* a prediction differs and nothing was decided */
	GOAL_FINDING,      /* a check has something to say */
	GOAL_TEXT          /* id or words hold the needle, ASCII letters in either case */
};

/* The nearest record after `from` (forward) or before it that fits, going round at the end; `from`
 * itself comes last. SIZE_MAX when there is none. */
size_t review_seek(const struct review *review, enum review_goal goal, const char *needle,
		   size_t from, bool forward);

/* The first word of a span that only the record or only its prediction has, or not all readings: the
 * nearest one at `from` or after it (forward), or at `from` or before it. SIZE_MAX when there is none. */
size_t review_find_difference(const struct review_record *record, size_t from, bool forward);

/* The first word of the record where the needle begins; 0 when only the id holds it. */
size_t review_find_word(const struct review_record *record, const char *needle);

enum review_export_mode { REVIEW_NEW_FILE, REVIEW_REPLACE };

/* Write the text file anew with the tags as they stand: byte for byte the original where nothing
 * was changed. An existing `path` is refused unless REVIEW_REPLACE; the original always is. */
int review_export(struct review *review, const char *path, enum review_export_mode mode,
		  struct err *err);

/* The same to a stream, whose write errors are its own. */
int review_write(struct review *review, FILE *out, struct err *err);

#endif
