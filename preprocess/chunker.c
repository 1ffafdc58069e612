/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/chunker.h"

#include "lib/base/utf8.h"
#include "preprocess/chunker_words.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <utf8proc.h>

#define LONGEST_WORD 63

struct sentence_view {
	const char *const *words;
	unsigned char *classes;
	size_t n;
};

static bool ends_with(const char *word, size_t length, const char *suffix)
{
	size_t n = strlen(suffix);

	return length > n + 2 && memcmp(word + length - n, suffix, n) == 0;
}

static bool any_suffix(const char *word, size_t length, const char *const *suffixes)
{
	for (; *suffixes; suffixes++)
		if (ends_with(word, length, *suffixes))
			return true;
	return false;
}

/* "RT", links, @handles and #hashtags: never part of a phrase. */
static bool is_noise(const char *word)
{
	return (word[0] == '@' && word[1]) || (word[0] == '#' && word[1]) ||
	       strncmp(word, "http", 4) == 0 || strncmp(word, "www.", 4) == 0 ||
	       strcmp(word, "RT") == 0;
}

/* 12, 3:30, 1,000, 50%, $20, 2nd */
static bool is_number(const char *word)
{
	bool digit = false;

	for (const char *c = word; *c; c++) {
		if (isdigit((unsigned char)*c))
			digit = true;
		else if (!strchr(".,:/-%$#+", *c))
			return digit && (strcmp(c, "st") == 0 || strcmp(c, "nd") == 0 ||
					 strcmp(c, "rd") == 0 || strcmp(c, "th") == 0 ||
					 strcmp(c, "am") == 0 || strcmp(c, "pm") == 0);
	}
	return digit;
}

static bool has_letter(const char *word)
{
	for (size_t left = strlen(word), n; left; word += n, left -= n) {
		uint32_t code_point;
		utf8proc_category_t category;

		n = utf8_decode(word, left, &code_point);
		category = n ? utf8proc_category((utf8proc_int32_t)code_point) : UTF8PROC_CATEGORY_CN;
		if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
			return true;
		n = n ? n : 1;
	}
	return false;
}

static enum word_class guess(const char *word, const char *lower, size_t length)
{
	static const char *const adjectives[] = { "ful", "ous", "ive", "able", "ible", "less",
						  "ish", "iest", "ical", NULL };
	bool capital = isupper((unsigned char)word[0]);

	if (is_number(word))
		return WORD_NUMBER;
	if (!has_letter(word))
		return WORD_OTHER;
	if (capital)
		return WORD_NOUN;
	if (ends_with(lower, length, "ly"))
		return WORD_ADVERB;
	if (ends_with(lower, length, "ing") || ends_with(lower, length, "ed") ||
	    ends_with(lower, length, "in'"))
		return WORD_PARTICIPLE;
	return any_suffix(lower, length, adjectives) ? WORD_ADJECTIVE : WORD_NOUN;
}

static enum word_class classify(const char *word)
{
	char lower[LONGEST_WORD + 1];
	size_t length = strlen(word);
	int class;

	if (is_noise(word))
		return WORD_OTHER;
	if (length > LONGEST_WORD)
		return has_letter(word) ? WORD_NOUN : WORD_OTHER;
	for (size_t i = 0; i <= length; i++)
		lower[i] = (char)tolower((unsigned char)word[i]);
	class = chunker_word_class(lower, length);
	return class >= 0 ? (enum word_class)class : guess(word, lower, length);
}

static bool nominal(int class)
{
	return class == WORD_NOUN || class == WORD_NUMBER;
}

/* Words that may be a verb or a noun are what their neighbours make of them: "my work", "to work";
 * "the amazing view", "is amazing". */
