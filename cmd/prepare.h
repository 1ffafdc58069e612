/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check stage of `prepare`, what its stages did, and the summary that is printed from it.
 */
#ifndef TAGSIGHT_CMD_PREPARE_H
#define TAGSIGHT_CMD_PREPARE_H

#include "cmd/predict.h"
#include "lib/base/str_list.h"
#include "lib/base/str_table.h"
#include "lib/corpus/dataset.h"
#include "preprocess/check/check.h"
#include "preprocess/ground/ground.h"
#include "preprocess/phrases.h"
#include "preprocess/unpack.h"

enum prepare_stage { PREPARE_UNPACK, PREPARE_CHECK, PREPARE_PREDICT, PREPARE_PHRASES, PREPARE_GROUND, PREPARE_STAGES };

const char *prepare_stage_name(enum prepare_stage stage);

/* Findings of one rule; the id of the rule is its place in `rules`. */
struct prepare_rule {
	enum finding_level level;
	size_t n;
};

struct prepare_summary {
	const char *folder; /* borrowed */
	size_t archives, files_written, files_kept, files_refused;
	size_t splits;
	size_t tweets, relations; /* records by task */
	struct check_summary check;
	struct str_table rules;
	struct prepare_rule *by_rule; /* [rules.n] */
	size_t by_rule_capacity;
	struct predict_counts predict; /* of this run */
	size_t predicted_before; /* tweets whose predictions an earlier run made */
	struct phrases_report phrases;
	struct ground_report ground;
	struct str_list skipped; /* "picture or member: why", each once */
	bool ran[PREPARE_STAGES]; /* false: left out, the rest of its fields says nothing */
	double seconds[PREPARE_STAGES];
};

void prepare_summary_init(struct prepare_summary *summary);
void prepare_summary_release(struct prepare_summary *summary);

/* Count a finding; an error that costs a picture or a record is also something skipped. -1 when memory is out. */
int prepare_summary_count(struct prepare_summary *summary, const struct finding *finding);

/* True when a script should look: errors in the data, or something that was skipped. */
bool prepare_summary_problems(const struct prepare_summary *summary);

/* Check the splits, write the findings of each to its DIR/tagsight/SET-SPLIT.findings.jsonl and count
 * them in `summary`. -1 when the work could not be done or was stopped. */
int prepare_check(const struct dataset *dataset, int jobs, struct prepare_summary *summary,
		  struct progress *progress, struct err *err);

void prepare_summary_print(const struct prepare_summary *summary, bool json, FILE *out);

#endif
