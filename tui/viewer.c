/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/viewer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define COMMAND_BYTES 1024
#define PATH_BYTES 4096

bool viewer_words(char *command, const char *path, char *path_room, size_t path_size,
		  char *words[VIEWER_WORDS])
{
	char *rest, *word = strtok_r(command, " \t", &rest);
	int n = 0;

	for (; word && n < VIEWER_WORDS - 2; word = strtok_r(NULL, " \t", &rest))
		words[n++] = word;
	if (n == 0 || word ||
	    (size_t)snprintf(path_room, path_size, "%s%s", *path == '-' ? "./" : "", path) >= path_size)
		return false;
	words[n++] = path_room;
	words[n] = NULL;
	return true;
}

/* In a process whose parent has gone: be the viewer, or tell through `report` why not. */
static void become(char *const words[], int report)
{
	int nothing = open("/dev/null", O_RDWR);
	int code;

	signal(SIGXFSZ, SIG_DFL);
	for (int fd = 0; nothing >= 0 && fd < 3; fd++)
		dup2(nothing, fd);
	execvp(words[0], words);
	code = errno;
	if (write(report, &code, sizeof(code)) < 0)
		_exit(126);
	_exit(127);
}

/* Start a process that nobody waits for. Returns 0, or what errno was. */
static int start(char *const words[])
{
	int report[2], code = 0;
	pid_t process;

	if (pipe2(report, O_CLOEXEC) < 0)
		return errno;
	process = fork();
	if (process == 0) {
		setsid();
		if (fork() == 0)
			become(words, report[1]);
		_exit(0);
	}
	if (process < 0)
		code = errno;
	close(report[1]);
	while (process > 0 && waitpid(process, NULL, 0) < 0 && errno == EINTR)
		;
	if (process > 0 && read(report[0], &code, sizeof(code)) != (ssize_t)sizeof(code))
		code = 0;
	close(report[0]);
	return code;
}

static bool has_value(const char *variable)
{
	const char *value = getenv(variable);

	return value && *value;
}

static const char *viewer_command(void)
{
	if (has_value("TAGSIGHT_VIEWER"))
		return getenv("TAGSIGHT_VIEWER");
	return has_value("DISPLAY") || has_value("WAYLAND_DISPLAY") ? "xdg-open" : NULL;
}

int viewer_open(const char *path, struct err *err)
{
	const char *chosen = viewer_command();
	char command[COMMAND_BYTES], room[PATH_BYTES], *words[VIEWER_WORDS];
	int code;

	if (!chosen)
		return err_set(err, ERR_USAGE,
			       "there is no display here; TAGSIGHT_VIEWER can name a program for pictures");
	if ((size_t)snprintf(command, sizeof(command), "%s", chosen) >= sizeof(command) ||
	    !viewer_words(command, path, room, sizeof(room), words))
		return err_set(err, ERR_USAGE, "TAGSIGHT_VIEWER is no command of at most %d words",
			       VIEWER_WORDS - 2);
	code = start(words);
	if (code)
		return err_set(err, ERR_SYSTEM, "cannot start '%s': %s; TAGSIGHT_VIEWER names another program",
			       words[0], strerror(code));
	return 0;
}
