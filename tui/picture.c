/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/picture.h"

#include "lib/base/file.h"
#include "lib/image/draw.h"
#include "lib/image/resample.h"
#include "lib/image/resample_area.h"
#include "lib/image/turn.h"
#include "tui/glyphs.h"

#include <stdlib.h>
#include <string.h>

#define LABELS 64        /* of a picture; further boxes have frames only */
#define LABEL_BYTES 160
#define TAIL_BYTES 32
#define FAR_OUT 16384.0f /* pixels that a side may lie beyond the screen */

const unsigned char picture_plain[3] = { 0, 160, 255 }, picture_bright[3] = { 255, 230, 0 };

static void set_fault(struct picture *picture, const char *text)
{
	struct buf fault = BUF_INIT;

	buf_add_format(&fault, "no picture: %s: %s", file_base_name(picture->path), text);
	picture->fault = buf_detach(&fault);
}

void picture_load(struct picture *picture, const struct split *split, const char *id)
{
	char *path = split_image_path(split, id);
	struct err err = ERR_INIT;

	if (path && picture->path && strcmp(path, picture->path) == 0) {
		free(path);
		return;
	}
	picture_release(picture);
	picture->path = path;
	if (!path)
		return;
	if (!file_exists(path))
		set_fault(picture, "the file is missing");
	else if (image_decode_upright(&picture->image, path, &err) < 0)
		set_fault(picture, err.text);
}

void picture_release(struct picture *picture)
{
	image_release(&picture->image);
	free(picture->path);
	free(picture->fault);
	memset(picture, 0, sizeof(*picture));
}

struct zoom_room picture_room(const struct picture *picture, const struct graphics *graphics, int rows,
			      int columns)
{
	return (struct zoom_room){ picture->image.width, picture->image.height, columns, rows,
				   graphics->cell_width, graphics->cell_height };
}

void picture_draw_fault(const struct picture *picture, const struct picture_area *area)
{
	glyphs_draw_folded(area->y, area->x, area->rows, area->columns,
			   picture->fault ? picture->fault : "no picture");
}

int picture_line(const struct graphics *graphics)
{
	return graphics_has_pixels(graphics) ? 2 : graphics->cell_width / 2;
}

int picture_cut(const struct image *image, struct image_rect rect, int width, int height,
		struct image *out)
{
	bool whole = rect.x1 - rect.x0 == image->width && rect.y1 - rect.y0 == image->height;
	struct image part = IMAGE_INIT;
	const struct image *from = whole ? image : &part;
	struct err ignored = ERR_INIT;
	int rc = whole ? 0 : image_crop(&part, image, rect, &ignored);

	if (rc == 0 && width <= from->width && height <= from->height)
		rc = image_resize_area(out, from, width, height, &ignored);
	else if (rc == 0)
		rc = image_resize(out, from, width, height, &ignored);
	image_release(&part);
	return rc;
}

/* A side of a box in the view, from a number of a file. */
static int place(float value, int first, int end, int length)
{
	float at = (value - (float)first) * (float)length / (float)(end - first);

	if (!(at > -FAR_OUT))
		return (int)-FAR_OUT;
	return (int)(at < FAR_OUT ? at + 0.5f : FAR_OUT);
}

struct image_rect picture_box_place(const struct box *box, const struct zoom_view *view, int width,
				    int height)
{
	const struct image_rect *rect = &view->rect;

	return (struct image_rect){ place(box->x0, rect->x0, rect->x1, width),
				    place(box->y0, rect->y0, rect->y1, height),
				    place(box->x1, rect->x0, rect->x1, width),
				    place(box->y1, rect->y0, rect->y1, height) };
}

const char *picture_box_name(const struct picture_box *box)
{
	if (*box->phrase)
		return box->phrase;
	return *box->class_name ? box->class_name : "picture";
}

bool picture_stands_out(const struct picture_look *look, const struct picture_box *box)
{
	return look->selected ? box == look->selected : box_is_about(box, look->words);
}

static void draw_boxes(struct image *image, const struct picture_look *look, int line)
{
	for (int bright = 0; bright <= 1; bright++)
		for (const struct picture_box *b = look->boxes; b; b = b->next)
			if (picture_stands_out(look, b) == (bool)bright)
				draw_frame(image,
					   picture_box_place(&b->box, look->view, image->width,
							     image->height),
					   line, bright ? picture_bright : picture_plain);
}

/* What a label says; the number is apart. `text` has LABEL_BYTES, `tail` TAIL_BYTES. */
static struct draw_label make_label(const struct picture_box *box, struct image_rect place, size_t number,
				    bool bright, char *text, char *tail)
{
	snprintf(text, LABEL_BYTES, "%s", picture_box_name(box));
	snprintf(tail, TAIL_BYTES, " %.2f", (double)box->score);
	return (struct draw_label){ .box = place, .text = text, .tail = tail, .number = (int)number,
				    .rgb = bright ? picture_bright : picture_plain };
}

static void draw_texts(struct image *image, const struct picture_look *look)
{
	char texts[LABELS][LABEL_BYTES], tails[LABELS][TAIL_BYTES];
	struct draw_label labels[LABELS];
	size_t n = 0;

	for (const struct picture_box *b = look->boxes; b && n < LABELS; b = b->next, n++)
		labels[n] = make_label(
			b, picture_box_place(&b->box, look->view, image->width, image->height), n + 1,
			picture_stands_out(look, b), texts[n], tails[n]);
	draw_labels(image, labels, n, look->font);
}

void picture_draw_label(struct image *image, struct image_rect place, const struct picture_box *box,
			size_t number, bool bright, struct font *font)
{
	char text[LABEL_BYTES], tail[TAIL_BYTES];
	struct draw_label label = make_label(box, place, number, bright, text, tail);

	draw_labels(image, &label, 1, font);
}

static void describe(const struct picture *picture, const struct picture_look *look, struct buf *text)
{
	const struct image_rect *rect = &look->view->rect;

	buf_add_format(text, "%s\n%d %d %d %d %p %d\n", picture->path, rect->x0, rect->y0, rect->x1, rect->y1,
		       (const void *)look->boxes, look->font != NULL);
	for (const struct picture_box *b = look->boxes; b; b = b->next)
		buf_add_char(text, picture_stands_out(look, b) ? '!' : '.');
}

void picture_compose(const struct picture *picture, struct graphics *graphics,
		     const struct picture_look *look, struct drawing *drawing)
{
	struct buf made_of = BUF_INIT;
	struct image cut = IMAGE_INIT;

	describe(picture, look, &made_of);
	if (drawing_begin(drawing, graphics, look->view->columns, look->view->rows, made_of.data) &&
	    picture_cut(&picture->image, look->view->rect, drawing->image.width, drawing->image.height,
			&cut) == 0) {
		image_release(&drawing->image);
		drawing->image = cut;
		if (!look->no_frames)
			draw_boxes(&drawing->image, look, picture_line(graphics));
		if (look->font)
			draw_texts(&drawing->image, look);
	}
	buf_release(&made_of);
}
