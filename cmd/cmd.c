/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include "lib/base/file.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int command_parse(const struct command *command, void *options,
		  const struct common_options *common, int argc, char **argv, int *status)
{
	struct err err = ERR_INIT;
	int n = opt_parse(command->options, options, argc, argv, &err);

	if (n >= 0 && common->jobs < 0)
		n = err_set(&err, ERR_USAGE, "--jobs takes a number of threads, not %ld", common->jobs);
	if (n < 0) {
		*status = command_usage(command, "%s", err.text);
		return -1;
	}
	if (common->help) {
		help_command(stdout, command);
		*status = fflush(stdout) == 0 ? EXIT_OK : EXIT_SYSTEM;
		return -1;
	}
	return n;
}

int command_fail(const struct command *command, const struct err *err)
{
	char text[2048];

	fprintf(stderr, "tagsight %s: %s\n", command->name, err_format(err, text, sizeof(text)));
	switch (err->kind) {
	case ERR_DATA:
		return EXIT_PROBLEMS;
	case ERR_USAGE:
		return EXIT_USAGE;
	case ERR_STOPPED:
		return EXIT_INTERRUPTED;
	case ERR_NONE:
	case ERR_SYSTEM:
		break;
	}
	return EXIT_SYSTEM;
}

void command_note(const struct command *command, const struct common_options *common,
		  const char *format, ...)
{
	va_list args;

	if (common->quiet)
		return;
	fprintf(stderr, "tagsight %s: ", command->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int command_usage(const struct command *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "tagsight %s: ", command->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see 'tagsight help %s'\n", command->name);
	return EXIT_USAGE;
}

bool command_color(const struct common_options *common, FILE *stream)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (strcmp(common->color, "never") == 0 || (none && *none))
		return false;
	if (strcmp(common->color, "always") == 0)
		return true;
	return isatty(fileno(stream)) && (!term || strcmp(term, "dumb") != 0);
}

struct command_output {
	struct file_writer writer; /* stream NULL: standard output */
};

struct command_output *command_output_open(const struct command *command, const char *path,
					   int *status)
{
	struct command_output *output = calloc(1, sizeof(*output));
	struct err err = ERR_INIT;

	if (!output)
		err_set_memory(&err);
	else if (!path || strcmp(path, "-") == 0 || file_writer_open(&output->writer, path, &err) == 0)
		return output;
	free(output);
	*status = command_fail(command, &err);
	return NULL;
}

FILE *command_output_stream(struct command_output *output)
{
	return output->writer.stream ? output->writer.stream : stdout;
}

int command_output_close(const struct command *command, struct command_output *output, int status)
{
	struct err err = ERR_INIT;

	if (!output)
		return status;
	if (!output->writer.stream) {
		errno = 0;
		if (fflush(stdout) != 0 || ferror(stdout)) {
			err_set_errno(&err, "write", "standard output");
			status = command_fail(command, &err);
		}
	} else if (status != EXIT_OK && status != EXIT_PROBLEMS) {
		file_writer_abort(&output->writer);
	} else if (file_writer_commit(&output->writer, &err) < 0) {
		status = command_fail(command, &err);
	}
	free(output);
	return status;
}
