/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/unpack_map.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "preprocess/layout.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* The first rule that fits a file wins. `from` "." is the top. */
static int add_rule(struct unpack_map *map, enum unpack_rule_kind kind, const char *from,
		    const char *to)
{
	if (!from)
		return 0;
	from = strcmp(from, ".") == 0 ? "" : from;
	for (size_t i = 0; i < map->n; i++)
		if (map->rules[i].kind == kind && strcmp(map->rules[i].from, from) == 0)
			return 0;
	if (!to || GROW(map->rules, map->n, map->capacity) < 0)
		return -1;
	map->rules[map->n].kind = kind;
	map->rules[map->n].from = arena_copy(map->arena, from);
	map->rules[map->n].to = to;
	return map->rules[map->n++].from ? 0 : -1;
}

static const char *folder_of(struct unpack_map *map, const char *path)
{
	const char *base = file_base_name(path);

	return base == path ? "" : arena_string(map->arena, path, (size_t)(base - path) - 1);
}

/* GMNER's boxes lie in xml/ beside the folder of the texts or in it. */
static int add_xml(struct unpack_map *map, const struct split *split, const char *folder)
{
	const char *above = folder ? folder_of(map, folder) : NULL;
	const char *to = arena_format(map->arena, "NER_data/%s_xml", split->set);
	const char *sources[3];

	if (!above)
		return -1;
	sources[0] = arena_format(map->arena, "%s%sxml", folder, *folder ? "/" : "");
	sources[1] = arena_format(map->arena, "%s%sxml", above, *above ? "/" : "");
	sources[2] = arena_format(map->arena, "%s%s%s_xml", above, *above ? "/" : "", split->set);
	for (size_t i = 0; i < 3; i++)
		if (!sources[i] || add_rule(map, UNPACK_RULE_XML, sources[i], to) < 0)
			return -1;
	return 0;
}

static int add_ner(struct unpack_map *map, const struct split *split)
{
	const char *name = *split->name ? split->name : "train", *set = split->set;
	const char *val = layout_split_val(name), *folder = folder_of(map, split->text);
	struct arena *arena = map->arena;

	if (add_rule(map, UNPACK_RULE_FILE, split->text,
		     arena_format(arena, "NER_data/%s/%s.txt", set, name)) < 0 ||
	    add_rule(map, UNPACK_RULE_FILE, split->dict,
		     arena_format(arena, "NER_data/%s/%s_%s_dict.pth", set, set, val)) < 0 ||
	    add_rule(map, UNPACK_RULE_PICTURES, split->crops,
		     arena_format(arena, "NER_data/%s_aux_images/%s/crops", set, val)) < 0 ||
	    add_rule(map, UNPACK_RULE_PICTURES, split->images,
		     arena_format(arena, "NER_data/%s_images", set)) < 0 ||
	    add_rule(map, UNPACK_RULE_DICTS, folder, arena_format(arena, "NER_data/%s", set)) < 0)
		return -1;
	return add_xml(map, split, folder);
}

/* UMGF's files are many and small; they stay in the shape that its trainer reads. */
static int add_umgf(struct unpack_map *map, const struct split *split)
{
	if (add_rule(map, UNPACK_RULE_ALL, split->text,
		     arena_format(map->arena, "my_data/%s/%s", split->set, split->name)) < 0)
		return -1;
	return add_rule(map, UNPACK_RULE_PICTURES, split->images,
			arena_format(map->arena, "data/%s/image", split->set));
}

/* Whether another RE split has its pictures in the same folder: they cannot be told apart then. */
static bool shares_images(const struct dataset *dataset, const struct split *split)
{
	for (size_t i = 0; i < dataset->n_splits; i++)
		if (&dataset->splits[i] != split && dataset->splits[i].task == TASK_RE &&
		    strcmp(dataset->splits[i].images, split->images) == 0)
			return true;
	return false;
}

