/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects of a JSON array one after the other, in memory that one object bounds: what labelling
 * tools export is one array of a hundred megabytes. A file of objects without an array around them is
 * read alike.
 *
 *	while ((status = json_array_next(&reader, &object, &err)) > READ_EOF) ...
 */
#ifndef TAGSIGHT_FORMATS_JSON_ARRAY_H
#define TAGSIGHT_FORMATS_JSON_ARRAY_H

#include "lib/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define JSON_ARRAY_ITEM_LIMIT ((size_t)64 << 20) /* bytes of one object */

struct json_array {
	FILE *stream;
	const char *name; /* for messages; borrowed */
	size_t line;      /* where the latest object begins, from 1 */
	size_t lines;     /* line ends read */
	size_t taken;     /* bytes of the object in hand */
	bool begun, bracket, ended;
	bool member; /* the array is in an object */
};

int json_array_open(struct json_array *reader, const char *path, struct err *err);
void json_array_close(struct json_array *reader);

/* Open a file that is one object at the array that is its `member`; the others are stepped over, however
 * long. *found is false where it has no such array; then there are no items. */
int json_array_open_member(struct json_array *reader, const char *path, const char *member, bool *found,
			   struct err *err);

/* The next object (the caller's reference). READ_BAD: this item is no object. READ_FAIL with ERR_DATA:
 * what follows is no JSON, so that no more can be read. */
enum read_status json_array_next(struct json_array *reader, json_t **object, struct err *err);

#endif
