/* SPDX-License-Identifier: Apache-2.0 */
#include "inference/vision/resnet_priv.h"

#include "lib/base/checked.h"
#include "lib/base/pool.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define BATCH_NORM_EPS 1e-5
#define NAME_LIMIT 200
#define CHANNELS_MOST 2048
#define ITEMS (1 + RESNET_STAGES * (3 * RESNET_BLOCKS + 1))
#define ALIGNMENT ((size_t)16) /* floats of a cache line */

static const struct {
	int layers, blocks[RESNET_STAGES];
} depths[] = {
	{ 50, { 3, 4, 6, 3 } },
	{ 101, { 3, 4, 23, 3 } },
	{ 152, { 3, 8, 36, 3 } },
};

struct name {
	char text[40];
};

/* A convolution with its batch norm, to be folded and packed into its place. */
struct item {
	struct name conv, norm;
	struct map_conv *to;
	float *packed, *bias;
};

struct load {
	struct resnet *resnet;
	const struct weights *weights;
	const char *prefix;
	struct item items[ITEMS];
	struct err errs[ITEMS];
	size_t n_items;
	int threads;
	float **rooms; /* [threads], of two convolutions of any size, when a thread first needs it */
};

static struct name part_name(int stage, int block, const char *part, int number)
{
	struct name name;

	snprintf(name.text, sizeof(name.text), "layer%d.%d.%s%d", stage + 1, block, part, number);
	return name;
}

static void add_item(struct load *load, struct map_conv *to, struct map_conv sizes, struct name conv,
		     struct name norm)
{
	*to = sizes;
	load->items[load->n_items++] = (struct item){ .conv = conv, .norm = norm, .to = to };
}

static void add_block(struct load *load, int stage, int block)
{
	struct bottleneck *b = &load->resnet->stages[stage][block];
	size_t width = (size_t)RESNET_STEM << stage, out = width * RESNET_EXPANSION;
	size_t in = block > 0 ? out : stage > 0 ? out / 2 : RESNET_STEM;
	size_t stride = block == 0 && stage > 0 ? 2 : 1;
	struct map_conv *const convs[] = { &b->reduce, &b->spread, &b->expand };
	const struct map_conv sizes[] = { { in, width, 1, 1, 0, NULL, NULL },
					  { width, width, 3, stride, 1, NULL, NULL },
					  { width, out, 1, 1, 0, NULL, NULL } };

	for (int i = 0; i < 3; i++)
		add_item(load, convs[i], sizes[i], part_name(stage, block, "conv", i + 1),
			 part_name(stage, block, "bn", i + 1));
	if (block == 0)
		add_item(load, &b->shortcut, (struct map_conv){ in, out, 1, stride, 0, NULL, NULL },
			 part_name(stage, 0, "downsample.", 0), part_name(stage, 0, "downsample.", 1));
}

static void add_network(struct load *load, const int blocks[RESNET_STAGES])
{
	add_item(load, &load->resnet->stem, (struct map_conv){ 3, RESNET_STEM, 7, 2, 3, NULL, NULL },
		 (struct name){ "conv1" }, (struct name){ "bn1" });
	for (int stage = 0; stage < RESNET_STAGES; stage++) {
		load->resnet->n_blocks[stage] = blocks[stage];
		for (int block = 0; block < blocks[stage]; block++)
			add_block(load, stage, block);
	}
}

static size_t depth_of(const struct map_conv *conv)
{
	return conv->in * conv->kernel * conv->kernel;
}

