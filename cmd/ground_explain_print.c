/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ground_explain.h"

#include "lib/base/utf8.h"
#include "lib/formats/json_lines.h"
#include "lib/image/draw.h"
#include "lib/image/resample.h"

#include <stdlib.h>
#include <string.h>

#define READABLE_SIDE 480 /* a picture whose longer side is shorter is doubled until it is not */
#define MOST_DRAWN 1000   /* boxes */

static const unsigned char *color_of(const struct viewed_box *box)
{
	return box->phrase == GROUNDED_NO_PHRASE ? draw_grey : draw_colors[box->phrase % DRAW_COLORS];
}

/* ---- drawing ---- */

static int enlarge(struct image *image, int *factor, struct err *err)
{
	int longer = image->width > image->height ? image->width : image->height;
	struct image large = IMAGE_INIT;

	for (*factor = 1; longer * *factor < READABLE_SIDE;)
		*factor *= 2;
	if (*factor == 1)
		return 0;
	if (image_resize(&large, image, image->width * *factor, image->height * *factor, err) < 0)
		return -1;
	image_release(image);
	*image = large;
	return 0;
}

static void label(struct draw_label *out, const struct viewed_box *box, size_t number, struct arena *arena)
{
	const struct manifest_entry *entry = &box->entry;
	const char *tail = arena_format(arena, " %.2f", (double)entry->score);

	out->text = *entry->phrase ? entry->phrase : entry->class_name;
	out->tail = tail ? tail : "";
	out->number = (int)number;
	out->rgb = color_of(box);
}

int explain_draw(struct explained *explained, struct err *err)
{
	const struct viewed_record *record = &explained->record;
	size_t n = record->n_boxes < MOST_DRAWN ? record->n_boxes : MOST_DRAWN;
	struct image *image = &explained->image;
	struct arena arena = ARENA_INIT;
	struct draw_label *labels = arena_alloc(&arena, n + 1, sizeof(*labels));
	struct font *font = NULL;
	int factor = 1, rc = labels ? enlarge(image, &factor, err) : err_set_memory(err);

	if (rc == 0) {
		font = font_new(draw_font_pixels(image), err);
		rc = font ? 0 : -1;
	}
	/* The largest score on top. */
	for (size_t i = n; i-- > 0 && rc == 0;) {
		const struct box *box = &record->boxes[i].entry.box;
		float scale = (float)factor;

		label(&labels[i], &record->boxes[i], i + 1, &arena);
		labels[i].box = image_rect_around(image, box->x0 * scale, box->y0 * scale, box->x1 * scale,
						  box->y1 * scale);
		draw_frame(image, labels[i].box, draw_line_width(image), labels[i].rgb);
	}
	if (rc == 0)
		draw_labels(image, labels, n, font);
	font_free(font);
	arena_release(&arena);
	return rc;
}

/* ---- why a phrase has nothing ---- */

static const char *why_without(const struct explained *explained)
{
	const struct viewed_record *record = &explained->record;

	if (explained->fault.kind != ERR_NONE)
		return "the picture cannot be read";
	if (!explained->now && record->n_boxes == 0)
		return "the run found no box for this record";
	if (record->n_boxes == 0)
		return "nothing was found in the picture";
	if (record->n_boxes >= explained->top)
		return "no box was matched with it, or others took all places (--top)";
	return "no box was matched with it";
}

/* ---- text ---- */

/* Text of the data on a terminal: what would steer it is left out. */
static void put(FILE *out, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t n = utf8_decode(text + at, length - at, &c);

		if (n == 0 || c < 0x20 || (c >= 0x7f && c < 0xa0))
			fputs("\xef\xbf\xbd", out);
		else
			fwrite(text + at, 1, n, out);
		at += n ? n : 1;
	}
}

static void print_number(FILE *out, const struct viewed_box *box, size_t number, bool color)
{
	const unsigned char *back = color_of(box), *ink = draw_contrast(back);

	if (color)
		fprintf(out, "\033[48;2;%d;%d;%dm\033[38;2;%d;%d;%dm%3zu \033[0m", back[0], back[1], back[2],
			ink[0], ink[1], ink[2], number);
	else
		fprintf(out, "%3zu ", number);
}

