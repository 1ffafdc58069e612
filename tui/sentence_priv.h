/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the sentence view: the words with their spans, the picture beside and the panel below
 * them, and the edits.
 */
#ifndef TAGSIGHT_TUI_SENTENCE_PRIV_H
#define TAGSIGHT_TUI_SENTENCE_PRIV_H

#include "tui/app.h"

/* The words that an edit is about: the marked ones, else the span at the cursor, else its word. */
void sentence_range(struct app *app, size_t *begin, size_t *end);

/* Do an edit of the tweet, as view_ops.act. */
bool sentence_edit(struct app *app, enum action action, int nth);

/* Mend what the selected finding is about, or say what can be done about it. */
void sentence_fix(struct app *app);

/* Select the next finding of the tweet and go to its word. */
void sentence_next_finding(struct app *app);

/* The selected finding: *at of *n, from 0. NULL when there is none. */
const struct review_finding *sentence_finding(struct app *app, size_t *at, size_t *n);

/* Draw the words in bands of three lines (gold, words, prediction) and a blank one, in the rows
 * [y, y + rows). Scrolls to the cursor. */
void sentence_draw_words(struct app *app, int y, int rows, int columns);

/* Draw the picture of the record with its boxes at the right of the `rows` from the third on. Returns
 * the columns that it takes of all `columns`. */
int sentence_draw_picture(struct app *app, int rows, int columns);

/* Have the picture of the selected record at hand; NULL where none is to be shown. */
struct picture *sentence_load_picture(struct app *app);

/* The boxes of that picture, or NULL. */
const struct picture_box *sentence_boxes(struct app *app);

/* Whether frames are drawn as text, for want of colours. */
bool sentence_has_text_frames(const struct app *app);

/* Append the words of the span at the cursor, gold or else predicted, or else its word. */
void sentence_add_phrase(struct app *app, struct buf *phrase);

/* The word that was drawn there, with its spans; SIZE_MAX: none. */
size_t sentence_word_at(const struct app *app, int y, int x);

/* Draw what is known of the word at the cursor and the findings. */
void sentence_draw_panel(struct app *app, int y, int rows, int columns);

/* Draw the note on the record and the findings; also of a relation. */
void sentence_draw_remarks(struct app *app, int y, int rows, int columns);

#endif
