/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_grounder.h"

#include "inference/systems/onestage_published.h"

#include "lib/base/checked.h"
#include "lib/base/sha256.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What clones have in common; the last one frees it. */
struct shared {
	atomic_int users;
	struct onestage *model;
	char *path;
	char sha256[SHA256_HEX];
	char name[60]; /* with what the file does not say, so that it tells runs apart */
};

struct onestage_grounder {
	struct grounder base; /* first, so that a pointer to it leads here */
	struct shared *shared;
	struct onestage_state *state;
	const struct onestage_found *found;  /* of the last picture, of its arena */
	struct onestage_published published; /* of the last picture; .levels NULL until a crop is wanted */
};

static void shared_release(struct shared *shared)
{
	if (atomic_fetch_sub(&shared->users, 1) != 1)
		return;
	onestage_free(shared->model);
	free(shared->path);
	free(shared);
}

static int compare_scores(const void *left, const void *right)
{
	const struct grounded *a = left, *b = right;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return (a->phrase > b->phrase) - (a->phrase < b->phrase);
}

static int ground(struct grounder *grounder, const struct image *image, const char *name,
		  const struct phrase *phrases, size_t n_phrases, struct grounded **out, size_t *n_out,
		  struct arena *arena, struct err *err)
{
	struct onestage_grounder *self = (struct onestage_grounder *)grounder;
	const char **texts = arena_alloc(arena, n_phrases, sizeof(*texts));
	struct onestage_found *found = arena_alloc(arena, n_phrases, sizeof(*found));

	(void)name;
	onestage_published_release(&self->published);
	self->found = found;
	*n_out = 0;
	*out = arena_alloc(arena, n_phrases, sizeof(**out));
	if (!texts || !found || !*out)
		return err_set_memory(err);
	for (size_t i = 0; i < n_phrases; i++)
		texts[i] = phrases[i].text;
	if (onestage_ground(self->shared->model, self->state, image, texts, n_phrases, found, err) < 0) {
		if (err->kind == ERR_DATA)
			err_add_file(err, self->base.model);
		return -1;
	}
	for (size_t i = 0; i < n_phrases; i++)
		if (found[i].any)
			(*out)[(*n_out)++] = (struct grounded){ i, found[i].box, found[i].score, "phrase" };
	if (*n_out)
		qsort(*out, *n_out, sizeof(**out), compare_scores);
	return 0;
}

/* Stretch the network's square back to the picture. */
static int open_published(struct onestage_grounder *self, const struct image *image, struct err *err)
{
	struct area_letterbox letterbox;
	struct image square = IMAGE_INIT;
	int rc;

	area_letterbox_place(&letterbox, image->width, image->height, ONESTAGE_SIDE);
	rc = area_letterbox_image(&square, image, &letterbox, err);
	if (rc == 0)
		rc = onestage_published_open(&self->published, &square, &letterbox, err);
	image_release(&square);
	return rc;
}

static int cut(struct grounder *grounder, const struct image *image, size_t phrase, struct image *crop,
	       struct image_rect *rect, float *score, struct err *err)
{
	struct onestage_grounder *self = (struct onestage_grounder *)grounder;
	const float *corners = self->found[phrase].published;

	*score = self->found[phrase].score;
	if (!self->published.levels && open_published(self, image, err) < 0)
		return -1;
	if (!onestage_published_slice(&self->published, corners, rect))
		return 0;
	return onestage_published_crop(crop, &self->published, *rect, err);
}

static void grounder_free(struct grounder *grounder)
{
	struct onestage_grounder *self = (struct onestage_grounder *)grounder;

	if (!self)
		return;
	onestage_published_release(&self->published);
	onestage_state_free(self->state);
	shared_release(self->shared);
	free(self);
}

/* "onestage-lstm-coco-20-1a2b3c4d": text side, anchors (a digest of ones that have no name), query cap, digest of
 * the dictionary. */
static void set_name(struct shared *shared, const char *anchors)
{
	const struct onestage_text *text = &shared->model->text;
	char digest[SHA256_HEX];

	if (!anchors)
		anchors = text->recurrent ? "coco" : "flickr";
	sha256_bytes(anchors, strlen(anchors), digest);
	snprintf(shared->name, sizeof(shared->name), "onestage-%s-%.8s-%zu-%.8s",
		 text->recurrent ? "lstm" : "bert", strchr(anchors, ',') ? digest : anchors, text->cap,
		 text->words_sha256);
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err);

/* Takes a share of `shared`, also on failure. */
static struct grounder *grounder_of(struct shared *shared, struct err *err)
{
	struct onestage_grounder *self = checked_calloc(1, sizeof(*self));

	if (!self) {
		shared_release(shared);
		err_set_memory(err);
		return NULL;
	}
	self->shared = shared;
	self->base = (struct grounder){ .name = shared->name,
					.model = shared->path,
					.model_sha256 = shared->sha256,
					.ground = ground,
					.cut = cut,
					.clone = grounder_clone,
					.free = grounder_free };
	self->state = onestage_state_new(shared->model, 1, err);
	if (self->state)
		return &self->base;
	grounder_free(&self->base);
	return NULL;
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err)
{
	struct shared *shared = ((struct onestage_grounder *)grounder)->shared;

	atomic_fetch_add(&shared->users, 1);
	return grounder_of(shared, err);
}

struct grounder *onestage_grounder_new(const char *path, const struct onestage_options *options,
				       struct err *err)
{
	struct shared *shared = checked_calloc(1, sizeof(*shared));

	if (!shared) {
		err_set_memory(err);
		return NULL;
	}
	atomic_init(&shared->users, 1);
	shared->model = onestage_open(path, options, err);
	shared->path = shared->model ? strdup(path) : NULL;
	if (shared->model && !shared->path)
		err_set_memory(err);
	if (!shared->path || sha256_file(path, shared->sha256, err) < 0) {
		shared_release(shared);
		return NULL;
	}
	set_name(shared, options->anchors);
	return grounder_of(shared, err);
}

bool onestage_grounder_takes(const char *path)
{
	struct weights weights;
	struct err err = ERR_INIT;
	bool takes;

	if (weights_open(&weights, path, &err) < 0)
		return false;
	takes = onestage_recognise(&weights) != NULL;
	weights_close(&weights);
	return takes;
}
