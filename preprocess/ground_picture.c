/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground_priv.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/image/crop.h"
#include "lib/image/encode.h"
#include "lib/image/turn.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_STEM 200

/* A record and what it looks for. */
struct wanted {
	size_t record;
	struct phrase *phrases; /* [n] */
	size_t n;
};

/* The picture at hand, and the crops cut from it so far. */
struct workbench {
	const struct ground_plan *plan;
	const struct ground_picture *picture;
	const struct ground_options *options;
	struct image image;
	const char *image_name;
	struct wanted *wanted; /* [n_wanted] */
	size_t n_wanted;
	struct image_rect *cut; /* [n_cut], in the order of their numbers */
	size_t n_cut, cut_room;
	struct arena *arena;
};

/* Read what its records look for. */
static int read_wanted(struct workbench *bench, struct err *err)
{
	const struct ground_record *records = bench->plan->records;
	uint32_t number = bench->picture->first;
	size_t n = 0;

	for (; number != GROUND_NONE; number = records[number].next)
		bench->n_wanted++;
	bench->wanted = arena_alloc(bench->arena, bench->n_wanted, sizeof(*bench->wanted));
	if (!bench->wanted)
		return err_set_memory(err);
	for (number = bench->picture->first; number != GROUND_NONE; number = records[number].next) {
		struct wanted *wanted = &bench->wanted[n++];

		wanted->record = number;
		if (ground_plan_phrases(bench->plan, number, &wanted->phrases, &wanted->n,
					bench->arena, err) < 0)
			return -1;
	}
	return 0;
}

/* Phrases of all records of the picture, each once. */
static int unite_phrases(const struct workbench *bench, struct phrase **out, size_t *n,
			 struct err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < bench->n_wanted; i++)
		total += bench->wanted[i].n;
	*out = arena_alloc(bench->arena, total + 1, sizeof(**out));
	*n = 0;
	if (!*out)
		return err_set_memory(err);
	for (size_t i = 0; i < bench->n_wanted; i++) {
		for (size_t k = 0; k < bench->wanted[i].n; k++) {
			const struct phrase *phrase = &bench->wanted[i].phrases[k];
			size_t j = 0;

			while (j < *n && ((*out)[j].kind != phrase->kind ||
					  strcmp((*out)[j].text, phrase->text) != 0))
				j++;
			if (j == *n)
				(*out)[(*n)++] = *phrase;
		}
	}
	return 0;
}

static bool same_rect(struct image_rect a, struct image_rect b)
{
	return a.x0 == b.x0 && a.y0 == b.y0 && a.x1 == b.x1 && a.y1 == b.y1;
}

static const char *crop_name(const struct workbench *bench, size_t number)
{
	return arena_format(bench->arena, "%s_pred_yolo_crop_%zu.png", bench->picture->stem, number);
}

/* The number of the crop of a rectangle, which is cut when it is new; -1 on failure. */
static long cut_crop(struct workbench *bench, struct image_rect rect, struct err *err)
{
	const char *name;
	char *path;
	struct image crop = IMAGE_INIT;
	int rc;

	for (size_t i = 0; i < bench->n_cut; i++)
		if (same_rect(bench->cut[i], rect))
			return (long)i;
	if (bench->n_cut == bench->cut_room)
		BUG("more crops than were planned");
	name = crop_name(bench, bench->n_cut);
	path = name ? file_join(bench->plan->paths.crops, name) : NULL;
	if (!path)
		return err_set_memory(err);
	rc = image_crop(&crop, &bench->image, rect, err);
	if (rc == 0)
		rc = image_encode_png(&crop, path, err);
	image_release(&crop);
	free(path);
	if (rc < 0)
		return -1;
	bench->cut[bench->n_cut] = rect;
	return (long)bench->n_cut++;
}

/* One chosen box, cut, as it goes in the journal. */
static json_t *box_json(struct workbench *bench, const struct grounded *box,
			struct image_rect rect, const struct phrase *phrase, struct err *err)
{
	long number = cut_crop(bench, rect, err);
	const char *name = number < 0 ? NULL : crop_name(bench, (size_t)number);

	if (number >= 0 && !name)
		err_set_memory(err);
	if (!name)
		return NULL;
	return json_pack("{s:o,s:s,s:[i,i,i,i],s:o,s:o,s:o}", "phrase",
			 json_text(phrase ? phrase->text : ""), "kind",
			 phrase ? phrase_kind_name(phrase->kind) : "", "box", rect.x0, rect.y0,
			 rect.x1, rect.y1, "score", json_real((double)box->score), "class",
			 json_text(box->class_name), "crop", json_text(name));
}

/* The record's own phrase that a box was given for, or NULL. */
static const struct phrase *own_phrase(const struct wanted *wanted,
				       const struct phrase *phrases, const struct grounded *box)
{
	if (box->phrase == GROUNDED_NO_PHRASE)
		return NULL;
	for (size_t i = 0; i < wanted->n; i++)
		if (wanted->phrases[i].kind == phrases[box->phrase].kind &&
		    strcmp(wanted->phrases[i].text, phrases[box->phrase].text) == 0)
			return &wanted->phrases[i];
	return NULL;
}

/* The boxes that one record gets. */
struct choice {
	json_t *list;
	struct image_rect *taken; /* [n] */
	size_t n;
};

