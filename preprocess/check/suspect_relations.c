/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/suspect_priv.h"

#include "lib/base/checked.h"
#include "lib/corpus/label_probabilities.h"
#include "lib/formats/mnre.h"

#include <stdlib.h>
#include <string.h>

/* Lines of an MNRE file and their predictions, read side by side. */
struct pairing {
	struct suspect_data *data;
	const struct suspect_options *options;
	const char *text; /* path */
	struct mnre_reader *relations;
	struct json_lines predictions;
	struct suspect_counts *counts;
	struct progress *progress;
	struct arena arena; /* of the relation in hand */
	double *row;        /* [labels.n] */
};

/* The relations of the first object name the columns. */
static int take_labels(struct pairing *pairing, json_t *probabilities, struct err *err)
{
	struct str_table *labels = &pairing->data->labels;
	const char *name;
	json_t *value;

	if (labels->n)
		return 0;
	json_object_foreach(probabilities, name, value)
		if (str_table_add(labels, name, strlen(name)) < 0)
			return err_set_memory(err);
	if (labels->n == 0)
		return err_set(err, ERR_DATA, "the object has no 'probabilities' of relations");
	pairing->row = checked_calloc(labels->n, sizeof(*pairing->row));
	return pairing->row ? 0 : err_set_memory(err);
}

static int read_row(struct pairing *pairing, const json_t *probabilities, struct err *err)
{
	const struct str_table *labels = &pairing->data->labels;

	if (json_object_size(probabilities) != labels->n)
		return err_set(err, ERR_DATA,
			       "'probabilities' are of other relations than in the lines before");
	for (size_t i = 0; i < labels->n; i++) {
		const json_t *value = json_object_get(probabilities, str_table_text(labels, i));

		pairing->row[i] = json_number_value(value);
		if (!json_is_number(value) || !(pairing->row[i] >= 0 && pairing->row[i] <= 1))
			return err_set(err, ERR_DATA, "the probability of '%.100s' is no number from 0 to 1",
				       str_table_text(labels, i));
	}
	return 0;
}

static int add_relation(struct pairing *pairing, const struct relation *relation, const json_t *object,
			struct err *err)
{
	struct suspect_data *data = pairing->data;
	json_t *probabilities = json_object_get(object, "probabilities");
	const char *name = arena_format(&pairing->arena, "%zu", relation->record);
	const char *text = arena_format(&pairing->arena, "%s, %s", relation->head.name, relation->tail.name);
	struct suspect_word *word;
	long label;

	if (take_labels(pairing, probabilities, err) < 0 || read_row(pairing, probabilities, err) < 0)
		return -1;
	if (!name || !text || suspect_add_record(data, name, NULL) < 0)
		return err_set_memory(err);
	word = suspect_add_word(data, text, relation->relation, relation->line_number, 0);
	if (!word)
		return err_set_memory(err);
	label = str_table_find(&data->labels, word->tag, strlen(word->tag));
	if (label < 0) {
		suspect_note_unnamed(pairing->counts, word->tag);
		return 0;
	}
	if (suspect_judge(data, pairing->options->score, word, (size_t)label, pairing->row) < 0)
		return err_set_memory(err);
	return 0;
}

static enum read_status next_relation(struct pairing *pairing, struct relation *relation, struct err *err)
{
	enum read_status status;

	do {
		arena_reset(&pairing->arena);
		status = mnre_next(pairing->relations, relation, &pairing->arena, err);
		pairing->counts->unpredicted += status == READ_BAD;
	} while (status == READ_BAD);
	pairing->counts->records += status == READ_OK;
	return status;
}

static int pair_object(struct pairing *pairing, const json_t *object, struct err *err)
{
	struct relation relation;
	enum read_status status;

	while ((status = next_relation(pairing, &relation, err)) == READ_OK) {
		if (progress_step(pairing->progress, 1))
			return err_set(err, ERR_STOPPED, "interrupted");
		if (label_probabilities_fit_relation(object, &relation))
			return add_relation(pairing, &relation, object, err);
		pairing->counts->unpredicted++;
	}
	if (status == READ_FAIL)
		return -1;
	return err_set(err, ERR_DATA,
		       "the prediction fits no relation of '%s' after those of the lines before: id, entities "
		       "and their order must be the same", pairing->text);
}

static int pair_all(struct pairing *pairing, struct err *err)
{
	struct json_lines *lines = &pairing->predictions;
	struct relation relation;
	enum read_status status;
	json_t *object;

	while ((status = json_lines_next(lines, &object, err)) == READ_OK) {
		int rc = pair_object(pairing, object, err);

		json_decref(object);
		if (rc < 0)
			return suspect_place(err, lines);
	}
	if (status != READ_EOF)
		return -1;
	while ((status = next_relation(pairing, &relation, err)) == READ_OK)
		pairing->counts->unpredicted++;
	return status == READ_FAIL ? -1 : 0;
}

int suspect_read_relations(struct suspect_data *data, const struct suspect_options *options,
			   const struct split *split, struct suspect_counts *counts,
			   struct progress *progress, struct err *err)
{
	struct pairing pairing = { .data = data, .options = options, .text = split->text,
				   .counts = counts, .progress = progress };
	int rc = -1;

	pairing.relations = mnre_open(split->text, err);
	if (!pairing.relations)
		return -1;
	if (json_lines_open(&pairing.predictions, options->predictions, err) == 0) {
		rc = pair_all(&pairing, err);
		json_lines_close(&pairing.predictions);
	}
	mnre_close(pairing.relations);
	arena_release(&pairing.arena);
	free(pairing.row);
	counts->words = data->n_words;
	return rc;
}
