/* SPDX-License-Identifier: Apache-2.0 */
/*
 * brat's standoff: a folder with NAME.txt and NAME.ann for each record. Files are named by number, so
 * that their order is that of the records, and by id: 000012=8.txt. A text may have several lines, an
 * entity none: brat wants one that runs on over a line end in pieces, which are put together again.
 * annotation.conf names the types, without which brat shows none.
 */
#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/base/str_table.h"
#include "lib/base/utf8.h"
#include "lib/formats/brat.h"
#include "preprocess/convert/folder_reader.h"
#include "preprocess/convert/folder_writer.h"
#include "preprocess/convert/format.h"

#include <stdlib.h>
#include <string.h>

#define TEXT_EXTENSION "txt"
#define TEXT_END "." TEXT_EXTENSION
#define TEXT_LIMIT ((size_t)4 << 20)
#define NUMBER_DIGITS 6

static int brat_open(struct convert_source *source, struct err *err)
{
	return folder_reader_open(source, TEXT_EXTENSION, err);
}

/* The id in a file's name: behind a number and '=', else the whole name; a number alone is none. */
static const char *id_of_name(const char *name, struct arena *arena)
{
	const char *base = file_base_name(name);
	size_t length = strlen(base) - strlen(TEXT_END), digits = strspn(base, "0123456789");

	if (digits >= NUMBER_DIGITS && digits == length)
		return NULL;
	if (digits >= NUMBER_DIGITS && base[digits] == '=') {
		base += digits + 1;
		length -= digits + 1;
	} else {
		length += (size_t)(base - name); /* folders are part of a document's name */
		base = name;
	}
	return arena_string(arena, base, length);
}

static int take_text(struct convert_record *record, const char *path, struct arena *arena,
		     struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = file_read_all(path, &text, TEXT_LIMIT, err);

	if (rc == 0 && memchr(text.data, '\0', text.length))
		rc = err_set_at(err, path, 0, 0, "a NUL byte in a text");
	if (rc == 0) {
		record->text = arena_string(arena, text.data, text.length);
		rc = record->text ? 0 : err_set_memory(err);
	}
	buf_release(&text);
	return rc;
}

/* Whether two texts are the same where line ends count as blanks, as in a .ann. */
static bool same_text(const char *text, size_t length, const char *other)
{
	for (size_t i = 0; i < length; i++)
		if (other[i] != (text[i] == '\n' || text[i] == '\r' ? ' ' : text[i]))
			return false;
	return other[length] == '\0';
}

/* White space with a line end between two pieces, or nothing: they are one. */
static bool runs_on(const struct convert_record *record, size_t from, size_t to)
{
	size_t begin = record->bytes[from], end = record->bytes[to];

	for (size_t i = begin; i < end; i++)
		if (!strchr(" \t\r\n", record->text[i]))
			return false;
	return from == to || memchr(record->text + begin, '\n', end - begin);
}

static int take_entity(struct convert_source *source, struct convert_record *record,
		       const struct brat_entity *entity, struct arena *arena, struct err *err)
{
	const struct brat_piece *last = &entity->pieces[entity->n_pieces - 1];
	struct convert_span *span = record_add_span(record, arena);
	bool whole = true;

	if (!span)
		return err_set_memory(err);
	*span = (struct convert_span){ .from = entity->pieces[0].from, .to = last->to,
				       .type = entity->type };
	for (size_t i = 0; i < entity->n_pieces; i++) {
		const struct brat_piece *piece = &entity->pieces[i];

		if (piece->to > record->characters || (i && piece->from < piece[-1].to))
			return err_set(err, ERR_DATA, "%s is not within the %zu characters of its text, "
				       "or its pieces are out of order", entity->id, record->characters);
		whole &= i == 0 || runs_on(record, piece[-1].to, piece->from);
	}
	record->line = entity->line;
	if (!whole)
		convert_lose(source->losses, LOSS_DISCONTINUOUS, record,
			     "%s '%s' is taken from its first piece to its last", entity->id,
			     entity->text ? entity->text : "");
	if (entity->text && entity->n_pieces == 1) {
		const char *at = record->text + record->bytes[span->from];

		if (!same_text(at, record->bytes[span->to] - record->bytes[span->from], entity->text))
			return err_set(err, ERR_DATA, "%s is '%s', which is not what the text has there",
				       entity->id, entity->text);
	}
	return 0;
}

static int take_relations(const struct brat_document *document, const struct str_table *ids,
			  struct convert_record *record, struct arena *arena, struct err *err)
{
	for (size_t i = 0; i < document->n_relations; i++) {
		const struct brat_relation *from = &document->relations[i];
		struct convert_relation *relation = record_add_relation(record, arena);
		long head = str_table_find(ids, from->head, strlen(from->head));
		long tail = str_table_find(ids, from->tail, strlen(from->tail));

		if (!relation)
			return err_set_memory(err);
		if (head < 0 || tail < 0)
			return err_set(err, ERR_DATA, "%s names %s, which is no entity here", from->id,
				       head < 0 ? from->head : from->tail);
		*relation = (struct convert_relation){ (size_t)head, (size_t)tail, from->type };
	}
	return 0;
}

