/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boxes that each record gets, as HVPNeT and its kin look at them: some few, those of its phrases
 * first. A rectangle is cut once, whatever records take it.
 */
#include "preprocess/ground/picture_priv.h"

#include <string.h>

/* The boxes that one record gets. */
struct choice {
	json_t *list;
	struct image_rect *taken; /* [n] */
	size_t n;
};

/* The name of the crop of a rectangle, which is cut when it is new; NULL on failure. */
static const char *cut_crop(struct workbench *bench, struct image_rect rect, struct err *err)
{
	const char *name;
	size_t i = 0;

	while (i < bench->n_cut && !ground_same_rect(bench->cut[i], rect))
		i++;
	name = ground_numbered_crop(bench, i);
	if (!name) {
		err_set_memory(err);
		return NULL;
	}
	if (i < bench->n_cut)
		return name;
	if (bench->n_cut > bench->n_boxes)
		BUG("more crops than boxes");
	if (ground_cut(bench, rect, name, err) < 0)
		return NULL;
	bench->cut[bench->n_cut++] = rect;
	return name;
}

/* One chosen box, cut, as it goes in the journal. */
static json_t *box_json(struct workbench *bench, const struct grounded *box, struct image_rect rect,
			const struct phrase *phrase, struct err *err)
{
	const char *name = cut_crop(bench, rect, err);

	if (!name)
		return NULL;
	return ground_box_json(box, rect, phrase ? phrase->text : "",
			       phrase ? phrase_kind_name(phrase->kind) : "", name, err);
}

/* The record's own phrase that a box was given for, or NULL. */
static const struct phrase *own_phrase(const struct workbench *bench, const struct wanted *wanted,
				       const struct grounded *box)
{
	const struct phrase *phrase;

	if (box->phrase == GROUNDED_NO_PHRASE)
		return NULL;
	phrase = &bench->phrases[box->phrase];
	for (size_t i = 0; i < wanted->n; i++)
		if (wanted->phrases[i].kind == phrase->kind &&
		    strcmp(wanted->phrases[i].text, phrase->text) == 0)
			return &wanted->phrases[i];
	return NULL;
}

/* The area that two rectangles share, as a part of what both cover. */
static double overlap_of(struct image_rect a, struct image_rect b)
{
	double width = (a.x1 < b.x1 ? a.x1 : b.x1) - (a.x0 > b.x0 ? a.x0 : b.x0);
	double height = (a.y1 < b.y1 ? a.y1 : b.y1) - (a.y0 > b.y0 ? a.y0 : b.y0);
	double shared = width > 0 && height > 0 ? width * height : 0;
	double both = (double)(a.x1 - a.x0) * (a.y1 - a.y0) + (double)(b.x1 - b.x0) * (b.y1 - b.y0);

	return shared / (both - shared);
}

/* Take a box unless it is too small, too unsure or taken already. */
static int take_box(struct workbench *bench, struct choice *choice, const struct grounded *box,
		    const struct phrase *phrase, struct err *err)
{
	struct image_rect rect = ground_rect(bench, box->box);
	double overlap = bench->options->overlap;
	json_t *line;

	if (ground_is_poor(bench, box, rect))
		return 0;
	for (size_t i = 0; i < choice->n; i++)
		if (ground_same_rect(choice->taken[i], rect) ||
		    (overlap > 0 && overlap_of(choice->taken[i], rect) > overlap))
			return 0;
	line = box_json(bench, box, rect, phrase, err);
	if (!line)
		return -1;
	choice->taken[choice->n++] = rect;
	return json_array_append_new(choice->list, line) < 0 ? err_set_memory(err) : 0;
}

/* In the order in which a record takes its boxes. */
enum claim { CLAIM_PHRASE, CLAIM_NONE, CLAIM_WHOLE, CLAIM_FOREIGN_WHOLE };

static enum claim claim_of(const struct grounded *box, const struct phrase *phrase)
{
	if (grounded_is_whole(box))
		return phrase ? CLAIM_WHOLE : CLAIM_FOREIGN_WHOLE;
	return phrase ? CLAIM_PHRASE : CLAIM_NONE;
}

static bool is_wanted(enum claim claim, const struct ground_options *options)
{
	if (claim == CLAIM_NONE)
		return !options->matches_only;
	return claim == CLAIM_PHRASE || options->whole_picture != WHOLE_NEVER;
}

/* The boxes of one record as an array: those of its phrases first, then others, last the whole
 * picture. NULL on failure. */
static json_t *choose(struct workbench *bench, const struct wanted *wanted, struct err *err)
{
	size_t top = bench->options->top;
	struct choice choice = { json_array(),
				 arena_alloc(bench->arena, top + 1, sizeof(*choice.taken)), 0 };
	int rc = choice.list && choice.taken ? 0 : err_set_memory(err);

	for (enum claim claim = CLAIM_PHRASE; claim <= CLAIM_WHOLE; claim++) {
		if (!is_wanted(claim, bench->options))
			continue;
		for (size_t i = 0; i < bench->n_boxes && choice.n < top && rc == 0; i++) {
			const struct grounded *box = &bench->boxes[i];
			const struct phrase *phrase = own_phrase(bench, wanted, box);

			if (claim_of(box, phrase) == claim)
				rc = take_box(bench, &choice, box, phrase, err);
		}
	}
	if (rc == 0)
		return choice.list;
	json_decref(choice.list);
	return NULL;
}

/* The whole picture as the only crop. */
static int add_whole(struct workbench *bench, json_t *out, struct err *err)
{
	struct grounded whole = { .phrase = GROUNDED_NO_PHRASE, .score = 0,
				  .class_name = WHOLE_PICTURE };
	struct image_rect rect = { 0, 0, bench->image.width, bench->image.height };
	json_t *line = box_json(bench, &whole, rect, NULL, err);

	if (!line)
		return -1;
	json_array_append_new(out, line);
	return 0;
}

int ground_choose(struct workbench *bench, json_t *list, struct err *err)
{
	bench->cut = arena_alloc(bench->arena, bench->n_boxes + 1, sizeof(*bench->cut));
	if (!bench->cut)
		return err_set_memory(err);
	for (size_t i = 0; i < bench->n_wanted; i++) {
		const struct wanted *wanted = &bench->wanted[i];
		json_t *chosen = choose(bench, wanted, err);

		if (!chosen)
			return -1;
		json_array_append_new(list, json_pack("{s:I,s:o}", "record",
						      (json_int_t)wanted->record, "boxes", chosen));
		if (json_array_size(chosen) == 0 && bench->options->whole_picture == WHOLE_FOR_ALL &&
		    add_whole(bench, chosen, err) < 0)
			return -1;
	}
	return 0;
}
