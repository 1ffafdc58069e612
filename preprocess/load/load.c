/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/load/load_priv.h"

#include "lib/base/file.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define PREFIX "load-"

static const struct loader *const loaders[] = { &loader_hvpnet, &loader_umt, &loader_umgf,
						&loader_mkgformer, &loader_gmner, &loader_mega };

const struct loader *loader_find(const char *name)
{
	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0)
		name += strlen(PREFIX);
	for (size_t i = 0; i < sizeof(loaders) / sizeof(*loaders); i++)
		if (strcmp(loaders[i]->rule + strlen(PREFIX), name) == 0)
			return loaders[i];
	return NULL;
}

bool loader_speaks(const struct loader *loader, const struct split *split)
{
	const char *at = loader->layouts;
	size_t length;

	for (; *at; at += length + (at[length] == '|')) {
		length = strcspn(at, "|");
		if (strlen(split->layout) == length && strncmp(split->layout, at, length) == 0)
			return loader_can_read(loader, split);
	}
	return false;
}

bool loader_can_read(const struct loader *loader, const struct split *split)
{
	return (split->task == TASK_RE ? loader->re : loader->ner) != NULL;
}

int load_check(const struct loader *loader, const struct split *split,
	       const struct load_options *options, struct finding_sink *sink, struct err *err)
{
	struct load load = { loader, split, options, sink };

	/* A pipe was read already. */
	if (!file_is_folder(split->text) && file_size(split->text) < 0)
		return 0;
	return (split->task == TASK_RE ? loader->re : loader->ner)(&load, err);
}

void load_check_picture(const struct loader *loader, const struct split *split,
			const struct load_picture *picture, struct finding_sink *sink)
{
	struct load load = { loader, split, NULL, sink };

	if (loader->picture)
		loader->picture(&load, picture);
}

static void report(const struct load *load, enum finding_level level, size_t line,
		   const char *record, const char *fix, const char *format, va_list args)
{
	struct finding finding = { .level = level,	 .rule = load->loader->rule,
				   .file = load->split->text, .line = line,
				   .record = record,	 .fix = fix };
	char message[1024];

	vsnprintf(message, sizeof(message), format, args);
	finding.message = message;
	load->sink->add(load->sink, &finding);
}

void load_crash(const struct load *load, size_t line, const char *record, const char *fix,
		const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(load, LEVEL_ERROR, line, record, fix, format, args);
	va_end(args);
}

void load_warn(const struct load *load, size_t line, const char *record, const char *fix,
	       const char *format, ...)
{
	va_list args;

	va_start(args, format);
	report(load, LEVEL_WARNING, line, record, fix, format, args);
	va_end(args);
}
