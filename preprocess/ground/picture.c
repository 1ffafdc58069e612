/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/picture_priv.h"

#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/image/turn.h"

#include <stdlib.h>
#include <string.h>

#define LONGEST_STEM 200

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
static int unite_phrases(struct workbench *bench, struct err *err)
{
	size_t total = 0;

	for (size_t i = 0; i < bench->n_wanted; i++)
		total += bench->wanted[i].n;
	bench->phrases = arena_alloc(bench->arena, total + 1, sizeof(*bench->phrases));
	if (!bench->phrases)
		return err_set_memory(err);
	for (size_t i = 0; i < bench->n_wanted; i++) {
		for (size_t k = 0; k < bench->wanted[i].n; k++) {
			const struct phrase *phrase = &bench->wanted[i].phrases[k];
			size_t j = 0;

			while (j < bench->n_phrases && (bench->phrases[j].kind != phrase->kind ||
							strcmp(bench->phrases[j].text, phrase->text) != 0))
				j++;
			if (j == bench->n_phrases)
				bench->phrases[bench->n_phrases++] = *phrase;
		}
	}
	return 0;
}

static int ground_records(struct workbench *bench, json_t *list, struct err *err)
{
	if (read_wanted(bench, err) < 0 || unite_phrases(bench, err) < 0 ||
	    bench->grounder->ground(bench->grounder, &bench->image, bench->image_name, bench->phrases,
				    bench->n_phrases, &bench->boxes, &bench->n_boxes, bench->arena,
				    err) < 0)
		return -1;
	return bench->plan->names == CROPS_UMGF ? ground_choose_types(bench, list, err)
						: ground_choose(bench, list, err);
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
				   .options = options, .grounder = grounder,
				   .image = IMAGE_INIT, .arena = arena };
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
		rc = ground_records(&bench, list, err);
	if (rc == 0)
		out = json_pack("{s:o,s:o,s:o,s:i,s:i,s:o}", "picture", json_text(bench.picture->name),
				"image", json_text(bench.image_name ? bench.image_name : ""), "fault",
				bench.image.rgb ? json_null() : json_text(fault.text), "width",
				bench.image.width, "height", bench.image.height, "records", list);
	else
		json_decref(list);
	if (rc == 0 && !out)
		err_set_memory(err);
	image_release(&bench.image);
	free(path);
	return out;
}
