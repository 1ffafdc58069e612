/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes are mended, and what comes out is mended again, which must change nothing; nor may check find what is
 * always mended. The first byte chooses the kind of text, the second what is mended.
 */
#include "lib/base/buf.h"
#include "lib/corpus/scheme.h"
#include "lib/formats/conll.h"
#include "preprocess/check/check.h"
#include "preprocess/repair/repair.h"
#include "preprocess/repair/unified_diff.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct collector {
	struct repair_sink sink;
	struct buf before, after;
	struct unified_diff *diff;
	size_t n_changes;
};

static void on_change(struct repair_sink *sink, const struct repair_change *change)
{
	struct collector *collector = (struct collector *)sink;

	if (!change->rule || !change->file || (!change->before && !change->after))
		abort();
	collector->n_changes++;
}

static void on_piece(struct repair_sink *sink, const char *before, size_t before_length,
		     const char *after, size_t after_length)
{
	struct collector *collector = (struct collector *)sink;

	buf_add(&collector->before, before, before_length);
	buf_add(&collector->after, after, after_length);
	unified_diff_add(collector->diff, before, before_length, after, after_length);
}

static int open_bytes(const void *bytes, size_t size, char path[64])
{
	int fd = memfd_create("input", MFD_CLOEXEC);

	if (fd < 0 || (size && write(fd, bytes, size) != (ssize_t)size))
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/* Mend `size` bytes into `out`; the number of changes, or -1 where the text is refused. */
static long mend(enum task task, const struct repair_options *options, const void *bytes, size_t size,
		 struct buf *out)
{
	struct collector collector = { .sink = { on_change, on_piece },
				       .before = BUF_INIT,
				       .after = BUF_INIT };
	struct err err = ERR_INIT;
	struct split split = { .task = task, .layout = "conll" };
	FILE *diff = fopen("/dev/null", "w");
	size_t n = 0;
	char path[64];
	int fd = open_bytes(bytes, size, path), rc;

	split.text = path;
	collector.diff = unified_diff_new(diff, "text");
	if (!collector.diff)
		abort();
	rc = repair_text(&split, options, &collector.sink, &n, NULL, &err);
	if (rc == 0 && (n != collector.n_changes || collector.before.length != size ||
			(size && memcmp(collector.before.data, bytes, size) != 0)))
		abort();
	if (rc == 0 && n == 0 && (collector.after.length != size ||
				  (size && memcmp(collector.after.data, bytes, size) != 0)))
		abort();
	if (unified_diff_free(collector.diff, &err) < 0)
		abort();
	fclose(diff);
	close(fd);
	buf_release(&collector.before);
	*out = collector.after;
	return rc < 0 ? -1 : (long)n;
}

struct looker {
	struct finding_sink sink;
	bool begins; /* the tags are of a scheme where B- starts an entity */
};

static void look(struct finding_sink *sink, const struct finding *finding)
{
	if (strcmp(finding->rule, "conll-no-final-blank") == 0 ||
	    strcmp(finding->rule, "conll-blank-line-spaces") == 0)
		abort();
	if (((struct looker *)sink)->begins && (strcmp(finding->rule, "tag-orphan-inside") == 0 ||
						strcmp(finding->rule, "tag-type-change") == 0))
		abort();
}

/* Records past the reader's limits are stepped over by all; there are none here. */
static bool begins_with_b(const char *path)
{
	struct scheme_guess guess = SCHEME_GUESS_INIT;
	struct arena arena = ARENA_INIT;
	struct err err = ERR_INIT;
	struct conll_reader *reader = conll_open(path, &err);
	struct sentence sentence;
	enum scheme scheme;

	while (conll_next(reader, &sentence, &arena, &err) == READ_OK) {
		scheme_guess_add(&guess, span_tags(&sentence, &arena), sentence.n_tokens);
		arena_reset(&arena);
	}
	conll_close(reader);
	arena_release(&arena);
	return scheme_guess_result(&guess, &scheme) && scheme == SCHEME_IOB2;
}

static void check_sentences(const struct buf *text)
{
	struct check_options options = CHECK_OPTIONS_INIT;
	struct dataset dataset = DATASET_INIT;
	struct looker looker = { { look }, false };
	struct check_summary summary;
	struct err err = ERR_INIT;
	struct split *split = dataset_add(&dataset);
	char path[64];
	int fd = open_bytes(text->data, text->length, path);

	if (!split)
		abort();
	split->layout = "conll";
	split->set = strdup("set");
	split->name = strdup("train");
	split->text = strdup(path);
	options.jobs = 1;
	looker.begins = begins_with_b(path);
	if (check_run(&options, &dataset, &looker.sink, &summary, NULL, &err) < 0)
		abort();
	dataset_release(&dataset);
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct repair_options options = REPAIR_OPTIONS_INIT;
	struct buf once = BUF_INIT, twice = BUF_INIT;
	enum task task;

	if (size < 2)
		return 0;
	task = data[0] == 'r' ? TASK_RE : TASK_NER;
	options.unsafe = data[1] != 's';
	options.policy = data[1] == 'p' ? REPAIR_PREVIOUS :
			 data[1] == 'o' ? REPAIR_OUTSIDE : REPAIR_BEGIN;
	if (mend(task, &options, data + 2, size - 2, &once) >= 0) {
		/* A word U+FEFF that comes to stand first, when blank lines before it go, is a mark. */
		if (mend(task, &options, once.data, once.length, &twice) != 0 &&
		    strncmp(once.data, "\xef\xbb\xbf", 3) != 0)
			abort();
		if (task == TASK_NER)
			check_sentences(&once);
	}
	buf_release(&once);
	buf_release(&twice);
	return 0;
}
