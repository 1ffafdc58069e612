/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The edits of the tweet on the screen: of the marked words, or of the span at the cursor.
 */
#include "lib/review/annotators.h"
#include "lib/review/tags.h"
#include "tui/sentence_priv.h"

void sentence_range(struct app *app, size_t *begin, size_t *end)
{
	const struct review_record *record = app_record(app);
	size_t word = app->sentence.word, mark = app->sentence.mark;
	struct tag_span span;

	*begin = word;
	*end = word + 1;
	if (mark != SIZE_MAX) {
		*begin = mark < word ? mark : word;
		*end = (mark < word ? word : mark) + 1;
	} else if (tags_span_at(record->tags, record->sentence.n_tokens, word, &span)) {
		*begin = span.begin;
		*end = span.end;
	}
}

static void mark_more(struct app *app, bool forward)
{
	struct sentence_state *state = &app->sentence;

	if (state->mark == SIZE_MAX)
		state->mark = state->word;
	if (forward && state->word + 1 < app_record(app)->sentence.n_tokens)
		state->word++;
	else if (!forward && state->word > 0)
		state->word--;
}

static void set_type(struct app *app, char key)
{
	const char *type = entity_types_for_key(review_types(app_review(app)), key);
	struct err err = ERR_INIT;
	char done[96];
	size_t begin, end;

	if (!type) {
		app_say(app, "the data have no further type number %c", key);
		return;
	}
	sentence_range(app, &begin, &end);
	snprintf(done, sizeof(done), "tagged as %s", type);
	app_edited(app, review_set(app_review(app), app->record, begin, end, type, &err), &err,
		   done);
}

static void clear_tag(struct app *app)
{
	struct err err = ERR_INIT;
	size_t begin, end;

	sentence_range(app, &begin, &end);
	app_edited(app, review_clear(app_review(app), app->record, begin, end, &err), &err,
		   "the tag is taken off");
}

/* Take what one of several annotators has, here or for the whole tweet. */
static void take(struct app *app, size_t annotator, bool whole)
{
	const struct review_record *record = app_record(app);
	struct err err = ERR_INIT;
	char done[ANNOTATOR_LIMIT + 64];
	int rc;

	if (annotator >= record->n_readings) {
		app_say(app, record->n_readings ? "there is no such annotator"
						: "this key is for an adjudication: "
						  "'tagsight review --adjudicate NAME,NAME'");
		return;
	}
	snprintf(done, sizeof(done), whole ? "as %s has it" : "as %s has it here",
		 record->readings[annotator].annotator);
	rc = whole ? review_take(app_review(app), app->record, annotator, &err)
		   : review_take_span(app_review(app), app->record, annotator, app->sentence.word,
				      &err);
	app_edited(app, rc, &err, done);
}

static void accept_span(struct app *app)
{
	struct err err = ERR_INIT;

	if (app_record(app)->n_readings)
		take(app, 0, false);
	else if (!app_record(app)->predicted)
		app_say(app, "%s", app_why_no_prediction(app));
	else
		app_edited(
			app,
			review_accept_span(app_review(app), app->record, app->sentence.word, &err),
			&err, "the prediction is taken here");
}

static void toggle_mark(struct app *app)
{
	app->sentence.mark = app->sentence.mark == SIZE_MAX ? app->sentence.word : SIZE_MAX;
}

/* The span at the cursor; false, having said so, when there is none. */
static bool span_here(struct app *app, struct tag_span *span)
{
	const struct review_record *record = app_record(app);

	if (tags_span_at(record->tags, record->sentence.n_tokens, app->sentence.word, span))
		return true;
	app_hint(app, "no gold span is at the cursor; {next-span} goes to the next one");
	return false;
}

/* Give the span at the cursor other ends; the cursor stays in it. */
static void reshape(struct app *app, const struct tag_span *span, size_t begin, size_t end,
		    const char *done)
{
	struct sentence_state *state = &app->sentence;
	struct err err = ERR_INIT;

	app_edited(app,
		   review_set(app_review(app), app->record, begin, end, span->type, &err), &err,
		   done);
	if (state->word < begin)
		state->word = begin;
	if (state->word >= end)
		state->word = end - 1;
}

