/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

#define HELP_COLUMN 30
#define HELP_WIDTH 80

/* Text of paragraphs, its longer lines broken at blanks. */
static void wrapped(FILE *out, const char *text)
{
	size_t column = 0;

	while (*text) {
		size_t blanks = strspn(text, " "), word = strcspn(text + blanks, " \n");

		if (column && column + blanks + word > HELP_WIDTH) {
			fputc('\n', out);
			text += blanks;
			column = blanks = 0;
		}
		fwrite(text, 1, blanks + word, out);
		column += blanks + word;
		text += blanks + word;
		if (*text == '\n') {
			fputc(*text++, out);
			column = 0;
		}
	}
}

/* One option as "  -o, --output PATH"; returns its width. */
static int option_label(FILE *out, const struct option_spec *spec)
{
	int width;

	if (spec->letter)
		width = fprintf(out, "  -%c, --%s", spec->letter, spec->name);
	else
		width = fprintf(out, "      --%s", spec->name);
	if (spec->argument)
		width += fprintf(out, " %s", spec->argument);
	return width;
}

static void option_help(FILE *out, const struct option_spec *spec)
{
	int width = option_label(out, spec);

	if (width >= HELP_COLUMN)
		fprintf(out, "\n%*s", HELP_COLUMN, "");
	else
		fprintf(out, "%*s", HELP_COLUMN - width, "");
	fputs(spec->help, out);
	if (spec->choices)
		fprintf(out, " (%s)", spec->choices);
	fputc('\n', out);
}

void help_command(FILE *out, const struct command *command)
{
	fprintf(out, "usage: tagsight %s [OPTIONS] %s\n\n", command->name, command->arguments);
	wrapped(out, command->description);
	fputs("\n\noptions:\n", out);
	for (const struct option_spec *spec = command->options; spec->kind != OPT_END; spec++)
		option_help(out, spec);
	if (command->examples)
		fputs("\nexamples:\n", out);
	for (const struct command_example *e = command->examples; e && e->command; e++)
		fprintf(out, "  %s\n      %s\n", e->command, e->meaning);
}

void help_overview(FILE *out)
{
	fputs("usage: tagsight COMMAND [OPTIONS] PATH...\n\n"
	      "Build, clean, ground, tag and review multimodal named entity and relation data.\n\n"
	      "commands:\n",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "  %-10s %s\n", commands[i]->name, commands[i]->summary);
	fputs("\n'tagsight help COMMAND' explains one; 'tagsight --version' says what is built in.\n",
	      out);
}
