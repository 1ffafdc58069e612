/* SPDX-License-Identifier: Apache-2.0 */
/* A tweet's three files, one behind another with bytes of 1 between them. */
#include "lib/formats/umgf_text.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FILES 3

static char folder[] = "/tmp/tagsight-fuzz-XXXXXX";
static char paths[FILES][64];

static void remove_files(void)
{
	for (size_t i = 0; i < FILES; i++)
		unlink(paths[i]);
	rmdir(folder);
}

static void make_folder(void)
{
	if (!mkdtemp(folder) || atexit(remove_files) != 0)
		abort();
	for (size_t i = 0; i < FILES; i++)
		snprintf(paths[i], sizeof(paths[i]), "%s/1_%c.txt", folder, "slp"[i]);
}

static void put(const char *path, const uint8_t *data, size_t size)
{
	FILE *stream = fopen(path, "wb");

	if (!stream || fwrite(data, 1, size, stream) != size || fclose(stream) != 0)
		abort();
}

static void check(const struct sentence *sentence)
{
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];

		if (strlen(token->line) != token->line_length || strchr(token->word, '\t') ||
		    (token->tag == NULL) != (token->columns == 1))
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct umgf_text_reader *reader;
	struct sentence sentence;
	enum read_status status;

	if (!paths[0][0])
		make_folder();
	for (size_t i = 0; i < FILES; i++) {
		const uint8_t *end = size ? memchr(data, 1, size) : NULL;
		size_t length = end ? (size_t)(end - data) : size;

		put(paths[i], data, length);
		length += end != NULL;
		data += length;
		size -= length;
	}
	reader = umgf_text_open(folder, &err);
	if (!reader)
		abort();
	while ((status = umgf_text_next(reader, &sentence, &arena, &err)) > READ_EOF)
		if (status == READ_OK)
			check(&sentence);
	umgf_text_close(reader);
	arena_release(&arena);
	return 0;
}
