/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/record.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/utf8.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PICTURE_EXTENSION ".jpg"

static bool has_extension(const char *name)
{
	static const char *const known[] = { "jpg", "jpeg", "png", "webp", "gif" };
	const char *extension = file_extension(name);

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (strcasecmp(extension, known[i]) == 0)
			return true;
	return false;
}

const char *record_image_of_id(const char *id, struct arena *arena)
{
	return has_extension(id) ? id : arena_format(arena, "%s" PICTURE_EXTENSION, id);
}

const char *record_id_of_image(const char *image, struct arena *arena)
{
	size_t length = strlen(image), end = strlen(PICTURE_EXTENSION);

	if (length <= end || strcmp(image + length - end, PICTURE_EXTENSION) != 0)
		return image;
	return arena_string(arena, image, length - end);
}

bool record_image_implied(const char *id, const char *image)
{
	size_t length;

	if (!id || !image)
		return false;
	if (has_extension(id))
		return strcmp(id, image) == 0;
	length = strlen(id);
	return strncmp(id, image, length) == 0 && strcmp(image + length, PICTURE_EXTENSION) == 0;
}

/* ---- words to text ---- */

static int make_offsets(struct convert_record *record, struct arena *arena, struct err *err)
{
	record->from = arena_alloc(arena, record->n_words + 1, sizeof(*record->from));
	record->to = arena_alloc(arena, record->n_words + 1, sizeof(*record->to));
	return record->from && record->to ? 0 : err_set_memory(err);
}

