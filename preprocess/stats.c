/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/stats.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/corpus/span.h"
#include "lib/formats/mnre.h"
#include "lib/formats/sentence_reader.h"

#include <stdlib.h>
#include <string.h>

static int tally_add(struct tally *tally, const char *name)
{
	long id = str_table_add(&tally->names, name, strlen(name));

	if (id < 0)
		return -1;
	if ((size_t)id == tally->n) {
		if (GROW(tally->counts, tally->n, tally->capacity) < 0)
			return -1;
		tally->counts[tally->n++] = 0;
	}
	tally->counts[id]++;
	return 0;
}

size_t tally_get(const struct tally *tally, const char *name)
{
	long id = str_table_find(&tally->names, name, strlen(name));

	return id < 0 ? 0 : tally->counts[id];
}

static void tally_release(struct tally *tally)
{
	str_table_release(&tally->names);
	free(tally->counts);
}

void stats_release(struct split_stats *stats)
{
	tally_release(&stats->types);
	tally_release(&stats->relations);
}

/* What one text needs while it is counted. */
struct counting {
	struct split_stats *stats;
	const struct split *split;
	struct str_table pictures; /* seen */
	struct arena arena;        /* of one record */
};

static int count_picture(struct counting *counting, const char *id)
{
	size_t before = counting->pictures.n;
	char *path;

	if (!id || !*id)
		return 0;
	if (str_table_add(&counting->pictures, id, strlen(id)) < 0)
		return -1;
	if (counting->pictures.n == before)
		return 0;
	counting->stats->pictures_named++;
	if (!counting->split->images)
		return 0;
	path = split_image_path(counting->split, id);
	if (!path)
		return -1;
	counting->stats->pictures_there += file_exists(path);
	free(path);
	return 0;
}

static int count_sentence(struct counting *counting, const struct sentence *sentence,
			  struct err *err)
{
	struct split_stats *stats = counting->stats;
	const char **tags = span_tags(sentence, &counting->arena);
	struct span *spans;
	size_t n;

	stats->records++;
	stats->tokens += sentence->n_tokens;
	if (!tags || count_picture(counting, sentence->id) < 0)
		return err_set_memory(err);
	if (span_extract(SPAN_BEGIN_ONLY, tags, sentence->n_tokens, &spans, &n, &counting->arena,
			 err) < 0)
		return -1;
	stats->begin_only += n;
	if (span_extract(SPAN_CONLLEVAL, tags, sentence->n_tokens, &spans, &n, &counting->arena,
			 err) < 0)
		return -1;
	stats->entities += n;
	for (size_t i = 0; i < n; i++)
		if (tally_add(&stats->types, spans[i].type) < 0)
			return err_set_memory(err);
	return 0;
}

static int count_relation(struct counting *counting, const struct relation *relation,
			  struct err *err)
{
	counting->stats->records++;
	counting->stats->tokens += relation->n_words;
	if (tally_add(&counting->stats->relations, relation->relation) < 0 ||
	    count_picture(counting, relation->image) < 0)
		return err_set_memory(err);
	return 0;
}

/* A record was stepped over, or one was counted: go on? */
static int step(struct counting *counting, enum read_status status, struct progress *progress,
		struct err *err)
{
	char text[1400];

	if (status == READ_BAD && counting->stats->skipped++ == 0)
		progress_note(progress, "a record is stepped over: %s",
			      err_format(err, text, sizeof(text)));
	arena_reset(&counting->arena);
	return progress_step(progress, 1) ? err_set(err, ERR_STOPPED, "interrupted") : 0;
}

static int count_sentences(struct counting *counting, struct progress *progress, struct err *err)
{
	struct sentence_reader reader;
	struct sentence sentence;
	enum read_status status;
	int rc = sentence_reader_open(&reader, counting->split->text, err);

	while (rc == 0 &&
	       (status = sentence_reader_next(&reader, &sentence, &counting->arena, err)) != READ_EOF) {
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK)
			rc = count_sentence(counting, &sentence, err);
		if (rc == 0)
			rc = step(counting, status, progress, err);
	}
	sentence_reader_close(&reader);
	return rc;
}

static int count_relations(struct counting *counting, struct progress *progress, struct err *err)
{
	struct mnre_reader *reader = mnre_open(counting->split->text, err);
	struct relation relation;
	enum read_status status;
	int rc = reader ? 0 : -1;

	while (rc == 0 &&
	       (status = mnre_next(reader, &relation, &counting->arena, err)) != READ_EOF) {
		if (status == READ_FAIL)
			rc = -1;
		else if (status == READ_OK)
			rc = count_relation(counting, &relation, err);
		if (rc == 0)
			rc = step(counting, status, progress, err);
	}
	mnre_close(reader);
	return rc;
}

int stats_count(struct split_stats *stats, const struct split *split, struct progress *progress,
		struct err *err)
{
	struct counting counting = { .stats = stats, .split = split };
	int rc;

	memset(stats, 0, sizeof(*stats));
	progress_begin(progress, "stats", "records", 0);
	rc = split->task == TASK_NER ? count_sentences(&counting, progress, err)
				     : count_relations(&counting, progress, err);
	progress_end(progress);
	str_table_release(&counting.pictures);
	arena_release(&counting.arena);
	return rc;
}
