/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/text/encoder.h"

#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static const struct {
	const char *key;
	size_t offset; /* in struct encoder_config */
	size_t highest;
} sizes[] = {
	{ "layers", offsetof(struct encoder_config, layers), ENCODER_LAYERS },
	{ "hidden", offsetof(struct encoder_config, hidden), 8192 },
	{ "heads", offsetof(struct encoder_config, heads), 256 },
	{ "intermediate", offsetof(struct encoder_config, intermediate), 65536 },
	{ "max_position", offsetof(struct encoder_config, max_position), 65536 },
	{ "token_types", offsetof(struct encoder_config, token_types), 1024 },
	{ "vocabulary", offsetof(struct encoder_config, vocabulary), 10000000 },
	{ "case_vectors", offsetof(struct encoder_config, case_vectors), 256 },
};

static int read_sizes(struct encoder_config *config, const json_t *object, struct err *err)
{
	for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		const json_t *value = json_object_get(object, sizes[i].key);
		json_int_t number = json_integer_value(value);

		if (!json_is_integer(value) || number < 1 || (size_t)number > sizes[i].highest)
			return err_set(err, ERR_DATA,
				       "'%s' in the config is no whole number from 1 to %zu",
				       sizes[i].key, sizes[i].highest);
		*(size_t *)(void *)((char *)config + sizes[i].offset) = (size_t)number;
	}
	if (config->hidden % config->heads)
		return err_set(err, ERR_DATA, "%zu hidden units do not divide among %zu heads",
			       config->hidden, config->heads);
	if (config->max_position < 3)
		return err_set(err, ERR_DATA, "no piece fits in %zu positions", config->max_position);
	return 0;
}

int encoder_config_parse(struct encoder_config *config, const char *json, struct err *err)
{
	json_error_t error;
	json_t *object = json_loads(json, JSON_REJECT_DUPLICATES, &error), *eps;
	int rc;

	if (!object)
		return err_set(err, ERR_DATA, "the config is not JSON: %s", error.text);
	*config = (struct encoder_config){ .naming = ENCODER_TAGSIGHT, .prefix = "encoder." };
	rc = read_sizes(config, object, err);
	eps = json_object_get(object, "layer_norm_eps");
	if (rc == 0 && !(json_number_value(eps) > 0 && json_number_value(eps) < 1))
		rc = err_set(err, ERR_DATA, "'layer_norm_eps' in the config is not between 0 and 1");
	config->eps = (float)json_number_value(eps);
	json_decref(object);
	return rc;
}

/* The tensors of the embeddings, and the stem and the parts of a layer, by who named them. */
enum embedding { WORD, POSITION, TOKEN_TYPE, CASE, NORM_WEIGHT, NORM_BIAS, EMBEDDINGS };
enum part { QUERY, KEY, VALUE, OUTPUT, EXPAND, CONTRACT, ATTENTION_NORM, NORM, PARTS };

static const struct {
	const char *embeddings[EMBEDDINGS];
	const char *layer; /* before its number */
	const char *parts[PARTS];
} namings[ENCODER_NAMINGS] = {
	[ENCODER_TAGSIGHT] = {
		{ "embeddings.word", "embeddings.position", "embeddings.token_type",
		  "embeddings.case", "embeddings.norm.weight", "embeddings.norm.bias" },
		"layer.",
		{ "attention.query", "attention.key", "attention.value", "attention.output",
		  "feed_forward.expand", "feed_forward.contract", "attention.norm",
		  "feed_forward.norm" },
	},
	[ENCODER_HUGGING_FACE] = {
		{ "embeddings.word_embeddings.weight", "embeddings.position_embeddings.weight",
		  "embeddings.token_type_embeddings.weight", NULL, "embeddings.LayerNorm.weight",
		  "embeddings.LayerNorm.bias" },
		"encoder.layer.",
		{ "attention.self.query", "attention.self.key", "attention.self.value",
		  "attention.output.dense", "intermediate.dense", "output.dense",
		  "attention.output.LayerNorm", "output.LayerNorm" },
	},
};

struct name {
	char text[160];
};

static struct name embedding_name(const struct encoder_config *config, enum embedding embedding)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s%s", config->prefix,
		 namings[config->naming].embeddings[embedding]);
	return name;
}

static struct name part_name(const struct encoder_config *config, size_t layer, enum part part,
			     const char *kind)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "%s%s%zu.%s.%s", config->prefix,
		 namings[config->naming].layer, layer, namings[config->naming].parts[part], kind);
	return name;
}

/* Rows and columns of a matrix that must be there. */
static int matrix_size(const struct weights *weights, struct name name, size_t *rows,
		       size_t *columns, struct err *err)
{
	struct shape shape;

	if (!weights_shape(weights, name.text, &shape))
		return err_set_at(err, weights->path, 0, 0,
				  "there is no tensor '%s': not a model of this system", name.text);
	if (shape.n != 2 || shape.dims[0] < 1 || shape.dims[1] < 1)
		return err_set_at(err, weights->path, 0, 0, "tensor '%s' is no matrix", name.text);
	*rows = shape.dims[0];
	*columns = shape.dims[1];
	return 0;
}

