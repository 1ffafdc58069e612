/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/sheet_priv.h"

#include "lib/base/base64.h"
#include "lib/base/file.h"
#include "lib/formats/html.h"
#include "lib/image/crop.h"
#include "lib/image/draw.h"
#include "lib/image/encode.h"
#include "lib/image/resample.h"
#include "lib/image/turn.h"

#include <stdlib.h>
#include <string.h>

#define NUMBER_PIXELS 13 /* of the number at a box, as shown */
#define FRAME_PIXELS 2

void sheet_add_color(struct buf *out, size_t phrase)
{
	if (phrase == GROUNDED_NO_PHRASE)
		buf_add_char(out, 'g');
	else
		buf_add_format(out, "c%zu", phrase % DRAW_COLORS);
}

/* ---- the picture ---- */

/* `image` with its longer side at most `side`. */
static int shrink(struct image *small, const struct image *image, int side, struct err *err)
{
	double longer = image->width > image->height ? image->width : image->height;
	double factor = longer > side ? side / longer : 1;
	int width = (int)(image->width * factor + 0.5), height = (int)(image->height * factor + 0.5);

	return image_resize(small, image, width > 0 ? width : 1, height > 0 ? height : 1, err);
}

/* The picture as a data URL. */
static int add_picture_url(struct buf *out, const struct image *image, int quality, struct err *err)
{
	char *bytes = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&bytes, &length);
	int rc = -1;

	if (!stream)
		return err_set_memory(err);
	rc = image_write_jpeg(image, quality, stream, err);
	if (fclose(stream) != 0 && rc == 0)
		rc = err_set_memory(err);
	if (rc == 0) {
		buf_add_string(out, "data:image/jpeg;base64,");
		base64_add(out, bytes, length);
	}
	free(bytes);
	return rc;
}

static void add_box(struct buf *out, const struct viewed_box *box, size_t number,
		    const struct image *image, double unit)
{
	const struct box *sides = &box->entry.box;
	struct image_rect rect = image_rect_around(image, sides->x0, sides->y0, sides->x1, sides->y1);

	buf_add_string(out, "<g class=\"");
	sheet_add_color(out, box->phrase);
	buf_add_format(out, "\"><rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"><title>", rect.x0, rect.y0,
		       rect.x1 - rect.x0, rect.y1 - rect.y0);
	html_add_text(out, *box->entry.phrase ? box->entry.phrase : "no phrase");
	buf_add_format(out, " %.2f ", (double)box->entry.score);
	html_add_text(out, box->entry.class_name);
	buf_add_format(out, "</title></rect><text x=\"%.1f\" y=\"%.1f\">%zu</text></g>",
		       rect.x0 + 4 * unit, rect.y0 + (NUMBER_PIXELS + 1) * unit, number);
}

/* The boxes over the picture, in its own pixels; one pixel as shown is `unit` of them. */
static void add_overlay(struct buf *out, const struct viewed_record *record, const struct image *image,
			double unit)
{
	buf_add_format(out, "<svg viewBox=\"0 0 %d %d\" font-size=\"%.1f\" stroke-width=\"%.1f\">",
		       image->width, image->height, NUMBER_PIXELS * unit, FRAME_PIXELS * unit);
	for (size_t i = 0; i < record->n_boxes; i++)
		add_box(out, &record->boxes[i], i + 1, image, unit);
	buf_add_string(out, "</svg>");
}

static int add_figure(struct buf *out, const struct viewed_record *record, const char *path,
		      const struct ground_sheet_options *options, struct err *err)
{
	struct image image = IMAGE_INIT, small = IMAGE_INIT;
	int rc = image_decode_upright(&image, path, err);

	if (rc == 0)
		rc = shrink(&small, &image, options->side, err);
	if (rc == 0) {
		buf_add_format(out, "<figure style=\"width:%dpx\"><img width=\"%d\" height=\"%d\" alt=\"",
			       small.width, small.width, small.height);
		html_add_text(out, file_base_name(path));
		buf_add_string(out, "\" src=\"");
		rc = add_picture_url(out, &small, options->quality, err);
		buf_add_string(out, "\">");
		add_overlay(out, record, &image, (double)image.width / small.width);
		buf_add_string(out, "</figure>");
	}
	image_release(&image);
	image_release(&small);
	return rc;
}

/* The picture, or what is wrong with it. */
static void add_picture(struct buf *out, struct sheet_card *card, const struct split *split,
			const struct ground_sheet_options *options)
{
	const char *id = card->record.record.id;
	char *path = id && !strchr(id, '/') ? split_image_path(split, id) : NULL;
	struct err err = ERR_INIT;
	size_t before = out->length;

	if (!path)
		err_set(&err, ERR_DATA, !id ? "the record names none" : strchr(id, '/') ?
			"this cannot name one" : "the split has no folder of pictures");
	else if (!file_exists(path))
		err_set(&err, ERR_DATA, "'%s' is missing", file_base_name(path));
	else if (add_figure(out, &card->record, path, options, &err) == 0)
		before = out->length;
	free(path);
	card->unreadable = err.kind != ERR_NONE;
	if (!card->unreadable)
		return;
	out->length = before; /* a figure that was begun */
	buf_add_string(out, "<p class=\"fault\">no picture: ");
	html_add_text(out, err.text);
	buf_add_string(out, "</p>");
}

/* ---- the text ---- */

/* Whether phrase `a` marks a word rather than `b`: one with a box, then the shorter one. */
static bool marks_rather(const struct viewed_phrase *a, const struct viewed_phrase *b)
{
	if ((a->boxes > 0) != (b->boxes > 0))
		return a->boxes > 0;
	return a->end - a->begin < b->end - b->begin;
}

