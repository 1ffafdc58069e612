/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Labels that a model doubts: the tags or relations of a text scored by the probabilities that it gives
 * them, the lowest first, as findings of the rule label-suspect.
 *
 *	struct suspect_options options = SUSPECT_OPTIONS_INIT;
 *	options.predictions = "predictions.jsonl";
 *	suspect_run(&options, &check, &dataset, &sink, &summary, &counts, progress, &err);
 *
 * The probabilities of all words are kept, n words times n labels doubles.
 */
#ifndef TAGSIGHT_PREPROCESS_CHECK_SUSPECT_H
#define TAGSIGHT_PREPROCESS_CHECK_SUSPECT_H

#include "lib/corpus/label_issues.h"
#include "preprocess/check/check.h"

#include <stdbool.h>
#include <stddef.h>

enum suspect_unit {
	SUSPECT_TOKEN,
	SUSPECT_ENTITY,  /* of the text, see entity_reader.h; its score is that of its worst word */
	SUSPECT_SENTENCE /* the score is that of the worst word */
};

struct suspect_options {
	const char *predictions; /* JSON Lines, see lib/corpus/label_probabilities.h */
	enum suspect_unit unit;
	enum label_score score;
	double below;            /* findings are those that score less; unused when filtered */
	bool filtered;           /* findings hold a word that the filter takes */
	enum label_filter filter;
};

#define SUSPECT_OPTIONS_INIT \
	{ NULL, SUSPECT_TOKEN, LABEL_SELF_CONFIDENCE, 0.1, false, LABEL_PRUNE_BY_NOISE_RATE }

/* What was not judged, or not fully. */
struct suspect_counts {
	size_t words, records;
	size_t unpredicted; /* records without a prediction */
	size_t unseen;      /* words of which the model saw nothing */
	size_t unnamed;     /* words whose tag is no label of the predictions */
	const char *unnamed_tag; /* the first such tag, cut; in `text` */
	size_t bounded;     /* words of which only the confidence of another tag is known: their score is
			     * at most 1 less that, and counts as that */
	char text[64];
};

/* Judge the one text of the dataset; of relations, the predictions are those of `tagsight predict`, and the
 * unit is the relation. `check` gives the level and max_per_rule. 0, or -1: more or
 * no text, predictions that do not fit, or that lack the probabilities which the options need. */
int suspect_run(const struct suspect_options *options, const struct check_options *check,
		const struct dataset *dataset, struct finding_sink *sink,
		struct check_summary *summary, struct suspect_counts *counts,
		struct progress *progress, struct err *err);

#endif
