/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/newcomer.h"

#include "lib/base/file.h"
#include "tui/app.h"
#include "tui/glyphs.h"

#include <stdlib.h>

#define NEWCOMER_ROWS 3
#define COLUMNS_LEAST 72 /* that the lines need */

static const char *const lines[NEWCOMER_ROWS] = {
	"New here? {down} and {up} move, {open} opens a tweet, {help} explains the keys.",
	("{next-disagreement} goes to the next difference; {accept-prediction} takes the prediction,"
	 " {accept-gold} keeps gold, {undo} undoes."),
	"Every edit is kept at once, your file stays as it is; {write} saves a new one.",
};

bool newcomer_comes(void)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	struct buf path = BUF_INIT;
	struct err ignored = ERR_INIT;
	bool comes = false;

	if (state && *state == '/')
		buf_add_format(&path, "%s/tagsight/review-was-seen", state);
	else if (home && *home)
		buf_add_format(&path, "%s/.local/state/tagsight/review-was-seen", home);
	if (path.length && !path.failed && !file_exists(path.data)) {
		/* Where this cannot be written the lines come again, which does no harm. */
		if (file_make_parents(path.data, &ignored) == 0)
			file_write_all(path.data, "", 0, &ignored);
		comes = true;
	}
	buf_release(&path);
	return comes;
}

int newcomer_rows(const struct app *app, int rows, int columns)
{
	bool shown = app->newcomer && app->depth == 1 && rows > 3 * NEWCOMER_ROWS &&
		     columns >= COLUMNS_LEAST;

	return shown ? NEWCOMER_ROWS : 0;
}

void newcomer_draw(struct app *app, int y, int columns)
{
	for (int i = 0; i < NEWCOMER_ROWS; i++) {
		struct buf line = BUF_INIT;

		keymap_expand(&line, app->keys, lines[i]);
		theme_set(&app->theme, STYLE_TITLE);
		mvhline(y + i, 0, ' ' | app->theme.attributes[STYLE_TITLE], columns);
		glyphs_draw(y + i, 1, columns - 2, line.data);
		theme_set(&app->theme, STYLE_TEXT);
		buf_release(&line);
	}
}
