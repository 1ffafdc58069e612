/* SPDX-License-Identifier: Apache-2.0 */
/* Mends of one line, whatever stands around it. */
#include "preprocess/repair/repair_priv.h"

#include "lib/base/utf8.h"
#include "lib/formats/conll.h"

#include <string.h>

#define DOCUMENT_MARK "-DOCSTART-"

/* As the rule text-control has it. */
static bool is_control(uint32_t c)
{
	return (c < 0x20 && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xfeff || c == 0x2028 ||
	       c == 0x2029;
}

static bool is_document(const char *text, size_t length)
{
	size_t mark = strlen(DOCUMENT_MARK);

	return length >= mark && memcmp(text, DOCUMENT_MARK, mark) == 0 &&
	       (length == mark || text[mark] == ' ' || text[mark] == '\t');
}

enum line_kind repair_line_kind(const struct repair *repair, const char *text, size_t length)
{
	const char *id;
	size_t size;

	if (conll_blank_line(text, length))
		return LINE_BLANK;
	if (repair->split->task == TASK_RE)
		return LINE_RELATION;
	if (is_document(text, length))
		return LINE_DOCUMENT;
	return conll_id_line(text, length, &id, &size) ? LINE_ID : LINE_TOKEN;
}

/* Copy without control characters; the length that is left. */
static size_t drop_controls(char *to, const char *text, size_t length)
{
	size_t kept = 0;
	uint32_t c;

	for (size_t at = 0; at < length;) {
		size_t n = utf8_decode(text + at, length - at, &c);

		if (n == 0 || !is_control(c)) {
			memmove(to + kept, text + at, n ? n : 1);
			kept += n ? n : 1;
		}
		at += n ? n : 1;
	}
	return kept;
}

static size_t word_size(const char *text, size_t length)
{
	const char *word;
	size_t size;

	return conll_column(text, length, 0, &word, &size) ? size : 0;
}

/* Whether a line means the same without its control characters: an id, which they may have hidden, or a line
 * with as many columns, and no word empty that was not. */
static bool same_without(struct repair *repair, const char *old, size_t old_length,
			 const char *text, size_t length)
{
	enum line_kind before = repair_line_kind(repair, old, old_length);
	enum line_kind after = repair_line_kind(repair, text, length);
	size_t n, m, n_empty, m_empty;

	if (after == LINE_BLANK)
		return before == LINE_BLANK;
	if (after == LINE_RELATION)
		return repair_relation_tokens(repair, text, length, &m, &m_empty) &&
		       (!repair_relation_tokens(repair, old, old_length, &n, &n_empty) ||
			(n == m && n_empty == m_empty));
	if (after == LINE_DOCUMENT || after == LINE_ID)
		return true;
	return conll_columns(old, old_length) == conll_columns(text, length) &&
	       (word_size(text, length) || !word_size(old, old_length));
}

static bool may_hold_controls(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if ((c < 0x20 && c != '\t') || c == 0x7f || c == 0xc2 || c == 0xe2 || c == 0xef)
			return true;
	}
	return false;
}

/* Drop the control characters from byte `from` on; false when the line would mean something else, or has
 * none there. Bytes that were apart may make another one, hence the loop. */
static bool clean_from(struct repair *repair, const char *text, size_t length, size_t from,
		       char *clean, size_t *clean_length)
{
	size_t left;

	memcpy(clean, text, length);
	*clean_length = length;
	while ((left = from + drop_controls(clean + from, clean + from, *clean_length - from)) <
	       *clean_length)
		*clean_length = left;
	return *clean_length < length && same_without(repair, text, length, clean, *clean_length);
}

/* The text of a line without its control characters, of the arena; NULL when it stays as it is. A word
 * that is nothing but them stays, and they go from the columns behind it. */
static const char *without_controls(struct repair *repair, const char *text, size_t length,
				    size_t *clean_length)
{
	const char *word;
	size_t size;
	char *clean;

	if (!may_hold_controls(text, length) || !repair_mends(repair, "text-control"))
		return NULL;
	clean = arena_string(&repair->arena, text, length);
	if (!clean) {
		repair->out_of_memory = true;
		return NULL;
	}
	if (clean_from(repair, text, length, 0, clean, clean_length))
		return clean;
	if (repair->split->task == TASK_RE || !conll_column(text, length, 0, &word, &size))
		return NULL;
	return clean_from(repair, text, length, (size_t)(word - text) + size, clean, clean_length)
		       ? clean : NULL;
}

enum line_kind repair_mended_kind(struct repair *repair, const char *text, size_t length)
{
	size_t clean_length;
	const char *clean = without_controls(repair, text, length, &clean_length);

	return clean ? repair_line_kind(repair, clean, clean_length)
		     : repair_line_kind(repair, text, length);
}

static void mend_controls(struct repair *repair, struct held_line *line)
{
	size_t length;
	const char *clean = without_controls(repair, line->text, line->length, &length);

	if (!clean)
		return;
	repair_note(repair, line, "text-control", 0, line->text, line->length, clean, length);
	line->text = clean;
	line->length = length;
}

static void mend_ending(struct repair *repair, struct held_line *line)
{
	if (line->ending[0] != '\r' || !repair_mends(repair, "text-line-end"))
		return;
	repair_note(repair, line, "text-line-end", utf8_count(line->source, line->source_length) + 1,
		    line->ending, strlen(line->ending), "\n", 1);
	line->ending = "\n";
}

void repair_line(struct repair *repair, struct held_line *line)
{
	if (line->source > line->old && repair_mends(repair, "text-bom"))
		repair_note(repair, line, "text-bom", 0, line->old,
			    (size_t)(line->source - line->old), "", 0);
	mend_ending(repair, line);
	mend_controls(repair, line);
	line->kind = repair_line_kind(repair, line->text, line->length);
	if (line->kind == LINE_BLANK && line->length && repair->split->task == TASK_NER &&
	    repair_mends(repair, "conll-blank-line-spaces")) {
		repair_note(repair, line, "conll-blank-line-spaces", 0, line->text, line->length, "",
			    0);
		line->length = 0;
	}
}
