/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_priv.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "preprocess/layout.h"
#include "preprocess/unpack_map.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define LINK_CHAIN 8 /* links to links that are followed */

/* Names to members: of[id] is the member whose name has that id. */
struct name_index {
	struct str_table names;
	size_t *of;
	size_t capacity;
	struct unpack_member **order; /* [n_members], by archive */
};

static void name_index_release(struct name_index *index)
{
	str_table_release(&index->names);
	free(index->of);
	free(index->order);
}

/* The member that has the name already in *other, or SIZE_MAX when it is `member`'s from now on. */
static int claim(struct name_index *index, const char *name, size_t member, size_t *other)
{
	size_t before = index->names.n;
	long id = str_table_add(&index->names, name, strlen(name));

	if (id < 0 || ((size_t)id == before && GROW(index->of, before, index->capacity) < 0))
		return -1;
	if ((size_t)id == before) {
		index->of[id] = member;
		*other = SIZE_MAX;
	} else {
		*other = index->of[id];
	}
	return 0;
}

/* Whether a member takes part: it has, or will have, a file. */
static bool takes_part(const struct unpack_member *member)
{
	return member->action == UNPACK_WRITE && !member->opened;
}

static void refuse_member(struct unpack_member *member, const char *reason)
{
	member->action = UNPACK_REFUSE;
	member->reason = reason;
}

static const char *join(struct unpack *u, const char *folder, const char *name)
{
	if (!*folder)
		return name;
	return *name ? arena_format(u->arena, "%s/%s", folder, name) : folder;
}

/* Sort the members by archive, each archive's in its own order. */
static int order_members(struct unpack *u, struct name_index *index)
{
	size_t first = 0;

	index->order = checked_calloc(u->n_members, sizeof(*index->order));
	if (!index->order)
		return err_set_memory(u->err);
	for (size_t i = 0; i < u->n_members; i++)
		u->archives[u->members[i].archive].n++;
	for (size_t i = 0; i < u->n_archives; i++) {
		u->archives[i].first = first;
		first += u->archives[i].n;
		u->archives[i].n = 0;
	}
	for (size_t i = 0; i < u->n_members; i++) {
		struct unpack_archive *archive = &u->archives[u->members[i].archive];

		index->order[archive->first + archive->n++] = &u->members[i];
	}
	return 0;
}

/* All members lie below one folder (or there is none but archives): the archive may be unpacked
 * where it stands. */
static bool has_single_top(const struct name_index *index, const struct unpack_archive *archive)
{
	const char *first = NULL;
	size_t length = 0;

	for (size_t i = 0; i < archive->n; i++) {
		const struct unpack_member *member = index->order[archive->first + i];

		if (!takes_part(member))
			continue;
		if (!first) {
			first = member->name;
			length = strcspn(first, "/");
		}
		if (strncmp(member->name, first, length) != 0 || member->name[length] != '/')
			return false;
	}
	return true;
}

/* Whether a member of the archive, put below `prefix`, would have another archive's name. */
static bool collides(struct unpack *u, const struct name_index *index,
		     const struct unpack_archive *archive, const char *prefix)
{
	for (size_t i = 0; i < archive->n; i++) {
		const struct unpack_member *member = index->order[archive->first + i];
		const char *full;

		if (!takes_part(member))
			continue;
		full = join(u, prefix, member->name);
		if (full && str_table_find(&index->names, full, strlen(full)) >= 0)
			return true;
	}
	return false;
}

static const char *choose_prefix(struct unpack *u, const struct name_index *index,
				 const struct unpack_archive *archive)
{
	const char *base = "";

	if (archive->parent != UNPACK_TOP)
		base = join(u, u->archives[archive->parent].prefix, archive->folder);
	else if (u->options->keep_layout)
		return "";
	if (!base || archive->lone ||
	    (has_single_top(index, archive) && !collides(u, index, archive, base)))
		return base;
	return join(u, base, archive->stem);
}

static int name_members(struct unpack *u, struct name_index *index,
			const struct unpack_archive *archive)
{
	for (size_t i = 0; i < archive->n; i++) {
		struct unpack_member *member = index->order[archive->first + i];
		size_t other, number = (size_t)(member - u->members);

		if (!takes_part(member))
			continue;
		member->full = join(u, archive->prefix, member->name);
		if (!member->full || claim(index, member->full, number, &other) < 0)
			return err_set_memory(u->err);
		if (other != SIZE_MAX)
			refuse_member(member, "the archive has another member of that name before it");
	}
	return 0;
}

/* The file that a link leads to at last, or NULL. */
static const struct unpack_member *follow(struct unpack *u, const struct name_index *index,
					  const struct unpack_member *member)
{
	for (int i = 0; member->link && i < LINK_CHAIN; i++) {
		const char *full = join(u, u->archives[member->archive].prefix, member->link);
		long id = full ? str_table_find(&index->names, full, strlen(full)) : -1;

		if (id < 0 || !takes_part(&u->members[index->of[id]]))
			return NULL;
		member = &u->members[index->of[id]];
	}
	return member->link ? NULL : member;
}

static int open_member(struct unpack *u, const struct unpack_member *member)
{
	return member->kept ? unpack_target_read(&u->target, member->kept) :
			      unpack_stage_read(&u->target, member->stage);
}

