/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/detector_grounder.h"

#include "inference/systems/object_words.h"
#include "inference/vision/nanodet.h"
#include "lib/base/checked.h"
#include "lib/base/sha256.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define PHRASE_SHARE 0.75f /* of the threshold, for a box that a phrase asks for */

/* What clones have in common; the last one frees it. */
struct shared {
	atomic_int users;
	struct nanodet_model *model;
	const struct concept **concepts; /* [classes]; NULL for a class that no word names */
	char *path;
	char sha256[SHA256_HEX];
	float threshold;
};

struct detector_grounder {
	struct grounder base; /* first, so that a pointer to it leads here */
	struct shared *shared;
	struct nanodet_state *state;
};

/* A detection on its way to a phrase. */
struct offer {
	const struct detection *box;
	const struct concept *concept;
	float prominence;
	size_t phrase;
	size_t place; /* in the detector's order */
};

struct wish {
	const struct concept *concept; /* NULL: nothing can be found for it */
	bool many;
};

static void shared_release(struct shared *shared)
{
	if (atomic_fetch_sub(&shared->users, 1) != 1)
		return;
	nanodet_model_free(shared->model);
	free(shared->concepts);
	free(shared->path);
	free(shared);
}

static struct wish wish_of(const struct phrase *phrase)
{
	struct wish wish = { NULL, false };

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
		break;
	}
	return wish;
}

static void take_best(struct offer *offers, size_t n, const struct wish *wish, size_t phrase)
{
	for (size_t i = 0; i < n; i++) {
		if (offers[i].phrase != GROUNDED_NO_PHRASE ||
		    !object_words_match(wish->concept, offers[i].concept))
			continue;
		offers[i].phrase = phrase;
		if (!wish->many)
			return;
	}
}

/* `offers` are sorted by prominence. */
static void match(struct offer *offers, size_t n_offers, const struct phrase *phrases,
		  const struct wish *wishes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (phrases[i].kind == PHRASE_PERSON)
			take_best(offers, n_offers, &wishes[i], i);
	for (size_t i = 0; i < n; i++) {
		struct wish one = { wishes[i].concept, false };

		if (phrases[i].kind != PHRASE_PERSON)
			take_best(offers, n_offers, &one, i);
	}
	for (size_t i = 0; i < n; i++)
		if (wishes[i].many)
			take_best(offers, n_offers, &wishes[i], i);
}

static int compare_offers(const void *left, const void *right)
{
	const struct offer *a = left, *b = right;

	if (a->prominence != b->prominence)
		return a->prominence < b->prominence ? 1 : -1;
	return (a->place > b->place) - (a->place < b->place);
}

static void make_offers(const struct shared *shared, const struct image *image,
			const struct detection *found, size_t n, struct offer *offers)
{
	float pixels = (float)image->width * (float)image->height;

	for (size_t i = 0; i < n; i++) {
		const struct detection *box = &found[i];
		float share = (box->x1 - box->x0) * (box->y1 - box->y0) / pixels;

		offers[i] = (struct offer){ box, shared->concepts[box->class_id],
					    box->score * sqrtf(share), GROUNDED_NO_PHRASE, i };
	}
	if (n)
		qsort(offers, n, sizeof(*offers), compare_offers);
}

/* Those of phrases, then those of none with a score above the threshold. */
static size_t write_out(const struct shared *shared, const struct offer *offers, size_t n,
			struct grounded *out)
{
	const struct nanodet_config *config = nanodet_model_config(shared->model);
	size_t used = 0;

	for (int without = 0; without < 2; without++) {
		for (size_t i = 0; i < n; i++) {
			const struct detection *box = offers[i].box;

			if ((offers[i].phrase == GROUNDED_NO_PHRASE) != without ||
			    (without && !(box->score > shared->threshold)))
				continue;
			out[used++] = (struct grounded){ offers[i].phrase,
							 { box->x0, box->y0, box->x1, box->y1 },
							 box->score, config->classes[box->class_id] };
		}
	}
	return used;
}

static int ground(struct grounder *grounder, const struct image *image, const char *name,
		  const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		  size_t *n_out, struct arena *arena, struct err *err)
{
	struct detector_grounder *self = (struct detector_grounder *)grounder;
	const struct shared *shared = self->shared;
	struct detection *found;
	struct offer *offers;
	struct wish *wishes;
	size_t n;

	(void)name;
	if (nanodet_detect(shared->model, self->state, image, shared->threshold * PHRASE_SHARE, &found,
			   &n, arena, err) < 0)
		return -1;
	offers = arena_alloc(arena, n, sizeof(*offers));
	wishes = arena_alloc(arena, n_phrases, sizeof(*wishes));
	*out = arena_alloc(arena, n, sizeof(**out));
	if (!offers || !wishes || !*out)
		return err_set_memory(err);
	for (size_t i = 0; i < n_phrases; i++)
		wishes[i] = wish_of(&phrases[i]);
	make_offers(shared, image, found, n, offers);
	match(offers, n, phrases, wishes, n_phrases);
	*n_out = write_out(shared, offers, n, *out);
	return 0;
}

static void grounder_free(struct grounder *grounder)
{
	struct detector_grounder *self = (struct detector_grounder *)grounder;

	if (!self)
		return;
	nanodet_state_free(self->state);
	shared_release(self->shared);
	free(self);
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err);

/* Takes a share of `shared`, also on failure. */
static struct grounder *grounder_of(struct shared *shared, struct err *err)
{
	struct detector_grounder *self = checked_calloc(1, sizeof(*self));

	if (!self) {
		shared_release(shared);
		err_set_memory(err);
		return NULL;
	}
	self->shared = shared;
	self->base.name = nanodet_model_config(shared->model)->name;
	self->base.model = shared->path;
	self->base.model_sha256 = shared->sha256;
	self->base.ground = ground;
	self->base.clone = grounder_clone;
	self->base.free = grounder_free;
	self->state = nanodet_state_new(shared->model, err);
	if (self->state)
		return &self->base;
	grounder_free(&self->base);
	return NULL;
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err)
{
	struct shared *shared = ((struct detector_grounder *)grounder)->shared;

	atomic_fetch_add(&shared->users, 1);
	return grounder_of(shared, err);
}

static int shared_open(struct shared *shared, const char *path, float threshold, struct err *err)
{
	const struct nanodet_config *config;
	bool many;

	shared->model = nanodet_model_new(path, err);
	if (!shared->model || sha256_file(path, shared->sha256, err) < 0)
		return -1;
	config = nanodet_model_config(shared->model);
	shared->threshold = threshold > 0 ? threshold : config->score_threshold;
	shared->path = strdup(path);
	shared->concepts = checked_calloc((size_t)config->n_classes, sizeof(*shared->concepts));
	if (!shared->path || !shared->concepts)
		return err_set_memory(err);
	for (int i = 0; i < config->n_classes; i++)
		shared->concepts[i] = object_words_find(config->classes[i], &many);
	return 0;
}

struct grounder *detector_grounder_new(const char *path, float threshold, struct err *err)
{
	struct shared *shared = checked_calloc(1, sizeof(*shared));

	if (!shared) {
		err_set_memory(err);
		return NULL;
	}
	atomic_init(&shared->users, 1);
	if (shared_open(shared, path, threshold, err) < 0) {
		shared_release(shared);
		return NULL;
	}
	return grounder_of(shared, err);
}
