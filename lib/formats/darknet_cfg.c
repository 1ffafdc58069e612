/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/formats/darknet_cfg.h"

#include "lib/base/buf.h"
#include "lib/base/file.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define OPTIONS 64  /* most of a section */
#define LINE 4096   /* most bytes of a line that is no comment, blanks left out */

struct parse {
	struct darknet_cfg *cfg;
	struct arena *arena;
	struct darknet_section *section; /* in hand, NULL before the first */
	size_t line;
};

/* The line without blanks and comment; false when it is too long. */
static bool squeeze(const char *text, size_t length, char out[LINE])
{
	size_t used = 0;

	for (size_t i = 0; i < length; i++) {
		if (text[i] == '#' || text[i] == ';' || text[i] == '\0')
			break;
		if (text[i] == ' ' || text[i] == '\t' || text[i] == '\r')
			continue;
		if (used + 1 >= LINE)
			return false;
		out[used++] = text[i];
	}
	out[used] = '\0';
	return true;
}

static int add_section(struct parse *parse, char *text, struct err *err)
{
	struct darknet_cfg *cfg = parse->cfg;
	char *end = strchr(text, ']');

	if (!end || end[1] || end == text + 1)
		return err_set_at(err, cfg->path, parse->line, 0, "a section is written [name], not '%.40s'",
				  text);
	if (cfg->n_sections == DARKNET_SECTIONS)
		return err_set_at(err, cfg->path, parse->line, 0, "more than %d sections", DARKNET_SECTIONS);
	*end = '\0';
	parse->section = &cfg->sections[cfg->n_sections++];
	parse->section->name = arena_copy(parse->arena, text + 1);
	parse->section->line = parse->line;
	parse->section->options = arena_alloc(parse->arena, OPTIONS, sizeof(*parse->section->options));
	return parse->section->name && parse->section->options ? 0 : err_set_memory(err);
}

static int add_option(struct parse *parse, char *text, struct err *err)
{
	struct darknet_section *section = parse->section;
	struct darknet_option *option;
	char *equals = strchr(text, '=');

	if (!section)
		return err_set_at(err, parse->cfg->path, parse->line, 0,
				  "'%.40s' stands before the first section", text);
	if (!equals || equals == text)
		return err_set_at(err, parse->cfg->path, parse->line, 0, "'%.40s' is no key=value", text);
	if (section->n_options == OPTIONS)
		return err_set_at(err, parse->cfg->path, parse->line, 0, "more than %d keys in [%.40s]",
				  OPTIONS, section->name);
	*equals = '\0';
	option = &section->options[section->n_options++];
	option->key = arena_copy(parse->arena, text);
	option->value = arena_copy(parse->arena, equals + 1);
	option->line = parse->line;
	return option->key && option->value ? 0 : err_set_memory(err);
}

static int add_line(struct parse *parse, const char *text, size_t length, struct err *err)
{
	char squeezed[LINE];

	if (!squeeze(text, length, squeezed))
		return err_set_at(err, parse->cfg->path, parse->line, 0, "a line of more than %d characters",
				  LINE);
	if (!*squeezed)
		return 0;
	return *squeezed == '[' ? add_section(parse, squeezed, err) : add_option(parse, squeezed, err);
}

int darknet_cfg_parse(struct darknet_cfg *cfg, const char *text, size_t length, const char *path,
		      struct arena *arena, struct err *err)
{
	struct parse parse = { .cfg = cfg, .arena = arena };

	*cfg = (struct darknet_cfg){ .path = arena_copy(arena, path) };
	cfg->sections = arena_alloc(arena, DARKNET_SECTIONS, sizeof(*cfg->sections));
	if (!cfg->path || !cfg->sections)
		return err_set_memory(err);
	for (size_t at = 0; at < length;) {
		const char *end = memchr(text + at, '\n', length - at);
		size_t own = end ? (size_t)(end - text) - at : length - at;

		parse.line++;
		if (add_line(&parse, text + at, own, err) < 0)
			return -1;
		at += own + 1;
	}
	if (cfg->n_sections == 0 ||
	    (strcmp(cfg->sections->name, "net") != 0 && strcmp(cfg->sections->name, "network") != 0))
		return err_set_at(err, path, cfg->n_sections ? cfg->sections->line : 0, 0,
				  "does not begin with [net], as the description of a network does");
	return 0;
}

int darknet_cfg_read(struct darknet_cfg *cfg, const char *path, struct arena *arena, struct err *err)
{
	struct buf text = BUF_INIT;
	int rc = file_read_all(path, &text, DARKNET_CFG_LIMIT, err);

	if (rc == 0)
		rc = darknet_cfg_parse(cfg, text.data, text.length, path, arena, err);
	buf_release(&text);
	return rc;
}

const struct darknet_option *darknet_cfg_find(const struct darknet_section *section, const char *key)
{
	for (size_t i = 0; i < section->n_options; i++)
		if (strcmp(section->options[i].key, key) == 0)
			return &section->options[i];
	return NULL;
}

const char *darknet_cfg_text(const struct darknet_section *section, const char *key,
			     const char *fallback)
{
	const struct darknet_option *option = darknet_cfg_find(section, key);

	return option ? option->value : fallback;
}

static int bad_value(const struct darknet_cfg *cfg, const struct darknet_option *option, double least,
		     double most, struct err *err)
{
	if (least == most)
		return err_set_at(err, cfg->path, option->line, 0, "%.40s is '%.60s'; only %g is served",
				  option->key, option->value, most);
	return err_set_at(err, cfg->path, option->line, 0, "%.40s is '%.60s', not a number from %g to %g",
			  option->key, option->value, least, most);
}

int darknet_cfg_integer(const struct darknet_cfg *cfg, const struct darknet_section *section,
			const char *key, int fallback, int least, int most, int *out, struct err *err)
{
	const struct darknet_option *option = darknet_cfg_find(section, key);
	char *end;
	long value;

	*out = fallback;
	if (!option)
		return 0;
	value = strtol(option->value, &end, 10);
	if (end == option->value || *end || value < least || value > most)
		return bad_value(cfg, option, least, most, err);
	*out = (int)value;
	return 0;
}

int darknet_cfg_number(const struct darknet_cfg *cfg, const struct darknet_section *section,
		       const char *key, float fallback, float least, float most, float *out,
		       struct err *err)
{
	const struct darknet_option *option = darknet_cfg_find(section, key);
	char *end;
	float value;

	*out = fallback;
	if (!option)
		return 0;
	value = strtof(option->value, &end);
	if (end == option->value || *end || !(value >= least && value <= most))
		return bad_value(cfg, option, (double)least, (double)most, err);
	*out = value;
	return 0;
}

int darknet_cfg_list(const struct darknet_cfg *cfg, const struct darknet_section *section,
		     const char *key, float out[DARKNET_LIST], size_t *n, struct err *err)
{
	const struct darknet_option *option = darknet_cfg_find(section, key);
	const char *at = option ? option->value : "";

	*n = 0;
	while (*at) {
		char *end;
		float value = strtof(at, &end);

		if (end == at || !isfinite(value) || (*end && *end != ','))
			return err_set_at(err, cfg->path, option->line, 0,
					  "%.40s: '%.40s' is no list of numbers between commas", key, at);
		if (*n == DARKNET_LIST)
			return err_set_at(err, cfg->path, option->line, 0, "%.40s: more than %d numbers", key,
					  DARKNET_LIST);
		out[(*n)++] = value;
		at = *end ? end + 1 : end;
	}
	return 0;
}
