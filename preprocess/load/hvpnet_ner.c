/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How HVPNeT and MKGformer read entities (processor/dataset.py, MMPNERProcessor.load_from_file and
 * MMPNERDataset.__getitem__; MKGformer's datasets.py has the same lines):
 * - a line that starts with IMGID: adds a picture; any other line that is not exactly "\n" is cut at
 *   tabs, its second field without its last character is the label; "\n" adds a tweet, also one
 *   without words; what comes after the last "\n" is dropped;
 * - then there must be as many tweets as pictures, which are joined by their order;
 * - a label with OTHER in it becomes its first two characters and MISC; one that is not in the map
 *   stops the training when its word has a piece;
 * - a text of max_seq - 1 pieces or more is cut to max_seq - 2.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/checked.h"

#include <stdlib.h>
#include <string.h>

static const char *const labels[] = { "O",     "B-MISC", "I-MISC", "B-PER", "I-PER", "B-ORG",
				      "I-ORG", "B-LOC",	 "I-LOC",  "X",	    "[CLS]", "[SEP]", "PAD" };

enum oddity { ODD_NO_ID, ODD_TWO_IDS, ODD_EMPTY };

/* Where tweets and pictures get out of step. */
struct step {
	enum oddity oddity;
	size_t line;
	const char *record; /* NULL without an id */
};

/* A tweet as the loader has it. */
struct tweet {
	size_t line;
	const char *record; /* NULL without an id */
	size_t picture;     /* its own, by number; only with an id */
	bool has_words;
};

struct reading {
	const struct load *load;
	struct arena arena;
	struct step *steps; /* [n_steps] */
	size_t n_steps, steps_capacity;
	struct tweet *tweets; /* [n_tweets] */
	size_t n_tweets, tweets_capacity;
	const char **pictures; /* [n_pictures]: records */
	size_t n_pictures, pictures_capacity;
	struct tweet now; /* line 0 before its first line */
	size_t words, pieces, cut_line; /* of the tweet in hand; where words are cut off */
};

static int add_step(struct reading *r, enum oddity oddity, size_t line, const char *record)
{
	if (GROW(r->steps, r->n_steps, r->steps_capacity) < 0)
		return -1;
	r->steps[r->n_steps++] = (struct step){ oddity, line, record };
	return 0;
}

static int take_id(struct reading *r, const struct python_line *line)
{
	const char *record = python_record(line, &r->arena);

	if (!record || GROW(r->pictures, r->n_pictures, r->pictures_capacity) < 0)
		return -1;
	if (r->now.record && add_step(r, ODD_TWO_IDS, line->number, record) < 0)
		return -1;
	r->now.record = record;
	r->now.picture = r->n_pictures;
	if (!r->now.line)
		r->now.line = line->number;
	r->pictures[r->n_pictures++] = record;
	return 0;
}

static bool is_label(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strlen(labels[i]) == length && memcmp(labels[i], text, length) == 0)
			return true;
	return false;
}

/* What the loader takes for the label: the second field without its last character, which is the end of
 * the line only where no field follows. */
static void take_label(const struct reading *r, const struct python_line *line, const char *field,
		       size_t pieces)
{
	size_t length = (size_t)(line->text + line->length - field);
	const char *stop = memchr(field, '\t', length);
	char label[64];

	if (!stop && is_label(field, length))
		return;
	if (stop)
		length = stop > field ? (size_t)(stop - field) - 1 : 0;
	if (memmem(field, length, "OTHER", 5))
		snprintf(label, sizeof(label), "%.2sMISC", field);
	else
		snprintf(label, sizeof(label), "%.*s", (int)(length < 60 ? length : 60), field);
	if (is_label(label, strlen(label)) && stop)
		load_warn(r->load, line->number, r->now.record, "leave two columns, word and tag",
			  "loses the last character of its label: with a third column it reads '%s'",
			  label);
	if (is_label(label, strlen(label)) || pieces == 0)
		return;
	if (stop)
		load_crash(r->load, line->number, r->now.record, "leave two columns, word and tag",
			   "crashes: with a third column it takes the second without its last "
			   "character, '%s', for the label", label);
	else
		load_crash(r->load, line->number, r->now.record, "mend the tag, or rename its type",
			   "crashes: the label '%s' is not in its map", label);
}

