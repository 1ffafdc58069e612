/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of a review, shared by reading, editing, seeking and exporting.
 */
#ifndef TAGSIGHT_REVIEW_REVIEW_PRIV_H
#define TAGSIGHT_REVIEW_REVIEW_PRIV_H

#include "lib/base/arena.h"
#include "lib/review/review.h"

#include <sys/stat.h>

/* One edit: what the record was before and is after. */
struct review_change {
	size_t edit; /* number in the journal */
	size_t record;
	const char *what; /* static, or of the arena */
	size_t begin, end;
	const char *const *before, *const *after; /* [n_tokens] */
	enum review_state state_before, state_after;
};

struct review_stack {
	struct review_change *changes;
	size_t n, capacity;
};

struct review {
	struct arena arena;
	char *path;
	struct stat stat; /* of the file when it was read */
	struct review_record *records;
	size_t n_records, capacity;
	size_t unreadable;
	struct str_table tag_names;
	struct str_table ids;  /* "IMGID:8" without its prefix */
	size_t *records_by_id; /* the first record of each id */
	size_t ids_capacity;
	struct entity_types types;
	struct finding_sink sink;
	struct journal *journal;
	struct review_stack done, undone;
	size_t last_edit;
	size_t unsaved;
};

/* SHA-256 of the words of a record, as the journal defines it; -1 when memory is out. */
int review_words_sha256(const struct review_record *record, char hex[SHA256_HEX]);

int review_stack_push(struct review_stack *stack, const struct review_change *change);

/* The record with this id, or SIZE_MAX. */
size_t review_record_by_id(const struct review *review, const char *id);

/* The record whose lines hold `line` of the text file, or SIZE_MAX. */
size_t review_record_by_line(const struct review *review, size_t line);

#endif
