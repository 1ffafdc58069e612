/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/ground_explain.h"

#include <string.h>

#define NEAR 3         /* names that are offered */
#define LONGEST_NAME 63

struct near {
	char name[LONGEST_NAME + 1];
	size_t distance;
};

struct search {
	const char *wanted;
	size_t number; /* of the first record of that name */
	size_t found;
	struct near near[NEAR]; /* nearest first */
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Insertions, deletions and replacements from one name to the other (Levenshtein), of their first
 * LONGEST_NAME bytes. */
static size_t distance(const char *a, const char *b)
{
	size_t n = least(strlen(a), LONGEST_NAME), m = least(strlen(b), LONGEST_NAME);
	size_t row[LONGEST_NAME + 1];

	for (size_t k = 0; k <= m; k++)
		row[k] = k;
	for (size_t i = 1; i <= n; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t k = 1; k <= m; k++) {
			size_t replaced = diagonal + (a[i - 1] != b[k - 1]);

			diagonal = row[k];
			row[k] = least(replaced, least(row[k], row[k - 1]) + 1);
		}
	}
	return row[m];
}

static void note_near(struct search *search, const char *name)
{
	size_t own = distance(search->wanted, name), at = NEAR;

	if (strlen(name) > LONGEST_NAME)
		return;
	while (at > 0 && (!*search->near[at - 1].name || own < search->near[at - 1].distance))
		at--;
	if (at == NEAR || (at > 0 && strcmp(search->near[at - 1].name, name) == 0))
		return;
	memmove(&search->near[at + 1], &search->near[at], (NEAR - 1 - at) * sizeof(*search->near));
	memcpy(search->near[at].name, name, strlen(name) + 1);
	search->near[at].distance = own;
}

/* Relations go by their line alone, for several may share a picture. */
static bool is_wanted(const struct record *record, const char *wanted)
{
	return strcmp(record->name, wanted) == 0 ||
	       (record->sentence && record->id && strcmp(record->id, wanted) == 0);
}

static int search_split(struct search *search, const struct split *split, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct records records;
	struct record record;
	enum read_status status;
	struct err bad = ERR_INIT;

	if (records_open(&records, split, err) < 0)
		return -1;
	while ((status = records_next(&records, &record, &arena, &bad)) > READ_EOF) {
		if (status == READ_OK && is_wanted(&record, search->wanted) && search->found++ == 0)
			search->number = record.number;
		if (status == READ_OK && !search->found)
			note_near(search, record.sentence && record.id &&
						  strncmp(search->wanted, "IMGID:", 6) != 0 ?
					  record.id : record.name);
		arena_reset(&arena);
	}
	records_close(&records);
	arena_release(&arena);
	if (status == READ_FAIL)
		*err = bad;
	return status == READ_FAIL ? -1 : 0;
}

static int not_found(const struct search *search, struct err *err)
{
	return err_set(err, ERR_USAGE, "no record is called '%.100s'%s%s%s%s%s%s%s", search->wanted,
		       *search->near[0].name ? "; near it are '" : "", search->near[0].name,
		       *search->near[1].name ? "', '" : "", search->near[1].name,
		       *search->near[2].name ? "', '" : "", search->near[2].name,
		       *search->near[0].name ? "'" : "");
}

int explain_find(const struct dataset *dataset, const char *wanted, const struct split **split,
		 size_t *number, struct err *err)
{
	struct search search = { .wanted = wanted };

	*split = NULL;
	for (size_t i = 0; i < dataset->n_splits; i++) {
		const struct split *own = &dataset->splits[i];

		search.found = 0;
		if (search_split(&search, own, err) < 0)
			return -1;
		if (search.found && *split)
			return err_set(err, ERR_USAGE,
				       "'%.100s' is in %s %s and in %s %s; choose by --split, or give one "
				       "text file", wanted, (*split)->set, (*split)->name, own->set, own->name);
		if (search.found) {
			*split = own;
			*number = search.number;
		}
	}
	return *split ? 0 : not_found(&search, err);
}
