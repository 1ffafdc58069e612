/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/repair/repair_pictures.h"

#include "lib/base/file.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"
#include "lib/image/exif.h"
#include "lib/image/turn.h"
#include "preprocess/records.h"

#include <stdlib.h>
#include <string.h>

#define QUALITY 95 /* of a JPEG that is written anew */

/* Somebody may have measured boxes in the pictures as they are stored. */
static bool has_boxes(const struct split *split)
{
	return strcmp(split->layout, "gmner") == 0 || (split->dict && file_exists(split->dict)) ||
	       (split->crops && file_is_folder(split->crops));
}

static bool can_turn(const struct file_map *map, int orientation)
{
	struct buf turned = BUF_INIT;
	struct err err = ERR_INIT;
	bool can = jpeg_turn(map->data, map->size, orientation, &turned, &err) == 0;

	buf_release(&turned);
	return can;
}

/* A picture that can be written anew, or not at all. */
static void mend_by_encoding(struct picture_mend *mend, const struct file_map *map)
{
	struct image image = IMAGE_INIT;
	struct err err = ERR_INIT;

	mend->kind = image_decode(&image, map->data, map->size, NULL, NULL, &err) == 0
			     ? PICTURE_ENCODE : PICTURE_NO_MEND;
	image_release(&image);
}

static void look_orientation(struct picture_mend *mend, const struct split *split,
			     const struct repair_options *options, const struct file_map *map)
{
	static const char *const digits[] = { "", "1", "2", "3", "4", "5", "6", "7", "8" };

	if (!repair_wants(options, "image-orientation") || (has_boxes(split) && !options->unsafe))
		return;
	mend->rule = "image-orientation";
	mend->format = IMAGE_JPEG;
	mend->before = digits[mend->orientation];
	mend->after = digits[1];
	if (can_turn(map, mend->orientation))
		mend->kind = PICTURE_TURN;
	else if (options->unsafe)
		mend_by_encoding(mend, map);
}

/* The path with the extension of what it is; NULL when memory is out. */
static char *renamed_path(const char *path, enum image_format format)
{
	size_t stem = (size_t)(file_extension(path) - path);
	struct buf name = BUF_INIT;

	buf_add(&name, path, stem);
	buf_add_string(&name, image_format_extension(format));
	return buf_detach(&name);
}

static void look_extension(struct picture_mend *mend, const struct repair_options *options,
			   const struct file_map *map, enum image_format found, char **renamed)
{
	enum image_format told = image_format_from_extension(file_extension(mend->path));

	if (!repair_wants(options, "image-wrong-extension"))
		return;
	mend->rule = "image-wrong-extension";
	mend->before = image_format_extension(found);
	mend->after = image_format_extension(told);
	mend->format = told;
	if (options->rename_pictures) {
		*renamed = renamed_path(mend->path, found);
		if (*renamed && !file_exists(*renamed))
			mend->kind = PICTURE_RENAME;
		mend->renamed = *renamed;
		mend->before = file_base_name(mend->path);
		mend->after = *renamed ? file_base_name(*renamed) : "";
	} else if (told == IMAGE_JPEG || told == IMAGE_PNG) {
		mend_by_encoding(mend, map);
	}
}

/* Decide what becomes of a picture; one that cannot be read is others' matter. */
static void look(struct picture_mend *mend, const struct split *split,
		 const struct repair_options *options, char **renamed)
{
	struct file_map map;
	struct err err = ERR_INIT;
	enum image_format found, told;

	if (file_size(mend->path) <= 0 || file_map_open(&map, mend->path, &err) < 0)
		return;
	found = image_sniff(map.data, map.size);
	told = image_format_from_extension(file_extension(mend->path));
	if (image_format_is_picture(found) && told != IMAGE_UNKNOWN) {
		mend->orientation = exif_orientation(map.data, map.size, found);
		if (found != told)
			look_extension(mend, options, &map, found, renamed);
		else if (found == IMAGE_JPEG && mend->orientation > 1)
			look_orientation(mend, split, options, &map);
	}
	file_map_close(&map);
}

static int take_record(const struct split *split, const struct repair_options *options,
		       struct str_table *seen, const struct record *record,
		       repair_picture_function *on_picture, void *context, struct err *err)
{
	struct picture_mend mend = { .kind = PICTURE_NO_MEND, .record = record->name };
	char *path, *renamed = NULL;
	size_t n = seen->n;
	int rc = 0;

	if (!record->id || !*record->id)
		return 0;
	path = split_image_path(split, record->id);
	if (!path || str_table_add(seen, path, strlen(path)) < 0) {
		free(path);
		return err_set_memory(err);
	}
	mend.path = path;
	if (seen->n > n)
		look(&mend, split, options, &renamed);
	if (mend.kind != PICTURE_NO_MEND)
		rc = on_picture(context, &mend, err);
	free(renamed);
	free(path);
	return rc;
}

int repair_pictures(const struct split *split, const struct repair_options *options,
		    struct str_table *seen, repair_picture_function *on_picture, void *context,
		    struct progress *progress, struct err *err)
{
	struct arena arena = ARENA_INIT;
	enum read_status status;
	struct records records;
	struct record record;
	int rc = 0;

	if (!split->images || !file_is_folder(split->images))
		return 0;
	if (!repair_wants(options, "image-orientation") &&
	    !repair_wants(options, "image-wrong-extension"))
		return 0;
	if (records_open(&records, split, err) < 0)
		return -1;
	progress_begin(progress, "look at", "pictures", 0);
	while (rc == 0 && (status = records_next(&records, &record, &arena, err)) != READ_EOF) {
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK)
			rc = take_record(split, options, seen, &record, on_picture, context, err);
		if (rc == 0 && progress_step(progress, 1))
			rc = err_set(err, ERR_STOPPED, "interrupted");
		arena_reset(&arena);
	}
	progress_end(progress);
	records_close(&records);
	arena_release(&arena);
	return rc;
}

static int write_turned(const struct picture_mend *mend, const struct file_map *map, FILE *stream,
			struct err *err)
{
	struct buf turned = BUF_INIT;
	int rc = jpeg_turn(map->data, map->size, mend->orientation, &turned, err);

	if (rc == 0)
		fwrite(turned.data, 1, turned.length, stream);
	buf_release(&turned);
	return rc;
}

static int write_encoded(const struct picture_mend *mend, const struct file_map *map, FILE *stream,
			 struct err *err)
{
	struct image image = IMAGE_INIT;
	int rc = image_decode(&image, map->data, map->size, NULL, NULL, err);

	if (rc == 0)
		rc = image_turn(&image, mend->orientation, err);
	if (rc == 0)
		rc = mend->format == IMAGE_PNG ? image_write_png(&image, stream, err)
					       : image_write_jpeg(&image, QUALITY, stream, err);
	image_release(&image);
	return rc;
}

int repair_picture_write(const struct picture_mend *mend, FILE *stream, struct err *err)
{
	struct file_map map;
	int rc;

	if (file_map_open(&map, mend->path, err) < 0)
		return -1;
	rc = mend->kind == PICTURE_TURN ? write_turned(mend, &map, stream, err)
					: write_encoded(mend, &map, stream, err);
	file_map_close(&map);
	return rc;
}
