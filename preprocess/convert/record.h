/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record that any annotation format may be read into and written from: words, the text they stand
 * in, entities, relations, a picture and boxes in it. All of it belongs to the arena that the reader
 * was given; a field that the format has no place for stays zero.
 *
 * Words and text are two views. A format with words has no text until record_lay_text() joins them
 * by one blank each; a format with a text has no words until record_find_words() splits it at blanks,
 * tabs and line ends. Offsets into the text are code points, half open.
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_RECORD_H
#define TAGSIGHT_PREPROCESS_CONVERT_RECORD_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* An entity: words [begin, end) and characters [from, to). */
struct convert_span {
	size_t begin, end;
	size_t from, to;
	const char *type;
	bool cuts; /* it begins or ends within a word: begin and end hold that word whole */
};

/* What holds between two entities, by their index in the record. */
struct convert_relation {
	size_t head, tail;
	const char *type;
};

/* Pixels of the picture, x1 and y1 exclusive. */
struct convert_box {
	double x0, y0, x1, y1;
	const char *label; /* what the box is called */
	const char *crop;  /* file name of the cut-out picture; NULL: none is known */
	double score;      /* in [0, 1]; negative: none */
};

struct convert_record {
	const char *file; /* for messages */
	size_t line;      /* from 1; 0 where it means nothing */
	size_t number;    /* in the input, from 0 */
	const char *id;    /* NULL: none */
	const char *image; /* file name of the picture; NULL: none */
	double width, height; /* of the picture in pixels; 0: not known */
	const char *document; /* a "-DOCSTART-" line in front of it; NULL: none */

	const char **words; /* [n_words]; NULL: only a text was read so far */
	size_t n_words;
	const char **tags;  /* [n_words] as they stood, NULL where a word has none; NULL: see `spans` */
	bool untagged;      /* no entities were looked for, which is not the same as none found */
	const char **extra; /* [n_words], columns besides word and tag, apart by tabs; NULL: none */

	const char *text;    /* NULL: only words were read so far */
	size_t *from, *to;   /* [n_words], characters of each word in `text` */
	size_t *bytes;       /* [characters + 1], where each character of `text` begins; see record_index() */
	size_t characters;

	struct convert_span *spans; /* [n_spans] */
	size_t n_spans;
	struct convert_relation *relations; /* [n_relations] */
	size_t n_relations;
	struct convert_box *boxes; /* [n_boxes] */
	size_t n_boxes;
};

/* Whether a picture's name says no more than the id: it is the id, or the id and ".jpg". */
bool record_image_implied(const char *id, const char *image);

/* "8.jpg" of "8", "8.png" of "8.png": the picture that an id stands for. NULL when memory is out. */
const char *record_image_of_id(const char *id, struct arena *arena);

/* The id that stands for a picture: its name, without ".jpg". NULL when memory is out. */
const char *record_id_of_image(const char *image, struct arena *arena);

/* Make text, from and to out of the words, and the spans' characters out of their words, where
 * there is no text yet. */
int record_lay_text(struct convert_record *record, struct arena *arena, struct err *err);

/* Make words, from and to out of the text, and the spans' words out of their characters, where there
 * are no words yet. With `cut_words`, words end where a span begins or ends as well, so that none is cut. */
int record_find_words(struct convert_record *record, bool cut_words, struct arena *arena,
		      struct err *err);

/* Words [begin, end) of characters [from, to) for spans whose words are known to the record. A span
 * that touches no word gets an empty range. */
void record_place_spans(struct convert_record *record);

/* Whether record_find_words() would find these very words in their text again. */
bool record_words_found_again(const struct convert_record *record);

/* Whether words joined by one blank each are the text. */
bool record_text_is_plain(const struct convert_record *record);

/* Bytes of the text in front of character `at`, which may be past the end. */
size_t record_byte(const char *text, size_t at);

/* Fill in where the characters of the text begin, once. */
int record_index(struct convert_record *record, struct arena *arena, struct err *err);

/* The characters [from, to) of the text, of the arena; what is past its end is left out. NULL when memory
 * is out. */
const char *record_cut(struct convert_record *record, size_t from, size_t to, struct arena *arena);

/* Room for one more entity, relation or box, zeroed; the caller counts what it adds and sees to it that
 * none is added elsewhere. NULL when memory is out. */
struct convert_span *record_add_span(struct convert_record *record, struct arena *arena);
struct convert_relation *record_add_relation(struct convert_record *record, struct arena *arena);
struct convert_box *record_add_box(struct convert_record *record, struct arena *arena);

#endif
