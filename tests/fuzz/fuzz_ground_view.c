/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A manifest of any bytes beside a text and its phrases, the three parted by bytes of 0xfe: what is read is
 * boxes of the record with finite numbers, phrases that are words of the text, and a page of HTML in which no
 * text is markup.
 */
#include "preprocess/ground/sheet_priv.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char root[] = "/tmp/tagsight-fuzz-XXXXXX", text[64], set[] = "s", name[] = "t";

static void remove_files(void)
{
	static const char *const files[] = { "text", "tagsight/s-t.phrases.jsonl", "tagsight/s-t.boxes.jsonl",
					     "tagsight" };

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		if (chdir(root) == 0)
			remove(files[i]);
	rmdir(root);
}

static void make_folder(void)
{
	static bool made;
	char path[64];

	if (made)
		return;
	if (!mkdtemp(root))
		abort();
	snprintf(path, sizeof(path), "%s/tagsight", root);
	snprintf(text, sizeof(text), "%s/text", root);
	if (mkdir(path, 0700) != 0)
		abort();
	atexit(remove_files);
	made = true;
}

static void write_part(const char *file, const uint8_t *bytes, size_t length)
{
	char path[96];
	FILE *stream;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	stream = fopen(path, "wb");
	if (!stream || fwrite(bytes, 1, length, stream) != length || fclose(stream) != 0)
		abort();
}

static void check_record(const struct viewed_record *record)
{
	for (size_t i = 0; i < record->n_boxes; i++) {
		const struct viewed_box *box = &record->boxes[i];

		if (!isfinite(box->entry.score) || !isfinite(box->entry.box.x0) || !isfinite(box->entry.box.y1) ||
		    strcmp(box->entry.record, record->record.name) != 0 ||
		    (box->phrase != GROUNDED_NO_PHRASE && box->phrase >= record->n_phrases))
			abort();
	}
	for (size_t i = 0; i < record->n_phrases; i++)
		if (record->phrases[i].begin > record->phrases[i].end ||
		    record->phrases[i].end > record->record.n_words)
			abort();
}

static void view(enum task task)
{
	struct split split = { .task = task, .layout = "conll", .set = set, .name = name, .text = text };
	struct dataset dataset = { root, "conll", &split, 1 };
	struct ground_sheet_options options = GROUND_SHEET_OPTIONS_INIT;
	struct sheet_card card = { .arena = ARENA_INIT, .html = BUF_INIT };
	struct err err = ERR_INIT;
	struct ground_view *opened = ground_view_open(&dataset, &split, &err);
	enum read_status status;

	while (opened && (status = ground_view_next(opened, &card.record, &card.arena, &err)) > READ_EOF) {
		if (status == READ_OK) {
			check_record(&card.record);
			sheet_card_write(&card, &split, &options);
			if (strcasestr(card.html.data, "<script") || strlen(card.html.data) != card.html.length)
				abort();
		}
		buf_clear(&card.html);
		arena_reset(&card.arena);
	}
	ground_view_close(opened);
	buf_release(&card.html);
	arena_release(&card.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const parts[] = { "text", "tagsight/s-t.phrases.jsonl", "tagsight/s-t.boxes.jsonl" };

	make_folder();
	for (size_t i = 0; i < 3; i++) {
		const uint8_t *end = i < 2 && size ? memchr(data, 0xfe, size) : NULL;
		size_t length = end ? (size_t)(end - data) : size;

		write_part(parts[i], data, length);
		data += length + (end != NULL);
		size -= length + (end != NULL);
	}
	view(TASK_NER);
	view(TASK_RE);
	return 0;
}
