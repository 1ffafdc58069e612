/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a subcommand is. Each lives in its own cmd_x.c, exports one `const struct command cmd_x`, and
 * is listed once in main.c. --help, the man page and the completions are made from these tables.
 */
#ifndef TAGSIGHT_CMD_H
#define TAGSIGHT_CMD_H

#include "lib/base/err.h"
#include "lib/base/opt.h"
#include "lib/base/progress.h"

#include <stdbool.h>
#include <stdio.h>

enum exit_status {
	EXIT_OK = 0,
	EXIT_PROBLEMS = 1, /* found in the data, or a record was skipped */
	EXIT_USAGE = 2,
	EXIT_SYSTEM = 3,
	EXIT_INTERRUPTED = 130
};

struct command_example {
	const char *command;
	const char *meaning;
};

struct command {
	const char *name;
	const char *arguments; /* "DATA...", after the options in the usage line */
	const char *summary;   /* one line, lower case, no full stop */
	const char *description; /* paragraphs for help and man page, blank line between */
	const struct option_spec *options;
	const struct command_example *examples; /* ends with a NULL command; may be NULL */
	/* argv holds what follows the command's name. Returns an exit status. */
	int (*run)(const struct command *command, int argc, char **argv);
};

extern const struct command *const commands[]; /* NULL-terminated */
const struct command *command_find(const char *name);

/* Options that every command takes. Put COMMON_OPTIONS(struct x) into the table and a
 * `struct common_options common;` into the struct. */
struct common_options {
	const char *output; /* NULL or "-": standard output */
	const char *format;
	const char *color;
	long jobs; /* 0: one a processor */
	long seed;
	int quiet;
	int help;
};

#define COMMON_OPTIONS_INIT { NULL, "text", "auto", 0, 1, 0, 0 }

#define COMMON_OPTION(type, letter, name, kind, field, argument, help, choices) \
	{ letter, name, kind, offsetof(type, common) + offsetof(struct common_options, field), \
	  argument, help, choices }

#define COMMON_OPTIONS(type, formats) \
	COMMON_OPTION(type, 'o', "output", OPT_STRING, output, "PATH", "write results to PATH", NULL), \
	COMMON_OPTION(type, 'f', "format", OPT_CHOICE, format, "FORMAT", "form of the results", formats), \
	COMMON_OPTION(type, 'j', "jobs", OPT_INT, jobs, "N", "threads to use (default: one a processor)", NULL), \
	COMMON_OPTION(type, 0, "seed", OPT_INT, seed, "N", "seed of every random step", NULL), \
	COMMON_OPTION(type, 0, "color", OPT_CHOICE, color, "WHEN", "colour the text", "auto|always|never"), \
	COMMON_OPTION(type, 'q', "quiet", OPT_FLAG, quiet, NULL, "no progress and no notes on stderr", NULL), \
	COMMON_OPTION(type, 'h', "help", OPT_FLAG, help, NULL, "show this help", NULL)

/* Parse the options of `command` into `options`, whose common part is `common`. Returns the number
 * of arguments kept in argv, or -1 with *status set: the caller returns it at once (help was shown,
 * or the use was wrong and has been reported). */
int command_parse(const struct command *command, void *options,
		  const struct common_options *common, int argc, char **argv, int *status);

/* Report an error on stderr as "tagsight check: ..." and give the exit status that fits it. */
int command_fail(const struct command *command, const struct err *err);

/* A line on stderr, "tagsight check: ...", unless quiet. */
void command_note(const struct command *command, const struct common_options *common,
		  const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Wrong use: the message, then where to find help. Returns EXIT_USAGE. */
int command_usage(const struct command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Whether to colour what goes to `stream`: --color, NO_COLOR and isatty decide. */
bool command_color(const struct common_options *common, FILE *stream);

/* The progress drawn on stderr (on a terminal only; notes go there always, unless quiet). One at a
 * time; first Ctrl-C sets its stopped(), the second kills. */
struct progress *command_progress(const struct command *command,
				  const struct common_options *common);

/* The stream for results: stdout, or a file that appears by rename when closed with success. */
struct command_output;
struct command_output *command_output_open(const struct command *command, const char *path,
					   int *status);
FILE *command_output_stream(struct command_output *output);
/* Flush, check, rename; returns `status`, or the status of a write that failed. */
int command_output_close(const struct command *command, struct command_output *output, int status);

/* Write the help of a command, the list of commands, the man page, a completion script. */
void help_command(FILE *out, const struct command *command);
void help_overview(FILE *out);
void man_page(FILE *out);
int completion_script(FILE *out, const char *shell);

#endif
