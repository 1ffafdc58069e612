/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/picture_words.h"

#include "cmd/models.h"
#include "inference/systems/grounder_open.h"
#include "inference/vision/ocr.h"
#include "lib/base/buf.h"
#include "lib/image/decode.h"

#include <stdlib.h>
#include <string.h>

#define DETECTOR "detector"

static int open_detector(struct picture_words *words, struct err *err)
{
	char *path = models_find(DETECTOR, err);

	words->grounder = path ? grounder_open(path, &(struct grounder_options){ 0 }, err) : NULL;
	free(path);
	return words->grounder ? 0 : -1;
}

int picture_words_open(struct picture_words *words, bool objects, bool text, struct err *err)
{
	*words = (struct picture_words){ NULL, NULL };
	if (objects && open_detector(words, err) < 0)
		return -1;
	if (text) {
		words->ocr = ocr_new(NULL, err);
		if (!words->ocr) {
			picture_words_close(words);
			return -1;
		}
	}
	return 0;
}

void picture_words_close(struct picture_words *words)
{
	if (words->grounder)
		words->grounder->free(words->grounder);
	ocr_free(words->ocr);
	memset(words, 0, sizeof(*words));
}

static bool is_new(const struct grounded *found, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (strcmp(found[k].class_name, found[i].class_name) == 0)
			return false;
	return true;
}

/* NULL when nothing is seen or memory is out; then *err says so. */
static const char *name_objects(struct grounder *grounder, const struct image *image,
				struct arena *arena, struct err *err)
{
	struct buf names = BUF_INIT;
	struct grounded *found;
	const char *text = NULL;
	size_t n;

	if (grounder->ground(grounder, image, "", NULL, 0, &found, &n, arena, err) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++)
		if (is_new(found, i))
			buf_add_format(&names, "%s%s", names.length ? " " : "", found[i].class_name);
	if (names.length)
		text = arena_string(arena, names.data, names.length);
	if (names.failed || (names.length && !text))
		err_set_memory(err);
	buf_release(&names);
	return text;
}

static const char *read_text(struct ocr *ocr, const struct image *image, struct arena *arena,
			     struct err *err)
{
	const char *copy = NULL;
	char *text;

	if (ocr_read(ocr, image, &text, err) < 0)
		return NULL;
	if (*text) {
		copy = arena_copy(arena, text);
		if (!copy)
			err_set_memory(err);
	}
	free(text);
	return copy;
}

int picture_words_read(struct picture_words *words, const char *path, const char **texts, size_t *n,
		       const char **fault, struct arena *arena, struct err *err)
{
	struct image image = IMAGE_INIT;
	struct err bad = ERR_INIT, wrong = ERR_INIT;
	const char *text;
	char told[1400];

	*n = 0;
	*fault = NULL;
	if (image_decode_file(&image, path, NULL, NULL, &bad) < 0) {
		err_add_file(&bad, path);
		*fault = arena_copy(arena, err_format(&bad, told, sizeof(told)));
		return *fault ? 0 : err_set_memory(err);
	}
	text = words->grounder ? name_objects(words->grounder, &image, arena, &wrong) : NULL;
	if (text)
		texts[(*n)++] = text;
	text = words->ocr && wrong.kind == ERR_NONE ? read_text(words->ocr, &image, arena, &wrong) : NULL;
	if (text)
		texts[(*n)++] = text;
	image_release(&image);
	if (wrong.kind == ERR_NONE)
		return 0;
	*err = wrong;
	return -1;
}
