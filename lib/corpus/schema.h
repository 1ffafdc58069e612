/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The label sets of the field: entity types of Twitter2015, Twitter2017 and GMNER, relations of
 * MNRE in the order of their ids.
 */
#ifndef TAGSIGHT_CORPUS_SCHEMA_H
#define TAGSIGHT_CORPUS_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#define SCHEMA_RELATIONS 23

extern const char *const schema_types[]; /* NULL-terminated: PER LOC ORG MISC OTHER */
extern const char *const schema_relations[SCHEMA_RELATIONS]; /* index is the id; 0 is "None" */

bool schema_has_type(const char *type);

/* The id of a relation of version 2 of the release, or -1. */
int schema_relation_id(const char *relation);

#endif
