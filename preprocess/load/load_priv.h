/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Private to the emulations of preprocess/load: one file each, one row in load.c.
 */
#ifndef TAGSIGHT_PREPROCESS_LOAD_PRIV_H
#define TAGSIGHT_PREPROCESS_LOAD_PRIV_H

#include "lib/base/arena.h"
#include "lib/corpus/relation.h"
#include "lib/formats/line_reader.h"
#include "preprocess/load/load.h"

struct load {
	const struct loader *loader;
	const struct split *split;
	const struct load_options *options; /* NULL while a picture is looked at */
	struct finding_sink *sink;
};

struct loader {
	const char *rule;    /* "load-hvpnet" */
	const char *layouts; /* apart by bars, those that are made for it */
	size_t max_pieces;   /* word pieces of a text in its run scripts, [CLS] and [SEP] included */
	size_t max_pieces_re; /* the same of a relation's text */
	int (*ner)(const struct load *load, struct err *err); /* NULL: it reads no entities */
	int (*re)(const struct load *load, struct err *err);  /* NULL: it reads no relations */
	void (*picture)(const struct load *load, const struct load_picture *picture);
};

extern const struct loader loader_hvpnet, loader_mkgformer, loader_umt, loader_umgf, loader_gmner,
	loader_mega;

/* A finding in the split's text; column 0 and record NULL are left out. */
void load_crash(const struct load *load, size_t line, const char *record, const char *fix,
		const char *format, ...) __attribute__((format(printf, 5, 6)));
void load_warn(const struct load *load, size_t line, const char *record, const char *fix,
	       const char *format, ...) __attribute__((format(printf, 5, 6)));

/* The readings that loaders share. */
int load_hvpnet_ner(const struct load *load, struct err *err);
int load_hvpnet_re(const struct load *load, struct err *err);
void load_hvpnet_picture(const struct load *load, const struct load_picture *picture);

int load_mega_files(const struct load *load, struct err *err);

/* Report the crops of a dict that stop HVPNeT and MKGformer: of the first three of an entry, those that
 * are not there or no pictures. `path` is the dict, which may be missing; `root` the crops' folder. */
int load_crops(const struct load *load, const char *path, const char *root, struct err *err);

/* Whether a file is there and a picture by its header; else *why has the reason. */
bool load_can_open(const char *path, struct err *why);

/* ---- Python's view of a text ---- */

/* Lines as open(path, encoding='utf-8') gives them: a byte order mark is a character of the first. */
struct python_lines {
	struct line_reader *reader;
	char *first; /* the first line with its mark; NULL without one */
	bool has_bom;
};

struct python_line {
	const char *text; /* [length], without the line end; not terminated */
	size_t length;
	size_t number;    /* from 1 */
	bool newline;     /* false for a last line without its end */
	size_t bad_byte;  /* offset of the first byte that is no UTF-8; `length` when there is none */
};

int python_lines_open(struct python_lines *lines, const char *path, struct err *err);
void python_lines_close(struct python_lines *lines);

/* As line_reader_next(). */
enum read_status python_lines_next(struct python_lines *lines, struct python_line *line,
				   struct err *err);

/* "IMGID:8" of a line that starts with IMGID:, of the arena: what Python's
 * line.strip().split('IMGID:')[1] gives, with IMGID: in front. NULL when memory is out. */
const char *python_record(const struct python_line *line, struct arena *arena);
bool python_is_id(const struct python_line *line);

/* Whether a file begins with a byte order mark, which Python takes for a character. */
bool python_has_mark(const char *path);

/* A bare word of a line that is no word of a Python literal (null, true, ...), copied into `out`. */
bool python_foreign_word(const char *text, size_t length, char *out, size_t size);

/* Report a line that Python cannot read as UTF-8, which stops any loader. True when that was so. */
bool load_report_bytes(const struct load *load, const struct python_line *line, const char *record);

/* ---- word pieces ---- */

/* The pieces of a word: 0 for one that the tokenizer drops. Without a vocabulary, the fewest that BERT's
 * tokenizer can make of it. */
size_t load_pieces(const struct load *load, const char *word, size_t length);

#endif
