/* SPDX-License-Identifier: Apache-2.0 */
/* Any bytes as a file of boxes: what a picture gets lies within it, and belongs to a phrase or to none. */
#include "preprocess/ground/box_file_grounder.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char path[] = "/tmp/tagsight-fuzz-XXXXXX";
static bool is_made;

static void remove_file(void)
{
	unlink(path);
}

static void put(const uint8_t *data, size_t size)
{
	FILE *stream;

	if (!is_made && (mkstemp(path) < 0 || atexit(remove_file) != 0))
		abort();
	is_made = true;
	stream = fopen(path, "wb");
	if (!stream || fwrite(data, 1, size, stream) != size || fclose(stream) != 0)
		abort();
}

static void take_note(void *context, const struct err *err)
{
	(void)context;
	if (err->kind != ERR_DATA)
		abort();
}

static void check(const struct grounded *found, size_t n, size_t n_phrases)
{
	bool whole = false;

	for (size_t i = 0; i < n; i++) {
		const struct box *box = &found[i].box;

		if (found[i].phrase != GROUNDED_NO_PHRASE && found[i].phrase >= n_phrases)
			abort();
		if (!(box->x0 >= 0 && box->x0 < box->x1 && box->x1 <= 100 && box->y0 >= 0 &&
		      box->y0 < box->y1 && box->y1 <= 50))
			abort();
		if (whole && strcmp(found[i].class_name, WHOLE_PICTURE) != 0)
			abort();
		whole = strcmp(found[i].class_name, WHOLE_PICTURE) == 0;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct phrase phrases[] = { { "dog", PHRASE_NOUN }, { "Ann", PHRASE_PERSON },
						 { "two men", PHRASE_NOUN }, { "Rome", PHRASE_LOCATION } };
	static const char *const names[] = { "8.jpg", "O_1.png", "139", "" };
	const struct image picture = { .width = 100, .height = 50 };
	const struct box_file_options options = { .bad = take_note };
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct grounder *grounder;
	struct grounded *found;
	size_t n;

	put(data, size);
	grounder = box_file_grounder_new(path, &options, &err);
	if (!grounder)
		return err.kind == ERR_DATA ? 0 : (abort(), 0);
	for (size_t i = 0; i < 4; i++) {
		if (grounder->ground(grounder, &picture, names[i], phrases, 4, &found, &n, &arena, &err) < 0)
			abort();
		check(found, n, 4);
	}
	grounder->free(grounder);
	arena_release(&arena);
	return 0;
}
