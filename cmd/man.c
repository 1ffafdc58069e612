/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The man page and the completion scripts, written from the tables of the commands.
 */
#include "cmd/cmd.h"
#include "cmd/version.h"

#include <stdio.h>
#include <string.h>

/* Text with roff's specials made plain; a blank line becomes a paragraph. */
static void roff_text(FILE *out, const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		line_start = *text == '\n';
		if (text[0] == '\n' && text[1] == '\n') {
			fputs("\n.PP\n", out);
			text++;
		} else if (*text == '\\') {
			fputs("\\e", out);
		} else if (*text == '-') {
			fputs("\\-", out);
		} else {
			fputc(*text, out);
		}
	}
}

static void roff_option(FILE *out, const struct option_spec *spec)
{
	fputs(".TP\n", out);
	if (spec->letter)
		fprintf(out, "\\fB\\-%c\\fR, ", spec->letter);
	fputs("\\fB", out);
	roff_text(out, "--");
	roff_text(out, spec->name);
	fputs("\\fR", out);
	if (spec->argument)
		fprintf(out, " \\fI%s\\fR", spec->argument);
	fputc('\n', out);
	roff_text(out, spec->help);
	if (spec->choices)
		fprintf(out, " (%s)", spec->choices);
	fputc('\n', out);
}

static void roff_command(FILE *out, const struct command *command)
{
	fprintf(out, ".SS tagsight %s [OPTIONS] %s\n", command->name, command->arguments);
	roff_text(out, command->description);
	fputc('\n', out);
	for (const struct option_spec *spec = command->options; spec->kind != OPT_END; spec++)
		roff_option(out, spec);
	for (const struct command_example *e = command->examples; e && e->command; e++) {
		fputs(".PP\n.RS\n.nf\n", out);
		roff_text(out, e->command);
		fputs("\n.fi\n.RE\n", out);
		roff_text(out, e->meaning);
		fputc('\n', out);
	}
}

void man_page(FILE *out)
{
	fprintf(out,
		".TH TAGSIGHT 1 \"\" \"tagsight %s\" \"User Commands\"\n"
		".SH NAME\ntagsight \\- build, clean, ground, tag and review multimodal named entity data\n"
		".SH SYNOPSIS\n.B tagsight\n\\fICOMMAND\\fR [\\fIOPTIONS\\fR] \\fIPATH\\fR...\n"
		".SH COMMANDS\n",
		tagsight_version);
	for (size_t i = 0; commands[i]; i++)
		roff_command(out, commands[i]);
	fputs(".SH EXIT STATUS\n"
	      "0 all well; 1 problems found in the data, or a record was skipped; 2 wrong use; 3 the\n"
	      "system failed (no such file, disk full, out of memory); 130 interrupted, in a state that\n"
	      "the same command resumes.\n"
	      ".SH ENVIRONMENT\n"
	      ".TP\n\\fBTAGSIGHT_MODELS\\fR\nFolder where the default models are looked for first.\n"
	      ".TP\n\\fBXDG_DATA_HOME\\fR\nModels are looked for in its tagsight/ folder.\n"
	      ".TP\n\\fBNO_COLOR\\fR\nWhen set and not empty, nothing is coloured.\n",
	      out);
}

static void bash_completion(FILE *out)
{
	fputs("_tagsight() {\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}\n"
	      "\tCOMPREPLY=()\n\tif [ \"$COMP_CWORD\" -eq 1 ]; then\n\t\tCOMPREPLY=($(compgen -W '",
	      out);
	for (size_t i = 0; commands[i]; i++)
		fprintf(out, "%s ", commands[i]->name);
	fputs("' -- \"$cur\"))\n\t\treturn\n\tfi\n\tcase \"${COMP_WORDS[1]} $prev\" in\n", out);
	for (size_t i = 0; commands[i]; i++)
		for (const struct option_spec *s = commands[i]->options; s->kind != OPT_END; s++) {
			const char *choice;
			size_t length;

			if (!s->choices)
				continue;
			fprintf(out, "\t'%s --%s') COMPREPLY=($(compgen -W '", commands[i]->name,
				s->name);
			for (size_t k = 0; (choice = opt_choice(s->choices, k, &length)); k++)
				fprintf(out, "%.*s ", (int)length, choice);
			fputs("' -- \"$cur\")); return;;\n", out);
		}
	fputs("\tesac\n\tcase \"${COMP_WORDS[1]}\" in\n", out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, "\t%s) [[ $cur == -* ]] && COMPREPLY=($(compgen -W '", commands[i]->name);
		for (const struct option_spec *s = commands[i]->options; s->kind != OPT_END; s++)
			fprintf(out, "--%s ", s->name);
		fputs("' -- \"$cur\"));;\n", out);
	}
	fputs("\tesac\n}\ncomplete -o default -F _tagsight tagsight\n", out);
}

