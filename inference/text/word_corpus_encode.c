/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/word_corpus.h"

#include "inference/text/unicode.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>
#include <utf8proc.h>

/* Words of one phrase on their way to numbers. */
struct reading {
	const struct word_corpus *corpus;
	int *ids;   /* [cap], those of the first words */
	size_t cap;
	size_t n;   /* words, those behind the cap included */
	bool stop;  /* the last word is a full stop */
	struct buf word;
};

/* Python's str.isalnum(), and the underscore: what \w is. */
static bool is_word(uint32_t c)
{
	int category = unicode_category(c);

	return c == '_' || unicode_is_letter(c) ||
	       (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/* Python's str.isspace(). */
static bool is_space(uint32_t c)
{
	return (c >= 9 && c <= 13) || (c >= 0x1c && c <= 0x1f) || c == 0x85 || c == 0x2028 || c == 0x2029 ||
	       unicode_is_space(c);
}

static int decode(struct code_points *text, const char *phrase)
{
	size_t length = strlen(phrase);

	for (size_t i = 0, step; i < length; i += step ? step : 1) {
		uint32_t c;

		step = utf8_decode(phrase + i, length - i, &c);
		if (code_points_add(text, c) < 0)
			return -1;
	}
	return code_points_lower(text);
}

static void strip(const struct code_points *text, size_t *begin, size_t *end)
{
	*begin = 0;
	*end = text->n;
	while (*begin < *end && is_space(text->items[*begin]))
		++*begin;
	while (*begin < *end && is_space(text->items[*end - 1]))
		--*end;
}

static void read_word(struct reading *reading, const uint32_t *items, size_t n)
{
	const struct buf *word = &reading->word;
	char bytes[4];
	long place;

	if (n == 1 && items[0] == ' ')
		return;
	reading->stop = n == 1 && items[0] == '.';
	if (reading->n++ >= reading->cap)
		return;
	buf_clear(&reading->word);
	for (size_t i = 0; i < n; i++)
		buf_add(&reading->word, bytes, utf8_encode(items[i], bytes));
	place = word->failed ? -1 : str_table_find(&reading->corpus->words, word->data, word->length);
	reading->ids[reading->n - 1] = place < 0 ? reading->corpus->unknown : reading->corpus->ids[place];
}

static void read_words(struct reading *reading, const struct code_points *text)
{
	size_t begin, end, next;

	for (strip(text, &begin, &end); begin < end; begin = next) {
		next = begin + 1;
		while (next < end && is_word(text->items[next]) == is_word(text->items[begin]))
			next++;
		read_word(reading, text->items + begin, next - begin);
	}
}

/* The columns that the LSTM keeps: as many from the left as there are numbers other than 0 among all. */
static int count_columns(struct reading *reading)
{
	const struct word_corpus *corpus = reading->corpus;
	int columns = 0;

	if (reading->n == 0)
		return 0;
	if (reading->stop)
		reading->n--;
	for (size_t i = reading->n; i < reading->cap; i++)
		reading->ids[i] = i == reading->n ? corpus->end : corpus->padding;
	for (size_t i = 0; i < reading->cap; i++)
		columns += reading->ids[i] != 0;
	return columns;
}

int word_corpus_encode(const struct word_corpus *corpus, const char *phrase, size_t cap, int **ids,
		       struct err *err)
{
	struct reading reading = { .corpus = corpus, .cap = cap, .word = BUF_INIT };
	struct code_points text = { NULL, 0, 0 };
	int columns = -1;

	reading.ids = checked_calloc(cap, sizeof(*reading.ids));
	if (reading.ids && decode(&text, phrase) == 0) {
		read_words(&reading, &text);
		columns = reading.word.failed ? -1 : count_columns(&reading);
	}
	code_points_release(&text);
	buf_release(&reading.word);
	*ids = reading.ids;
	if (columns >= 0)
		return columns;
	free(reading.ids);
	*ids = NULL;
	return err_set_memory(err);
}
