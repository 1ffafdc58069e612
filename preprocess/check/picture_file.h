/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One picture file, read once: what it is, whether it can be decoded, what it shows. A picture is
 * decoded small (image_decode_small()), which finds every fault.
 *
 *	if (picture_file_read(path, &facts, &err) < 0 && facts.fault == DECODE_TRUNCATED) ...
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_PICTURE_FILE_H
#define TAGSIGHT_PREPROCESS_CHECK_PICTURE_FILE_H

#include "lib/base/err.h"
#include "lib/image/decode.h"
#include "lib/image/drawing.h"
#include "lib/image/fingerprint.h"

#include <stdbool.h>

struct picture_facts {
	enum image_format format;
	enum decode_fault fault;
	int width, height; /* 0 when unknown */
	int orientation;   /* 1 to 8, as image_info has it */
	enum image_kind kind;     /* what it looks like, when decoded */
	struct image_measures measures; /* by which; all 0 where a glance showed a photograph */
	struct fingerprint print; /* `content` of every file that could be read, the rest when decoded */
};

/* -1 with facts->fault and a message without the file's name when it cannot be read or decoded.
 * Folders, pipes and devices are not opened: they are no pictures (DECODE_NOT_IMAGE). */
int picture_file_read(const char *path, struct picture_facts *facts, struct err *err);

#endif
