/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/layout_priv.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

const char *layout_task_name(enum task task)
{
	return task == TASK_RE ? "re" : "ner";
}

const char *layout_split_val(const char *split)
{
	if (!*split)
		return "train";
	return strcmp(split, "valid") == 0 ? "val" : split;
}

const char *layout_split_dev(const char *split)
{
	if (!*split)
		return "train";
	return strcmp(split, "valid") == 0 ? "dev" : split;
}

static const char *folder_of(struct layout_recogniser *r, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_string(&r->arena, path, slash == path ? 1 : (size_t)(slash - path)) : "";
}

static bool is_general_name(const char *name)
{
	static const char *const names[] = { "txt",  "text",	 "texts",    "data",	"dataset",
					     "ner",  "NER",	 "NER_data", "RE_data", "my_data",
					     "conll", "annotations", NULL };

	for (size_t i = 0; names[i]; i++)
		if (strcmp(names[i], name) == 0)
			return true;
	return false;
}

/* The set is called as the nearest folder with a telling name. A relation set in a folder without
 * one is "mnre", the only public one. */
static const char *set_name(struct layout_recogniser *r, const struct layout_place *place)
{
	const char *name = layout_folder_name(r, place->folder);

	if (is_general_name(name)) {
		if (place->task == TASK_RE && !*place->parent)
			return "mnre";
		name = layout_folder_name(r, place->parent);
	}
	return place->task == TASK_RE && is_general_name(name) ? "mnre" : name;
}

static bool same_split(const struct split *a, const struct layout_place *b)
{
	return a->task == b->task && strcmp(a->name, b->split) == 0 && strcmp(a->set, b->set) == 0;
}

/* Two sets of one name: the later one is called by its whole path. A second file for the same split
 * of the same folder (val.txt beside valid.txt) is left out: *skip. */
static const char *distinct_set(struct layout_recogniser *r, const struct layout_place *place, bool *skip)
{
	*skip = false;
	for (size_t i = 0; i < r->dataset->n_splits; i++) {
		const struct split *other = &r->dataset->splits[i];
		size_t length = strlen(place->folder);
		char *name;

		if (!same_split(other, place))
			continue;
		*skip = strncmp(other->text, place->folder, length) == 0 &&
			!strchr(other->text + length + (other->text[length] == '/'), '/');
		if (*skip)
			return place->set;
		name = arena_copy(&r->arena, place->folder);
		for (char *c = name; c && *c; c++)
			if (*c == '/')
				*c = '_';
		return name;
	}
	return place->set;
}

/* More than any release has. */
#define SPLIT_LIMIT 256

static int fill_split(struct layout_recogniser *r, const struct layout_place *place, const char *set,
		      const struct layout_rule *rule)
{
	const struct layout_options *options = r->options;
	struct split *split;

	if (r->dataset->n_splits >= SPLIT_LIMIT)
		return err_set(r->err, ERR_DATA,
			       "more than %d texts look like splits; name the folder of one set",
			       SPLIT_LIMIT);
	split = dataset_add(r->dataset);
	if (!split)
		return err_set_memory(r->err);
	split->task = place->task;
	split->layout = rule->layout;
	split->set = strdup(set);
	split->name = strdup(place->split);
	split->text = strdup(place->text);
	split->images = options->images ? layout_resolve_given(r, options->images, "%d/%v|%d/%t", place) :
					  layout_resolve(r, rule->images, place, true);
	split->crops = options->crops ?
			       layout_resolve_given(r, options->crops, "%d/%v/crops|%d/crops", place) :
			       layout_resolve(r, rule->crops, place, false);
	split->dict = layout_resolve(r, rule->dict, place, false);
	split->relations = layout_resolve(r, rule->relations, place, false);
	split->boxes = layout_resolve(r, rule->boxes, place, false);
	split->img2crop = layout_resolve(r, rule->img2crop, place, false);
	split->img2crop_root = layout_resolve(r, rule->img2crop ? "%p" : NULL, place, false);
	if (!split->set || !split->name || !split->text)
		return err_set_memory(r->err);
	return 0;
}

static bool is_wanted(const struct layout_recogniser *r, const struct layout_place *place)
{
	const struct layout_options *options = r->options;

	if (options->task && strcmp(options->task, layout_task_name(place->task)) != 0)
		return false;
	return !options->split || strcmp(options->split, place->split) == 0;
}

static int add_place(struct layout_recogniser *r, struct layout_place *place)
{
	const struct layout_rule *rule;
	const char *set;
	bool skip;

	if (!place->folder || !place->parent)
		return err_set_memory(r->err);
	if (!is_wanted(r, place))
		return 0;
	rule = layout_choose_rule(r, place);
	if (!rule)
		return 0;
	set = distinct_set(r, place, &skip);
	if (!set)
		return err_set_memory(r->err);
	return skip ? 0 : fill_split(r, place, set, rule);
}

