/* SPDX-License-Identifier: Apache-2.0 */
/* Mends that take lines out of a sentence: none of them is safe, for numbers of words and sentences change. */
#include "preprocess/repair/repair_priv.h"

#include "lib/base/utf8.h"
#include "lib/formats/conll.h"
#include "preprocess/pieceless.h"

static bool yields_no_piece(const char *word, size_t size)
{
	uint32_t c;

	for (size_t at = 0; at < size;) {
		size_t n = utf8_decode(word + at, size - at, &c);

		if (n == 0 || !pieceless_character(c))
			return false;
		at += n;
	}
	return size > 0;
}

static bool is_outside(const struct held_line *line)
{
	size_t columns = conll_columns(line->text, line->length), size;
	const char *tag;

	if (columns < 2)
		return true;
	return conll_column(line->text, line->length, columns - 1, &tag, &size) && size == 1 &&
	       *tag == 'O';
}

static void mend_word(struct repair *repair, struct held_line *line)
{
	const char *word;
	size_t size;

	if (!conll_column(line->text, line->length, 0, &word, &size))
		return;
	if (size == 0 && repair_mends(repair, "text-empty-token"))
		repair_remove(repair, line, "text-empty-token");
	else if (yields_no_piece(word, size) && is_outside(line) &&
		 repair_mends(repair, "text-unpieceable"))
		repair_remove(repair, line, "text-unpieceable");
}

void repair_tokens(struct repair *repair)
{
	size_t n_words = 0, n_ids = 0;

	for (size_t i = 0; i < repair->n_lines; i++) {
		struct held_line *line = &repair->lines[i];

		if (line->kind == LINE_TOKEN && !line->removed)
			mend_word(repair, line);
		n_words += line->kind == LINE_TOKEN && !line->removed;
		n_ids += line->kind == LINE_ID;
	}
	if (n_words || !n_ids || !repair->options->unsafe ||
	    !repair_mends(repair, "conll-empty-sentence"))
		return;
	for (size_t i = 0; i < repair->n_lines; i++)
		if (!repair->lines[i].removed && repair->lines[i].kind != LINE_DOCUMENT)
			repair_remove(repair, &repair->lines[i], "conll-empty-sentence");
}
