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
	rc = read_sizes(config, object, err);
	eps = json_object_get(object, "layer_norm_eps");
	if (rc == 0 && !(json_number_value(eps) > 0 && json_number_value(eps) < 1))
		rc = err_set(err, ERR_DATA, "'layer_norm_eps' in the config is not between 0 and 1");
	config->eps = (float)json_number_value(eps);
	json_decref(object);
	return rc;
}

/* A matrix or bias to widen into its place. */
struct item {
	char name[96];
	struct shape shape;
	float *to;
};

struct load {
	const struct weights *weights;
	struct item *items;
	struct err *errs; /* [n_items] */
	size_t n_items;
};

#define ITEMS_A_LAYER 9

static void add_item(struct load *load, size_t layer, const char *part, struct shape shape, float *to)
{
	struct item *item = &load->items[load->n_items++];

	snprintf(item->name, sizeof(item->name), "encoder.layer.%zu.%s", layer, part);
	item->shape = shape;
	item->to = to;
}

static void add_layer(struct load *load, size_t number, const struct encoder_layer *layer,
		      const struct encoder_config *config)
{
	static const char *const heads[] = { "query", "key", "value" };
	size_t hidden = config->hidden, wide = config->intermediate;
	char part[64];

	for (size_t i = 0; i < 3; i++) {
		snprintf(part, sizeof(part), "attention.%s.weight", heads[i]);
		add_item(load, number, part, SHAPE(hidden, hidden), layer->qkv + i * hidden * hidden);
		snprintf(part, sizeof(part), "attention.%s.bias", heads[i]);
		add_item(load, number, part, SHAPE(hidden), layer->qkv_bias + i * hidden);
	}
	add_item(load, number, "attention.output.weight", SHAPE(hidden, hidden), layer->output);
	add_item(load, number, "feed_forward.expand.weight", SHAPE(wide, hidden), layer->expand);
	add_item(load, number, "feed_forward.contract.weight", SHAPE(hidden, wide), layer->contract);
}

static void load_item(void *context, size_t number, int thread)
{
	struct load *load = context;
	const struct item *item = &load->items[number];

	(void)thread;
	weights_copy(load->weights, item->name, item->shape, item->to, &load->errs[number]);
}

/* Room for the matrices of all layers, each layer's pointers set into it. Large pages, where the
 * system gives them, save most of the page faults of the first run. */
static int place_matrices(struct encoder *encoder, struct err *err)
{
	const struct encoder_config *config = &encoder->config;
	size_t square = config->hidden * config->hidden, wide = config->hidden * config->intermediate;
	size_t bias = 3 * config->hidden, count = 4 * square + 2 * wide + bias, size;
	float *at;

	if (!size_multiply(count, config->layers * sizeof(float), &size) ||
	    !size_add(size, config->hidden * sizeof(float), &size))
		return err_set_memory(err);
	at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return err_set_memory(err);
#ifdef MADV_HUGEPAGE
	madvise(at, size, MADV_HUGEPAGE);
#endif
	encoder->matrices = at;
	encoder->matrices_size = size;
	for (size_t i = 0; i < config->layers; i++) {
		struct encoder_layer *layer = &encoder->layers[i];

		layer->qkv = at;
		layer->output = layer->qkv + 3 * square;
		layer->expand = layer->output + square;
		layer->contract = layer->expand + wide;
		layer->qkv_bias = layer->contract + wide;
		at += count;
	}
	encoder->token_type = at;
	return 0;
}

static int load_matrices(struct encoder *encoder, const struct weights *weights, int jobs,
			 struct err *err)
{
	size_t n = encoder->config.layers * ITEMS_A_LAYER;
	struct load load = { weights, checked_calloc(n, sizeof(*load.items)),
			     checked_calloc(n, sizeof(*load.errs)), 0 };
	int rc = load.items && load.errs ? 0 : err_set_memory(err);

	if (rc == 0) {
		for (size_t i = 0; i < encoder->config.layers; i++)
			add_layer(&load, i, &encoder->layers[i], &encoder->config);
		pool_run(jobs, load.n_items, load_item, &load);
	}
	for (size_t i = 0; i < load.n_items && rc == 0; i++)
		if (load.errs[i].kind != ERR_NONE) {
			*err = load.errs[i];
			rc = -1;
		}
	free(load.items);
	free(load.errs);
	return rc;
}

static int get_vectors(struct encoder_layer *layer, size_t number, size_t hidden, size_t wide,
		       struct weights *weights, struct err *err)
{
	const struct {
		const char *part;
		size_t size;
		const float **out;
	} vectors[] = {
		{ "attention.output.bias", hidden, &layer->output_bias },
		{ "attention.norm.weight", hidden, &layer->attention_norm_weight },
		{ "attention.norm.bias", hidden, &layer->attention_norm_bias },
		{ "feed_forward.expand.bias", wide, &layer->expand_bias },
		{ "feed_forward.contract.bias", hidden, &layer->contract_bias },
		{ "feed_forward.norm.weight", hidden, &layer->norm_weight },
		{ "feed_forward.norm.bias", hidden, &layer->norm_bias },
	};
	char name[96];

	for (size_t i = 0; i < sizeof(vectors) / sizeof(*vectors); i++) {
		snprintf(name, sizeof(name), "encoder.layer.%zu.%s", number, vectors[i].part);
		if (weights_get(weights, name, SHAPE(vectors[i].size), vectors[i].out, err) < 0)
			return -1;
	}
	return 0;
}

static int get_embeddings(struct encoder *encoder, struct weights *weights, struct err *err)
{
	const struct encoder_config *config = &encoder->config;
	size_t hidden = config->hidden;
	struct weight_table token_type;

	if (weights_table(weights, "encoder.embeddings.word", config->vocabulary, hidden,
			  &encoder->word, err) < 0 ||
	    weights_table(weights, "encoder.embeddings.position", config->max_position, hidden,
			  &encoder->position, err) < 0 ||
	    weights_table(weights, "encoder.embeddings.token_type", config->token_types, hidden,
			  &token_type, err) < 0 ||
	    weights_get(weights, "encoder.embeddings.case", SHAPE(config->case_vectors, hidden),
			&encoder->cases, err) < 0 ||
	    weights_get(weights, "encoder.embeddings.norm.weight", SHAPE(hidden),
			&encoder->norm_weight, err) < 0 ||
	    weights_get(weights, "encoder.embeddings.norm.bias", SHAPE(hidden), &encoder->norm_bias,
			err) < 0)
		return -1;
	weight_table_row(&token_type, 0, encoder->token_type);
	return 0;
}

int encoder_init(struct encoder *encoder, struct weights *weights,
		 const struct encoder_config *config, int jobs, struct err *err)
{
	memset(encoder, 0, sizeof(*encoder));
	encoder->config = *config;
	if (place_matrices(encoder, err) < 0)
		return -1;
	if (get_embeddings(encoder, weights, err) < 0 ||
	    load_matrices(encoder, weights, jobs, err) < 0)
		goto fail;
	for (size_t i = 0; i < config->layers; i++)
		if (get_vectors(&encoder->layers[i], i, config->hidden, config->intermediate, weights,
				err) < 0)
			goto fail;
	return 0;
fail:
	encoder_release(encoder);
	return -1;
}

void encoder_release(struct encoder *encoder)
{
	if (encoder->matrices)
		munmap(encoder->matrices, encoder->matrices_size);
	memset(encoder, 0, sizeof(*encoder));
}
