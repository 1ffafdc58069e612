/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Cut crops out of decoded pictures and write them, beside peer_crops.py in rounds of alternate.py:
 *
 *	bench_crops FOLDER png|jpg PICTURE...
 *
 * Each picture gives the nine crops of a half of its width and height that start at its eighths 0, 2
 * and 4. Prints {"ready"}; then, for each line on standard input, writes all of them into FOLDER and
 * prints {"items","seconds","cpu","batch"}, the last being the bytes written.
 */
#include "lib/base/file.h"
#include "lib/formats/json_lines.h"
#include "lib/image/crop.h"
#include "lib/image/decode.h"
#include "lib/image/encode.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define QUALITY 75 /* Pillow's own choice */

struct bench {
	const char *folder, *format;
	struct image *pictures; /* [n] */
	int n;
};

static double now(clockid_t clock)
{
	struct timespec time;

	clock_gettime(clock, &time);
	return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

static void crop_path(const struct bench *bench, int picture, int number, char path[1024])
{
	snprintf(path, 1024, "%s/%d_%d.%s", bench->folder, picture, number, bench->format);
}

static int64_t write_crop(const struct bench *bench, int picture, int number)
{
	const struct image *image = &bench->pictures[picture];
	int x = number % 3 * image->width / 4, y = number / 3 * image->height / 4;
	struct image_rect rect = { x, y, x + image->width / 2, y + image->height / 2 };
	struct image crop = IMAGE_INIT;
	struct err err = ERR_INIT;
	char path[1024];
	int rc;

	crop_path(bench, picture, number, path);
	rc = image_crop(&crop, image, rect, &err);
	if (rc == 0 && strcmp(bench->format, "png") == 0)
		rc = image_encode_png(&crop, path, &err);
	else if (rc == 0)
		rc = image_encode_jpeg(&crop, QUALITY, path, &err);
	image_release(&crop);
	if (rc < 0)
		BUG(err.text);
	return file_size(path);
}

/* Files of the round before go first, for crops are written where there are none. */
static void clear_folder(const struct bench *bench)
{
	char path[1024];

	for (int i = 0; i < 9 * bench->n; i++) {
		crop_path(bench, i / 9, i % 9, path);
		unlink(path);
	}
}

static void run_round(const struct bench *bench)
{
	double seconds, cpu;
	int64_t bytes = 0;

	clear_folder(bench);
	seconds = now(CLOCK_MONOTONIC);
	cpu = now(CLOCK_PROCESS_CPUTIME_ID);
	for (int i = 0; i < 9 * bench->n; i++)
		bytes += write_crop(bench, i / 9, i % 9);
	seconds = now(CLOCK_MONOTONIC) - seconds;
	cpu = now(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	json_line_write(stdout, json_pack("{s:i,s:f,s:f,s:I}", "items", 9 * bench->n, "seconds",
					  seconds, "cpu", cpu, "batch", (json_int_t)bytes));
	fflush(stdout);
}

int main(int argc, char **argv)
{
	struct bench bench = { 0 };
	struct err err = ERR_INIT;
	char line[16];

	if (argc < 4) {
		fprintf(stderr, "usage: bench_crops FOLDER png|jpg PICTURE...\n");
		return 2;
	}
	bench.folder = argv[1];
	bench.format = argv[2];
	bench.n = argc - 3;
	bench.pictures = calloc((size_t)bench.n, sizeof(*bench.pictures));
	if (!bench.pictures)
		return 3;
	for (int i = 0; i < bench.n; i++)
		if (image_decode_file(&bench.pictures[i], argv[3 + i], NULL, NULL, &err) < 0)
			BUG(err.text);
	puts("{\"ready\":true}");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		run_round(&bench);
	for (int i = 0; i < bench.n; i++)
		image_release(&bench.pictures[i]);
	free(bench.pictures);
	return 0;
}