static size_t rounded(size_t floats)
{
	return (floats + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Room for all weights and biases, whose sizes are those of a ResNet and small enough to add. Large pages,
 * where the system gives them, save most of the page faults. */
static int place(struct load *load, struct err *err)
{
	struct resnet *resnet = load->resnet;
	size_t size = 0;
	float *at;

	for (size_t i = 0; i < load->n_items; i++) {
		const struct map_conv *conv = load->items[i].to;

		size += rounded(product_packed_size(conv->out, depth_of(conv))) + rounded(conv->out);
	}
	resnet->memory_size = size * sizeof(float);
	at = mmap(NULL, resnet->memory_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (at == MAP_FAILED)
		return err_set_memory(err);
	resnet->memory = at;
#ifdef MADV_HUGEPAGE
	madvise(at, resnet->memory_size, MADV_HUGEPAGE);
#endif
	for (size_t i = 0; i < load->n_items; i++) {
		struct map_conv *conv = load->items[i].to;

		conv->packed = load->items[i].packed = at;
		at += rounded(product_packed_size(conv->out, depth_of(conv)));
		conv->bias = load->items[i].bias = at;
		at += rounded(conv->out);
	}
	return 0;
}

/* The factor and the addend that a batch norm comes to, [n] each. */
static int load_norm(const struct load *load, const char *norm, size_t n, double *factor, float *addend,
		     struct err *err)
{
	enum { WEIGHT, BIAS, MEAN, VARIANCE, PARTS };
	static const char *const names[PARTS] = { "weight", "bias", "running_mean", "running_var" };
	float parts[PARTS][CHANNELS_MOST];
	char name[NAME_LIMIT];

	for (int i = 0; i < PARTS; i++) {
		snprintf(name, sizeof(name), "%s%s.%s", load->prefix, norm, names[i]);
		if (weights_copy(load->weights, name, SHAPE(n), parts[i], err) < 0)
			return -1;
	}
	for (size_t i = 0; i < n; i++) {
		if (!(parts[VARIANCE][i] >= 0) || isinf(parts[VARIANCE][i]))
			return err_set_at(err, load->weights->path, 0, 0,
					  "tensor '%s%s.running_var' holds %g, which is no variance",
					  load->prefix, norm, (double)parts[VARIANCE][i]);
		factor[i] = parts[WEIGHT][i] / sqrt((double)parts[VARIANCE][i] + BATCH_NORM_EPS);
		addend[i] = (float)(parts[BIAS][i] - parts[MEAN][i] * factor[i]);
	}
	return 0;
}

/* [out, in, taps] times each output's factor to [out, taps, in]. */
static void fold(const struct map_conv *conv, const float *weight, const double *factor, float *out)
{
	size_t taps = conv->kernel * conv->kernel;

	for (size_t o = 0; o < conv->out; o++, weight += conv->in * taps, out += conv->in * taps)
		for (size_t i = 0; i < conv->in; i++)
			for (size_t tap = 0; tap < taps; tap++)
				out[tap * conv->in + i] = (float)(weight[i * taps + tap] * factor[o]);
}

static int load_conv(const struct load *load, const struct item *item, float *raw, float *folded,
		     struct err *err)
{
	const struct map_conv *conv = item->to;
	struct shape shape = SHAPE(conv->out, conv->in, conv->kernel, conv->kernel);
	double factor[CHANNELS_MOST];
	char name[NAME_LIMIT];
	const float *weight;

	snprintf(name, sizeof(name), "%s%s.weight", load->prefix, item->conv.text);
	if (weights_find(load->weights, name, shape, &weight, err) < 0 ||
	    (!weight && weights_copy(load->weights, name, shape, raw, err) < 0) ||
	    load_norm(load, item->norm.text, conv->out, factor, item->bias, err) < 0)
		return -1;
	fold(conv, weight ? weight : raw, factor, folded);
	product_pack(folded, conv->out, depth_of(conv), item->packed);
	return 0;
}

static size_t largest(const struct load *load)
{
	size_t most = 0;

	for (size_t i = 0; i < load->n_items; i++) {
		size_t size = load->items[i].to->out * depth_of(load->items[i].to);

		most = size > most ? size : most;
	}
	return most;
}

static void load_item(void *context, size_t number, int thread)
{
	struct load *load = context;
	size_t size = largest(load);
	float **room = &load->rooms[thread];

	if (!*room)
		*room = checked_calloc(2 * size, sizeof(**room));
	if (!*room)
		err_set_memory(&load->errs[number]);
	else
		load_conv(load, &load->items[number], *room, *room + size, &load->errs[number]);
}

static int load_items(struct load *load, struct err *err)
{
	/* A survey notes what is missing, in turn. */
	load->threads = load->weights->survey ? 1 : pool_processors();
	load->rooms = checked_calloc((size_t)load->threads, sizeof(*load->rooms));
	if (!load->rooms)
		return err_set_memory(err);
	pool_run(load->threads, load->n_items, load_item, load);
	for (int i = 0; i < load->threads; i++)
		free(load->rooms[i]);
	free(load->rooms);
	for (size_t i = 0; i < load->n_items; i++)
		if (load->errs[i].kind != ERR_NONE) {
			*err = load->errs[i];
			return -1;
		}
	return 0;
}

static const int *find_depth(int layers)
{
	for (size_t i = 0; i < sizeof(depths) / sizeof(*depths); i++)
		if (depths[i].layers == layers)
			return depths[i].blocks;
	BUG("resnet_new: there is no ResNet of so many layers");
}

struct resnet *resnet_new(const struct weights *weights, const char *prefix, int layers,
			  struct err *err)
{
	const int *blocks = find_depth(layers);
	struct load *load = checked_calloc(1, sizeof(*load));
	struct resnet *resnet = checked_calloc(1, sizeof(*resnet));
	int rc = load && resnet ? 0 : err_set_memory(err);

	if (rc == 0) {
		load->resnet = resnet;
		load->weights = weights;
		load->prefix = prefix;
		add_network(load, blocks);
		rc = place(load, err);
	}
	if (rc == 0)
		rc = load_items(load, err);
	free(load);
	if (rc == 0)
		return resnet;
	resnet_free(resnet);
	return NULL;
}

int resnet_layers(const struct weights *weights, const char *prefix)
{
	const size_t third = 2;
	size_t most = 0;

	for (size_t i = 1; i < sizeof(depths) / sizeof(*depths); i++) {
		char name[NAME_LIMIT];

		snprintf(name, sizeof(name), "%slayer3.%d.conv1.weight", prefix, depths[i].blocks[third] - 1);
		if (weights_have(weights, name))
			most = i;
	}
	return depths[most].layers;
}

void resnet_free(struct resnet *resnet)
{
	if (!resnet)
		return;
	if (resnet->memory)
		munmap(resnet->memory, resnet->memory_size);
	free(resnet);
}
