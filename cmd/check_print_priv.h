/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One form of output. Failures to write are left to the stream's error flag.
 */
#ifndef TAGSIGHT_CMD_CHECK_PRINT_PRIV_H
#define TAGSIGHT_CMD_CHECK_PRINT_PRIV_H

#include "cmd/check_print.h"

#include <jansson.h>

struct check_writer {
	const char *format;
	/* open and suppressed may be NULL. */
	void (*open)(struct check_printer *printer);
	void (*finding)(struct check_printer *printer, const struct finding *finding);
	void (*suppressed)(struct check_printer *printer, const char *rule, size_t n);
	/* `summary` is NULL when the run failed. */
	void (*close)(struct check_printer *printer, const struct check_summary *summary);
};

/* The counts and "passed" as an object; NULL when memory is out. */
json_t *check_summary_json(const struct check_summary *summary);

extern const struct check_writer sarif_writer; /* check_sarif.c */

#endif