static void settle_by_neighbours(struct sentence_view *view)
{
	for (size_t i = 0; i < view->n; i++) {
		int before = i ? view->classes[i - 1] : WORD_OTHER;
		int after = i + 1 < view->n ? view->classes[i + 1] : WORD_OTHER;
		bool in_phrase = before == WORD_DETERMINER || before == WORD_ADJECTIVE ||
				 before == WORD_POSSESSIVE || before == WORD_NUMBER;

		switch (view->classes[i]) {
		case WORD_NOUN:
			/* "can party", "she drags": lower case only, for names follow too. */
			if ((before == WORD_MODAL || before == WORD_SUBJECT) &&
			    islower((unsigned char)view->words[i][0]))
				view->classes[i] = WORD_VERB;
			break;
		case WORD_NUMBER:
			/* A heart, "<3", in two tokens. */
			if (i && strcmp(view->words[i - 1], "&lt;") == 0)
				view->classes[i] = WORD_OTHER;
			break;
		case WORD_VERB:
			if (in_phrase && strlen(view->words[i]) > 2 && view->words[i][0] != '\'')
				view->classes[i] = WORD_NOUN;
			break;
		case WORD_PARTICIPLE:
			if (in_phrase)
				view->classes[i] = nominal(after) ? WORD_ADJECTIVE : WORD_NOUN;
			else
				view->classes[i] = WORD_VERB;
			break;
		case WORD_POSSESSIVE:
			/* "it 's" is a verb, "Mike 's hat" is not. */
			if (!nominal(before) ||
			    (after != WORD_NOUN && after != WORD_ADJECTIVE && after != WORD_NUMBER))
				view->classes[i] = view->words[i][1] ? WORD_VERB : WORD_OTHER;
			break;
		case WORD_DETERMINER:
			/* "that" before a clause joins it. */
			if (strcasecmp(view->words[i], "that") == 0 &&
			    (after == WORD_PRONOUN || after == WORD_DETERMINER))
				view->classes[i] = WORD_OTHER;
			/* "no" alone is an answer. */
			if (strcasecmp(view->words[i], "no") == 0 && after != WORD_NOUN &&
			    after != WORD_ADJECTIVE)
				view->classes[i] = WORD_OTHER;
			break;
		default:
			break;
		}
	}
}

/* The end of the phrase that begins at `i`, or `i` when none does. */
static size_t phrase_end(const struct sentence_view *view, size_t i)
{
	const unsigned char *classes = view->classes;
	size_t at = i, end = i;

	if (classes[at] == WORD_PRONOUN || classes[at] == WORD_SUBJECT || classes[at] == WORD_TIME)
		return at + 1;
	if (classes[at] == WORD_DETERMINER || classes[at] == WORD_POSSESSIVE) {
		at++;
		/* "all the people", "this one" */
		if (at < view->n && classes[at] == WORD_DETERMINER && classes[i] == WORD_DETERMINER)
			at++;
		end = at;
	}
	while (at < view->n) {
		if (nominal(classes[at]))
			end = ++at;
		else if (classes[at] == WORD_ADJECTIVE)
			at++;
		else if (classes[at] == WORD_DEGREE && at + 1 < view->n &&
			 classes[at + 1] == WORD_ADJECTIVE && end > i && classes[end - 1] == WORD_DETERMINER)
			at++;
		else
			break;
		/* An adjective after the noun begins something else. */
		if (end == at && at < view->n && classes[at] == WORD_ADJECTIVE &&
		    !(at + 1 < view->n && nominal(classes[at + 1])))
			break;
	}
	/* "the best": a determiner takes its adjectives along. */
	if (end > i && end < at && (classes[end - 1] == WORD_DETERMINER))
		end = at;
	return end;
}

static bool is_thing(const struct sentence_view *view, size_t begin, size_t end)
{
	for (size_t i = begin; i < end; i++)
		if (view->classes[i] == WORD_NOUN)
			return true;
	return false;
}

size_t chunk_noun_phrases(const char *const *words, size_t n, unsigned char *classes,
			  struct chunk *out)
{
	struct sentence_view view = { words, classes, n };
	size_t n_out = 0;

	for (size_t i = 0; i < n; i++)
		classes[i] = (unsigned char)classify(words[i]);
	settle_by_neighbours(&view);
	for (size_t i = 0; i < n;) {
		size_t end = phrase_end(&view, i);

		if (end == i) {
			i++;
			continue;
		}
		out[n_out++] = (struct chunk){ i, end, is_thing(&view, i, end) };
		i = end;
	}
	return n_out;
}