static int add_re(struct unpack_map *map, const struct dataset *dataset, const struct split *split)
{
	const char *val = layout_split_val(split->name), *dev = layout_split_dev(split->name);
	struct arena *arena = map->arena;

	if (add_rule(map, UNPACK_RULE_FILE, split->text,
		     arena_format(arena, "RE_data/txt/ours_%s.txt", val)) < 0 ||
	    add_rule(map, UNPACK_RULE_FILE, split->dict,
		     arena_format(arena, "RE_data/txt/mre_%s_dict.pth", dev)) < 0 ||
	    add_rule(map, UNPACK_RULE_FILE, split->relations, "RE_data/ours_rel2id.json") < 0 ||
	    add_rule(map, UNPACK_RULE_PICTURES, split->crops,
		     arena_format(arena, "RE_data/img_vg/%s/crops", val)) < 0 ||
	    add_rule(map, UNPACK_RULE_PICTURES, split->images,
		     shares_images(dataset, split) ? "RE_data/img_org" :
						     arena_format(arena, "RE_data/img_org/%s", val)) < 0)
		return -1;
	return add_rule(map, UNPACK_RULE_DICTS, folder_of(map, split->text), "RE_data/txt");
}

int unpack_map_init(struct unpack_map *map, const struct dataset *dataset, struct arena *arena,
		    struct err *err)
{
	int rc = 0;

	memset(map, 0, sizeof(*map));
	map->arena = arena;
	for (size_t i = 0; dataset && rc == 0 && i < dataset->n_splits; i++) {
		const struct split *split = &dataset->splits[i];

		if (strcmp(split->layout, "umgf") == 0)
			rc = add_umgf(map, split);
		else
			rc = split->task == TASK_RE ? add_re(map, dataset, split) :
						      add_ner(map, split);
	}
	return rc < 0 ? err_set_memory(err) : 0;
}

void unpack_map_release(struct unpack_map *map)
{
	free(map->rules);
	map->rules = NULL;
	map->n = map->capacity = 0;
}

/* What of `path` lies below `folder`, or NULL. */
static const char *below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	if (length == 0)
		return path;
	return strncmp(path, folder, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

/* Loaders open ID.jpg: of NER's pictures, 1.JPG and 1.jpeg become 1.jpg. Relation lines say the
 * whole name, which stays. */
static const char *place_picture(const struct unpack_map *map, const char *to, const char *rest)
{
	const char *extension = file_extension(rest);

	if (strncmp(to, "NER_data/", 9) != 0 ||
	    (strcasecmp(extension, "jpg") != 0 && strcasecmp(extension, "jpeg") != 0))
		return arena_format(map->arena, "%s/%s", to, rest);
	return arena_format(map->arena, "%s/%.*sjpg", to, (int)(extension - rest), rest);
}

static const char *apply(const struct unpack_map *map, const struct unpack_rule *rule,
			 const char *path)
{
	const char *rest, *extension = file_extension(path);

	if (rule->kind == UNPACK_RULE_FILE)
		return strcmp(path, rule->from) == 0 ? rule->to : NULL;
	rest = below(path, rule->from);
	if (!rest || (rule->kind == UNPACK_RULE_PICTURES && !layout_is_picture(path)) ||
	    (rule->kind == UNPACK_RULE_XML && (strchr(rest, '/') || strcasecmp(extension, "xml"))) ||
	    (rule->kind == UNPACK_RULE_DICTS && (strchr(rest, '/') || strcasecmp(extension, "pth"))))
		return NULL;
	return place_picture(map, rule->to, rest);
}

/* Pictures that came without their text: the folder's name says whose they are. */
static const char *by_folder_name(const struct unpack_map *map, const char *path)
{
	const char *part = path, *slash;

	if (!layout_is_picture(path))
		return NULL;
	for (; (slash = strchr(part, '/')); part = slash + 1) {
		size_t length = (size_t)(slash - part);

		if (length > 7 && memcmp(slash - 7, "_images", 7) == 0) {
			const char *to = arena_format(map->arena, "NER_data/%.*s", (int)length, part);

			return to ? place_picture(map, to, slash + 1) : NULL;
		}
		if ((length == 7 && memcmp(part, "img_org", 7) == 0) ||
		    (length == 6 && memcmp(part, "img_vg", 6) == 0))
			return arena_format(map->arena, "RE_data/%s", part);
	}
	return NULL;
}

const char *unpack_map_find(const struct unpack_map *map, const char *path)
{
	const char *found = NULL;

	for (size_t i = 0; !found && i < map->n; i++)
		found = apply(map, &map->rules[i], path);
	if (!found)
		found = by_folder_name(map, path);
	return found ? found : arena_format(map->arena, "other/%s", path);
}