/* The area that two rectangles share, as a part of what both cover. */
static double overlap_of(struct image_rect a, struct image_rect b)
{
	double width = (a.x1 < b.x1 ? a.x1 : b.x1) - (a.x0 > b.x0 ? a.x0 : b.x0);
	double height = (a.y1 < b.y1 ? a.y1 : b.y1) - (a.y0 > b.y0 ? a.y0 : b.y0);
	double shared = width > 0 && height > 0 ? width * height : 0;
	double both = (double)(a.x1 - a.x0) * (a.y1 - a.y0) + (double)(b.x1 - b.x0) * (b.y1 - b.y0);

	return shared / (both - shared);
}

static struct image_rect rect_of(const struct workbench *bench, struct box box)
{
	float x = (box.x1 - box.x0) * (float)bench->options->margin;
	float y = (box.y1 - box.y0) * (float)bench->options->margin;

	return image_rect_around(&bench->image, box.x0 - x, box.y0 - y, box.x1 + x, box.y1 + y);
}

/* Take a box unless it is too small, too unsure or taken already. */
static int take_box(struct workbench *bench, struct choice *choice, const struct grounded *box,
		    const struct phrase *phrase, struct err *err)
{
	struct image_rect rect = rect_of(bench, box->box);
	double overlap = bench->options->overlap;
	json_t *line;

	if (rect.x1 - rect.x0 < bench->options->least_side ||
	    rect.y1 - rect.y0 < bench->options->least_side ||
	    ((double)box->score < bench->options->least_score &&
	     strcmp(box->class_name, WHOLE_PICTURE) != 0))
		return 0;
	for (size_t i = 0; i < choice->n; i++)
		if (same_rect(choice->taken[i], rect) ||
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
	if (strcmp(box->class_name, WHOLE_PICTURE) == 0)
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
static json_t *choose(struct workbench *bench, const struct wanted *wanted,
		      const struct phrase *phrases, const struct grounded *boxes, size_t n,
		      struct err *err)
{
	size_t top = bench->options->top;
	struct choice choice = { json_array(),
				 arena_alloc(bench->arena, top + 1, sizeof(*choice.taken)), 0 };
	int rc = choice.list && choice.taken ? 0 : err_set_memory(err);

	for (enum claim claim = CLAIM_PHRASE; claim <= CLAIM_WHOLE; claim++) {
		if (!is_wanted(claim, bench->options))
			continue;
		for (size_t i = 0; i < n && choice.n < top && rc == 0; i++) {
			const struct phrase *phrase = own_phrase(wanted, phrases, &boxes[i]);

			if (claim_of(&boxes[i], phrase) == claim)
				rc = take_box(bench, &choice, &boxes[i], phrase, err);
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

static int ground_records(struct workbench *bench, struct grounder *grounder, json_t *list,
			  struct err *err)
{
	struct phrase *phrases;
	struct grounded *boxes;
	size_t n_phrases, n;

	if (read_wanted(bench, err) < 0 ||
	    unite_phrases(bench, &phrases, &n_phrases, err) < 0 ||
	    grounder->ground(grounder, &bench->image, bench->image_name, phrases, n_phrases, &boxes,
			     &n, bench->arena, err) < 0)
		return -1;
	bench->cut_room = n + 1;
	bench->cut = arena_alloc(bench->arena, bench->cut_room, sizeof(*bench->cut));
	if (!bench->cut)
		return err_set_memory(err);
	for (size_t i = 0; i < bench->n_wanted; i++) {
		const struct wanted *wanted = &bench->wanted[i];
		json_t *chosen = choose(bench, wanted, phrases, boxes, n, err);

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

/* A name that makes a file in a folder and nowhere else. */
static bool stem_is_safe(const char *stem)
{
	return *stem && *stem != '.' && strlen(stem) <= LONGEST_STEM && !strpbrk(stem, "/\\\n\r");
}

json_t *ground_picture(const struct ground_plan *plan, size_t picture, struct grounder *grounder,
		       const struct ground_options *options, struct arena *arena, struct err *err)
{
	struct workbench bench = { .plan = plan, .picture = &plan->pictures[picture],
				   .options = options, .image = IMAGE_INIT, .arena = arena };
	char *path = split_image_path(plan->split, bench.picture->name);
	struct err fault = ERR_INIT;
	json_t *list = json_array(), *out = NULL;
	int rc = 0;

	if (!path) {
		err_set(&fault, ERR_DATA, "the split has no folder of pictures; give --images");
	} else if (!stem_is_safe(bench.picture->stem)) {
		err_set(&fault, ERR_DATA, "this cannot name a picture and its crops; correct the record");
	} else {
		bench.image_name = file_base_name(path);
		image_decode_upright(&bench.image, path, &fault);
	}
	if (bench.image.rgb)
		rc = ground_records(&bench, grounder, list, err);
	if (rc == 0)
		out = json_pack("{s:o,s:o,s:o,s:o}", "picture", json_text(bench.picture->name),
				"image", json_text(bench.image_name ? bench.image_name : ""), "fault",
				bench.image.rgb ? json_null() : json_text(fault.text), "records", list);
	else
		json_decref(list);
	if (rc == 0 && !out)
		err_set_memory(err);
	image_release(&bench.image);
	free(path);
	return out;
}