static void take_word(struct reading *r, const struct python_line *line)
{
	const char *tab = memchr(line->text, '\t', line->length);
	size_t length, pieces;

	if (!r->now.line)
		r->now.line = line->number;
	r->words++;
	if (!tab) {
		load_crash(r->load, line->number, r->now.record,
			   "put a tab between word and tag; leave blank lines empty",
			   "crashes: there is no tab in this line");
		return;
	}
	length = (size_t)(tab - line->text);
	pieces = load_pieces(r->load, line->text, length);
	/* The text is cut to max_seq - 2 pieces, so that of a longer one this word has none left. */
	if (!r->cut_line && pieces && r->pieces >= r->load->loader->max_pieces - 2)
		r->cut_line = line->number;
	r->pieces += pieces;
	/* The tweet of a last line without its end is lost, and its labels are never looked up. */
	if (line->newline)
		take_label(r, line, tab + 1, pieces);
}

static void report_cut(const struct reading *r)
{
	if (r->cut_line)
		load_warn(r->load, r->cut_line, r->now.record, "give it a larger --max_seq",
			  "loses its words from here on: the tweet has at least %zu pieces, and with "
			  "--max_seq %zu, as in its run scripts, %zu are read", r->pieces,
			  r->load->loader->max_pieces, r->load->loader->max_pieces - 2);
}

static int end_tweet(struct reading *r, const struct python_line *line)
{
	if (!r->now.record &&
	    add_step(r, r->words ? ODD_NO_ID : ODD_EMPTY, r->words ? r->now.line : line->number,
		     NULL) < 0)
		return -1;
	if (GROW(r->tweets, r->n_tweets, r->tweets_capacity) < 0)
		return -1;
	report_cut(r);
	r->now.has_words = r->words > 0;
	r->tweets[r->n_tweets++] = r->now;
	r->now = (struct tweet){ 0 };
	r->words = r->pieces = r->cut_line = 0;
	return 0;
}

static int take_line(struct reading *r, const struct python_line *line)
{
	load_report_bytes(r->load, line, r->now.record);
	if (python_is_id(line))
		return take_id(r, line);
	if (line->length == 0 && line->newline)
		return end_tweet(r, line);
	take_word(r, line);
	return 0;
}

/* Without as many tweets as pictures an assertion fails. */
static void report_steps(const struct reading *r)
{
	static const char *const what[] = {
		[ODD_NO_ID] = "this tweet has no IMGID line",
		[ODD_TWO_IDS] = "this is a second IMGID line of one tweet",
		[ODD_EMPTY] = "this second blank line makes a tweet of its own",
	};

	for (size_t i = 0; i < r->n_steps; i++)
		load_crash(r->load, r->steps[i].line, r->steps[i].record,
			   "begin each tweet with one IMGID line, end it with one blank line",
			   "crashes: %s, and there are %zu tweets for %zu pictures",
			   what[r->steps[i].oddity], r->n_tweets, r->n_pictures);
}

static void report_shifts(const struct reading *r)
{
	for (size_t i = 0; i < r->n_tweets; i++) {
		const struct tweet *tweet = &r->tweets[i];

		if (tweet->has_words && (!tweet->record || tweet->picture != i))
			load_warn(r->load, tweet->line, tweet->record,
				  "begin each tweet with one IMGID line, end it with one blank line",
				  "gets the picture of '%s': pictures are counted off, and IMGID and "
				  "blank lines before do not match", r->pictures[i]);
	}
}

static void report_end(const struct reading *r)
{
	bool unfinished = r->now.line != 0;

	if (unfinished)
		load_crash(r->load, r->now.line, r->now.record, "end the file with a blank line",
			   "is lost, as no blank line follows it%s",
			   r->n_tweets != r->n_pictures ?
				   "; then the loader crashes, having fewer tweets than pictures" : "");
	if (r->n_tweets != r->n_pictures)
		report_steps(r);
	else
		report_shifts(r);
}

static int read_all(struct reading *r, struct python_lines *lines, struct err *err)
{
	struct python_line line;
	enum read_status status;

	while ((status = python_lines_next(lines, &line, err)) != READ_EOF) {
		if (status == READ_FAIL)
			return -1;
		if (status == READ_OK && take_line(r, &line) < 0)
			return err_set_memory(err);
	}
	report_end(r);
	return 0;
}

int load_hvpnet_ner(const struct load *load, struct err *err)
{
	struct reading reading = { .load = load };
	struct python_lines lines;
	int rc;

	if (python_lines_open(&lines, load->split->text, err) < 0)
		return -1;
	rc = read_all(&reading, &lines, err);
	python_lines_close(&lines);
	free(reading.steps);
	free(reading.tweets);
	free(reading.pictures);
	arena_release(&reading.arena);
	return rc;
}
