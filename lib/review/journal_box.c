/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The box that a line of a journal is about.
 */
#include "lib/formats/json_lines.h"
#include "lib/review/journal_priv.h"

#include "lib/review/boxes_priv.h"

#include <math.h>
#include <string.h>

#define WHOLE_SIDE 1e9f /* a side up to this is written as a whole number where it is one */

static json_t *side(float value)
{
	if (fabsf(value) < WHOLE_SIDE && floorf(value) == value)
		return json_integer((json_int_t)value);
	return json_real((double)value);
}

static json_t *sides(const struct box *box)
{
	return json_pack("[o,o,o,o]", side(box->x0), side(box->y0), side(box->x1), side(box->y1));
}

static json_t *state_json(const struct box_state *now)
{
	json_t *object;

	if (now->deleted)
		return json_null();
	object = json_pack("{s:o,s:o}", "box", sides(&now->box), "phrase", json_text(now->phrase));
	if (now->kind)
		json_object_set_new(object, "kind", json_text(now->kind));
	if (now->chosen)
		json_object_set_new(object, "chosen", json_integer((json_int_t)now->chosen));
	return object;
}

int journal_box_write(json_t *line, const struct box_decision *box)
{
	json_t *object = json_pack("{s:o,s:o,s:o,s:o}", "image", json_text(box->name.image), "phrase",
				   json_text(box->name.phrase), "box", sides(&box->name.box), "now",
				   state_json(&box->now));

	return object ? json_object_set_new(line, "box", object) : -1;
}

static int read_sides(const json_t *object, struct box *box)
{
	const json_t *list = json_object_get(object, "box");
	float *numbers[4] = { &box->x0, &box->y0, &box->x1, &box->y1 };

	if (!json_is_array(list) || json_array_size(list) != 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		if (!json_is_number(json_array_get(list, i)))
			return -1;
		*numbers[i] = (float)json_number_value(json_array_get(list, i));
		if (!isfinite(*numbers[i]))
			return -1;
	}
	return 0;
}

static int read_state(const json_t *now, struct box_decision *box, size_t limit)
{
	const json_t *chosen = json_object_get(now, "chosen");

	box->now = (struct box_state){ .box = box->name.box, .phrase = box->name.phrase };
	if (json_is_null(now)) {
		box->now.deleted = true;
		return 0;
	}
	if (!json_is_object(now) || read_sides(now, &box->now.box) < 0)
		return -1;
	if (!box_is_sound(&box->now.box) &&
	    memcmp(&box->now.box, &box->name.box, sizeof(box->now.box)) != 0)
		return -1;
	box->now.phrase = json_get_string(now, "phrase", NULL);
	box->now.kind = json_get_string(now, "kind", NULL);
	if (chosen && (!json_is_integer(chosen) || json_integer_value(chosen) < 1 ||
		       (unsigned long long)json_integer_value(chosen) > limit))
		return -1;
	box->now.chosen = (size_t)json_integer_value(chosen);
	return box->now.phrase ? 0 : -1;
}

int journal_box_read(const json_t *object, struct box_decision *box, size_t limit)
{
	if (!json_is_object(object))
		return -1;
	box->name.image = json_get_string(object, "image", NULL);
	box->name.phrase = json_get_string(object, "phrase", NULL);
	if (!box->name.image || !*box->name.image || !box->name.phrase ||
	    read_sides(object, &box->name.box) < 0)
		return -1;
	return read_state(json_object_get(object, "now"), box, limit);
}
