/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"
#include "cmd/version.h"

#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

extern const struct command cmd_agree;
extern const struct command cmd_check;
extern const struct command cmd_convert;
extern const struct command cmd_dict;
extern const struct command cmd_eval;
extern const struct command cmd_ground;
extern const struct command cmd_help;
extern const struct command cmd_merge;
extern const struct command cmd_model;
extern const struct command cmd_phrases;
extern const struct command cmd_predict;
extern const struct command cmd_prepare;
extern const struct command cmd_review;
extern const struct command cmd_stats;
extern const struct command cmd_unpack;

/* In the order of the work, which is the order of the overview and the man page. */
const struct command *const commands[] = {
	&cmd_prepare,
	&cmd_unpack,
	&cmd_check,
	&cmd_stats,
	&cmd_phrases,
	&cmd_ground,
	&cmd_convert,
	&cmd_dict,
	&cmd_predict,
	&cmd_eval,
	&cmd_agree,
	&cmd_merge,
	&cmd_review,
	&cmd_model,
	&cmd_help,
	NULL,
};

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++)
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	return NULL;
}

/* Letters to add, drop or change to make one name of the other (Levenshtein). */
static size_t distance(const char *a, const char *b)
{
	size_t row[32], n = strlen(b);

	if (n >= sizeof(row) / sizeof(*row))
		return n;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 0; a[i]; i++) {
		size_t diagonal = row[0];

		row[0] = i + 1;
		for (size_t j = 0; j < n; j++) {
			size_t best = diagonal + (a[i] != b[j]);

			diagonal = row[j + 1];
			best = best < row[j] + 1 ? best : row[j] + 1;
			row[j + 1] = best < diagonal + 1 ? best : diagonal + 1;
		}
	}
	return row[n];
}

static int unknown_command(const char *name)
{
	const struct command *nearest = commands[0];

	for (size_t i = 1; commands[i]; i++)
		if (distance(name, commands[i]->name) < distance(name, nearest->name))
			nearest = commands[i];
	fprintf(stderr, "tagsight: '%s' is not a command; ", name);
	if (distance(name, nearest->name) <= 2)
		fprintf(stderr, "did you mean '%s'? ", nearest->name);
	fputs("see 'tagsight help'\n", stderr);
	return EXIT_USAGE;
}

int main(int argc, char **argv)
{
	const struct command *command;

	setlocale(LC_ALL, "");
	setlocale(LC_NUMERIC, "C");
	signal(SIGPIPE, SIG_DFL);
	/* A limit of file sizes is a full disk: an error to tell, no reason to die. */
	signal(SIGXFSZ, SIG_IGN);
	if (argc < 2) {
		help_overview(stderr);
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--version") == 0) {
		version_print(stdout);
		return fflush(stdout) == 0 ? EXIT_OK : EXIT_SYSTEM;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
		help_overview(stdout);
		return fflush(stdout) == 0 ? EXIT_OK : EXIT_SYSTEM;
	}
	command = command_find(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return command->run(command, argc - 2, argv + 2);
}
