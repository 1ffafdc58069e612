/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <stdio.h>
#include <string.h>

struct help_options {
	struct common_options common;
	const char *completion;
	int man;
};

static const struct option_spec help_options[] = {
	{ 0, "man", OPT_FLAG, offsetof(struct help_options, man), NULL,
	  "write the man page", NULL },
	{ 0, "completion", OPT_CHOICE, offsetof(struct help_options, completion), "SHELL",
	  "write a completion script", "bash|zsh|fish" },
	COMMON_OPTION(struct help_options, 'h', "help", OPT_FLAG, help, NULL, "show this help",
		      NULL),
	OPTION_END
};

static const struct command_example help_examples[] = {
	{ "tagsight help check", "what check does and its options" },
	{ "tagsight help --completion bash > ~/.local/share/bash-completion/completions/tagsight",
	  "complete commands and options with the Tab key" },
	{ NULL, NULL }
};

static int help_run(const struct command *command, int argc, char **argv)
{
	struct help_options options = { .common = COMMON_OPTIONS_INIT };
	const struct command *about;
	int status = EXIT_OK;
	int n = command_parse(command, &options, &options.common, argc, argv, &status);

	if (n < 0)
		return status;
	about = n > 0 ? command_find(argv[0]) : NULL;
	if (n > 0 && !about)
		return command_usage(command, "'%s' is not a command", argv[0]);
	if (options.man)
		man_page(stdout);
	else if (options.completion)
		completion_script(stdout, options.completion);
	else if (about)
		help_command(stdout, about);
	else
		help_overview(stdout);
	return fflush(stdout) == 0 ? EXIT_OK : EXIT_SYSTEM;
}

const struct command cmd_help = {
	.name = "help",
	.arguments = "[COMMAND]",
	.summary = "explain a command; write the man page or a shell completion",
	.description = "Without arguments, list the commands. With one, explain it.",
	.options = help_options,
	.examples = help_examples,
	.run = help_run,
};
