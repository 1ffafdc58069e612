/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/schema.h"

#include <string.h>

const char *const schema_types[] = { "PER", "LOC", "ORG", "MISC", "OTHER", NULL };

const char *const schema_relations[SCHEMA_RELATIONS] = {
	"None",
	"/per/per/parent",
	"/per/per/siblings",
	"/per/per/couple",
	"/per/per/neighbor",
	"/per/per/peer",
	"/per/per/charges",
	"/per/per/alumi",
	"/per/per/alternate_names",
	"/per/org/member_of",
	"/per/loc/place_of_residence",
	"/per/loc/place_of_birth",
	"/org/org/alternate_names",
	"/org/org/subsidiary",
	"/org/loc/locate_at",
	"/loc/loc/contain",
	"/per/misc/present_in",
	"/per/misc/awarded",
	"/per/misc/race",
	"/per/misc/religion",
	"/per/misc/nationality",
	"/misc/misc/part_of",
	"/misc/loc/held_on",
};

bool schema_has_type(const char *type)
{
	for (size_t i = 0; schema_types[i]; i++)
		if (*schema_types[i] == *type && strcmp(schema_types[i], type) == 0)
			return true;
	return false;
}

int schema_relation_id(const char *relation)
{
	for (int i = 0; i < SCHEMA_RELATIONS; i++)
		if (strcmp(schema_relations[i], relation) == 0)
			return i;
	return -1;
}
