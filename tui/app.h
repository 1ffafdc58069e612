/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The review on a terminal: the sheets, the stack of views, the status line and the loop that reads
 * keys. Views look at the app and change it through the functions below; tags change only through
 * lib/review.
 */
#ifndef TAGSIGHT_TUI_APP_H
#define TAGSIGHT_TUI_APP_H

#include "lib/base/buf.h"
#include "tui/keymap.h"
#include "tui/mouse.h"
#include "tui/picture.h"
#include "tui/predicting.h"
#include "tui/prompt.h"
#include "tui/scores.h"
#include "tui/search.h"
#include "tui/sheet.h"
#include "tui/theme.h"
#include "tui/view.h"
#include "tui/view_occurrences.h"
#include "tui/words.h"

#define VIEW_DEPTH 7

struct list_state {
	size_t top; /* first position of the queue on the screen */
	size_t at;  /* position of the selected record */
	int rows;   /* records that fit */
	int id_columns; /* of the longest id seen so far; 0: not measured yet */
};

struct sentence_state {
	size_t word;     /* under the cursor */
	size_t finding;  /* the selected one, counted from 0 */
	size_t mark;     /* where marking began; SIZE_MAX: nothing is marked */
	int top;         /* first line of words on the screen */
	int words_y;     /* where the lines of words were drawn: first row, */
	int words_rows;  /* rows */
	int band;        /* and rows from one line of words to the next */
	int margin;      /* columns before the words */
	bool no_picture; /* hidden by the user */
	struct words words;
	struct picture picture;
	struct drawing drawing;
};

struct relation_choice;
struct found_phrase;

struct relation_state {
	size_t record; /* that the cursor was last placed for */
	size_t at;     /* the choice at the cursor */
	size_t top;    /* first choice on the screen ... */
	int y, shown;  /* ... its row, and how many choices are shown */
	struct relation_choice *choices; /* [n], of the selected record */
	size_t n, capacity;
};

struct picture_state {
	size_t record; /* that it was last drawn for */
	size_t box;    /* the selected one */
	int part;      /* of it, that is moved: see picture_edit.c */
	bool crops;    /* they are shown instead */
	struct zoom zoom;
	struct drawing drawing, strip;
	struct font *font; /* of labels among pixels */
	struct arena arena; /* of the phrases */
	struct found_phrase *phrases; /* [n_phrases] that a box can be given */
	size_t n_phrases;
};

struct help_state {
	int top;     /* first line on the screen */
	int shown;   /* lines that the last drawing held */
	bool at_end; /* the last line was among them */
	bool to_end; /* go there with the next drawing */
};

struct app {
	const struct dataset *dataset;
	const struct sheet_options *options;
	const struct keymap *keys;
	struct sheet *sheets; /* [n_splits of the dataset]; opened when first looked at */
	size_t sheet;         /* the one on the screen */
	size_t record;        /* the selected one; SIZE_MAX: none */
	size_t wanted;        /* to be selected when it is known; SIZE_MAX: none */
	const struct view_ops *stack[VIEW_DEPTH];
	size_t depth;
	struct theme theme;
	struct graphics graphics;
	struct list_state list;
	struct sentence_state sentence;
	struct relation_state relation;
	struct picture_state picture;
	struct scores_state scores;
	struct help_state help;
	struct occurrences *occurrences; /* NULL when that view is not on the stack */
	struct prompt prompt;
	struct search search;
	struct mouse mouse;
	struct predicting predicting; /* of the sheet on the screen */
	struct buf needle; /* what was last searched */
	struct buf message;
	bool message_is_error;
	enum action last_edit; /* to be repeated; ACTION_NONE at first */
	int last_nth;          /* see view_ops.act */
	bool newcomer; /* the lines for who is new are shown */
	bool touched;  /* something was pressed since the sheet is on the screen */
	bool goes_on;  /* to the next difference, after a decision */
	bool edited;   /* by the last action */
	bool running;
};

void picture_state_release(struct picture_state *state);

struct review *app_review(struct app *app);
const struct review_record *app_record(struct app *app); /* NULL when there is none */
const struct view_ops *app_view(const struct app *app);

/* What the records on the screen are: "tweet" or "relation". */
const char *app_noun(struct app *app);

void app_push(struct app *app, const struct view_ops *view);
void app_pop(struct app *app);

struct review_queue *app_queue(struct app *app);

/* Select what is at a position of the queue, with the cursor at its first disagreement or finding, and
 * tell the views; or a record, which is shown from then on even when the filter left it out. */
void app_select_at(struct app *app, size_t position);
void app_select(struct app *app, size_t record);
void app_show_record(struct app *app, size_t record); /* of app_select_at() */

/* Show the list in another order, show only what fits as well (see review_filter_add()), or all. */
void app_order(struct app *app, enum review_order order);
void app_only(struct app *app, const char *what);
void app_show_all(struct app *app);
void app_make_queue(struct app *app, enum review_order order, const struct review_filter *filter);

/* Do a bit of what is left to do; false when there was nothing. */
bool app_work(struct app *app);

/* Take what was predicted; false when there was nothing. */
bool app_predict(struct app *app);
const char *app_why_no_prediction(const struct app *app);

/* Select the next record of the queue or the one before, or say that there is none. */
void app_step(struct app *app, bool forward);

/* Say something in the status line until the next key. */
void app_say(struct app *app, const char *format, ...) __attribute__((format(printf, 2, 3)));
void app_hint(struct app *app, const char *hint); /* see keymap_expand() */
void app_complain(struct app *app, const struct err *err);

/* Say how an edit went (see review.h) and tell the views. */
void app_edited(struct app *app, int outcome, const struct err *err, const char *done);

/* Show another split; false when it could not be opened (the status line says why). */
bool app_show_sheet(struct app *app, size_t sheet);

/* Do what a key stands for in the view on the screen. */
void app_do(struct app *app, enum action action, int nth);

/* A line across the screen in the style of a title, with a text at each end. */
void app_title(struct app *app, int y, int columns, const char *left, const char *right);

#endif
