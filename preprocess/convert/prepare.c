/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/convert/prepare.h"

#include "lib/base/buf.h"
#include "lib/base/utf8.h"
#include "lib/image/decode.h"

#include <stdlib.h>
#include <string.h>

/* ---- types ---- */

static const char *renamed(const struct str_list *renames, const char *type)
{
	size_t length = strlen(type);

	for (size_t i = 0; i < renames->n; i++)
		if (strncmp(renames->items[i], type, length) == 0 && renames->items[i][length] == '=')
			return renames->items[i] + length + 1;
	return type;
}

static int rename_tag(const struct str_list *renames, const char **tag, struct arena *arena,
		      struct err *err)
{
	const char *hyphen = *tag ? strchr(*tag, '-') : NULL, *type;

	if (!hyphen)
		return 0;
	type = renamed(renames, hyphen + 1);
	if (type == hyphen + 1)
		return 0;
	*tag = arena_format(arena, "%.*s-%s", (int)(hyphen - *tag), *tag, type);
	return *tag ? 0 : err_set_memory(err);
}

static int rename_types(const struct str_list *renames, struct convert_record *record,
			struct arena *arena, struct err *err)
{
	if (renames->n == 0)
		return 0;
	for (size_t i = 0; i < record->n_spans; i++)
		record->spans[i].type = renamed(renames, record->spans[i].type);
	for (size_t i = 0; record->tags && i < record->n_words; i++)
		if (rename_tag(renames, &record->tags[i], arena, err) < 0)
			return -1;
	return 0;
}

static bool knows_type(const struct convert_format *format, const char *type)
{
	size_t length = strlen(type);

	if (!format->types)
		return true;
	for (const char *at = format->types + 1; (at = strstr(at, type)); at++)
		if (at[-1] == '|' && at[length] == '|')
			return true;
	return false;
}

/* A loader's own list of types: what is not on it stays in the file, but is reported. */
static void check_types(const struct convert_format *format, const struct convert_record *record,
			struct convert_losses *losses)
{
	const char *hyphen;

	for (size_t i = 0; record->tags && i < record->n_words; i++) {
		hyphen = record->tags[i] ? strchr(record->tags[i], '-') : NULL;
		if (hyphen && hyphen[1] && !knows_type(format, hyphen + 1))
			convert_lose(losses, LOSS_TYPE, record, "'%s' (rename it with --map)",
				     record->tags[i]);
	}
}

/* ---- tags and entities ---- */

/* Say which tag the scheme would have otherwise. */
static int report_malformed(const struct convert_plan *plan, const struct convert_record *record,
			    const char *const *tags, const struct span *spans, size_t n_spans,
			    struct convert_losses *losses, struct arena *arena, struct err *err)
{
	const char **right = arena_alloc(arena, record->n_words + 1, sizeof(*right));

	if (!right)
		return err_set_memory(err);
	if (scheme_encode(plan->read, spans, n_spans, right, record->n_words, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < record->n_words; i++)
		if (strcmp(right[i], tags[i]) != 0)
			convert_lose(losses, LOSS_TAG, record, "'%s' of '%s' is read as '%s' (%s)",
				     tags[i], record->words[i], right[i], scheme_name(plan->read));
	return 0;
}

/* Entities out of the tags, which are then gone. */
static int tags_to_spans(const struct convert_plan *plan, struct convert_record *record,
			 struct convert_losses *losses, struct arena *arena, struct err *err)
{
	const char **tags = arena_alloc(arena, record->n_words + 1, sizeof(*tags));
	size_t n = 0, malformed = 0;
	struct span *spans;

	if (!tags)
		return err_set_memory(err);
	for (size_t i = 0; i < record->n_words; i++) {
		tags[i] = record->tags[i] ? record->tags[i] : "O";
		if (!record->tags[i])
			convert_lose(losses, LOSS_UNTAGGED, record, "'%s' is taken as O",
				     record->words[i]);
	}
	if (scheme_spans(plan->read, tags, record->n_words, &spans, &n, &malformed, arena, err) < 0)
		return -1;
	if (malformed && losses &&
	    report_malformed(plan, record, tags, spans, n, losses, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++) {
		struct convert_span *span = record_add_span(record, arena);

		if (!span)
			return err_set_memory(err);
		*span = (struct convert_span){ .begin = spans[i].begin, .end = spans[i].end,
					       .type = spans[i].type };
		if (record->from) {
			span->from = record->from[span->begin];
			span->to = record->to[span->end - 1];
		}
	}
	record->tags = NULL;
	return 0;
}

static int compare_spans(const void *a, const void *b)
{
	const struct convert_span *x = *(const struct convert_span *const *)a;
	const struct convert_span *y = *(const struct convert_span *const *)b;

	if (x->begin != y->begin)
		return x->begin < y->begin ? -1 : 1;
	if (x->end != y->end)
		return x->end > y->end ? -1 : 1; /* the longer one first: it is the one that stays */
	return x < y ? -1 : x > y;
}

/* For a message. */
static const char *span_text(struct convert_record *record, const struct convert_span *span,
			     struct arena *arena)
{
	const char *text = record->text ? record_cut(record, span->from, span->to, arena)
					: record->words[span->begin];

