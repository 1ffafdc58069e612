/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/systems/onestage_text.h"

#include "inference/text/piece_text.h"
#include "inference/text/vocabulary_file.h"
#include "lib/base/buf.h"
#include "lib/base/checked.h"
#include "lib/base/sha256.h"
#include "lib/base/utf8.h"

#include <stdlib.h>
#include <string.h>

#define PREFIX "textmodel."
#define EMBEDDING PREFIX "embedding.weight"
#define CLS_LAYERS 4 /* the last ones, of whose [CLS] the mean is taken */
#define CAP_MOST 512

bool onestage_text_is_recurrent(const struct weights *weights)
{
	return weights_have(weights, EMBEDDING);
}

static int load_lstm(struct onestage_text *text, struct weights *weights, struct err *err)
{
	struct shape shape;

	if (!weights_shape(weights, EMBEDDING, &shape) || shape.n != 2)
		return err_set_at(err, weights->path, 0, 0, "tensor '" EMBEDDING "' is no matrix");
	if (lstm_get(&text->lstm, weights, PREFIX "rnn.", err) < 0)
		return -1;
	text->width = lstm_width(&text->lstm);
	if (weights_table(weights, EMBEDDING, shape.dims[0], shape.dims[1], &text->embedding, err) < 0)
		return -1;
	return linear_get(&text->map, weights, PREFIX "mlp.0", shape.dims[1], text->lstm.input, err);
}

static int load_bert(struct onestage_text *text, struct weights *weights, struct err *err)
{
	struct encoder_config config;

	if (encoder_config_infer(&config, weights, PREFIX, err) < 0)
		return -1;
	if (config.layers < CLS_LAYERS)
		return err_set_at(err, weights->path, 0, 0, "its BERT has %zu layers; %d at least are read",
				  config.layers, CLS_LAYERS);
	text->width = config.hidden;
	return encoder_init(&text->encoder, weights, &config, 1, err);
}

int onestage_text_check(struct onestage_text *text, struct weights *weights, struct err *err)
{
	*text = (struct onestage_text){ .recurrent = onestage_text_is_recurrent(weights) };
	return text->recurrent ? load_lstm(text, weights, err) : load_bert(text, weights, err);
}

static int open_corpus(struct onestage_text *text, const char *path, struct err *err)
{
	if (word_corpus_open(&text->corpus, path, err) < 0)
		return -1;
	if (text->corpus.size == text->embedding.rows)
		return 0;
	return err_set_at(err, path, 0, 0, "it has %zu words, the model vectors of %zu: not its dictionary",
			  text->corpus.size, text->embedding.rows);
}

static int open_vocabulary(struct onestage_text *text, const char *path, struct err *err)
{
	/* Phrases are lower-cased before, so that no special token can be spelt out. */
	const struct wordpiece_rules rules = { .lower_case = true, .alone = true };
	size_t rows = text->encoder.config.vocabulary;

	if (file_map_open(&text->vocabulary, path, err) < 0)
		return -1;
	text->wordpiece = wordpiece_new((const char *)text->vocabulary.data, text->vocabulary.size, &rules, err);
	if (!text->wordpiece)
		return -1;
	text->cls = wordpiece_id(text->wordpiece, "[CLS]");
	text->sep = wordpiece_id(text->wordpiece, "[SEP]");
	if (wordpiece_size(text->wordpiece) == rows && text->cls >= 0 && text->sep >= 0)
		return 0;
	return err_set_at(err, path, 0, 0, "it has %zu pieces, the model vectors of %zu: not its vocabulary",
			  wordpiece_size(text->wordpiece), rows);
}

static int open_words(struct onestage_text *text, const char *model, const char *words, struct err *err)
{
	char *path = vocabulary_file_path(words, model, text->recurrent ? "corpus.pth" : "vocab.txt", err);
	int rc = -1;

	if (path && sha256_file(path, text->words_sha256, err) == 0)
		rc = text->recurrent ? open_corpus(text, path, err) : open_vocabulary(text, path, err);
	if (rc < 0 && path)
		err_add_file(err, path);
	free(path);
	return rc;
}

