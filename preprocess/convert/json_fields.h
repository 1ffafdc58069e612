/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records out of JSON objects, for the formats that are JSON. Strings are copied into the arena. What
 * is missing is no error; what is of another type than expected is ERR_DATA and names the key.
 */
#ifndef TAGSIGHT_PREPROCESS_CONVERT_JSON_FIELDS_H
#define TAGSIGHT_PREPROCESS_CONVERT_JSON_FIELDS_H

#include "lib/base/str_table.h"
#include "preprocess/convert/format.h"

#include <jansson.h>

/* A string, or a whole number as its digits; NULL in *text where the key is absent or null. */
int json_field_text(const json_t *object, const char *key, const char **text, struct arena *arena,
		    struct err *err);

/* A list; NULL in *list where the key is absent or null. */
int json_field_list(const json_t *object, const char *key, json_t **list, struct err *err);

/* A whole number from 0 on; `what` says in the message what is not one. */
int json_size(const json_t *value, const char *what, size_t *size, struct err *err);

/* A list of strings as an array of the arena. */
int json_strings(const json_t *list, const char *what, const char ***texts, size_t *n,
		 struct arena *arena, struct err *err);

/* Check that [from, to) is a range of the record's text of `characters`. */
int json_range(size_t from, size_t to, size_t characters, struct err *err);

/* Add an entity of characters of the record's text, of `characters` in all. */
int json_add_span(struct convert_record *record, const json_t *from, const json_t *to,
		  const char *type, size_t characters, struct arena *arena, struct err *err);

/* Count the keys of an object that are not among `known` ("id text label"), unless their values are
 * empty. */
void json_other_keys(const json_t *object, const char *known, const struct convert_record *record,
		     struct convert_losses *losses);

/* Note the "id" of item number `index`, which no earlier one may have. One without an id gets one that
 * nothing else has. */
int json_add_id(const json_t *item, size_t index, struct str_table *ids, struct arena *arena,
		struct err *err);

/* The number of the item whose id stands under `key`. */
int json_find_id(const json_t *item, const char *key, const struct str_table *ids, size_t *index,
		 struct arena *arena, struct err *err);

/* Set a key to a text, or leave it out when it is NULL. */
void json_set_text(json_t *object, const char *key, const char *text);

/* Set "id", and "image" where the id does not say it. */
void json_set_names(json_t *object, const struct convert_record *record);

/* Read "id" and "image"; a picture that the id stands for is filled in. */
int json_get_names(const json_t *object, struct convert_record *record, struct arena *arena,
		   struct err *err);

/* Write an object as a line and drop it; NULL stands for memory that ran out. */
int json_put_line(FILE *stream, json_t *object, struct err *err);

#endif
