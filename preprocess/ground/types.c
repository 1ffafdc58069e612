/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The four crops that UMGF opens for each picture, one a type of entity: the best box of a phrase of that
 * kind, or the whole picture, for its loader stops at a file that is missing. All records of a
 * picture share them.
 */
#include "preprocess/ground/claim.h"
#include "preprocess/ground/output.h"
#include "preprocess/ground/picture_priv.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

/* The types as UMGF's script spells and asks for them, in its order. */
static const struct {
	const char *name;
	enum phrase_kind kind;
} types[] = {
	{ "location", PHRASE_LOCATION },
	{ "organization", PHRASE_ORGANIZATION },
	{ "person", PHRASE_PERSON },
	{ "miscellaneous", PHRASE_MISC },
};

#define N_TYPES (sizeof(types) / sizeof(*types))

/* The best box of a kind of phrase, or NULL; the whole picture is no box. */
static const struct grounded *best_box(const struct workbench *bench, enum phrase_kind kind)
{
	const struct grounded *best = NULL;

	for (size_t i = 0; i < bench->n_boxes; i++) {
		const struct grounded *box = &bench->boxes[i];

		if (box->phrase == GROUNDED_NO_PHRASE || bench->phrases[box->phrase].kind != kind ||
		    grounded_is_whole(box) || ground_is_poor(bench, box, ground_rect(bench, box->box)))
			continue;
		if (!best || box->score > best->score)
			best = box;
	}
	return best;
}

static int append(json_t *list, json_t *line, struct err *err)
{
	if (!line)
		return -1;
	return json_array_append_new(list, line) < 0 ? err_set_memory(err) : 0;
}

/* The first phrase of a kind, or n_phrases. */
static size_t first_phrase(const struct workbench *bench, enum phrase_kind kind)
{
	size_t i = 0;

	while (i < bench->n_phrases && bench->phrases[i].kind != kind)
		i++;
	return i;
}

/* What UMGF's script would cut, or nothing: then there is no crop. */
static int take_published(const struct workbench *bench, size_t type, json_t *list, struct err *err)
{
	size_t phrase = first_phrase(bench, types[type].kind);
	const char *name = ground_typed_crop(bench, types[type].name);
	struct grounded box = { .phrase = phrase, .class_name = "phrase" };
	struct image crop = IMAGE_INIT;
	struct image_rect rect;
	int rc = name ? 0 : err_set_memory(err);

	if (rc == 0 && phrase < bench->n_phrases)
		rc = bench->grounder->cut(bench->grounder, &bench->image, phrase, &crop, &rect,
					  &box.score, err);
	if (rc == 0 && crop.rgb)
		rc = ground_save_crop(bench, &crop, name, err);
	if (rc == 0 && crop.rgb)
		rc = append(list, ground_box_json(&box, rect, bench->phrases[phrase].text,
						  phrase_kind_name(types[type].kind), name, err), err);
	image_release(&crop);
	return rc;
}

static int take_type(const struct workbench *bench, size_t type, json_t *list, struct err *err)
{
	const struct grounded whole = { .phrase = GROUNDED_NO_PHRASE, .class_name = WHOLE_PICTURE };
	const struct grounded *box = best_box(bench, types[type].kind);
	const char *phrase = box ? bench->phrases[box->phrase].text : types[type].name;
	const char *crop = ground_typed_crop(bench, types[type].name);
	struct image_rect rect = { 0, 0, bench->image.width, bench->image.height };

	if (!crop)
		return err_set_memory(err);
	if (box)
		rect = ground_rect(bench, box->box);
	if (ground_cut(bench, rect, crop, err) < 0)
		return -1;
	return append(list, ground_box_json(box ? box : &whole, rect, phrase,
					    phrase_kind_name(types[type].kind), crop, err), err);
}

/* Make the picture's own folder, without what a killed run was writing there. */
static int make_folder(const struct workbench *bench, struct err *err)
{
	char *folder = file_join(bench->plan->paths.crops, bench->picture->stem);
	int rc;

	if (!folder)
		return err_set_memory(err);
	rc = ground_claim_folder(folder, err);
	if (rc == 0)
		rc = ground_sweep_crops(folder, err);
	free(folder);
	return rc;
}

int ground_choose_types(struct workbench *bench, json_t *list, struct err *err)
{
	json_t *boxes = json_array();
	int rc = boxes ? make_folder(bench, err) : err_set_memory(err);

	for (size_t type = 0; type < N_TYPES && rc == 0; type++)
		rc = (bench->options->as_published ? take_published : take_type)(bench, type, boxes, err);
	for (size_t i = 0; i < bench->n_wanted && rc == 0; i++)
		rc = append(list, json_pack("{s:I,s:O}", "record",
					    (json_int_t)bench->wanted[i].record, "boxes", boxes), err);
	json_decref(boxes);
	return rc;
}

/* Whether the picture has a crop that no run of ours made. */
static bool came_along(const struct ground_plan *plan, const char *stem)
{
	struct buf path = BUF_INIT;
	bool found = false;

	buf_add_format(&path, "%s/%s", plan->paths.crops, stem);
	if (!path.failed && !ground_folder_is_ours(path.data)) {
		buf_add_format(&path, "/crop_person_%s.jpg", stem);
		found = !path.failed && file_exists(path.data);
	}
	buf_release(&path);
	return found;
}

bool ground_types_came_along(const struct ground_plan *plan)
{
	for (size_t i = 0; i < plan->n_pictures; i++)
		if (came_along(plan, plan->pictures[i].stem))
			return true;
	return false;
}

/* There is no dict to count what came out. */
static int begin(const struct ground_context *context, void **state, struct err *err)
{
	if (context->plan->names != CROPS_UMGF)
		return 0;
	*state = checked_calloc(1, sizeof(struct ground_report));
	return *state ? 0 : err_set_memory(err);
}

static int count_record(void *state, const struct ground_result *result, struct err *err)
{
	struct ground_report *counted = state;

	(void)err;
	counted->without += result->n_boxes < N_TYPES;
	if (result->first)
		counted->crops += result->n_boxes;
	return 0;
}

static int finish(void *state, struct ground_report *report, struct err *err)
{
	const struct ground_report *counted = state;

	(void)err;
	report->without = counted->without;
	report->crops = counted->crops;
	return 0;
}

const struct ground_output ground_types_output = { begin, count_record, finish, free };
