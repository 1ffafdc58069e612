/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/darknet_grounder.h"

#include "inference/systems/darknet_names.h"
#include "inference/vision/darknet.h"
#include "inference/vision/darknet_input.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/sha256.h"
#include "lib/corpus/phrase_match.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define THRESHOLD 0.25f
#define OVERLAP 0.45f

/* What clones have in common; the last one frees it. */
struct shared {
	atomic_int users;
	struct arena arena; /* strings */
	struct darknet_model *model;
	struct phrase_matcher *matcher;
	const char *path, *name, *settings;
	char sha256[SHA256_HEX];
	float threshold;
	struct darknet_overlap overlap;
	int threads;
};

struct darknet_grounder {
	struct grounder base; /* first, so that a pointer to it leads here */
	struct shared *shared;
	struct darknet_state *state;
	float *planes; /* [3, height, width] */
};

bool darknet_grounder_takes(const char *path)
{
	return strcmp(file_extension(path), "weights") == 0;
}

static void shared_release(struct shared *shared)
{
	if (atomic_fetch_sub(&shared->users, 1) != 1)
		return;
	darknet_free(shared->model);
	phrase_matcher_free(shared->matcher);
	arena_release(&shared->arena);
	free(shared);
}

static int find(const struct darknet_grounder *self, struct darknet_candidates *found, struct err *err)
{
	const struct shared *shared = self->shared;
	size_t first = 0;

	for (size_t i = 0; i < darknet_n_heads(shared->model); i++) {
		const struct darknet_head *head = darknet_head(shared->model, i);
		struct map map = darknet_output(shared->model, self->state, head->layer);

		if (darknet_head_candidates(head, &map, first, shared->threshold * PHRASE_MATCH_SHARE, found,
					    err) < 0)
			return -1;
		first += darknet_head_rows(head);
	}
	darknet_suppress(found, &shared->overlap);
	return 0;
}

static float clamped(float value, float most)
{
	return fminf(fmaxf(value, 0), most);
}

/* In pixels of the picture and within it; boxes of which nothing is left are dropped. */
static size_t to_boxes(const struct darknet_candidates *found, const struct image *image,
		       struct darknet_frame frame, struct detected *out)
{
	float width = (float)image->width, height = (float)image->height;
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++) {
		const struct darknet_candidate *own = &found->items[i];
		float x = (own->x - frame.x) / frame.width * width, y = (own->y - frame.y) / frame.height * height;
		float half_width = own->width / frame.width * width / 2;
		float half_height = own->height / frame.height * height / 2;
		struct box box = { clamped(x - half_width, width), clamped(y - half_height, height),
				   clamped(x + half_width, width), clamped(y + half_height, height) };

		if (box.x1 > box.x0 && box.y1 > box.y0)
			out[n++] = (struct detected){ box, own->score, own->class_id };
	}
	return n;
}

static int ground(struct grounder *grounder, const struct image *image, const char *name,
		  const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		  size_t *n_out, struct arena *arena, struct err *err)
{
	struct darknet_grounder *self = (struct darknet_grounder *)grounder;
	struct detected_scene scene = { image->width, image->height, NULL, 0, self->shared->threshold };
	struct darknet_candidates found = { NULL, 0, 0 };
	const struct darknet_model *model = self->shared->model;
	int width = darknet_width(model), height = darknet_height(model);
	bool letter_box = darknet_letter_box(model);
	struct detected *boxes = NULL;

	(void)name;
	if (darknet_input(image, letter_box, width, height, self->planes, err) < 0)
		return -1;
	darknet_run(model, self->state, self->planes);
	if (find(self, &found, err) == 0) {
		boxes = arena_alloc(arena, found.n, sizeof(*boxes));
		if (boxes)
			scene.n = to_boxes(&found, image, darknet_frame(image, letter_box, width, height), boxes);
		else
			err_set_memory(err);
	}
	free(found.items);
	if (!boxes && err->kind == ERR_DATA)
		err_add_file(err, self->base.model);
	if (!boxes)
		return -1;
	scene.boxes = boxes;
	return phrase_match(self->shared->matcher, &scene, phrases, n_phrases, out, n_out, arena, err);
}

static void grounder_free(struct grounder *grounder)
{
	struct darknet_grounder *self = (struct darknet_grounder *)grounder;

	if (!self)
		return;
	darknet_state_free(self->state);
	free(self->planes);
	shared_release(self->shared);
	free(self);
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err);

/* Takes a share of `shared`, also on failure. */
static struct grounder *grounder_of(struct shared *shared, struct err *err)
{
	struct darknet_grounder *self = checked_calloc(1, sizeof(*self));
	size_t plane = (size_t)darknet_width(shared->model) * (size_t)darknet_height(shared->model);

