/* SPDX-License-Identifier: Apache-2.0 */
/* Text of the data, which must not drive the terminal. */
#ifndef TAGSIGHT_CMD_PRINT_CLEAN_H
#define TAGSIGHT_CMD_PRINT_CLEAN_H

#include <stdio.h>

/* Write the text with its control characters and what is no UTF-8 as \x0a. */
void print_clean(FILE *out, const char *text);

#endif
