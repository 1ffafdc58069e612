/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which of a detector's boxes each phrase means. Boxes have classes, phrases have words and kinds:
 *   - a person's name takes a person or a face;
 *   - a noun phrase takes the class that its head noun names, several boxes when it is a plural;
 *   - another name (PHRASE_MISC) takes the class of its product's word ("iPhone");
 *   - a place or an organisation takes what its name tells of (an airport: an airplane), else the
 *     whole picture, whose class is WHOLE_PICTURE and whose score is 0.
 * The prominence of a box is its score times the square root of its share of the picture; "best" is
 * most prominent. Names of people, then the other phrases, then places and organisations, each in
 * the given order, take the best box that is still free; then plurals take what is left.
 *
 *	matcher = phrase_matcher_new(class_names, n_classes, &err);
 *	phrase_match(matcher, &scene, phrases, n_phrases, &out, &n_out, &arena, &err);
 *	phrase_matcher_free(matcher);
 */
#ifndef TAGSIGHT_CORPUS_PHRASE_MATCH_H
#define TAGSIGHT_CORPUS_PHRASE_MATCH_H

#include "lib/corpus/grounding.h"

/* What a phrase's box needs of the threshold that other boxes need: the phrase speaks for it. */
#define PHRASE_MATCH_SHARE 0.75f

struct detected {
	struct box box;
	float score;     /* in [0, 1] */
	size_t class_id; /* below the matcher's n_classes */
};

/* What was found in one picture. */
struct detected_scene {
	int width, height; /* of the picture */
	const struct detected *boxes; /* [n]; with scores from PHRASE_MATCH_SHARE * threshold on */
	size_t n;
	float threshold; /* boxes that no phrase takes need a higher score than this */
};

/* What the classes of one detector mean; threads may share it. */
struct phrase_matcher;

/* `classes` are borrowed for the matcher's life. NULL when memory is out. */
struct phrase_matcher *phrase_matcher_new(const char *const *classes, size_t n_classes,
					  struct err *err);
void phrase_matcher_free(struct phrase_matcher *matcher);

/* The boxes of phrases by prominence, then the rest by prominence, then whole pictures; as
 * struct grounder gives them. -1 when memory is out. */
int phrase_match(const struct phrase_matcher *matcher, const struct detected_scene *scene,
		 const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		 size_t *n_out, struct arena *arena, struct err *err);

#endif
