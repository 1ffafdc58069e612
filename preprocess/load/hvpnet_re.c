/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How HVPNeT and MKGformer read relations (processor/dataset.py, MMREProcessor.load_from_file and
 * MMREDataset.__getitem__, and the model's look for the markers):
 * - each line, blank ones too, goes through ast.literal_eval(), which knows no null, true and false,
 *   and must have token, relation, h, t and img_id;
 * - markers are written before words (markers.h), the text is cut to max_seq pieces;
 * - the model wants one <s> and one <o> in it, and stops where there is none or a second;
 * - the relation must be in the map, the first line of its file.
 */
#include "preprocess/load/markers.h"

#include "lib/base/utf8.h"
#include "lib/formats/conll.h"
#include "lib/formats/mnre.h"
#include "preprocess/load/load_priv.h"
#include "preprocess/relation_map.h"

#include <string.h>

struct reading {
	const struct load *load;
	struct relation_map map;
	char record[32];
	bool has_mark; /* the file begins with a byte order mark */
	bool skip; /* the line in hand stops the loader, which was reported */
};

static void crash(const struct reading *r, size_t line, const char *fix, const char *what,
		  const char *of)
{
	load_crash(r->load, line, r->record, fix, "crashes: %s%s", what, of);
}

static void on_line(void *context, const struct text_line *line)
{
	struct reading *r = context;
	char word[32];

	snprintf(r->record, sizeof(r->record), "%zu", line->number - 1);
	r->skip = true;
	if (r->has_mark && line->number == 1)
		crash(r, 1, "remove the byte order mark (BOM)",
		      "the line begins with a byte order mark and is no Python literal", "");
	else if (conll_blank_line(line->text, line->length))
		crash(r, line->number, "remove the line", "a blank line is no Python literal", "");
	else if (utf8_valid_prefix(line->text, line->length) < line->length)
		crash(r, line->number, "save the file as UTF-8", "the line is no UTF-8", "");
	else if (python_foreign_word(line->text, line->length, word, sizeof(word)))
		crash(r, line->number, "write None, True or False",
		      "the line is no Python literal, for it has a bare ", word);
	else
		r->skip = false;
}

/* The word that holds a marker by itself, or NULL. */
static const char *word_with(const struct relation *relation, const char *marker)
{
	for (size_t i = 0; i < relation->n_words; i++)
		if (strstr(relation->words[i], marker))
			return relation->words[i];
	return NULL;
}

static void check_opening(const struct reading *r, const struct relation *relation,
			  const struct markers *markers, enum marker m)
{
	size_t room = r->load->loader->max_pieces_re - 2, line = relation->line_number;
	bool written = markers->written[m] && markers->pieces[m] < room;
	const char *word = word_with(relation, marker_names[m]);
	const char *whose = m == MARKER_HEAD ? "head" : "tail";

	if (!markers->written[m] && !word)
		load_crash(r->load, line, r->record, "mend the span",
			   "crashes: the %s begins at no token, so that %s is never written, and the "
			   "model looks for it", whose, marker_names[m]);
	else if (!written && !word)
		load_crash(r->load, line, r->record, "shorten the tweet, or give it a larger --max_seq",
			   "crashes: %s is cut off behind %zu pieces (--max_seq %zu, as in its run "
			   "scripts), and the model looks for it", marker_names[m], room, room + 2);
	else if (written && word)
		load_crash(r->load, line, r->record, "write the word otherwise",
			   "crashes: a token has %s in it, and the model takes it for a second marker",
			   marker_names[m]);
}

static void check_closing(const struct reading *r, const struct relation *relation,
			  const struct markers *markers, enum marker m)
{
	size_t room = r->load->loader->max_pieces_re - 2;
	const char *whose = m == MARKER_HEAD_END ? "head" : "tail";

	if (!markers->written[m])
		load_warn(r->load, relation->line_number, r->record, "add a token behind it",
			  "loses its closing marker %s: no token follows the %s", marker_names[m],
			  whose);
	else if (markers->pieces[m] >= room)
		load_warn(r->load, relation->line_number, r->record,
			  "shorten the tweet, or give it a larger --max_seq",
			  "loses its closing marker %s, cut off behind %zu pieces (--max_seq %zu)",
			  marker_names[m], room, room + 2);
}

static void check_relation(const struct reading *r, const struct relation *relation)
{
	struct markers markers;
	char shown[UTF8_SHOWN];

	if (!*relation->image)
		crash(r, relation->line_number, "add the name of the picture", "there is no 'img_id'",
		      "");
	markers_place(&markers, r->load, relation);
	check_opening(r, relation, &markers, MARKER_HEAD);
	check_opening(r, relation, &markers, MARKER_TAIL);
	check_closing(r, relation, &markers, MARKER_HEAD_END);
	check_closing(r, relation, &markers, MARKER_TAIL_END);
	if (markers_cross(&markers))
		load_warn(r->load, relation->line_number, r->record, "give head and tail tokens of their own",
			  "gets crossed markers: one entity begins inside the other and ends behind "
			  "it");
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
			crash(r, err->line, "write a Python literal with token, h, t, img_id, relation",
			      err->text, "");
		arena_reset(&arena);
	}
	arena_release(&arena);
	return status == READ_EOF ? 0 : -1;
}

int load_hvpnet_re(const struct load *load, struct err *err)
{
	struct reading reading = { .load = load, .map = RELATION_MAP_INIT };
	struct mnre_reader *reader = mnre_open(load->split->text, err);
	int rc;

	if (!reader)
		return -1;
	reading.has_mark = python_has_mark(load->split->text);
	relation_map_read(&reading.map, load->split);
	if (reading.map.exists && !reading.map.ids)
		load_crash(load, 0, NULL, "write the whole map in one line",
			   "crashes: the first line of '%s' is no JSON object", load->split->relations);
	mnre_on_line(reader, (struct line_hook){ on_line, &reading });
	rc = read_all(&reading, reader, err);
	relation_map_release(&reading.map);
	mnre_close(reader);
	return rc;
}
