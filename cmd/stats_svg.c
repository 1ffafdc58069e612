/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A figure for a paper: (a) the shares of types or relations, (b) the lengths of records, (c) the
 * entities of a tweet, each split in its own colour. Lengths are in pixels of a 760 wide drawing.
 */
#include "cmd/stats_priv.h"

#include "lib/base/utf8.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#define WIDTH 760.0
#define MARGIN 20.0
#define ROW 22.0          /* of a name with one bar; more bars make it higher */
#define BAR 10.0
#define PANEL_HEIGHT 220.0
#define LENGTH_BINS 40
#define LETTER 6.4        /* mean width of a letter at 12 pixels */
#define LABEL_LETTERS 40

/* Okabe and Ito's colours, which the colour-blind tell apart, the yellow one last. */
static const char *const colors[STATS_SERIES] = { "#0072B2", "#E69F00", "#009E73", "#CC79A7",
						  "#D55E00", "#56B4E9", "#000000", "#F0E442" };

struct drawing {
	FILE *out;
	const struct stats_table *table;
	size_t series;
};

/* A panel's inside: where its axes meet, and how large they are. */
struct panel {
	double left, top, width, height;
	double largest, step; /* percent: the end of the axis of shares, and between its ticks */
};

/* Text of the data, escaped; what XML cannot hold becomes U+FFFD. */
static void put_text(FILE *out, const char *text)
{
	size_t length = strlen(text);

	for (size_t at = 0; at < length;) {
		uint32_t c;
		size_t n = utf8_decode(text + at, length - at, &c);

		if (n == 0 || c < 0x20 || c == 0xfffe || c == 0xffff)
			fputs("\xef\xbf\xbd", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else
			fwrite(text + at, 1, n, out);
		at += n ? n : 1;
	}
}

/* `anchor` is "start", "middle" or "end"; `class` may add "t" for titles. */
static void text_at(const struct drawing *drawing, double x, double y, const char *anchor,
		    const char *class, const char *text)
{
	fprintf(drawing->out, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">", x, y, anchor,
		class);
	put_text(drawing->out, text);
	fputs("</text>\n", drawing->out);
}

static void line_at(const struct drawing *drawing, double x0, double y0, double x1, double y1,
		    const char *class)
{
	fprintf(drawing->out, "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" class=\"%s\"/>\n", x0,
		y0, x1, y1, class);
}

static void bar_at(const struct drawing *drawing, double x, double y, double width, double height,
		   size_t series)
{
	fprintf(drawing->out,
		"<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>\n", x, y, width,
		height, colors[series]);
}

/* Ticks of 1, 2 or 5 times a power of ten, five or so, and an axis that ends at one. */
static void scale(struct panel *panel, double most)
{
	double rough = (most > 0 ? most : 1) / 5, power = pow(10, floor(log10(rough)));
	double factor = rough / power;

	panel->step = power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
	panel->largest = panel->step * ceil((most > 0 ? most : 1) / panel->step);
}

static void percent_text(double value, double step, char out[32])
{
	snprintf(out, 32, step < 1 ? "%.1f" : "%.0f", value);
}

/* The axis of shares up the left side, with lines across. */
static void vertical_axis(const struct drawing *drawing, const struct panel *panel, const char *title)
{
	char text[32];

	for (double v = 0; v <= panel->largest + panel->step / 2; v += panel->step) {
		double y = panel->top + panel->height * (1 - v / panel->largest);

		line_at(drawing, panel->left, y, panel->left + panel->width, y, v > 0 ? "g" : "a");
		percent_text(v, panel->step, text);
		text_at(drawing, panel->left - 6, y + 4, "end", "l", text);
	}
	fprintf(drawing->out,
		"<text transform=\"translate(%.1f %.1f) rotate(-90)\" text-anchor=\"middle\" class=\"l\">",
		panel->left - 38, panel->top + panel->height / 2);
	put_text(drawing->out, title);
	fputs("</text>\n", drawing->out);
}

/* ---- (a) types or relations ---- */

static double row_height(const struct drawing *drawing)
{
	return ROW - BAR + BAR * (double)drawing->series;
}

static double names_height(const struct drawing *drawing)
{
	const struct str_list *names = &drawing->table->bars;

	return names->n ? (double)names->n * row_height(drawing) + 80 : 0;
}

/* A name that is too long keeps its end, which tells relations apart. */
static const char *short_name(const char *name, char out[4 * LABEL_LETTERS + 8])
{
	size_t letters = utf8_count(name, strlen(name)), at = 0;
	uint32_t c;

	if (letters <= LABEL_LETTERS)
		return *name ? name : "(no type)";
	for (; letters >= LABEL_LETTERS; letters--) {
		size_t n = utf8_decode(name + at, strlen(name + at), &c);

		at += n ? n : 1;
	}
	snprintf(out, 4 * LABEL_LETTERS + 8, "…%s", name + at);
	return out;
}

static double label_room(const struct str_list *names)
{
	char text[4 * LABEL_LETTERS + 8];
	size_t most = 0;

	for (size_t i = 0; i < names->n; i++) {
		const char *name = short_name(names->items[i], text);
		size_t own = utf8_width(name, strlen(name));

		most = own > most ? own : most;
	}
	return (double)most * LETTER + 14;
}

static double largest_share(const struct drawing *drawing, const struct str_list *names, bool relations)
{
	double largest = 0;

	for (size_t r = 0; r < names->n; r++)
		for (size_t i = 0; i < drawing->series; i++)
			largest = fmax(largest, stats_bar_share(&drawing->table->columns[i], relations,
								names->items[r]));
	return largest;
}

static void horizontal_axis(const struct drawing *drawing, const struct panel *panel)
{
	char text[32];

	for (double v = 0; v <= panel->largest + panel->step / 2; v += panel->step) {
		double x = panel->left + panel->width * v / panel->largest;

		line_at(drawing, x, panel->top, x, panel->top + panel->height, v > 0 ? "g" : "a");
		percent_text(v, panel->step, text);
		text_at(drawing, x, panel->top + panel->height + 16, "middle", "l", text);
	}
}

static void draw_names(const struct drawing *drawing, double top)
{
	bool relations = stats_plots_relations(drawing->table);
	const struct str_list *names = &drawing->table->bars;
	double room = label_room(names), height = row_height(drawing);
	struct panel panel = { MARGIN + room, top + 26, WIDTH - 2 * MARGIN - room - 36,
			       (double)names->n * height, 0, 0 };
	char text[4 * LABEL_LETTERS + 8];

	if (names->n == 0)
		return;
	text_at(drawing, MARGIN, top + 12, "start", "t", relations ? "(a) Relations" : "(a) Types of entities");
	scale(&panel, largest_share(drawing, names, relations));
	horizontal_axis(drawing, &panel);
	for (size_t r = 0; r < names->n; r++) {
		double y = panel.top + (double)r * height + (ROW - BAR) / 2;

		text_at(drawing, panel.left - 8, panel.top + ((double)r + 0.5) * height + 4, "end", "l",
			short_name(names->items[r], text));
		for (size_t i = 0; i < drawing->series; i++, y += BAR) {
			double share = stats_bar_share(&drawing->table->columns[i], relations,
						       names->items[r]);
			double end = panel.left + panel.width * share / panel.largest;

			if (share == 0)
				continue;
			bar_at(drawing, panel.left, y, end - panel.left, BAR - 1, i);
			snprintf(text, sizeof(text), "%.1f", share);
			text_at(drawing, end + 4, y + BAR - 1.5, "start", "v", text);
		}
	}
	text_at(drawing, panel.left + panel.width / 2, panel.top + panel.height + 34, "middle", "l",
		relations ? "% of the split's relations" : "% of the split's entities");
}

/* ---- (b) lengths ---- */

static size_t longest(const struct drawing *drawing)
{
	size_t most = 0;

	for (size_t i = 0; i < drawing->series; i++) {
		size_t own = histogram_largest(&drawing->table->columns[i].stats.lengths);

		most = own > most ? own : most;
	}
	return most;
}

static void length_ticks(const struct drawing *drawing, const struct panel *panel, size_t values)
{
	struct panel axis;
	char text[32];

	scale(&axis, (double)values);
	axis.step = fmax(axis.step, 1);
	for (double v = 0; v <= (double)values; v += axis.step) {
		double x = panel->left + panel->width * v / (double)values;

		line_at(drawing, x, panel->top + panel->height, x, panel->top + panel->height + 4, "a");
		snprintf(text, sizeof(text), "%.0f", v);
		text_at(drawing, x, panel->top + panel->height + 18, "middle", "l", text);
	}
}

static double length_share(const struct drawing *drawing, size_t series, size_t bin, size_t step)
{
	return stats_bin_share(&drawing->table->columns[series].stats.lengths, bin * step,
			       (bin + 1) * step);
}

static void draw_curve(const struct drawing *drawing, const struct panel *panel, size_t series,
		       size_t bins, size_t step)
{
	fprintf(drawing->out, "<polyline fill=\"none\" stroke=\"%s\" class=\"c\" points=\"",
		colors[series]);
	for (size_t b = 0; b < bins; b++) {
		double share = length_share(drawing, series, b, step);

		fprintf(drawing->out, "%s%.1f,%.1f", b ? " " : "",
			panel->left + panel->width * ((double)b + 0.5) / (double)bins,
			panel->top + panel->height * (1 - share / panel->largest));
	}
	fputs("\"/>\n", drawing->out);
}

static void draw_lengths(const struct drawing *drawing, double top, double width)
{
	size_t step = stats_bin_width(drawing->table, LENGTH_BINS), bins = longest(drawing) / step + 1;
	struct panel panel = { MARGIN + 44, top + 26, width - 54, PANEL_HEIGHT - 80, 0, 0 };
	double largest = 0;
	char title[64];

	text_at(drawing, MARGIN, top + 12, "start", "t", "(b) Length");
	for (size_t i = 0; i < drawing->series; i++)
		for (size_t b = 0; b < bins; b++)
			largest = fmax(largest, length_share(drawing, i, b, step));
	scale(&panel, largest);
	vertical_axis(drawing, &panel, "% of records");
	length_ticks(drawing, &panel, bins * step);
	for (size_t i = 0; i < drawing->series; i++)
		draw_curve(drawing, &panel, i, bins, step);
	snprintf(title, sizeof(title), step > 1 ? "tokens of a record, in bins of %zu" : "tokens of a record",
		 step);
	text_at(drawing, panel.left + panel.width / 2, panel.top + panel.height + 36, "middle", "l", title);
}

/* ---- (c) entities of a tweet ---- */

/* The last bin takes all that is larger. */
static double entity_share(const struct drawing *drawing, size_t series, size_t bin, size_t last)
{
	return stats_bin_share(&drawing->table->columns[series].stats.entities_of_record, bin,
			       bin == last ? SIZE_MAX : bin + 1);
}

static void draw_entities(const struct drawing *drawing, double left, double top, double width)
{
	size_t last = stats_entity_bins(drawing->table), most = 0;
	struct panel panel = { left + 44, top + 26, width - 44, PANEL_HEIGHT - 80, 0, 0 };
	double slot = panel.width / (double)(last + 1), largest = 0, bar;
	char label[32];

	bar = slot * 0.8 / (double)drawing->series;
	text_at(drawing, left, top + 12, "start", "t", "(c) Entities");
	for (size_t i = 0; i < drawing->series; i++) {
		size_t own = histogram_largest(&drawing->table->columns[i].stats.entities_of_record);

		most = own > most ? own : most;
		for (size_t b = 0; b <= last; b++)
			largest = fmax(largest, entity_share(drawing, i, b, last));
	}
	scale(&panel, largest);
	vertical_axis(drawing, &panel, "% of tweets");
	for (size_t b = 0; b <= last; b++) {
		double x = panel.left + slot * ((double)b + 0.1);

		for (size_t i = 0; i < drawing->series; i++) {
			double height = panel.height * entity_share(drawing, i, b, last) / panel.largest;

			bar_at(drawing, x + bar * (double)i, panel.top + panel.height - height, bar * 0.95,
			       height, i);
		}
		snprintf(label, sizeof(label), "%zu%s", b, b == last && most > last ? "+" : "");
		text_at(drawing, panel.left + slot * ((double)b + 0.5), panel.top + panel.height + 18,
			"middle", "l", label);
	}
	text_at(drawing, panel.left + panel.width / 2, panel.top + panel.height + 36, "middle", "l",
		"entities of a tweet");
}

/* ---- the whole ---- */

static void legend_text(const struct stats_column *column, char *out, size_t size)
{
	const struct split_stats *stats = &column->stats;

	if (column->task == TASK_RE)
		snprintf(out, size, "%s (%zu relations)", column->title, stats->records);
	else
		snprintf(out, size, "%s (%zu tweets, %zu entities)", column->title, stats->records,
			 stats->entities[STATS_CONLLEVAL]);
}

/* The splits with their colours, in as many lines as they need; the height. With `draw` false, that alone. */
static double legend(const struct drawing *drawing, double top, bool draw)
{
	double x = MARGIN, y = top;
	char text[256];

	for (size_t i = 0; i < drawing->series; i++) {
		double room;

		legend_text(&drawing->table->columns[i], text, sizeof(text));
		room = 34 + LETTER * (double)utf8_width(text, strlen(text));
		if (x > MARGIN && x + room > WIDTH - MARGIN) {
			x = MARGIN;
			y += 20;
		}
		if (draw) {
			bar_at(drawing, x, y, 12, 12, i);
			text_at(drawing, x + 18, y + 10.5, "start", "l", text);
		}
		x += room;
	}
	return y - top + 32;
}

static void open_svg(const struct drawing *drawing, double height)
{
	fprintf(drawing->out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" viewBox=\"0 0 %.0f %.0f\" "
		"role=\"img\">\n<title>",
		WIDTH, height, WIDTH, height);
	for (size_t i = 0; i < drawing->series; i++) {
		fputs(i ? ", " : "", drawing->out);
		put_text(drawing->out, drawing->table->columns[i].title);
	}
	fputs("</title>\n<style>text{font-family:Helvetica,Arial,\"Liberation Sans\",sans-serif;font-size:12px;"
	      "fill:#222}.t{font-size:13px;font-weight:bold}.v{font-size:9px;fill:#555}"
	      ".g{stroke:#ddd;stroke-width:1}.a{stroke:#555;stroke-width:1}"
	      ".c{stroke-width:2;stroke-linejoin:round}</style>\n"
	      "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n",
	      drawing->out);
}

void stats_write_svg(FILE *out, const struct stats_table *table)
{
	struct drawing drawing = { out, table, table->n < STATS_SERIES ? table->n : STATS_SERIES };
	bool entities = stats_entity_bins(table) > 0;
	double top = MARGIN + legend(&drawing, MARGIN, false), names = names_height(&drawing);
	double half = (WIDTH - 2 * MARGIN - 24) / 2;

	open_svg(&drawing, top + names + PANEL_HEIGHT);
	legend(&drawing, MARGIN, true);
	draw_names(&drawing, top);
	draw_lengths(&drawing, top + names, entities ? half : WIDTH - 2 * MARGIN);
	if (entities)
		draw_entities(&drawing, MARGIN + half + 24, top + names, half);
	fputs("</svg>\n", out);
}
