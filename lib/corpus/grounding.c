/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/grounding.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FLOAT_DIGITS 9 /* enough to get any float back */

static const char *const kind_names[PHRASE_KINDS] = {
	[PHRASE_NOUN] = "noun-phrase", [PHRASE_PERSON] = "person",
	[PHRASE_LOCATION] = "location", [PHRASE_ORGANIZATION] = "organization",
	[PHRASE_MISC] = "misc",
};

const char *phrase_kind_name(enum phrase_kind kind)
{
	return kind_names[kind];
}

bool grounded_is_whole(const struct grounded *box)
{
	return strcmp(box->class_name, WHOLE_PICTURE) == 0;
}

enum phrase_kind phrase_kind_from_name(const char *name)
{
	int kind = 0;

	while (kind < PHRASE_KINDS && strcmp(kind_names[kind], name) != 0)
		kind++;
	return (enum phrase_kind)kind;
}

/* The shortest decimal number that is the same float again, so that 0.8 stays 0.8. */
static json_t *number(float value)
{
	char text[64];

	for (int digits = 6; digits <= FLOAT_DIGITS; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, (double)value);
		if (strtof(text, NULL) == value)
			break;
	}
	return json_real(strtod(text, NULL));
}

int manifest_write(FILE *stream, const struct manifest_entry *entry)
{
	const struct box *box = &entry->box;
	json_t *object = json_pack(
		"{s:o,s:o,s:o,s:o,s:[o,o,o,o],s:o,s:o,s:o,s:o,s:o,s:o}", "image",
		json_text(entry->image), "record", json_text(entry->record), "phrase",
		json_text(entry->phrase), "kind", json_text(entry->kind), "box", number(box->x0),
		number(box->y0), number(box->x1), number(box->y1), "score", number(entry->score),
		"class", json_text(entry->class_name), "crop", json_text(entry->crop), "model",
		json_text(entry->model), "model_sha256", json_text(entry->model_sha256), "version",
		json_text(entry->version));
	int rc;

	if (entry->settings)
		json_object_set_new(object, "settings", json_text(entry->settings));
	rc = object ? json_dumpf(object, stream, JSON_COMPACT | JSON_PRESERVE_ORDER |
						      JSON_REAL_PRECISION(FLOAT_DIGITS)) :
		      -1;

	json_decref(object);
	return rc == 0 && fputc('\n', stream) != EOF ? 0 : -1;
}

static int read_box(const json_t *object, struct box *box)
{
	const json_t *list = json_object_get(object, "box");
	float *sides[4] = { &box->x0, &box->y0, &box->x1, &box->y1 };

	if (!json_is_array(list) || json_array_size(list) != 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		if (!json_is_number(json_array_get(list, i)))
			return -1;
		*sides[i] = (float)json_number_value(json_array_get(list, i));
		if (!isfinite(*sides[i]))
			return -1;
	}
	return 0;
}

int manifest_read(const json_t *object, struct manifest_entry *entry, struct arena *arena,
		  struct err *err)
{
	const struct {
		const char *key;
		const char **target;
	} texts[] = {
		{ "image", &entry->image },	  { "record", &entry->record },
		{ "phrase", &entry->phrase },	  { "kind", &entry->kind },
		{ "class", &entry->class_name },  { "crop", &entry->crop },
		{ "model", &entry->model },	  { "model_sha256", &entry->model_sha256 },
		{ "version", &entry->version },
	};
	const char *settings;

	memset(entry, 0, sizeof(*entry));
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		const char *text = json_get_string(object, texts[i].key, NULL);

		if (!text)
			return err_set(err, ERR_DATA, "no \"%s\" in a line of a manifest",
				       texts[i].key);
		*texts[i].target = arena_copy(arena, text);
		if (!*texts[i].target)
			return err_set_memory(err);
	}
	settings = json_get_string(object, "settings", NULL);
	entry->settings = settings ? arena_copy(arena, settings) : NULL;
	if (settings && !entry->settings)
		return err_set_memory(err);
	if (read_box(object, &entry->box) < 0)
		return err_set(err, ERR_DATA, "\"box\" is not four numbers");
	entry->score = (float)json_get_number(object, "score", 0);
	return 0;
}
