/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/first_look.h"

#include "lib/corpus/tag_scheme.h"
#include "lib/formats/conll.h"

#include <stdio.h>
#include <string.h>

#define FEW 20 /* tags, or blank lines, that show no habit */

struct counts {
	size_t tags, no_tags;
	size_t blank, spaced;
};

struct looking {
	struct first_look *look;
	struct counts counts;
};

static void count_line(void *context, const struct text_line *line)
{
	struct counts *counts = &((struct looking *)context)->counts;

	if (conll_blank_line(line->text, line->length)) {
		counts->blank++;
		counts->spaced += line->length > 0;
	}
}

static void look_at_tag(struct looking *looking, const struct token *token)
{
	struct first_look *look = looking->look;
	struct tag tag;

	looking->counts.tags++;
	if (tag_parse(token->tag, &tag)) {
		look->closes |= strchr("ESLU", tag.prefix) != NULL;
		return;
	}
	if (looking->counts.no_tags++ == 0) {
		snprintf(look->strange_tag, sizeof(look->strange_tag), "%s", token->tag);
		look->strange_line = token->line_number;
	}
}

static void look_at_sentence(struct looking *looking, const struct sentence *sentence)
{
	struct first_look *look = looking->look;

	if (look->columns == 0 && sentence->n_tokens)
		look->columns = sentence->tokens[0].columns;
	look->has_ids |= sentence->id != NULL;
	for (size_t i = 0; i < sentence->n_tokens; i++)
		if (sentence->tokens[i].tag)
			look_at_tag(looking, &sentence->tokens[i]);
}

bool first_look_mark(const struct text_piece *piece)
{
	return piece->length >= 3 && memcmp(piece->bytes, "\xef\xbb\xbf", 3) == 0;
}

int first_look(struct first_look *look, const struct text_piece *piece, struct err *err)
{
	struct looking looking = { .look = look };
	struct text_piece alone = *piece;
	struct arena arena = ARENA_INIT;
	struct conll_reader *reader;
	struct sentence sentence;
	enum read_status status;

	alone.rest = NULL;
	reader = conll_open_piece(&alone, err);
	if (!reader)
		return -1;
	conll_on_line(reader, (struct line_hook){ count_line, &looking });
	while ((status = conll_next(reader, &sentence, &arena, err)) > READ_EOF) {
		if (status == READ_OK)
			look_at_sentence(&looking, &sentence);
		arena_reset(&arena);
	}
	conll_close(reader);
	arena_release(&arena);
	look->has_mark = first_look_mark(piece);
	look->spaced = looking.counts.blank >= FEW && looking.counts.spaced == looking.counts.blank;
	look->strange = looking.counts.tags >= FEW &&
			looking.counts.no_tags > looking.counts.tags / 2;
	return status == READ_EOF ? 0 : -1;
}
