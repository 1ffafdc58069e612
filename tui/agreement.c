/* SPDX-License-Identifier: Apache-2.0 */
#include "tui/agreement.h"

#include "lib/review/annotators.h"
#include "tui/app.h"
#include "tui/glyphs.h"

#include <math.h>

#define VALUE_COLUMN 26

static void draw_value(int y, const char *name, double value)
{
	mvaddstr(y, 2, name);
	if (isnan(value))
		mvprintw(y, VALUE_COLUMN, "%6s", "-");
	else
		mvprintw(y, VALUE_COLUMN, "%6.4f", value);
}

void agreement_draw(struct app *app, int y, int rows, int columns)
{
	struct review_agreement agreement;
	struct buf text = BUF_INIT;

	if (!review_agreement(app_review(app), &agreement)) {
		buf_add_string(&text, review_is_complete(app_review(app))
					      ? "The agreement of so long a text is counted by 'tagsight agree'."
					      : "The agreement is being counted.");
		glyphs_draw_folded(y, 2, rows, columns - 4, text.data);
		buf_release(&text);
		return;
	}
	buf_add_format(&text, "How far the %zu annotators agree on %zu tweets, %zu words%s:",
		       agreement.n_annotators, agreement.records, agreement.units,
		       agreement.n_annotators > 2 ? "; means over their pairs where only two can agree"
						  : "");
	y += glyphs_draw_folded(y, 2, rows, columns - 4, text.data) + 1;
	buf_release(&text);
	draw_value(y, "words alike", agreement.observed);
	draw_value(y + 1, "Cohen's kappa", agreement.cohen);
	draw_value(y + 2, "Fleiss' kappa", agreement.fleiss);
	draw_value(y + 3, "Krippendorff's alpha", agreement.krippendorff);
	draw_value(y + 4, "F1 of spans", agreement.f1);
}
