/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/phrase_match.h"

#include "lib/base/checked.h"
#include "lib/corpus/object_words.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

struct phrase_matcher {
	const char *const *classes;
	const struct concept **concepts; /* [classes]; NULL for a class that no word names */
};

/* A detection on its way to a phrase. */
struct offer {
	const struct detected *box;
	const struct concept *concept;
	float prominence;
	size_t phrase;
	size_t place; /* in the detector's order */
};

struct wish {
	const struct concept *concept; /* NULL: nothing can be found for it */
	bool many;
	bool served;
};

/* Who chooses first. */
enum turn { TURN_PERSON, TURN_THING, TURN_PLACE, TURNS };

struct phrase_matcher *phrase_matcher_new(const char *const *classes, size_t n_classes,
					  struct err *err)
{
	struct phrase_matcher *matcher = checked_calloc(1, sizeof(*matcher));
	bool many;

	if (matcher)
		matcher->concepts = checked_calloc(n_classes + 1, sizeof(*matcher->concepts));
	if (!matcher || !matcher->concepts) {
		free(matcher);
		err_set_memory(err);
		return NULL;
	}
	matcher->classes = classes;
	for (size_t i = 0; i < n_classes; i++)
		matcher->concepts[i] = object_words_find(classes[i], &many);
	return matcher;
}

void phrase_matcher_free(struct phrase_matcher *matcher)
{
	if (!matcher)
		return;
	free(matcher->concepts);
	free(matcher);
}

static bool is_place(const struct phrase *phrase)
{
	return phrase->kind == PHRASE_LOCATION || phrase->kind == PHRASE_ORGANIZATION;
}

static enum turn turn_of(const struct phrase *phrase)
{
	if (phrase->kind == PHRASE_PERSON)
		return TURN_PERSON;
	return is_place(phrase) ? TURN_PLACE : TURN_THING;
}

static struct wish wish_of(const struct phrase *phrase)
{
	struct wish wish = { NULL, false, false };

	switch (phrase->kind) {
	case PHRASE_PERSON:
		wish.concept = object_words_person();
		break;
	case PHRASE_NOUN:
		wish.concept = object_words_find(phrase->text, &wish.many);
		break;
	case PHRASE_MISC:
		wish.concept = object_words_find(phrase->text, &wish.many);
		/* The plural of a name is a team or a band: the Bears, the Eagles. */
		if (wish.many)
			wish.concept = NULL;
		break;
	default:
		wish.concept = object_words_of_place(phrase->text);
		break;
	}
	return wish;
}

static void take_best(struct offer *offers, size_t n, struct wish *wish, size_t phrase, bool all)
{
	for (size_t i = 0; i < n; i++) {
		if (offers[i].phrase != GROUNDED_NO_PHRASE ||
		    !object_words_match(wish->concept, offers[i].concept))
			continue;
		offers[i].phrase = phrase;
		wish->served = true;
		if (!all)
			return;
	}
}

/* `offers` are sorted by prominence. */
static void match(struct offer *offers, size_t n_offers, const struct phrase *phrases,
		  struct wish *wishes, size_t n)
{
	for (int turn = 0; turn < TURNS; turn++)
		for (size_t i = 0; i < n; i++)
			if ((int)turn_of(&phrases[i]) == turn)
				take_best(offers, n_offers, &wishes[i], i, false);
	for (size_t i = 0; i < n; i++)
		if (wishes[i].many)
			take_best(offers, n_offers, &wishes[i], i, true);
}

static int compare_offers(const void *left, const void *right)
{
	const struct offer *a = left, *b = right;

	if (a->prominence != b->prominence)
		return a->prominence < b->prominence ? 1 : -1;
	return (a->place > b->place) - (a->place < b->place);
}

static void make_offers(const struct phrase_matcher *matcher, const struct detected_scene *scene,
			struct offer *offers)
{
	float pixels = (float)scene->width * (float)scene->height;

	for (size_t i = 0; i < scene->n; i++) {
		const struct detected *found = &scene->boxes[i];
		const struct box *box = &found->box;
		float share = fmaxf(box->x1 - box->x0, 0) * fmaxf(box->y1 - box->y0, 0) / pixels;

		offers[i] = (struct offer){ found, matcher->concepts[found->class_id],
					    found->score * sqrtf(share), GROUNDED_NO_PHRASE, i };
	}
	if (scene->n)
		qsort(offers, scene->n, sizeof(*offers), compare_offers);
}

/* Those of phrases, then those of none with a score above the threshold. */
static size_t write_offers(const struct phrase_matcher *matcher, const struct detected_scene *scene,
			   const struct offer *offers, struct grounded *out)
{
	size_t used = 0;

	for (int without = 0; without < 2; without++) {
		for (size_t i = 0; i < scene->n; i++) {
			const struct detected *found = offers[i].box;

			if ((offers[i].phrase == GROUNDED_NO_PHRASE) != without ||
			    (without && !(found->score > scene->threshold)))
				continue;
			out[used++] = (struct grounded){ offers[i].phrase, found->box, found->score,
							 matcher->classes[found->class_id] };
		}
	}
	return used;
}

/* The whole picture for every place that nothing was found for. */
static size_t write_whole(const struct detected_scene *scene, const struct phrase *phrases,
			  const struct wish *wishes, size_t n, struct grounded *out)
{
	struct box whole = { 0, 0, (float)scene->width, (float)scene->height };
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (is_place(&phrases[i]) && !wishes[i].served)
			out[used++] = (struct grounded){ i, whole, 0, WHOLE_PICTURE };
	return used;
}

int phrase_match(const struct phrase_matcher *matcher, const struct detected_scene *scene,
		 const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		 size_t *n_out, struct arena *arena, struct err *err)
{
	struct offer *offers = arena_alloc(arena, scene->n, sizeof(*offers));
	struct wish *wishes = arena_alloc(arena, n_phrases, sizeof(*wishes));

	/* Each came from an array of at least so many, so that the sum does not wrap. */
	*out = arena_alloc(arena, scene->n + n_phrases, sizeof(**out));
	if (!offers || !wishes || !*out)
		return err_set_memory(err);
	for (size_t i = 0; i < n_phrases; i++)
		wishes[i] = wish_of(&phrases[i]);
	make_offers(matcher, scene, offers);
	match(offers, scene->n, phrases, wishes, n_phrases);
	*n_out = write_offers(matcher, scene, offers, *out);
	*n_out += write_whole(scene, phrases, wishes, n_phrases, *out + *n_out);
	return 0;
}
