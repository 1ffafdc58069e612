/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command-line options from a table. Parsing, --help, the man page and the shell completions are
 * all made from the same table, so that they cannot disagree.
 *
 *	static const struct option_spec options[] = {
 *		{ 'o', "output", OPT_STRING, offsetof(struct x_options, output), "PATH", "where to write", NULL },
 *		OPTION_END
 *	};
 *	n = opt_parse(options, &x, argc, argv, &err);    argv[0 .. n-1] are then the arguments
 */
#ifndef TAGSIGHT_BASE_OPT_H
#define TAGSIGHT_BASE_OPT_H

#include "lib/base/err.h"
#include "lib/base/str_list.h"

#include <stddef.h>

enum option_kind {
	OPT_END,
	OPT_FLAG,   /* int, set to 1 */
	OPT_INT,    /* long */
	OPT_DOUBLE, /* double */
	OPT_SIZE,   /* long long; takes k, M, G, T (powers of 1024) */
	OPT_STRING, /* const char *, points into argv */
	OPT_CHOICE, /* const char *, one of `choices` */
	OPT_LIST    /* struct str_list, may be repeated; commas separate */
};

struct option_spec {
	char letter;          /* 0 when there is none */
	const char *name;     /* without dashes */
	enum option_kind kind;
	size_t offset;        /* of the target in the options struct */
	const char *argument; /* name of the value in help; FILE, DIR, PATH complete as such */
	const char *help;     /* one line, lower case */
	const char *choices;  /* OPT_CHOICE: "text|json"; others NULL */
};

#define OPTION_END { 0, NULL, OPT_END, 0, NULL, NULL, NULL }

/* Fill the struct at `target`; options and arguments may be mixed, `--` ends the options. Arguments
 * are moved to the front of argv and counted. Returns the count, or -1 with ERR_USAGE. argv must
 * not hold the program's or command's name. */
int opt_parse(const struct option_spec *specs, void *target, int argc, char **argv,
	      struct err *err);

/* Split "a|b|c" at bars: the part number `index`, its length in *length, NULL past the end. */
const char *opt_choice(const char *choices, size_t index, size_t *length);

#endif
