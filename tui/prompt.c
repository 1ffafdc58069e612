/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/prompt.h"

#include "lib/base/utf8.h"
#include "tui/app.h"
#include "tui/glyphs.h"

#include <stdlib.h>
#include <string.h>

void prompt_open(struct app *app, enum prompt_kind kind, const char *text)
{
	struct prompt *prompt = &app->prompt;

	prompt->kind = kind;
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

static void write_file(struct app *app, const char *path, bool replace)
{
	struct err err = ERR_INIT;

	if (!*path)
		app_say(app, "a file name is missing: write FILE");
	else if (review_export(app_review(app), path, replace ? REVIEW_REPLACE : REVIEW_NEW_FILE,
			       &err) < 0)
		app_complain(app, &err);
	else
		app_say(app, "saved as '%s'", path);
}

static void show_split(struct app *app, const char *name)
{
	for (size_t i = 1; i <= app->dataset->n_splits; i++) {
		size_t at = (app->sheet + i) % app->dataset->n_splits;
		const struct split *split = &app->dataset->splits[at];

		if (split->task == TASK_NER && (!*name || strcmp(split->name, name) == 0)) {
			app_show_sheet(app, at);
			return;
		}
	}
	app_say(app, "there is no split '%s' here", name);
}

static void set_order(struct app *app, const char *name)
{
	enum review_order order;

	if (review_order_read(name, &order))
		app_order(app, order);
	else
		app_say(app, "'%s' is no order: file, disagreement, confidence, suspect or random",
			name);
}

static void go_to_number(struct app *app, const char *text)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);

	if (*end || number == 0 || number > review_count(app_review(app)))
		app_say(app, "there is no tweet '%s': they are 1 to %zu", text,
			review_count(app_review(app)));
	else
		app_select(app, (size_t)number - 1);
}

static void run_command(struct app *app, char *line)
{
	size_t length = strcspn(line, " ");
	const char *rest = line + length + strspn(line + length, " ");

	line[length] = '\0';
	if (strcmp(line, "write") == 0 || strcmp(line, "w") == 0)
		write_file(app, rest, false);
	else if (strcmp(line, "write!") == 0 || strcmp(line, "w!") == 0)
		write_file(app, rest, true);
	else if (strcmp(line, "split") == 0)
		show_split(app, rest);
	else if (strcmp(line, "order") == 0)
		set_order(app, rest);
	else if (strcmp(line, "only") == 0)
		app_only(app, rest);
	else if (strcmp(line, "all") == 0)
		app_show_all(app);
	else if (strcmp(line, "quit") == 0 || strcmp(line, "q") == 0)
		app->running = false;
	else if (*line >= '0' && *line <= '9')
		go_to_number(app, line);
	else if (*line)
		app_say(app, "'%s' is no command: write, write!, order, only, all, split, quit or a number", line);
}

static void finish_command(struct app *app)
{
	char *line = buf_detach(&app->prompt.text);

	close_prompt(app);
	if (line)
		run_command(app, line);
	free(line);
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
