/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The text that describes a Darknet network: sections "[name]", each with lines "key=value" in which
 * blanks mean nothing; "#" and ";" begin a comment. The first section is [net], each other one a layer,
 * in the order in which they run.
 *
 *	if (darknet_cfg_read(&cfg, "yolov3.cfg", &arena, &err) < 0 ||
 *	    darknet_cfg_integer(&cfg, &cfg.sections[1], "filters", 1, 1, 8192, &filters, &err) < 0) ...
 *
 * All strings are of the arena.
 */
#ifndef TAGSIGHT_FORMATS_DARKNET_CFG_H
#define TAGSIGHT_FORMATS_DARKNET_CFG_H

#include "lib/base/arena.h"
#include "lib/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define DARKNET_CFG_LIMIT ((size_t)1 << 20) /* bytes of a text */
#define DARKNET_SECTIONS 1025               /* most, [net] among them */
#define DARKNET_LIST 100                    /* most numbers of one value */

struct darknet_option {
	const char *key, *value;
	size_t line;
};

struct darknet_section {
	const char *name; /* without brackets */
	size_t line;
	struct darknet_option *options; /* [n_options] */
	size_t n_options;
};

struct darknet_cfg {
	const char *path; /* for messages */
	struct darknet_section *sections; /* [n_sections], at least one: [net] */
	size_t n_sections;
};

int darknet_cfg_parse(struct darknet_cfg *cfg, const char *text, size_t length, const char *path,
		      struct arena *arena, struct err *err);
int darknet_cfg_read(struct darknet_cfg *cfg, const char *path, struct arena *arena, struct err *err);

/* The first option of this key, as Darknet takes it, or NULL. */
const struct darknet_option *darknet_cfg_find(const struct darknet_section *section, const char *key);

/* `fallback` where the key is missing. */
const char *darknet_cfg_text(const struct darknet_section *section, const char *key,
			     const char *fallback);

/* A value from `least` to `most`, anything else is an error with its line. */
int darknet_cfg_integer(const struct darknet_cfg *cfg, const struct darknet_section *section,
			const char *key, int fallback, int least, int most, int *out, struct err *err);
int darknet_cfg_number(const struct darknet_cfg *cfg, const struct darknet_section *section,
		       const char *key, float fallback, float least, float most, float *out,
		       struct err *err);

/* Numbers between commas, at most DARKNET_LIST of them; none where the key is missing. */
int darknet_cfg_list(const struct darknet_cfg *cfg, const struct darknet_section *section,
		     const char *key, float out[DARKNET_LIST], size_t *n, struct err *err);

#endif
