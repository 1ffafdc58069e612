/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a rule has to say about a place in the data.
 */
#ifndef TAGSIGHT_CORPUS_FINDING_H
#define TAGSIGHT_CORPUS_FINDING_H

#include <stddef.h>
#include <stdio.h>

enum finding_level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR };

/* What a model thinks of the label at the place, for the rule label-suspect. */
struct finding_label {
	const char *unit;   /* "token", "entity", "sentence" */
	const char *method; /* "self_confidence" */
	double score;
	const char *word, *given, *likelier; /* the worst word, its label, and the likeliest one */
	double probability;                  /* of the likeliest */
};

struct finding {
	enum finding_level level;
	const char *rule;    /* "tag-orphan-inside" */
	const char *file;
	size_t line;         /* from 1; 0 where it means nothing */
	size_t column;       /* in characters, from 1; 0 where it means nothing */
	const char *record;  /* "IMGID:8"; NULL where it means nothing */
	const char *message;
	const char *fix;     /* what to do; NULL when there is no advice */
	size_t split;        /* of the dataset that was checked; not written */
	const struct finding_label *label; /* NULL but for label-suspect */
};

/* "error", "warning", "note". */
const char *finding_level_name(enum finding_level level);

/* One line of JSON: {"level","rule","file","line","column","record","message","fix"}, the last five
 * only where they mean something, then "unit","method","score","word","given","likelier","probability"
 * where there is a label. 0, or -1 when it cannot be written. */
int finding_write(FILE *stream, const struct finding *finding);

/* Where findings go; `finding` and its strings are valid during the call only. */
struct finding_sink {
	void (*add)(struct finding_sink *sink, const struct finding *finding);
};

/* Give a finding whose message is composed here, up to 1023 bytes of it; `finding->message` is not looked at. */
void finding_report(struct finding_sink *sink, const struct finding *finding, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
