/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/wordpiece.h"

#include "inference/text/vocabulary.h"
#include "lib/base/checked.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define TOKEN_LIMIT 100 /* characters; a longer token is one [UNK] */
#define SPECIAL_LIMIT 32

struct special {
	const char *text; /* ASCII */
	size_t length;
	int id;
};

struct wordpiece {
	struct vocabulary vocabulary;
	bool lower_case, fast, alone;
	int unknown;
	struct special specials[SPECIAL_LIMIT];
	size_t n_specials;
};

static int add_special(struct wordpiece *wordpiece, const char *text, int id, struct err *err)
{
	if (wordpiece->n_specials == SPECIAL_LIMIT)
		return err_set(err, ERR_DATA, "more than %d special tokens", SPECIAL_LIMIT);
	wordpiece->specials[wordpiece->n_specials++] = (struct special){ text, strlen(text), id };
	return 0;
}

static int find_specials(struct wordpiece *wordpiece, const char *const *added, struct err *err)
{
	static const char *const bert[] = { "[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]" };
	int next = (int)wordpiece->vocabulary.n;

	for (size_t i = 0; i < sizeof(bert) / sizeof(*bert); i++) {
		int id = vocabulary_find(&wordpiece->vocabulary, bert[i], strlen(bert[i]));

		if (id >= 0 && add_special(wordpiece, bert[i], id, err) < 0)
			return -1;
	}
	for (; added && *added; added++)
		if (add_special(wordpiece, *added, next++, err) < 0)
			return -1;
	wordpiece->unknown = vocabulary_find(&wordpiece->vocabulary, "[UNK]", 5);
	if (wordpiece->unknown < 0)
		return err_set(err, ERR_DATA, "the vocabulary has no [UNK]");
	return 0;
}

struct wordpiece *wordpiece_new(const char *text, size_t size, const struct wordpiece_rules *rules,
				struct err *err)
{
	struct wordpiece *wordpiece = calloc(1, sizeof(*wordpiece));

	if (!wordpiece) {
		err_set_memory(err);
		return NULL;
	}
	wordpiece->lower_case = rules->lower_case;
	wordpiece->fast = rules->fast;
	wordpiece->alone = rules->alone;
	if (vocabulary_init(&wordpiece->vocabulary, text, size, err) == 0 &&
	    find_specials(wordpiece, rules->added, err) == 0)
		return wordpiece;
	wordpiece_free(wordpiece);
	return NULL;
}

void wordpiece_free(struct wordpiece *wordpiece)
{
	if (!wordpiece)
		return;
	vocabulary_release(&wordpiece->vocabulary);
	free(wordpiece);
}

size_t wordpiece_size(const struct wordpiece *wordpiece)
{
	return wordpiece->vocabulary.n;
}

int wordpiece_id(const struct wordpiece *wordpiece, const char *piece)
{
	return vocabulary_find(&wordpiece->vocabulary, piece, strlen(piece));
}

const char *wordpiece_text(const struct wordpiece *wordpiece, int id, size_t *length)
{
	return vocabulary_line(&wordpiece->vocabulary, (size_t)id, length);
}

void pieces_release(struct pieces *pieces)
{
	free(pieces->ids);
	code_points_release(&pieces->text);
	code_points_release(&pieces->token);
	*pieces = (struct pieces)PIECES_INIT;
}

int pieces_add(struct pieces *pieces, int id, struct err *err)
{
	if (GROW(pieces->ids, pieces->n, pieces->capacity) < 0)
		return err_set_memory(err);
	pieces->ids[pieces->n++] = id;
	return 0;
}

static bool starts_with(const uint32_t *text, size_t n, const struct special *special)
{
	if (n < special->length)
		return false;
	for (size_t i = 0; i < special->length; i++)
		if (text[i] != (unsigned char)special->text[i])
			return false;
	return true;
}

