/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pool.h"
#include "lib/formats/json_lines.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define MOST_JOBS 256
#define BATCH 16 /* pictures a thread between two syncs of the journal */

/* A thread's own things. */
struct bench {
	struct grounder *grounder;
	struct arena arena;
};

/* Pictures that are worked on together; their lines go to the journal in order afterwards. */
struct batch {
	const struct ground_plan *plan;
	const struct ground_options *options;
	struct progress *progress;
	bool silent;           /* there are no pictures at all, which was said once */
	struct bench *benches; /* one a thread */
	size_t first;          /* picture */
	json_t **lines;        /* one a picture, NULL where it was not done */
	atomic_size_t finished; /* pictures of this batch */
	size_t told;           /* of these, what progress knows; thread 0's and, between batches, ours */
	atomic_bool stop;
	pthread_mutex_t lock;  /* of err */
	struct err err;
};

/* Pictures are told one by one, for a batch takes seconds. True when the user wants to stop. */
static bool tell_finished(struct batch *batch)
{
	size_t finished = atomic_load(&batch->finished), news = finished - batch->told;

	batch->told = finished;
	return progress_step(batch->progress, news);
}

static void work(void *context, size_t item, int thread)
{
	struct batch *batch = context;
	struct bench *bench = &batch->benches[thread];
	struct err err = ERR_INIT;

	if (thread == 0 && tell_finished(batch))
		atomic_store(&batch->stop, true);
	if (atomic_load(&batch->stop))
		return;
	batch->lines[item] = ground_picture(batch->plan, ground_shared(batch->plan, batch->first + item),
					    bench->grounder, batch->options, &bench->arena, &err);
	arena_reset(&bench->arena);
	if (batch->lines[item]) {
		atomic_fetch_add(&batch->finished, 1);
		return;
	}
	atomic_store(&batch->stop, true);
	pthread_mutex_lock(&batch->lock);
	if (batch->err.kind == ERR_NONE)
		batch->err = err;
	pthread_mutex_unlock(&batch->lock);
}

/* Put the lines that were done one after the other in the journal; *n is how many. */
static int store(struct batch *batch, size_t n_items, struct ground_journal *journal, size_t *n,
		 struct err *err)
{
	int rc = 0;

	for (*n = 0; *n < n_items && batch->lines[*n] && rc == 0; (*n)++) {
		json_t *line = batch->lines[*n];
		const char *fault = json_get_string(line, "fault", NULL);

		if (fault && !batch->silent)
			progress_note(batch->progress, "no crops of '%s': %s",
				      json_get_string(line, "picture", ""), fault);
		batch->lines[*n] = NULL;
		rc = ground_journal_add(journal, line, err);
	}
	for (size_t i = *n; i < n_items; i++)
		json_decref(batch->lines[i]);
	return rc < 0 ? -1 : ground_journal_sync(journal, err);
}

static int ground_pictures(struct batch *batch, int jobs, size_t n_done,
			   struct ground_journal *journal, struct err *err)
{
	size_t room = (size_t)jobs * BATCH, n = 0, all = ground_share(batch->plan);

	batch->lines = checked_calloc(room, sizeof(json_t *));
	if (!batch->lines)
		return err_set_memory(err);
	for (batch->first = n_done; batch->first < all; batch->first += n) {
		size_t left = all - batch->first;
		size_t n_items = left < room ? left : room;

		memset(batch->lines, 0, room * sizeof(json_t *));
		atomic_store(&batch->finished, 0);
		batch->told = 0;
		pool_run(jobs, n_items, work, batch);
		if (store(batch, n_items, journal, &n, err) < 0)
			break;
		if (batch->err.kind != ERR_NONE) {
			*err = batch->err;
			break;
		}
		if (tell_finished(batch) || n < n_items) {
			err_set(err, ERR_STOPPED, "interrupted; the same command goes on from here");
			break;
		}
	}
	free(batch->lines);
	return batch->first < all ? -1 : 0;
}

/* A grounder for each thread; the first is the caller's. */
static int open_benches(struct bench *benches, int jobs, struct grounder *grounder,
			struct err *err)
{
	benches[0].grounder = grounder;
	for (int i = 1; i < jobs; i++) {
		benches[i].grounder = grounder->clone(grounder, err);
		if (!benches[i].grounder)
			return -1;
	}
	return 0;
}

static void close_benches(struct bench *benches, int jobs)
{
	for (int i = 0; i < jobs; i++) {
		if (i > 0 && benches[i].grounder)
			benches[i].grounder->free(benches[i].grounder);
		arena_release(&benches[i].arena);
	}
	free(benches);
}

/* As many threads as asked for, but none without a picture. */
static int choose_jobs(const struct ground_options *options, const struct ground_plan *plan)
{
	int jobs = options->jobs > 0 ? options->jobs : pool_processors();

	jobs = jobs < MOST_JOBS ? jobs : MOST_JOBS;
	if ((size_t)jobs > ground_share(plan))
		jobs = ground_share(plan) ? (int)ground_share(plan) : 1;
	return jobs;
}

static bool has_pictures(const struct split *split)
{
	return split->images && file_is_folder(split->images);
}

