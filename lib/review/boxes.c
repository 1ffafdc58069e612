/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/review_priv.h"

#include "lib/base/checked.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SAME_SIDE 1.0f /* pixels that a new manifest may have rounded a side by */

void review_boxes_init(struct review_boxes *boxes)
{
	memset(boxes, 0, sizeof(*boxes));
	str_table_init(&boxes->images);
}

void review_boxes_release(struct review_boxes *boxes)
{
	str_table_release(&boxes->images);
	free(boxes->first);
	boxes->first = NULL;
}

bool box_is_sound(const struct box *box)
{
	return isfinite(box->x0) && isfinite(box->y0) && isfinite(box->x1) && isfinite(box->y1) &&
	       box->x0 < box->x1 && box->y0 < box->y1;
}

static bool same_box(const struct box *a, const struct box *b)
{
	return a->x0 == b->x0 && a->y0 == b->y0 && a->x1 == b->x1 && a->y1 == b->y1;
}

static bool close_box(const struct box *a, const struct box *b)
{
	return fabsf(a->x0 - b->x0) <= SAME_SIDE && fabsf(a->y0 - b->y0) <= SAME_SIDE &&
	       fabsf(a->x1 - b->x1) <= SAME_SIDE && fabsf(a->y1 - b->y1) <= SAME_SIDE;
}

static struct edited_box *edited_of(const struct review_boxes *boxes, const char *image)
{
	long id = str_table_find(&boxes->images, image, strlen(image));

	return id < 0 ? NULL : boxes->first[id];
}

static struct edited_box *find(const struct review_boxes *boxes, const struct box_name *name)
{
	struct edited_box *at = edited_of(boxes, name->image);

	while (at && !(same_box(&at->name.box, &name->box) && strcmp(at->name.phrase, name->phrase) == 0))
		at = at->next;
	return at;
}

static struct box_state as_found(const struct box_name *name)
{
	return (struct box_state){ .box = name->box, .phrase = name->phrase };
}

/* The edit that chose a box from those of a phrase; 0: none did. One of a box that is no more counts when
 * `all` do. */
static size_t choice_for(const struct edited_box *edited, const char *phrase, bool all)
{
	size_t last = 0;

	for (; edited; edited = edited->next)
		if ((all || edited->met) && !edited->now.deleted && edited->now.chosen > last &&
		    strcmp(edited->now.phrase, phrase) == 0)
			last = edited->now.chosen;
	return last;
}

bool review_box_state(const struct review *review, const struct box_name *name,
		      struct box_state *state)
{
	const struct edited_box *first = edited_of(&review->boxes, name->image);
	const struct edited_box *edited = first ? find(&review->boxes, name) : NULL;

	*state = edited ? edited->now : as_found(name);
	return !state->deleted && state->chosen == choice_for(first, state->phrase, false);
}

size_t review_boxes_version(const struct review *review)
{
	return review->boxes.version;
}

/* The box in the table, where it is added as it was found. */
static struct edited_box *hold(struct review *review, const struct box_name *name)
{
	struct review_boxes *boxes = &review->boxes;
	struct edited_box *edited = find(boxes, name);
	size_t known = boxes->images.n;
	long image;

	if (edited)
		return edited;
	edited = arena_alloc(&review->arena, 1, sizeof(*edited));
	if (!edited || GROW(boxes->first, known, boxes->capacity) < 0)
		return NULL;
	edited->name = *name;
	edited->name.phrase = arena_copy(&review->arena, name->phrase);
	image = edited->name.phrase ? str_table_add(&boxes->images, name->image, strlen(name->image)) : -1;
	if (image < 0)
		return NULL;
	edited->name.image = str_table_text(&boxes->images, (size_t)image);
	edited->now = as_found(&edited->name);
	edited->met = true;
	edited->next = (size_t)image == known ? NULL : boxes->first[image];
	boxes->first[image] = edited;
	return edited;
}

struct box_change *review_box_change(struct review *review, const struct box_decision *decision)
{
	struct edited_box *edited = hold(review, &decision->name);
	struct box_change *change = arena_alloc(&review->arena, 1, sizeof(*change));
	const char *kind = decision->now.kind;

	if (!edited || !change)
		return NULL;
	*change = (struct box_change){ edited, edited->now, decision->now };
	change->after.phrase = arena_copy(&review->arena, decision->now.phrase);
	change->after.kind = kind ? arena_copy(&review->arena, kind) : NULL;
	return change->after.phrase && (!kind || change->after.kind) ? change : NULL;
}

