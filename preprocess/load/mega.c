/* SPDX-License-Identifier: Apache-2.0 */
/*
 * MEGA (thecharm/Mega, opennre/framework/data_loader.py and opennre/encoder/bert_encoder.py):
 * - each line that is not blank goes through eval(), which knows no null, true and false; a blank
 *   line is stepped over;
 * - the words before, in, between, in and behind the entities are put together, the first of them
 *   first, so that words of overlapping entities are read twice; the text is cut to 128 pieces, and
 *   the place of an entity behind them becomes the last piece;
 * - relation and picture are looked up in maps; mega_files.c has the pictures'.
 */
#include "preprocess/load/load_priv.h"

#include "lib/base/utf8.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "preprocess/relation_map.h"

#include <string.h>

struct reading {
	const struct load *load;
	struct relation_map map;
	char record[32];
	bool has_mark; /* the file begins with a byte order mark */
	bool skip;     /* nothing is to be made of the line in hand */
};

static void on_line(void *context, const struct text_line *line)
{
	struct reading *r = context;
	char word[32];

	snprintf(r->record, sizeof(r->record), "%zu", line->number - 1);
	r->skip = true;
	if (r->has_mark && line->number == 1)
		load_crash(r->load, 1, r->record, "remove the byte order mark (BOM)",
			   "crashes: the line begins with a byte order mark and is no Python literal");
	else if (utf8_valid_prefix(line->text, line->length) < line->length)
		load_crash(r->load, line->number, r->record, "save the file as UTF-8",
			   "crashes: the line is no UTF-8");
	else if (python_foreign_word(line->text, line->length, word, sizeof(word)))
		load_crash(r->load, line->number, r->record, "write None, True or False",
			   "crashes: the line is no Python literal, for it has a bare %s", word);
	else
		r->skip = conll_blank_line(line->text, line->length);
}

/* An end of a slice as Python takes it: a negative one counts from the end of the list. */
static size_t slice_end(const struct relation *relation, long end)
{
	long n = (long)relation->n_words;

	if (end < 0)
		end = end < -n ? 0 : end + n;
	return (size_t)(end > n ? n : end);
}

static size_t slice_length(const struct relation *relation, long begin, long end)
{
	size_t from = slice_end(relation, begin), to = slice_end(relation, end);

	return to > from ? to - from : 0;
}

static size_t count_pieces(const struct load *load, const struct relation *relation, long begin,
			   long end)
{
	size_t pieces = 0, from = slice_end(relation, begin);

	for (size_t i = 0; i < slice_length(relation, begin, end); i++)
		pieces += load_pieces(load, relation->words[from + i],
					    strlen(relation->words[from + i]));
	return pieces;
}

/* The words before, in, between, in and behind the entities. */
static size_t words_read(const struct relation *relation, const struct mention *one,
			 const struct mention *other)
{
	return slice_length(relation, 0, one->begin) +
	       slice_length(relation, one->begin, one->end) +
	       slice_length(relation, one->end, other->begin) +
	       slice_length(relation, other->begin, other->end) +
	       slice_length(relation, other->end, (long)relation->n_words);
}

static void check_place(const struct reading *r, const struct relation *relation, size_t place,
			const char *whose)
{
	size_t room = r->load->loader->max_pieces_re;

	if (place >= room)
		load_warn(r->load, relation->line_number, r->record, "shorten the tweet",
			  "loses the marker of its %s: at least %zu pieces stand before it, of which "
			  "%zu are read; the last of these stands in", whose, place, room);
}

static void check_relation(const struct reading *r, const struct relation *relation)
{
	bool tail_first = relation->head.begin > relation->tail.begin;
	const struct mention *one = tail_first ? &relation->tail : &relation->head;
	const struct mention *other = tail_first ? &relation->head : &relation->tail;
	size_t before = 1 + count_pieces(r->load, relation, 0, one->begin);
	char shown[UTF8_SHOWN];

	if (!*relation->image)
		load_crash(r->load, relation->line_number, r->record, "add the name of the picture",
			   "crashes: there is no 'img_id'");
	check_place(r, relation, before, tail_first ? "tail" : "head");
	check_place(r, relation,
		    before + 2 + count_pieces(r->load, relation, one->begin, one->end) +
			    count_pieces(r->load, relation, one->end, other->begin),
		    tail_first ? "head" : "tail");
	if (words_read(relation, one, other) > relation->n_words)
		load_warn(r->load, relation->line_number, r->record,
			  "give head and tail tokens of their own",
			  "gets words twice: head (%ld to %ld) and tail (%ld to %ld) are not apart",
			  relation->head.begin, relation->head.end, relation->tail.begin,
			  relation->tail.end);
	if (!relation_map_has(&r->map, relation->relation))
		load_crash(r->load, relation->line_number, r->record, "add it to the map, or mend it",
			   "crashes: the relation '%s' is not in its map",
			   utf8_show(relation->relation, shown));
}

static int read_all(struct reading *r, struct mnre_reader *reader, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct relation relation;
	enum read_status status;

	while ((status = mnre_next(reader, &relation, &arena, err)) > READ_EOF) {
		if (status == READ_OK && !r->skip)
			check_relation(r, &relation);
		else if (status == READ_BAD && !r->skip)
			load_crash(r->load, err->line, r->record,
				   "write a Python literal with token, h, t, img_id, relation",
				   "crashes: %s", err->text);
		arena_reset(&arena);
	}
	arena_release(&arena);
	return status == READ_EOF ? 0 : -1;
}

static int mega_re(const struct load *load, struct err *err)
{
	struct reading reading = { .load = load, .map = RELATION_MAP_INIT };
	struct mnre_reader *reader = mnre_open(load->split->text, err);
	int rc;

	if (!reader)
		return -1;
	reading.has_mark = python_has_mark(load->split->text);
	relation_map_read(&reading.map, load->split);
	mnre_on_line(reader, (struct line_hook){ on_line, &reading });
	rc = read_all(&reading, reader, err);
	relation_map_release(&reading.map);
	mnre_close(reader);
	return rc < 0 ? -1 : load_mega_files(load, err);
}

const struct loader loader_mega = {
	.rule = "load-mega",
	.layouts = "mnre",
	.max_pieces_re = 128,
	.re = mega_re,
};
