/* SPDX-License-Identifier: Apache-2.0 */
#include "cmd/predict_priv.h"

#include <string.h>

/* Spell the tags as the data do: B-OTHER for the model's B-MISC in Twitter2015. */
static int spell_tags(const struct entity_types *types, struct prediction *prediction,
		      struct arena *arena, struct err *err)
{
	const char **tags = arena_alloc(arena, prediction->n, sizeof(*tags));

	if (!tags)
		return err_set_memory(err);
	for (size_t i = 0; i < prediction->n; i++) {
		const char *tag = prediction->tags[i], *type = strchr(tag, '-'), *spelt;

		spelt = type ? entity_types_spelling(types, type + 1) : NULL;
		tags[i] = !type || strcmp(spelt, type + 1) == 0
				  ? tag
				  : arena_format(arena, "%c-%s", tag[0], spelt);
		if (!tags[i])
			return err_set_memory(err);
	}
	prediction->tags = tags;
	return 0;
}

/* The names of the probabilities, spelt like the tags. NULL when memory is out. */
static const char **spell_labels(const struct predict_job *job, struct arena *arena)
{
	const struct predictor *predictor = job->predictor;
	const char **labels = arena_alloc(arena, predictor->n_labels, sizeof(*labels));

	for (size_t i = 0; i < predictor->n_labels && labels; i++) {
		const char *label = predictor->labels[i], *type = strchr(label, '-'), *spelt;

		spelt = type ? entity_types_spelling(&job->types, type + 1) : NULL;
		labels[i] = !type || strcmp(spelt, type + 1) == 0
				    ? label
				    : arena_format(arena, "%.*s-%s", (int)(type - label), label, spelt);
		if (!labels[i])
			return NULL;
	}
	return labels;
}

static int write_json(struct predict_job *job, const struct sentence *sentence,
		      const struct prediction *prediction, struct err *err)
{
	const char **labels = NULL;

	if (prediction->probabilities) {
		labels = spell_labels(job, &job->group.arena);
		if (!labels)
			return err_set_memory(err);
	}
	prediction_write(job->out, sentence, prediction, labels, job->predictor->n_labels);
	return 0;
}

static void write_conll(FILE *out, const struct sentence *sentence,
			const struct prediction *prediction)
{
	if (sentence->id_line)
		fprintf(out, "IMGID:%s\n", sentence->id);
	for (size_t i = 0; i < prediction->n; i++) {
		const struct token *token = &sentence->tokens[i];
		bool blanks = !memchr(token->line, '\t', token->line_length) && token->columns > 1;

		fwrite(token->line, 1, token->line_length, out);
		fprintf(out, "%c%s\n", blanks ? ' ' : '\t', prediction->tags[i]);
	}
	fputc('\n', out);
}

static int write_sentence(struct predict_job *job, const struct sentence *sentence,
			  struct prediction *prediction, struct err *err)
{
	if (spell_tags(&job->types, prediction, &job->group.arena, err) < 0)
		return -1;
	if (job->settings->format == PREDICT_JSON)
		return write_json(job, sentence, prediction, err);
	write_conll(job->out, sentence, prediction);
	return 0;
}

/* Say why there is no prediction, or why it is one of another picture. */
static void note_outcome(struct predict_job *job, const struct predict_record *record,
			 const struct outcome *outcome)
{
	const char *file = predict_file(job, record);
	size_t line = predict_line(record);

	if (outcome->fault)
		progress_note(job->progress, "skipped: '%s':%zu: %s", file, line, outcome->fault);
	else if (outcome->replaced)
		progress_note(job->progress, "'%s':%zu: %s; %s is read instead", file, line, outcome->replaced,
			      job->predictor->fallback);
	job->counts->skipped += outcome->fault != NULL;
	job->counts->broken += !outcome->fault && outcome->broken;
}

int predict_write_group(struct predict_job *job, struct err *err)
{
	const struct predictor *predictor = job->predictor;
	struct predict_group *group = &job->group;

	for (size_t i = 0; i < group->n; i++) {
		const struct predict_record *record = &group->records[i];
		struct outcome *outcome = &group->outcomes[i];

		note_outcome(job, record, outcome);
		if (outcome->fault)
			continue;
		job->counts->records++;
		if (record->relation)
			relation_prediction_write(job->out, record->relation, &outcome->relation,
						  predictor->labels, predictor->n_labels);
		else if (write_sentence(job, record->sentence, &outcome->tags, err) < 0)
			return -1;
	}
	if (job->settings->dump &&
	    prediction_dump_write(&job->dump, group->numbers, job->settings->dump, err) < 0)
		return -1;
	return ferror(job->out) ? err_set_errno(err, "write", "the predictions") : 0;
}