/* The longest special token that `text` starts with, or NULL. */
static const struct special *special_at(const struct wordpiece *wordpiece, const uint32_t *text,
					size_t n)
{
	const struct special *best = NULL;

	for (size_t i = 0; i < wordpiece->n_specials; i++) {
		const struct special *special = &wordpiece->specials[i];

		if ((!best || special->length > best->length) && starts_with(text, n, special))
			best = special;
	}
	return best;
}

/* Greedy longest match over one token of up to TOKEN_LIMIT characters. */
static int match_token(const struct wordpiece *wordpiece, const uint32_t *token, size_t n,
		       struct pieces *pieces, struct err *err)
{
	char text[4 * TOKEN_LIMIT];
	uint32_t ends[TOKEN_LIMIT], shifted[TOKEN_LIMIT];
	size_t before = pieces->n, length = 0, at = 0, end = 0;

	if (n > TOKEN_LIMIT)
		return pieces_add(pieces, wordpiece->unknown, err);
	for (size_t i = 0; i < n; i++) {
		length += utf8_encode(token[i], text + length);
		ends[i] = (uint32_t)length;
	}
	while (at < n) {
		uint32_t start = at ? ends[at - 1] : 0;
		int id;

		for (size_t i = at; i < n; i++)
			shifted[i - at] = ends[i] - start;
		id = vocabulary_longest(&wordpiece->vocabulary, text + start, shifted, n - at, at > 0,
					&end);
		if (id < 0) {
			pieces->n = before;
			return pieces_add(pieces, wordpiece->unknown, err);
		}
		if (pieces_add(pieces, id, err) < 0)
			return -1;
		at += end + 1;
	}
	return 0;
}

/* A letter to the fast tokenizer, whatever it is to Unicode. */
static bool is_new(const struct wordpiece *wordpiece, uint32_t c)
{
	return wordpiece->fast && unicode_is_new(c);
}

static bool is_punctuation(const struct wordpiece *wordpiece, uint32_t c)
{
	if (c < 0x80)
		return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') ||
		       (c >= '{' && c <= '~');
	if (wordpiece->fast && (c == 0x166d || c == 0x111c9)) /* they were, in Unicode 8.0 */
		return true;
	return unicode_is_punctuation(c) && !is_new(wordpiece, c);
}

static bool is_mark(const struct wordpiece *wordpiece, uint32_t c)
{
	if (wordpiece->fast && (c == 0x1734 || c == 0x111c9)) /* the first was, the second was not */
		return c == 0x1734;
	return unicode_is_mark(c) && !is_new(wordpiece, c);
}

static void strip_accents(const struct wordpiece *wordpiece, struct code_points *token)
{
	size_t kept = 0;

	for (size_t i = 0; i < token->n; i++)
		if (!is_mark(wordpiece, token->items[i]))
			token->items[kept++] = token->items[i];
	token->n = kept;
}

/* One token between blanks: strip accents, split at punctuation, match. */
static int encode_token(const struct wordpiece *wordpiece, struct pieces *pieces, struct err *err)
{
	struct code_points *token = &pieces->token;
	const struct special *special = special_at(wordpiece, token->items, token->n);
	size_t begin = 0, end;

	/* Spelt with a control character inside, it shows only now, and never to the fast tokenizer. */
	if (special && special->length == token->n && !wordpiece->fast)
		return pieces_add(pieces, special->id, err);
	if (wordpiece->lower_case) {
		if ((wordpiece->alone && code_points_lower(token) < 0) || code_points_decompose(token) < 0)
			return err_set_memory(err);
		strip_accents(wordpiece, token);
	}
	for (; begin < token->n; begin = end) {
		end = begin + 1;
		if (!is_punctuation(wordpiece, token->items[begin]))
			while (end < token->n && !is_punctuation(wordpiece, token->items[end]))
				end++;
		if (match_token(wordpiece, token->items + begin, end - begin, pieces, err) < 0)
			return -1;
	}
	return 0;
}

static int end_token(const struct wordpiece *wordpiece, struct pieces *pieces, struct err *err)
{
	int rc = pieces->token.n ? encode_token(wordpiece, pieces, err) : 0;

	pieces->token.n = 0;
	return rc;
}