	if (!self) {
		shared_release(shared);
		err_set_memory(err);
		return NULL;
	}
	self->shared = shared;
	self->base.name = shared->name;
	self->base.model = shared->path;
	self->base.model_sha256 = shared->sha256;
	self->base.settings = shared->settings;
	self->base.ground = ground;
	self->base.clone = grounder_clone;
	self->base.free = grounder_free;
	self->state = darknet_state_new(shared->model, shared->threads, err);
	self->planes = checked_calloc(3 * plane, sizeof(*self->planes));
	if (self->state && self->planes)
		return &self->base;
	if (self->state)
		err_set_memory(err);
	grounder_free(&self->base);
	return NULL;
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err)
{
	struct shared *shared = ((struct darknet_grounder *)grounder)->shared;

	atomic_fetch_add(&shared->users, 1);
	return grounder_of(shared, err);
}

/* The heads of one network have the same classes. */
static int count_classes(const struct darknet_model *model, const char *cfg, size_t *n, struct err *err)
{
	*n = darknet_head(model, 0)->classes;
	for (size_t i = 1; i < darknet_n_heads(model); i++)
		if (darknet_head(model, i)->classes != *n)
			return err_set_at(err, cfg, 0, 0, "its heads have %zu and %zu classes", *n,
					  darknet_head(model, i)->classes);
	return 0;
}

/* The cfg and the classes, by what they hold. */
static int describe(struct shared *shared, const char *cfg, const char *const *classes, size_t n,
		    struct err *err)
{
	struct buf names = BUF_INIT;
	char cfg_hash[SHA256_HEX], names_hash[SHA256_HEX];

	for (size_t i = 0; i < n; i++)
		buf_add_format(&names, "%s\n", classes[i]);
	if (names.failed)
		return err_set_memory(err);
	sha256_bytes(names.data, names.length, names_hash);
	buf_release(&names);
	if (sha256_file(cfg, cfg_hash, err) < 0)
		return -1;
	shared->settings = arena_format(&shared->arena, "cfg %.16s, names %.16s", cfg_hash, names_hash);
	return shared->settings ? 0 : err_set_memory(err);
}

static int open_names(struct shared *shared, const char *cfg, const char *names, struct err *err)
{
	const char *const *classes = coco_classes;
	const char *own = darknet_beside(&shared->arena, shared->path, "names");
	size_t n;

	if (!own)
		return err_set_memory(err);
	if (count_classes(shared->model, cfg, &n, err) < 0)
		return -1;
	if (!names && file_exists(own))
		names = own;
	if (!names && n != COCO_CLASSES)
		return err_set_at(err, shared->path, 0, 0,
				  "the network has %zu classes, and there is no '%.200s' with their names", n,
				  own);
	if (names && darknet_names_read(names, n, &classes, &shared->arena, err) < 0)
		return -1;
	if (describe(shared, cfg, classes, n, err) < 0)
		return -1;
	shared->matcher = phrase_matcher_new(classes, n, err);
	return shared->matcher ? 0 : -1;
}

/* Of several heads the last one has the say, as in Darknet. */
static void choose(struct shared *shared, const struct darknet_grounder_options *options)
{
	const struct darknet_head *head = darknet_head(shared->model, darknet_n_heads(shared->model) - 1);

	shared->threshold = options->threshold > 0 ? options->threshold :
			    head->threshold > 0 ? head->threshold : THRESHOLD;
	shared->overlap = (struct darknet_overlap){ options->overlap > 0 ? options->overlap : OVERLAP,
						    head->centre_power, options->any_class };
}

static int shared_open(struct shared *shared, const char *path,
		       const struct darknet_grounder_options *options, struct err *err)
{
	const char *base = file_base_name(path), *cfg_path;
	struct darknet_cfg cfg;

	if (!darknet_grounder_takes(path))
		BUG("darknet_grounder_new: not a file of Darknet weights");
	shared->path = arena_copy(&shared->arena, path);
	shared->name = arena_string(&shared->arena, base, (size_t)(file_extension(base) - base) - 1);
	cfg_path = options->cfg ? options->cfg : darknet_beside(&shared->arena, path, "cfg");
	if (!shared->path || !shared->name || !cfg_path)
		return err_set_memory(err);
	if (!options->cfg && !file_exists(cfg_path))
		return err_set(err, ERR_USAGE,
			       "Darknet weights need the cfg that describes their network: there is no "
			       "'%.200s', and --config names none", cfg_path);
	if (darknet_cfg_read(&cfg, cfg_path, &shared->arena, err) < 0)
		return -1;
	shared->model = darknet_new(&cfg, &(struct darknet_options){ 0 }, err);
	if (!shared->model || darknet_load_file(shared->model, path, err) < 0 ||
	    sha256_file(path, shared->sha256, err) < 0)
		return -1;
	choose(shared, options);
	return open_names(shared, cfg_path, options->names, err);
}

struct grounder *darknet_grounder_new(const char *path, const struct darknet_grounder_options *options,
				      struct err *err)
{
	struct shared *shared = checked_calloc(1, sizeof(*shared));

	if (!shared) {
		err_set_memory(err);
		return NULL;
	}
	atomic_init(&shared->users, 1);
	shared->threads = options->threads > 0 ? options->threads : 1;
	if (shared_open(shared, path, options, err) < 0) {
		shared_release(shared);
		return NULL;
	}
	return grounder_of(shared, err);
}
