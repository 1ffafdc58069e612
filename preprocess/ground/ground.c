/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/ground/ground_priv.h"

#include "lib/base/file.h"

#include <string.h>

static int run(const struct ground_plan *plan, struct grounder *grounder,
	       const struct ground_options *options, struct progress *progress,
	       struct ground_report *report, struct err *err)
{
	if (ground_pictures(plan, grounder, options, progress, report, err) < 0)
		return -1;
	return plan->shards ? ground_count_shard(plan, report, err)
			    : ground_finish(plan, grounder, options, report, err);
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

/* Read the plan, unless what it would make came with the data and is to be kept. UMGF has no dict, but
 * crops that splits and shards may share, of which each says whether it is ours. */
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
	*kept = !options->anew && plan->names == CROPS_UMGF && ground_types_came_along(plan);
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
	return options->voc ? ground_voc_claim(options->voc, err) : 0;
}

/* A whole run is alone; shards share its lock, and each has one of its own. */
static int take_locks(const struct ground_plan *plan, int locks[2], struct err *err)
{
	if (!plan->shards)
		return file_lock(plan->paths.lock, &locks[0], err);
	if (file_lock_shared(plan->paths.lock, &locks[0], err) < 0)
		return -1;
	return file_lock(plan->paths.shard_lock, &locks[1], err);
}

int ground_split(const struct dataset *dataset, const struct split *split,
		 struct grounder *grounder, const struct ground_options *options,
		 struct progress *progress, struct ground_report *report, struct err *err)
{
	struct ground_plan plan;
	int locks[2] = { -1, -1 }, rc = -1;

	memset(report, 0, sizeof(*report));
	if (ground_plan_paths(&plan, dataset, split, options, err) < 0 ||
	    take_locks(&plan, locks, err) < 0)
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
	report->done_before = !options->anew && ground_was_finished(&plan, options, report);
	if (report->done_before)
		rc = 0;
	else
		rc = (plan.shards ? run : run_whole)(&plan, grounder, options, progress, report, err);
out:
	file_unlock(locks[0]);
	file_unlock(locks[1]);
	ground_plan_release(&plan);
	return rc;
}

int ground_places(struct ground_places *places, const struct dataset *dataset, const struct split *split,
		  const struct ground_options *options, struct err *err)
{
	struct ground_plan plan;
	int rc = ground_plan_paths(&plan, dataset, split, options, err);

	arena_init(&places->arena);
	if (rc == 0) {
		places->crops = arena_copy(&places->arena, plan.paths.crops);
		places->dict = plan.paths.dict ? arena_copy(&places->arena, plan.paths.dict) : NULL;
		places->manifest = arena_copy(&places->arena, plan.paths.boxes);
		places->unreadable = arena_copy(&places->arena, plan.paths.unreadable);
		if (!places->crops || !places->manifest || !places->unreadable ||
		    (plan.paths.dict && !places->dict))
			rc = err_set_memory(err);
	}
	if (rc < 0)
		arena_release(&places->arena);
	ground_plan_release(&plan);
	return rc;
}
