/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One fix for all places of a surface form: what the words at the cursor are tagged as, or that they
 * are no entity, is done wherever the split has the same words. The places are listed first, and
 * some can be left out. Search and change are done in slices, so that a million tweets keep no key
 * waiting; each change is an edit of its own, to be undone like any.
 */
#ifndef TAGSIGHT_TUI_VIEW_OCCURRENCES_H
#define TAGSIGHT_TUI_VIEW_OCCURRENCES_H

struct app;
struct occurrences;

/* Look for the words at the cursor and show the view. */
void occurrences_open(struct app *app);

void occurrences_free(struct occurrences *occurrences);

#endif
