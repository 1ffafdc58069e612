/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/overlap/overlap.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "preprocess/overlap/overlap_priv.h"
#include "preprocess/overlap/tweet_key.h"

#include <stdlib.h>
#include <string.h>

struct overlap *overlap_new(const struct overlap_options *options)
{
	struct overlap *overlap = calloc(1, sizeof(*overlap));

	if (!overlap)
		return NULL;
	overlap->options = *options;
	minhash_init(&overlap->minhash, options->threshold, options->seed);
	overlap->pictures = options->pictures ? picture_hashes_new() : NULL;
	if (options->pictures && !overlap->pictures) {
		free(overlap);
		return NULL;
	}
	buf_init(&overlap->names);
	buf_init(&overlap->key);
	return overlap;
}

void overlap_free(struct overlap *overlap)
{
	if (!overlap)
		return;
	for (size_t i = 0; i < overlap->n_sides; i++) {
		free(overlap->sides[i].set);
		free(overlap->sides[i].name);
		free(overlap->sides[i].file);
	}
	test_hashes_free(overlap->hashes);
	str_table_release(&overlap->texts);
	buf_release(&overlap->names);
	buf_release(&overlap->key);
	free(overlap->documents);
	free(overlap->entries);
	free(overlap->order);
	free(overlap->likenesses);
	free(overlap->pairs);
	free(overlap->picture_matches);
	picture_hashes_free(overlap->pictures);
	free(overlap);
}

static int add_side(struct overlap *overlap, const char *set, const char *name, const char *file,
		    struct err *err)
{
	struct overlap_side *side = &overlap->sides[overlap->n_sides];

	if (overlap->n_sides == OVERLAP_SIDES)
		return err_set(err, ERR_USAGE, "more than %d splits cannot be compared at once",
			       OVERLAP_SIDES);
	*side = (struct overlap_side){ strdup(set), strdup(name), strdup(file), 0, 0 };
	overlap->n_sides++;
	return side->set && side->name && side->file ? 0 : err_set_memory(err);
}

int overlap_add_hashes(struct overlap *overlap, const char *path, struct err *err)
{
	if (overlap->n_sides)
		BUG("hashes come before records");
	overlap->hashes = test_hashes_read(path, err);
	if (!overlap->hashes)
		return -1;
	for (size_t i = 0; test_hashes_set(overlap->hashes, i); i++)
		if (add_side(overlap, test_hashes_set(overlap->hashes, i), "test", path, err) < 0)
			return -1;
	return 0;
}

int overlap_store(struct overlap *overlap, const struct stored_pair *pair)
{
	struct overlap_count *count =
		&overlap->counts[overlap->entries[pair->entry].side][pair->side];

	if (GROW(overlap->pairs, overlap->n_pairs, overlap->pairs_capacity) < 0)
		return -1;
	overlap->pairs[overlap->n_pairs++] = *pair;
	if (pair->kind == OVERLAP_EXACT)
		count->exact++;
	else if (pair->kind == OVERLAP_NORMALISED)
		count->normalised++;
	else
		count->near++;
	return 0;
}

/* Look a record up among the hashes: word for word first, then loosely. */
static int look_up_hashes(struct overlap *overlap, const struct record *record, uint32_t entry)
{
	struct buf *key = &overlap->key;
	uint64_t exact, loose = 0;

	tweet_key_exact(record->words, record->n_words, key);
	exact = test_hashes_find(overlap->hashes, TEST_HASH_EXACT, key->data, key->length);
	if (tweet_key_loose(record->words, record->n_words, key) >= TWEET_KEY_LEAST)
		loose = test_hashes_find(overlap->hashes, TEST_HASH_LOOSE, key->data, key->length);
	for (uint16_t side = 0; (exact | loose) >> side; side++) {
		struct stored_pair pair = { entry, 0, side, OVERLAP_EXACT, 1 };

		if (!((exact | loose) >> side & 1))
			continue;
		if (!(exact >> side & 1))
			pair.kind = OVERLAP_NORMALISED;
		if (overlap_store(overlap, &pair) < 0)
			return -1;
	}
	return key->failed ? -1 : 0;
}

/* The document of a record; *exact is a hash of its words. -1 when memory is out. */
static long find_document(struct overlap *overlap, const struct record *record,
			  struct hash128 *exact, bool *alike)
{
	struct buf *key = &overlap->key;