static bool is_cjk(const struct wordpiece *wordpiece, uint32_t c)
{
	/* The fast tokenizer's last block but one begins too late. */
	if (wordpiece->fast && c >= 0x2b820 && c < 0x2b920)
		return false;
	return (c >= 0x4e00 && c <= 0x9fff) || (c >= 0x3400 && c <= 0x4dbf) ||
	       (c >= 0x20000 && c <= 0x2a6df) || (c >= 0x2a700 && c <= 0x2b73f) ||
	       (c >= 0x2b740 && c <= 0x2b81f) || (c >= 0x2b820 && c <= 0x2ceaf) ||
	       (c >= 0xf900 && c <= 0xfaff) || (c >= 0x2f800 && c <= 0x2fa1f);
}

/* What separates tokens; the line and paragraph separators are no blanks to the cleaning, but are to
 * Python's split(). */
static bool is_blank(uint32_t c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029 ||
	       (c >= 0x80 && unicode_is_space(c));
}

static bool is_other(const struct wordpiece *wordpiece, uint32_t c)
{
	return unicode_is_other(c) && !is_new(wordpiece, c);
}

static bool is_dropped(const struct wordpiece *wordpiece, uint32_t c)
{
	return c == 0 || c == 0xfffd || (c < 0x80 ? c < ' ' || c == 0x7f : is_other(wordpiece, c));
}

/* A stretch without special tokens. */
static int encode_plain(const struct wordpiece *wordpiece, const uint32_t *text, size_t n,
			struct pieces *pieces, struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		bool alone = is_cjk(wordpiece, text[i]) && !is_other(wordpiece, text[i]);

		if (is_blank(text[i]) || alone) {
			if (end_token(wordpiece, pieces, err) < 0)
				return -1;
		} else if (is_dropped(wordpiece, text[i])) {
			continue;
		}
		if (!is_blank(text[i]) && code_points_add(&pieces->token, text[i]) < 0)
			return err_set_memory(err);
		if (alone && end_token(wordpiece, pieces, err) < 0)
			return -1;
	}
	return end_token(wordpiece, pieces, err);
}

/* Decode, and under uncased rules lower-case all that is no special token, letter by letter. */
static int decode_text(const struct wordpiece *wordpiece, const char *text, size_t length,
		       struct code_points *out)
{
	size_t at = 0, special_end = 0;

	out->n = 0;
	while (at < length) {
		uint32_t c = (unsigned char)text[at];
		size_t step = c < 0x80 ? 1 : utf8_decode(text + at, length - at, &c);

		at += step ? step : 1;
		if (code_points_add(out, c) < 0)
			return -1;
	}
	for (size_t i = 0; wordpiece->lower_case && !wordpiece->alone && i < out->n; i++) {
		const struct special *special =
			i < special_end ? NULL : special_at(wordpiece, out->items + i, out->n - i);

		if (special)
			special_end = i + special->length;
		if (i >= special_end)
			out->items[i] = unicode_lower(out->items[i]);
	}
	return 0;
}

int wordpiece_encode(const struct wordpiece *wordpiece, const char *text, size_t length,
		     struct pieces *pieces, struct err *err)
{
	const struct code_points *all = &pieces->text;
	size_t begin = 0, at = 0;

	if (length == 0)
		return 0;
	if (decode_text(wordpiece, text, length, &pieces->text) < 0)
		return err_set_memory(err);
	pieces->token.n = 0;
	while (at < all->n && !wordpiece->alone) {
		const struct special *special =
			special_at(wordpiece, all->items + at, all->n - at);

		if (!special) {
			at++;
			continue;
		}
		if (encode_plain(wordpiece, all->items + begin, at - begin, pieces, err) < 0 ||
		    pieces_add(pieces, special->id, err) < 0)
			return -1;
		at += special->length;
		begin = at;
	}
	return encode_plain(wordpiece, all->items + begin, all->n - begin, pieces, err);
}
