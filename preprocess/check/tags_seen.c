/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/tags_seen.h"

#define FEW_TAGS 20 /* that tell nothing of a scheme which has no mark of its own */

bool tag_goes_on(char prefix)
{
	return prefix == 'I' || prefix == 'E' || prefix == 'L';
}

bool tag_is_open(char prefix)
{
	return prefix == 'B' || prefix == 'I';
}

static void note_first(size_t *first, size_t line)
{
	if (*first == 0)
		*first = line;
}

static void note_tag(struct tags_seen *seen, char before, char now, char next, size_t line)
{
	if (now == 'S' || now == 'E')
		note_first(&seen->first_iobes, line);
	else if (now == 'U' || now == 'L')
		note_first(&seen->first_bilou, line);
	else if (!tag_goes_on(next)) {
		note_first(&seen->first_unclosed, line);
		seen->unclosed++;
	}
	seen->closed += !tag_is_open(now);
	if (now == 'I' && !tag_is_open(before))
		note_first(&seen->first_inside, line);
}

void tags_seen_add(struct tags_seen *seen, const struct sentence *sentence,
		   const char *const *tags, const struct tag *parsed)
{
	size_t n = sentence->n_tokens;
	char before = 'O';

	scheme_guess_add(&seen->guess, tags, n);
	for (size_t i = 0; i < n; i++) {
		char next = i + 1 < n ? parsed[i + 1].prefix : 'O';

		if (parsed[i].prefix != 'O')
			note_tag(seen, before, parsed[i].prefix, next,
				 sentence->tokens[i].line_number);
		before = parsed[i].prefix;
	}
}

void tags_seen_join(struct tags_seen *seen, const struct tags_seen *later)
{
	for (size_t i = 0; i < SCHEMES; i++)
		seen->guess.violations[i] += later->guess.violations[i];
	seen->guess.tags += later->guess.tags;
	seen->closed += later->closed;
	seen->unclosed += later->unclosed;
	note_first(&seen->first_iobes, later->first_iobes);
	note_first(&seen->first_bilou, later->first_bilou);
	note_first(&seen->first_unclosed, later->first_unclosed);
	note_first(&seen->first_inside, later->first_inside);
}

/* I- alone is in no scheme's favour: a few such tags are mistakes in IOB2. */
static enum scheme likely_scheme(const struct tags_seen *seen)
{
	const size_t *violations = seen->guess.violations;
	enum scheme scheme = scheme_guess_likely(&seen->guess);

	if (scheme == SCHEME_IOB1 && violations[SCHEME_IOB1] == violations[SCHEME_IOE1] &&
	    seen->guess.tags < FEW_TAGS)
		return SCHEME_IOB2;
	if (scheme == SCHEME_IOB2 && seen->first_iobes)
		return SCHEME_IOBES;
	return scheme == SCHEME_IOB2 && seen->first_bilou ? SCHEME_BILOU : scheme;
}

static bool is_mixed(const struct tags_seen *seen, enum scheme scheme, size_t misfits)
{
	if (seen->first_iobes && seen->first_bilou)
		return true;
	if (scheme == SCHEME_IOE1)
		return false;
	if (seen->first_iobes || seen->first_bilou)
		return seen->unclosed > seen->closed / 4;
	return seen->guess.tags >= FEW_TAGS && misfits > seen->guess.tags / 5;
}

struct tags_verdict tags_verdict(const struct tags_seen *seen)
{
	struct tags_verdict verdict = { .any = seen->guess.tags > 0, .scheme = SCHEME_IOB2 };

	if (!verdict.any)
		return verdict;
	verdict.scheme = likely_scheme(seen);
	verdict.misfits = seen->guess.violations[verdict.scheme];
	verdict.mixed = is_mixed(seen, verdict.scheme, verdict.misfits);
	return verdict;
}
