/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/layout_text.h"

#include "lib/base/file.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define PERCENT_TAGGED 80 /* of the token lines, for a text to count as tagged */

struct line_counts {
	size_t ids;
	size_t tagged;
	size_t other;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r';
}

static bool is_tag(const char *text, size_t length)
{
	if (length == 1)
		return *text == 'O';
	return length > 2 && strchr("BIESLUMW", *text) && text[1] == '-';
}

static void count_line(struct line_counts *counts, const char *line, size_t length)
{
	size_t start;

	while (length && is_blank(line[length - 1]))
		length--;
	if (length == 0)
		return;
	if (length > 6 && memcmp(line, "IMGID:", 6) == 0) {
		counts->ids++;
		return;
	}
	for (start = length; start && !is_blank(line[start - 1]);)
		start--;
	if (start > 0 && is_tag(line + start, length - start))
		counts->tagged++;
	else
		counts->other++;
}

static bool holds(const char *text, size_t length, const char *word)
{
	return memmem(text, length, word, strlen(word)) != NULL;
}

/* A Python literal or JSON object with the keys of an MNRE line. */
static bool is_relation(const char *line, size_t length)
{
	return (holds(line, length, "'token'") || holds(line, length, "\"token\"")) &&
	       (holds(line, length, "'h'") || holds(line, length, "\"h\""));
}

enum layout_text layout_sniff(const char *head, size_t length)
{
	struct line_counts counts = { 0, 0, 0 };
	const char *end = head + length, *line = head;
	bool cut = length >= LAYOUT_HEAD;

	if (length >= 3 && memcmp(head, "\xef\xbb\xbf", 3) == 0)
		line += 3;
	while (line < end && isspace((unsigned char)*line))
		line++;
	if (line == end)
		return LAYOUT_TEXT_EMPTY;
	if (memchr(line, '\0', (size_t)(end - line)))
		return LAYOUT_TEXT_OTHER;
	if (*line == '{')
		return is_relation(line, (size_t)(end - line)) ? LAYOUT_TEXT_RELATIONS :
								 LAYOUT_TEXT_OTHER;
	while (line < end) {
		const char *newline = memchr(line, '\n', (size_t)(end - line));

		if (!newline && cut)
			break;
		count_line(&counts, line, (size_t)((newline ? newline : end) - line));
		line = newline ? newline + 1 : end;
	}
	if (counts.ids || (counts.tagged &&
			   counts.tagged * 100 >= (counts.tagged + counts.other) * PERCENT_TAGGED))
		return LAYOUT_TEXT_TAGS;
	return LAYOUT_TEXT_OTHER;
}

const char *layout_split_of_word(const char *word, size_t length)
{
	static const struct {
		const char *word, *split;
	} words[] = { { "train", "train" },	  { "training", "train" }, { "valid", "valid" },
		      { "val", "valid" },	  { "dev", "valid" },	   { "validation", "valid" },
		      { "development", "valid" }, { "test", "test" } };

	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (strlen(words[i].word) == length && strncasecmp(words[i].word, word, length) == 0)
			return words[i].split;
	return NULL;
}

const char *layout_split_of_file(const char *path)
{
	const char *name = file_base_name(path), *extension = file_extension(path);
	size_t end = *extension ? (size_t)(extension - 1 - name) : strlen(name), start = end;

	while (start && isalpha((unsigned char)name[start - 1]))
		start--;
	return layout_split_of_word(name + start, end - start);
}

static bool has_extension(const char *path, const char *const *extensions)
{
	const char *extension = file_extension(path);

	for (; *extensions; extensions++)
		if (strcasecmp(extension, *extensions) == 0)
			return true;
	return false;
}

bool layout_is_picture(const char *path)
{
	static const char *const extensions[] = { "jpg", "jpeg", "png", "webp", "gif", "bmp", NULL };

	return has_extension(path, extensions);
}

bool layout_may_be_text(const char *path)
{
	static const char *const extensions[] = { "txt",  "conll", "bio",   "iob", "iob2",
						  "bioes", "tsv",   "jsonl", "json", "", NULL };

	return has_extension(path, extensions);
}

bool layout_is_umgf_file(const char *path)
{
	const char *name = file_base_name(path);
	size_t digits = strspn(name, "0123456789");

	return digits && name[digits] == '_' && name[digits + 1] && strchr("slp", name[digits + 1]) &&
	       strcmp(name + digits + 2, ".txt") == 0;
}

static bool ends_with(const char *name, const char *end)
{
	size_t length = strlen(name), tail = strlen(end);

	return length >= tail && strcmp(name + length - tail, end) == 0;
}

bool layout_is_picture_folder(const char *name)
{
	return ends_with(name, "_images") || ends_with(name, "_detect") ||
	       strcmp(name, "crops") == 0 || strcmp(name, "img_org") == 0 ||
	       strcmp(name, "img_vg") == 0 || strcmp(name, "img_detect") == 0 ||
	       strcmp(name, "data_vg") == 0;
}
