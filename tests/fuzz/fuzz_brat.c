/* SPDX-License-Identifier: Apache-2.0 */
/* A text and its annotations, with a byte of 1 between them. */
#include "tests/fuzz/fuzz_convert.h"

#include "lib/formats/brat.h"

static void check_parser(const char *bytes, size_t length)
{
	struct brat_document document;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;

	if (brat_parse(&document, bytes, length, "in", &arena, &err) == 0) {
		for (size_t i = 0; i < document.n_entities; i++)
			if (document.entities[i].n_pieces == 0 || !*document.entities[i].type)
				abort();
	} else if (err.kind != ERR_DATA) {
		abort();
	}
	arena_release(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *end = size ? memchr(data, 1, size) : NULL;
	size_t length = end ? (size_t)(end - data) : size;
	const char *annotations = (const char *)data + length + (end != NULL);
	size_t rest = size - length - (end != NULL);

	fuzz_begin("1.txt", "1.ann");
	check_parser(annotations, rest);
	fuzz_put(fuzz_paths[0], data, length);
	fuzz_put(fuzz_paths[1], annotations, rest);
	free(fuzz_run(fuzz_folder, "brat", "doccano", true, &length));
	free(fuzz_run(fuzz_folder, "brat", "mnre", true, &length));
	free(fuzz_run(fuzz_folder, "brat", "conll", true, &length));
	return 0;
}
