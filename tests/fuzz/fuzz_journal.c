/* SPDX-License-Identifier: Apache-2.0 */
#include "lib/base/file.h"
#include "lib/review/annotators.h"
#include "lib/review/boxes.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char text[] = "IMGID:1\nRT\tO\nGeorge\tB-PER\nZimmerman\tI-PER\n\n"
			   "IMGID:2\nNASA\tO\nrocks\tO\n\n";

/* A file of the bytes without a name on disk; its path in `path`. */
static int hidden_file(const void *bytes, size_t size, char *path, size_t room)
{
	int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		abort();
	snprintf(path, room, "/proc/self/fd/%d", fd);
	return fd;
}

/* The same bytes as the decisions of two annotators, of which one is also the adjudicator. */
static void adjudicate(const char *text_path, const char *journal)
{
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);
	struct review_agreement agreement;
	size_t record;

	if (!review)
		abort();
	if (review_add_annotator(review, "anna", journal, &err) == 0 &&
	    review_add_annotator(review, "ben", "/dev/null", &err) == 0 &&
	    review_attach_journal(review, journal, &note, &err) == 0 &&
	    review_finish(review, &err) == 0) {
		review_take_span(review, 0, 0, 1, &err);
		review_take(review, 1, 1, &err);
		while (review_undo(review, &record, &err) > 0)
			;
		if (!review_agreement(review, &agreement))
			abort();
	}
	review_free(review);
	buf_release(&note);
}

/* A journal of any bytes is repeated on two tweets, as far as it goes, then written to. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char text_path[64], journal[64];
	int text_fd = hidden_file(text, sizeof(text) - 1, text_path, sizeof(text_path));
	int journal_fd = hidden_file(data, size, journal, sizeof(journal));
	struct err err = ERR_INIT;
	struct buf note = BUF_INIT;
	struct review *review = review_open(text_path, &err);
	size_t record;

	if (!review)
		abort();
	if (review_attach_journal(review, journal, &note, &err) == 0) {
		while (review_undo(review, &record, &err) > 0)
			;
		while (review_redo(review, &record, &err) > 0)
			;
		review_set(review, 0, 0, 2, "LOC", &err);
		review_toggle_hard(review, 1, &err);
		review_set_note(review, 1, "a note", &err);
		review_delete_box(review, 1, &(struct box_name){ "a", "b", { 1, 2, 3, 4 } }, &err);
	}
	review_free(review);
	buf_release(&note);
	close(journal_fd);
	journal_fd = hidden_file(data, size, journal, sizeof(journal));
	adjudicate(text_path, journal);
	close(text_fd);
	close(journal_fd);
	return 0;
}
