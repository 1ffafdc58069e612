/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text that is seen in a picture, by Tesseract, whose library is loaded when the first reader is
 * made: it brings some fifty others along, and few runs need it. A user's own OMP_THREAD_LIMIT wins.
 *
 *	struct ocr *ocr = ocr_new(NULL, &err);
 *	if (ocr_read(ocr, &image, &text, &err) < 0) ...
 *	ocr_free(ocr);
 */
#ifndef TAGSIGHT_INFERENCE_VISION_OCR_H
#define TAGSIGHT_INFERENCE_VISION_OCR_H

#include "lib/base/err.h"
#include "lib/image/image.h"

#include <stdbool.h>

struct ocr;

/* Whether the library can be loaded. */
bool ocr_is_there(void);

/* A reader of "eng", "eng+deu", ...; NULL: English. NULL on failure, with an error that says what to
 * install. Each thread needs its own. */
struct ocr *ocr_new(const char *language, struct err *err);
void ocr_free(struct ocr *ocr);

/* The words in their order with a blank between each two, on the heap; "" where there are none. */
int ocr_read(struct ocr *ocr, const struct image *image, char **text, struct err *err);

/* "Tesseract 5.3.0", or "Tesseract (not found)". */
const char *ocr_describe(void);

#endif
