/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edits of the boxes in the picture view: of the selected one.
 */
#ifndef TAGSIGHT_TUI_PICTURE_EDIT_H
#define TAGSIGHT_TUI_PICTURE_EDIT_H

#include "tui/app.h"

/* Do an edit of a box, as view_ops.act. */
bool picture_edit(struct app *app, enum action action);

/* Give the box another phrase of the tweet, and the nth phrase there is; NULL after the last. */
void picture_name_box(struct app *app, const char *phrase);
const char *picture_phrase(struct app *app, size_t nth);

/* Save the manifest with the edits; "": where tagsight keeps it. */
void picture_write_boxes(struct app *app, const char *path, enum review_export_mode mode);

/* Say which edits are of boxes that are no more, once. */
void picture_tell_lost(struct app *app);

#endif
