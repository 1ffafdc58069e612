/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the pictures that records name, each by itself. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/pictures.h"

#include "lib/base/file.h"

#include <stdint.h>

#define LEAST_SIDE 32 /* pixels: ResNet halves a side five times */
#define MOST_RATIO 20
#define BOMB_PIXELS 89478485 /* Pillow's MAX_IMAGE_PIXELS; it refuses twice as many */

/* A picture that is not there is the text's matter; what is wrong with one that is, is its own. */
static struct finding_place place_of(const struct check *check, const struct picture *picture)
{
	struct finding_place place = { picture->split_index, picture->file->path, 0, 0,
				       picture->record };

	if (!picture->file->exists) {
		place.file = check->dataset->splits[picture->split_index].text;
		place.line = picture->line;
	}
	return place;
}

static void missing_picture(struct check *check, struct rule_run *run,
			    const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (!picture->file->exists)
		check_report_at(check, run, &place, "fetch the picture, or remove the record",
				"there is no picture '%s'", picture->file->path);
}

static bool has_fault(const struct picture *picture, enum decode_fault fault)
{
	return picture->file->exists && picture->file->trouble && picture->file->facts.fault == fault;
}

static void truncated_picture(struct check *check, struct rule_run *run,
			      const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (has_fault(picture, DECODE_TRUNCATED))
		check_report_at(check, run, &place, "fetch the picture again", "%s",
				picture->file->trouble);
}

static void not_an_image_picture(struct check *check, struct rule_run *run,
				 const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (has_fault(picture, DECODE_NOT_IMAGE))
		check_report_at(check, run, &place, "fetch the picture again", "%s",
				picture->file->trouble);
}

static void unreadable_picture(struct check *check, struct rule_run *run,
			       const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (picture->file->exists && picture->file->trouble && !has_fault(picture, DECODE_TRUNCATED) &&
	    !has_fault(picture, DECODE_NOT_IMAGE))
		check_report_at(check, run, &place, "replace it by a picture that can be read",
				"%s", picture->file->trouble);
}

static void extension_picture(struct check *check, struct rule_run *run,
			      const struct picture *picture)
{
	enum image_format told = image_format_from_extension(file_extension(picture->file->path));
	struct finding_place place = place_of(check, picture);

	if (picture->file->exists && image_format_is_picture(picture->file->facts.format) &&
	    told != picture->file->facts.format)
		check_report_at(check, run, &place,
				"loaders read by content; rename it only with its record",
				"the name ends in '.%s', but this is %s",
				file_extension(picture->file->path),
				image_format_name(picture->file->facts.format));
}

static void orientation_picture(struct check *check, struct rule_run *run,
				const struct picture *picture)
{
	static const char *const turns[] = { "mirror it",
					     "turn it upside down",
					     "mirror it and turn it upside down",
					     "mirror it and turn it left by 90 degrees",
					     "turn it right by 90 degrees",
					     "mirror it and turn it right by 90 degrees",
					     "turn it left by 90 degrees" };
	struct finding_place place = place_of(check, picture);
	int orientation = picture->file->facts.orientation;

	if (picture->file->decoded && orientation > 1)
		check_report_at(check, run, &place,
				"turn the pixels, and take the number out of the file",
				"Exif orientation %d: to show it, %s; OpenCV does so, Pillow does not",
				orientation, turns[orientation - 2]);
}

static void dimensions_picture(struct check *check, struct rule_run *run,
			       const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);
	int width = picture->file->facts.width, height = picture->file->facts.height;
	int shorter = width < height ? width : height, longer = width < height ? height : width;
	const char *what = NULL;

	if (!picture->file->decoded)
		return;
	if (shorter < LEAST_SIDE)
		what = "too small to show anything";
	else if (longer > MOST_RATIO * shorter)
		what = "a strip, of which a square shows next to nothing";
	else if ((uint64_t)width * (uint64_t)height > BOMB_PIXELS)
		what = "so many that Pillow warns of a decompression bomb";
	if (what)
		check_report_at(check, run, &place, "see whether this is the tweet's picture",
				"%d x %d pixels: %s", width, height, what);
}

const struct rule rules_image[] = {
	{ .info = { "image-missing", LEVEL_ERROR, "a record whose picture is not there",
		    "The folder of the pictures is there and this picture is not in it, under any usual "
		    "extension. HVPNeT's loader then opens a fallback, inf.png, which its repository "
		    "lacks, and stops; UMT's takes a fixed other picture." },
	  .picture = missing_picture,
	  .names_only = true },
	{ .info = { "image-unreadable", LEVEL_ERROR, "a picture that cannot be decoded",
		    "The file is a picture, but its data is broken, it may not be opened, it claims more "
		    "pixels than any tweet has (30000 a side, 100 million in all), or it is of a kind that "
		    "is not read here: BMP, TIFF, HEIF and moving WebP, of which Pillow reads some. Convert "
		    "those to JPEG or PNG; fetch the others again." },
	  .picture = unreadable_picture },
	{ .info = { "image-truncated", LEVEL_ERROR, "a picture whose file ends too early",
		    "The download was cut. Pillow raises an error for such a picture, so that loaders "
		    "fall back or stop; other libraries give it with a grey rest." },
	  .picture = truncated_picture },
	{ .info = { "image-not-an-image", LEVEL_ERROR, "a file that is no picture at all",
		    "An error page, text or nothing was saved under the name of the picture: the server "
		    "refused the download. No loader can read it." },
	  .picture = not_an_image_picture },
	{ .info = { "image-wrong-extension", LEVEL_WARNING, "a name that tells another format",
		    "The content is a picture of another format than its extension says, mostly a PNG "
		    "called .jpg. Pillow reads by content; tools that go by the name fail." },
	  .picture = extension_picture },
	{ .info = { "image-orientation", LEVEL_WARNING, "a picture that Exif says to turn",
		    "The pixels are stored as the camera was held, and a number in the file says how to turn "
		    "them. OpenCV turns such a picture when it reads it; Pillow, and so the loaders, do "
		    "not, unless told. Boxes that one of them made lie elsewhere for the other. Turn the "
		    "pixels and take the number out." },
	  .picture = orientation_picture },
	{ .info = { "image-dimensions", LEVEL_WARNING, "a picture of an absurd size",
		    "A side below 32 pixels, one side more than 20 times the other, or more than 89 million "
		    "pixels. Loaders scale every picture to a square of 224, in which such a one shows "
		    "nothing: it is mostly a tracking pixel, a rule between texts, or an attack." },
	  .picture = dimensions_picture },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
