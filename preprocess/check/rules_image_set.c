/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about what pictures show, and about all pictures of a dataset together. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/pictures.h"

#include "lib/base/file.h"
#include "lib/base/str_list.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define MANY_PICTURES 10 /* of the same bytes: what a server sends instead of pictures */
#define MANY_RECORDS 5   /* of a split that name a fallback, which has a tweet of its own */

/* What loaders open instead of a picture that they lack. */
static const char hvpnet_fallback[] = "inf.png", umt_fallback[] = "17_06_4705.jpg";

static struct finding_place place_of(const struct picture *picture)
{
	return (struct finding_place){ picture->split_index, picture->file->path, 0, 0,
				       picture->record };
}

static bool stands_for_many(const struct picture *picture)
{
	return picture->n_same >= MANY_PICTURES;
}

static void placeholder_picture(struct check *check, struct rule_run *run,
				const struct picture *picture)
{
	static const char fix[] = "fetch the tweet's own picture, or leave its record out";
	const struct picture_file *file = picture->file;
	const char *name = file_base_name(file->path);
	struct finding_place place = place_of(picture);

	if (!file->decoded)
		return;
	if (strcmp(name, hvpnet_fallback) == 0)
		check_report_at(check, run, &place, fix,
				"'%s' is what HVPNeT's loader opens for a picture that is missing", name);
	else if (strcmp(name, umt_fallback) == 0 && picture->n_records >= MANY_RECORDS)
		check_report_at(check, run, &place, fix,
				"%zu records name '%s', which UMT's loader opens for a picture that is missing",
				picture->n_records, name);
	else if (file->facts.print.plain)
		check_report_at(check, run, &place, fix,
				"scaled down, the picture is of a single colour, or nearly so");
	else if (stands_for_many(picture))
		check_report_at(check, run, &place, fix,
				"%zu pictures have these bytes: a server's answer for what it lacks?",
				picture->n_same);
}

static void drawing_picture(struct check *check, struct rule_run *run,
			    const struct picture *picture)
{
	static const char fix[] = "keep it if the task is to read such pictures; models of objects find none";
	const struct picture_facts *facts = &picture->file->facts;
	const struct image_measures *measures = &facts->measures;
	struct finding_place place = place_of(picture);

	if (!picture->file->decoded || facts->print.plain)
		return;
	if (facts->kind == IMAGE_DRAWING)
		check_report_at(check, run, &place, fix,
				"looks drawn or made up on a screen: %.0f %% of it is even, in %d colours",
				(double)measures->even * 100, measures->paints);
	else if (facts->kind == IMAGE_WRITING)
		check_report_at(check, run, &place, fix,
				"looks like writing: hard edges on %.0f %% of it, an even ground on %.0f %%",
				(double)measures->hard * 100, (double)measures->ground * 100);
}

/* ---- the same picture twice ---- */

static const struct split *split_of(const struct check *check, const struct picture *picture)
{
	return &check->dataset->splits[picture->split_index];
}

/* ", IMGID:8 of split 'train'" as far as it is known, and another split. */
static void add_owner(struct buf *out, const struct check *check, const struct picture *owner,
		      const struct picture *picture)
{
	const struct split *split = split_of(check, owner);

	if (owner->record)
		buf_add_format(out, ", %s", owner->record);
	if (owner->split_index != picture->split_index)
		buf_add_format(out, "%s of split '%s'", owner->record ? "" : ",",
			       split->name && *split->name ? split->name : split->text);
}

static void report_twin(struct check *check, struct rule_run *run, const struct picture *picture,
			const struct picture *twin)
{
	static const char fix[] = "leave one record out, or put both into one split";
	struct finding_place place = place_of(picture);
	struct buf text = BUF_INIT;

	if (twin->file == picture->file)
		buf_add_string(&text, "named before");
	else if (picture->same_bytes)
		buf_add_format(&text, "the same bytes as '%s'", twin->file->path);
	else
		buf_add_format(&text, "looks like '%s'", twin->file->path);
	add_owner(&text, check, twin, picture);
	if (text.failed)
		check->out_of_memory = true;
	check_report_at(check, run, &place, fix, "%s", text.data);
	buf_release(&text);
}

static void duplicate_picture(struct check *check, struct rule_run *run,
			      const struct picture *picture)
{
	if (picture->twin && !stands_for_many(picture))
		report_twin(check, run, picture, picture->twin);
}

/* ---- pictures that no record names ---- */

