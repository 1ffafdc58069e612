/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/cmd.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define REDRAW_SECONDS 0.2

static volatile sig_atomic_t interrupted;

struct bar {
	struct progress progress;
	const char *command;
	const char *what;
	const char *unit;
	double started;
	double drawn;
	bool terminal;
	bool quiet;
};

static struct bar the_bar;

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* The first signal asks for an orderly stop; SA_RESETHAND makes the second one kill. */
static void on_interrupt(int number)
{
	(void)number;
	interrupted = 1;
}

static void catch_interrupts(void)
{
	struct sigaction action;

	memset(&action, 0, sizeof(action));
	action.sa_handler = on_interrupt;
	action.sa_flags = (int)SA_RESETHAND;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static struct bar *bar_of(struct progress *progress)
{
	return (struct bar *)progress;
}

static void format_count(char *out, size_t size, uint64_t count, const char *unit)
{
	if (strcmp(unit, "bytes") == 0)
		snprintf(out, size, "%.1f MB", (double)count / 1e6);
	else
		snprintf(out, size, "%llu", (unsigned long long)count);
}

static void draw(struct bar *bar)
{
	double seconds = now() - bar->started, rate = 0;
	const struct progress *progress = &bar->progress;
	char done[32], total[32], per_second[32];

	if (seconds > 0)
		rate = (double)(progress->done - progress->skipped) / seconds;
	format_count(done, sizeof(done), progress->done, bar->unit);
	format_count(total, sizeof(total), progress->total, bar->unit);
	format_count(per_second, sizeof(per_second), (uint64_t)rate, bar->unit);
	fprintf(stderr, "\r\033[K%s: %s", bar->what, done);
	if (progress->total)
		fprintf(stderr, " of %s", total);
	fprintf(stderr, " %s, %s/s", strcmp(bar->unit, "bytes") == 0 ? "" : bar->unit, per_second);
	if (progress->total > progress->done && rate > 0)
		fprintf(stderr, ", %.0f s left", (double)(progress->total - progress->done) / rate);
	fflush(stderr);
	bar->drawn = now();
}

static void bar_begin(struct progress *progress, const char *what, const char *unit)
{
	struct bar *bar = bar_of(progress);

	bar->what = what;
	bar->unit = unit;
	bar->started = now();
	bar->drawn = bar->started;
}

static void bar_update(struct progress *progress)
{
	struct bar *bar = bar_of(progress);

	if (bar->terminal && now() - bar->drawn > REDRAW_SECONDS)
		draw(bar);
}

static void bar_clear(struct bar *bar)
{
	if (bar->terminal)
		fputs("\r\033[K", stderr);
}

static void bar_end(struct progress *progress)
{
	struct bar *bar = bar_of(progress);
	char done[32];

	bar_clear(bar);
	format_count(done, sizeof(done), progress->done, bar->unit);
	if (!bar->quiet)
		fprintf(stderr, "%s: %s%s%s in %.1f s\n", bar->what, done,
			strcmp(bar->unit, "bytes") == 0 ? "" : " ",
			strcmp(bar->unit, "bytes") == 0 ? "" : bar->unit, now() - bar->started);
}

static void bar_note(struct progress *progress, const char *text)
{
	struct bar *bar = bar_of(progress);

	if (bar->quiet)
		return;
	bar_clear(bar);
	fprintf(stderr, "tagsight %s: %s\n", bar->command, text);
}

static bool bar_stopped(struct progress *progress)
{
	(void)progress;
	return interrupted;
}

struct progress *command_progress(const struct command *command,
				  const struct common_options *common)
{
	memset(&the_bar, 0, sizeof(the_bar));
	the_bar.progress.begin = bar_begin;
	the_bar.progress.update = bar_update;
	the_bar.progress.end = bar_end;
	the_bar.progress.note = bar_note;
	the_bar.progress.stopped = bar_stopped;
	the_bar.command = command->name;
	the_bar.quiet = common->quiet;
	the_bar.terminal = !common->quiet && isatty(STDERR_FILENO);
	catch_interrupts();
	return &the_bar.progress;
}
