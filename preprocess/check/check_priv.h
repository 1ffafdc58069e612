/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the rules and the run share. A rule is a row of constants and the functions that look at a
 * line, a sentence or a relation; a rule_run is that rule in one run, with its level and its state.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PRIV_H
#define TAGSIGHT_PREPROCESS_CHECK_PRIV_H

#include "lib/base/arena.h"
#include "lib/base/buf.h"
#include "lib/corpus/relation.h"
#include "lib/corpus/sentence.h"
#include "lib/formats/line_reader.h"
#include "preprocess/check/check.h"
#include "preprocess/check/digest.h"
#include "preprocess/check/first_look.h"
#include "preprocess/check/repeats.h"
#include "preprocess/check/tags_seen.h"
#include "preprocess/relation_map.h"

struct check;
struct rule_run;
struct picture;
struct pictures;

/* Lines that a rule's `line` may be shown alone; most lines are of neither kind. */
enum line_kind { LINE_ODD = 1 << 0, LINE_BLANK = 1 << 1 };

/*
 * A text is read in batches of records on several threads. `line`, and all functions of a rule that
 * is `anywhere`, are called on the thread that reads the batch, with a struct check of that thread:
 * they know the text (check->file) and the record in hand, and must keep nothing from record to record.
 * The other rules see the records one by one in the order of the file. `file_end`, `picture` and `end`
 * are called on one thread, when all before is done.
 */
struct rule {
	struct rule_info info;
	/* Any of these may be NULL. A line is shown before the record that it belongs to. */
	void (*line)(struct check *check, struct rule_run *run, const struct text_line *line);
	void (*sentence)(struct check *check, struct rule_run *run, const struct sentence *sentence);
	void (*relation)(struct check *check, struct rule_run *run, const struct relation *relation);
	void (*bad_record)(struct check *check, struct rule_run *run, const struct err *err);
	void (*file_end)(struct check *check, struct rule_run *run);
	void (*picture)(struct check *check, struct rule_run *run, const struct picture *picture);
	void (*pictures_end)(struct check *check, struct rule_run *run);
	bool names_only; /* for these two, the names of the pictures will do: none need be read */
	/* After the last text. */
	void (*end)(struct check *check, struct rule_run *run);
	bool anywhere;
	unsigned lines; /* enum line_kind; 0: all. Odd: with more than printable ASCII and tabs */
	unsigned needs; /* enum digest_need: what of check->digest is looked at */
	void (*release)(void *state);
};

/* The tables of the groups, each closed by a row without a name. */
extern const struct rule rules_text[], rules_conll[], rules_tag[], rules_re[], rules_image[],
	rules_image_set[], rules_dict[], rules_voc[], rules_load[], rules_label[];

struct rule_run {
	const struct rule *rule;
	enum finding_level level;
	bool raised; /* to an error, by the user, whatever a finding says of itself */
	bool enabled;
	size_t order;      /* in the list of all rules */
	size_t given;      /* findings so far */
	size_t suppressed; /* findings past max_per_rule */
	size_t suppressed_before; /* the same when the text in hand began */
	size_t suppressed_milder[LEVEL_ERROR]; /* of these, by level, those below the rule's own */
	const char *last_fix;     /* of the last finding, as it was stored */
	void *state;              /* the rule's own, calloc()ed; freed by rule->release, or free() */
};

/* What all rules may know of the text that is being read. */
struct file_state {
	const struct split *split;
	size_t split_index;
	size_t columns;         /* of the token lines of this text */
	bool plain;             /* no layout of a release: nobody's loader is known */
	bool has_pictures;      /* their folder is there, and a rule wants them */
	struct first_look first;
	const struct relation_map *relations; /* RE */
	bool after_blank;       /* `line` alone: the line before was blank, or there was none */
	/* Of all that was read; final in file_end. */
	size_t n_lines, n_ids;
	size_t cr_lines, first_cr_line; /* that end in CR or CR LF */
	size_t spaced_lines;    /* blank ones that hold blanks */
	struct tags_seen tags;
	bool ended_blank;       /* CoNLL */
	/* Not for rules that are `anywhere`. */
	struct repeat repeat;   /* where the words of the record in hand were seen before */
};

struct stored_finding;

struct check {
	const struct check_options *options;
	const struct dataset *dataset;
	struct rule_run *runs; /* [n_runs], all rules */
	size_t n_runs;
	struct rule_run **record_runs; /* [n_record_runs]: of them, those that are shown records here */
	size_t n_record_runs;
	struct file_state file;
	const char *record; /* "IMGID:8" of the line or record in hand; NULL when there is none */
	const char *record_file; /* of the record in hand alone; NULL: the text is one file */
	const struct digest *digest; /* of the record in hand, what the rules need */
	unsigned needs;              /* of the rules that were chosen */
	struct repeats *repeats;
	struct relation_map relations; /* of the split in hand */
	struct pictures *pictures;
	struct stored_finding *findings; /* [n_findings] */
	size_t n_findings, capacity;
	const char *last_file; /* of the last finding, as it was stored */
	struct arena arena; /* of the findings */
	bool out_of_memory;
	struct err failure; /* of a rule that could not go on; of kind ERR_NONE when there is none */
};

/* A finding of a rule in the text in hand. line and column 0 are left out; fix may be NULL. The file is
 * the record's own where it has one, and then without column: words and tags are apart there. */
void check_report(struct check *check, struct rule_run *run, size_t line, size_t column,
		  const char *fix, const char *format, ...) __attribute__((format(printf, 6, 7)));

/* How a message leads to a record of the split: "at line 3", or "as tweet 3" where each tweet has a file of
 * its own. */
#define CHECK_AT(split) (check_has_files(split) ? "as tweet" : "at line")
bool check_has_files(const struct split *split);

/* The state of a rule, zeroed at first; NULL (and check->out_of_memory) when memory is out. */
void *check_state(struct check *check, struct rule_run *run, size_t size);

#endif