	return text ? text : "";
}

/* The entities that tags can say, in order: words of their own and no overlap. */
static size_t choose_spans(struct convert_record *record, struct span *chosen,
			   const struct convert_span **order, struct convert_losses *losses,
			   struct arena *arena)
{
	size_t n = 0, end = 0;

	for (size_t i = 0; i < record->n_spans; i++)
		order[i] = &record->spans[i];
	if (record->n_spans)
		qsort(order, record->n_spans, sizeof(*order), compare_spans);
	for (size_t i = 0; i < record->n_spans; i++) {
		const struct convert_span *span = order[i];

		if (span->begin >= span->end) {
			convert_lose(losses, LOSS_SPAN, record, "'%s' covers no word", span->type);
			continue;
		}
		if (span->cuts)
			convert_lose(losses, LOSS_CUT, record,
				     "'%s' (%s) is within '%s' (--cut-words cuts that word)",
				     span_text(record, span, arena), span->type,
				     record->words[span->begin]);
		if (n && span->begin < end) {
			convert_lose(losses, LOSS_OVERLAP, record, "'%s' (%s)",
				     span_text(record, span, arena), span->type);
			continue;
		}
		chosen[n++] = (struct span){ span->begin, span->end, span->type };
		end = span->end;
	}
	return n;
}

static int spans_to_tags(const struct convert_plan *plan, struct convert_record *record,
			 struct convert_losses *losses, struct arena *arena, struct err *err)
{
	const struct convert_span **order = arena_alloc(arena, record->n_spans + 1, sizeof(*order));
	struct span *chosen = arena_alloc(arena, record->n_spans + 1, sizeof(*chosen));
	size_t n;

	record->tags = arena_alloc(arena, record->n_words + 1, sizeof(*record->tags));
	if (!order || !chosen || !record->tags)
		return err_set_memory(err);
	n = choose_spans(record, chosen, order, losses, arena);
	return scheme_encode(plan->write, chosen, n, record->tags, record->n_words, arena, err);
}

/* Take out an entity and the relations that it has. */
static void drop_span(struct convert_record *record, size_t index, struct convert_losses *losses)
{
	size_t kept = 0;

	for (size_t i = 0; i < record->n_relations; i++) {
		struct convert_relation relation = record->relations[i];

		if (relation.head == index || relation.tail == index) {
			convert_lose(losses, LOSS_RELATION, record, "'%s'", relation.type);
			continue;
		}
		relation.head -= relation.head > index;
		relation.tail -= relation.tail > index;
		record->relations[kept++] = relation;
	}
	record->n_relations = kept;
	record->n_spans--;
	memmove(&record->spans[index], &record->spans[index + 1],
		(record->n_spans - index) * sizeof(*record->spans));
}

/* Entities of whole words alone. */
static void widen_spans(struct convert_record *record, struct convert_losses *losses)
{
	for (size_t i = record->n_spans; i-- > 0;) {
		struct convert_span *span = &record->spans[i];

		if (span->begin >= span->end) {
			convert_lose(losses, LOSS_SPAN, record, "'%s' covers no word", span->type);
			drop_span(record, i, losses);
			continue;
		}
		if (!span->cuts)
			continue;
		convert_lose(losses, LOSS_CUT, record,
			     "an entity (%s) is within '%s' (--cut-words cuts that word)",
			     span->type, record->words[span->begin]);
		span->from = record->from[span->begin];
		span->to = record->to[span->end - 1];
		span->cuts = false;
	}
}

static int prepare_entities(const struct convert_plan *plan, struct convert_record *record,
			    struct convert_losses *losses, struct arena *arena, struct err *err)
{
	unsigned holds = plan->to->holds;
	bool tags = holds & HOLDS_TAGS && !(holds & HOLDS_RELATIONS && plan->relations);

