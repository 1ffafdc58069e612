/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/box_file_grounder.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/sha256.h"
#include "lib/base/str_list.h"
#include "lib/corpus/phrase_match.h"
#include "lib/formats/box_file.h"
#include "preprocess/ground/box_index.h"

#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* What clones have in common; the last one frees it. */
struct shared {
	atomic_int users;
	struct box_index index;
	const char **classes; /* [index.classes.n] */
	struct phrase_matcher *matcher;
	char *path;
	char sha256[SHA256_HEX];
	float threshold;
	atomic_bool asked, found; /* a picture was looked up; one had boxes */
};

struct box_file_grounder {
	struct grounder base; /* first, so that a pointer to it leads here */
	struct shared *shared;
};

/* One picture on its way. */
struct lookup {
	const struct shared *shared;
	const struct phrase *phrases; /* [n_phrases] */
	size_t n_phrases;
	long *phrase_ids; /* [n_phrases], of the index; -1 for those that it does not name */
	bool *served;     /* [n_phrases] */
	struct grounded *named; /* boxes that go to a phrase by name */
	size_t n_named;
	struct detected *others;
	size_t n_others;
};

static void shared_release(struct shared *shared)
{
	if (atomic_fetch_sub(&shared->users, 1) != 1)
		return;
	phrase_matcher_free(shared->matcher);
	box_index_release(&shared->index);
	free(shared->classes);
	free(shared->path);
	free(shared);
}

/* The box in the picture; false when nothing is left of it. */
static bool clamp_box(struct box *box, const struct image *image)
{
	box->x0 = fmaxf(box->x0, 0);
	box->y0 = fmaxf(box->y0, 0);
	box->x1 = fminf(box->x1, (float)image->width);
	box->y1 = fminf(box->y1, (float)image->height);
	return box->x0 < box->x1 && box->y0 < box->y1;
}

/* The phrase that a box names, or GROUNDED_NO_PHRASE. */
static size_t named_phrase(const struct lookup *lookup, const struct indexed_box *box)
{
	bool by_class = *str_table_text(&lookup->shared->index.phrases, box->phrase) == '\0';
	const char *class_name = str_table_text(&lookup->shared->index.classes, box->class_id);

	for (size_t i = 0; i < lookup->n_phrases; i++)
		if (by_class ? strcasecmp(class_name, lookup->phrases[i].text) == 0
			     : lookup->phrase_ids[i] == (long)box->phrase)
			return i;
	return GROUNDED_NO_PHRASE;
}

static void sort_out(struct lookup *lookup, const struct indexed_box *boxes, size_t n,
		     const struct image *image)
{
	for (size_t i = 0; i < n; i++) {
		const char *class_name = str_table_text(&lookup->shared->index.classes, boxes[i].class_id);
		size_t phrase = named_phrase(lookup, &boxes[i]);
		struct box box = boxes[i].box;

		if (!clamp_box(&box, image))
			continue;
		if (phrase == GROUNDED_NO_PHRASE) {
			/* A manifest's whole picture stands for a phrase, and this one is not asked for. */
			if (strcmp(class_name, WHOLE_PICTURE) != 0)
				lookup->others[lookup->n_others++] =
					(struct detected){ box, boxes[i].score, boxes[i].class_id };
			continue;
		}
		lookup->served[phrase] = true;
		lookup->named[lookup->n_named++] =
			(struct grounded){ phrase, box, boxes[i].score, class_name };
	}
}

static bool is_whole(const struct grounded *found)
{
	return strcmp(found->class_name, WHOLE_PICTURE) == 0;
}

/* As lib/corpus/phrase_match.h has it, but for the picture's size, which is the same for all. */
static float prominence(const struct grounded *found)
{
	return found->score * sqrtf((found->box.x1 - found->box.x0) * (found->box.y1 - found->box.y0));
}

