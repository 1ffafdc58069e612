/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time whole commands, in turn so that a drift of the machine meets all of them alike:
 *
 *	measure RUNS 'COMMAND A' ['COMMAND B' ...]
 *
 * Each is given to sh, its output goes to /dev/null. After one run that is not counted, prints one
 * JSON line a command: {"command","status","seconds","fastest","slowest","cpu","peak_mb"}, medians.
 */
#include "lib/formats/json_lines.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNS 101

struct runs {
	const char *command;
	double seconds[MAX_RUNS], cpu[MAX_RUNS], peak_mb[MAX_RUNS];
	int status;
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static double seconds_of(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec * 1e-6;
}

static void run_child(const char *command)
{
	int null = open("/dev/null", O_RDWR);

	for (int fd = 0; fd < 3; fd++)
		dup2(null, fd);
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void run_once(struct runs *runs, int run)
{
	double started = now();
	struct rusage usage;
	int status = 0;
	pid_t child = fork();

	if (child == 0)
		run_child(runs->command);
	if (child < 0 || wait4(child, &status, 0, &usage) < 0) {
		perror("measure");
		exit(1);
	}
	runs->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	runs->seconds[run] = now() - started;
	runs->cpu[run] = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	runs->peak_mb[run] = (double)usage.ru_maxrss / 1024;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static double median(double *values, int n)
{
	qsort(values, (size_t)n, sizeof(*values), compare);
	return n % 2 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

static void print(struct runs *runs, int n)
{
	double seconds = median(runs->seconds, n);

	json_line_write(stdout, json_pack("{s:s s:i s:f s:f s:f s:f s:f}", "command", runs->command,
					  "status", runs->status, "seconds", seconds, "fastest",
					  runs->seconds[0], "slowest", runs->seconds[n - 1], "cpu",
					  median(runs->cpu, n), "peak_mb",
					  median(runs->peak_mb, n)));
}

int main(int argc, char **argv)
{
	long n = argc > 2 ? strtol(argv[1], NULL, 10) : 0;
	struct runs *runs;

	if (n < 1 || n >= MAX_RUNS) {
		fprintf(stderr, "usage: measure RUNS 'COMMAND' ['COMMAND' ...]\n");
		return 2;
	}
	runs = calloc((size_t)argc - 2, sizeof(*runs));
	if (!runs)
		return 1;
	for (long run = -1; run < n; run++)
		for (int c = 0; c < argc - 2; c++) {
			runs[c].command = argv[c + 2];
			run_once(&runs[c], run < 0 ? 0 : (int)run);
		}
	for (int c = 0; c < argc - 2; c++)
		print(&runs[c], (int)n);
	free(runs);
	return 0;
}
