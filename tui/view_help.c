/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/app.h"
#include "tui/glyphs.h"

#define KEYS_COLUMN 2
#define HELP_COLUMN 20
#define FOLDED 4 /* lines more than actions that the longest texts need */

static int draw_action(struct app *app, int y, int rows, int columns,
		       enum action action)
{
	struct buf keys = BUF_INIT;
	int width = columns - HELP_COLUMN - 1;

	theme_set(&app->theme, STYLE_TEXT);
	attron(A_BOLD);
	keymap_add_keys(&keys, app->keys, action);
	glyphs_draw(y, KEYS_COLUMN, HELP_COLUMN - KEYS_COLUMN - 1, keys.data);
	buf_release(&keys);
	attroff(A_BOLD);
	return glyphs_draw_folded(y, HELP_COLUMN, rows, width, action_specs[action].help);
}

static const char *const legend[] = {
	"gold stands above the words, the prediction below; ! marks where they differ.",
	"In the list: D differs, d differs and is decided; E error, W warning, N note",
	"of the checks; A accepted, e edited. Every edit is on disk before you see it.",
	"",
};

#define LEGEND ((int)(sizeof(legend) / sizeof(legend[0])))

static void draw(struct app *app, int rows, int columns)
{
	int y = 1, line = 0;

	app->help.rows = rows - 1;
	app->help.total = ACTIONS + LEGEND;
	app_title(app, 0, columns, "keys of tagsight review", "q back");
	for (; line < LEGEND; line++)
		if (line >= app->help.top && y < rows)
			glyphs_draw(y++, KEYS_COLUMN, columns - KEYS_COLUMN - 1, legend[line]);
	for (int action = 0; action < ACTIONS; action++, line++)
		if (line >= app->help.top && y < rows)
			y += draw_action(app, y, rows - y, columns, (enum action)action);
}

static void scroll_to(struct app *app, int top)
{
	int last = app->help.total + FOLDED - app->help.rows;

	if (top > last)
		top = last;
	app->help.top = top > 0 ? top : 0;
}

static bool act(struct app *app, enum action action, int nth)
{
	(void)nth;
	switch (action) {
	case ACTION_UP:
		scroll_to(app, app->help.top - 1);
		return true;
	case ACTION_DOWN:
		scroll_to(app, app->help.top + 1);
		return true;
	case ACTION_PAGE_UP:
		scroll_to(app, app->help.top - app->help.rows);
		return true;
	case ACTION_PAGE_DOWN:
		scroll_to(app, app->help.top + app->help.rows);
		return true;
	case ACTION_FIRST:
		scroll_to(app, 0);
		return true;
	case ACTION_LAST:
		scroll_to(app, app->help.total);
		return true;
	case ACTION_HELP:
		app_pop(app);
		return true;
	default:
		return false;
	}
}

const struct view_ops view_help = {
	.name = "help",
	.bit = IN_HELP,
	.hints = "{up} {down} {page-up} {page-down} scroll  {back} back",
	.draw = draw,
	.act = act,
};
