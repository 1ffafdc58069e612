/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pascal VOC annotations, one XML file a picture:
 *	annotation/{folder, filename, path, size/{width, height, depth},
 *		    object/{name, bndbox/{xmin, ymin, xmax, ymax}}}
 * Anything else in the file is stepped over. A file with a document type declaration is refused, so
 * there are no entities besides XML's own five, and nothing is ever fetched.
 *
 *	struct voc_xml voc;
 *	if (voc_xml_read(&voc, "xml/8.xml", &arena, &err) == 0)
 *		use(voc.objects, voc.n_objects);
 *
 * Strings and objects belong to the arena. Coordinates are given as they stand in the file: GMNER
 * and VOC itself count pixels from 1 and include xmax and ymax.
 */
#ifndef TAGSIGHT_FORMATS_VOC_XML_H
#define TAGSIGHT_FORMATS_VOC_XML_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define VOC_XML_LIMIT ((size_t)4 << 20) /* bytes of one file */
#define VOC_XML_DEPTH 64                /* elements in elements */
#define VOC_XML_OBJECTS ((size_t)1 << 16)

/* One name and its box. An <object> with several names gives one of these for each. */
struct voc_object {
	const char *name;  /* as it stands, with blanks around it if there are any; may be "" */
	bool has_box;      /* else the object has no <bndbox> */
	bool whole;        /* all four are written as whole numbers, which many readers insist on */
	double xmin, ymin, xmax, ymax; /* finite; nothing else is checked */
	size_t line;       /* of <object>, from 1 */
};

struct voc_xml {
	const char *folder, *filename, *path; /* without blanks around; NULL where the file has none */
	double width, height, depth;          /* of the picture; 0 where the file does not say */
	size_t filename_line, size_line;      /* 0 where there is none */
	struct voc_object *objects;           /* [n_objects] */
	size_t n_objects;
};

/* Read a file, or `length` bytes that messages call `name`. 0, or -1: it is no well-formed XML, its
 * root is not <annotation>, an object has no name, a box lacks a side, or one of the numbers is none;
 * *err has the line. */
int voc_xml_read(struct voc_xml *voc, const char *path, struct arena *arena, struct err *err);
int voc_xml_parse(struct voc_xml *voc, const char *bytes, size_t length, const char *name,
		  struct arena *arena, struct err *err);

/* Write an annotation with tabs and the fields that labelling tools expect (pose, truncated,
 * difficult). Invalid UTF-8 becomes U+FFFD, as do characters that XML cannot hold. 0, or -1 when
 * the stream cannot be written to. */
int voc_xml_write(FILE *stream, const struct voc_xml *voc);

#endif
