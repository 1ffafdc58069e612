/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/unfinished.h"

#include "lib/base/buf.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HOST_DIGITS 8
#define END ".part"

/* FNV-1a of the host's name. */
static uint32_t host_number(void)
{
	char name[HOST_NAME_MAX + 1] = "";
	uint32_t number = 2166136261u;

	gethostname(name, sizeof(name) - 1);
	for (const char *at = name; *at; at++)
		number = (number ^ (unsigned char)*at) * 16777619u;
	return number;
}

char *unfinished_name(const char *path)
{
	struct buf name = BUF_INIT;

	buf_add_format(&name, "%s.%ld-%0*x" END, path, (long)getpid(), HOST_DIGITS, host_number());
	return buf_detach(&name);
}

/* Take ".PID-HOST.part" apart. */
static bool parse(const char *rest, long *pid, unsigned long *host)
{
	char *end;

	if (rest[0] != '.' || !isdigit((unsigned char)rest[1]))
		return false;
	errno = 0;
	*pid = strtol(rest + 1, &end, 10);
	if (errno || *pid <= 0 || *pid > INT_MAX || *end != '-' ||
	    strspn(end + 1, "0123456789abcdef") != HOST_DIGITS)
		return false;
	*host = strtoul(end + 1, &end, 16);
	return strcmp(end, END) == 0;
}

bool unfinished_ends(const char *rest)
{
	unsigned long host;
	long pid;

	return parse(rest, &pid, &host);
}

bool unfinished_is_stale(const char *name)
{
	const char *last = strrchr(name, '.'), *rest = last;
	unsigned long host;
	long pid;

	while (rest && rest > name && *--rest != '.')
		;
	if (!rest || rest == name || !parse(rest, &pid, &host) || host != host_number())
		return false;
	return pid == (long)getpid() || (kill((pid_t)pid, 0) < 0 && errno == ESRCH);
}