static void print_box(FILE *out, const struct viewed_box *box, size_t number, bool color)
{
	const struct manifest_entry *entry = &box->entry;

	print_number(out, box, number, color);
	fprintf(out, " %.2f  ", (double)entry->score);
	put(out, *entry->phrase ? entry->phrase : "no phrase");
	if (*entry->kind) {
		fputs(" (", out);
		put(out, entry->kind);
		fputc(')', out);
	}
	fputs(": ", out);
	put(out, entry->class_name);
	fprintf(out, ", %.0f,%.0f to %.0f,%.0f", (double)entry->box.x0, (double)entry->box.y0,
		(double)entry->box.x1, (double)entry->box.y1);
	if (*entry->crop) {
		fputs(", ", out);
		put(out, entry->crop);
	}
	fputc('\n', out);
}

static void print_head(FILE *out, const struct explained *explained)
{
	const struct record *record = &explained->record.record;

	fprintf(out, "%s %s, ", explained->split->set, explained->split->name);
	put(out, record->name);
	if (record->id) {
		fputs(", picture ", out);
		put(out, record->id);
	}
	if (explained->fault.kind != ERR_NONE)
		fprintf(out, ": %s", explained->fault.text);
	fputs("\n\n", out);
	for (size_t i = 0; i < record->n_words; i++) {
		if (i)
			fputc(' ', out);
		put(out, record->words[i]);
	}
	fputs("\n\n", out);
}

void explain_print(FILE *out, const struct explained *explained, bool color)
{
	const struct viewed_record *record = &explained->record;

	print_head(out, explained);
	if (record->n_boxes) {
		fputs("boxes of ", out);
		put(out, record->boxes[0].entry.model);
		fputs(explained->now ? ", found now, for no run has left a manifest:\n" : ", by the manifest:\n", out);
	}
	for (size_t i = 0; i < record->n_boxes; i++)
		print_box(out, &record->boxes[i], i + 1, color);
	for (size_t i = 0; i < record->n_phrases; i++) {
		const struct viewed_phrase *phrase = &record->phrases[i];

		if (phrase->boxes)
			continue;
		fputs("  -  none  ", out);
		put(out, phrase->text);
		fprintf(out, " (%s): %s\n", phrase_kind_name(phrase->kind), why_without(explained));
	}
}

static json_t *box_json(const struct viewed_box *box)
{
	const struct manifest_entry *entry = &box->entry;

	return json_pack("{s:o,s:o,s:[f,f,f,f],s:f,s:o,s:o,s:o}", "phrase", json_text(entry->phrase), "kind",
			 json_text(entry->kind), "box", (double)entry->box.x0, (double)entry->box.y0,
			 (double)entry->box.x1, (double)entry->box.y1, "score", (double)entry->score, "class",
			 json_text(entry->class_name), "crop", json_text(entry->crop), "model", json_text(entry->model));
}

void explain_print_json(FILE *out, const struct explained *explained)
{
	const struct viewed_record *record = &explained->record;
	json_t *boxes = json_array(), *without = json_array(), *words = json_array();

	for (size_t i = 0; i < record->record.n_words; i++)
		json_array_append_new(words, json_text(record->record.words[i]));
	for (size_t i = 0; i < record->n_boxes; i++)
		json_array_append_new(boxes, box_json(&record->boxes[i]));
	for (size_t i = 0; i < record->n_phrases; i++)
		if (!record->phrases[i].boxes)
			json_array_append_new(without,
					      json_pack("{s:o,s:s,s:s}", "phrase", json_text(record->phrases[i].text),
							"kind", phrase_kind_name(record->phrases[i].kind), "why",
							why_without(explained)));
	json_line_write(out, json_pack("{s:o,s:o,s:o,s:o,s:o,s:b,s:o,s:o}", "set", json_text(explained->split->set),
				       "split", json_text(explained->split->name), "record",
				       json_text(record->record.name), "fault",
				       explained->fault.kind == ERR_NONE ? json_null() :
									   json_text(explained->fault.text),
				       "words", words, "grounded_now", explained->now, "boxes", boxes, "without",
				       without));
}
