/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/progress.h"

#include <stdarg.h>
#include <stdio.h>

void progress_begin(struct progress *progress, const char *what, const char *unit, uint64_t total)
{
	if (!progress)
		return;
	progress->done = progress->skipped = 0;
	progress->total = total;
	if (progress->begin)
		progress->begin(progress, what, unit);
}

bool progress_step(struct progress *progress, uint64_t units)
{
	if (!progress)
		return false;
	progress->done += units;
	if (progress->update)
		progress->update(progress);
	return progress_stopped(progress);
}

void progress_skip(struct progress *progress, uint64_t units)
{
	if (!progress)
		return;
	progress->done += units;
	progress->skipped += units;
}

bool progress_stopped(struct progress *progress)
{
	return progress && progress->stopped && progress->stopped(progress);
}

void progress_end(struct progress *progress)
{
	if (progress && progress->end)
		progress->end(progress);
}

void progress_note(struct progress *progress, const char *format, ...)
{
	char text[1024];
	va_list args;

	if (!progress || !progress->note)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	progress->note(progress, text);
}
