/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One conversion in a test: text in, text out. The folder that holds both is removed by converted_end().
 *
 *	struct converted done;
 *	convert_text(&done, "conll", "doccano", NULL, false, "a\tO\n\n");
 *	assert_string_equal(done.output, "...");
 *	converted_end(&done);
 */
#ifndef TAGSIGHT_TESTS_UNIT_CONVERT_CASE_H
#define TAGSIGHT_TESTS_UNIT_CONVERT_CASE_H

#include "lib/base/buf.h"
#include "lib/base/file.h"
#include "preprocess/convert/convert.h"
#include "tests/unit/test.h"

#include <string.h>

struct converted {
	struct convert_report report;
	struct err err;
	int rc;
	char *output; /* "" when nothing was written; of a folder "NAME:\n" and the content of each file */
	char folder[64];
};

static inline void converted_path(char out[256], const struct converted *done, const char *name)
{
	snprintf(out, 256, "%s/%s", done->folder, name);
}

static inline void converted_read(const char *path, struct buf *out, struct err *err)
{
	struct str_list files = STR_LIST_INIT;

	if (!file_is_folder(path)) {
		assert_int_equal(file_read_all(path, out, (size_t)1 << 20, err), 0);
		return;
	}
	assert_int_equal(file_walk(path, &files, 1000, err), 0);
	for (size_t i = 0; i < files.n; i++) {
		char *file = file_join(path, files.items[i]);

		buf_add_format(out, "%s:\n", files.items[i]);
		assert_int_equal(file_read_all(file, out, (size_t)1 << 20, err), 0);
		free(file);
	}
	str_list_release(&files);
}

static inline void remove_tree(const char *path)
{
	struct str_list files = STR_LIST_INIT;
	struct err err = ERR_INIT;

	if (file_is_folder(path) && file_walk(path, &files, 1000, &err) == 0)
		for (size_t i = 0; i < files.n; i++) {
			char *file = file_join(path, files.items[i]);

			unlink(file);
			free(file);
		}
	str_list_release(&files);
	if (rmdir(path) < 0)
		unlink(path);
}

/* Begin with a folder that the caller may fill; `in` is then the path of the input. */
static inline void converted_begin(struct converted *done)
{
	*done = (struct converted){ .err = ERR_INIT, .folder = "/tmp/tagsight-test-XXXXXX" };
	assert_non_null(mkdtemp(done->folder));
}

/* Convert what is at "in" in the folder. `options` NULL: the defaults. */
static inline void convert_in(struct converted *done, const char *from, const char *to,
			      const struct convert_options *options, bool lossy)
{
	static const struct convert_options defaults = { .image_url = "" };
	char input[256], output[256];
	struct convert_job job = { .input = input, .name = "in", .output = output,
				   .from = convert_format_find(from),
				   .to = convert_format_find(to), .lossy = lossy };
	struct buf text = BUF_INIT;

	converted_path(input, done, "in");
	converted_path(output, done, "out");
	assert_non_null(job.from);
	assert_non_null(job.to);
	done->rc = convert_run(&job, options ? options : &defaults, NULL, &done->report, &done->err);
	if (done->rc == 0 && done->report.written)
		converted_read(output, &text, &done->err);
	else
		assert_false(file_exists(output));
	done->output = buf_detach(&text);
}

static inline void convert_text(struct converted *done, const char *from, const char *to,
				const struct convert_options *options, bool lossy, const char *text)
{
	char input[256];

	converted_begin(done);
	converted_path(input, done, "in");
	assert_int_equal(file_write_all(input, text, strlen(text), &done->err), 0);
	convert_in(done, from, to, options, lossy);
}

static inline void converted_end(struct converted *done)
{
	char path[256];

	convert_report_release(&done->report);
	free(done->output);
	converted_path(path, done, "in");
	remove_tree(path);
	converted_path(path, done, "out");
	remove_tree(path);
	assert_int_equal(rmdir(done->folder), 0);
}

/* What came out, and that nothing is lost on the way there. */
static inline void expect_output(const char *from, const char *to,
				 const struct convert_options *options, const char *text,
				 const char *expected)
{
	struct converted done;

	convert_text(&done, from, to, options, false, text);
	for (int kind = 0; done.rc == 0 && kind < CONVERT_LOSSES; kind++)
		if (done.report.losses.n[kind])
			fail_msg("%s to %s loses %s: %s", from, to, convert_loss_name(kind),
				 done.report.losses.first[kind].text);
	if (done.rc < 0)
		fail_msg("%s to %s: %s", from, to, done.err.text);
	assert_string_equal(done.output, expected);
	converted_end(&done);
}

/* There and back again: the same bytes. */
static inline void expect_round_trip(const char *from, const char *to, const char *text)
{
	struct converted there, back;
	char input[256], output[256];

	convert_text(&there, from, to, NULL, false, text);
	if (there.rc < 0 || !there.report.written)
		fail_msg("%s to %s: %s", from, to, there.rc < 0 ? there.err.text : "something is lost");
	converted_begin(&back);
	converted_path(input, &back, "in");
	converted_path(output, &there, "out");
	assert_int_equal(rename(output, input), 0);
	convert_in(&back, to, from, NULL, false);
	if (back.rc < 0 || !back.report.written)
		fail_msg("%s to %s: %s", to, from, back.rc < 0 ? back.err.text : "something is lost");
	assert_string_equal(back.output, text);
	converted_end(&there);
	converted_end(&back);
}

/* How many of a kind are lost, and what is said of the first. */
static inline void expect_loss(const char *from, const char *to,
			       const struct convert_options *options, const char *text,
			       enum convert_loss kind, size_t n, const char *message)
{
	struct converted done;

	convert_text(&done, from, to, options, false, text);
	if (done.rc < 0)
		fail_msg("%s to %s: %s", from, to, done.err.text);
	assert_int_equal(done.report.losses.n[kind], n);
	assert_non_null(done.report.losses.first[kind].text);
	if (!strstr(done.report.losses.first[kind].text, message))
		fail_msg("'%s' is not in '%s'", message, done.report.losses.first[kind].text);
	assert_false(done.report.written);
	converted_end(&done);
}

#endif
