/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/types.h"

#include "lib/review/tags.h"

#include <string.h>
#include <strings.h>

#define SPELLINGS 4

static const struct {
	char key;
	const char *spellings[SPELLINGS]; /* the first is the default */
} groups[] = {
	{ 'p', { "PER", "PERSON", "PEOPLE", NULL } },
	{ 'l', { "LOC", "LOCATION", "GPE", NULL } },
	{ 'o', { "ORG", "ORGANIZATION", "ORGANISATION", NULL } },
	{ 'm', { "MISC", "OTHER", "MISCELLANEOUS", NULL } },
};

#define N_GROUPS (sizeof(groups) / sizeof(groups[0]))

void entity_types_init(struct entity_types *types)
{
	str_table_init(&types->names);
}

void entity_types_release(struct entity_types *types)
{
	str_table_release(&types->names);
}

int entity_types_add(struct entity_types *types, const char *tag)
{
	const char *type = tag_is_valid(tag) ? tag_type(tag) : NULL;

	return type && str_table_add(&types->names, type, strlen(type)) < 0 ? -1 : 0;
}

/* The group that a type is of, or N_GROUPS. */
static size_t group_of(const char *type)
{
	for (size_t group = 0; group < N_GROUPS; group++)
		for (size_t i = 0; i < SPELLINGS && groups[group].spellings[i]; i++)
			if (strcasecmp(groups[group].spellings[i], type) == 0)
				return group;
	return N_GROUPS;
}

static const char *group_name(const struct entity_types *types, size_t group)
{
	for (size_t i = 0; i < types->names.n; i++)
		if (group_of(str_table_text(&types->names, i)) == group)
			return str_table_text(&types->names, i);
	return groups[group].spellings[0];
}

const char *entity_types_for_key(const struct entity_types *types, char key)
{
	int further = key - '0';

	for (size_t group = 0; group < N_GROUPS; group++)
		if (groups[group].key == key)
			return group_name(types, group);
	if (further < 1 || further > 9)
		return NULL;
	for (size_t i = 0; i < types->names.n; i++)
		if (group_of(str_table_text(&types->names, i)) == N_GROUPS && --further == 0)
			return str_table_text(&types->names, i);
	return NULL;
}

const char *entity_types_spelling(const struct entity_types *types, const char *type)
{
	size_t group;

	if (str_table_find(&types->names, type, strlen(type)) >= 0)
		return type;
	group = group_of(type);
	return group < N_GROUPS ? group_name(types, group) : type;
}
