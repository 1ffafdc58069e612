/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/core/blas.h"
#include "inference/text/encoder.h"
#include "tests/unit/temporary.h"
#include "tests/unit/test.h"

#include <math.h>
#include <string.h>

#define HIDDEN 128
#define HEADS 2
#define WIDE 256
#define WORDS 50
#define POSITIONS 20
#define PREFIX 3

/* The tensors of one layer and its embeddings, in both namings and how large. */
static const struct {
	const char *ours, *theirs;
	size_t rows, columns; /* 0 columns: a vector */
	bool is_norm;         /* around 1 */
} parts[] = {
	{ "embeddings.word", "embeddings.word_embeddings.weight", WORDS, HIDDEN, false },
	{ "embeddings.position", "embeddings.position_embeddings.weight", POSITIONS, HIDDEN, false },
	{ "embeddings.token_type", "embeddings.token_type_embeddings.weight", 2, HIDDEN, false },
	{ "embeddings.norm.weight", "embeddings.LayerNorm.gamma", HIDDEN, 0, true },
	{ "embeddings.norm.bias", "embeddings.LayerNorm.beta", HIDDEN, 0, false },
#define LINEAR(ours, theirs, rows, columns)                                                        \
	{ "layer.0." ours ".weight", "encoder.layer.0." theirs ".weight", rows, columns, false },  \
	{ "layer.0." ours ".bias", "encoder.layer.0." theirs ".bias", rows, 0, false }
	LINEAR("attention.query", "attention.self.query", HIDDEN, HIDDEN),
	LINEAR("attention.key", "attention.self.key", HIDDEN, HIDDEN),
	LINEAR("attention.value", "attention.self.value", HIDDEN, HIDDEN),
	LINEAR("attention.output", "attention.output.dense", HIDDEN, HIDDEN),
	LINEAR("feed_forward.expand", "intermediate.dense", WIDE, HIDDEN),
	LINEAR("feed_forward.contract", "output.dense", HIDDEN, WIDE),
	{ "layer.0.attention.norm.weight", "encoder.layer.0.attention.output.LayerNorm.weight",
	  HIDDEN, 0, true },
	{ "layer.0.attention.norm.bias", "encoder.layer.0.attention.output.LayerNorm.bias", HIDDEN,
	  0, false },
	{ "layer.0.feed_forward.norm.weight", "encoder.layer.0.output.LayerNorm.weight", HIDDEN, 0,
	  true },
	{ "layer.0.feed_forward.norm.bias", "encoder.layer.0.output.LayerNorm.bias", HIDDEN, 0,
	  false },
};

/* What a test makes of the weights before they are written. */
struct change {
	const char *part;
	const float *values; /* NULL: zeros */
};

static void fill(float *out, size_t n, size_t seed, bool is_norm)
{
	uint32_t x = (uint32_t)seed * 2654435761u + 1;

	for (size_t i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		out[i] = (float)is_norm + ((float)(x >> 8) / (1 << 24) - 0.5f) / 4;
	}
}

/* Write a BERT of one layer under these names; `changes` ends with NULL. */
static char *write_bert(enum encoder_naming naming, const struct change *changes)
{
	char *path = temporary_text(""), name[160];
	struct err err = ERR_INIT;
	struct safetensors_writer *writer = safetensors_writer_new(path, &err);

	assert_non_null(writer);
	for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
		size_t dims = parts[i].columns ? 2 : 1, shape[2] = { parts[i].rows, parts[i].columns };
		size_t n = shape[0] * (dims == 2 ? shape[1] : 1);
		float *numbers = test_malloc(n * sizeof(*numbers));

		fill(numbers, n, i, parts[i].is_norm);
		for (const struct change *change = changes; change->part; change++)
			if (strcmp(change->part, parts[i].ours) == 0 && change->values)
				memcpy(numbers, change->values, n * sizeof(*numbers));
			else if (strcmp(change->part, parts[i].ours) == 0)
				memset(numbers, 0, n * sizeof(*numbers));
		snprintf(name, sizeof(name), "%s%s", naming == ENCODER_TAGSIGHT ? "encoder." : "bert.",
			 naming == ENCODER_TAGSIGHT ? parts[i].ours : parts[i].theirs);
		assert_int_equal(safetensors_add(writer, name, TENSOR_F32, dims, shape, numbers, &err), 0);
		test_free(numbers);
	}
	assert_int_equal(safetensors_writer_commit(writer, &err), 0);
	return path;
}

