/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMT (jefferyYu/UMT, run_mtmner_crf.py: mmreadfile(), _create_examples() and
 * convert_mm_examples_to_features()):
 * - a line that starts with IMGID: sets the picture, one that is empty ends the tweet; any other is a
 *   word up to its first tab, and a label behind its last one without its last character;
 * - the first character of each label must be O, B, I, X; B-OTHER and I-OTHER become MISC, and a
 *   label that is not in the map stops it when its word has a piece that is read;
 * - words are joined and cut apart again at blanks, so that one with a blank leaves fewer labels;
 * - a picture of which no 224 x 224 pixels can be cut, or that cannot be read, is replaced by a fixed
 *   other one of the same folder, without a way out.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/file.h"

#include <stdlib.h>
#include <string.h>

#define PLACEHOLDER "17_06_4705.jpg"
#define CROP 224

static const char *const labels[] = { "O",	   "B-MISC", "I-MISC", "B-PER",	  "I-PER",   "B-ORG",
				      "I-ORG", "B-LOC",	 "I-LOC",  "B-OTHER", "I-OTHER", "X" };

struct reading {
	const struct load *load;
	struct arena arena;
	const char *record;  /* of the last IMGID line; NULL after a tweet */
	size_t record_line;
	size_t words, pieces, first_line, cut_line; /* of the tweet in hand */
};

static bool is_label(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strlen(labels[i]) == length && memcmp(labels[i], text, length) == 0)
			return true;
	return false;
}

static void end_tweet(struct reading *r)
{
	const struct load *load = r->load;

	if (!r->words && r->record)
		return;
	if (r->words && !r->record)
		load_warn(load, r->first_line, NULL, "begin the tweet with its IMGID line",
			  "gets the placeholder picture: no IMGID line names its own");
	if (r->cut_line)
		load_warn(load, r->cut_line, r->record, "give it a larger --max_seq_length",
			  "loses its words from here on: the tweet has at least %zu pieces, and with "
			  "--max_seq_length %zu, as in its run script, %zu are read", r->pieces,
			  load->loader->max_pieces, load->loader->max_pieces - 2);
	if (r->words)
		r->record = NULL;
	r->words = r->pieces = r->cut_line = 0;
	arena_reset(&r->arena);
}

static int take_id(struct reading *r, const struct python_line *line)
{
	const char *record = python_record(line, &r->arena);

	if (!record)
		return -1;
	if (r->words)
		load_warn(r->load, line->number, record, "put a blank line before it",
			  "is lost: no blank line ends the tweet before, which takes in its words and "
			  "its picture");
	else if (r->record)
		load_warn(r->load, r->record_line, r->record, "give it words, or remove its IMGID line",
			  "is lost: it has no words");
	r->record = record;
	r->record_line = line->number;
	return 0;
}

static void take_label(const struct reading *r, const struct python_line *line, const char *text,
		       size_t length, size_t pieces)
{
	bool cut = !line->newline && length > 0;
	int shown = (int)(length < 60 ? length : 60);

	if (cut)
		length--;
	if (length == 0 && cut)
		load_crash(r->load, line->number, r->record, "end the last line with a line end",
			   "crashes: the last line has no end, so that its label '%.*s' loses its last "
			   "character and is empty", shown, text);
	else if (length == 0)
		load_crash(r->load, line->number, r->record, "give the word a tag",
			   "crashes: the label is empty");
	else if (is_label(text, length) && cut)
		load_warn(r->load, line->number, r->record, "end the last line with a line end",
			  "loses the last character of its label, '%.*s', as the last line has no end",
			  shown, text);
	else if (!is_label(text, length) && cut && pieces)
		load_crash(r->load, line->number, r->record, "end the last line with a line end",
			   "crashes: the last line has no end, so that its label '%.*s' loses its last "
			   "character and is not in its map", shown, text);
	else if (!is_label(text, length) && pieces)
		load_crash(r->load, line->number, r->record, "mend the tag, or rename its type",
			   "crashes: the label '%.*s' is not in its map", shown, text);
}

static void take_word(struct reading *r, const struct python_line *line)
{
	const char *end = line->text + line->length;
	const char *tab = memchr(line->text, '\t', line->length);
	const char *last = memrchr(line->text, '\t', line->length);
	size_t length = tab ? (size_t)(tab - line->text) : line->length, pieces;

	if (r->words++ == 0)
		r->first_line = line->number;
	if (memchr(line->text, ' ', length)) {
		load_crash(r->load, line->number, r->record,
			   "take blanks out of words; leave blank lines empty",
			   "crashes: the word has a blank, at which the tweet is cut into more words "
			   "than labels");
		return;
	}
	if (!tab && length && line->newline) {
		load_crash(r->load, line->number, r->record, "put a tab between word and tag",
			   "crashes: there is no tab in this line, and the word itself is no label");
		return;
	}
	pieces = load_pieces(r->load, line->text, length);
	if (!r->cut_line && pieces && r->pieces >= r->load->loader->max_pieces - 2)
		r->cut_line = line->number;
	r->pieces += pieces;
	/* Of words that are cut off labels are never looked up. */
	take_label(r, line, last ? last + 1 : line->text, (size_t)(end - (last ? last + 1 : line->text)),
		   r->cut_line ? 0 : pieces);
}

static int take_line(struct reading *r, const struct python_line *line)
{
	load_report_bytes(r->load, line, r->record);
	if (python_is_id(line))
		return take_id(r, line);
	if (line->length == 0)
		end_tweet(r);
	else
		take_word(r, line);
	return 0;
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
	if (!r->words && r->record)
		load_warn(r->load, r->record_line, r->record, "give it words, or remove its IMGID line",
			  "is lost: it has no words");
	end_tweet(r);
	return 0;
}

static int umt_ner(const struct load *load, struct err *err)
{
	struct reading reading = { .load = load };
	struct python_lines lines;
	int rc;

	if (python_lines_open(&lines, load->split->text, err) < 0)
		return -1;
	rc = read_all(&reading, &lines, err);
	python_lines_close(&lines);
	arena_release(&reading.arena);
	return rc;
}

static void umt_picture(const struct load *load, const struct load_picture *picture)
{
	const char *name = file_base_name(picture->path);
	char *placeholder, why[128] = "";

	if (strcmp(file_extension(name), "jpg") != 0)
		snprintf(why, sizeof(why), "it is not called .jpg");
	else if (picture->trouble)
		snprintf(why, sizeof(why), "%.120s", picture->trouble);
	else if (picture->width < CROP || picture->height < CROP)
		snprintf(why, sizeof(why), "%d x %d pixels, of which no %d x %d can be cut",
			 picture->width, picture->height, CROP, CROP);
	if (!*why)
		return;
	placeholder = file_join(load->split->images, PLACEHOLDER);
	if (placeholder && file_exists(placeholder))
		load_warn(load, picture->line, picture->record, NULL,
			  "gets the placeholder picture '%s': '%s': %s", placeholder, picture->path, why);
	else
		load_crash(load, picture->line, picture->record,
			   "put a picture where " PLACEHOLDER " is looked for",
			   "crashes: '%s': %s; and there is no placeholder picture '%s'",
			   picture->path, why, placeholder ? placeholder : PLACEHOLDER);
	free(placeholder);
}

const struct loader loader_umt = {
	.rule = "load-umt",
	.layouts = "umt",
	.max_pieces = 128,
	.ner = umt_ner,
	.picture = umt_picture,
};