#define HEAD_SIZE 64
#define ROBERTA_FIRST_POSITION 2

/* RoBERTa and XLM-RoBERTa have one token type, and the first two rows of their positions stand for
 * padding. */
static int be_roberta(struct encoder_config *config, const struct weights *weights, struct err *err)
{
	if (config->max_position < ROBERTA_FIRST_POSITION + 3)
		return err_set_at(err, weights->path, 0, 0, "no RoBERTa has %zu positions",
				  config->max_position);
	config->first_position = ROBERTA_FIRST_POSITION;
	config->max_position -= ROBERTA_FIRST_POSITION;
	config->eps = 1e-5f;
	return 0;
}

int encoder_config_infer(struct encoder_config *config, const struct weights *weights,
			 const char *prefix, struct err *err)
{
	size_t columns;

	*config = (struct encoder_config){ .naming = ENCODER_HUGGING_FACE,
					   .prefix = prefix,
					   .eps = 1e-12f };
	if (matrix_size(weights, embedding_name(config, WORD), &config->vocabulary, &config->hidden,
			err) < 0 ||
	    matrix_size(weights, embedding_name(config, POSITION), &config->max_position, &columns,
			err) < 0 ||
	    matrix_size(weights, embedding_name(config, TOKEN_TYPE), &config->token_types, &columns,
			err) < 0 ||
	    matrix_size(weights, part_name(config, 0, EXPAND, "weight"), &config->intermediate,
			&columns, err) < 0)
		return -1;
	while (weights_have(weights, part_name(config, config->layers, EXPAND, "weight").text))
		if (++config->layers > ENCODER_LAYERS)
			return err_set_at(err, weights->path, 0, 0,
					  "it has more than %d layers of BERT", ENCODER_LAYERS);
	if (config->hidden > 8192 || config->intermediate > 65536 ||
	    config->max_position < 3)
		return err_set_at(err, weights->path, 0, 0,
				  "no BERT has %zu hidden units, %zu between layers and %zu positions",
				  config->hidden, config->intermediate, config->max_position);
	config->heads = config->hidden % HEAD_SIZE ? 0 : config->hidden / HEAD_SIZE;
	return config->token_types == 1 ? be_roberta(config, weights, err) : 0;
}

/* A tensor to widen into its place. */
struct item {
	struct name name;
	struct shape shape;
	size_t size;
	const float **pointer; /* of a matrix: set when it has its place */
	float *to;
};

struct load {
	const struct weights *weights;
	struct item *items;
	struct err *errs; /* [n_items] */
	size_t n_items;
};

#define MATRICES_A_LAYER 6
#define TOKEN_TYPES 2 /* that any batch uses */

/* The matrices of a layer that cannot be used where they lie. */
static int add_matrices(struct load *load, struct encoder *encoder, size_t number, struct err *err)
{
	const struct encoder_config *config = &encoder->config;
	struct encoder_layer *layer = &encoder->layers[number];
	size_t hidden = config->hidden, wide = config->intermediate;
	const struct {
		enum part part;
		size_t rows, columns;
		const float **pointer;
	} matrices[MATRICES_A_LAYER] = {
		{ QUERY, hidden, hidden, &layer->query },   { KEY, hidden, hidden, &layer->key },
		{ VALUE, hidden, hidden, &layer->value },   { OUTPUT, hidden, hidden, &layer->output },
		{ EXPAND, wide, hidden, &layer->expand },   { CONTRACT, hidden, wide, &layer->contract },
	};

	for (size_t i = 0; i < MATRICES_A_LAYER; i++) {
		struct shape shape = SHAPE(matrices[i].rows, matrices[i].columns);
		struct item *item = &load->items[load->n_items];

		item->name = part_name(config, number, matrices[i].part, "weight");
		if (weights_find(load->weights, item->name.text, shape, matrices[i].pointer, err) < 0)
			return -1;
		if (*matrices[i].pointer)
			continue;
		item->shape = shape;
		item->size = matrices[i].rows * matrices[i].columns;
		item->pointer = matrices[i].pointer;
		load->n_items++;
	}
	return 0;
}

/* Room for what is converted: the matrices that need it, all biases of queries, keys and values, and
 * the vectors of the token types. Large pages, where the system gives them, save most of the page
 * faults of the first run. */
static int place(struct encoder *encoder, struct load *load, struct err *err)
{
	const struct encoder_config *config = &encoder->config;
	size_t size = (config->layers * 3 + TOKEN_TYPES) * config->hidden;
	float *at;

	for (size_t i = 0; i < load->n_items; i++)
		size += load->items[i].size;
	if (!size_multiply(size, sizeof(float), &size))
		return err_set_memory(err);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return err_set_memory(err);
#ifdef MADV_HUGEPAGE
	madvise(at, size, MADV_HUGEPAGE);
#endif
	encoder->memory = at;
	encoder->memory_size = size;
	for (size_t i = 0; i < load->n_items; at += load->items[i++].size)
		*load->items[i].pointer = load->items[i].to = at;
	for (size_t i = 0; i < config->layers; i++, at += 3 * config->hidden)
		encoder->layers[i].qkv_bias = at;
	encoder->token_types = at;
	return 0;
}

