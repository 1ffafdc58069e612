/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UMGF (TransformersWsz/UMGF, ddp_mmner.py: MMNerDataset and collate_fn()):
 * - the files *_s.txt, *_l.txt and *_p.txt of a folder are listed and sorted each by themselves, and
 *   joined by their order;
 * - of each the first line counts, with its line end: a last label or a picture's name with one is
 *   not the label or the name;
 * - words and labels are cut at tabs and joined up to the shorter list; a label that is not in the map
 *   stops it when its word has a piece;
 * - four crops IMAGES/ID/crop_KIND_ID.jpg are opened without a way out;
 * - a text is cut to 126 pieces.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/file.h"
#include "lib/formats/umgf_text.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const labels[] = { "PAD",   "B-PER",	  "I-PER",   "B-LOC", "I-LOC", "B-ORG", "I-ORG",
				      "B-OTHER", "I-OTHER", "O",	     "X",     "CLS",   "SEP" };
static const char *const kinds[] = { "person", "miscellaneous", "location", "organization" };

enum part { WORDS, LABELS, PICTURE, PARTS };

static const char *const endings[PARTS] = { "_s.txt", "_l.txt", "_p.txt" };

/* The first line of a file. */
struct first_line {
	char *text; /* heap; "" for an empty file */
	bool newline;
};

struct tweet {
	const struct load *load;
	char *paths[PARTS];
	struct first_line lines[PARTS];
	char *record; /* "IMGID:8" */
};

static void report(const struct tweet *tweet, enum finding_level level, const char *fix,
		   const char *format, ...) __attribute__((format(printf, 4, 5)));

static void report(const struct tweet *tweet, enum finding_level level, const char *fix,
		   const char *format, ...)
{
	struct finding finding = { .level = level,	   .rule = tweet->load->loader->rule,
				   .file = tweet->paths[WORDS], .line = 1,
				   .record = tweet->record, .fix = fix };
	char message[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	finding.message = message;
	tweet->load->sink->add(tweet->load->sink, &finding);
}

static bool ends_with(const char *name, const char *ending)
{
	size_t length = strlen(name), end = strlen(ending);

	return length >= end && strcmp(name + length - end, ending) == 0;
}

/* The files of each part, sorted. */
static int list_parts(const char *folder, struct str_list parts[PARTS], struct err *err)
{
	struct str_list files = STR_LIST_INIT;
	int rc = file_walk(folder, &files, PARTS * UMGF_TEXT_TWEETS, err);

	for (size_t i = 0; rc == 0 && i < files.n; i++)
		for (int part = 0; part < PARTS; part++)
			if (!strchr(files.items[i], '/') && files.items[i][0] != '.' &&
			    ends_with(files.items[i], endings[part]) &&
			    str_list_add(&parts[part], files.items[i]) < 0)
				rc = err_set_memory(err);
	str_list_release(&files);
	return rc;
}

static int read_first_line(const char *path, struct first_line *out, struct err *err)
{
	struct line_reader *reader = line_reader_open(path, UMGF_TEXT_LINE_LIMIT, err);
	struct text_line line;
	enum read_status status;

	if (!reader)
		return -1;
	status = line_reader_next(reader, &line, err);
	/* A line past the limit counts as none. */
	out->text = status == READ_OK ? strndup(line.text, line.length) : strdup("");
	out->newline = status == READ_OK && *line.ending != '\0';
	line_reader_close(reader);
	if (status == READ_FAIL)
		return -1;
	return out->text ? 0 : err_set_memory(err);
}

static bool is_label(const char *text, size_t length)
{
	for (size_t i = 0; i < sizeof(labels) / sizeof(*labels); i++)
		if (strlen(labels[i]) == length && memcmp(labels[i], text, length) == 0)
			return true;
	return false;
}

static void check_label(const struct tweet *tweet, const char *label, size_t length, size_t number)
{
	bool with_end = label[length] == '\0' && tweet->lines[LABELS].newline;

	if (with_end)
		report(tweet, LEVEL_ERROR, "write the labels without a line end",
		       "crashes: the last label has the line end in it and is not in its map");
	else if (!is_label(label, length))
		report(tweet, LEVEL_ERROR, "mend the tag, or rename its type",
		       "crashes: the label '%.*s' of word %zu is not in its map",
		       (int)(length < 60 ? length : 60), label, number);
}

/* Fields apart by tabs; false behind the last. */
static bool next_field(const char **at, const char **text, size_t *length)
{
	if (!*at)
		return false;
	*text = *at;
	*length = strcspn(*at, "\t");
	*at = (*at)[*length] ? *at + *length + 1 : NULL;
	return true;
}

static size_t count_fields(const char *text)
{
	size_t n = 1;

	for (; *text; text++)
		n += *text == '\t';
	return n;
}

static void check_words(const struct tweet *tweet)
{
	const char *words = tweet->lines[WORDS].text, *tags = tweet->lines[LABELS].text;
	size_t n_words = count_fields(words), n_tags = count_fields(tags), number = 0;
	size_t word_length, tag_length, pieces = 0, room = tweet->load->loader->max_pieces - 2;
	const char *word, *tag;

	if (n_words != n_tags)
		report(tweet, LEVEL_WARNING, "give each word a tag",
		       "loses what is behind the shorter list: %zu words and %zu tags", n_words, n_tags);
	while (next_field(&words, &word, &word_length) && next_field(&tags, &tag, &tag_length)) {
		size_t least = load_pieces(tweet->load, word, word_length);

		number++;
		if (least)
			check_label(tweet, tag, tag_length, number);
		pieces += least;
	}
	if (pieces > room)
		report(tweet, LEVEL_WARNING, "raise max_len in its config.py",
		       "loses its last words: of at least %zu pieces %zu are read", pieces, room);
}

static int check_crops(const struct tweet *tweet, struct err *err)
{
	const char *id = tweet->lines[PICTURE].text, *images = tweet->load->split->images;

	if (tweet->lines[PICTURE].newline) {
		report(tweet, LEVEL_ERROR, "write the name without a line end",
		       "crashes: the picture's name '%.100s' has the line end in it, and no file is "
		       "called so", id);
		return 0;
	}
	if (!images || !file_is_folder(images))
		return 0;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		struct buf path = BUF_INIT;
		struct err why = ERR_INIT;

		buf_add_format(&path, "%s/%s/crop_%s_%s.jpg", images, id, kinds[i], id);
		if (path.failed)
			return err_set_memory(err);
		if (!load_can_open(path.data, &why))
			report(tweet, LEVEL_ERROR, "ground the picture again",
			       "crashes: it cannot open the crop '%s': %s", path.data, why.text);
		buf_release(&path);
	}
	return 0;
}