	*exact = (struct hash128)HASH128_INIT;
	tweet_key_exact(record->words, record->n_words, key);
	hash128_add(exact, key->data, key->length);
	*alike = tweet_key_normalised(record->words, record->n_words, key) >= TWEET_KEY_LEAST;
	if (!*alike) {
		/* No normalised text holds a blank. */
		tweet_key_exact(record->words, record->n_words, key);
		buf_add_char(key, ' ');
	}
	return key->failed ? -1 : str_table_add(&overlap->texts, key->data, key->length);
}

static int add_record(struct overlap *overlap, const struct record *record, uint16_t side)
{
	struct entry *entry;
	long document;
	bool alike;

	overlap->sides[side].records++;
	if (record->n_words == 0)
		return 0;
	if (overlap->n_entries >= UINT32_MAX - 1 || overlap->names.length >= UINT32_MAX ||
	    GROW(overlap->entries, overlap->n_entries, overlap->entries_capacity) < 0)
		return -1;
	entry = &overlap->entries[overlap->n_entries];
	document = find_document(overlap, record, &entry->exact, &alike);
	if (document < 0)
		return -1;
	if (GROW(overlap->documents, overlap->n_documents, overlap->documents_capacity) < 0)
		return -1;
	entry->document = (uint32_t)document;
	entry->side = side;
	entry->name = (uint32_t)overlap->names.length;
	entry->line = (uint32_t)(record->sentence ? record->sentence->line_number
						  : record->relation->line_number);
	buf_add(&overlap->names, record->name, strlen(record->name) + 1);
	if ((size_t)document == overlap->n_documents)
		overlap->documents[overlap->n_documents++] = (struct document){ 0, 0, 0, alike };
	overlap->documents[document].sides |= (uint64_t)1 << side;
	overlap->documents[document].n++;
	overlap->n_entries++;
	if (overlap->hashes && look_up_hashes(overlap, record, (uint32_t)overlap->n_entries - 1) < 0)
		return -1;
	return overlap->names.failed ? -1 : 0;
}

static int add_split(struct overlap *overlap, const struct split *split, struct progress *progress,
		     struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct records records;
	struct record record;
	enum read_status status;
	bool pictures = overlap->pictures && split->images && file_is_folder(split->images);
	int rc = -1;

	if (add_side(overlap, split->set ? split->set : "", split->name ? split->name : "",
		     split->text, err) < 0 ||
	    records_open(&records, split, err) < 0)
		return -1;
	while ((status = records_next(&records, &record, &arena, err)) > READ_EOF) {
		if (status == READ_OK &&
		    (add_record(overlap, &record, (uint16_t)(overlap->n_sides - 1)) < 0 ||
		     (pictures && overlap_add_picture(overlap, split, &record) < 0))) {
			err_set_memory(err);
			goto out;
		}
		if (progress_step(progress, 1)) {
			err_set(err, ERR_STOPPED, "interrupted");
			goto out;
		}
		arena_reset(&arena);
	}
	rc = status == READ_EOF ? 0 : -1;
out:
	records_close(&records);
	arena_release(&arena);
	return rc;
}

int overlap_add(struct overlap *overlap, const struct dataset *dataset, struct progress *progress,
		struct err *err)
{
	int rc = 0;

	progress_begin(progress, "read", "records", 0);
	for (size_t i = 0; i < dataset->n_splits && rc == 0; i++)
		rc = add_split(overlap, &dataset->splits[i], progress, err);
	progress_end(progress);
	return rc;
}

const struct overlap_side *overlap_sides(const struct overlap *overlap, size_t *n)
{
	*n = overlap->n_sides;
	return overlap->sides;
}

struct overlap_count overlap_count(const struct overlap *overlap, size_t from, size_t in)
{
	return overlap->counts[from][in];
}

size_t overlap_leaks(const struct overlap *overlap)
{
	return overlap->leaks;
}

double overlap_recall(const struct overlap *overlap)
{
	return minhash_recall(&overlap->minhash, overlap->options.threshold);
}

static struct overlap_record record_of(const struct overlap *overlap, const struct entry *entry)
{
	return (struct overlap_record){ entry->side, entry->line,
					overlap->names.data + entry->name };
}

int overlap_next(const struct overlap *overlap, size_t *at, struct overlap_pair *pair)
{
	const struct stored_pair *stored;

	if (*at >= overlap->n_pairs)
		return 0;
	stored = &overlap->pairs[(*at)++];
	pair->record = record_of(overlap, &overlap->entries[stored->entry]);
	pair->other = (struct overlap_record){ stored->side, 0, "" };
	if (!overlap_is_hashed(overlap, stored->side))
		pair->other = record_of(overlap, &overlap->entries[stored->other]);
	pair->kind = (enum overlap_kind)stored->kind;
	pair->similarity = stored->similarity;
	return 1;
}
