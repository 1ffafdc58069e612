/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/sheet_priv.h"

#include "lib/base/file.h"
#include "lib/formats/html.h"
#include "lib/image/draw.h"

#include <stdlib.h>
#include <string.h>

char *sheet_page_path(const char *path, size_t page)
{
	const char *extension = file_extension(path);
	size_t stem = strlen(path) - (*extension ? strlen(extension) + 1 : 0);
	struct buf out = BUF_INIT;

	buf_add(&out, path, stem);
	if (page > 1)
		buf_add_format(&out, "-%zu", page);
	buf_add_string(&out, path + stem);
	return buf_detach(&out);
}

/* The filters: radio buttons before the cards, whose state style sheets can see. A filter's cards have a
 * class; NULL: all cards. */
struct filter {
	const char *name, *class, *label;
};

static const struct filter filters[] = {
	{ "kind", NULL, "any phrase" },
	{ "kind", "k-person", "person" },
	{ "kind", "k-location", "location" },
	{ "kind", "k-organization", "organization" },
	{ "kind", "k-misc", "misc" },
	{ "kind", "k-noun-phrase", "noun phrase" },
	{ "state", NULL, "all" },
	{ "state", "without", "without a box" },
	{ "state", "lack", "a phrase without one" },
	{ "state", "low", "a score below 0.5" },
	{ "state", "unreadable", "no picture" },
};

#define FILTERS (sizeof(filters) / sizeof(*filters))

static void add_filters(struct buf *out)
{
	for (size_t i = 0; i < FILTERS; i++) {
		const struct filter *filter = &filters[i];

		if (i > 0 && strcmp(filter->name, filters[i - 1].name) != 0)
			buf_add_string(out, "<br>");
		buf_add_format(out, "<input type=\"radio\" name=\"%s\" id=\"f%zu\"%s><label for=\"f%zu\">%s</label>\n",
			       filter->name, i, filter->class ? "" : " checked", i, filter->label);
	}
}

static void add_filter_styles(struct buf *out)
{
	for (size_t i = 0; i < FILTERS; i++)
		if (filters[i].class)
			buf_add_format(out, "#f%zu:checked~main .r:not(.%s){display:none}\n", i,
				       filters[i].class);
}

static void add_color_styles(struct buf *out)
{
	for (size_t i = 0; i <= DRAW_COLORS; i++) {
		const unsigned char *rgb = i < DRAW_COLORS ? draw_colors[i] : draw_grey;
		const char *ink = draw_contrast(rgb)[0] ? "#fff" : "#000";

		buf_add_char(out, '.');
		sheet_add_color(out, i < DRAW_COLORS ? i : GROUNDED_NO_PHRASE);
		buf_add_format(out, "{background:#%02x%02x%02x;color:%s;stroke:#%02x%02x%02x;fill:#%02x%02x%02x}\n",
			       rgb[0], rgb[1], rgb[2], ink, rgb[0], rgb[1], rgb[2], rgb[0], rgb[1], rgb[2]);
	}
}

/* A card that is not on the screen is not laid out: thousands open at once. */
static const char styles[] =
	":root{color-scheme:light dark;--back:#f4f4f2;--card:#fff;--ink:#1c1c1c;--dim:#666;--edge:#ddd}\n"
	"@media(prefers-color-scheme:dark){:root{--back:#16171a;--card:#222327;--ink:#e8e8e8;--dim:#9a9a9a;"
	"--edge:#3a3b40}}\n"
	"body{margin:0;padding:12px;background:var(--back);color:var(--ink);"
	"font:14px/1.35 system-ui,sans-serif}\n"
	"h1,h2{font-size:18px;margin:4px 0}h2{font-size:16px;margin-top:16px}\n"
	"h3{font-size:13px;margin:0 0 6px;overflow-wrap:anywhere}\n"
	"small,i,.n{color:var(--dim);font-style:normal;font-weight:normal}\n"
	".cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,300px),1fr));gap:10px}\n"
	".r{background:var(--card);border:1px solid var(--edge);border-radius:6px;padding:8px;min-width:0;"
	"content-visibility:auto;contain-intrinsic-size:auto 360px;counter-increment:shown;"
	"overflow-wrap:anywhere}\n"
	"figure{position:relative;margin:0;max-width:100%}\n"
	"figure img{display:block;width:100%;height:auto}\n"
	"figure svg{position:absolute;inset:0;width:100%;height:100%}\n"
	"svg g{background:none}svg rect{fill:transparent;stroke:inherit}\n"
	"svg text{stroke:#000;paint-order:stroke;font-weight:bold}\n"
	"p{margin:6px 0}ul{margin:0;padding:0;list-style:none;font-size:13px}\n"
	"li b{display:inline-block;min-width:1.1em;padding:0 3px;border-radius:3px;text-align:center}\n"
	"mark{border-radius:3px;padding:0 2px}mark.n{background:var(--edge);color:inherit}\n"
	".fault{color:var(--dim);border:1px dashed var(--edge);padding:16px 8px;text-align:center}\n"
	"body{counter-reset:shown}footer{margin:12px 0}footer .count::before{content:counter(shown)}\n"
	"input{margin:4px 3px 4px 8px}label{white-space:nowrap}\n";

static void add_link(struct buf *out, const char *path, size_t page, const char *label)
{
	char *other = sheet_page_path(path, page);

	if (!other) {
		out->failed = true;
		return;
	}
	buf_add_string(out, " <a href=\"./");
	html_add_text(out, file_base_name(other));
	buf_add_format(out, "\">%s</a>", label);
	free(other);
}

void sheet_page_begin(struct buf *out, const struct dataset *dataset, size_t page, const char *version)
{
	const char *name = strcmp(dataset->root, ".") == 0 ? "boxes" : file_base_name(dataset->root);

	buf_add_string(out, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
			    "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
			    "<meta name=\"generator\" content=\"tagsight ");
	html_add_text(out, version);
	buf_add_string(out, "\">\n<title>");
	html_add_text(out, name);
	buf_add_format(out, ", page %zu</title>\n<style>\n%s", page, styles);
	add_color_styles(out);
	add_filter_styles(out);
	buf_add_string(out, "</style></head><body>\n<h1>");
	html_add_text(out, name);
	buf_add_format(out, " <small>page %zu</small></h1>\n", page);
	add_filters(out);
	buf_add_string(out, "<main>\n");
}

void sheet_section_begin(struct buf *out, const struct split *split, bool has_manifest)
{
	buf_add_string(out, "<section><h2>");
	html_add_text(out, split->set);
	buf_add_char(out, ' ');
	html_add_text(out, split->name);
	if (!has_manifest)
		buf_add_string(out, " <small>not grounded: there is no manifest</small>");
	buf_add_string(out, "</h2>\n<div class=\"cards\">\n");
}

void sheet_section_end(struct buf *out)
{
	buf_add_string(out, "</div></section>\n");
}

void sheet_page_end(struct buf *out, const char *path, size_t page, bool more)
{
	buf_add_string(out, "</main>\n<footer><span class=\"count\"></span> records shown.");
	if (page > 1)
		add_link(out, path, page - 1, "previous page");
	if (more)
		add_link(out, path, page + 1, "next page");
	buf_add_string(out, "</footer></body></html>\n");
}