static void load_item(void *context, size_t number, int thread)
{
	struct load *load = context;
	const struct item *item = &load->items[number];

	(void)thread;
	weights_copy(load->weights, item->name.text, item->shape, item->to, &load->errs[number]);
}

static int load_items(struct load *load, int jobs, struct err *err)
{
	pool_run(jobs, load->n_items, load_item, load);
	for (size_t i = 0; i < load->n_items; i++)
		if (load->errs[i].kind != ERR_NONE) {
			*err = load->errs[i];
			return -1;
		}
	return 0;
}

static int load_matrices(struct encoder *encoder, const struct weights *weights, int jobs,
			 struct err *err)
{
	size_t n = encoder->config.layers * MATRICES_A_LAYER;
	struct load load = { weights, checked_calloc(n, sizeof(*load.items)),
			     checked_calloc(n, sizeof(*load.errs)), 0 };
	int rc = load.items && load.errs ? 0 : err_set_memory(err);

	for (size_t i = 0; i < encoder->config.layers && rc == 0; i++)
		rc = add_matrices(&load, encoder, i, err);
	if (rc == 0)
		rc = place(encoder, &load, err);
	if (rc == 0)
		rc = load_items(&load, jobs, err);
	free(load.items);
	free(load.errs);
	return rc;
}

static int get_vectors(struct encoder *encoder, size_t number, struct weights *weights,
		       struct err *err)
{
	const struct encoder_config *config = &encoder->config;
	struct encoder_layer *layer = &encoder->layers[number];
	size_t hidden = config->hidden;
	const struct {
		enum part part;
		const char *kind;
		size_t size;
		const float **out;
	} vectors[] = {
		{ OUTPUT, "bias", hidden, &layer->output_bias },
		{ ATTENTION_NORM, "weight", hidden, &layer->attention_norm_weight },
		{ ATTENTION_NORM, "bias", hidden, &layer->attention_norm_bias },
		{ EXPAND, "bias", config->intermediate, &layer->expand_bias },
		{ CONTRACT, "bias", hidden, &layer->contract_bias },
		{ NORM, "weight", hidden, &layer->norm_weight },
		{ NORM, "bias", hidden, &layer->norm_bias },
	};

	for (enum part part = QUERY; part <= VALUE; part++)
		if (weights_copy(weights, part_name(config, number, part, "bias").text, SHAPE(hidden),
				 layer->qkv_bias + part * hidden, err) < 0)
			return -1;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++)
		if (weights_get(weights,
				part_name(config, number, vectors[i].part, vectors[i].kind).text,
				SHAPE(vectors[i].size), vectors[i].out, err) < 0)
			return -1;
	return 0;
}

static int get_embeddings(struct encoder *encoder, struct weights *weights, struct err *err)
{
	const struct encoder_config *config = &encoder->config;
	size_t hidden = config->hidden;
	struct weight_table token_type;

	if (weights_table(weights, embedding_name(config, WORD).text, config->vocabulary, hidden,
			  &encoder->word, err) < 0 ||
	    weights_table(weights, embedding_name(config, POSITION).text,
			  config->first_position + config->max_position, hidden, &encoder->position, err) < 0 ||
	    weights_table(weights, embedding_name(config, TOKEN_TYPE).text, config->token_types,
			  hidden, &token_type, err) < 0 ||
	    weights_get(weights, embedding_name(config, NORM_WEIGHT).text, SHAPE(hidden),
			&encoder->norm_weight, err) < 0 ||
	    weights_get(weights, embedding_name(config, NORM_BIAS).text, SHAPE(hidden),
			&encoder->norm_bias, err) < 0)
		return -1;
	for (size_t i = 0; i < TOKEN_TYPES && i < config->token_types; i++)
		weight_table_row(&token_type, i, encoder->token_types + i * hidden);
	return config->case_vectors
		       ? weights_get(weights, embedding_name(config, CASE).text,
				     SHAPE(config->case_vectors, hidden), &encoder->cases, err)
		       : 0;
}

int encoder_init(struct encoder *encoder, struct weights *weights,
		 const struct encoder_config *config, int jobs, struct err *err)
{
	memset(encoder, 0, sizeof(*encoder));
	encoder->config = *config;
	if (config->heads == 0)
		return err_set(err, ERR_USAGE,
			       "%zu hidden units do not divide into heads of %d: give the encoder's "
			       "config.json with --config", config->hidden, HEAD_SIZE);
	if (load_matrices(encoder, weights, jobs, err) < 0 ||
	    get_embeddings(encoder, weights, err) < 0)
		goto fail;
	for (size_t i = 0; i < config->layers; i++)
		if (get_vectors(encoder, i, weights, err) < 0)
			goto fail;
	return 0;
fail:
	encoder_release(encoder);
	return -1;
}

void encoder_release(struct encoder *encoder)
{
	if (encoder->memory)
		munmap(encoder->memory, encoder->memory_size);
	memset(encoder, 0, sizeof(*encoder));
}
