/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/merge_priv.h"

#include "lib/base/checked.h"

#include <string.h>

/* The records of an item; NULL where a file has none. */
struct versions {
	const struct annotation *base, *ours, *theirs;
};

static const struct annotation *record_of(const struct annotations *file, size_t number)
{
	return number == NO_RECORD ? NULL : &file->records[number];
}

/* The bytes of a record without the end of its last line, which the end of a file may lack. */
static size_t body_length(const struct annotations *file, const struct annotation *record)
{
	size_t end = record->end;

	while (end > record->begin && (file->bytes.data[end - 1] == '\n' || file->bytes.data[end - 1] == '\r'))
		end--;
	return end - record->begin;
}

static bool same_bytes(const struct annotations *a, const struct annotation *x,
		       const struct annotations *b, const struct annotation *y)
{
	size_t length = body_length(a, x);

	return length == body_length(b, y) &&
	       memcmp(a->bytes.data + x->begin, b->bytes.data + y->begin, length) == 0;
}

static bool same_words(const struct annotation *a, const struct annotation *b)
{
	if (a->n_words != b->n_words)
		return false;
	for (size_t i = 0; i < a->n_words; i++)
		if (strcmp(a->words[i], b->words[i]) != 0)
			return false;
	return true;
}

static void give(struct merge_result *out, const struct annotations *file,
		 const struct annotation *record)
{
	out->file = file;
	out->record = record;
}

/* ---- clashes ---- */

/* Words [begin, end), with blanks between. */
static void add_words(struct buf *out, const struct annotation *record, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		buf_add_format(out, "%s%s", i > begin ? " " : "", record->words[i]);
}

/* "LOC 'New York', PER 'Jo'", or "nothing"; in the report's arena. */
static const char *describe_tags(struct merge *merge, const struct annotation *record, size_t begin,
				 size_t end, struct err *err)
{
	struct buf text = BUF_INIT;
	const char *copy = NULL;
	struct span *spans;
	size_t n;

	if (entity_reader_spans(&merge->ours.entities, record->tags, record->n_words, &spans, &n,
				&merge->arena, err) < 0)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		if (spans[i].begin >= end || spans[i].end <= begin)
			continue;
		buf_add_format(&text, "%s%s '", text.length ? ", " : "", spans[i].type);
		add_words(&text, record, spans[i].begin, spans[i].end);
		buf_add_char(&text, '\'');
	}
	if (!text.length)
		buf_add_string(&text, "nothing");
	if (!text.failed)
		copy = arena_copy(&merge->report->arena, text.data);
	buf_release(&text);
	if (!copy)
		err_set_memory(err);
	return copy;
}

static const char *words_text(struct merge *merge, const struct annotation *record, size_t begin,
			      size_t end)
{
	struct buf text = BUF_INIT;
	const char *copy = NULL;

	add_words(&text, record, begin, end);
	if (!text.failed)
		copy = arena_copy(&merge->report->arena, text.data);
	buf_release(&text);
	return copy;
}

/* What all clashes have; `what` says what differs. */
static int finish_clash(struct merge *merge, struct merge_clash *clash,
			const struct annotation *record, struct err *err)
{
	const struct merge_options *options = merge->options;
	struct arena *arena = &merge->report->arena;

	clash->record = arena_copy(arena, record->name);
	clash->text = clash->begin < clash->end ? words_text(merge, record, clash->begin, clash->end)
						: words_text(merge, record, 0, record->n_words);
	clash->message = clash->base ? arena_format(arena, "'%s' has %s, '%s' has %s, and the base had %s",
						    options->ours, clash->our, options->theirs,
						    clash->their, clash->base)
				     : arena_format(arena, "'%s' has %s, '%s' has %s", options->ours,
						    clash->our, options->theirs, clash->their);
	return clash->record && clash->text && clash->message ? 0 : err_set_memory(err);
}

static bool is_left(const struct merge *merge)
{
	return merge->options->choice == MERGE_KEEP;
}

static struct merge_clash *clash_room(struct merge *merge, struct merge_result *out, size_t n)
{
	out->clashes = arena_alloc(&merge->arena, n + 1, sizeof(*out->clashes));
	return out->clashes;
}

/* The whole record, when it cannot be merged inside. */
static int clash_whole(struct merge *merge, const struct versions *versions, const char *base,
		       const char *our, const char *their, struct merge_result *out, struct err *err)
{
	const struct annotation *record = versions->ours ? versions->ours : versions->theirs;
	struct merge_clash *clash;

	if (!is_left(merge)) {
		merge->report->decided++;
		return 0;
	}
	clash = clash_room(merge, out, 1);
	if (!clash)
		return err_set_memory(err);
	clash->base = base ? arena_copy(&merge->report->arena, base) : NULL;
	clash->our = arena_copy(&merge->report->arena, our);
	clash->their = arena_copy(&merge->report->arena, their);
	if ((base && !clash->base) || !clash->our || !clash->their)
		return err_set_memory(err);
	out->n_clashes = 1;
	return finish_clash(merge, clash, record, err);
}