/* A link becomes a copy of its file. */
static int copy_link(struct unpack *u, struct unpack_member *link, const struct unpack_member *file)
{
	int from, to = -1, rc = -1;

	link->size = file->size;
	link->mtime = file->mtime;
	link->kind = file->kind;
	u->bytes += file->size;
	if (u->bytes > (uint64_t)u->options->max_bytes) {
		refuse_member(link, "the archives hold more bytes than --max-bytes allows");
		return 0;
	}
	if (u->options->list)
		return 0;
	link->stage = arena_format(u->arena, "%016llx-link-%zx",
				   (unsigned long long)u->archives[link->archive].id,
				   (size_t)(link - u->members));
	if (!link->stage)
		return err_set_memory(u->err);
	from = open_member(u, file);
	if (from < 0)
		return err_set_errno(u->err, "read", file->full);
	to = unpack_stage_create(&u->target, link->stage, u->err);
	if (to >= 0)
		rc = unpack_copy(u, from, to, &link->size);
	if (to >= 0)
		close(to);
	close(from);
	return rc;
}

static int resolve_links(struct unpack *u, const struct name_index *index)
{
	for (size_t i = 0; i < u->n_members; i++) {
		struct unpack_member *member = &u->members[i];
		const struct unpack_member *file;

		if (!member->link || !takes_part(member))
			continue;
		file = follow(u, index, member);
		if (!file)
			refuse_member(member, "it is a link to what is no file of the archive");
		else if (copy_link(u, member, file) < 0)
			return -1;
	}
	for (size_t i = 0; i < u->n_members; i++)
		u->members[i].link = NULL;
	return 0;
}

/* What a set is called whose text lies at the top: as the archive, unless that is a split's name. */
static const char *top_name(struct unpack *u)
{
	const char *stem = u->archives[0].stem, *extension = file_extension(stem);
	size_t length = *extension ? (size_t)(extension - 1 - stem) : strlen(stem);

	if (layout_split_of_word(stem, length))
		return "data";
	return layout_may_be_text(stem) ? arena_string(u->arena, stem, length) : stem;
}

/* Recognise the release; `dataset` stays empty when it is none. */
static int recognise(struct unpack *u, struct dataset *dataset)
{
	struct err none = ERR_INIT;
	struct layout_listing listing;
	const char *name = top_name(u);
	int rc = name ? 0 : err_set_memory(u->err);

	layout_listing_init(&listing);
	for (size_t i = 0; rc == 0 && i < u->n_members; i++)
		if (takes_part(&u->members[i]))
			rc = layout_listing_add(&listing, u->members[i].full, u->members[i].kind,
						u->err);
	if (rc == 0 && layout_recognise_listing(dataset, &listing, name, NULL, &none) < 0) {
		if (dataset->n_splits)
			progress_note(u->progress, "%s", none.text);
		dataset_release(dataset);
		if (none.kind != ERR_DATA) {
			*u->err = none;
			rc = -1;
		}
	}
	layout_listing_release(&listing);
	return rc;
}

static int choose_path(struct unpack *u, const struct unpack_map *map, struct name_index *paths,
		       size_t number)
{
	struct unpack_member *member = &u->members[number];
	size_t other;

	if (member->kept)
		member->path = member->kept;
	else
		member->path = map ? unpack_map_find(map, member->full) : member->full;
	if (!member->path || claim(paths, member->path, number, &other) < 0)
		return err_set_memory(u->err);
	if (other == SIZE_MAX)
		return 0;
	member->path = arena_format(u->arena, "other/%s", member->full);
	if (!member->path || claim(paths, member->path, number, &other) < 0)
		return err_set_memory(u->err);
	if (other != SIZE_MAX)
		refuse_member(member, "another member has its place");
	return 0;
}

static int choose_paths(struct unpack *u, const struct unpack_map *map)
{
	struct name_index paths = { .of = NULL };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < u->n_members; i++)
		if (takes_part(&u->members[i]))
			rc = choose_path(u, map, &paths, i);
	name_index_release(&paths);
	return rc;
}

static int describe(struct unpack *u, const struct dataset *dataset)
{
	struct buf text = BUF_INIT;

	u->report->splits = dataset->n_splits;
	if (dataset->n_splits == 0)
		return 0;
	layout_describe(dataset, &text);
	u->report->layout = text.failed ? NULL : arena_copy(u->arena, text.data);
	buf_release(&text);
	return u->report->layout ? 0 : err_set_memory(u->err);
}

static int place_by_layout(struct unpack *u)
{
	struct dataset dataset = DATASET_INIT;
	struct unpack_map map = { .rules = NULL };
	int rc = recognise(u, &dataset);

	if (rc == 0)
		rc = unpack_map_init(&map, &dataset, u->arena, u->err);
	if (rc == 0)
		rc = choose_paths(u, &map);
	if (rc == 0)
		rc = describe(u, &dataset);
	unpack_map_release(&map);
	dataset_release(&dataset);
	return rc;
}

int unpack_place(struct unpack *u)
{
	struct name_index index = { .of = NULL };
	int rc = order_members(u, &index);

	for (size_t i = 0; rc == 0 && i < u->n_archives; i++) {
		struct unpack_archive *archive = &u->archives[i];

		archive->prefix = choose_prefix(u, &index, archive);
		rc = archive->prefix ? name_members(u, &index, archive) : err_set_memory(u->err);
	}
	if (rc == 0)
		rc = resolve_links(u, &index);
	name_index_release(&index);
	if (rc == 0)
		rc = u->options->keep_layout ? choose_paths(u, NULL) : place_by_layout(u);
	return rc;
}