/* By content; a text that says nothing is taken by a name that only splits have. */
static bool task_of_text(const struct layout_text_file *text, enum task *task)
{
	const char *name = file_base_name(text->path);
	size_t stem = strcspn(name, ".");

	*task = text->kind == LAYOUT_TEXT_RELATIONS ? TASK_RE : TASK_NER;
	if (text->kind == LAYOUT_TEXT_TAGS || text->kind == LAYOUT_TEXT_RELATIONS)
		return true;
	if (strcmp(file_extension(name), "txt") != 0)
		return false;
	if (strncmp(name, "ours_", 5) == 0 || strncmp(name, "mnre_", 5) == 0) {
		*task = TASK_RE;
		return layout_split_of_file(name) != NULL;
	}
	return layout_split_of_word(name, stem) != NULL;
}

static int add_text(struct layout_recogniser *r, const struct layout_text_file *text)
{
	struct layout_place place = { .text = text->path };
	const char *split = layout_split_of_file(text->path);

	if (!task_of_text(text, &place.task))
		return 0;
	place.split = split ? split : "";
	place.folder = folder_of(r, text->path);
	place.parent = place.folder ? layout_parent(r, place.folder) : NULL;
	if (!place.parent)
		return err_set_memory(r->err);
	place.set = set_name(r, &place);
	return add_place(r, &place);
}

/* UMGF: the split is a folder my_data/SET/SPLIT of three files a tweet. */
static int add_tweets(struct layout_recogniser *r, const char *folder)
{
	struct layout_place place = { .text = folder, .task = TASK_NER, .umgf = true };
	const char *split = layout_split_of_file(folder);

	place.split = split ? split : "";
	place.folder = folder;
	place.parent = layout_parent(r, folder);
	if (!place.parent)
		return err_set_memory(r->err);
	place.set = layout_folder_name(r, place.parent);
	return add_place(r, &place);
}

static int compare_texts(const void *a, const void *b)
{
	return strcmp(((const struct layout_text_file *)a)->path,
		      ((const struct layout_text_file *)b)->path);
}

/* Texts whose names say no split count only where no named one lies in the same folder. */
static bool has_named_neighbour(const struct layout_listing *listing, const char *path)
{
	size_t folder = (size_t)(file_base_name(path) - path);

	for (size_t i = 0; i < listing->n_texts; i++) {
		const struct layout_text_file *text = &listing->texts[i];
		enum task task;

		if ((size_t)(file_base_name(text->path) - text->path) == folder &&
		    memcmp(text->path, path, folder) == 0 && layout_split_of_file(text->path) &&
		    task_of_text(text, &task))
			return true;
	}
	return false;
}

static int add_all(struct layout_recogniser *r)
{
	const struct layout_listing *listing = r->listing;
	struct layout_text_file *texts;
	int rc = 0;

	texts = arena_alloc(&r->arena, listing->n_texts + 1, sizeof(*texts));
	if (!texts)
		return err_set_memory(r->err);
	if (listing->n_texts)
		memcpy(texts, listing->texts, listing->n_texts * sizeof(*texts));
	qsort(texts, listing->n_texts, sizeof(*texts), compare_texts);
	for (size_t i = 0; rc == 0 && i < listing->n_texts; i++)
		if (layout_split_of_file(texts[i].path) ||
		    ((texts[i].kind == LAYOUT_TEXT_TAGS || texts[i].kind == LAYOUT_TEXT_RELATIONS) &&
		     !has_named_neighbour(listing, texts[i].path)))
			rc = add_text(r, &texts[i]);
	for (size_t i = 0; rc == 0 && i < listing->tweets.n; i++)
		rc = add_tweets(r, str_table_text(&listing->tweets, i));
	return rc;
}

static int split_rank(const char *name)
{
	return strcmp(name, "train") == 0 ? 0 : strcmp(name, "valid") == 0 ? 1 : 2;
}

static int compare_splits(const void *a, const void *b)
{
	const struct split *x = a, *y = b;
	int order = (int)x->task - (int)y->task;

	if (!order)
		order = strcmp(x->set, y->set);
	if (!order)
		order = split_rank(x->name) - split_rank(y->name);
	return order ? order : strcmp(x->text, y->text);
}

static int nothing_found(const struct layout_recogniser *r, const char *where)
{
	const struct layout_options *options = r->options;

	if (options->layout || options->task || options->split)
		return err_set(r->err, ERR_DATA,
			       "no dataset in '%s' that is%s%s%s%s%s%s; leave the option out, or name "
			       "the text file itself", where,
			       options->layout ? " laid out as " : "",
			       options->layout ? options->layout : "",
			       options->task ? " for task " : "", options->task ? options->task : "",
			       options->split ? " split " : "", options->split ? options->split : "");
	return err_set(r->err, ERR_DATA,
		       "no dataset in '%s': looked for tagged words in columns "
		       "({train,valid,test}.txt of HVPNeT, UMT, MKGformer, GMNER or any CoNLL text), "
		       "relation lines (txt/ours_*.txt, mnre_*.txt) and UMGF's my_data; name the text "
		       "file itself if it has another form", where);
}