/* Most prominent first, whole pictures last. */
static int compare_named(const void *left, const void *right)
{
	const struct grounded *a = left, *b = right;

	if (is_whole(a) != is_whole(b))
		return is_whole(a) ? 1 : -1;
	if (prominence(a) != prominence(b))
		return prominence(a) < prominence(b) ? 1 : -1;
	if (a->phrase != b->phrase)
		return a->phrase < b->phrase ? -1 : 1;
	return memcmp(&a->box, &b->box, sizeof(a->box));
}

/* Match the phrases that no box names with the boxes that name none; *out are numbered as the
 * lookup's phrases are. */
static int match_others(struct lookup *lookup, const struct image *image, struct grounded **out,
			size_t *n_out, struct arena *arena, struct err *err)
{
	float threshold = lookup->shared->threshold;
	struct detected_scene scene = { image->width, image->height, lookup->others, lookup->n_others,
					threshold > 0 ? threshold : -1 };
	struct phrase *left = arena_alloc(arena, lookup->n_phrases, sizeof(*left));
	size_t *numbers = arena_alloc(arena, lookup->n_phrases, sizeof(*numbers));
	size_t n = 0;

	if (!left || !numbers)
		return err_set_memory(err);
	for (size_t i = 0; i < lookup->n_phrases; i++) {
		if (lookup->served[i])
			continue;
		left[n] = lookup->phrases[i];
		numbers[n++] = i;
	}
	if (phrase_match(lookup->shared->matcher, &scene, left, n, out, n_out, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < *n_out; i++)
		if ((*out)[i].phrase != GROUNDED_NO_PHRASE)
			(*out)[i].phrase = numbers[(*out)[i].phrase];
	return 0;
}

static size_t append(struct grounded *out, const struct grounded *from, size_t n, bool whole)
{
	size_t used = 0;

	for (size_t i = 0; i < n; i++)
		if (is_whole(&from[i]) == whole)
			out[used++] = from[i];
	return used;
}

/* Named boxes, then the others; whole pictures behind all, in the same order. */
static int join(const struct lookup *lookup, const struct grounded *others, size_t n_others,
		struct grounded **out, size_t *n_out, struct arena *arena, struct err *err)
{
	*out = arena_alloc(arena, lookup->n_named + n_others, sizeof(**out));
	if (!*out)
		return err_set_memory(err);
	*n_out = 0;
	for (int whole = 0; whole < 2; whole++) {
		*n_out += append(*out + *n_out, lookup->named, lookup->n_named, whole);
		*n_out += append(*out + *n_out, others, n_others, whole);
	}
	return 0;
}

static int lookup_init(struct lookup *lookup, const struct phrase *phrases, size_t n_phrases,
		       size_t n_boxes, struct arena *arena, struct err *err)
{
	lookup->phrases = phrases;
	lookup->n_phrases = n_phrases;
	lookup->phrase_ids = arena_alloc(arena, n_phrases, sizeof(*lookup->phrase_ids));
	lookup->served = arena_alloc(arena, n_phrases, sizeof(*lookup->served));
	lookup->named = arena_alloc(arena, n_boxes, sizeof(*lookup->named));
	lookup->others = arena_alloc(arena, n_boxes, sizeof(*lookup->others));
	if (!lookup->phrase_ids || !lookup->served || !lookup->named || !lookup->others)
		return err_set_memory(err);
	for (size_t i = 0; i < n_phrases; i++)
		lookup->phrase_ids[i] = box_index_phrase(&lookup->shared->index, phrases[i].text);
	return 0;
}

static int ground(struct grounder *grounder, const struct image *image, const char *name,
		  const struct phrase *phrases, size_t n_phrases, struct grounded **out,
		  size_t *n_out, struct arena *arena, struct err *err)
{
	struct shared *shared = ((struct box_file_grounder *)grounder)->shared;
	struct lookup lookup = { .shared = shared };
	size_t n, n_others;
	const struct indexed_box *boxes = box_index_find(&shared->index, name, &n);
	struct grounded *others;

	atomic_store(&shared->asked, true);
	if (n)
		atomic_store(&shared->found, true);
	if (lookup_init(&lookup, phrases, n_phrases, n, arena, err) < 0)
		return -1;
	sort_out(&lookup, boxes, n, image);
	if (lookup.n_named)
		qsort(lookup.named, lookup.n_named, sizeof(*lookup.named), compare_named);
	if (match_others(&lookup, image, &others, &n_others, arena, err) < 0)
		return -1;
	return join(&lookup, others, n_others, out, n_out, arena, err);
}

static void grounder_free(struct grounder *grounder)
{
	struct box_file_grounder *self = (struct box_file_grounder *)grounder;

	if (!self)
		return;
	shared_release(self->shared);
	free(self);
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err);

/* Takes a share of `shared`, also on failure. */
static struct grounder *grounder_of(struct shared *shared, struct err *err)
{
	struct box_file_grounder *self = checked_calloc(1, sizeof(*self));

	if (!self) {
		shared_release(shared);
		err_set_memory(err);
		return NULL;
	}
	self->shared = shared;
	self->base.name = "boxes";
	self->base.model = shared->path;
	self->base.model_sha256 = shared->sha256;
	self->base.ground = ground;
	self->base.clone = grounder_clone;
	self->base.free = grounder_free;
	return &self->base;
}

static struct grounder *grounder_clone(struct grounder *grounder, struct err *err)
{
	struct shared *shared = ((struct box_file_grounder *)grounder)->shared;

	atomic_fetch_add(&shared->users, 1);
	return grounder_of(shared, err);
}

/* Of a folder, that of its files' names and hashes. */
static int hash_path(const char *path, char hex[SHA256_HEX], struct err *err)
{
	struct str_list names = STR_LIST_INIT;
	struct buf list = BUF_INIT;
	int rc;

	if (!file_is_folder(path))
		return sha256_file(path, hex, err);
	rc = file_walk(path, &names, BOX_FILE_FOLDER_FILES, err);
	for (size_t i = 0; rc == 0 && i < names.n; i++) {
		char *file = file_join(path, names.items[i]), digits[SHA256_HEX];

		rc = file ? sha256_file(file, digits, err) : err_set_memory(err);
		if (rc == 0)
			buf_add_format(&list, "%s  %s\n", digits, names.items[i]);
		free(file);
	}
	if (rc == 0 && list.failed)
		rc = err_set_memory(err);
	if (rc == 0)
		sha256_bytes(list.data, list.length, hex);
	buf_release(&list);
	str_list_release(&names);
	return rc;
}

static int shared_open(struct shared *shared, const char *path,
		       const struct box_file_options *options, struct err *err)
{
	size_t n;

	if (box_index_read(&shared->index, path, options->bad, options->context, err) < 0 ||
	    hash_path(path, shared->sha256, err) < 0)
		return -1;
	n = shared->index.classes.n;
	shared->threshold = options->threshold;
	shared->path = strdup(path);
	shared->classes = checked_calloc(n + 1, sizeof(*shared->classes));
	if (!shared->path || !shared->classes)
		return err_set_memory(err);
	for (size_t i = 0; i < n; i++)
		shared->classes[i] = str_table_text(&shared->index.classes, i);
	shared->matcher = phrase_matcher_new(shared->classes, n, err);
	return shared->matcher ? 0 : -1;
}

struct grounder *box_file_grounder_new(const char *path, const struct box_file_options *options,
				       struct err *err)
{
	struct shared *shared = checked_calloc(1, sizeof(*shared));

	if (!shared) {
		err_set_memory(err);
		return NULL;
	}
	atomic_init(&shared->users, 1);
	atomic_init(&shared->asked, false);
	atomic_init(&shared->found, false);
	if (shared_open(shared, path, options, err) < 0) {
		shared_release(shared);
		return NULL;
	}
	return grounder_of(shared, err);
}

const char *box_file_grounder_stranger(const struct grounder *grounder)
{
	const struct shared *shared = ((const struct box_file_grounder *)grounder)->shared;

	if (!atomic_load(&shared->asked) || atomic_load(&shared->found))
		return NULL;
	return shared->index.pictures.n ? str_table_text(&shared->index.pictures, 0) : "";
}
