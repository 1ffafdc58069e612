/* SPDX-License-Identifier: Apache-2.0 */
#include "preprocess/check/suspect_priv.h"

#include "lib/base/checked.h"
#include "lib/base/utf8.h"
#include "lib/corpus/label_probabilities.h"
#include "lib/formats/conll.h"
#include "lib/formats/json_lines.h"
#include "lib/formats/sentence_reader.h"

#include <stdlib.h>
#include <string.h>

/* A text and its predictions, read side by side. */
struct pairing {
	struct suspect_data *data;
	const struct suspect_options *options;
	const char *text; /* path */
	struct sentence_reader sentences;
	struct json_lines predictions;
	struct suspect_counts *counts;
	struct progress *progress;
	struct arena arena; /* of the sentence in hand */
};

static size_t tag_column(const struct token *token)
{
	const char *text = token->line;
	size_t size;

	conll_column(token->line, token->line_length, token->columns - 1, &text, &size);
	return utf8_count(token->line, (size_t)(text - token->line)) + 1;
}

/* The other name that Twitter2015 and Twitter2017 have for a type: OTHER and MISC. */
static bool same_tag(const char *a, const char *b)
{
	const char *x = strchr(a, '-'), *y = strchr(b, '-');

	if (strcmp(a, b) == 0)
		return true;
	if (!x || !y || x - a != y - b || memcmp(a, b, (size_t)(x - a)) != 0)
		return false;
	return (strcmp(x, "-OTHER") == 0 && strcmp(y, "-MISC") == 0) ||
	       (strcmp(x, "-MISC") == 0 && strcmp(y, "-OTHER") == 0);
}

static size_t find_label(const struct str_table *labels, const char *tag)
{
	long id = str_table_find(labels, tag, strlen(tag));

	if (id >= 0)
		return (size_t)id;
	for (size_t i = 0; i < labels->n; i++)
		if (same_tag(str_table_text(labels, i), tag))
			return i;
	return SUSPECT_NONE;
}

static int judge_by_row(struct pairing *pairing, struct suspect_word *word, const double *row,
			struct err *err)
{
	struct suspect_data *data = pairing->data;
	size_t label = find_label(&data->labels, word->tag);

	if (row[0] < 0) {
		pairing->counts->unseen++;
		return 0;
	}
	if (label == SUSPECT_NONE) {
		suspect_note_unnamed(pairing->counts, word->tag);
		return 0;
	}
	return suspect_judge(data, pairing->options->score, word, label, row) < 0 ? err_set_memory(err)
										 : 0;
}

static int judge_by_confidence(struct pairing *pairing, struct suspect_word *word, const char *tag,
			       double confidence, struct err *err)
{
	if (confidence == 0) {
		pairing->counts->unseen++;
		return 0;
	}
	word->score = confidence;
	if (same_tag(word->tag, tag))
		return 0;
	pairing->counts->bounded++;
	word->score = 1 - confidence;
	word->probability = confidence;
	word->likelier = arena_copy(&pairing->data->arena, tag);
	return word->likelier ? 0 : err_set_memory(err);
}

static int judge_word(struct pairing *pairing, struct suspect_word *word,
		      const struct label_probabilities *said, size_t i, struct err *err)
{
	if (said->rows)
		return judge_by_row(pairing, word, said->rows + i * said->columns, err);
	if (pairing->options->filtered || pairing->options->score != LABEL_SELF_CONFIDENCE)
		return err_set(err, ERR_USAGE,
			       "only self_confidence without a filter can do without the probabilities of "
			       "all labels; make the predictions with --probabilities");
	return judge_by_confidence(pairing, word, said->tags[i], said->confidence[i], err);
}

static bool has_row(const struct label_probabilities *said)
{
	for (size_t i = 0; i < said->n; i++)
		if (said->rows[i * said->columns] >= 0)
			return true;
	return false;
}

/* The names of the columns: those of the first object that has some, and the same ones later. */
static int take_labels(struct suspect_data *data, const struct label_probabilities *said,
		       struct err *err)
{
	if (!said->rows)
		return 0;
	if (data->labels.n == 0) {
		for (size_t i = 0; said->labels && i < said->n_labels; i++)
			if (str_table_add(&data->labels, said->labels[i], strlen(said->labels[i])) < 0)
				return err_set_memory(err);
		if (data->labels.n == 0 || data->labels.n != said->n_labels)
			return err_set(err, ERR_DATA,
				       "'labels' does not name the columns of 'probabilities', each once");
	}
	for (size_t i = 0; said->labels && i < said->n_labels; i++)
		if (find_label(&data->labels, said->labels[i]) != i)
			return err_set(err, ERR_DATA, "'labels' are others than in the lines before");
	/* Where no word has a row, the number of columns is not known. */
	if (said->columns != data->labels.n && has_row(said))
		return err_set(err, ERR_DATA, "there are %zu probabilities of a word for %zu labels",
			       said->columns, data->labels.n);
	return 0;
}