	if (record->untagged && !(holds & HOLDS_UNTAGGED)) {
		if (holds & HOLDS_TAGS && record->n_words)
			convert_lose(losses, LOSS_UNTAGGED, record,
				     "'%s' and all others of its record are taken as O",
				     record->words[0]);
		record->untagged = false;
	}
	if (record->tags && tags && plan->keep_tags)
		return 0;
	if (record->tags && tags_to_spans(plan, record, losses, arena, err) < 0)
		return -1;
	if (!(holds & HOLDS_SPANS)) {
		for (size_t i = 0; i < record->n_spans; i++)
			convert_lose(losses, LOSS_SPAN, record, "'%s'", record->spans[i].type);
		record->n_spans = 0;
		return 0;
	}
	if (record->untagged && record->n_spans == 0)
		return 0;
	if (tags)
		return spans_to_tags(plan, record, losses, arena, err);
	if (!(holds & HOLDS_CUT_WORDS))
		widen_spans(record, losses);
	return 0;
}

/* ---- words and text ---- */

static bool valid(const char *text)
{
	size_t length = strlen(text);

	return utf8_valid_prefix(text, length) == length;
}

static const char *mend(const char *text, struct arena *arena)
{
	struct buf out = BUF_INIT;
	size_t length = strlen(text);
	const char *copy;

	for (size_t at = 0, n; at < length; at += n) {
		uint32_t c;

		n = utf8_decode(text + at, length - at, &c);
		if (n)
			buf_add(&out, text + at, n);
		else
			buf_add_string(&out, "\xef\xbf\xbd");
		n = n ? n : 1;
	}
	copy = out.failed ? NULL : arena_string(arena, out.data, out.length);
	buf_release(&out);
	return copy;
}

/* One string, which may be NULL. */
static int mend_text(const char **text, const struct convert_record *record,
		     struct convert_losses *losses, struct arena *arena, struct err *err)
{
	char shown[UTF8_SHOWN];

	if (!*text || valid(*text))
		return 0;
	convert_lose(losses, LOSS_BYTES, record, "'%s'", utf8_show(*text, shown));
	*text = mend(*text, arena);
	return *text ? 0 : err_set_memory(err);
}

/* U+FFFD for each byte that is none of UTF-8, so that offsets stay. */
static int prepare_bytes(struct convert_record *record, struct convert_losses *losses,
			 struct arena *arena, struct err *err)
{
	if (mend_text(&record->id, record, losses, arena, err) < 0 ||
	    mend_text(&record->image, record, losses, arena, err) < 0 ||
	    mend_text(&record->text, record, losses, arena, err) < 0)
		return -1;
	for (size_t i = 0; i < record->n_words; i++)
		if (mend_text(&record->words[i], record, losses, arena, err) < 0 ||
		    (record->tags && mend_text(&record->tags[i], record, losses, arena, err) < 0))
			return -1;
	for (size_t i = 0; i < record->n_spans; i++)
		if (mend_text(&record->spans[i].type, record, losses, arena, err) < 0)
			return -1;
	for (size_t i = 0; i < record->n_relations; i++)
		if (mend_text(&record->relations[i].type, record, losses, arena, err) < 0)
			return -1;
	return 0;
}

static int prepare_words(const struct convert_plan *plan, struct convert_record *record,
			 struct convert_losses *losses, struct arena *arena, struct err *err)
{
	unsigned holds = plan->to->holds;

	if (!(holds & (HOLDS_WORDS | HOLDS_TEXT))) {
		if (record->n_words || (record->text && *record->text))
			convert_lose(losses, LOSS_TEXT, record, "it has boxes alone");
		return record_find_words(record, false, arena, err);
	}
	if (!record->words && !record->text)
		record->text = "";
	if (!(holds & HOLDS_WORDS) && !record_words_found_again(record))
		convert_lose(losses, LOSS_WORD, record,
			     "a word is empty, holds white space or has none beside it");
	if (record_find_words(record, plan->options->cut_words, arena, err) < 0)
		return -1;
	if (!(holds & HOLDS_TEXT) && holds & HOLDS_WORDS && !record_text_is_plain(record))
		convert_lose(losses, LOSS_SPACING, record,
			     "the words with one blank between them are not the text");
	if (record->n_words == 0 && !(holds & HOLDS_EMPTY))
		convert_lose(losses, LOSS_EMPTY, record, "it is left out");
	return 0;
}

/* ---- the rest ---- */

static void prepare_names(const struct convert_format *to, struct convert_record *record,
			  struct convert_losses *losses)
{
	bool implied = record_image_implied(record->id, record->image);

