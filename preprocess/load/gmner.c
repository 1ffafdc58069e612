/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GMNER's H-Index (NUSTM/GMNER, model/data_pipe.py: TwitterNer.read_file() and _load(), and
 * BartNERPipe.process()):
 * - an empty line ends a tweet; a line without a tab is a word without a label, one with tabs a word
 *   and, behind the last tab, a label without its last character; the first word of a tweet is taken
 *   for its IMGID line;
 * - labels go through fastNLP's iob2(), which stops at all but O, B-X and I-X; types other than
 *   LOC, PER, ORG and OTHER, in any case, stop it too, and so does a tweet without words;
 * - boxes are read from xml/ID.xml where that exists, whole numbers and at least one object.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "lib/formats/voc_xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define DOCSTART "-DOCSTART"
#define NAMELESS "this object has no <name>"
#define ID_BYTES 6 /* of "IMGID:", cut off whatever stands there */

struct reading {
	const struct load *load;
	struct arena arena;
	const char *record; /* of the tweet in hand; NULL when its first line is no IMGID line */
	char *id;           /* for its boxes; heap */
	size_t first_line, lines;
	bool is_shifted; /* the first line was a word, whose label stays */
	bool ends_inside; /* the last label is of an entity */
};

static bool is_type(const char *text, size_t length)
{
	static const char *const types[] = { "LOC", "PER", "OTHER", "ORG", NULL };

	for (size_t i = 0; types[i]; i++)
		if (strlen(types[i]) == length && strncasecmp(types[i], text, length) == 0)
			return true;
	return false;
}

static void take_label(const struct reading *r, const struct python_line *line, const char *text,
		       size_t length)
{
	int shown;

	if (!line->newline && length)
		length--;
	shown = (int)(length < 60 ? length : 60);
	if (!line->newline)
		load_warn(r->load, line->number, r->record, "end the last line with a line end",
			  "loses the last character of its label, as the last line has no end");
	if (length == 1 && *text == 'O')
		return;
	if (length < 2 || !strchr("BI", *text) || text[1] != '-' || memchr(text + 2, '-', length - 2))
		load_crash(r->load, line->number, r->record,
			   line->newline ? "write IOB tags" :
					   "end the last line with a line end",
			   "crashes: the label '%.*s' is none of O, B-X and I-X", shown, text);
	else if (!is_type(text + 2, length - 2))
		load_crash(r->load, line->number, r->record, "rename the type",
			   "crashes: the type '%.*s' is none of LOC, PER, ORG and OTHER", shown - 2,
			   text + 2);
}

static void take_first(struct reading *r, const struct python_line *line, bool has_tab)
{
	size_t length = line->length - !line->newline;

	r->first_line = line->number;
	if (python_is_id(line) && !has_tab) {
		r->record = python_record(line, &r->arena);
		r->id = strndup(line->text + ID_BYTES, length - ID_BYTES);
		return;
	}
	r->is_shifted = has_tab;
	if (line->number == 1 && line->length >= 3 && memcmp(line->text, "\xef\xbb\xbf", 3) == 0)
		load_warn(r->load, line->number, NULL, "remove the byte order mark (BOM)",
			  "loses its boxes: a byte order mark stands before its IMGID line");
	else
		load_warn(r->load, line->number, NULL, "begin the tweet with its IMGID line",
			  "loses its first word, which is taken for its IMGID line%s",
			  has_tab ? "; all labels go to the word before theirs" : "");
}

static void take_unlabelled(const struct reading *r, const struct python_line *line)
{
	const char *record = r->record;

	if (python_is_id(line))
		load_warn(r->load, line->number, record, "put a blank line before it",
			  "is lost: no blank line ends the tweet before, which takes in its words, with "
			  "labels one word early");
	else
		load_warn(r->load, line->number, record, "put a tab between word and tag",
			  "loses its labels' places: this line has no tab and counts as a word without "
			  "a label, so that labels behind it come one word early");
}

static void take_word(struct reading *r, const struct python_line *line)
{
	const char *end = line->text + line->length;
	const char *tab = memrchr(line->text, '\t', line->length);

	if (r->lines++ == 0)
		take_first(r, line, tab != NULL);
	else if (!tab)
		take_unlabelled(r, line);
	if (!tab)
		return;
	take_label(r, line, tab + 1, (size_t)(end - tab - 1));
	r->ends_inside = end - tab > 1 && tab[1] != 'O';
}

static char *xml_path(const struct load *load, const char *id)
{
	struct buf name = BUF_INIT;
	char *path = NULL;

	buf_add_format(&name, "%s.xml", id);
	if (!name.failed)
		path = file_join(load->split->boxes, name.data);
	buf_release(&name);
	return path;
}