static int add_sentence(struct pairing *pairing, const struct sentence *sentence,
			const json_t *object, struct err *err)
{
	struct label_probabilities said;
	const char *name = NULL;

	if (label_probabilities_read(object, &said, &pairing->arena, err) < 0 ||
	    take_labels(pairing->data, &said, err) < 0)
		return -1;
	if (sentence->id)
		name = arena_format(&pairing->arena, "IMGID:%s", sentence->id);
	if ((sentence->id && !name) || suspect_add_record(pairing->data, name, sentence->file) < 0)
		return err_set_memory(err);
	for (size_t i = 0; i < sentence->n_tokens; i++) {
		const struct token *token = &sentence->tokens[i];
		struct suspect_word *word;

		if (!token->tag)
			return err_set_at(err, sentence->file ? sentence->file : pairing->text,
					  token->line_number, 0, "the line has no tag");
		word = suspect_add_word(pairing->data, token->word, token->tag, token->line_number,
					tag_column(token));
		if (!word)
			return err_set_memory(err);
		if (judge_word(pairing, word, &said, i, err) < 0)
			return -1;
	}
	return 0;
}

static int next_sentence(struct pairing *pairing, struct sentence *sentence, struct err *err)
{
	enum read_status status;

	do {
		arena_reset(&pairing->arena);
		status = sentence_reader_next(&pairing->sentences, sentence, &pairing->arena, err);
		if (status == READ_BAD || (status == READ_OK && sentence->n_tokens == 0))
			pairing->counts->unpredicted++;
	} while (status == READ_BAD || (status == READ_OK && sentence->n_tokens == 0));
	pairing->counts->records += status == READ_OK;
	return status;
}

/* Records that were skipped have no prediction, so those of the text are stepped over until one fits. */
static int pair_object(struct pairing *pairing, const json_t *object, struct err *err)
{
	struct sentence sentence;
	int status;

	while ((status = next_sentence(pairing, &sentence, err)) == READ_OK) {
		if (label_probabilities_fit(object, &sentence))
			return add_sentence(pairing, &sentence, object, err);
		pairing->counts->unpredicted++;
		if (progress_step(pairing->progress, 1))
			return err_set(err, ERR_STOPPED, "interrupted");
	}
	if (status == READ_FAIL)
		return -1;
	return err_set(err, ERR_DATA,
		       "the prediction fits no record of '%s' after those of the lines before: the words "
		       "and their order must be the same", pairing->text);
}

static int pair_all(struct pairing *pairing, struct err *err)
{
	struct json_lines *lines = &pairing->predictions;
	struct sentence sentence;
	enum read_status status;
	json_t *object;

	while ((status = json_lines_next(lines, &object, err)) == READ_OK) {
		int rc = pair_object(pairing, object, err);

		json_decref(object);
		if (rc < 0)
			return suspect_place(err, lines);
		if (progress_step(pairing->progress, 1))
			return err_set(err, ERR_STOPPED, "interrupted");
	}
	if (status != READ_EOF)
		return -1;
	while ((status = next_sentence(pairing, &sentence, err)) == READ_OK)
		pairing->counts->unpredicted++;
	return status == READ_FAIL ? -1 : 0;
}

int suspect_read_sentences(struct suspect_data *data, const struct suspect_options *options,
		 const struct split *split, struct suspect_counts *counts,
		 struct progress *progress, struct err *err)
{
	struct pairing pairing = { .data = data, .options = options, .text = split->text,
				   .counts = counts, .progress = progress };
	int rc = -1;

	if (sentence_reader_open(&pairing.sentences, split->text, err) < 0)
		return -1;
	if (json_lines_open(&pairing.predictions, options->predictions, err) == 0) {
		rc = pair_all(&pairing, err);
		json_lines_close(&pairing.predictions);
	}
	sentence_reader_close(&pairing.sentences);
	arena_release(&pairing.arena);
	counts->words = data->n_words;
	return rc;
}