static void grow(struct app *app, bool right)
{
	const struct review_record *record = app_record(app);
	struct tag_span span, other;
	size_t word;

	if (!span_here(app, &span))
		return;
	word = right ? span.end : span.begin - 1;
	if (word >= record->sentence.n_tokens)
		app_say(app, "the tweet ends here");
	else if (tags_span_at(record->tags, record->sentence.n_tokens, word, &other))
		app_hint(app, right ? "the next span is in the way; {join-spans} joins them"
				    : "the span before is in the way; {join-spans} on it joins them");
	else
		reshape(app, &span, right ? span.begin : word, right ? word + 1 : span.end,
			"the span is longer");
}

static void shrink(struct app *app, bool right)
{
	struct tag_span span;

	if (!span_here(app, &span))
		return;
	if (span.end - span.begin == 1)
		app_hint(app, "the span has one word only; {clear} takes the tag off");
	else
		reshape(app, &span, right ? span.begin : span.begin + 1,
			right ? span.end - 1 : span.end, "the span is shorter");
}

static void split_span(struct app *app)
{
	struct err err = ERR_INIT;
	struct tag_span span;

	if (!span_here(app, &span))
		return;
	if (span.begin == app->sentence.word)
		app_say(app, "the span begins here: go to the word where the second is to begin");
	else
		app_edited(app,
			   review_split(app_review(app), app->record, app->sentence.word, &err),
			   &err, "split: a new span begins here");
}

/* The words between the two spans come into it, and the type is that of the first. */
static void join_spans(struct app *app)
{
	const struct review_record *record = app_record(app);
	struct tag_span span, next;

	if (!span_here(app, &span))
		return;
	if (tags_next_span(record->tags, record->sentence.n_tokens, span.end, &next))
		reshape(app, &span, span.begin, next.end, "joined");
	else
		app_say(app, "no span comes after this one");
}

static bool edit_span(struct app *app, enum action action)
{
	switch (action) {
	case ACTION_GROW_LEFT:
	case ACTION_GROW_RIGHT:
		grow(app, action == ACTION_GROW_RIGHT);
		return true;
	case ACTION_SHRINK_LEFT:
	case ACTION_SHRINK_RIGHT:
		shrink(app, action == ACTION_SHRINK_RIGHT);
		return true;
	case ACTION_SPLIT_SPAN:
		split_span(app);
		return true;
	case ACTION_JOIN_SPANS:
		join_spans(app);
		return true;
	case ACTION_ACCEPT_SPAN:
		accept_span(app);
		return true;
	case ACTION_CLEAR:
		clear_tag(app);
		return true;
	default:
		return false;
	}
}

bool sentence_edit(struct app *app, enum action action, int nth)
{
	if (app_record(app)->sentence.n_tokens == 0)
		return false;
	switch (action) {
	case ACTION_MARK:
		toggle_mark(app);
		return true;
	case ACTION_EXTEND_LEFT:
	case ACTION_EXTEND_RIGHT:
		mark_more(app, action == ACTION_EXTEND_RIGHT);
		return true;
	case ACTION_ALL_PLACES:
		occurrences_open(app);
		return true;
	case ACTION_TAKE_SPAN:
	case ACTION_TAKE_ALL:
		take(app, (size_t)nth + 1, action == ACTION_TAKE_ALL);
		return true;
	case ACTION_TAG_PERSON:
		set_type(app, 'p');
		return true;
	case ACTION_TAG_LOCATION:
		set_type(app, 'l');
		return true;
	case ACTION_TAG_ORGANIZATION:
		set_type(app, 'o');
		return true;
	case ACTION_TAG_MISC:
		set_type(app, 'm');
		return true;
	case ACTION_TAG_FURTHER:
		set_type(app, nth < 9 ? (char)('1' + nth) : '9');
		return true;
	default:
		return edit_span(app, action);
	}
}
