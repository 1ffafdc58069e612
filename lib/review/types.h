/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The entity types of a data set and the keys that set them. The data decide how a type is spelt:
 * where a file says OTHER, the key of MISC writes OTHER, and a prediction of MISC agrees with it.
 *
 *	entity_types_add(&types, "B-OTHER");
 *	entity_types_for_key(&types, 'm')          "OTHER"
 */
#ifndef TAGSIGHT_REVIEW_TYPES_H
#define TAGSIGHT_REVIEW_TYPES_H

#include "lib/base/str_table.h"

#include <stddef.h>

struct entity_types {
	struct str_table names; /* types of the data, in order of appearance */
};

void entity_types_init(struct entity_types *types);
void entity_types_release(struct entity_types *types);

/* Note the type of a tag of the data; "O" and what is no tag are passed over. -1: memory is out. */
int entity_types_add(struct entity_types *types, const char *tag);

/* The type set by a key: p, l, o, m for persons, locations, organizations and the rest, 1 to 9 for
 * the data's further types. NULL when the key stands for none. */
const char *entity_types_for_key(const struct entity_types *types, char key);

/* How the data spell a type: "OTHER" for "MISC" where only OTHER is known. Returns `type` itself
 * when the data have no other name for it. */
const char *entity_types_spelling(const struct entity_types *types, const char *type);

#endif