void review_box_stands(struct review *review, const struct box_change *change, bool after)
{
	change->edited->now = after ? change->after : change->before;
	review->boxes.version++;
}

struct box_decision review_box_decision(const struct box_change *change, bool after)
{
	return (struct box_decision){ change->edited->name, after ? change->after : change->before };
}

/* The state of a box that is to be edited. 1; 0 when it is left out already; -1. */
static int about_box(struct review *review, const struct box_name *name, struct box_decision *decision,
		     struct err *err)
{
	if (review_make_ready(review, err) < 0)
		return -1;
	decision->name = *name;
	return review_box_state(review, name, &decision->now) ? 1 : 0;
}

static int commit(struct review *review, size_t record, const char *what,
		  const struct box_decision *decision, struct err *err)
{
	const struct box_change *change = review_box_change(review, decision);

	if (!change)
		return err_set_memory(err);
	return review_commit_box(review, record, what, change, err);
}

int review_move_box(struct review *review, size_t record, const struct box_name *name,
		    const struct box *to, struct err *err)
{
	struct box_decision decision;
	int rc = about_box(review, name, &decision, err);

	if (rc <= 0)
		return rc;
	if (!box_is_sound(to))
		return err_set(err, ERR_USAGE, "a box needs an inside");
	if (same_box(&decision.now.box, to))
		return 0;
	decision.now.box = *to;
	return commit(review, record, "box-move", &decision, err);
}

int review_delete_box(struct review *review, size_t record, const struct box_name *name,
		      struct err *err)
{
	struct box_decision decision;
	int rc = about_box(review, name, &decision, err);

	if (rc <= 0)
		return rc;
	decision.now = as_found(name);
	decision.now.deleted = true;
	return commit(review, record, "box-delete", &decision, err);
}

int review_choose_box(struct review *review, size_t record, const struct box_name *name,
		      struct err *err)
{
	struct box_decision decision;
	int rc = about_box(review, name, &decision, err);

	if (rc <= 0)
		return rc;
	if (decision.now.chosen)
		return 0;
	decision.now.chosen = review->last_edit + 1;
	return commit(review, record, "box-choose", &decision, err);
}

int review_name_box(struct review *review, size_t record, const struct box_name *name,
		    const char *phrase, const char *kind, struct err *err)
{
	struct box_decision decision;
	int rc = about_box(review, name, &decision, err);

	if (rc <= 0 || strcmp(decision.now.phrase, phrase) == 0)
		return rc < 0 ? -1 : 0;
	decision.now.phrase = phrase;
	decision.now.kind = kind;
	/* It was chosen for the other phrase; that of the new one has its own choice, which it shares. */
	decision.now.chosen = choice_for(edited_of(&review->boxes, name->image), phrase, false);
	return commit(review, record, "box-phrase", &decision, err);
}

void review_boxes_begin(struct review *review)
{
	for (size_t i = 0; i < review->boxes.images.n; i++)
		for (struct edited_box *at = review->boxes.first[i]; at; at = at->next)
			at->met = at->made = false;
}

void review_boxes_meet(struct review *review, const struct box_name *name)
{
	for (struct edited_box *at = edited_of(&review->boxes, name->image); at; at = at->next) {
		at->met |= same_box(&at->name.box, &name->box) &&
			   strcmp(at->name.phrase, name->phrase) == 0;
		at->made |= close_box(&at->now.box, &name->box) &&
			    strcmp(at->now.phrase, name->phrase) == 0;
	}
}

/* Whether a box stands where it was found, and for the same phrase. */
static bool is_as_found(const struct edited_box *edited)
{
	return same_box(&edited->now.box, &edited->name.box) &&
	       strcmp(edited->now.phrase, edited->name.phrase) == 0;
}

/* Whether there is an edit that wants the box to be there. */
static bool is_wanted(const struct edited_box *first, const struct edited_box *edited)
{
	if (edited->now.deleted || edited->now.chosen != choice_for(first, edited->now.phrase, true))
		return false;
	return edited->now.chosen || !is_as_found(edited);
}

size_t review_boxes_lost(const struct review *review)
{
	size_t lost = 0;

	for (size_t i = 0; i < review->boxes.images.n; i++)
		for (const struct edited_box *at = review->boxes.first[i]; at; at = at->next)
			lost += !at->met && !at->made && is_wanted(review->boxes.first[i], at);
	return lost;
}