static int take_document(struct convert_source *source, struct convert_record *record,
			 const struct brat_document *document, struct arena *arena, struct err *err)
{
	struct str_table ids;
	int rc = record_index(record, arena, err);

	str_table_init(&ids);
	for (size_t i = 0; rc == 0 && i < document->n_entities; i++) {
		const struct brat_entity *entity = &document->entities[i];

		if (str_table_add(&ids, entity->id, strlen(entity->id)) != (long)i)
			rc = err_set(err, ERR_DATA, "there are two entities %s", entity->id);
		else
			rc = take_entity(source, record, entity, arena, err);
	}
	if (rc == 0)
		rc = take_relations(document, &ids, record, arena, err);
	for (size_t i = 0; i < document->n_others; i++) {
		record->line = document->others[i].line;
		convert_lose(source->losses, LOSS_OTHER, record, "'%s'", document->others[i].text);
	}
	str_table_release(&ids);
	return rc;
}

static int take_annotations(struct convert_source *source, struct convert_record *record,
			    const char *path, struct arena *arena, struct err *err)
{
	struct brat_document document;
	struct buf bytes = BUF_INIT;
	int rc = file_read_all(path, &bytes, BRAT_FILE_LIMIT, err);

	if (rc == 0)
		rc = brat_parse(&document, bytes.data, bytes.length, path, arena, err);
	buf_release(&bytes);
	record->file = path;
	return rc < 0 ? -1 : take_document(source, record, &document, arena, err);
}

static enum read_status brat_next(struct convert_source *source, struct convert_record *record,
				  struct arena *arena, struct err *err)
{
	const char *name = folder_reader_next(source), *path;
	int rc = 0;

	if (!name)
		return READ_EOF;
	path = arena_format(arena, "%s/%s", source->path, name);
	record->id = id_of_name(name, arena);
	if (record->id)
		record->image = record_image_of_id(record->id, arena);
	if (!path)
		return err_set_memory(err), READ_FAIL;
	record->file = path;
	rc = take_text(record, path, arena, err);
	if (rc == 0) {
		path = arena_format(arena, "%.*s.ann", (int)(strlen(path) - strlen(TEXT_END)), path);
		record->untagged = path && !file_exists(path);
		if (path && !record->untagged)
			rc = take_annotations(source, record, path, arena, err);
	}
	if (rc == 0)
		return READ_OK;
	err_add_file(err, record->file);
	return err->kind == ERR_DATA ? READ_BAD : READ_FAIL;
}

static int brat_recognise(const char *head, size_t length)
{
	(void)length;
	return strstr(head, ".ann\n") && strstr(head, ".txt\n") ? 2 : 0;
}

/* ---- writing ---- */

static bool has_space(const char *text)
{
	return !*text || strpbrk(text, " \t\r\n");
}

static int mend_type(const char **type, struct convert_record *record,
		     struct convert_losses *losses, struct arena *arena, struct err *err)
{
	char *mended;

	if (!has_space(*type))
		return 0;
	convert_lose(losses, LOSS_TYPE, record, "'%s' is empty or holds white space", *type);
	mended = arena_format(arena, "%s", **type ? *type : "_");
	for (char *c = mended; c && *c; c++)
		if (strchr(" \t\r\n", *c))
			*c = '_';
	*type = mended;
	return mended ? 0 : err_set_memory(err);
}

static int brat_prepare(const struct convert_options *options, struct convert_record *record,
			struct convert_losses *losses, struct arena *arena, struct err *err)
{
	(void)options;
	if (!record->id && record->image) {
		record->id = record_id_of_image(record->image, arena);
		if (!record->id)
			return err_set_memory(err);
	}
	if (record->id && (strchr(record->id, '/') || strlen(record->id) > 150 || !*record->id)) {
		convert_lose(losses, LOSS_ID, record, "'%s' cannot be part of a file's name", record->id);
		record->id = NULL;
	}
	for (size_t i = 0; i < record->n_spans; i++)
		if (mend_type(&record->spans[i].type, record, losses, arena, err) < 0)
			return -1;
	for (size_t i = 0; i < record->n_relations; i++)
		if (mend_type(&record->relations[i].type, record, losses, arena, err) < 0)
			return -1;
	return 0;
}

/* The pieces of an entity between line ends: their ranges, and their texts with a blank between. */
static int write_entity(FILE *out, struct convert_record *record, size_t index,
			struct arena *arena, struct err *err)
{
	const struct convert_span *span = &record->spans[index];
	const char *text = record_cut(record, span->from, span->to, arena), *at = text;
	struct buf joined = BUF_INIT;
	size_t from = span->from, n = 0;
	int rc;

