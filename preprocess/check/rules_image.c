/* SPDX-License-Identifier: Apache-2.0 */
/* Rules about the pictures that records name. */
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/pictures.h"

#include "lib/base/file.h"

#include <string.h>

/* A picture that is not there is the text's matter; what is wrong with one that is, is its own. */
static struct finding_place place_of(const struct check *check, const struct picture *picture)
{
	struct finding_place place = { picture->split_index, picture->path, 0, 0,
				       picture->record };

	if (!picture->exists) {
		place.file = check->dataset->splits[picture->split_index].text;
		place.line = picture->line;
	}
	return place;
}

static void missing_picture(struct check *check, struct rule_run *run,
			    const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (!picture->exists)
		check_report_at(check, run, &place, "fetch the picture, or remove the record",
				"there is no picture '%s'", picture->path);
}

static bool has_fault(const struct picture *picture, enum decode_fault fault)
{
	return picture->exists && picture->trouble && picture->info.fault == fault;
}

static void truncated_picture(struct check *check, struct rule_run *run,
			      const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (has_fault(picture, DECODE_TRUNCATED))
		check_report_at(check, run, &place, "fetch the picture again", "%s",
				picture->trouble);
}

static void not_an_image_picture(struct check *check, struct rule_run *run,
				 const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (has_fault(picture, DECODE_NOT_IMAGE))
		check_report_at(check, run, &place, "fetch the picture again", "%s",
				picture->trouble);
}

static void unreadable_picture(struct check *check, struct rule_run *run,
			       const struct picture *picture)
{
	struct finding_place place = place_of(check, picture);

	if (picture->exists && picture->trouble && !has_fault(picture, DECODE_TRUNCATED) &&
	    !has_fault(picture, DECODE_NOT_IMAGE))
		check_report_at(check, run, &place, "replace it by a picture that can be read",
				"%s", picture->trouble);
}

static void extension_picture(struct check *check, struct rule_run *run,
			      const struct picture *picture)
{
	enum image_format told = image_format_from_extension(file_extension(picture->path));
	struct finding_place place = place_of(check, picture);

	if (picture->exists && image_format_is_picture(picture->info.format) &&
	    told != picture->info.format)
		check_report_at(check, run, &place,
				"loaders read by content; rename it only with its record",
				"the name ends in '.%s', but this is %s",
				file_extension(picture->path),
				image_format_name(picture->info.format));
}

const struct rule rules_image[] = {
	{ .info = { "image-missing", LEVEL_ERROR, "a record whose picture is not there",
		    "The folder of the pictures is there and this picture is not in it, under any usual "
		    "extension. HVPNeT's loader then opens a fallback, inf.png, which its repository "
		    "lacks, and stops; UMT's takes a fixed other picture." },
	  .picture = missing_picture },
	{ .info = { "image-unreadable", LEVEL_ERROR, "a picture that cannot be decoded",
		    "The file is a picture, but its data is broken, of a kind that is not read here, or "
		    "of a size that no tweet has." },
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
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