/* Boxes without <bndbox> before the first with one have no numbers; later ones take over the last. */
static void take_objects(const struct reading *r, const char *path, const struct voc_xml *voc)
{
	bool seen = false;

	if (voc->n_objects == 0)
		load_crash(r->load, r->first_line, r->record, "remove the file, or give it objects",
			   "crashes: '%s' has no object", path);
	for (size_t i = 0; i < voc->n_objects; i++) {
		const struct voc_object *object = &voc->objects[i];

		if (!object->has_box && !seen)
			load_crash(r->load, r->first_line, r->record, "draw the box",
				   "crashes: the object at line %zu of '%s' has no box", object->line,
				   path);
		else if (!object->has_box)
			load_warn(r->load, r->first_line, r->record, "draw the box",
				  "gets the box of another object: that at line %zu of '%s' has none",
				  object->line, path);
		else if (!object->whole)
			load_crash(r->load, r->first_line, r->record, "round the coordinates",
				   "crashes: the object at line %zu of '%s' has a coordinate that is no "
				   "whole number", object->line, path);
		seen = seen || object->has_box;
	}
}

/* What our reader turns down and the loader never looks at: sizes, the root's name, document types. */
static bool is_overlooked(const struct err *why)
{
	static const char *const starts[] = { "refused", "the root element", "<width>", "<height>",
					      "<depth>", NULL };

	for (size_t i = 0; starts[i]; i++)
		if (strncmp(why->text, starts[i], strlen(starts[i])) == 0)
			return true;
	return false;
}

/* An object without a name is stepped over, so that only a file without any name stops it. */
static bool has_name(const char *path)
{
	struct buf text = BUF_INIT;
	struct err ignored = ERR_INIT;
	bool found = file_read_all(path, &text, VOC_XML_LIMIT, &ignored) == 0 && strstr(text.data, "<name");

	buf_release(&text);
	return found;
}

static bool stops(const struct err *why, const char *path)
{
	if (strncmp(why->text, NAMELESS, strlen(NAMELESS)) == 0)
		return !has_name(path);
	return !is_overlooked(why);
}

static int read_boxes(const struct reading *r, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct err why = ERR_INIT;
	struct voc_xml voc;
	char *path;

	if (!r->id || !r->load->split->boxes)
		return 0;
	path = xml_path(r->load, r->id);
	if (!path)
		return err_set_memory(err);
	if (file_exists(path)) {
		if (voc_xml_read(&voc, path, &arena, &why) == 0)
			take_objects(r, path, &voc);
		else if (stops(&why, path))
			load_crash(r->load, r->first_line, r->record, "export the boxes again",
				   "crashes: '%s':%zu: %s", path, why.line, why.text);
	}
	arena_release(&arena);
	free(path);
	return 0;
}

static int end_tweet(struct reading *r, struct err *err)
{
	int rc = 0;

	if (r->lines == 1)
		load_crash(r->load, r->first_line, r->record, "remove the tweet, or give it words",
			   "crashes: the tweet has no words");
	else if (r->lines && r->is_shifted && r->ends_inside)
		load_crash(r->load, r->first_line, NULL, "begin the tweet with its IMGID line",
			   "crashes: its labels go to the word before theirs, and its last one, of an "
			   "entity, to none");
	if (r->lines)
		rc = read_boxes(r, err);
	free(r->id);
	arena_reset(&r->arena);
	r->id = NULL;
	r->record = NULL;
	r->lines = 0;
	r->is_shifted = r->ends_inside = false;
	return rc;
}

static int take_line(struct reading *r, const struct python_line *line, struct err *err)
{
	size_t docstart = strlen(DOCSTART);

	load_report_bytes(r->load, line, r->record);
	if (line->length == 0 ||
	    (line->length >= docstart && memcmp(line->text, DOCSTART, docstart) == 0))
		return end_tweet(r, err);
	take_word(r, line);
	return 0;
}

static int read_all(struct reading *r, struct python_lines *lines, struct err *err)
{
	struct python_line line;
	enum read_status status;

	while ((status = python_lines_next(lines, &line, err)) != READ_EOF) {
		if (status == READ_FAIL || (status == READ_OK && take_line(r, &line, err) < 0))
			return -1;
	}
	return end_tweet(r, err);
}

static int gmner_ner(const struct load *load, struct err *err)
{
	struct reading reading = { .load = load };
	struct python_lines lines;
	int rc;

	if (python_lines_open(&lines, load->split->text, err) < 0)
		return -1;
	rc = read_all(&reading, &lines, err);
	python_lines_close(&lines);
	free(reading.id);
	arena_release(&reading.arena);
	return rc;
}

const struct loader loader_gmner = {
	.rule = "load-gmner",
	.layouts = "gmner",
	.ner = gmner_ner,
};
