/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/sheet_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"

#include <stdlib.h>
#include <string.h>

#define BATCH 16 /* cards a thread, between two writes */
#define MOST_JOBS 256

/* A page that is being written. */
struct sheet {
	const struct dataset *dataset;
	const struct ground_sheet_options *options;
	const char *path;
	struct progress *progress;
	struct ground_sheet_report *report;
	struct file_writer writer; /* stream NULL: no page is open */
	size_t on_page; /* records */
	struct sheet_card *cards; /* [room] */
	size_t room, jobs;
	const struct split *split; /* of the cards */
};

static int put(struct sheet *sheet, struct buf *html, struct err *err)
{
	if (html->failed)
		return err_set_memory(err);
	if (fwrite(html->data, 1, html->length, sheet->writer.stream) != html->length)
		return err_set_errno(err, "write", sheet->writer.path);
	buf_clear(html);
	return 0;
}

static int end_page(struct sheet *sheet, bool more, struct err *err)
{
	struct buf html = BUF_INIT;
	int rc;

	sheet_page_end(&html, sheet->path, sheet->report->pages, more);
	rc = put(sheet, &html, err);
	buf_release(&html);
	if (rc == 0)
		rc = file_writer_commit(&sheet->writer, err);
	file_writer_abort(&sheet->writer);
	return rc;
}

static int begin_page(struct sheet *sheet, struct err *err)
{
	char *path = sheet_page_path(sheet->path, sheet->report->pages + 1);
	struct buf html = BUF_INIT;
	int rc = path ? file_writer_open(&sheet->writer, path, err) : err_set_memory(err);

	free(path);
	if (rc < 0)
		return -1;
	sheet->report->pages++;
	sheet->on_page = 0;
	sheet_page_begin(&html, sheet->dataset, sheet->report->pages, sheet->options->version);
	rc = put(sheet, &html, err);
	buf_release(&html);
	return rc;
}

/* Begin (or end) a split's part of the page. */
static int section(struct sheet *sheet, bool begin, bool has_manifest, struct err *err)
{
	struct buf html = BUF_INIT;
	int rc;

	if (begin)
		sheet_section_begin(&html, sheet->split, has_manifest);
	else
		sheet_section_end(&html);
	rc = put(sheet, &html, err);
	buf_release(&html);
	return rc;
}

static void write_card(void *context, size_t item, int thread)
{
	struct sheet *sheet = context;

	(void)thread;
	sheet_card_write(&sheet->cards[item], sheet->split, sheet->options);
}

/* Write the first n cards, turning the page where it is full. */
static int write_cards(struct sheet *sheet, size_t n, bool has_manifest, struct err *err)
{
	struct ground_sheet_report *report = sheet->report;

	pool_run((int)sheet->jobs, n, write_card, sheet);
	for (size_t i = 0; i < n; i++) {
		struct sheet_card *card = &sheet->cards[i];

		if (sheet->on_page == sheet->options->page &&
		    (section(sheet, false, false, err) < 0 || end_page(sheet, true, err) < 0 ||
		     begin_page(sheet, err) < 0 || section(sheet, true, has_manifest, err) < 0))
			return -1;
		sheet->on_page++;
		report->records++;
		report->boxes += card->record.n_boxes;
		report->without += card->record.n_boxes == 0;
		report->unreadable += card->unreadable;
		if (put(sheet, &card->html, err) < 0)
			return -1;
		arena_reset(&card->arena);
	}
	return progress_step(sheet->progress, n) ? err_set(err, ERR_STOPPED, "interrupted") : 0;
}

/* Fill as many cards as there is room for; *n of them. READ_EOF at the end of the text. */
static enum read_status fill_cards(struct sheet *sheet, struct ground_view *view, size_t *n,
				   struct err *err)
{
	enum read_status status = READ_OK;
	char text[1400];

	for (*n = 0; *n < sheet->room && status > READ_EOF;) {
		struct sheet_card *card = &sheet->cards[*n];
		struct err bad = ERR_INIT;

		status = ground_view_next(view, &card->record, &card->arena, &bad);
		if (status == READ_OK) {
			++*n;
		} else if (status == READ_BAD) {
			sheet->report->skipped++;
			progress_note(sheet->progress, "skipped: %s", err_format(&bad, text, sizeof(text)));
		} else if (status == READ_FAIL) {
			*err = bad;
		}
	}
	return status;
}

static void note_bad_lines(struct sheet *sheet, const struct ground_view *view)
{
	const struct err *first;
	size_t n = ground_view_bad_lines(view, &first);
	char text[1400];

	sheet->report->bad_lines += n;
	if (n)
		progress_note(sheet->progress, "%zu lines of the manifest are left out, the first: %s", n,
			      err_format(first, text, sizeof(text)));
}

static int write_split(struct sheet *sheet, const struct split *split, struct err *err)
{
	struct ground_view *view = ground_view_open(sheet->dataset, split, err);
	enum read_status status = READ_OK;
	size_t n;
	int rc;

	if (!view)
		return -1;
	sheet->split = split;
	rc = section(sheet, true, ground_view_has_manifest(view), err);
	while (rc == 0 && status > READ_EOF) {
		status = fill_cards(sheet, view, &n, err);
		rc = status == READ_FAIL ? -1 : write_cards(sheet, n, ground_view_has_manifest(view), err);
	}
	if (rc == 0)
		rc = section(sheet, false, false, err);
	note_bad_lines(sheet, view);
	ground_view_close(view);
	return rc;
}

static int open_cards(struct sheet *sheet, struct err *err)
{
	int jobs = sheet->options->jobs > 0 ? sheet->options->jobs : pool_processors();

	sheet->jobs = (size_t)(jobs < MOST_JOBS ? jobs : MOST_JOBS);
	sheet->room = sheet->jobs * BATCH;
	sheet->cards = checked_calloc(sheet->room, sizeof(*sheet->cards));
	if (!sheet->cards)
		return err_set_memory(err);
	for (size_t i = 0; i < sheet->room; i++)
		buf_init(&sheet->cards[i].html);
	return 0;
}

static void close_cards(struct sheet *sheet)
{
	for (size_t i = 0; sheet->cards && i < sheet->room; i++) {
		arena_release(&sheet->cards[i].arena);
		buf_release(&sheet->cards[i].html);
	}
	free(sheet->cards);
}

int ground_sheet(const struct dataset *dataset, const char *path,
		 const struct ground_sheet_options *options, struct progress *progress,
		 struct ground_sheet_report *report, struct err *err)
{
	struct sheet sheet = { .dataset = dataset, .options = options, .path = path,
			       .progress = progress, .report = report, .writer = FILE_WRITER_INIT };
	int rc;

	memset(report, 0, sizeof(*report));
	progress_begin(progress, "report", "records", 0);
	rc = open_cards(&sheet, err) < 0 || begin_page(&sheet, err) < 0 ? -1 : 0;
	for (size_t i = 0; i < dataset->n_splits && rc == 0; i++)
		rc = write_split(&sheet, &dataset->splits[i], err);
	if (rc == 0)
		rc = end_page(&sheet, false, err);
	progress_end(progress);
	file_writer_abort(&sheet.writer);
	close_cards(&sheet);
	return rc;
}
