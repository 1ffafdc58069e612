/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The findings of the tweet on the screen: one is selected, and a key does what it asks for.
 */
#include "tui/fix.h"
#include "tui/sentence_priv.h"

const struct review_finding *sentence_finding(struct app *app, size_t *at, size_t *n)
{
	const struct review_finding *findings = app_record(app)->findings;

	*n = 0;
	for (const struct review_finding *f = findings; f; f = f->next)
		(*n)++;
	/* One that was mended is gone. */
	if (app->sentence.finding >= *n)
		app->sentence.finding = 0;
	*at = app->sentence.finding;
	for (size_t i = 0; i < *at; i++)
		findings = findings->next;
	return findings;
}

static void no_finding(struct app *app)
{
	app_hint(app, "no finding is left here; {next-finding} goes to the next tweet with one");
}

void sentence_next_finding(struct app *app)
{
	const struct review_finding *finding;
	size_t at, n;

	if (!sentence_finding(app, &at, &n)) {
		no_finding(app);
		return;
	}
	app->sentence.finding = (at + 1) % n;
	finding = sentence_finding(app, &at, &n);
	if (finding->word < app_record(app)->sentence.n_tokens)
		app->sentence.word = finding->word;
	if (n == 1)
		app_say(app, "this is the only finding of the tweet");
}

/* Take the tags that mend it. */
static void take(struct app *app, const struct review_finding *finding, const char **tags,
		 struct arena *arena)
{
	enum scheme scheme;
	struct err err = ERR_INIT;
	char done[96];
	int outcome = sheet_scheme(&app->sheets[app->sheet], &scheme, &err);

	snprintf(done, sizeof(done), "mended: %s", finding->rule);
	if (outcome == 0)
		outcome = fix_make(finding, app_record(app), scheme, tags, arena, &err);
	if (outcome == 0)
		outcome = review_fix(app_review(app), app->record, tags, &err);
	app_edited(app, outcome, &err, done);
	if (outcome == 0)
		app_say(app, "'check --fix' would leave these tags as they are: tag the words by hand");
}

void sentence_fix(struct app *app)
{
	const struct review_record *record = app_record(app);
	struct arena arena = ARENA_INIT;
	struct buf advice = BUF_INIT;
	size_t at, n;
	const struct review_finding *finding = sentence_finding(app, &at, &n);
	const char **tags;

	if (!finding) {
		no_finding(app);
	} else if (fix_is_known(finding, record)) {
		tags = arena_alloc(&arena, record->sentence.n_tokens + 1, sizeof(*tags));
		if (tags)
			take(app, finding, tags, &arena);
		else
			app_say(app, "out of memory");
	} else {
		fix_advise(finding, &advice);
		if (advice.length)
			app_say(app, "%s", advice.data);
		else
			app_hint(app, "nothing mends this by itself; {accept-gold} says that the tags "
				      "are right");
	}
	buf_release(&advice);
	arena_release(&arena);
}
