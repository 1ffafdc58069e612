/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/check.h"

#include "lib/base/file.h"
#include "preprocess/check/check_priv.h"
#include "preprocess/check/findings.h"
#include "preprocess/check/pictures.h"
#include "preprocess/check/read_text.h"
#include "preprocess/check/rules.h"

#include <stdlib.h>
#include <string.h>

bool check_has_files(const struct split *split)
{
	return split->layout && strcmp(split->layout, "umgf") == 0;
}

static bool plain_layout(const struct split *split)
{
	return !split->layout || strcmp(split->layout, "conll") == 0 ||
	       strcmp(split->layout, "mnre") == 0;
}

/* A folder that only happens to be near the text: outside of the data that the user named, and no
 * layout speaks for it. */
static bool doubtful_folder(const struct check *check)
{
	const char *root = check->dataset->root, *images = check->file.split->images;
	size_t length = root ? strlen(root) : 0;

	if (!check->file.plain || check->options->images_given)
		return false;
	return strncmp(images, root ? root : "", length) != 0 || strstr(images, "..");
}

static void settle_pictures(struct check *check, struct progress *progress)
{
	const struct split *split = check->file.split;
	bool none = check->pictures && split->images && !check->file.has_pictures;

	if (check->file.has_pictures && doubtful_folder(check))
		none = pictures_forget_missing(check->pictures, check->file.split_index);
	if (none)
		progress_note(progress, "no pictures of '%s' are checked: there are none in '%s'",
			      split->text, split->images);
}

/* A mixture is a finding. */
static void name_scheme(const struct check *check, struct progress *progress)
{
	struct tags_verdict verdict = tags_verdict(&check->file.tags);
	const char *text = check->file.split->text, *name = scheme_name(verdict.scheme);

	if (!verdict.any || verdict.mixed)
		return;
	if (verdict.misfits)
		progress_note(progress, "the tags of '%s' are in %s, but for %zu", text, name,
			      verdict.misfits);
	else
		progress_note(progress, "the tags of '%s' are in %s", text, name);
}

static int check_split(struct check *check, size_t index, struct check_summary *summary,
		       struct progress *progress, struct err *err)
{
	const struct split *split = &check->dataset->splits[index];

	check->file = (struct file_state){ .split = split,
					   .split_index = index,
					   .ended_blank = true,
					   .relations = &check->relations,
					   .plain = plain_layout(split) };
	check->file.has_pictures = check->pictures && split->images && file_is_folder(split->images);
	relation_map_read(&check->relations, split);
	check->record = NULL;
	for (size_t i = 0; i < check->n_runs; i++)
		check->runs[i].suppressed_before = check->runs[i].suppressed;
	if (check_read_text(check, check->options->jobs, summary, progress, err) < 0)
		return -1;
	settle_pictures(check, progress);
	name_scheme(check, progress);
	check->record = NULL;
	for (size_t i = 0; i < check->n_runs; i++)
		if (check->runs[i].enabled && check->runs[i].rule->file_end)
			check->runs[i].rule->file_end(check, &check->runs[i]);
	if (check->failure.kind != ERR_NONE) {
		*err = check->failure;
		return -1;
	}
	summary->files++;
	return check->out_of_memory ? err_set_memory(err) : 0;
}

static int check_pictures(struct check *check, struct progress *progress, struct err *err)
{
	const struct picture *pictures;
	size_t n;

	if (!check->pictures)
		return 0;
	if (rules_need_decoding(check->runs, check->n_runs) &&
	    pictures_decode(check->pictures, check->options->jobs, progress, err) < 0)
		return -1;
	pictures = pictures_list(check->pictures, &n);
	for (size_t p = 0; p < n; p++)
		for (size_t i = 0; i < check->n_runs && !pictures[p].forgotten; i++)
			if (check->runs[i].enabled && check->runs[i].rule->picture)
				check->runs[i].rule->picture(check, &check->runs[i], &pictures[p]);
	for (size_t i = 0; i < check->n_runs; i++)
		if (check->runs[i].enabled && check->runs[i].rule->pictures_end)
			check->runs[i].rule->pictures_end(check, &check->runs[i]);
	return check->out_of_memory ? err_set_memory(err) : 0;
}

static int check_texts(struct check *check, struct check_summary *summary,
		       struct progress *progress, struct err *err)
{
	int rc = 0;

	progress_begin(progress, "check", "records", 0);
	for (size_t i = 0; i < check->dataset->n_splits && rc == 0; i++)
		rc = check_split(check, i, summary, progress, err);
	progress_end(progress);
	for (size_t i = 0; i < check->n_runs && rc == 0; i++)
		if (check->runs[i].enabled && check->runs[i].rule->end)
			check->runs[i].rule->end(check, &check->runs[i]);
	return rc;
}

static void check_release(struct check *check)
{
	for (size_t i = 0; i < check->n_runs; i++) {
		if (check->runs[i].state && check->runs[i].rule->release)
			check->runs[i].rule->release(check->runs[i].state);
		free(check->runs[i].state);
	}
	free(check->runs);
	free(check->record_runs);
	free(check->findings);
	repeats_free(check->repeats);
	relation_map_release(&check->relations);
	pictures_free(check->pictures);
	arena_release(&check->arena);
}

int check_run(const struct check_options *options, const struct dataset *dataset,
	      struct finding_sink *sink, struct check_summary *summary, struct progress *progress,
	      struct err *err)
{
	struct check check = { .options = options, .dataset = dataset };
	int rc = -1;

	memset(summary, 0, sizeof(*summary));
	check.runs = rules_choose(options, &check.n_runs, err);
	if (!check.runs)
		goto out;
	check.needs = rules_needs(check.runs, check.n_runs);
	if (rules_list_record_runs(&check, false) < 0) {
		err_set_memory(err);
		goto out;
	}
	check.repeats = repeats_new();
	if (!check.repeats || (rules_need_pictures(check.runs, check.n_runs) &&
			       !(check.pictures = pictures_new()))) {
		err_set_memory(err);
		goto out;
	}
	if (check_texts(&check, summary, progress, err) < 0 ||
	    check_pictures(&check, progress, err) < 0)
		goto out;
	if (check.out_of_memory) {
		err_set_memory(err);
		goto out;
	}
	findings_give(&check, sink, summary);
	rc = 0;
out:
	check_release(&check);
	return rc;
}
