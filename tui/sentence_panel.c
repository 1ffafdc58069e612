/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/review/annotators.h"
#include "lib/review/tags.h"
#include "tui/fix.h"
#include "tui/glyphs.h"
#include "tui/sentence_priv.h"

#include <string.h>

static void add_words(struct buf *line, const struct review_record *record, size_t begin,
		      size_t end)
{
	for (size_t i = begin; i < end; i++)
		buf_add_format(line, "%s%s", i > begin ? " " : "", record->sentence.tokens[i].word);
}

#define LEAST_SHOWN 0.005 /* below it there would be 0.00 */

/* The likeliest tag of a word besides `tag` and label number `shown`; n_labels when there is none. */
static size_t likeliest(const struct label_probabilities *known, const double *row, const char *tag, size_t shown)
{
	size_t best = known->n_labels;

	for (size_t i = 0; i < known->n_labels; i++)
		if (i != shown && tag_is_valid(known->labels[i]) && strcmp(known->labels[i], tag) != 0 &&
		    row[i] >= LEAST_SHOWN && (best == known->n_labels || row[i] > row[best]))
			best = i;
	return best;
}

/* ", then B-LOC 0.21, O 0.03": what else a model that tells took the word for. */
static void add_runners_up(struct buf *line, const struct review_record *record, size_t word)
{
	const struct label_probabilities *known = record->probabilities;
	const double *row = known ? known->rows + word * known->columns : NULL;
	size_t second, third;

	if (!known || !known->tags || row[0] < 0)
		return;
	second = likeliest(known, row, known->tags[word], known->n_labels);
	if (second == known->n_labels)
		return;
	buf_add_format(line, ", then %s %.2f", known->labels[second], row[second]);
	third = likeliest(known, row, known->tags[word], second);
	if (third < known->n_labels)
		buf_add_format(line, ", %s %.2f", known->labels[third], row[third]);
}

/* "word 9 of 22: George   gold B-PER   predicted B-PER 0.98, then O 0.01" */
static void describe_word(struct buf *line, const struct review_record *record, size_t word)
{
	buf_add_format(line, "word %zu of %zu: %s   %s %s", word + 1, record->sentence.n_tokens,
		       record->sentence.tokens[word].word, record->n_readings ? "final" : "gold",
		       record->tags[word]);
	for (size_t i = 0; i < record->n_readings; i++)
		buf_add_format(line, "   %s %s", record->readings[i].annotator,
			       record->readings[i].tags[word]);
	if (record->predicted)
		buf_add_format(line, "   predicted %s", record->predicted[word]);
	if (record->predicted && record->confidence)
		buf_add_format(line, " %.2f", (double)record->confidence[word]);
	add_runners_up(line, record, word);
}

/* A span is as sure as the least sure of its words. */
static float span_confidence(const struct review_record *record, const struct tag_span *span)
{
	float least = 1;

	for (size_t i = span->begin; i < span->end; i++)
		if (record->confidence[i] < least)
			least = record->confidence[i];
	return least;
}

/* One side's span at a word: "gold PER "George Zimmerman" !", with a mark where the other side has
 * another one. */
static void add_span(struct buf *line, const char *what, const struct review_record *record,
		     const char *const *tags, size_t word, const char *const *other)
{
	size_t n = record->sentence.n_tokens;
	struct tag_span span;

	if (!tags || !tags_span_at(tags, n, word, &span))
		return;
	buf_add_format(line, "%s%s %s \"", line->length ? "   " : "", what, span.type);
	add_words(line, record, span.begin, span.end);
	buf_add_string(line, other && !tags_have_span(other, n, &span) ? "\" !" : "\"");
}

/* What an annotator has at a word, with what they wrote on the record. */
static void add_reading(struct buf *line, const struct review_record *record,
			const struct review_reading *reading, size_t word)
{
	size_t n = record->sentence.n_tokens;
	struct tag_span span;

	if (!tags_span_at(reading->tags, n, word, &span))
		return;
	buf_add_format(line, "%s%s %s \"", line->length ? "   " : "", reading->annotator, span.type);
	add_words(line, record, span.begin, span.end);
	buf_add_string(line, review_all_have(record, &span) ? "\"" : "\" !");
}

static void add_confidence(struct buf *line, const struct review_record *record, size_t word)
{
	struct tag_span span;

	if (record->predicted && record->confidence &&
	    tags_span_at(record->predicted, record->sentence.n_tokens, word, &span))
		buf_add_format(line, " %.2f", (double)span_confidence(record, &span));
}