/* The phrase that marks a word, or GROUNDED_NO_PHRASE. */
static size_t mark_of(const struct viewed_record *record, size_t word)
{
	size_t best = GROUNDED_NO_PHRASE;

	for (size_t i = 0; i < record->n_phrases; i++) {
		const struct viewed_phrase *phrase = &record->phrases[i];

		if (word >= phrase->begin && word < phrase->end &&
		    (best == GROUNDED_NO_PHRASE || marks_rather(phrase, &record->phrases[best])))
			best = i;
	}
	return best;
}

static void begin_mark(struct buf *out, const struct viewed_record *record, size_t phrase)
{
	buf_add_string(out, "<mark class=\"");
	if (record->phrases[phrase].boxes)
		sheet_add_color(out, phrase);
	else
		buf_add_char(out, 'n');
	buf_add_string(out, "\">");
}

static void add_text(struct buf *out, const struct viewed_record *record)
{
	size_t mark = GROUNDED_NO_PHRASE;

	buf_add_string(out, "<p dir=\"auto\">");
	for (size_t i = 0; i < record->record.n_words; i++) {
		size_t next = mark_of(record, i);

		if (mark != GROUNDED_NO_PHRASE && next != mark)
			buf_add_string(out, "</mark>");
		if (i > 0)
			buf_add_char(out, ' ');
		if (next != GROUNDED_NO_PHRASE && next != mark)
			begin_mark(out, record, next);
		html_add_text(out, record->record.words[i]);
		mark = next;
	}
	buf_add_string(out, mark == GROUNDED_NO_PHRASE ? "</p>" : "</mark></p>");
}

/* ---- the boxes and the phrases without one ---- */

static void add_box_line(struct buf *out, const struct viewed_box *box, size_t number)
{
	const struct manifest_entry *entry = &box->entry;

	buf_add_string(out, "<li><b class=\"");
	sheet_add_color(out, box->phrase);
	buf_add_format(out, "\">%zu</b> ", number);
	html_add_text(out, *entry->phrase ? entry->phrase : "no phrase");
	buf_add_string(out, " <i>");
	html_add_text(out, entry->kind);
	buf_add_format(out, "</i> %.2f <i>", (double)entry->score);
	html_add_text(out, entry->class_name);
	buf_add_string(out, "</i></li>");
}

static void add_lists(struct buf *out, const struct viewed_record *record)
{
	buf_add_string(out, "<ul>");
	for (size_t i = 0; i < record->n_boxes; i++)
		add_box_line(out, &record->boxes[i], i + 1);
	for (size_t i = 0; i < record->n_phrases; i++) {
		if (record->phrases[i].boxes)
			continue;
		buf_add_string(out, "<li class=\"n\">");
		html_add_text(out, record->phrases[i].text);
		buf_add_format(out, " <i>%s</i> no box</li>", phrase_kind_name(record->phrases[i].kind));
	}
	buf_add_string(out, "</ul>");
}

/* ---- the card ---- */

/* What the filters go by. */
static void add_classes(struct buf *out, const struct viewed_record *record)
{
	bool kinds[PHRASE_KINDS] = { false };
	float lowest = 1;

	for (size_t i = 0; i < record->n_phrases; i++)
		kinds[record->phrases[i].kind] = true;
	for (int i = 0; i < PHRASE_KINDS; i++)
		if (kinds[i])
			buf_add_format(out, " k-%s", phrase_kind_name((enum phrase_kind)i));
	for (size_t i = 0; i < record->n_phrases; i++)
		if (record->phrases[i].boxes == 0) {
			buf_add_string(out, " lack");
			break;
		}
	for (size_t i = 0; i < record->n_boxes; i++)
		if (strcmp(record->boxes[i].entry.class_name, WHOLE_PICTURE) != 0 &&
		    record->boxes[i].entry.score < lowest)
			lowest = record->boxes[i].entry.score;
	if (record->n_boxes == 0)
		buf_add_string(out, " without");
	else if (lowest < 0.5F)
		buf_add_string(out, " low");
}

/* Crops of different names. */
static size_t count_crops(const struct viewed_record *record)
{
	size_t n = 0;

	for (size_t i = 0; i < record->n_boxes; i++) {
		size_t k = 0;

		while (k < i && strcmp(record->boxes[k].entry.crop, record->boxes[i].entry.crop) != 0)
			k++;
		n += k == i;
	}
	return n;
}

void sheet_card_write(struct sheet_card *card, const struct split *split,
		      const struct ground_sheet_options *options)
{
	const struct viewed_record *record = &card->record;
	size_t crops = count_crops(record);
	struct buf picture = BUF_INIT, *out = &card->html;

	add_picture(&picture, card, split, options);
	buf_add_string(out, "<article class=\"r");
	add_classes(out, record);
	buf_add_string(out, card->unreadable ? " unreadable\"><h3>" : "\"><h3>");
	html_add_text(out, record->record.name);
	if (record->record.relation) {
		buf_add_string(out, " <small>");
		html_add_text(out, record->record.relation->relation);
		buf_add_string(out, "</small>");
	}
	buf_add_format(out, " <small>%zu crop%s</small></h3>", crops, crops == 1 ? "" : "s");
	buf_add(out, picture.data, picture.length);
	out->failed = out->failed || picture.failed;
	add_text(out, record);
	add_lists(out, record);
	buf_add_string(out, "</article>\n");
	buf_release(&picture);
}