/* The states of one run over two sequences of 4 and 3 pieces. */
static void states_of(enum encoder_naming naming, const struct change *changes,
		      const struct encoder_prefix *prefixes, float out[7 * HIDDEN])
{
	static const int ids[] = { 3, 1, 4, 1, 5, 9, 2 };
	static const size_t starts[] = { 0, 4, 7 };
	const struct encoder_batch batch = { .ids = ids, .starts = starts, .n_sequences = 2,
					     .prefixes = prefixes,
					     .prefix_length = prefixes ? PREFIX : 0 };
	struct encoder_config config = { .naming = ENCODER_TAGSIGHT, .prefix = "encoder.",
					 .layers = 1, .hidden = HIDDEN, .heads = HEADS,
					 .intermediate = WIDE, .max_position = POSITIONS,
					 .token_types = 2, .vocabulary = WORDS, .eps = 1e-12f };
	char *path = write_bert(naming, changes);
	struct scratch scratch = SCRATCH_INIT;
	struct encoder encoder;
	struct weights weights;
	struct err err = ERR_INIT;
	const float *states;

	assert_int_equal(blas_open(&err), 0);
	assert_int_equal(weights_open(&weights, path, &err), 0);
	if (naming == ENCODER_HUGGING_FACE)
		assert_int_equal(encoder_config_infer(&config, &weights, "bert.", &err), 0);
	assert_int_equal(config.heads, HEADS);
	assert_int_equal(encoder_init(&encoder, &weights, &config, 1, &err), 0);
	assert_int_equal(encoder_run(&encoder, &batch, &scratch, NULL, &states, &err), 0);
	memcpy(out, states, 7 * HIDDEN * sizeof(*out));
	scratch_release(&scratch);
	encoder_release(&encoder);
	weights_close(&weights);
	temporary_remove(path);
}

static void assert_close(const float *ours, const float *theirs, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_float_equal(ours[i], theirs[i], 2e-5f);
}

static void test_names_do_not_matter(void **state)
{
	static const struct change none[] = { { NULL, NULL } };
	float ours[7 * HIDDEN], theirs[7 * HIDDEN];

	(void)state;
	states_of(ENCODER_TAGSIGHT, none, NULL, ours);
	states_of(ENCODER_HUGGING_FACE, none, NULL, theirs);
	assert_memory_equal(ours, theirs, sizeof(ours));
}

/* With one key for all, every piece of a sequence of n has the heads (PREFIX p + n v) / (PREFIX + n),
 * which a bias of the values gives without a prefix. */
static void test_prefix_is_attended_to(void **state)
{
	float keys[2][PREFIX * HIDDEN], values[2][PREFIX * HIDDEN], key[HIDDEN], value[HIDDEN];
	float mixed[HIDDEN], with[7 * HIDDEN], without[7 * HIDDEN];
	const struct encoder_prefix prefixes[2] = { { keys[0], values[0] }, { keys[1], values[1] } };
	const struct change plain[] = { { "layer.0.attention.key.weight", NULL },
					{ "layer.0.attention.key.bias", key },
					{ "layer.0.attention.value.weight", NULL },
					{ "layer.0.attention.value.bias", value },
					{ NULL, NULL } };
	const struct change mixing[] = { plain[0], plain[1], plain[2],
					 { "layer.0.attention.value.bias", mixed },
					 { NULL, NULL } };

	(void)state;
	fill(key, HIDDEN, 100, false);
	fill(value, HIDDEN, 101, false);
	for (size_t s = 0; s < 2; s++) {
		for (size_t row = 0; row < PREFIX; row++)
			memcpy(keys[s] + row * HIDDEN, key, sizeof(key));
		fill(values[s], PREFIX * HIDDEN, 102 + s, false);
	}
	states_of(ENCODER_HUGGING_FACE, plain, prefixes, with);
	for (size_t s = 0; s < 2; s++) {
		size_t begin = s ? 4 : 0, n = s ? 3 : 4;

		for (size_t i = 0; i < HIDDEN; i++) {
			mixed[i] = (float)n * value[i];
			for (size_t row = 0; row < PREFIX; row++)
				mixed[i] += values[s][row * HIDDEN + i];
			mixed[i] /= (float)(n + PREFIX);
		}
		states_of(ENCODER_HUGGING_FACE, mixing, NULL, without);
		assert_close(with + begin * HIDDEN, without + begin * HIDDEN, n * HIDDEN);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_do_not_matter),
		cmocka_unit_test(test_prefix_is_attended_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
