/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/shard_merge.h"

#include "lib/base/checked.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/line_reader.h"
#include "preprocess/annotations.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* ---- lines ---- */

static enum read_status write_line(struct line_reader *reader, FILE *out, struct err *err)
{
	struct text_line line;
	enum read_status status = line_reader_next(reader, &line, err);

	if (status != READ_OK)
		return status == READ_BAD ? READ_FAIL : status;
	fwrite(line.text, 1, line.length, out);
	fputc('\n', out);
	return READ_OK;
}

static int uneven(const char *path, size_t number, struct err *err)
{
	return err_set(err, ERR_DATA,
		       "the parts do not fit together at '%s', record %zu: name them in their order, all of "
		       "them; where a record was skipped, run its part again", path, number);
}

/* Round after round, a line of each part; once a part has ended, no other may go on. */
static int join_lines(char *const *paths, struct line_reader **readers, size_t n, FILE *out,
		      struct err *err)
{
	bool ended = false;

	for (size_t round = 1;; round++) {
		for (size_t i = 0; i < n; i++) {
			enum read_status status = write_line(readers[i], out, err);

			if (status == READ_FAIL)
				return -1;
			if (ended && status == READ_OK)
				return uneven(paths[i], round, err);
			ended = ended || status == READ_EOF;
		}
		if (ended)
			break;
	}
	/* Those before the first that ended had their line of this round. */
	for (size_t i = 0; i < n; i++) {
		struct text_line line;

		if (line_reader_next(readers[i], &line, err) != READ_EOF)
			return uneven(paths[i], line.number, err);
	}
	return 0;
}

static int merge_lines(char *const *paths, size_t n, FILE *out, struct err *err)
{
	struct line_reader **readers = checked_calloc(n, sizeof(struct line_reader *));
	size_t opened = 0;
	int rc = readers ? 0 : err_set_memory(err);

	while (rc == 0 && opened < n) {
		readers[opened] = line_reader_open(paths[opened], JSON_LINE_LIMIT, err);
		if (readers[opened])
			opened++;
		else
			rc = -1;
	}
	if (rc == 0)
		rc = join_lines(paths, readers, n, out, err);
	while (opened > 0)
		line_reader_close(readers[--opened]);
	free(readers);
	return rc;
}

/* ---- CoNLL ---- */

static void write_record(const struct annotations *file, size_t number, FILE *out)
{
	const struct annotation *record = &file->records[number];

	fwrite(file->bytes.data + record->begin, 1, record->next - record->begin, out);
}

static int join_records(struct annotations *parts, size_t n, FILE *out, struct err *err)
{
	size_t all = 0;

	for (size_t i = 0; i < n; i++)
		all += parts[i].n;
	for (size_t i = 0; i < n; i++)
		if (parts[i].n != (all + n - 1 - i) / n)
			return uneven(parts[i].path, parts[i].n, err);
	for (size_t k = 0; k < all; k++)
		write_record(&parts[k % n], k / n, out);
	return 0;
}

static int merge_records(char *const *paths, size_t n, FILE *out, struct err *err)
{
	struct annotations *parts = checked_calloc(n, sizeof(*parts));
	size_t read = 0;
	int rc = parts ? 0 : err_set_memory(err);

	while (rc == 0 && read < n) {
		rc = annotations_read(&parts[read], paths[read], TASK_NER, NULL, err);
		if (rc == 0 && parts[read].skipped)
			rc = uneven(paths[read], parts[read].n, err);
		read++;
	}
	if (rc == 0)
		rc = join_records(parts, n, out, err);
	while (read > 0)
		annotations_release(&parts[--read]);
	free(parts);
	return rc;
}

/* JSON and MNRE's Python start with a brace; an empty part may be either. */
static bool has_lines(const char *path)
{
	FILE *stream = fopen(path, "rbe");
	int c = stream ? getc(stream) : EOF;

	if (stream)
		fclose(stream);
	return c == '{';
}

int shard_merge(char *const *paths, size_t n, FILE *out, struct err *err)
{
	return has_lines(paths[0]) ? merge_lines(paths, n, out, err) : merge_records(paths, n, out, err);
}
