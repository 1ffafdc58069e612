/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any bytes as the input of a conversion, written into each format that is one file. What it comes to
 * may be a refusal, but what is written without a loss has to come back as it was.
 */
#ifndef TAGSIGHT_TESTS_FUZZ_FUZZ_CONVERT_H
#define TAGSIGHT_TESTS_FUZZ_FUZZ_CONVERT_H

#include "preprocess/convert/convert.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char fuzz_folder[] = "/tmp/tagsight-fuzz-XXXXXX";
static char fuzz_paths[2][64]; /* of files that are removed at the end */

static inline void fuzz_remove(void)
{
	for (size_t i = 0; i < 2; i++)
		unlink(fuzz_paths[i]);
	rmdir(fuzz_folder);
}

static inline void fuzz_begin(const char *first, const char *second)
{
	if (fuzz_paths[0][0])
		return;
	if (!mkdtemp(fuzz_folder) || atexit(fuzz_remove) != 0)
		abort();
	snprintf(fuzz_paths[0], sizeof(fuzz_paths[0]), "%s/%s", fuzz_folder, first);
	snprintf(fuzz_paths[1], sizeof(fuzz_paths[1]), "%s/%s", fuzz_folder, second);
}

static inline void fuzz_put(const char *path, const void *data, size_t size)
{
	FILE *stream = fopen(path, "wb");

	if (!stream || fwrite(data, 1, size, stream) != size || fclose(stream) != 0)
		abort();
}

/* What comes out, on the heap; NULL where something is lost or refused and `lossy` is false. */
static inline char *fuzz_run(const char *path, const char *from, const char *to, bool lossy, size_t *size)
{
	/* The scheme that is written by default: of another one, the way back would not know. */
	static const struct convert_options options = { .image_url = "",
							.has_from_scheme = true,
							.from_scheme = SCHEME_IOB2 };
	char *output = NULL;
	struct convert_job job = { .input = path, .name = "in", .stream = open_memstream(&output, size),
				   .from = convert_format_find(from),
				   .to = convert_format_find(to), .lossy = lossy };
	struct convert_report report;
	struct err err = ERR_INIT;
	bool written;

	if (!job.stream || !job.from || !job.to)
		abort();
	if (convert_run(&job, &options, NULL, &report, &err) < 0 && err.kind == ERR_NONE)
		abort();
	written = report.written;
	convert_report_release(&report);
	fclose(job.stream);
	if (written)
		return output;
	free(output);
	return NULL;
}

/* Of a format that keeps all that another one says, the way back leads to the same bytes. */
static inline void fuzz_back(const char *from, const char *middle, const char *first, size_t length)
{
	size_t size, again_size;
	char *there, *back;

	fuzz_put(fuzz_paths[1], first, length);
	there = fuzz_run(fuzz_paths[1], from, middle, false, &size);
	if (!there)
		return;
	fuzz_put(fuzz_paths[1], there, size);
	back = fuzz_run(fuzz_paths[1], middle, from, false, &again_size);
	if (back && (again_size != length || memcmp(back, first, length) != 0))
		abort();
	free(there);
	free(back);
}

/* One of the formats by turns, so that many inputs are tried. */
static inline void fuzz_convert(const char *path, const char *from, size_t turn)
{
	static const char *const to[] = { "conll", "hf", "doccano", "label-studio", "spacy", "automm",
					  "hvpnet", "mnre", "coco" };
	static const char *const back[] = { "hf", "doccano", "spacy", "label-studio", "automm" };
	size_t size;
	char *output = fuzz_run(path, from, to[turn % (sizeof(to) / sizeof(*to))], true, &size);

	if (output && turn % (sizeof(to) / sizeof(*to)) == 0)
		fuzz_back("conll", back[turn % (sizeof(back) / sizeof(*back))], output, size);
	free(output);
}

#endif
