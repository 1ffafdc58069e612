/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/voc_xml.h"

#include "lib/base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

/* What XML 1.0 can hold at all. */
static bool may_stand(uint32_t c)
{
	return c == '\t' || c == '\n' || c == '\r' || (c >= 0x20 && c != 0xfffe && c != 0xffff);
}

static void write_text(FILE *stream, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t size = utf8_decode(text + at, length - at, &c);

		if (c == '&')
			fputs("&amp;", stream);
		else if (c == '<')
			fputs("&lt;", stream);
		else if (c == '>')
			fputs("&gt;", stream);
		else if (c == '\r')
			fputs("&#13;", stream);
		else if (size == 0 || !may_stand(c))
			fputs("\xef\xbf\xbd", stream);
		else
			fwrite(text + at, 1, size, stream);
		at += size ? size : 1;
	}
}

static void write_field(FILE *stream, const char *indent, const char *name, const char *text)
{
	if (!text)
		return;
	fprintf(stream, "%s<%s>", indent, name);
	write_text(stream, text);
	fprintf(stream, "</%s>\n", name);
}

static void write_number(FILE *stream, const char *indent, const char *name, double value)
{
	if (value == floor(value) && fabs(value) < 1e15)
		fprintf(stream, "%s<%s>%.0f</%s>\n", indent, name, value, name);
	else
		fprintf(stream, "%s<%s>%.17g</%s>\n", indent, name, value, name);
}

static void write_object(FILE *stream, const struct voc_object *object)
{
	fputs("\t<object>\n", stream);
	write_field(stream, "\t\t", "name", object->name);
	fputs("\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n"
	      "\t\t<difficult>0</difficult>\n", stream);
	if (object->has_box) {
		fputs("\t\t<bndbox>\n", stream);
		write_number(stream, "\t\t\t", "xmin", object->xmin);
		write_number(stream, "\t\t\t", "ymin", object->ymin);
		write_number(stream, "\t\t\t", "xmax", object->xmax);
		write_number(stream, "\t\t\t", "ymax", object->ymax);
		fputs("\t\t</bndbox>\n", stream);
	}
	fputs("\t</object>\n", stream);
}

int voc_xml_write(FILE *stream, const struct voc_xml *voc)
{
	fputs("<annotation>\n", stream);
	write_field(stream, "\t", "folder", voc->folder);
	write_field(stream, "\t", "filename", voc->filename);
	write_field(stream, "\t", "path", voc->path);
	fputs("\t<source>\n\t\t<database>Unknown</database>\n\t</source>\n\t<size>\n", stream);
	write_number(stream, "\t\t", "width", voc->width);
	write_number(stream, "\t\t", "height", voc->height);
	write_number(stream, "\t\t", "depth", voc->depth);
	fputs("\t</size>\n\t<segmented>0</segmented>\n", stream);
	for (size_t i = 0; i < voc->n_objects; i++)
		write_object(stream, &voc->objects[i]);
	fputs("</annotation>\n", stream);
	return ferror(stream) ? -1 : 0;
}