static int clash_words(struct merge *merge, const struct versions *versions, const char *const *base,
		       const struct merge_conflict *conflict, struct merge_clash *clash, struct err *err)
{
	clash->begin = conflict->begin;
	clash->end = conflict->end;
	if (base)
		clash->base = describe_tags(merge, versions->base, conflict->begin, conflict->end, err);
	clash->our = describe_tags(merge, versions->ours, conflict->begin, conflict->end, err);
	clash->their = describe_tags(merge, versions->theirs, conflict->begin, conflict->end, err);
	if ((base && !clash->base) || !clash->our || !clash->their)
		return -1;
	return finish_clash(merge, clash, versions->ours, err);
}

/* ---- deciding ---- */

/* Two versions of one record of which neither can be taken for the other's. */
static int choose_whole(struct merge *merge, const struct versions *versions, const char *base,
			const char *our, const char *their, struct merge_result *out, struct err *err)
{
	enum merge_choice choice = merge->options->choice;

	if (choice == MERGE_THEIRS)
		give(out, &merge->theirs, versions->theirs);
	else if (choice == MERGE_KEEP && versions->base)
		give(out, &merge->base, versions->base);
	else
		give(out, &merge->ours, versions->ours);
	return clash_whole(merge, versions, base, our, their, out, err);
}

static int merge_tags(struct merge *merge, const struct versions *versions, struct merge_result *out,
		      struct err *err)
{
	bool based = versions->base && same_words(versions->base, versions->ours);
	const struct merge_sides sides = { based ? versions->base->tags : NULL, versions->ours->tags,
					   versions->theirs->tags, &merge->ours.entities };
	struct tag_merged merged;

	if (tag_merge(&sides, versions->ours->n_words, merge->options->choice, &merged, &merge->arena,
		      err) < 0)
		return -1;
	give(out, &merge->ours, versions->ours);
	out->tags = merged.tags;
	if (!is_left(merge)) {
		merge->report->decided += merged.n_conflicts;
		return 0;
	}
	if (!clash_room(merge, out, merged.n_conflicts))
		return err_set_memory(err);
	for (; out->n_clashes < merged.n_conflicts; out->n_clashes++)
		if (clash_words(merge, versions, sides.base, &merged.conflicts[out->n_clashes],
				&out->clashes[out->n_clashes], err) < 0)
			return -1;
	return 0;
}

static int merge_changed(struct merge *merge, const struct versions *versions,
			 struct merge_result *out, struct err *err)
{
	const struct annotation *base = versions->base, *ours = versions->ours, *theirs = versions->theirs;

	merge->report->both++;
	if (merge->options->task == TASK_RE)
		return choose_whole(merge, versions, base ? base->relation : NULL, ours->relation,
				    theirs->relation, out, err);
	if (same_words(ours, theirs))
		return merge_tags(merge, versions, out, err);
	return choose_whole(merge, versions, base ? "those of the base" : NULL, "other words",
			    "other words", out, err);
}

/* All three have it, or the base lacks it. */
static int decide_both(struct merge *merge, const struct versions *versions, struct merge_result *out,
		       struct err *err)
{
	const struct annotation *base = versions->base;
	bool ours_same = base && same_bytes(&merge->base, base, &merge->ours, versions->ours);
	bool theirs_same = base && same_bytes(&merge->base, base, &merge->theirs, versions->theirs);

	if (same_bytes(&merge->ours, versions->ours, &merge->theirs, versions->theirs)) {
		merge->report->both += base && !ours_same;
		give(out, &merge->ours, versions->ours);
	} else if (theirs_same) {
		merge->report->ours++;
		give(out, &merge->ours, versions->ours);
	} else if (ours_same) {
		merge->report->theirs++;
		give(out, &merge->theirs, versions->theirs);
	} else {
		return merge_changed(merge, versions, out, err);
	}
	return 0;
}

/* One side and the base have it, the other took it away. */
static int decide_removed(struct merge *merge, const struct versions *versions,
			  struct merge_result *out, struct err *err)
{
	const struct annotations *file = versions->ours ? &merge->ours : &merge->theirs;
	const struct annotation *record = versions->ours ? versions->ours : versions->theirs;
	enum merge_choice choice = merge->options->choice;
	bool removing = choice == (versions->ours ? MERGE_THEIRS : MERGE_OURS);

	if (same_bytes(&merge->base, versions->base, file, record)) {
		merge->report->removed++;
		return 0;
	}
	if (removing)
		merge->report->removed++;
	else
		give(out, file, record);
	return clash_whole(merge, versions, "this record",
			   versions->ours ? "changed this record" : "no such record",
			   versions->ours ? "no such record" : "changed this record", out, err);
}

int merge_decide(struct merge *merge, const struct merge_item *item, struct merge_result *out,
		 struct err *err)
{
	const struct versions versions = { record_of(&merge->base, item->base),
					   record_of(&merge->ours, item->ours),
					   record_of(&merge->theirs, item->theirs) };

	memset(out, 0, sizeof(*out));
	if (versions.ours && versions.theirs)
		return decide_both(merge, &versions, out, err);
	if (versions.base)
		return decide_removed(merge, &versions, out, err);
	merge->report->added++;
	if (versions.ours)
		give(out, &merge->ours, versions.ours);
	else
		give(out, &merge->theirs, versions.theirs);
	return 0;
}