	if (record->id && !(to->holds & HOLDS_IDS) && !(to->holds & HOLDS_IMAGES && implied)) {
		convert_lose(losses, LOSS_ID, record, "'%s'", record->id);
		record->id = NULL;
	}
	if (record->image && !(to->holds & HOLDS_IMAGES) &&
	    !(to->holds & HOLDS_IDS && (implied || !record->id))) {
		convert_lose(losses, LOSS_IMAGE, record, "'%s'", record->image);
		record->image = NULL;
	}
}

static bool ends_line(char c)
{
	return c == '\n' || c == '\r';
}

/* The name without line ends and without blanks around it, of the arena; NULL when memory is out. */
static char *clean_line(const char *name, struct arena *arena)
{
	char *line, *end;

	while (*name == ' ' || *name == '\t' || ends_line(*name))
		name++;
	line = arena_copy(arena, name);
	if (!line)
		return NULL;
	end = line + strlen(line);
	while (end > line && (end[-1] == ' ' || end[-1] == '\t' || ends_line(end[-1])))
		*--end = '\0';
	for (char *c = line; *c; c++)
		if (ends_line(*c))
			*c = ' ';
	return line;
}

int convert_prepare_id_line(struct convert_record *record, struct convert_losses *losses,
			    struct arena *arena, struct err *err)
{
	const char *id = record->id;
	char *line;

	if (!id && record->image)
		id = record_id_of_image(record->image, arena);
	line = id ? clean_line(id, arena) : NULL;
	if ((record->image || record->id) && (!id || !line))
		return err_set_memory(err);
	if (!id || strcmp(id, line) == 0)
		return 0;
	convert_lose(losses, LOSS_ID, record, "'%s' is written '%s'", id, line);
	record->id = line;
	return 0;
}

static void prepare_extras(const struct convert_format *to, struct convert_record *record,
			   struct convert_losses *losses)
{
	if (record->extra && !(to->holds & HOLDS_COLUMNS)) {
		convert_lose(losses, LOSS_COLUMN, record, "'%s'", record->extra[0]);
		record->extra = NULL;
	}
	if (record->document && !(to->holds & HOLDS_DOCUMENTS)) {
		convert_lose(losses, LOSS_DOCUMENT, record, "'%s'", record->document);
		record->document = NULL;
	}
	if (!(to->holds & HOLDS_RELATIONS)) {
		for (size_t i = 0; i < record->n_relations; i++)
			convert_lose(losses, LOSS_RELATION, record, "'%s'",
				     record->relations[i].type);
		record->n_relations = 0;
	}
	for (size_t i = 0; i < record->n_boxes; i++) {
		if (!(to->holds & HOLDS_BOXES))
			convert_lose(losses, LOSS_BOX, record, "'%s'", record->boxes[i].label);
		else if (!(to->holds & HOLDS_SCORES) && record->boxes[i].score >= 0)
			convert_lose(losses, LOSS_SCORE, record, "%.9g", record->boxes[i].score);
	}
	if (!(to->holds & HOLDS_BOXES))
		record->n_boxes = 0;
}

/* The size of the picture, from its header alone: limits of one pixel stop the decoder behind it. */
static int find_size(const char *images, struct convert_record *record, struct arena *arena,
		     struct err *err)
{
	struct decode_limits header = { .side = 1, .pixels = 1, .bytes = (uint64_t)1 << 30 };
	struct image image = IMAGE_INIT;
	struct image_info info = { 0 };
	struct err ignored = ERR_INIT;
	const char *path;

	if (!images || !record->n_boxes || !record->image || record->width > 0)
		return 0;
	path = arena_format(arena, "%s/%s", images, record->image);
	if (!path)
		return err_set_memory(err);
	image_decode_file(&image, path, &header, &info, &ignored);
	image_release(&image);
	record->width = info.width;
	record->height = info.height;
	return 0;
}

int convert_prepare(const struct convert_plan *plan, struct convert_record *record,
		    struct convert_losses *losses, struct arena *arena, struct err *err)
{
	const struct convert_format *to = plan->to;

	if (plan->options->no_ids)
		record->id = NULL;
	prepare_names(to, record, losses);
	prepare_extras(to, record, losses);
	if (!(to->holds & HOLDS_BYTES) && prepare_bytes(record, losses, arena, err) < 0)
		return -1;
	if (find_size(plan->options->images, record, arena, err) < 0 ||
	    rename_types(&plan->options->renames, record, arena, err) < 0 ||
	    prepare_words(plan, record, losses, arena, err) < 0 ||
	    prepare_entities(plan, record, losses, arena, err) < 0)
		return -1;
	check_types(to, record, losses);
	if (to->holds & HOLDS_TEXT && (record->words || record->text) &&
	    record_lay_text(record, arena, err) < 0)
		return -1;
	return to->prepare ? to->prepare(plan->options, record, losses, arena, err) : 0;
}

int convert_count_spans(const struct convert_plan *plan, const struct convert_record *record,
			size_t *n, struct arena *arena, struct err *err)
{
	struct convert_record copy = *record;

	if (tags_to_spans(plan, &copy, NULL, arena, err) < 0)
		return -1;
	*n += copy.n_spans;
	return 0;
}
