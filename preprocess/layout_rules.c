/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/layout_priv.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

#define NER_IMAGES "%p/%s_images|%d/%s_images|%d/images|%p/images|%d/image|%p/image"
#define NER_CROPS "%p/%s_aux_images/%v/crops|%d/%s_aux_images/%v/crops"
#define NER_DICT "%d/%s_%v_dict.pth"
#define RE_IMAGES "%p/img_org/%v|%d/img_org/%v|%p/img_org/%t|%p/img_org|%d/images|%p/images"
#define RE_CROPS "%p/img_vg/%v/crops|%d/img_vg/%v/crops"
#define RE_DICT "%d/mre_%e_dict.pth"
#define GMNER_BOXES "%p/xml|%d/xml|%p/%s_xml|%d/%s_xml"
/* MKGformer joins what these hold to the folder above the text's. */
#define NER_IMG2CROP "%p/%y_detect/%y_img2crop.pth|%d/%y_detect/%y_img2crop.pth"
#define RE_IMG2CROP "%p/img_detect/%v/%v_img2crop.pth"
#define RE_RELATIONS "%p/ours_rel2id.json|%d/ours_rel2id.json|%p/mnre_rel2id.json|%d/mnre_rel2id.json"

static const struct layout_rule rules[] = {
	{ "mkgformer", TASK_NER, NER_IMG2CROP "|%p/data_vg/%s",
	  NER_IMAGES, "%p/data_vg/%s/%v/crops|" NER_CROPS, NER_DICT, NULL, NULL, NER_IMG2CROP },
	{ "hvpnet-ner", TASK_NER, "%p/%s_aux_images|%d/%s_train_dict.pth|%d/%s_val_dict.pth|%d/%s_test_dict.pth",
	  NER_IMAGES, NER_CROPS, NER_DICT, NULL, NULL, NULL },
	{ "gmner", TASK_NER, GMNER_BOXES, NER_IMAGES, NER_CROPS, NER_DICT, NULL, GMNER_BOXES, NULL },
	{ "umt", TASK_NER, "%p/%s_images|%d/%s_images", NER_IMAGES, NER_CROPS, NER_DICT, NULL, NULL, NULL },
	{ "umgf", TASK_NER, "", "%P/data/%s/image|%d/image", "%P/data/%s/image", NULL, NULL, NULL, NULL },
	{ "conll", TASK_NER, NULL, NER_IMAGES, NER_CROPS, NER_DICT, NULL, NULL, NULL },
	{ "mkgformer", TASK_RE, "%p/img_detect", RE_IMAGES, RE_CROPS, RE_DICT, RE_RELATIONS, NULL, RE_IMG2CROP },
	{ "hvpnet-re", TASK_RE, "%p/img_org|%p/img_vg|%p/ours_rel2id.json|%d/mre_train_dict.pth|%d/mre_dev_dict.pth|%d/mre_test_dict.pth",
	  RE_IMAGES, RE_CROPS, RE_DICT, RE_RELATIONS, NULL, NULL },
	{ "mnre", TASK_RE, NULL, RE_IMAGES, RE_CROPS, RE_DICT, RE_RELATIONS, NULL, NULL },
};

