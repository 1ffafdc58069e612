/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/detector_grounder.h"

#include "inference/vision/nanodet.h"
#include "lib/base/checked.h"
#include "lib/base/sha256.h"
#include "lib/corpus/phrase_match.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* What clones have in common; the last one frees it. */
struct shared {
	atomic_int users;
	struct nanodet_model *model;
	struct phrase_matcher *matcher;
	char *path;
	char sha256[SHA256_HEX];
	float threshold;
};

struct detector_grounder {
	struct grounder base; /* first, so that a pointer to it leads here */
	struct shared *shared;
	struct nanodet_state *state;
};

static void shared_release(struct shared *shared)
{
	if (atomic_fetch_sub(&shared->users, 1) != 1)
		return;
	nanodet_model_free(shared->model);
	phrase_matcher_free(shared->matcher);
	free(shared->path);
	free(shared);
}

static int ground(struct grounder *grounder, const struct image *image, const char *name,
		  const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		  size_t *n_out, struct arena *arena, struct err *err)
{
	struct detector_grounder *self = (struct detector_grounder *)grounder;
	const struct shared *shared = self->shared;
	struct detected_scene scene = { image->width, image->height, NULL, 0, shared->threshold };
	struct detection *found;
	struct detected *boxes;

	(void)name;
	if (nanodet_detect(shared->model, self->state, image, shared->threshold * PHRASE_MATCH_SHARE,
			   &found, &scene.n, arena, err) < 0)
		return -1;
	boxes = arena_alloc(arena, scene.n, sizeof(*boxes));
	if (!boxes)
		return err_set_memory(err);
	for (size_t i = 0; i < scene.n; i++)
		boxes[i] = (struct detected){ { found[i].x0, found[i].y0, found[i].x1, found[i].y1 },
					      found[i].score, (size_t)found[i].class_id };
	scene.boxes = boxes;
	return phrase_match(shared->matcher, &scene, phrases, n_phrases, out, n_out, arena, err);
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

	shared->model = nanodet_model_new(path, err);
	if (!shared->model || sha256_file(path, shared->sha256, err) < 0)
		return -1;
	config = nanodet_model_config(shared->model);
	shared->threshold = threshold > 0 ? threshold : config->score_threshold;
	shared->path = strdup(path);
	if (!shared->path)
		return err_set_memory(err);
	shared->matcher = phrase_matcher_new(config->classes, (size_t)config->n_classes, err);
	return shared->matcher ? 0 : -1;
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
