/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/checked.h"
#include "lib/base/file.h"
#include "lib/base/pipeline.h"
#include "lib/base/pool.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>
#include <time.h>

#define MOST_JOBS 256
#define WINDOW 16       /* pictures a thread that may wait for a slow one before them */
#define SYNC_SECONDS 1. /* between two syncs of the journal: what a crash can cost */

/* A thread's own things. */
struct bench {
	struct grounder *grounder;
	struct arena arena;
};

struct pictures {
	const struct ground_plan *plan;
	const struct ground_options *options;
	struct progress *progress;
	struct ground_journal journal;
	struct bench *benches; /* one a thread */
	size_t first;          /* number in the share of the first that was to be done */
	size_t done;           /* since then */
	double synced;         /* when the journal was */
	bool silent;           /* there are no pictures at all, which was said once */
};

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static int work(void *context, size_t item, int thread, void **result, struct err *err)
{
	struct pictures *pictures = context;
	struct bench *bench = &pictures->benches[thread];

	*result = ground_picture(pictures->plan, ground_shared(pictures->plan, pictures->first + item),
				 bench->grounder, pictures->options, &bench->arena, err);
	arena_reset(&bench->arena);
	return *result ? 0 : -1;
}

/* Lines go to the journal in the order of the plan. */
static int store(void *context, size_t item, void *result, struct err *err)
{
	struct pictures *pictures = context;
	json_t *line = result;
	const char *fault = json_get_string(line, "fault", NULL);

	(void)item;
	if (fault && !pictures->silent)
		progress_note(pictures->progress, "no crops of '%s': %s",
			      json_get_string(line, "picture", ""), fault);
	progress_step(pictures->progress, 1);
	if (ground_journal_add(&pictures->journal, line, err) < 0)
		return -1;
	pictures->done++;
	if (now() - pictures->synced < SYNC_SECONDS)
		return 0;
	pictures->synced = now();
	return ground_journal_sync(&pictures->journal, err);
}

static bool stopped(void *context)
{
	struct pictures *pictures = context;

	return progress_stopped(pictures->progress);
}

static void drop(void *result)
{
	json_decref(result);
}

static int run_pipeline(struct pictures *pictures, int jobs, struct err *err)
{
	const struct pipeline pipeline = { .threads = jobs,
					   .items = ground_share(pictures->plan) - pictures->first,
					   .window = (size_t)jobs * WINDOW,
					   .work = work,
					   .put = store,
					   .stopped = stopped,
					   .drop = drop,
					   .context = pictures };
	enum pipeline_end end = pipeline_run(&pipeline, err);
	struct err ignored = ERR_INIT;

	/* What was done before a failure is kept; the failure is what is told. */
	if (ground_journal_sync(&pictures->journal, end == PIPELINE_FAILED ? &ignored : err) < 0)
		return -1;
	if (end == PIPELINE_STOPPED)
		err_set(err, ERR_STOPPED, "interrupted after %zu of %zu pictures; the same command goes on "
					  "from '%s'",
			pictures->first + pictures->done, ground_share(pictures->plan), pictures->plan->paths.journal);
	return end == PIPELINE_DONE ? 0 : -1;
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

static int go_on(struct pictures *pictures, int jobs, struct grounder *grounder,
		 struct ground_report *report, struct err *err)
{
	size_t all = ground_share(pictures->plan);
	double start;
	int rc;

	if (ground_journal_open(&pictures->journal, pictures->plan, pictures->options->anew,
				&pictures->first, err) < 0 ||
	    open_benches(pictures->benches, jobs, grounder, err) < 0)
		return -1;
	report->resumed = pictures->first;
	progress_begin(pictures->progress, "ground", "pictures", all);
	progress_skip(pictures->progress, pictures->first);
	start = pictures->synced = now();
	rc = run_pipeline(pictures, jobs, err);
	report->seconds = now() - start;
	progress_end(pictures->progress);
	return rc;
}

int ground_pictures(const struct ground_plan *plan, struct grounder *grounder,
		    const struct ground_options *options, struct progress *progress,
		    struct ground_report *report, struct err *err)
{
	struct pictures pictures = { .plan = plan, .options = options, .progress = progress,
				     .silent = !has_pictures(plan->split) };
	int jobs = choose_jobs(options, plan), rc;

	if (pictures.silent)
		progress_note(progress, "%s %s has no folder of pictures: every list of crops is empty",
			      plan->split->set, plan->split->name);
	pictures.benches = checked_calloc((size_t)jobs, sizeof(*pictures.benches));
	if (!pictures.benches)
		return err_set_memory(err);
	rc = go_on(&pictures, jobs, grounder, report, err);
	ground_journal_close(&pictures.journal);
	close_benches(pictures.benches, jobs);
	return rc;
}