static bool is_fallback(const char *name)
{
	return strcmp(name, hvpnet_fallback) == 0 || strcmp(name, umt_fallback) == 0;
}

/* Regular files that are called pictures and that no record names. */
static int list_unreferenced(const struct check *check, const char *folder, struct str_list *out)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	int rc = 0;

	while (dir && rc == 0 && (entry = readdir(dir))) {
		const char *extension = file_extension(entry->d_name);
		struct stat status;
		char *path;

		if (entry->d_name[0] == '.' || is_fallback(entry->d_name) ||
		    image_format_from_extension(extension) == IMAGE_UNKNOWN)
			continue;
		path = file_join(folder, entry->d_name);
		if (!path)
			rc = -1;
		else if (!pictures_find(check->pictures, path) && stat(path, &status) == 0 &&
			 S_ISREG(status.st_mode))
			rc = str_list_add(out, path);
		free(path);
	}
	if (dir)
		closedir(dir);
	return rc;
}

static void report_unreferenced(struct check *check, struct rule_run *run, size_t split_index)
{
	const char *folder = check->dataset->splits[split_index].images;
	struct str_list paths = STR_LIST_INIT;

	if (list_unreferenced(check, folder, &paths) < 0)
		check->out_of_memory = true;
	str_list_sort(&paths);
	for (size_t i = 0; i < paths.n && !check->out_of_memory; i++) {
		struct finding_place place = { split_index, paths.items[i], 0, 0, NULL };

		check_report_at(check, run, &place, "remove it, or look for the record that lacks it",
				"no record names this picture");
	}
	str_list_release(&paths);
}

/* A folder of which a record names a picture that is there is the dataset's. */
static bool uses_folder(const struct check *check, size_t split_index)
{
	const struct picture *pictures;
	size_t n;

	pictures = pictures_list(check->pictures, &n);
	for (size_t i = 0; i < n; i++)
		if (pictures[i].split_index == split_index && pictures[i].file->exists)
			return true;
	return false;
}

static bool seen_before(const struct check *check, size_t split_index)
{
	const struct split *splits = check->dataset->splits;

	for (size_t i = 0; i < split_index; i++)
		if (splits[i].images && strcmp(splits[i].images, splits[split_index].images) == 0 &&
		    uses_folder(check, i))
			return true;
	return false;
}

static void unreferenced_end(struct check *check, struct rule_run *run)
{
	for (size_t i = 0; check->options->whole && i < check->dataset->n_splits; i++)
		if (check->dataset->splits[i].images && uses_folder(check, i) && !seen_before(check, i))
			report_unreferenced(check, run, i);
}

const struct rule rules_image_set[] = {
	{ .info = { "image-placeholder", LEVEL_WARNING, "a picture that stands for one that is missing",
		    "A single colour, a fallback of a loader (HVPNeT's inf.png; UMT's 17_06_4705.jpg where "
		    "5 records or more name it, since it is a tweet's picture too), or the same bytes 10 times "
		    "or more, as a server sends for what it lacks. A model learns nothing from "
		    "it, or that it means something. Fetch the tweet's own picture, or leave the record "
		    "out." },
	  .picture = placeholder_picture },
	{ .info = { "image-drawing", LEVEL_NOTE, "a drawing, a chart, a screen or a page of text",
		    "Most of the picture is painted in a few even colours, or hard edges stand on an even "
		    "ground, as no camera gives them. Networks that were trained on photographs see in it "
		    "whatever they like, and detectors no objects. A photograph with words on it is not "
		    "told from others. The limits were chosen so that none of 1000 photographs is taken "
		    "for one and nine of ten made pictures are." },
	  .picture = drawing_picture },
	{ .info = { "image-duplicate", LEVEL_WARNING, "the same picture under two names, or in two splits",
		    "Two records of a set show the same picture. In two splits, a model has seen while it learned what "
		    "it is tested on. The same bytes are certain. Pictures that look alike, saved anew "
		    "or scaled, agree in imagehash's phash but for 7 bits of 64, in its dhash and in "
		    "their colours; look at both. Leave one out, or put both into one split." },
	  .picture = duplicate_picture },
	{ .info = { "image-unreferenced", LEVEL_NOTE, "a picture that no record names",
		    "A file in the folder of the pictures is named by no record of any split that is there: "
		    "it belongs to a split that was not given, or its record was lost. Asked of whole "
		    "folders alone. Remove it, or look for its record." },
	  .pictures_end = unreferenced_end,
	  .names_only = true },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