static int finish(struct layout_recogniser *r, const char *where)
{
	struct dataset *dataset = r->dataset;

	if (dataset->n_splits == 0)
		return nothing_found(r, where);
	qsort(dataset->splits, dataset->n_splits, sizeof(*dataset->splits), compare_splits);
	dataset->layout = dataset->splits[0].layout;
	for (size_t i = 1; i < dataset->n_splits; i++)
		if (strcmp(dataset->splits[i].layout, dataset->layout) != 0)
			dataset->layout = "mixed";
	return 0;
}

int layout_recognise_listing(struct dataset *dataset, const struct layout_listing *listing,
			     const char *name, const struct layout_options *options,
			     struct err *err)
{
	static const struct layout_options none;
	struct layout_recogniser r = { .dataset = dataset, .listing = listing, .name = name, .err = err };
	int rc;

	r.options = options ? options : &none;
	rc = add_all(&r);
	if (rc == 0)
		rc = finish(&r, name);
	arena_release(&r.arena);
	return rc;
}

static int recognise_folder(struct layout_recogniser *r, const char *folder)
{
	struct layout_listing listing;
	int rc;

	layout_listing_init(&listing);
	r->listing = &listing;
	rc = layout_listing_walk(&listing, folder, r->err);
	if (rc == 0)
		rc = add_all(r);
	layout_listing_release(&listing);
	r->dataset->root = strdup(folder);
	if (rc == 0 && !r->dataset->root)
		rc = err_set_memory(r->err);
	return rc < 0 ? -1 : finish(r, folder);
}

/* A lone file is what the user says, else relations when its first line is one, else tags. */
static void read_kind(struct layout_recogniser *r, const struct layout_text_file *text,
		      struct layout_place *place)
{
	const char *task = r->options->task, *split = layout_split_of_file(text->path);

	place->task = text->kind == LAYOUT_TEXT_RELATIONS ? TASK_RE : TASK_NER;
	if (task)
		place->task = strcmp(task, "re") == 0 ? TASK_RE : TASK_NER;
	place->split = r->options->split ? r->options->split : split ? split : "";
}

static int recognise_file(struct layout_recogniser *r, const char *path)
{
	struct layout_listing listing;
	struct layout_text_file text = { path, LAYOUT_TEXT_EMPTY };
	struct layout_place place = { .text = path };
	size_t stem;
	int rc;

	layout_listing_init(&listing);
	listing.on_disk = true;
	r->listing = &listing;
	if (strcmp(path, "-") != 0)
		text.kind = layout_sniff_file(path);
	read_kind(r, &text, &place);
	place.folder = folder_of(r, path);
	place.parent = place.folder ? layout_parent(r, place.folder) : NULL;
	rc = place.parent ? 0 : err_set_memory(r->err);
	if (rc == 0) {
		stem = strcspn(file_base_name(path), ".");
		place.set = strcmp(path, "-") == 0 ? "stdin" :
			    *place.split ? set_name(r, &place) :
					   arena_string(&r->arena, file_base_name(path), stem);
		rc = place.set ? add_place(r, &place) : err_set_memory(r->err);
	}
	if (rc == 0) {
		r->dataset->root = strdup(*place.folder ? place.folder : ".");
		rc = r->dataset->root ? finish(r, path) : err_set_memory(r->err);
	}
	layout_listing_release(&listing);
	return rc;
}

int layout_recognise(struct dataset *dataset, const char *path, const struct layout_options *options,
		     struct err *err)
{
	struct layout_options given = { 0 };
	struct layout_recogniser r = { .dataset = dataset, .options = &given, .err = err };
	int rc;

	if (options)
		given = *options;
	if (given.split) {
		const char *split = layout_split_of_word(given.split, strlen(given.split));

		given.split = split ? split : given.split;
	}
	if (strcmp(path, "-") != 0 && !file_exists(path))
		return err_set_errno(err, "open", path);
	rc = file_is_folder(path) ? recognise_folder(&r, path) : recognise_file(&r, path);
	arena_release(&r.arena);
	return rc;
}

void layout_describe(const struct dataset *dataset, struct buf *out)
{
	for (size_t i = 0; i < dataset->n_splits; i++) {
		const struct split *split = &dataset->splits[i], *before = i ? split - 1 : NULL;
		const char *name = *split->name ? split->name : layout_task_name(split->task);

		if (before && before->layout == split->layout &&
		    strcmp(before->set, split->set) == 0)
			buf_add_format(out, ", %s", name);
		else
			buf_add_format(out, "%s%s %s (%s", before ? "), " : "", split->layout,
				       split->set, name);
	}
	buf_add_char(out, ')');
}
