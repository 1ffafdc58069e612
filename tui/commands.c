/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/commands.h"

#include "tui/app.h"
#include "tui/picture_edit.h"

#include <stdlib.h>
#include <string.h>

static void write_to(struct app *app, const char *path, enum review_export_mode mode)
{
	struct err err = ERR_INIT;

	if (!*path)
		app_say(app, "a file name is missing: write FILE");
	else if (review_export(app_review(app), path, mode, &err) < 0)
		app_complain(app, &err);
	else
		app_say(app, "saved as '%s'", path);
}

static void write_new(struct app *app, const char *path)
{
	write_to(app, path, REVIEW_NEW_FILE);
}

static void write_over(struct app *app, const char *path)
{
	write_to(app, path, REVIEW_REPLACE);
}

static void write_boxes(struct app *app, const char *path)
{
	picture_write_boxes(app, path, REVIEW_NEW_FILE);
}

static void write_boxes_over(struct app *app, const char *path)
{
	picture_write_boxes(app, path, REVIEW_REPLACE);
}

static void write_note(struct app *app, const char *note)
{
	struct err err = ERR_INIT;

	if (app_record(app))
		app_edited(app, review_set_note(app_review(app), app->record, note, &err), &err,
			   *note ? "noted" : "the note is taken off");
}

static void show_split(struct app *app, const char *name)
{
	for (size_t i = 1; i <= app->dataset->n_splits; i++) {
		size_t at = (app->sheet + i) % app->dataset->n_splits;
		const struct split *split = &app->dataset->splits[at];

		if (!*name || strcmp(split->name, name) == 0) {
			app_show_sheet(app, at);
			return;
		}
	}
	app_say(app, "there is no split '%s' here", name);
}

/* Whether an earlier split is called the same, as one of tweets and one of relations can be. */
static bool is_repeated(const struct dataset *dataset, size_t split)
{
	for (size_t i = 0; i < split; i++)
		if (strcmp(dataset->splits[i].name, dataset->splits[split].name) == 0)
			return true;
	return false;
}

static const char *split_name(struct app *app, size_t nth)
{
	for (size_t i = 0; i < app->dataset->n_splits; i++)
		if (!is_repeated(app->dataset, i) && nth-- == 0)
			return app->dataset->splits[i].name;
	return NULL;
}

static const char *relation_name(struct app *app, size_t nth)
{
	const struct str_list *names = &app->sheets[app->sheet].relations;

	return nth < names->n ? names->items[nth] : NULL;
}

/* A name that is not in the relation map is a slip of the fingers more often than a new relation. */
static void set_relation(struct app *app, const char *name)
{
	const char *known;

	for (size_t i = 0; (known = relation_name(app, i)) != NULL; i++)
		if (strcmp(known, name) == 0)
			break;
	if (!app_record(app) || !app_record(app)->relation)
		app_say(app, "this is no relation: a tweet has tags");
	else if (known)
		relation_view_choose(app, name);
	else
		app_say(app, "'%s' is not in the relation map; Tab lists what is", name);
}

static void set_order(struct app *app, const char *name)
{
	enum review_order order;

	if (review_order_read(name, &order))
		app_order(app, order);
	else
		app_say(app, "'%s' is no order: file, disagreement, confidence, margin, suspect or random",
			name);
}

static const char *order_name(struct app *app, size_t nth)
{
	(void)app;
	return nth < REVIEW_ORDERS ? review_order_name((enum review_order)nth) : NULL;
}

static void show_only(struct app *app, const char *what)
{
	app_only(app, what);
}

static void show_all(struct app *app, const char *nothing)
{
	(void)nothing;
	app_show_all(app);
}

static void show_scores(struct app *app, const char *nothing)
{
	(void)nothing;
	scores_open(app);
}

static void quit(struct app *app, const char *nothing)
{
	(void)nothing;
	app->running = false;
}

static void go_to_number(struct app *app, const char *text)
{
	char *end;
	unsigned long long number = strtoull(text, &end, 10);
	size_t n = review_count(app_review(app));

	if (*end || number == 0 || (number > n && review_is_indexed(app_review(app)))) {
		app_say(app, "there is no %s '%s': they are 1 to %zu", app_noun(app), text, n);
	} else if (number > n) {
		app->wanted = (size_t)number - 1;
		app_say(app, "%s %s comes as soon as it is read", app_noun(app), text);
	} else {
		app_select(app, (size_t)number - 1);
	}
}

