/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/app.h"
#include "tui/commands.h"
#include "tui/glyphs.h"

#define KEYS_COLUMN 2
#define HELP_COLUMN 20

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

static const char list_legend[] =
	"Each line is a tweet. D: prediction and gold differ; d: they do, and it is decided; E error, "
	"W warning, N note of the checks; A accepted, e edited; H hard, n noted. Every edit is on disk before you see "
	"it; ':write FILE' saves a new file.";

static const char scores_legend[] =
	"The tags as they stand are gold, with every edit. An entity is correct with the same words and "
	"type, as seqeval counts. Below, gold types stand at the left and predicted ones above, for "
	"entities that share a word. A number opens the tweets that it counts; of precision these are the "
	"predictions that are not so in gold, of recall what was not found, of F1 both.";

static const char sentence_legend[] =
	"Gold stands above the words, the prediction below; ! marks where they differ. An edit is of "
	"the marked words, else of the gold span at the cursor, else of the word there. Every edit "
	"is on disk before you see it, and can be undone. While annotators are adjudicated, their "
	"readings stand below the words, each with its key, and ! marks what not all have.";

/* Lines of the help, of which those from app->help.top on are drawn. */
static const char relation_legend[] =
	"The head is marked above its words, the tail below. * is before the relation as it stands, > "
	"at the cursor; ! marks a prediction that differs. A prediction is about head and tail as the "
	"file has them; flipping keeps the relation's name.";

struct page {
	int line; /* the next one */
	int y, rows, columns;
	int shown;
};

/* Whether the next line is on the screen. */
static bool next_line(struct app *app, struct page *page)
{
	bool shown = page->line++ >= app->help.top && page->y < page->rows;

	page->shown += shown;
	return shown;
}

static void draw_heading(struct app *app, struct page *page, const char *text)
{
	if (page->line > 0 && next_line(app, page))
		page->y++;
	if (!next_line(app, page))
		return;
	attron(A_BOLD | A_UNDERLINE);
	glyphs_draw(page->y++, KEYS_COLUMN, page->columns - KEYS_COLUMN - 1, text);
	attroff(A_BOLD | A_UNDERLINE);
}

static void draw_legend(struct app *app, struct page *page, const char *legend)
{
	if (next_line(app, page))
		page->y += glyphs_draw_folded(page->y, KEYS_COLUMN, page->rows - page->y,
					      page->columns - KEYS_COLUMN - 1, legend);
}

/* The actions that work in the view `bit`, or those that do not. */
static void draw_actions(struct app *app, struct page *page, unsigned bit, bool works)
{
	for (int action = 0; action < ACTIONS; action++)
		if (((action_specs[action].views & bit) != 0) == works && next_line(app, page))
			page->y += draw_action(app, page->y, page->rows - page->y, page->columns,
					       (enum action)action);
}

static void draw_commands(struct app *app, struct page *page)
{
	draw_heading(app, page, "commands");
	for (size_t i = 0; i < n_command_specs; i++) {
		const struct command_spec *spec = &command_specs[i];
		char text[64];

		if (!next_line(app, page))
			continue;
		snprintf(text, sizeof(text), ":%s%s%s", spec->name ? spec->name : "",
			 spec->name && *spec->argument ? " " : "", spec->argument);
		glyphs_draw(page->y, KEYS_COLUMN, HELP_COLUMN - KEYS_COLUMN - 1, text);
		page->y += glyphs_draw_folded(page->y, HELP_COLUMN, page->rows - page->y,
					      page->columns - HELP_COLUMN - 1, spec->help);
	}
}

/* The view that the help was asked in comes first. */
static void draw_page(struct app *app, int rows, int columns)
{
	const struct view_ops *view = app->depth > 1 ? app->stack[app->depth - 2] : &view_list;
	struct page page = { 0, 1, rows, columns, 0 };
	struct buf title = BUF_INIT, back = BUF_INIT;

	buf_add_format(&title, "keys of tagsight review: %s", view->name);
	keymap_expand(&back, app->keys, "{back} back");
	app_title(app, 0, columns, title.data, back.data);
	buf_release(&title);
	buf_release(&back);
	draw_legend(app, &page, view == &view_sentence   ? sentence_legend
			       : view == &view_relation ? relation_legend
			       : view == &view_scores   ? scores_legend
							: list_legend);
	draw_heading(app, &page, "here");
	draw_actions(app, &page, view->bit, true);
	draw_commands(app, &page);
	draw_heading(app, &page, "elsewhere");
	draw_actions(app, &page, view->bit, false);
	app->help.shown = page.shown;
	app->help.at_end = app->help.top + page.shown == page.line && page.y < rows;
}

static void draw(struct app *app, int rows, int columns)
{
	draw_page(app, rows, columns);
	/* Texts fold, so that only drawing tells where the last page begins. */
	for (; app->help.to_end && !app->help.at_end; app->help.top++) {
		erase();
		draw_page(app, rows, columns);
		if (app->help.at_end)
			break;
	}
	app->help.to_end = false;
}

static void scroll_by(struct app *app, int lines)
{
	if (lines < 0 || !app->help.at_end)
		app->help.top += lines;
	if (app->help.top < 0)
		app->help.top = 0;
}

static bool act(struct app *app, enum action action, int nth)
{
	(void)nth;
	switch (action) {
	case ACTION_UP:
		scroll_by(app, -1);
		return true;
	case ACTION_DOWN:
		scroll_by(app, 1);
		return true;
	case ACTION_PAGE_UP:
		scroll_by(app, -app->help.shown);
		return true;
	case ACTION_PAGE_DOWN:
		scroll_by(app, app->help.shown);
		return true;
	case ACTION_FIRST:
		app->help.top = 0;
		return true;
	case ACTION_LAST:
		app->help.to_end = true;
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