static int check_cap(struct onestage_text *text, size_t cap, struct err *err)
{
	size_t most = text->recurrent ? CAP_MOST : text->encoder.config.max_position;

	text->cap = cap ? cap : ONESTAGE_QUERY_CAP;
	if (text->cap >= 3 && text->cap <= most)
		return 0;
	return err_set(err, ERR_USAGE, "phrases may be cut at 3 to %zu words or pieces, not at %zu", most,
		       text->cap);
}

int onestage_text_init(struct onestage_text *text, struct weights *weights, const char *words, size_t cap,
		       struct err *err)
{
	size_t numbers;

	if (onestage_text_check(text, weights, err) == 0 &&
	    weights_check_part_finite(weights, PREFIX, &numbers, err) == 0 && check_cap(text, cap, err) == 0 &&
	    open_words(text, weights->path, words, err) == 0)
		return 0;
	onestage_text_release(text);
	return -1;
}

void onestage_text_release(struct onestage_text *text)
{
	encoder_release(&text->encoder);
	wordpiece_free(text->wordpiece);
	if (text->vocabulary.data)
		file_map_close(&text->vocabulary);
	if (text->corpus.ids)
		word_corpus_release(&text->corpus);
	*text = (struct onestage_text){ .width = 0 };
}

/* A phrase in lower case; fails only when memory is out. */
static int lower(struct buf *out, const char *phrase)
{
	struct code_points points = { NULL, 0, 0 };
	size_t length = strlen(phrase);
	char bytes[4];
	int rc = 0;

	buf_clear(out);
	for (size_t i = 0, step; rc == 0 && i < length; i += step ? step : 1) {
		uint32_t c;

		step = utf8_decode(phrase + i, length - i, &c);
		rc = code_points_add(&points, c);
	}
	if (rc == 0)
		rc = code_points_lower(&points);
	for (size_t i = 0; rc == 0 && i < points.n; i++)
		buf_add(out, bytes, utf8_encode(points.items[i], bytes));
	code_points_release(&points);
	return rc < 0 || out->failed ? -1 : 0;
}

/* One phrase as a sequence of its own, if it has pieces. */
static int add_pieces(const struct onestage_text *text, const char *phrase, struct buf *lowered,
		      struct piece_text *pieces, bool *said, struct err *err)
{
	struct piece_mark mark = piece_text_mark(pieces);
	size_t before;

	if (lower(lowered, phrase) < 0)
		return err_set_memory(err);
	if (piece_text_begin(pieces, text->cls, err) < 0)
		return -1;
	before = pieces->pieces.n;
	if (lowered->length &&
	    wordpiece_encode(text->wordpiece, lowered->data, lowered->length, &pieces->pieces, err) < 0)
		return -1;
	*said = pieces->pieces.n > before;
	if (!*said) {
		piece_text_rewind(pieces, mark);
		return 0;
	}
	if (pieces->pieces.n - before > text->cap - 2)
		pieces->pieces.n = before + text->cap - 2;
	return piece_text_end(pieces, text->sep, err);
}

/* Sums the states of the first piece of each sequence. */
struct summing {
	const struct onestage_text *text;
	const struct piece_text *pieces;
	const bool *said;
	float *vectors;
};

static void see(void *context, size_t layer, const float *states)
{
	const struct summing *summing = context;
	size_t width = summing->text->width, layers = summing->text->encoder.config.layers, sequence = 0;
	float *vector = summing->vectors;

	if (layer + CLS_LAYERS <= layers)
		return;
	for (size_t i = 0; sequence < summing->pieces->n_sequences; i++, vector += width) {
		const float *from;

		if (!summing->said[i])
			continue;
		from = states + summing->pieces->starts[sequence++] * width;
		for (size_t k = 0; k < width; k++)
			vector[k] = layer + CLS_LAYERS == layers + 1 ? from[k] : vector[k] + from[k];
		for (size_t k = 0; layer == layers && k < width; k++)
			vector[k] /= CLS_LAYERS;
	}
}

