/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text of the data in a page of HTML, between tags or in an attribute within double quotes.
 */
#ifndef TAGSIGHT_FORMATS_HTML_H
#define TAGSIGHT_FORMATS_HTML_H

#include "lib/base/buf.h"

/* Append the text with its markup escaped; control characters and invalid UTF-8 become U+FFFD. */
void html_add_text(struct buf *out, const char *text);

#endif