const char *layout_parent(struct layout_recogniser *r, const char *folder)
{
	const char *name = file_base_name(folder);
	size_t length = (size_t)(name - folder);

	if (r->name && !*folder)
		return "";
	if (!*folder || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return arena_format(&r->arena, "%s/..", *folder ? folder : ".");
	if (length == 0)
		return "";
	return arena_string(&r->arena, folder, length > 1 ? length - 1 : length);
}

const char *layout_folder_name(struct layout_recogniser *r, const char *folder)
{
	const char *name = file_base_name(folder), *copy;
	char *real;

	if (r->name)
		return *folder ? name : r->name;
	if (*name && strcmp(name, ".") != 0 && strcmp(name, "..") != 0)
		return name;
	real = realpath(*folder ? folder : ".", NULL);
	copy = real ? arena_copy(&r->arena, file_base_name(real)) : "data";
	free(real);
	return copy && *copy ? copy : "data";
}

/* The set without its century: twitter2017 is twitter17 in MKGformer's names. */
static void add_short_set(struct buf *out, const char *set)
{
	const char *century = strstr(set, "20");

	if (!century) {
		buf_add_string(out, set);
		return;
	}
	buf_add(out, set, (size_t)(century - set));
	buf_add_string(out, century + 2);
}

static void add_code(struct layout_recogniser *r, struct buf *out, const struct layout_place *place, char code)
{
	switch (code) {
	case 'd':
		buf_add_string(out, place->folder);
		break;
	case 'p':
		buf_add_string(out, place->parent);
		break;
	case 'P':
		buf_add_string(out, layout_parent(r, layout_parent(r, place->parent)));
		break;
	case 's':
		buf_add_string(out, place->set);
		break;
	case 'y':
		add_short_set(out, place->set);
		break;
	case 't':
		buf_add_string(out, *place->split ? place->split : "train");
		break;
	case 'v':
		buf_add_string(out, layout_split_val(place->split));
		break;
	case 'e':
		buf_add_string(out, layout_split_dev(place->split));
		break;
	default:
		BUG("unknown code in a layout rule");
	}
}

/* One alternative of a pattern as a path; an empty folder in front leaves no slash. */
static const char *expand(struct layout_recogniser *r, const char *pattern, size_t length,
			  const struct layout_place *place)
{
	struct buf path = BUF_INIT;
	const char *copy;

	for (size_t i = 0; i < length; i++) {
		if (pattern[i] == '%' && i + 1 < length)
			add_code(r, &path, place, pattern[++i]);
		else if (pattern[i] != '/' || (path.length && path.data[path.length - 1] != '/'))
			buf_add_char(&path, pattern[i]);
	}
	copy = path.failed ? NULL : arena_string(&r->arena, path.data, path.length);
	buf_release(&path);
	return copy;
}

/* The first alternative that exists, or NULL. */
static const char *find_existing(struct layout_recogniser *r, const char *patterns,
				 const struct layout_place *place)
{
	while (*patterns) {
		size_t length = strcspn(patterns, "|");
		const char *path = expand(r, patterns, length, place);

		if (path && layout_listing_has(r->listing, path))
			return path;
		patterns += length + (patterns[length] == '|');
	}
	return NULL;
}

const struct layout_rule *layout_choose_rule(struct layout_recogniser *r, const struct layout_place *place)
{
	const char *wanted = r->options->layout;

	for (size_t i = 0; i < sizeof(rules) / sizeof(*rules); i++) {
		const struct layout_rule *rule = &rules[i];

		if (rule->task != place->task || (strcmp(rule->layout, "umgf") == 0) != place->umgf)
			continue;
		if (wanted ? strcmp(rule->layout, wanted) == 0 :
			     place->umgf || !rule->signs || find_existing(r, rule->signs, place))
			return rule;
	}
	return NULL;
}

/* Where no rule's place exists: the only folder with pictures whose path speaks of the set, or the
 * only one at all. */
static const char *any_pictures(struct layout_recogniser *r, const struct layout_place *place)
{
	const struct str_table *pictures = &r->listing->pictures;
	const char *found = NULL, *named = NULL;
	size_t n_found = 0, n_named = 0;

	for (size_t i = 0; i < pictures->n; i++) {
		const char *folder = str_table_text(pictures, i);

		if (strcmp(file_base_name(folder), "crops") == 0)
			continue;
		found = folder;
		n_found++;
		if (strstr(folder, place->set)) {
			named = folder;
			n_named++;
		}
	}
	return n_named == 1 ? named : n_found == 1 ? found : NULL;
}

char *layout_resolve(struct layout_recogniser *r, const char *patterns, const struct layout_place *place,
		     bool is_pictures)
{
	const char *path;

	if (!patterns || strcmp(place->text, "-") == 0)
		return NULL;
	path = find_existing(r, patterns, place);
	if (!path && is_pictures)
		path = any_pictures(r, place);
	if (!path)
		path = expand(r, patterns, strcspn(patterns, "|"), place);
	return path ? strdup(*path ? path : ".") : NULL;
}

char *layout_resolve_given(struct layout_recogniser *r, const char *folder, const char *patterns,
			   const struct layout_place *place)
{
	struct layout_place in_folder = *place;
	const char *path;

	in_folder.folder = folder;
	path = find_existing(r, patterns, &in_folder);
	return strdup(path ? path : folder);
}