static int run_bert(const struct onestage_text *text, const char *const *phrases, size_t n,
		    struct scratch *scratch, float *vectors, bool *said, struct err *err)
{
	struct piece_text pieces = PIECE_TEXT_INIT;
	struct summing summing = { text, &pieces, said, vectors };
	const struct encoder_observer observer = { see, &summing };
	struct buf lowered = BUF_INIT;
	const float *states;
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < n; i++)
		rc = add_pieces(text, phrases[i], &lowered, &pieces, &said[i], err);
	if (rc == 0 && pieces.n_sequences) {
		const struct encoder_batch batch = { .ids = pieces.pieces.ids,
						     .starts = pieces.starts,
						     .n_sequences = pieces.n_sequences };

		rc = encoder_run(&text->encoder, &batch, scratch, &observer, &states, err);
	}
	buf_release(&lowered);
	piece_text_release(&pieces);
	return rc;
}

/* Words of all phrases, and where each begins. */
struct word_rows {
	size_t *starts; /* [n + 1] */
	float *rows;    /* [words, embedding] */
	size_t n;       /* sequences */
};

static int embed(const struct onestage_text *text, const char *const *phrases, size_t n,
		 struct word_rows *words, bool *said, struct err *err)
{
	size_t columns = text->embedding.columns;

	for (size_t i = 0; i < n; i++) {
		size_t at = words->starts[words->n];
		int *ids, length = word_corpus_encode(&text->corpus, phrases[i], text->cap, &ids, err);

		if (length < 0)
			return -1;
		said[i] = length > 0;
		for (int k = 0; k < length; k++)
			weight_table_row(&text->embedding, (size_t)ids[k],
					 words->rows + (at + (size_t)k) * columns);
		free(ids);
		if (said[i])
			words->starts[++words->n] = at + (size_t)length;
	}
	return 0;
}

static int run_rows(const struct onestage_text *text, const struct word_rows *words, const bool *said, size_t n,
		    struct arena *arena, float *vectors, struct err *err)
{
	size_t total = words->starts[words->n], sequence = 0;
	float *x = arena_alloc(arena, total, text->lstm.input * sizeof(*x));
	const float *states;

	if (!x)
		return err_set_memory(err);
	linear_run(&text->map, words->rows, total, x, text->lstm.input);
	relu_run(x, total * text->lstm.input);
	if (lstm_run(&text->lstm, x, words->starts, words->n, arena, &states, err) < 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (said[i])
			memcpy(vectors + i * text->width,
			       states + (words->starts[++sequence] - 1) * text->width,
			       text->width * sizeof(*vectors));
	return 0;
}

static int run_lstm(const struct onestage_text *text, const char *const *phrases, size_t n, float *vectors,
		    bool *said, struct err *err)
{
	struct arena arena = ARENA_INIT;
	struct word_rows words = { .n = 0 };
	int rc = -1;

	words.starts = arena_alloc(&arena, n + 1, sizeof(*words.starts));
	words.rows = arena_alloc(&arena, n * text->cap, text->embedding.columns * sizeof(*words.rows));
	if (!words.starts || !words.rows)
		err_set_memory(err);
	else if (embed(text, phrases, n, &words, said, err) == 0)
		rc = words.n ? run_rows(text, &words, said, n, &arena, vectors, err) : 0;
	arena_release(&arena);
	return rc;
}

int onestage_text_run(const struct onestage_text *text, const char *const *phrases, size_t n,
		      struct scratch *scratch, float *vectors, bool *said, struct err *err)
{
	return text->recurrent ? run_lstm(text, phrases, n, vectors, said, err)
			       : run_bert(text, phrases, n, scratch, vectors, said, err);
}
