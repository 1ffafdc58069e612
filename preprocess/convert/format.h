/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An annotation format: what it holds, how it is recognised, read and written. Each lives in a file
 * of its own and is listed once in formats.c.
 *
 * A reader gives one record after the other, tags or entities as the format has them; what it has to
 * leave out of a record it counts in source->losses. A writer is given records that hold nothing
 * that its format does not (see prepare.h).
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_FORMAT_H
#define TAGSIGHT_PREPROCESS_CONVERT_FORMAT_H

#include "lib/base/err.h"
#include "lib/base/str_list.h"
#include "lib/corpus/scheme.h"
#include "preprocess/convert/losses.h"
#include "preprocess/convert/record.h"

#include <stdio.h>

struct folder_writer;

enum convert_holds {
	HOLDS_WORDS = 1 << 0,     /* words as such; else they are found in the text again */
	HOLDS_TEXT = 1 << 1,      /* a text with its white space */
	HOLDS_TAGS = 1 << 2,      /* one tag a word, as it stands */
	HOLDS_SPANS = 1 << 3,     /* entities, by tags or as such */
	HOLDS_OVERLAPS = 1 << 4,  /* entities that overlap and that cut words */
	HOLDS_RELATIONS = 1 << 5,
	HOLDS_BOXES = 1 << 6,
	HOLDS_SCORES = 1 << 7,    /* of boxes */
	HOLDS_IDS = 1 << 8,
	HOLDS_IMAGES = 1 << 9,    /* names of pictures */
	HOLDS_COLUMNS = 1 << 10,  /* besides word and tag */
	HOLDS_DOCUMENTS = 1 << 11,
	HOLDS_BYTES = 1 << 12,    /* words that are no UTF-8 */
	HOLDS_EMPTY = 1 << 13,    /* records without words */
	HOLDS_UNTAGGED = 1 << 14, /* that no entities were looked for */
	HOLDS_CUT_WORDS = 1 << 15, /* entities that cut words, though its own words stay as they are */
};

/* What the user chose; zero is the default of each. */
struct convert_options {
	const char *columns;  /* CoNLL: names of the columns read, "word,pos,ner" */
	bool blanks;          /* CoNLL: columns apart by one blank, not by a tab */
	bool no_final_blank;  /* CoNLL: no blank line behind the last sentence */
	struct str_list labels;  /* tags in the order of their numbers */
	struct str_list renames; /* "MISC=OTHER" */
	const char *images;   /* folder of the pictures; NULL: not known */
	const char *image_url; /* what stands in front of a picture's or crop's name; never NULL */
	bool no_ids;          /* leave ids out, though the output could hold them */
	bool predictions;     /* Label Studio: entities and boxes are a model's, not an annotator's */
	bool cut_words;       /* cut words at the ends of entities */
	bool voc_from_zero;   /* VOC: the first pixel is number 0, not 1 */
	bool has_scheme, has_from_scheme;
	enum scheme scheme, from_scheme;
};

struct convert_source {
	const struct convert_format *format;
	const char *path;                      /* a file or a folder */
	const char *name;                      /* for messages */
	const struct convert_options *options;
	struct convert_losses *losses;         /* NULL: nobody counts */
	size_t records;
	void *state;                           /* of the format's reader */
};

struct convert_sink {
	const struct convert_format *format;
	const struct convert_options *options;
	const char *path;             /* NULL: standard output */
	FILE *stream;                 /* of a format of one file */
	struct folder_writer *folder; /* of one of many */
	bool relations;               /* some record of the input has one */
	size_t records;
	void *state;                  /* of the format's writer, or NULL */
};

struct convert_format {
	const char *name;
	const char *extension; /* of its files; "" of a folder */
	const char *summary; /* for --list */
	unsigned holds;      /* enum convert_holds */
	bool folder;         /* it is a folder of files */
	bool own_file;       /* it writes sink->path itself, by rename */
	const char *types;   /* "|PER|LOC|": all that its loader knows; NULL: any */
	/* How sure the first bytes of a file, or the names of a folder's own files, a line each, are of
	 * this format: 0 not at all, more than others when they are less sure. */
	int (*recognise)(const char *head, size_t length);
	int (*open)(struct convert_source *source, struct err *err); /* NULL: it is only written */
	/* READ_BAD: this record was stepped over, *err says why. */
	enum read_status (*next)(struct convert_source *source, struct convert_record *record,
				 struct arena *arena, struct err *err);
	void (*close)(struct convert_source *source);
	/* Count what this format alone cannot say of a record, and take it out; NULL: nothing. */
	int (*prepare)(const struct convert_options *options, struct convert_record *record,
		       struct convert_losses *losses, struct arena *arena, struct err *err);
	int (*begin)(struct convert_sink *sink, struct err *err); /* may be NULL */
	int (*write)(struct convert_sink *sink, struct convert_record *record,
		     struct arena *arena, struct err *err); /* NULL: it is only read */
	int (*end)(struct convert_sink *sink, struct err *err); /* may be NULL */
	void (*release)(struct convert_sink *sink);             /* always called; may be NULL */
};

/* All formats, NULL-terminated. */
extern const struct convert_format *const convert_formats[];
#define CONVERT_FORMAT_NAMES \
	"conll|hf|doccano|label-studio|brat|spacy|automm|automm-csv|hvpnet|umgf|mnre|voc|coco|manifest|img2crop"

const struct convert_format *convert_format_find(const char *name); /* NULL: unknown */

/* The format of what is at `path`, by its content; NULL: none, or it cannot be read (*err says why). */
const struct convert_format *convert_format_of_input(const char *path, struct err *err);

/* The format that the name of an output speaks of; NULL when it does not. */
const struct convert_format *convert_format_of_name(const char *path);

#endif
