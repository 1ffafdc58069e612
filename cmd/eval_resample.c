/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/eval_resample.h"

#include "lib/base/checked.h"
#include "lib/formats/json_lines.h"

#include <stdlib.h>

void eval_records_release(struct eval_records *records)
{
	free(records->items);
}

int eval_records_note(struct eval_records *records, const struct score_table *table,
		      struct err *err)
{
	struct type_score now = score_table_total(table), *before = &records->before;

	if (GROW(records->items, records->n, records->capacity) < 0)
		return err_set_memory(err);
	records->items[records->n++] =
		(struct record_counts){ (uint32_t)(now.gold - before->gold),
					(uint32_t)(now.found - before->found),
					(uint32_t)(now.correct - before->correct) };
	*before = now;
	return 0;
}

void eval_resamples_init(struct eval_resamples *resamples, const struct eval_options *options)
{
	resamples->plan = (struct resample_plan){ (size_t)options->bootstrap,
						  (uint64_t)options->common.seed,
						  (int)options->common.jobs };
	resamples->against = options->against;
	resamples->json = eval_wants_json(options);
}

static json_t *interval_json(struct interval interval)
{
	return json_pack("[ff]", interval.low, interval.high);
}

int eval_print_intervals(FILE *out, const struct eval_resamples *resamples, const char *scorer,
			 const struct eval_records *records, bool first, struct err *err)
{
	struct type_score total = resample_total(records->items, records->n);
	struct ratios ratios = score_ratios(&total);
	struct resample_intervals intervals;

	if (resample_intervals(records->items, records->n, &resamples->plan, &intervals, err) < 0)
		return -1;
	if (resamples->json) {
		json_line_write(out, json_pack("{ss s{sI sI sI sf so so so}}", "scorer", scorer,
					       "bootstrap", "resamples",
					       (json_int_t)resamples->plan.resamples, "records",
					       (json_int_t)records->n, "seed",
					       (json_int_t)resamples->plan.seed, "level", 0.95,
					       "precision", interval_json(intervals.precision),
					       "recall", interval_json(intervals.recall), "f1",
					       interval_json(intervals.f1)));
		return 0;
	}
	if (first)
		fprintf(out,
			"\n== 95 %% intervals: %zu resamples of %zu records, seed %llu\n\n%14s  %24s %24s %24s\n\n",
			resamples->plan.resamples, records->n,
			(unsigned long long)resamples->plan.seed, "", "precision", "recall",
			"f1-score");
	fprintf(out, "%14s   %.4f [%.4f, %.4f]  %.4f [%.4f, %.4f]  %.4f [%.4f, %.4f]\n", scorer,
		ratios.precision, intervals.precision.low, intervals.precision.high, ratios.recall,
		intervals.recall.low, intervals.recall.high, ratios.f1, intervals.f1.low,
		intervals.f1.high);
	return 0;
}

int eval_print_comparison(FILE *out, const struct eval_resamples *resamples, const char *scorer,
			  const struct eval_records *records, const struct eval_records *others,
			  bool first, struct err *err)
{
	struct resample_comparison result;

	if (resample_compare(records->items, others->items, records->n, &resamples->plan, &result,
			     err) < 0)
		return -1;
	if (resamples->json) {
		json_line_write(out,
				json_pack("{ss so sf sf sf so sf sf sI sI}", "scorer", scorer,
					  "against", json_text(resamples->against), "f1", result.f1,
					  "other_f1", result.other_f1, "difference",
					  result.difference, "interval",
					  interval_json(result.interval), "bootstrap_p",
					  result.bootstrap_p, "randomisation_p",
					  result.randomisation_p, "resamples",
					  (json_int_t)resamples->plan.resamples, "seed",
					  (json_int_t)resamples->plan.seed));
		return 0;
	}
	if (first)
		fprintf(out,
			"\n== against %s\n\n%14s   %8s %8s %28s %12s %15s\n\n",
			resamples->against, "", "f1-score", "other", "difference", "bootstrap p",
			"randomisation p");
	fprintf(out, "%14s   %8.4f %8.4f  %+8.4f [%+.4f, %+.4f] %12.4f %15.4f\n", scorer,
		result.f1, result.other_f1, result.difference, result.interval.low,
		result.interval.high, result.bootstrap_p, result.randomisation_p);
	return 0;
}
