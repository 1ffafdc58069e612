/* SPDX-License-Identifier: Apache-2.0 */
/* The rule about labels that a model doubts; suspect.c applies it, as it needs predictions. */
#include "preprocess/check/check_priv.h"

const struct rule rules_label[] = {
	{ .info = { "label-suspect", LEVEL_WARNING, "a label to which a model gives little probability",
		    "Found with --suspect PREDICTIONS alone. Each tag is scored by the probability that the "
		    "model gives it, as cleanlab does, and the lowest come first: look there before "
		    "elsewhere. Many are right and merely hard. The probabilities must be of a model "
		    "that was not trained on these labels, or it has learnt their mistakes: predict each "
		    "part of the data with a model trained on the others." } },
	{ .info = { NULL, LEVEL_NOTE, NULL, NULL } },
};
