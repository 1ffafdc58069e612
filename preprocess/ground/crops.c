/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/picture_priv.h"

#include "lib/base/file.h"
#include "lib/image/encode.h"

#include <stdlib.h>

#define JPEG_QUALITY 95 /* OpenCV's own, as UMGF's crops were written */

bool ground_same_rect(struct image_rect a, struct image_rect b)
{
	return a.x0 == b.x0 && a.y0 == b.y0 && a.x1 == b.x1 && a.y1 == b.y1;
}

struct image_rect ground_rect(const struct workbench *bench, struct box box)
{
	float x = (box.x1 - box.x0) * (float)bench->options->margin;
	float y = (box.y1 - box.y0) * (float)bench->options->margin;

	return image_rect_around(&bench->image, box.x0 - x, box.y0 - y, box.x1 + x, box.y1 + y);
}

bool ground_is_poor(const struct workbench *bench, const struct grounded *box, struct image_rect rect)
{
	const struct ground_options *options = bench->options;

	return rect.x1 - rect.x0 < options->least_side || rect.y1 - rect.y0 < options->least_side ||
	       ((double)box->score < options->least_score && !grounded_is_whole(box));
}

static const char *extension(const struct workbench *bench)
{
	return bench->plan->format == CROPS_JPEG ? "jpg" : "png";
}

const char *ground_numbered_crop(const struct workbench *bench, size_t number)
{
	return arena_format(bench->arena, "%s_pred_yolo_crop_%zu.%s", bench->picture->stem, number,
			    extension(bench));
}

const char *ground_typed_crop(const struct workbench *bench, const char *type)
{
	const char *stem = bench->picture->stem;

	return arena_format(bench->arena, "%s/crop_%s_%s.%s", stem, type, stem, extension(bench));
}

int ground_save_crop(const struct workbench *bench, const struct image *crop, const char *name,
		     struct err *err)
{
	char *path = file_join(bench->plan->paths.crops, name);
	int rc;

	if (!path)
		return err_set_memory(err);
	rc = bench->plan->format == CROPS_JPEG ? image_encode_jpeg(crop, JPEG_QUALITY, path, err)
					       : image_encode_png(crop, path, err);
	free(path);
	return rc;
}

int ground_cut(const struct workbench *bench, struct image_rect rect, const char *name, struct err *err)
{
	struct image crop = IMAGE_INIT;
	int rc = image_crop(&crop, &bench->image, rect, err);

	if (rc == 0)
		rc = ground_save_crop(bench, &crop, name, err);
	image_release(&crop);
	return rc;
}

json_t *ground_box_json(const struct grounded *box, struct image_rect rect, const char *phrase,
			const char *kind, const char *crop, struct err *err)
{
	json_t *line = json_pack("{s:o,s:s,s:[i,i,i,i],s:o,s:o,s:o}", "phrase", json_text(phrase),
				 "kind", kind, "box", rect.x0, rect.y0, rect.x1, rect.y1, "score",
				 json_real((double)box->score), "class", json_text(box->class_name),
				 "crop", json_text(crop));

	if (!line)
		err_set_memory(err);
	return line;
}
