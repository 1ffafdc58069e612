/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/repair/repair.h"

#include "lib/formats/json_lines.h"

#include <string.h>

static const struct repair_info rules[] = {
	{ "text-bom", true, "a byte order mark at the start is dropped" },
	{ "text-line-end", true, "CR LF and lone CR become LF" },
	{ "text-control", true,
	  "control characters are dropped where the word, the id and the columns stay" },
	{ "conll-blank-line-spaces", true, "blanks of a blank line are dropped" },
	{ "conll-empty-sentence", true,
	  "blank lines without a sentence before them are removed (--fix-unsafe: ids without words too)" },
	{ "conll-no-final-blank", true, "a blank line is added at the end" },
	{ "tag-orphan-inside", true,
	  "a tag that goes on with no entity begins one (--fix-policy outside: becomes O)" },
	{ "tag-type-change", true,
	  "a tag that goes on with another type begins an entity (--fix-policy previous: takes that "
	  "type; outside: becomes O)" },
	{ "re-syntax", true, "blank lines at the end are removed (--fix-unsafe: all)" },
	{ "image-orientation", true,
	  "a JPEG that Exif says to turn is turned without loss (--fix-unsafe: with loss where it must be, "
	  "or where there are crops or boxes)" },
	{ "tag-unclosed", false, "the last tag of an entity is written as the file's scheme ends entities" },
	{ "tag-scheme-mixed", false, "tags of other schemes are written in that of the file" },
	{ "text-empty-token", false, "token lines without a word are removed" },
	{ "text-unpieceable", false,
	  "token lines whose word yields no word piece are removed where their tag is O" },
	{ "text-duplicate", false,
	  "records with the words and labels of an earlier one of their file are removed (relations: equal "
	  "lines, where no dict counts them)" },
	{ "image-wrong-extension", false,
	  "a picture is written anew in the format of its name (--fix-rename: renamed)" },
	{ "re-marker-lost", false, "a full stop is added behind an entity that ends the text" },
};

#define N_RULES (sizeof(rules) / sizeof(*rules))

bool repair_rule(size_t index, struct repair_info *info)
{
	if (index >= N_RULES)
		return false;
	*info = rules[index];
	return true;
}

/* A name, or the start of names up to a hyphen: "tag-". */
static bool names_rule(const char *name, const char *rule)
{
	size_t length = strlen(name);

	if (length && name[length - 1] == '-')
		return strncmp(name, rule, length) == 0;
	return strcmp(name, rule) == 0;
}

static bool listed(const struct str_list *names, const char *rule)
{
	for (size_t i = 0; names && i < names->n; i++)
		if (names_rule(names->items[i], rule))
			return true;
	return false;
}

int repair_check_names(const struct str_list *names, struct err *err)
{
	for (size_t i = 0; names && i < names->n; i++) {
		size_t at = 0;

		while (at < N_RULES && !names_rule(names->items[i], rules[at].rule))
			at++;
		if (at == N_RULES)
			return err_set(err, ERR_USAGE,
				       "'%s' is nothing that is mended; 'tagsight check --fix --rules' "
				       "lists what is",
				       names->items[i]);
	}
	return 0;
}

static bool is_safe(const char *rule)
{
	for (size_t i = 0; i < N_RULES; i++)
		if (strcmp(rules[i].rule, rule) == 0)
			return rules[i].safe;
	BUG("a mend without a row in the table");
}

bool repair_wants(const struct repair_options *options, const char *rule)
{
	if (!options->unsafe && !is_safe(rule))
		return false;
	if (options->only && options->only->n && !listed(options->only, rule))
		return false;
	return !listed(options->except, rule);
}

static json_t *text_or_null(const char *text, size_t length)
{
	return text ? json_text_length(text, length) : json_null();
}

int repair_change_write(FILE *stream, const struct repair_change *change)
{
	json_t *object = json_object();

	json_object_set_new(object, "rule", json_text(change->rule));
	json_object_set_new(object, "file", json_text(change->file));
	if (change->line)
		json_object_set_new(object, "line", json_integer((json_int_t)change->line));
	if (change->column)
		json_object_set_new(object, "column", json_integer((json_int_t)change->column));
	if (change->record)
		json_object_set_new(object, "record", json_text(change->record));
	json_object_set_new(object, "before", text_or_null(change->before, change->before_length));
	json_object_set_new(object, "after", text_or_null(change->after, change->after_length));
	return json_line_write(stream, object);
}
