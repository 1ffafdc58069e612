/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/tags_seen.h"

#include <string.h>

#define FEW_TAGS 20 /* that tell nothing of a scheme which has no mark of its own */

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

static const char prefixes[TAG_PREFIXES] = { 'O', 'B', 'I', 'E', 'S', 'L', 'U' };

static size_t prefix_index(char prefix)
{
	size_t i = 0;

	while (i < TAG_PREFIXES - 1 && prefixes[i] != prefix)
		i++;
	return i;
}

void tags_seen_add(struct tags_seen *seen, const struct sentence *sentence, const struct tag *tags)
{
	const struct tag outside = { 'O', "" };
	size_t n = sentence->n_tokens;

	for (size_t i = 0; i <= n; i++) {
		struct tag before = i ? tags[i - 1] : outside, now = i < n ? tags[i] : outside;
		bool both = before.prefix != 'O' && now.prefix != 'O';

		if (before.prefix == 'O' && now.prefix == 'O')
			continue;
		seen->steps[prefix_index(before.prefix)][prefix_index(now.prefix)]
			   [both && strcmp(before.type, now.type) == 0]++;
		if (now.prefix != 'O')
			note_tag(seen, before.prefix, now.prefix, i + 1 < n ? tags[i + 1].prefix : 'O',
				 sentence->tokens[i].line_number);
	}
}

void tags_seen_guess(const struct tags_seen *seen, struct scheme_guess *guess)
{
	for (size_t before = 0; before < TAG_PREFIXES; before++)
		for (size_t now = 0; now < TAG_PREFIXES; now++)
			for (size_t same = 0; same < 2; same++)
				scheme_guess_step(guess, prefixes[before], prefixes[now], same,
						  seen->steps[before][now][same]);
}

void tags_seen_join(struct tags_seen *seen, const struct tags_seen *later)
{
	for (size_t before = 0; before < TAG_PREFIXES; before++)
		for (size_t now = 0; now < TAG_PREFIXES; now++)
			for (size_t same = 0; same < 2; same++)
				seen->steps[before][now][same] += later->steps[before][now][same];
	seen->closed += later->closed;
	seen->unclosed += later->unclosed;
	note_first(&seen->first_iobes, later->first_iobes);
	note_first(&seen->first_bilou, later->first_bilou);
	note_first(&seen->first_unclosed, later->first_unclosed);
	note_first(&seen->first_inside, later->first_inside);
}

/* I- alone is in no scheme's favour: a few such tags are mistakes in IOB2. */
static enum scheme likely_scheme(const struct tags_seen *seen, const struct scheme_guess *guess)
{
	enum scheme scheme = scheme_guess_likely(guess);

	if (scheme == SCHEME_IOB1 && guess->tags < FEW_TAGS &&
	    guess->violations[SCHEME_IOB1] == guess->violations[SCHEME_IOE1])
		return SCHEME_IOB2;
	if (scheme == SCHEME_IOB2 && seen->first_iobes)
		return SCHEME_IOBES;
	return scheme == SCHEME_IOB2 && seen->first_bilou ? SCHEME_BILOU : scheme;
}

static bool is_mixed(const struct tags_seen *seen, const struct tags_verdict *verdict)
{
	if (seen->first_iobes && seen->first_bilou)
		return true;
	if (verdict->scheme == SCHEME_IOE1)
		return false;
	if (seen->first_iobes || seen->first_bilou)
		return seen->unclosed > seen->closed / 4;
	return verdict->tags >= FEW_TAGS && verdict->misfits > verdict->tags / 5;
}

struct tags_verdict tags_verdict(const struct tags_seen *seen)
{
	struct tags_verdict verdict = { .scheme = SCHEME_IOB2 };
	struct scheme_guess guess = SCHEME_GUESS_INIT;

	tags_seen_guess(seen, &guess);
	verdict.tags = guess.tags;
	verdict.any = guess.tags > 0;
	if (!verdict.any)
		return verdict;
	verdict.scheme = likely_scheme(seen, &guess);
	verdict.misfits = guess.violations[verdict.scheme];
	verdict.mixed = is_mixed(seen, &verdict);
	return verdict;
}
