/* SPDX-License-Identifier: Apache-2.0 */
/* The pictures of the records. */
#include "preprocess/overlap/overlap_priv.h"

#include <stdlib.h>

static size_t record_line(const struct record *record)
{
	if (record->relation)
		return record->relation->line_number;
	return record->sentence->id ? record->sentence->id_line : record->sentence->line_number;
}

int overlap_add_picture(struct overlap *overlap, const struct split *split, const struct record *record)
{
	struct picture_owner owner = { 0, overlap->n_sides - 1, record->name, record_line(record) };
	char *path;
	int rc;

	if (!record->id || !*record->id)
		return 0;
	path = split_image_path(split, record->id);
	if (!path)
		return -1;
	rc = picture_hashes_add(overlap->pictures, path, &owner);
	free(path);
	return rc;
}

static void count_pictures(struct overlap *overlap)
{
	size_t n;
	const struct hashed_picture *list = picture_hashes_list(overlap->pictures, &n);

	for (size_t i = 0; i < n; i++)
		overlap->sides[list[i].owner.split].pictures += list[i].read;
	for (size_t i = 0; i < overlap->n_picture_matches; i++) {
		const struct picture_match *match = &overlap->picture_matches[i];
		struct overlap_count *count = &overlap->counts[list[match->picture].owner.split]
							      [list[match->other].owner.split];

		if (match->same_bytes)
			count->same_pictures++;
		else
			count->like_pictures++;
	}
}

int overlap_match_pictures(struct overlap *overlap, struct progress *progress, struct err *err)
{
	if (!overlap->pictures)
		return 0;
	if (picture_hashes_read(overlap->pictures, overlap->options.jobs, progress, err) < 0 ||
	    picture_hashes_match(overlap->pictures, &overlap->picture_matches,
				 &overlap->n_picture_matches, err) < 0)
		return -1;
	count_pictures(overlap);
	return 0;
}

static struct overlap_record owner_of(const struct hashed_picture *picture)
{
	return (struct overlap_record){ picture->owner.split, picture->owner.line,
					picture->owner.record };
}

int overlap_next_picture(const struct overlap *overlap, size_t *at, struct overlap_picture *picture)
{
	const struct picture_match *match;
	const struct hashed_picture *list;
	size_t n;

	if (*at >= overlap->n_picture_matches)
		return 0;
	match = &overlap->picture_matches[(*at)++];
	list = picture_hashes_list(overlap->pictures, &n);
	*picture = (struct overlap_picture){ .path = list[match->picture].path,
					     .other_path = list[match->other].path,
					     .record = owner_of(&list[match->picture]),
					     .other = owner_of(&list[match->other]),
					     .same_bytes = match->same_bytes,
					     .distance = match->distance };
	return 1;
}
