/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The journal of a review: JSON Lines, appended and synced one decision at a time, so that a kill
 * or a power cut loses none. The first line says what the file is, each further one a decision:
 *
 *	{"journal":"tagsight-review","version":1,"text":"train.txt","path":"../train.txt","annotator":"anna"}
 *	{"do":"edit","edit":1,"record":7,"id":"1015799","words_sha256":"..","what":"set","begin":8,
 *	 "end":10,"tags":["O",..],"state":"edited","time":"2024-05-06T07:08:09Z"}
 *	{"do":"undo","edit":1,...}
 *
 * `edit` numbers the edits from 1; an undo or redo names the edit that it takes back or repeats.
 * `record` counts from 0; `words_sha256` is over the words, each followed by a line feed, and tells
 * a record that changed or moved. `tags` and `state` are the record's after the decision, so that
 * the last line of a record says how it stands. `begin` and `end` (words from 0, end exclusive) are
 * the words that it was about. `what` is set, clear, split, accept-prediction, accept-span,
 * accept-gold, fix, hard or note; of an adjudication also accept, take, take-span, and agreed, which nobody
 * decided: what all annotators read alike. Lines of take and take-span name in `from` whose reading
 * was taken. A record that is marked as hard has "hard":true in each of its lines, and one with a
 * note "note":"..".
 *
 * `path` is that of the text, from the folder of the journal, and `annotator` whose decisions these
 * are; journals of old have neither, and a review by nobody in particular has no annotator.
 *
 * A decision about a relation has these in place of `begin`, `end` and `tags`, and as `what` relation,
 * flip, accept-prediction or accept-gold:
 *
 *	"relation":"/per/org/member_of","flipped":true
 *
 * `flipped` tells that its head and tail are those of the file the other way round. Its
 * `words_sha256` is over the words and then the first and the end word of the file's head, and of its
 * tail, as "3 5" and a line feed.
 *
 * A decision about a box in the picture (lib/review/boxes.h), seen with a record, changes nothing of the
 * record, whose tags and state stand in its line as in any other. It has as `what` box-move, box-delete,
 * box-choose or box-phrase, and
 *
 *	"box":{"image":"8.jpg","phrase":"Big Ben","box":[10,11,320,445],
 *	       "now":{"box":[12,11,320,445],"phrase":"Big Ben","kind":"location","chosen":12}}
 *
 * with picture, phrase and sides as the manifest has them, and `now` how the box stands after the
 * decision; null: it is left out. `kind` is there when it got another phrase, `chosen`, the number of an
 * edit, when that chose it from the boxes of its phrase.
 *
 * The journal file is locked while it is open. A last line that was cut off is taken away on
 * opening.
 */
#ifndef TAGSIGHT_REVIEW_JOURNAL_H
#define TAGSIGHT_REVIEW_JOURNAL_H

#include "lib/base/buf.h"
#include "lib/base/err.h"
#include "lib/base/sha256.h"
#include "lib/review/boxes.h"

#include <stdbool.h>
#include <stddef.h>

enum journal_verb { JOURNAL_EDIT, JOURNAL_UNDO, JOURNAL_REDO, JOURNAL_VERBS };

enum review_state { STATE_UNTOUCHED, STATE_ACCEPTED, STATE_EDITED, REVIEW_STATES };

/* "untouched", "accepted", "edited"; as in the journal. */
const char *review_state_name(enum review_state state);

/* Strings are borrowed: from the caller when written, from the line during the call when read. */
struct journal_entry {
	enum journal_verb verb;
	size_t edit;
	size_t record;
	const char *id; /* NULL when the record has none */
	char words_sha256[SHA256_HEX];
	const char *what;
	size_t begin, end;
	const char *const *tags; /* [n_tags] */
	size_t n_tags;
	const char *relation; /* NULL for a tweet; a relation has no tags */
	bool flipped;
	enum review_state state;
	const char *from; /* annotator whose reading was taken; or NULL */
	bool hard;
	const char *note; /* NULL: there is none */
	const struct box_decision *box; /* NULL: it is about none */
};

/* What the first line says; NULL where it does not. */
struct journal_head {
	const char *text;      /* the file, by a path that can be opened when written, as it stands when read */
	const char *path;      /* of the text, from the folder of the journal; not looked at when written */
	const char *annotator;
};

/* Whether a name can be an annotator's, and so a part of a file's name: letters, digits, '-', '_' and
 * '.', which does not come first; at most ANNOTATOR_LIMIT bytes. */
#define ANNOTATOR_LIMIT 64
bool annotator_is_valid(const char *name);

struct journal;

/* Who hears each decision of a journal, in order; -1 with *err set stops the opening. */
struct journal_listener {
	int (*hear)(struct journal_listener *listener, const struct journal_entry *entry,
		    struct err *err);
};

/* Open or create the journal `path` (and the folders above it) of a text file, lock it, and replay
 * what it holds. `note` gets a sentence when something was repaired. NULL on failure: another process
 * has it, or it is another annotator's (ERR_USAGE), a line is damaged (ERR_DATA, file and line). */
struct journal *journal_open(const char *path, const struct journal_head *head,
			     struct journal_listener *listener, struct buf *note, struct err *err);

/* Replay what a journal holds and leave it as it is, whoever has it open. An unfinished last line is
 * passed over. */
int journal_read(const char *path, struct journal_listener *listener, struct err *err);

/* Whether a file begins as a journal does. */
bool journal_is_one(const char *path);

/* Where the text is that the journal `path` is about: what its first line says, tried from the folder of
 * the journal. On the heap. NULL with *err set when there is no such file. */
char *journal_find_text(const char *path, struct err *err);

/* Append one decision and sync it. On failure (a full disk) the journal is as it was before. */
int journal_append(struct journal *journal, const struct journal_entry *entry, struct err *err);

/* The same for many: each is added, and all are appended and synced at once. */
int journal_add(struct journal *journal, const struct journal_entry *entry, struct err *err);
int journal_flush(struct journal *journal, struct err *err);

const char *journal_path(const struct journal *journal);

/* Unlock and free; NULL is fine. */
void journal_close(struct journal *journal);

/* Read one line of a journal (without its line feed). The arrays of the entry are valid until
 * journal_line_release(). READ_EOF stands for the first line, which holds no decision. */
struct journal_line {
	void *object;
	const char **tags;
	struct box_decision box;
	struct journal_entry entry;
	struct journal_head head; /* of the first line */
};

enum read_status journal_line_read(struct journal_line *line, const char *text, size_t length,
				   struct err *err);
void journal_line_release(struct journal_line *line);

#endif