static int run(const struct ground_plan *plan, struct grounder *grounder,
	       const struct ground_options *options, struct progress *progress,
	       struct ground_report *report, struct err *err)
{
	int jobs = choose_jobs(options, plan), rc = -1;
	struct batch batch = { .plan = plan, .options = options, .progress = progress,
			       .silent = !has_pictures(plan->split), .lock = PTHREAD_MUTEX_INITIALIZER, .err = ERR_INIT };
	struct ground_journal journal = { NULL, NULL };

	if (batch.silent)
		progress_note(progress, "%s %s has no folder of pictures: every list of crops is empty",
			      plan->split->set, plan->split->name);
	batch.benches = checked_calloc((size_t)jobs, sizeof(*batch.benches));
	if (!batch.benches)
		return err_set_memory(err);
	if (ground_journal_open(&journal, plan, options->anew, &report->resumed, err) == 0 &&
	    open_benches(batch.benches, jobs, grounder, err) == 0) {
		progress_begin(progress, "ground", "pictures", ground_share(plan));
		progress_step(progress, report->resumed);
		rc = ground_pictures(&batch, jobs, report->resumed, &journal, err);
		progress_end(progress);
	}
	ground_journal_close(&journal);
	close_benches(batch.benches, jobs);
	if (rc == 0 && plan->shards)
		return ground_count_shard(plan, report, err);
	return rc < 0 ? -1 : ground_finish(plan, grounder, options, report, err);
}

/* The whole of a plan, which may have been done by shards. */
static int run_whole(const struct ground_plan *plan, struct grounder *grounder,
		     const struct ground_options *options, struct progress *progress,
		     struct ground_report *report, struct err *err)
{
	size_t shards = 0;

	if (!options->anew && !file_exists(plan->paths.journal) &&
	    ground_join_shards(plan, &shards, err) < 0)
		return -1;
	if (run(plan, grounder, options, progress, report, err) < 0)
		return -1;
	ground_remove_shards(plan, shards);
	return 0;
}

/* A dict that is there before the first run came with the data, as its crops did. */
static bool dict_came_along(const struct ground_plan *plan)
{
	return plan->paths.dict && file_exists(plan->paths.dict);
}

/* Read the plan, unless what it would make came with the data and is to be kept. UMGF has no dict, and
 * only its pictures tell which crops would be this split's. */
static int read_plan(struct ground_plan *plan, const struct dataset *dataset,
		     const struct grounder *grounder, const struct ground_options *options,
		     struct progress *progress, bool *kept, struct err *err)
{
	bool first_run = !options->anew && !file_exists(plan->paths.done) &&
			 !file_exists(plan->paths.journal);

	*kept = first_run && dict_came_along(plan);
	if (*kept)
		return 0;
	if (ground_plan_read(plan, dataset, grounder, options, progress, err) < 0)
		return -1;
	*kept = first_run && plan->names == CROPS_UMGF && ground_types_came_along(plan);
	return 0;
}

/* Refuse what cannot be had under the names of this split. */
static int check_options(const struct ground_plan *plan, const struct grounder *grounder,
			 const struct ground_options *options, struct err *err)
{
	bool typed = plan->names == CROPS_UMGF;

	if (options->as_published && !typed)
		return err_set(err, ERR_USAGE, "--as-published is for UMGF's crops; give --crop-names umgf");
	if (options->as_published && !grounder->cut)
		return err_set(err, ERR_USAGE, "'%s' is no one-stage model, whose crops UMGF published; "
					       "give one by --model, or leave out --as-published",
			       grounder->model);
	if (typed && plan->format != CROPS_JPEG)
		return err_set(err, ERR_USAGE, "UMGF opens crops that are called .jpg; leave out --crop-format");
	if (typed && options->whole_picture == WHOLE_NEVER)
		return err_set(err, ERR_USAGE, "UMGF opens four crops of each picture, so the whole picture "
					       "must do for some; leave out --no-whole-picture");
	return 0;
}

int ground_split(const struct dataset *dataset, const struct split *split,
		 struct grounder *grounder, const struct ground_options *options,
		 struct progress *progress, struct ground_report *report, struct err *err)
{
	struct ground_plan plan;
	int lock = -1, rc = -1;

	memset(report, 0, sizeof(*report));
	if (ground_plan_paths(&plan, dataset, split, options, err) < 0 ||
	    file_lock(plan.paths.lock, &lock, err) < 0)
		goto out;
	/* Other shards may be writing. */
	if (!plan.shards && ground_sweep(&plan, err) < 0)
		goto out;
	if (check_options(&plan, grounder, options, err) < 0 ||
	    read_plan(&plan, dataset, grounder, options, progress, &report->kept, err) < 0)
		goto out;
	if (report->kept) {
		rc = 0;
		goto out;
	}
	report->records = plan.n_records;
	report->pictures = plan.n_pictures;
	report->done_before = !options->anew && ground_was_finished(&plan, report);
	if (report->done_before)
		rc = 0;
	else
		rc = (plan.shards ? run : run_whole)(&plan, grounder, options, progress, report, err);
out:
	file_unlock(lock);
	ground_plan_release(&plan);
	return rc;
}
