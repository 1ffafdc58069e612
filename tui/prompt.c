/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/prompt.h"

#include "lib/base/utf8.h"
#include "tui/app.h"
#include "tui/commands.h"
#include "tui/glyphs.h"

#include <stdlib.h>
#include <string.h>

void prompt_open(struct app *app, enum prompt_kind kind, const char *text)
{
	struct prompt *prompt = &app->prompt;

	prompt->kind = kind;
	prompt->recalled = prompt->history.n;
	prompt->origin = app->record;
	prompt->origin_word = app->sentence.word;
	buf_clear(&prompt->text);
	buf_add_string(&prompt->text, text);
}

static void close_prompt(struct app *app)
{
	app->prompt.kind = PROMPT_NONE;
}

void prompt_search_again(struct app *app, bool forward)
{
	if (app->needle.length == 0)
		app_hint(app, "nothing was searched yet: {search} searches");
	else
		search_begin(app, GOAL_TEXT, app->needle.data, app->list.at, forward, NULL);
}

static void go_to_origin(struct app *app)
{
	search_stop(app);
	if (app->prompt.origin == SIZE_MAX)
		return;
	app_select(app, app->prompt.origin);
	app->sentence.word = app->prompt.origin_word;
}

/* The nearest match from where the search began, which may be there. */
static void search_as_typed(struct app *app)
{
	const struct prompt *prompt = &app->prompt;
	size_t n = review_queue_count(app_queue(app)), origin;

	if (n == 0)
		return;
	if (prompt->text.length == 0) {
		go_to_origin(app);
		return;
	}
	origin = review_queue_find(app_queue(app), prompt->origin);
	search_begin(app, GOAL_TEXT, prompt->text.data, (origin + n - 1) % n, true, "no match");
}

/* A search that is still going on goes on; one that found nothing says so. */
static void finish_search(struct app *app)
{
	const struct prompt *prompt = &app->prompt;
	size_t n = review_queue_count(app_queue(app));

	close_prompt(app);
	if (prompt->text.length == 0)
		return;
	buf_clear(&app->needle);
	buf_add_string(&app->needle, prompt->text.data);
	if (app->search.active)
		app->search.nothing = NULL;
	else
		search_begin(app, GOAL_TEXT, app->needle.data, n ? (app->list.at + n - 1) % n : 0,
			     true, NULL);
}

static void finish_command(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	char *line = buf_detach(&prompt->text);

	close_prompt(app);
	if (line && *line) {
		/* A line that memory has no room for is only not remembered. */
		if (prompt->history.n == 0 ||
		    strcmp(prompt->history.items[prompt->history.n - 1], line) != 0)
			str_list_add(&prompt->history, line);
		commands_run(app, line);
	}
	free(line);
}

/* Take a line of the history, an earlier one or a later one; past the last is an empty one. */
static void recall(struct prompt *prompt, bool earlier)
{
	if (earlier ? prompt->recalled == 0 : prompt->recalled >= prompt->history.n)
		return;
	prompt->recalled += earlier ? SIZE_MAX : 1;
	buf_clear(&prompt->text);
	if (prompt->recalled < prompt->history.n)
		buf_add_string(&prompt->text, prompt->history.items[prompt->recalled]);
}

/* What only a command has: completion and history. */
static bool command_key(struct app *app, wint_t key, bool special)
{
	struct prompt *prompt = &app->prompt;

	if (prompt->kind != PROMPT_COMMAND)
		return false;
	if (!special && key == '\t')
		commands_complete(app, &prompt->text);
	else if (special && (key == KEY_UP || key == KEY_DOWN))
		recall(prompt, key == KEY_UP);
	else
		return false;
	return true;
}

void prompt_release(struct prompt *prompt)
{
	buf_release(&prompt->text);
	str_list_release(&prompt->history);
}

static void take_back(struct buf *text)
{
	while (text->length && ((unsigned char)text->data[text->length - 1] & 0xc0) == 0x80)
		text->length--;
	if (text->length)
		text->length--;
	text->data[text->length] = '\0';
}

static void cancel(struct app *app)
{
	if (app->prompt.kind == PROMPT_SEARCH)
		go_to_origin(app);
	close_prompt(app);
}

static void type_character(struct buf *text, wint_t key)
{
	char bytes[4];

	if (key >= ' ' && key != 0x7f)
		buf_add(text, bytes, utf8_encode((uint32_t)key, bytes));
}

void prompt_key(struct app *app, wint_t key, bool special)
{
	struct prompt *prompt = &app->prompt;

	if (command_key(app, key, special))
		return;
	if (special ? key == KEY_ENTER : key == '\n' || key == '\r') {
		if (prompt->kind == PROMPT_SEARCH)
			finish_search(app);
		else
			finish_command(app);
		return;
	}
	if (!special && key == 27) {
		cancel(app);
		return;
	}
	if (special ? key == KEY_BACKSPACE : key == 0x7f || key == 8) {
		if (prompt->text.length == 0) {
			cancel(app);
			return;
		}
		take_back(&prompt->text);
	} else if (!special && key == ('U' & 0x1f)) {
		buf_clear(&prompt->text);
	} else if (!special) {
		type_character(&prompt->text, key);
	}
	if (prompt->kind == PROMPT_SEARCH)
		search_as_typed(app);
}

void prompt_draw(struct app *app, int y, int columns)
{
	const struct prompt *prompt = &app->prompt;
	int drawn;

	mvaddch(y, 0, prompt->kind == PROMPT_SEARCH ? '/' : ':');
	drawn = glyphs_draw(y, 1, columns - 2, prompt->text.data);
	if (app->message.length && drawn + 4 < columns)
		glyphs_draw(y, drawn + 4, columns - drawn - 5, app->message.data);
	move(y, drawn + 1);
}
