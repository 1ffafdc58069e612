/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/stats.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/corpus/scheme.h"
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

size_t tally_total(const struct tally *tally)
{
	size_t sum = 0;

	for (size_t i = 0; i < tally->n; i++)
		sum += tally->counts[i];
	return sum;
}

struct unseen tally_unseen(const struct tally *tally, const struct tally *train)
{
	struct unseen unseen = { 0, 0 };

	for (size_t i = 0; i < tally->n; i++) {
		const struct str_entry *entry = &tally->names.entries[i];

		if (str_table_find(&train->names, entry->text, entry->length) >= 0)
			continue;
		unseen.names++;
		unseen.counts += tally->counts[i];
	}
	return unseen;
}

const char *stats_rule_name(enum stats_rule rule)
{
	static const char *const names[STATS_RULES] = { "conlleval", "begin-only", "seqeval", "strict" };

	return names[rule];
}

static void tally_release(struct tally *tally)
{
	str_table_release(&tally->names);
	free(tally->counts);
}

void stats_release(struct split_stats *stats)
{
	for (size_t i = 0; i < STATS_RULES; i++)
		tally_release(&stats->types[i]);
	tally_release(&stats->relations);
	tally_release(&stats->words);
	tally_release(&stats->surfaces);
	histogram_release(&stats->lengths);
	histogram_release(&stats->entities_of_record);
}

/* What one text needs while it is counted. */
struct counting {
	struct split_stats *stats;
	const struct split *split;
	struct str_table pictures; /* seen */
	struct arena arena;        /* of one record */
	struct buf surface;        /* of the entity in hand */
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

static int read_spans(struct counting *counting, enum stats_rule rule, const char *const *tags,
		      size_t n_tags, struct span **spans, size_t *n, struct err *err)
{
	static const enum span_rule rules[] = { SPAN_CONLLEVAL, SPAN_BEGIN_ONLY, SPAN_SEQEVAL };
	struct err refused = ERR_INIT;

	*n = 0;
	if (rule != STATS_STRICT)
		return span_extract(rules[rule], tags, n_tags, spans, n, &counting->arena, err);
	if (counting->stats->strict_fails ||
	    scheme_strict_spans(SCHEME_IOB2, tags, n_tags, spans, n, &counting->arena, &refused) == 0)
		return 0;
	if (refused.kind != ERR_DATA) {
		*err = refused;
		return -1;
	}
	counting->stats->strict_fails = true;
	*n = 0;
	return 0;
}

static int count_surface(struct counting *counting, const struct sentence *sentence,
			 const struct span *span)
{
	struct buf *surface = &counting->surface;

	buf_clear(surface);
	for (size_t i = span->begin; i < span->end; i++)
		buf_add_format(surface, "%s%s", i > span->begin ? " " : "", sentence->tokens[i].word);
	return surface->failed ? -1 : tally_add(&counting->stats->surfaces, surface->data);
}

static int count_entities(struct counting *counting, const struct sentence *sentence,
			  const char *const *tags, enum stats_rule rule, struct err *err)
{
	struct split_stats *stats = counting->stats;
	struct span *spans = NULL;
	size_t n;

	if (read_spans(counting, rule, tags, sentence->n_tokens, &spans, &n, err) < 0)
		return -1;
	stats->entities[rule] += n;
	for (size_t i = 0; i < n; i++)
		if (tally_add(&stats->types[rule], spans[i].type) < 0 ||
		    (rule == STATS_CONLLEVAL && count_surface(counting, sentence, &spans[i]) < 0))
			return err_set_memory(err);
	if (rule == STATS_CONLLEVAL && histogram_add(&stats->entities_of_record, n) < 0)
		return err_set_memory(err);
	return 0;
}

static int count_words(struct counting *counting, size_t n)
{
	counting->stats->records++;
	counting->stats->tokens += n;
	return histogram_add(&counting->stats->lengths, n);
}

static int count_sentence(struct counting *counting, const struct sentence *sentence,
			  struct err *err)
{
	const char **tags = span_tags(sentence, &counting->arena);

	if (!tags || count_words(counting, sentence->n_tokens) < 0 ||
	    count_picture(counting, sentence->id) < 0)
		return err_set_memory(err);
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (tally_add(&counting->stats->words, sentence->tokens[i].word) < 0)
			return err_set_memory(err);
	for (enum stats_rule rule = 0; rule < STATS_RULES; rule++)
		if (count_entities(counting, sentence, tags, rule, err) < 0)
			return -1;
	return 0;
}

static int count_relation(struct counting *counting, const struct relation *relation,
			  struct err *err)
{
	struct split_stats *stats = counting->stats;

	if (count_words(counting, relation->n_words) < 0 ||
	    tally_add(&stats->relations, relation->relation) < 0 ||
	    tally_add(&stats->surfaces, relation->head.name) < 0 ||
	    tally_add(&stats->surfaces, relation->tail.name) < 0 ||
	    count_picture(counting, relation->image) < 0)
		return err_set_memory(err);
	for (size_t i = 0; i < relation->n_words; i++)
		if (tally_add(&stats->words, relation->words[i]) < 0)
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
	struct counting counting = { .stats = stats, .split = split, .surface = BUF_INIT };
	int rc;

	memset(stats, 0, sizeof(*stats));
	progress_begin(progress, "stats", "records", 0);
	rc = split->task == TASK_NER ? count_sentences(&counting, progress, err)
				     : count_relations(&counting, progress, err);
	progress_end(progress);
	str_table_release(&counting.pictures);
	buf_release(&counting.surface);
	arena_release(&counting.arena);
	if (stats->strict_fails)
		stats->entities[STATS_STRICT] = 0;
	return rc;
}