/* zsh and fish put help texts in single quotes. */
static void quoted(FILE *out, const char *text, const char *escaped_quote)
{
	for (; *text; text++) {
		if (*text == '\'')
			fputs(escaped_quote, out);
		else if (*text == '[' || *text == ']' || *text == ':')
			fputc(' ', out);
		else
			fputc(*text, out);
	}
}

static void zsh_option(FILE *out, const struct option_spec *spec)
{
	const char *choice;
	size_t length;

	fprintf(out, " \\\n\t\t\t'--%s[", spec->name);
	quoted(out, spec->help, "'\\''");
	fputc(']', out);
	if (spec->choices) {
		fputs(":value:(", out);
		for (size_t k = 0; (choice = opt_choice(spec->choices, k, &length)); k++)
			fprintf(out, "%.*s ", (int)length, choice);
		fputc(')', out);
	} else if (spec->argument) {
		fputs(":value:_files", out);
	}
	fputc('\'', out);
}

static void zsh_completion(FILE *out)
{
	fputs("#compdef tagsight\n_tagsight() {\n\tlocal -a names\n\tnames=(\n", out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, "\t\t'%s:", commands[i]->name);
		quoted(out, commands[i]->summary, "'\\''");
		fputs("'\n", out);
	}
	fputs("\t)\n\tif (( CURRENT == 2 )); then\n\t\t_describe command names\n\t\treturn\n\tfi\n"
	      "\tlocal name=$words[2]\n\tshift words; (( CURRENT-- ))\n\tcase $name in\n",
	      out);
	for (size_t i = 0; commands[i]; i++) {
		fprintf(out, "\t\t%s) _arguments", commands[i]->name);
		for (const struct option_spec *s = commands[i]->options; s->kind != OPT_END; s++)
			zsh_option(out, s);
		fputs(" '*:path:_files';;\n", out);
	}
	fputs("\tesac\n}\n_tagsight \"$@\"\n", out);
}

static void fish_completion(FILE *out)
{
	for (size_t i = 0; commands[i]; i++) {
		const char *choice;
		size_t length;

		fprintf(out, "complete -c tagsight -n __fish_use_subcommand -a %s -d '",
			commands[i]->name);
		quoted(out, commands[i]->summary, "\\'");
		fputs("'\n", out);
		for (const struct option_spec *s = commands[i]->options; s->kind != OPT_END; s++) {
			fprintf(out, "complete -c tagsight -n '__fish_seen_subcommand_from %s' -l %s",
				commands[i]->name, s->name);
			if (s->letter)
				fprintf(out, " -s %c", s->letter);
			if (s->argument)
				fputs(" -r", out);
			for (size_t k = 0; s->choices && (choice = opt_choice(s->choices, k, &length));
			     k++)
				fprintf(out, "%s%.*s%s", k ? " " : " -f -a '", (int)length, choice,
					choice[length] ? "" : "'");
			fputs(" -d '", out);
			quoted(out, s->help, "\\'");
			fputs("'\n", out);
		}
	}
}

int completion_script(FILE *out, const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		bash_completion(out);
	else if (strcmp(shell, "zsh") == 0)
		zsh_completion(out);
	else if (strcmp(shell, "fish") == 0)
		fish_completion(out);
	else
		return -1;
	return 0;
}