static void describe_spans(struct buf *line, struct app *app, const struct review_record *record)
{
	size_t begin, end;

	if (app->sentence.mark != SIZE_MAX) {
		sentence_range(app, &begin, &end);
		buf_add_format(line, "marked: %zu word%s; ", end - begin,
			       end - begin == 1 ? "" : "s");
		keymap_expand(line, app->keys,
			      "{tag-person} {tag-location} {tag-organization} {tag-misc} tags  "
			      "{clear} clears  {mark} unmarks");
		return;
	}
	add_span(line, record->n_readings ? "final" : "gold", record, record->tags,
		 app->sentence.word, record->predicted);
	for (size_t i = 0; i < record->n_readings; i++)
		add_reading(line, record, &record->readings[i], app->sentence.word);
	add_span(line, "predicted", record, record->predicted, app->sentence.word, record->tags);
	add_confidence(line, record, app->sentence.word);
	if (line->length == 0 && !record->predicted && !record->n_readings)
		buf_add_string(line, app_why_no_prediction(app));
}

/* A finding, with its number where there are several; the selected one, which is the first, with the key
 * that mends it. */
struct shown_finding {
	const struct review_finding *finding;
	size_t at, n;
	bool selected;
};

static void describe_finding(struct buf *line, struct app *app, const struct shown_finding *shown)
{
	const struct review_finding *finding = shown->finding;

	if (shown->n > 1 && !app_record(app)->relation)
		buf_add_format(line, "%s %zu/%zu ", shown->selected ? ">" : " ", shown->at + 1,
			       shown->n);
	buf_add_format(line, "%s: %s [%s]", finding_level_name(finding->level), finding->message,
		       finding->rule);
	if (finding->fix)
		buf_add_format(line, "; %s", finding->fix);
	if (shown->selected && fix_is_known(finding, app_record(app)))
		keymap_expand(line, app->keys, "  ({fix} mends it)");
}

static int draw_finding(struct app *app, int y, int rows, int columns,
			const struct shown_finding *shown)
{
	struct buf line = BUF_INIT;
	int drawn;

	describe_finding(&line, app, shown);
	theme_set(&app->theme,
		  shown->finding->level == LEVEL_ERROR ? STYLE_ERROR : STYLE_WARNING);
	drawn = glyphs_draw_folded(y, 0, rows, columns, line.data);
	theme_set(&app->theme, STYLE_TEXT);
	buf_release(&line);
	return drawn;
}

/* "note: text"; "ben's note (hard): text"; "anna marked it as hard" */
static int draw_note(int y, int rows, int columns, const char *annotator, bool hard, const char *note)
{
	struct buf line = BUF_INIT;
	int drawn;

	if (annotator && note)
		buf_add_format(&line, "%s's note%s: %s", annotator, hard ? " (hard)" : "", note);
	else if (annotator)
		buf_add_format(&line, "%s marked it as hard", annotator);
	else
		buf_add_format(&line, "note: %s", note);
	drawn = glyphs_draw_folded(y, 0, rows, columns, line.data);
	buf_release(&line);
	return drawn;
}

void sentence_draw_panel(struct app *app, int y, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	int end = y + rows;
	struct buf line = BUF_INIT;

	mvhline(y++, 0, MB_CUR_MAX > 1 ? ACS_HLINE : (chtype)'-', columns);
	if (app->sentence.word < record->sentence.n_tokens) {
		describe_word(&line, record, app->sentence.word);
		glyphs_draw(y++, 0, columns, line.data);
		buf_clear(&line);
		describe_spans(&line, app, record);
		glyphs_draw(y++, 0, columns, line.data);
	}
	buf_release(&line);
	sentence_draw_remarks(app, y, end - y, columns);
}

void sentence_draw_remarks(struct app *app, int y, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	struct shown_finding shown = { .finding = NULL };
	size_t first;
	int end = y + rows;

	shown.finding = sentence_finding(app, &first, &shown.n);
	shown.at = first;
	if (record->note && y < end)
		y += draw_note(y, end - y > 2 ? 2 : end - y, columns, NULL, false, record->note);
	for (size_t i = 0; i < record->n_readings && y < end; i++)
		if (record->readings[i].note || record->readings[i].hard)
			y += draw_note(y, end - y > 2 ? 2 : end - y, columns,
				       record->readings[i].annotator, record->readings[i].hard,
				       record->readings[i].note);
	for (; shown.finding && y < end; shown.finding = shown.finding->next, shown.at++) {
		shown.selected = shown.at == first;
		y += draw_finding(app, y, shown.finding->next && end - y > 2 ? 2 : end - y, columns,
				  &shown);
	}
}