	if (!text)
		return err_set_memory(err);
	fprintf(out, "T%zu\t%s ", index + 1, span->type);
	while (*at || n == 0) {
		size_t length = strcspn(at, "\r\n"), gap = strspn(at + length, " \t\r\n");
		size_t characters = utf8_count(at, length);

		if (length || !at[gap]) {
			fprintf(out, "%s%zu %zu", n++ ? ";" : "", from, from + characters);
			buf_add_string(&joined, joined.length ? " " : "");
			buf_add(&joined, at, length);
		}
		from += characters + gap;
		at += length + gap;
	}
	fprintf(out, "\t%s\n", joined.data);
	rc = joined.failed ? err_set_memory(err) : 0;
	buf_release(&joined);
	return rc;
}

static int write_annotations(struct convert_sink *sink, struct convert_record *record,
			     const char *name, struct arena *arena, struct err *err)
{
	FILE *out = folder_writer_file(sink->folder, name, err);
	int rc = out ? 0 : -1;

	for (size_t i = 0; rc == 0 && i < record->n_spans; i++)
		rc = write_entity(out, record, i, arena, err);
	for (size_t i = 0; rc == 0 && i < record->n_relations; i++)
		fprintf(out, "R%zu\t%s Arg1:T%zu Arg2:T%zu\t\n", i + 1, record->relations[i].type,
			record->relations[i].head + 1, record->relations[i].tail + 1);
	if (out && folder_writer_close_file(sink->folder, out, err) < 0)
		rc = -1;
	return rc;
}

/* ---- the types, for annotation.conf ---- */

struct brat_types {
	struct str_table entities, relations;
};

static int brat_begin(struct convert_sink *sink, struct err *err)
{
	struct brat_types *types = calloc(1, sizeof(*types));

	sink->state = types;
	if (!types)
		return err_set_memory(err);
	str_table_init(&types->entities);
	str_table_init(&types->relations);
	return 0;
}

static void brat_release(struct convert_sink *sink)
{
	struct brat_types *types = sink->state;

	if (!types)
		return;
	str_table_release(&types->entities);
	str_table_release(&types->relations);
	free(types);
	sink->state = NULL;
}

static int note_types(struct brat_types *types, const struct convert_record *record, struct err *err)
{
	for (size_t i = 0; i < record->n_spans; i++)
		if (str_table_add(&types->entities, record->spans[i].type,
				  strlen(record->spans[i].type)) < 0)
			return err_set_memory(err);
	for (size_t i = 0; i < record->n_relations; i++)
		if (str_table_add(&types->relations, record->relations[i].type,
				  strlen(record->relations[i].type)) < 0)
			return err_set_memory(err);
	return 0;
}

/* All four sections have to be there. */
static int brat_end(struct convert_sink *sink, struct err *err)
{
	const struct brat_types *types = sink->state;
	FILE *out = folder_writer_file(sink->folder, "annotation.conf", err);

	if (!out)
		return -1;
	fputs("[entities]\n", out);
	for (size_t i = 0; i < types->entities.n; i++)
		fprintf(out, "%s\n", str_table_text(&types->entities, i));
	fputs("[relations]\n", out);
	for (size_t i = 0; i < types->relations.n; i++)
		fprintf(out, "%s\tArg1:<ENTITY>, Arg2:<ENTITY>\n", str_table_text(&types->relations, i));
	fputs("[events]\n[attributes]\n", out);
	return folder_writer_close_file(sink->folder, out, err);
}

static int brat_write(struct convert_sink *sink, struct convert_record *record,
		      struct arena *arena, struct err *err)
{
	const char *stem = record->id ? arena_format(arena, "%0*zu=%s", NUMBER_DIGITS,
						     sink->records + 1, record->id)
				      : arena_format(arena, "%0*zu", NUMBER_DIGITS,
						     sink->records + 1);
	const char *text = stem ? arena_format(arena, "%s" TEXT_END, stem) : NULL;
	const char *annotations = stem ? arena_format(arena, "%s.ann", stem) : NULL;
	FILE *out;

	if (!text || !annotations)
		return err_set_memory(err);
	if (note_types(sink->state, record, err) < 0)
		return -1;
	out = folder_writer_file(sink->folder, text, err);
	if (!out)
		return -1;
	fputs(record->text, out);
	if (folder_writer_close_file(sink->folder, out, err) < 0)
		return -1;
	return record->untagged ? 0 : write_annotations(sink, record, annotations, arena, err);
}

const struct convert_format convert_brat = {
	.name = "brat",
	.extension = "",
	.summary = "a folder of brat's standoff: N.txt and N.ann for each record",
	.holds = HOLDS_TEXT | HOLDS_SPANS | HOLDS_OVERLAPS | HOLDS_CUT_WORDS | HOLDS_RELATIONS |
		 HOLDS_IDS | HOLDS_EMPTY | HOLDS_UNTAGGED,
	.folder = true,
	.recognise = brat_recognise,
	.open = brat_open,
	.next = brat_next,
	.close = folder_reader_close,
	.prepare = brat_prepare,
	.begin = brat_begin,
	.write = brat_write,
	.end = brat_end,
	.release = brat_release,
};
