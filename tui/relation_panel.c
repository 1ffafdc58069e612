/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/checked.h"
#include "tui/glyphs.h"
#include "tui/relation_priv.h"
#include "tui/sentence_priv.h"

#include <string.h>

#define NAME_COLUMN 4   /* of a choice, behind its key ... */
#define NAME_COLUMNS 28 /* ... and the room for it, if there is that much */
#define FACTS_COLUMNS 22
#define NARROW_FACTS 15
#define FULL_ROWS 8     /* of a panel that has room for more than the choices */

static bool is_choice(const struct relation_state *state, const char *name)
{
	for (size_t i = 0; i < state->n; i++)
		if (strcmp(state->choices[i].name, name) == 0)
			return true;
	return false;
}

static void add_choice(struct relation_state *state, const char *name, float probability)
{
	if (is_choice(state, name) || GROW(state->choices, state->n, state->capacity) < 0)
		return;
	state->choices[state->n++] = (struct relation_choice){ name, probability };
}

size_t relation_make_choices(struct app *app)
{
	const struct review_relation *relation = app_record(app)->relation;
	const struct str_list *map = &app->sheets[app->sheet].relations;
	struct relation_state *state = &app->relation;

	state->n = 0;
	if (!relation)
		return 0;
	for (size_t i = 0; i < relation->n_candidates; i++)
		add_choice(state, relation->candidates[i].relation,
			   relation->candidates[i].probability);
	for (size_t i = 0; i < map->n; i++)
		add_choice(state, map->items[i], -1);
	add_choice(state, relation->gold, -1);
	add_choice(state, relation->relation, -1);
	return state->n;
}

/* "Elon Musk -> /per/org/member_of -> SpaceX" as it stands. */
static void draw_statement(int y, int columns, const struct review_relation *relation)
{
	const char *arrow = MB_CUR_MAX > 1 ? " \xe2\x86\x92 " : " -> ";
	struct buf line = BUF_INIT;

	buf_add_format(&line, "%s%s%s%s%s%s", relation->head.name, arrow, relation->relation, arrow,
		       relation->tail.name, relation->flipped ? "  (flipped)" : "");
	attron(A_BOLD);
	glyphs_draw(y, 0, columns, line.data);
	attroff(A_BOLD);
	buf_release(&line);
}

static void draw_prediction(struct app *app, int y, int columns,
			    const struct review_relation *relation)
{
	struct buf line = BUF_INIT;

	if (!relation->predicted) {
		theme_set(&app->theme, STYLE_DIM);
		glyphs_draw(y, 0, columns,
			    app->options->blind ? sheet_why_no_prediction(app->options)
						: "predicted: nothing; 'tagsight predict' does it");
		theme_set(&app->theme, STYLE_TEXT);
		return;
	}
	buf_add_format(&line, "predicted %s %.2f%s", relation->predicted,
		       (double)relation->confidence,
		       review_relation_differs(relation) ? " !" : "");
	if (review_relation_differs(relation))
		theme_set(&app->theme, STYLE_DIFFERENCE);
	glyphs_draw(y, 0, columns, line.data);
	theme_set(&app->theme, STYLE_TEXT);
	buf_release(&line);
}

/* What the file says, and the prediction. */
static int draw_sides(struct app *app, int y, int columns, const struct review_relation *relation)
{
	struct buf line = BUF_INIT;

	buf_add_format(&line, "gold      %s", relation->gold);
	glyphs_draw(y, 0, columns, line.data);
	buf_release(&line);
	draw_prediction(app, y + 1, columns, relation);
	return 2;
}

/* The key of a choice, if it has one. */
static void add_key(struct buf *line, const struct keymap *keys, size_t at)
{
	const int *own = keys->keys[ACTION_CHOOSE_RELATION];

	for (size_t i = 0; i <= at; i++)
		if (i == KEYS_PER_ACTION || own[i] == 0) {
			buf_add_char(line, ' ');
			return;
		}
	key_add_name(line, own[at]);
}

/* What a choice is: " 0.93  gold  predicted", or " 0.93 gold pred". */
static void draw_facts(int y, int x, int columns, const struct review_relation *relation,
		       const struct relation_choice *choice)
{
	bool narrow = columns < FACTS_COLUMNS;
	const char *between = narrow ? " " : "  ";
	struct buf line = BUF_INIT;

	if (choice->probability >= 0)
		buf_add_format(&line, " %.2f", (double)choice->probability);
	else
		buf_add_string(&line, "     ");
	if (strcmp(choice->name, relation->gold) == 0)
		buf_add_format(&line, "%sgold", between);
	if (relation->predicted && strcmp(choice->name, relation->predicted) == 0)
		buf_add_format(&line, "%s%s", between, narrow ? "pred" : "predicted");
	glyphs_draw(y, x, columns, line.data);
	buf_release(&line);
}

/* ">*1 /per/org/member_of           0.93  gold  predicted" */
static void draw_choice(struct app *app, int y, int columns, size_t at)
{
	const struct review_relation *relation = app_record(app)->relation;
	const struct relation_choice *choice = &app->relation.choices[at];
	bool selected = at == app->relation.at;
	int facts = NAME_COLUMN + NAME_COLUMNS;
	struct buf line = BUF_INIT;

	if (facts > columns - NARROW_FACTS)
		facts = columns - NARROW_FACTS;
	if (selected) {
		theme_set(&app->theme, STYLE_SELECTED);
		mvhline(y, 0, ' ' | app->theme.attributes[STYLE_SELECTED], columns);
	}
	buf_add_format(&line, "%c%c", selected ? '>' : ' ',
		       strcmp(choice->name, relation->relation) == 0 ? '*' : ' ');
	add_key(&line, app->keys, at);
	glyphs_draw(y, 0, NAME_COLUMN, line.data);
	glyphs_draw(y, NAME_COLUMN, facts - NAME_COLUMN, choice->name);
	draw_facts(y, facts, columns - facts, relation, choice);
	theme_set(&app->theme, STYLE_TEXT);
	buf_release(&line);
}

static int draw_choices(struct app *app, int y, int rows, int columns)
{
	struct relation_state *state = &app->relation;
	size_t n = relation_make_choices(app), fit = rows > 0 ? (size_t)rows : 0;
	int drawn = 0;

	if (state->at >= n)
		state->at = n ? n - 1 : 0;
	if (state->at < state->top)
		state->top = state->at;
	if (fit && state->at >= state->top + fit)
		state->top = state->at - fit + 1;
	for (size_t i = state->top; i < n && drawn < rows; i++)
		draw_choice(app, y + drawn++, columns, i);
	return drawn;
}

void relation_draw_panel(struct app *app, int y, int rows, int columns)
{
	const struct review_record *record = app_record(app);
	int end = y + rows, remarks = record->findings || record->note ? REMARK_ROWS : 0;

	if (rows >= FULL_ROWS)
		mvhline(y++, 0, MB_CUR_MAX > 1 ? ACS_HLINE : (chtype)'-', columns);
	draw_statement(y++, columns, record->relation);
	if (rows >= FULL_ROWS)
		y += draw_sides(app, y, columns, record->relation);
	app->relation.y = y;
	app->relation.shown = draw_choices(app, y, end - y - remarks, columns);
	y += app->relation.shown;
	sentence_draw_remarks(app, y, end - y, columns);
}
