/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/read_text.h"

#include "lib/base/pool.h"
#include "lib/formats/text_blocks.h"
#include "preprocess/check/batch.h"

#include <pthread.h>

struct reading {
	struct check *check;
	struct file_state text; /* before the first line */
	struct check_summary *summary;
	struct progress *progress;
	struct text_blocks *blocks; /* by `cutting` */
	struct text_block *first;   /* the first block, until a thread has taken it */
	pthread_mutex_t cutting;
	pthread_mutex_t merging; /* of all that follows, and of check and summary */
	pthread_cond_t turned;
	size_t turn; /* number of the block whose batches may be merged */
	bool failed;
	struct err *err; /* of the first failure */
};

static int fail(struct reading *reading, const struct err *err)
{
	pthread_mutex_lock(&reading->merging);
	if (!reading->failed)
		*reading->err = *err;
	reading->failed = true;
	pthread_cond_broadcast(&reading->turned);
	pthread_mutex_unlock(&reading->merging);
	return -1;
}

static int look_at_first(struct reading *reading, const struct text_piece *piece, struct err *err)
{
	struct file_state *text = &reading->text;
	struct first_look *look = &text->first;

	look->has_mark = first_look_mark(piece);
	if (text->split->task == TASK_RE)
		return 0;
	if (first_look(look, piece, err) < 0)
		return -1;
	text->columns = text->plain && look->columns > 1 ? look->columns : 2;
	return 0;
}

/* ---- threads ---- */

static enum read_status next_block(struct reading *reading, struct text_block *block,
				   struct err *err)
{
	enum read_status status = READ_OK;

	pthread_mutex_lock(&reading->cutting);
	if (reading->first) {
		*block = *reading->first;
		*reading->first = (struct text_block)TEXT_BLOCK_INIT;
		reading->first = NULL;
	} else {
		status = text_blocks_next(reading->blocks, block, err);
	}
	pthread_mutex_unlock(&reading->cutting);
	return status;
}

/* Wait for the turn of the block, and merge; `done` gives the turn on. */
static int merge(struct reading *reading, struct batch *batch, size_t number, bool done)
{
	struct err err = ERR_INIT;
	int rc = 0;

	pthread_mutex_lock(&reading->merging);
	while (reading->turn != number && !reading->failed)
		pthread_cond_wait(&reading->turned, &reading->merging);
	if (!reading->failed) {
		batch_merge(batch, reading->check, reading->summary);
		if (reading->check->out_of_memory)
			rc = err_set_memory(&err);
		else if (progress_step(reading->progress, batch->n))
			rc = err_set(&err, ERR_STOPPED, "interrupted");
		reading->turn += done;
	}
	pthread_cond_broadcast(&reading->turned);
	if (reading->failed)
		rc = -1;
	pthread_mutex_unlock(&reading->merging);
	return rc < 0 && err.kind != ERR_NONE ? fail(reading, &err) : rc;
}

static int read_block(struct reading *reading, struct batch *batch, const struct text_block *block)
{
	struct err err = ERR_INIT;
	enum read_status status;
	int rc = 0;

	if (batch_open(batch, &reading->text, &block->piece, &err) < 0)
		return fail(reading, &err);
	do {
		status = batch_fill(batch, &err);
		rc = status == READ_FAIL ? fail(reading, &err)
					 : merge(reading, batch, block->number, status == READ_EOF);
	} while (status == READ_OK && rc == 0);
	batch_close(batch);
	return rc;
}

static void read_blocks(void *context, size_t item, int thread)
{
	struct reading *reading = context;
	struct text_block block = TEXT_BLOCK_INIT;
	struct err err = ERR_INIT;
	enum read_status status;
	struct batch batch;
	int rc;

	(void)item;
	(void)thread;
	pthread_mutex_lock(&reading->merging); /* the counts of the rules, which are copied with them */
	rc = batch_init(&batch, reading->check);
	pthread_mutex_unlock(&reading->merging);
	if (rc < 0) {
		err_set_memory(&err);
		fail(reading, &err);
		return;
	}
	while ((status = next_block(reading, &block, &err)) == READ_OK)
		if (read_block(reading, &batch, &block) < 0)
			break;
	if (status == READ_FAIL)
		fail(reading, &err);
	text_block_release(&block);
	batch_release(&batch);
}

static void start_threads(struct reading *reading, struct text_block *first, int jobs)
{
	if (jobs == 0)
		jobs = pool_processors();
	reading->first = first;
	pthread_mutex_init(&reading->cutting, NULL);
	pthread_mutex_init(&reading->merging, NULL);
	pthread_cond_init(&reading->turned, NULL);
	pool_run(jobs, (size_t)jobs, read_blocks, reading);
	pthread_cond_destroy(&reading->turned);
	pthread_mutex_destroy(&reading->merging);
	pthread_mutex_destroy(&reading->cutting);
}

/* Each record is a few files of its own, and there are thousands, not millions. */
static int read_folder(struct check *check, struct check_summary *summary,
		       struct progress *progress, struct err *err)
{
	enum read_status status = READ_FAIL;
	struct file_state text = check->file;
	struct batch batch;

	text.columns = 2;
	if (batch_init(&batch, check) < 0)
		return err_set_memory(err);
	if (batch_open_folder(&batch, &text, err) == 0) {
		do {
			status = batch_fill(&batch, err);
			if (status == READ_FAIL)
				break;
			batch_merge(&batch, check, summary);
			if (progress_step(progress, batch.n))
				status = err_set(err, ERR_STOPPED, "interrupted");
		} while (status == READ_OK);
	}
	batch_release(&batch);
	return status == READ_EOF ? 0 : -1;
}

int check_read_text(struct check *check, int jobs, struct check_summary *summary,
		    struct progress *progress, struct err *err)
{
	const struct split *split = check->file.split;
	struct text_block first = TEXT_BLOCK_INIT;
	struct reading reading = { .check = check,
				   .summary = summary,
				   .progress = progress,
				   .err = err };
	enum read_status status;
	int rc = -1;

	if (check_has_files(split))
		return read_folder(check, summary, progress, err);
	reading.blocks = text_blocks_open(split->text,
					  split->task == TASK_NER ? TEXT_PARAGRAPHS : TEXT_LINES, err);
	if (!reading.blocks)
		return -1;
	reading.text = check->file;
	status = text_blocks_next(reading.blocks, &first, err);
	if (status != READ_OK) {
		rc = status == READ_EOF ? 0 : -1;
		goto out;
	}
	if (look_at_first(&reading, &first.piece, err) < 0)
		goto out;
	check->file = reading.text;
	start_threads(&reading, &first, jobs);
	rc = reading.failed ? -1 : 0;
out:
	text_block_release(&first);
	text_blocks_close(reading.blocks);
	return rc;
}
