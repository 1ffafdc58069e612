/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/voc_xml.h"

#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/file.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROOT "/annotation"
#define OBJECT ROOT "/object"
#define BOX OBJECT "/bndbox"

enum field { FOLDER, FILENAME, PATH, WIDTH, HEIGHT, DEPTH, NAME, XMIN, YMIN, XMAX, YMAX, FIELDS };

/* By enum field: where its text stands. */
static const char *const places[FIELDS] = {
	ROOT "/folder",	    ROOT "/filename",	ROOT "/path", ROOT "/size/width",
	ROOT "/size/height", ROOT "/size/depth", OBJECT "/name", BOX "/xmin",
	BOX "/ymin",	    BOX "/xmax",	BOX "/ymax",
};

static const char *const sides[] = { "xmin", "ymin", "xmax", "ymax" };

struct parser {
	struct voc_xml *voc;
	xmlParserCtxtPtr xml;
	const char *name; /* of the file */
	struct arena *arena;
	struct err *err;
	bool failed;          /* *err is set */
	struct buf place;     /* of the element in hand: "/annotation/size/width" */
	size_t depth;
	enum field field;     /* of the element in hand; FIELDS when it is none */
	struct buf text;      /* of the field */
	size_t field_line;
	/* The object in hand: the names are voc->objects from first_name on. */
	struct voc_object object;
	size_t first_name;
	bool seen[4];         /* sides of its first box */
	double side[4];
	size_t n_boxes;
	size_t capacity;      /* of objects */
	struct voc_object *objects;
};

static size_t line_of(const struct parser *parser)
{
	int line = xmlSAX2GetLineNumber(parser->xml);

	return line > 0 ? (size_t)line : 0;
}