int record_lay_text(struct convert_record *record, struct arena *arena, struct err *err)
{
	struct buf text = BUF_INIT;
	size_t at = 0;

	if (record->text)
		return 0;
	if (make_offsets(record, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < record->n_words; i++) {
		size_t length = strlen(record->words[i]);

		if (i) {
			buf_add_char(&text, ' ');
			at++;
		}
		buf_add(&text, record->words[i], length);
		record->from[i] = at;
		at += utf8_count(record->words[i], length);
		record->to[i] = at;
	}
	record->text = text.failed ? NULL : arena_string(arena, text.data, text.length);
	buf_release(&text);
	for (size_t i = 0; i < record->n_spans; i++) {
		struct convert_span *span = &record->spans[i];

		if (span->begin < span->end) {
			span->from = record->from[span->begin];
			span->to = record->to[span->end - 1];
		}
	}
	return record->text ? 0 : err_set_memory(err);
}

/* ---- text to words ---- */

static bool is_space(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int compare_sizes(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The characters at which words are cut, in order; [*n]. */
static size_t *cut_places(const struct convert_record *record, size_t *n, struct arena *arena)
{
	size_t *places = arena_alloc(arena, record->n_spans + 1, 2 * sizeof(*places));

	*n = 0;
	for (size_t i = 0; places && i < record->n_spans; i++) {
		places[(*n)++] = record->spans[i].from;
		places[(*n)++] = record->spans[i].to;
	}
	if (places && *n)
		qsort(places, *n, sizeof(*places), compare_sizes);
	return places;
}

struct splitter {
	struct convert_record *record;
	struct arena *arena;
	const size_t *places;
	size_t n_places, next;
};

/* True when a word ends in front of character `at`, for a span does or begins there. */
static bool is_cut(struct splitter *in, size_t at)
{
	while (in->next < in->n_places && in->places[in->next] < at)
		in->next++;
	return in->next < in->n_places && in->places[in->next] == at;
}

/* Fill in words, or only count them while there is no room for them. */
static int split_text(struct splitter *in, struct err *err)
{
	struct convert_record *record = in->record;
	const char *text = record->text, *end = text + strlen(text), *start = NULL;
	size_t at = 0, from = 0, n = 0;
	uint32_t c;

	in->next = 0;
	for (const char *p = text;; at++) {
		size_t length = p < end ? utf8_decode(p, (size_t)(end - p), &c) : 0;
		bool space = p == end || is_space(*p);

		if (start && (space || is_cut(in, at))) {
			if (record->words) {
				record->words[n] = arena_string(in->arena, start, (size_t)(p - start));
				record->from[n] = from;
				record->to[n] = at;
				if (!record->words[n])
					return err_set_memory(err);
			}
			n++;
			start = NULL;
		}
		if (p == end)
			break;
		if (!space && !start) {
			start = p;
			from = at;
		}
		p += length ? length : 1;
	}
	record->n_words = n;
	return 0;
}

void record_place_spans(struct convert_record *record)
{
	for (size_t i = 0; i < record->n_spans; i++) {
		struct convert_span *span = &record->spans[i];
		size_t low = 0, high = record->n_words;

		while (low < high) { /* the first word that ends behind the span's begin */
			size_t middle = low + (high - low) / 2;

			if (record->to[middle] <= span->from)
				low = middle + 1;
			else
				high = middle;
		}
		span->begin = span->end = low;
		while (span->end < record->n_words && record->from[span->end] < span->to)
			span->end++;
		span->cuts = span->begin < span->end && (record->from[span->begin] != span->from ||
							 record->to[span->end - 1] != span->to);
	}
}

int record_find_words(struct convert_record *record, bool cut_words, struct arena *arena,
		      struct err *err)
{
	struct splitter in = { .record = record, .arena = arena };

	if (record->words || !record->text)
		return 0;
	if (cut_words) {
		in.places = cut_places(record, &in.n_places, arena);
		if (!in.places)
			return err_set_memory(err);
	}
	if (split_text(&in, err) < 0 || make_offsets(record, arena, err) < 0)
		return -1;
	record->words = arena_alloc(arena, record->n_words + 1, sizeof(*record->words));
	if (!record->words)
		return err_set_memory(err);
	if (split_text(&in, err) < 0)
		return -1;
	record_place_spans(record);
	return 0;
}

bool record_words_found_again(const struct convert_record *record)
{
	const char *p = record->text;

	if (!record->words)
		return true;
	if (!p) {
		for (size_t i = 0; i < record->n_words; i++)
			if (!*record->words[i] || strpbrk(record->words[i], " \t\r\n"))
				return false;
		return true;
	}
	for (size_t i = 0; i < record->n_words; i++) {
		size_t length = strlen(record->words[i]);

		p += strspn(p, " \t\r\n");
		if (length == 0 || strcspn(p, " \t\r\n") != length ||
		    memcmp(p, record->words[i], length) != 0)
			return false;
		p += length;
	}
	return p[strspn(p, " \t\r\n")] == '\0';
}

bool record_text_is_plain(const struct convert_record *record)
{
	const char *p = record->text;

	if (!p || !record->words)
		return true;
	for (size_t i = 0; i < record->n_words; i++) {
		size_t length = strlen(record->words[i]);

		if (i && *p++ != ' ')
			return false;
		if (strncmp(p, record->words[i], length) != 0)
			return false;
		p += length;
	}
	return *p == '\0';
}

size_t record_byte(const char *text, size_t at)
{
	size_t length = strlen(text), byte = 0;
	uint32_t c;

	for (; at && byte < length; at--) {
		size_t n = utf8_decode(text + byte, length - byte, &c);

		byte += n ? n : 1;
	}
	return byte;
}

int record_index(struct convert_record *record, struct arena *arena, struct err *err)
{
	size_t length = strlen(record->text), byte = 0;
	uint32_t c;

	if (record->bytes)
		return 0;
	record->characters = utf8_count(record->text, length);
	record->bytes = arena_alloc(arena, record->characters + 1, sizeof(*record->bytes));
	if (!record->bytes)
		return err_set_memory(err);
	for (size_t i = 0; i < record->characters; i++) {
		size_t n = utf8_decode(record->text + byte, length - byte, &c);

		record->bytes[i] = byte;
		byte += n ? n : 1;
	}
	record->bytes[record->characters] = byte;
	return 0;
}

const char *record_cut(struct convert_record *record, size_t from, size_t to, struct arena *arena)
{
	struct err ignored = ERR_INIT;

	if (record_index(record, arena, &ignored) < 0)
		return NULL;
	to = to < record->characters ? to : record->characters;
	from = from < to ? from : to;
	return arena_string(arena, record->text + record->bytes[from],
			    record->bytes[to] - record->bytes[from]);
}

/* ---- growing ---- */

/* Arrays of an arena double by being copied: the old ones are left behind. */
static void *add_item(void *items, size_t *n, size_t size, struct arena *arena)
{
	char *grown = items;

	if ((*n & (*n - 1)) == 0) {
		grown = arena_alloc(arena, *n ? 2 * *n : 1, size);
		if (grown && *n)
			memcpy(grown, items, *n * size);
	}
	return grown;
}

struct convert_span *record_add_span(struct convert_record *record, struct arena *arena)
{
	struct convert_span *grown =
		add_item(record->spans, &record->n_spans, sizeof(*record->spans), arena);

	if (!grown)
		return NULL;
	record->spans = grown;
	return &grown[record->n_spans++];
}

struct convert_relation *record_add_relation(struct convert_record *record, struct arena *arena)
{
	struct convert_relation *grown =
		add_item(record->relations, &record->n_relations, sizeof(*record->relations), arena);

	if (!grown)
		return NULL;
	record->relations = grown;
	return &grown[record->n_relations++];
}

struct convert_box *record_add_box(struct convert_record *record, struct arena *arena)
{
	struct convert_box *grown =
		add_item(record->boxes, &record->n_boxes, sizeof(*record->boxes), arena);

	if (!grown)
		return NULL;
	record->boxes = grown;
	return &grown[record->n_boxes++];
}