/* Files of one place in their lists belong together only when they are called alike. */
static void check_names(const struct tweet *tweet, const struct str_list parts[PARTS], size_t i)
{
	const char *words = parts[WORDS].items[i];
	size_t stem = strlen(words) - strlen(endings[WORDS]);

	for (int part = LABELS; part < PARTS; part++)
		if (strlen(parts[part].items[i]) != strlen(words) ||
		    strncmp(parts[part].items[i], words, stem) != 0)
			report(tweet, LEVEL_WARNING, "give each tweet its three files",
			       "gets %s of another tweet, '%s': the lists of files are joined by "
			       "their order", part == LABELS ? "the labels" : "the picture",
			       parts[part].items[i]);
}

static int read_tweet(struct tweet *tweet, const struct str_list parts[PARTS], size_t i, struct err *err)
{
	struct buf record = BUF_INIT;

	for (int part = 0; part < PARTS; part++) {
		if (i >= parts[part].n) {
			report(tweet, LEVEL_ERROR, "give each tweet its three files",
			       "crashes: there are %zu files *%s for %zu tweets", parts[part].n,
			       endings[part], parts[WORDS].n);
			return 0;
		}
		tweet->paths[part] = file_join(tweet->load->split->text, parts[part].items[i]);
		if (!tweet->paths[part])
			return err_set_memory(err);
		if (read_first_line(tweet->paths[part], &tweet->lines[part], err) < 0)
			return -1;
	}
	buf_add_format(&record, "IMGID:%s", tweet->lines[PICTURE].text);
	tweet->record = buf_detach(&record);
	check_names(tweet, parts, i);
	check_words(tweet);
	return check_crops(tweet, err);
}

static int umgf_ner(const struct load *load, struct err *err)
{
	struct str_list parts[PARTS] = { STR_LIST_INIT, STR_LIST_INIT, STR_LIST_INIT };
	int rc = 0;

	if (!file_is_folder(load->split->text))
		return 0;
	rc = list_parts(load->split->text, parts, err);
	for (size_t i = 0; rc == 0 && i < parts[WORDS].n; i++) {
		struct tweet tweet = { .load = load };

		rc = read_tweet(&tweet, parts, i, err);
		for (int part = 0; part < PARTS; part++) {
			free(tweet.paths[part]);
			free(tweet.lines[part].text);
		}
		free(tweet.record);
	}
	for (int part = 0; part < PARTS; part++)
		str_list_release(&parts[part]);
	return rc;
}

const struct loader loader_umgf = {
	.rule = "load-umgf",
	.layouts = "umgf",
	.max_pieces = 128,
	.ner = umgf_ner,
};