/* The first failure counts, and ends the parse. */
static void fail(struct parser *parser, size_t line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void fail(struct parser *parser, size_t line, const char *format, ...)
{
	char text[sizeof(parser->err->text)];
	va_list args;

	if (parser->failed)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	err_set_at(parser->err, parser->name, line, 0, "%s", text);
	parser->failed = true;
	xmlStopParser(parser->xml);
}

static void fail_memory(struct parser *parser)
{
	if (parser->failed)
		return;
	err_set_memory(parser->err);
	parser->failed = true;
	xmlStopParser(parser->xml);
}

static enum field find_field(const char *place)
{
	for (size_t i = 0; i < FIELDS; i++)
		if (strcmp(places[i], place) == 0)
			return (enum field)i;
	return FIELDS;
}

static void begin_object(struct parser *parser)
{
	parser->object = (struct voc_object){ .line = line_of(parser) };
	parser->first_name = parser->voc->n_objects;
	parser->n_boxes = 0;
	memset(parser->seen, 0, sizeof(parser->seen));
}

static void add_name(struct parser *parser, const char *name)
{
	struct voc_xml *voc = parser->voc;

	if (voc->n_objects >= VOC_XML_OBJECTS) {
		fail(parser, parser->object.line, "more than %zu objects", VOC_XML_OBJECTS);
		return;
	}
	if (GROW(parser->objects, voc->n_objects, parser->capacity) < 0) {
		fail_memory(parser);
		return;
	}
	parser->object.name = name;
	parser->objects[voc->n_objects++] = parser->object;
}

static void end_box(struct parser *parser)
{
	if (parser->n_boxes > 1)
		return;
	for (size_t i = 0; i < 4; i++)
		if (!parser->seen[i]) {
			fail(parser, line_of(parser), "this box has no <%s>", sides[i]);
			return;
		}
}

static void end_object(struct parser *parser)
{
	struct voc_object *object = &parser->object;

	if (parser->first_name == parser->voc->n_objects)
		fail(parser, object->line, "this object has no <name>");
	for (size_t i = parser->first_name; i < parser->voc->n_objects; i++) {
		const char *name = parser->objects[i].name;

		parser->objects[i] = *object;
		parser->objects[i].name = name;
	}
}

/* A decimal number; *whole when it is written as a whole one. */
static bool parse_number(const char *text, double *value, bool *whole)
{
	char *end;

	if (!*text || strspn(text, "0123456789+-.eE") != strlen(text))
		return false;
	*value = strtod(text, &end);
	*whole = !strpbrk(text, ".eE");
	return *end == '\0' && isfinite(*value);
}

static void end_number(struct parser *parser, const char *text)
{
	double *out[] = { &parser->voc->width, &parser->voc->height, &parser->voc->depth };
	enum field field = parser->field;
	double value;
	bool whole;

	if (!parse_number(text, &value, &whole)) {
		fail(parser, parser->field_line, "<%s> is '%.40s', which is no number",
		     strrchr(places[field], '/') + 1, text);
	} else if (field <= DEPTH) {
		*out[field - WIDTH] = value;
		parser->voc->size_line = parser->field_line;
	} else if (parser->n_boxes == 1 && !parser->seen[field - XMIN]) {
		double *box[] = { &parser->object.xmin, &parser->object.ymin, &parser->object.xmax,
				  &parser->object.ymax };

		parser->seen[field - XMIN] = true;
		*box[field - XMIN] = value;
		parser->object.whole = parser->object.whole && whole;
	}
}

/* The text of the field, of the arena; a name as it stands, others without the blanks around. */
static const char *field_text(struct parser *parser)
{
	const char *start = parser->text.data, *copy;
	size_t length;

	if (parser->field != NAME)
		start += strspn(start, " \t\r\n");
	length = strlen(start);
	while (parser->field != NAME && length && strchr(" \t\r\n", start[length - 1]))
		length--;
	copy = parser->text.failed ? NULL : arena_string(parser->arena, start, length);
	if (!copy)
		fail_memory(parser);
	return copy;
}

static void end_field(struct parser *parser)
{
	const char **out[] = { &parser->voc->folder, &parser->voc->filename, &parser->voc->path };
	const char *text = field_text(parser);

	if (!text)
		return;
	if (parser->field == NAME)
		add_name(parser, text);
	else if (parser->field > PATH)
		end_number(parser, text);
	else if (!*out[parser->field])
		*out[parser->field] = text;
	if (parser->field == FILENAME && !parser->voc->filename_line)
		parser->voc->filename_line = parser->field_line;
}

static void on_start(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri,
		     int n_namespaces, const xmlChar **namespaces, int n_attributes, int n_defaulted,
		     const xmlChar **attributes)
{
	struct parser *parser = context;

	(void)prefix, (void)uri, (void)n_namespaces, (void)namespaces;
	(void)n_attributes, (void)n_defaulted, (void)attributes;
	if (parser->failed)
		return;
	buf_add_format(&parser->place, "/%s", (const char *)local);
	if (parser->place.failed) {
		fail_memory(parser);
		return;
	}
	if (parser->depth == 0 && strcmp(parser->place.data, ROOT) != 0)
		fail(parser, line_of(parser), "the root element is <%.40s> instead of <annotation>",
		     (const char *)local);
	if (++parser->depth > VOC_XML_DEPTH)
		fail(parser, line_of(parser), "elements are nested more than %d deep", VOC_XML_DEPTH);
	if (strcmp(parser->place.data, OBJECT) == 0)
		begin_object(parser);
	if (strcmp(parser->place.data, BOX) == 0 && parser->n_boxes++ == 0)
		parser->object.has_box = parser->object.whole = true;
	parser->field = find_field(parser->place.data);
	parser->field_line = line_of(parser);
	buf_clear(&parser->text);
}

static void on_end(void *context, const xmlChar *local, const xmlChar *prefix, const xmlChar *uri)
{
	struct parser *parser = context;

	(void)prefix, (void)uri;
	if (parser->failed)
		return;
	if (parser->field < FIELDS)
		end_field(parser);
	if (strcmp(parser->place.data, BOX) == 0)
		end_box(parser);
	if (strcmp(parser->place.data, OBJECT) == 0)
		end_object(parser);
	parser->field = FIELDS;
	parser->place.length -= strlen((const char *)local) + 1;
	parser->place.data[parser->place.length] = '\0';
	parser->depth--;
}

static void on_text(void *context, const xmlChar *text, int length)
{
	struct parser *parser = context;

	if (!parser->failed && parser->field < FIELDS && length > 0)
		buf_add(&parser->text, text, (size_t)length);
}

/* Called before anything of the declaration is read. */
static void on_doctype(void *context, const xmlChar *root, const xmlChar *external,
		       const xmlChar *system)
{
	struct parser *parser = context;

	(void)root, (void)external, (void)system;
	fail(parser, line_of(parser),
	     "refused: it has a document type declaration, which may define entities");
}

/* The parser's first complaint. */
static void on_error(void *context, const char *format, ...)
{
	struct parser *parser = context;
	const xmlError *last = xmlCtxtGetLastError(parser->xml);
	const char *why = last && last->message ? last->message : "no well-formed XML";

	(void)format;
	if (last && parser->depth &&
	    (last->code == XML_ERR_DOCUMENT_END || last->code == XML_ERR_TAG_NOT_FINISHED))
		fail(parser, line_of(parser), "no well-formed XML: the file ends inside <%.40s>",
		     strrchr(parser->place.data, '/') + 1);
	fail(parser, line_of(parser), "no well-formed XML: %.*s", (int)strcspn(why, "\n"), why);
}

static void run(struct parser *parser, const char *bytes, size_t length)
{
	xmlSAXHandler handler = {
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_text,
		.internalSubset = on_doctype,
		.error = on_error,
	};

	parser->xml = xmlCreatePushParserCtxt(&handler, parser, NULL, 0, NULL);
	if (!parser->xml) {
		err_set_memory(parser->err);
		parser->failed = true;
		return;
	}
	xmlCtxtUseOptions(parser->xml, XML_PARSE_NONET);
	xmlParseChunk(parser->xml, bytes, (int)length, 1);
	if (!parser->failed && !parser->xml->wellFormed)
		fail(parser, line_of(parser), "no well-formed XML");
	xmlFreeParserCtxt(parser->xml);
}

/* Hand the objects over to the arena. */
static void keep_objects(struct parser *parser)
{
	struct voc_xml *voc = parser->voc;

	voc->objects = arena_alloc(parser->arena, voc->n_objects, sizeof(*voc->objects));
	if (!voc->objects && !parser->failed) {
		err_set_memory(parser->err);
		parser->failed = true;
	}
	if (voc->objects && voc->n_objects)
		memcpy(voc->objects, parser->objects, voc->n_objects * sizeof(*voc->objects));
	free(parser->objects);
}

int voc_xml_parse(struct voc_xml *voc, const char *bytes, size_t length, const char *name,
		  struct arena *arena, struct err *err)
{
	struct parser parser = { .voc = voc,   .name = name,	.arena = arena, .err = err,
				 .field = FIELDS, .place = BUF_INIT, .text = BUF_INIT };

	memset(voc, 0, sizeof(*voc));
	if (length > VOC_XML_LIMIT)
		return err_set_at(err, name, 0, 0, "%zu bytes are more than an annotation may have (%zu)",
				  length, VOC_XML_LIMIT);
	if (length == 0)
		return err_set_at(err, name, 0, 0, "the file is empty");
	run(&parser, bytes, length);
	keep_objects(&parser);
	buf_release(&parser.place);
	buf_release(&parser.text);
	return parser.failed ? -1 : 0;
}

int voc_xml_read(struct voc_xml *voc, const char *path, struct arena *arena, struct err *err)
{
	struct buf bytes = BUF_INIT;
	int rc = file_read_all(path, &bytes, VOC_XML_LIMIT, err);

	if (rc == 0)
		rc = voc_xml_parse(voc, bytes.data, bytes.length, path, arena, err);
	buf_release(&bytes);
	return rc;
}
