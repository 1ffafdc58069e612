/* SPDX-License-Identifier: Apache-2.0 */
/* What was read must be fit to use, and come back the same when it is written and read again. */
#include "lib/formats/voc_xml.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void compare(const struct voc_xml *a, const struct voc_xml *b)
{
	if (a->n_objects != b->n_objects || a->width != b->width || !a->filename != !b->filename)
		abort();
	for (size_t i = 0; i < a->n_objects; i++) {
		const struct voc_object *x = &a->objects[i], *y = &b->objects[i];

		if (strcmp(x->name, y->name) != 0 || x->has_box != y->has_box)
			abort();
		if (x->has_box && (!isfinite(x->xmin) || x->xmin != y->xmin || x->ymax != y->ymax))
			abort();
	}
}

static void write_again(const struct voc_xml *voc, struct arena *arena)
{
	struct err err = ERR_INIT;
	struct voc_xml back;
	char *bytes = NULL;
	size_t length = 0;
	FILE *stream = open_memstream(&bytes, &length);

	if (!stream || voc_xml_write(stream, voc) < 0 || fclose(stream) != 0)
		abort();
	if (length <= VOC_XML_LIMIT) {
		if (voc_xml_parse(&back, bytes, length, "again", arena, &err) < 0)
			abort();
		compare(voc, &back);
	}
	free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct voc_xml voc;

	if (voc_xml_parse(&voc, (const char *)data, size, "input", &arena, &err) == 0)
		write_again(&voc, &arena);
	else if (err.kind != ERR_DATA)
		abort();
	arena_release(&arena);
	return 0;
}