const struct command_spec command_specs[] = {
	{ "write", "w", "FILE", "save as a new file", write_new, NULL },
	{ "write!", "w!", "FILE", "save, also over a file that exists", write_over, NULL },
	{ "write-boxes", NULL, "[FILE]", "save the boxes as they stand for tagsight ground --boxes",
	  write_boxes, NULL },
	{ "write-boxes!", NULL, "FILE", "the same, also over a file that exists", write_boxes_over, NULL },
	{ "box-phrase", NULL, "PHRASE", "give the box of the picture view another phrase", picture_name_box,
	  picture_phrase },
	{ "note", NULL, "[TEXT]", "write a note on the tweet, or take it off", write_note, NULL },
	{ "order", NULL, "NAME", "file, disagreement, confidence, margin, suspect or random", set_order,
	  order_name },
	{ "only", NULL, "WHAT", "show only tweets with a text, type, rule or state", show_only, NULL },
	{ "all", NULL, "", "show all tweets again", show_all, NULL },
	{ "scores", NULL, "", "how well the predictions agree with the tags", show_scores, NULL },
	{ "relation", NULL, "NAME", "give the relation line another relation", set_relation,
	  relation_name },
	{ "split", NULL, "[NAME]", "show another split of the data set", show_split, split_name },
	{ "quit", "q", "", "leave; every edit is kept", quit, NULL },
	{ NULL, NULL, "NUMBER", "go to that tweet", go_to_number, NULL },
};
const size_t n_command_specs = sizeof(command_specs) / sizeof(command_specs[0]);

static const struct command_spec *find(const char *name)
{
	for (size_t i = 0; i < n_command_specs; i++) {
		const struct command_spec *spec = &command_specs[i];

		if (spec->name ? strcmp(spec->name, name) == 0 ||
					 (spec->short_name && strcmp(spec->short_name, name) == 0)
			       : *name >= '0' && *name <= '9')
			return spec;
	}
	return NULL;
}

static void say_unknown(struct app *app, const char *name)
{
	struct buf known = BUF_INIT;

	for (size_t i = 0; i < n_command_specs; i++)
		buf_add_format(&known, "%s%s",
			       i == 0 ? "" : i + 1 == n_command_specs ? " or " : ", ",
			       command_specs[i].name ? command_specs[i].name : "a number");
	app_say(app, "'%s' is no command: %s", name, known.data);
	buf_release(&known);
}

void commands_run(struct app *app, char *line)
{
	const struct command_spec *spec;
	size_t length;
	const char *argument;

	line += strspn(line, " ");
	length = strcspn(line, " ");
	argument = line + length + strspn(line + length, " ");
	line[length] = '\0';
	if (!*line)
		return;
	spec = find(line);
	if (!spec)
		say_unknown(app, line);
	else if (spec->name && !*spec->argument && *argument)
		app_say(app, "'%s' takes nothing after it", spec->name);
	else
		spec->run(app, spec->name ? argument : line);
}

/* The nth text that the last word of the line can be: a command, or a value of `spec`. */
static const char *candidate(struct app *app, const struct command_spec *spec, size_t nth)
{
	if (spec)
		return spec->value ? spec->value(app, nth) : NULL;
	return nth < n_command_specs ? command_specs[nth].name : NULL;
}

void commands_complete(struct app *app, struct buf *line)
{
	char *blank = strchr(line->data, ' ');
	const char *word = blank ? blank + 1 : line->data, *text, *first = NULL;
	size_t typed = strlen(word), common = 0, fits = 0;
	const struct command_spec *spec = NULL;
	struct buf all = BUF_INIT;

	if (blank) {
		*blank = '\0';
		spec = find(line->data);
		*blank = ' ';
	}
	for (size_t i = 0; (!blank || spec) && (text = candidate(app, spec, i)) != NULL; i++) {
		size_t same = 0;

		if (strncmp(text, word, typed) != 0)
			continue;
		buf_add_format(&all, "%s%s", fits++ ? " " : "", text);
		if (!first) {
			first = text;
			common = strlen(text);
		}
		while (same < common && text[same] == first[same])
			same++;
		common = same;
	}
	if (fits > 1)
		app_say(app, "%s", all.data);
	else if (fits == 0)
		app_say(app, "nothing completes this");
	if (first)
		buf_add(line, first + typed, common - typed);
	if (fits == 1 && !blank && *find(first)->argument)
		buf_add_char(line, ' ');
	buf_release(&all);
}
