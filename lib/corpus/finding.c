/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/corpus/finding.h"

#include "lib/formats/json_lines.h"

#include <stdarg.h>

const char *finding_level_name(enum finding_level level)
{
	static const char *const names[] = { "note", "warning", "error" };

	return names[level];
}

static void set_text(json_t *object, const char *key, const char *text)
{
	if (text)
		json_object_set_new(object, key, json_text(text));
}

static void set_label(json_t *object, const struct finding_label *label)
{
	set_text(object, "unit", label->unit);
	set_text(object, "method", label->method);
	json_object_set_new(object, "score", json_real(label->score));
	set_text(object, "word", label->word);
	set_text(object, "given", label->given);
	set_text(object, "likelier", label->likelier);
	json_object_set_new(object, "probability", json_real(label->probability));
}

int finding_write(FILE *stream, const struct finding *finding)
{
	json_t *object = json_object();

	set_text(object, "level", finding_level_name(finding->level));
	set_text(object, "rule", finding->rule);
	set_text(object, "file", finding->file);
	if (finding->line)
		json_object_set_new(object, "line", json_integer((json_int_t)finding->line));
	if (finding->column)
		json_object_set_new(object, "column", json_integer((json_int_t)finding->column));
	set_text(object, "record", finding->record);
	set_text(object, "message", finding->message);
	set_text(object, "fix", finding->fix);
	if (finding->label)
		set_label(object, finding->label);
	return json_line_write(stream, object);
}

void finding_report(struct finding_sink *sink, const struct finding *finding, const char *format, ...)
{
	struct finding whole = *finding;
	char message[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	whole.message = message;
	sink->add(sink, &whole);
}
