/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/prepare.h"

#include "lib/base/file.h"

#include <stdlib.h>

/* Findings go to the file of their split, where review looks for them. */
struct findings_files {
	struct finding_sink sink;
	struct file_writer *writers; /* [n_splits] */
	struct prepare_summary *summary;
	bool failed;
};

static void add_finding(struct finding_sink *sink, const struct finding *finding)
{
	struct findings_files *files = (struct findings_files *)sink;

	finding_write(files->writers[finding->split].stream, finding);
	if (prepare_summary_count(files->summary, finding) < 0)
		files->failed = true;
}

static int open_findings(const struct dataset *dataset, struct file_writer *writers,
			 struct err *err)
{
	for (size_t i = 0; i < dataset->n_splits; i++) {
		char *path = dataset_work_path(dataset, &dataset->splits[i], "findings.jsonl");
		int rc;

		if (!path)
			return err_set_memory(err);
		rc = file_make_parents(path, err) < 0 || file_writer_open(&writers[i], path, err) < 0;
		free(path);
		if (rc)
			return -1;
	}
	return 0;
}

int prepare_check(const struct dataset *dataset, int jobs, struct prepare_summary *summary,
		  struct progress *progress, struct err *err)
{
	struct check_options options = CHECK_OPTIONS_INIT;
	struct findings_files files = { .sink = { add_finding }, .summary = summary };
	int rc = -1;

	options.jobs = jobs;
	files.writers = calloc(dataset->n_splits, sizeof(*files.writers));
	if (!files.writers)
		return err_set_memory(err);
	if (open_findings(dataset, files.writers, err) < 0)
		goto out;
	rc = check_run(&options, dataset, &files.sink, &summary->check, progress, err);
	if (rc == 0 && files.failed)
		rc = err_set_memory(err);
	for (size_t i = 0; rc == 0 && i < dataset->n_splits; i++)
		rc = file_writer_commit(&files.writers[i], err);
out:
	for (size_t i = 0; i < dataset->n_splits; i++)
		file_writer_abort(&files.writers[i]);
	free(files.writers);
	return rc;
}
