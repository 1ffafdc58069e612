/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of three annotators, parted by bytes of 0xfe: whatever they hold, measures are numbers up to 1
 * or not defined, and a file agrees with itself.
 */
#include "preprocess/agree.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Rounding may pass 1 by a little. */
static void check_measure(double value)
{
	if (!isnan(value) && !(value <= 1 + 1e-9 && isfinite(value)))
		abort();
}

static void check_report(const struct agree_report *report)
{
	for (size_t i = 0; i < report->n_rows; i++) {
		const struct agree_row *row = &report->rows[i];

		check_measure(row->fleiss);
		check_measure(row->krippendorff);
		check_measure(row->cohen);
		check_measure(row->f1);
		for (size_t p = 0; p < report->n_pairs; p++)
			if (row->pairs[p].same > row->pairs[p].spans_a || row->pairs[p].same > row->pairs[p].spans_b)
				abort();
	}
}

static void measure(char *const *paths, size_t n, enum task task, bool alike)
{
	struct agree_report report;
	struct err err = ERR_INIT;

	if (agree_files(&report, paths, n, task, NULL, &err) == 0) {
		check_report(&report);
		if (alike && (report.left_out || (report.units && report.rows[0].pairs[0].observed != 1)))
			abort();
	}
	agree_release(&report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char names[3][64], *paths[3], *same[2];
	int files[3];

	for (size_t i = 0; i < 3; i++) {
		const uint8_t *end = i < 2 && size ? memchr(data, 0xfe, size) : NULL;
		size_t length = end ? (size_t)(end - data) : size;

		files[i] = memfd_create("input", MFD_CLOEXEC);
		if (files[i] < 0 || write(files[i], data, length) != (ssize_t)length)
			abort();
		snprintf(names[i], sizeof(names[i]), "/proc/self/fd/%d", files[i]);
		paths[i] = names[i];
		data += length + (end != NULL);
		size -= length + (end != NULL);
	}
	same[0] = same[1] = paths[0];
	for (enum task task = TASK_NER; task <= TASK_RE; task++) {
		measure(paths, 3, task, false);
		measure(same, 2, task, true);
	}
	for (size_t i = 0; i < 3; i++)
		close(files[i]);
	return 0;
}
